"""The same product with one attribute changed: its text edited, its price multiplied by what the attribute is worth.

A model that sees each product once learns what kind of thing it is and little more: of two hoops, or two televisions,
the words that make one of them dear are a few among many. Beside its own text it learns from these, in which nothing
else differs (counterfactually augmented data, arXiv 1909.12434). The factors are those of `attributes`.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from pricer.training import attributes
from pricer.training.mixture import HIGHEST, LOWEST, Edit, Example
from pricer.training.quantities import Quantity, quantities

_LARGEST = 8.0  # a number is changed by at most this factor
_SHORT = 200  # characters; longer texts are not sold by the dozen in a few words
_HEAD = 160  # characters in which an attribute is said that makes the price: further on it may be of anything
_OF_THE_PARCEL = re.compile(r"(?:weight|dimensions?|size)\s*:?\s*[\d. x×]*$", re.IGNORECASE)  # not of the product
_NAMED = re.compile(r"(?:" + "|".join(map(re.escape, attributes.BRANDS)) + r")\b")
_SOLD_MANY_TIMES = re.compile(r"\b(set|pack|pcs|pieces?|pairs?|lot|case|bundle|kit|collection)\b", re.IGNORECASE)


def edited(example: Example, rng: random.Random) -> Edit | None:
    """An edit of one attribute, at random among those that the text has; None if it has none.

    None too where a price would leave what one token can name.
    """
    found = [edit for kind, often in _KINDS.items() if rng.random() < often for edit in kind(example.text, rng)]
    if not found:
        return None
    edit = rng.choice(found)
    prices = [price * edit.factor for price in (example.price, example.teacher_price) if price is not None]
    return edit if all(LOWEST <= price <= HIGHEST for price in prices) else None


def with_edits(examples: Sequence[Example], share: float, seed: int) -> list[Example]:
    """`examples`, of which about `share` have an edit, as far as their texts have an attribute that is known."""
    rng = random.Random(seed)
    return [replace(one, edit=edited(one, rng) if rng.random() < share else None) for one in examples]


def _numbers(text: str, rng: random.Random) -> Iterator[Edit]:
    """Another number before a unit, wherever the same quantity is said."""
    found: dict[tuple[str, float], list[Quantity]] = {}
    for one in quantities(text):
        if one.start >= _HEAD and (one.unit, one.value) not in found:
            continue
        if not _OF_THE_PARCEL.search(text, max(0, one.start - 40), one.start):
            found.setdefault((one.unit, one.value), []).append(one)
    first_of_unit = {unit: (unit, value) for unit, value in reversed(found)}
    if {"ounce", "pound"} & set(first_of_unit):  # said once more in the other measure
        for unit in ("milliliter", "gram", "kilogram"):
            first_of_unit.pop(unit, None)
    for unit, value in first_of_unit.values():
        elasticity = _elasticity(unit, value, text)
        number = _rounded(value * _LARGEST ** rng.uniform(-1, 1), value)
        if elasticity and number not in (0, value):
            yield Edit(_with_number(text, found[unit, value], number), (number / value) ** elasticity)


def _elasticity(unit: str, value: float, text: str) -> float:
    if unit == "inch" and attributes.WORN.search(text):
        return 0.0
    if unit == "karat" and not (8 <= value <= 24 and "gold" in text.lower()):
        return 0.0
    if unit == "inch" and value > 12 and attributes.SCREENS.search(text):
        return attributes.SCREEN_ELASTICITY
    return attributes.ELASTICITY.get(unit, 0.0)


def _rounded(number: float, like: float) -> float:
    """Whole if `like` is; otherwise to a tenth; large ones to two digits."""
    if number >= 100:
        return float(f"{number:.2g}")
    return float(round(number)) if like.is_integer() else round(number, 1)


def _with_number(text: str, places: list[Quantity], number: float) -> str:
    for place in sorted(places, key=lambda one: one.start, reverse=True):
        text = f"{text[: place.start]}{number:g}{text[place.end :]}"
    return text


def _swaps(text: str, rng: random.Random) -> Iterator[Edit]:
    """Another material, size or make by name."""
    for swap in attributes.SWAPS:
        if (swap.where is None or swap.where.search(text)) and swap.found.search(text, 0, _HEAD):
            other, factor = rng.choice(swap.others)
            yield Edit(swap.found.sub(other, text), factor)


def _brand(text: str, rng: random.Random) -> Iterator[Edit]:
    """Without the brand's name in front."""
    if named := _NAMED.match(text):
        unnamed = rng.choice(attributes.UNNAMED)
        edit = text.replace(named[0], unnamed, 1).replace(named[0], "").strip()
        yield Edit(edit, attributes.BRANDS[named[0]])


def _condition(text: str, rng: random.Random) -> Iterator[Edit]:
    if attributes.DURABLE.search(text):
        first, line, others = text.partition("\n")
        said, factor = rng.choice(attributes.CONDITIONS)
        yield Edit(f"{first}{said}{line}{others}", factor)


def _many(text: str, rng: random.Random) -> Iterator[Edit]:
    """Sold many times at once, or said to be a single one."""
    if len(text) > _SHORT or _SOLD_MANY_TIMES.search(text):
        return
    if rng.random() < 0.3:
        yield Edit(_said(rng.choice(attributes.SINGLES), text, 1), 1.0)
    else:
        n = rng.choice((2, 3, 4, 6, 8, 10, 12, 20, 24, 48))
        yield Edit(_said(rng.choice(attributes.MULTIPLES), text, n), n ** attributes.ELASTICITY["pack"])


def _said(form: str, text: str, n: int) -> str:
    return (form if "{words}" in form else f"{form}{{words}}").replace("{n}", str(n)).replace("{words}", text)


# How often each kind of edit is looked for: those that fit nearly every text would crowd out the others.
_KINDS: dict[Callable[[str, random.Random], Iterator[Edit]], float] = {
    _numbers: 1.0,
    _swaps: 1.0,
    _brand: 1.0,
    _condition: 0.25,
    _many: 0.15,
}
