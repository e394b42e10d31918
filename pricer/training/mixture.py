"""Which items a training run sees, how often, and in what form.

Sources are capped so that none sets the price level alone; long texts and expensive products are drawn more often,
because pasted descriptions are longer and their products more expensive than shop listings.
"""

from __future__ import annotations

import gzip
import json
import random
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import NamedTuple

from pricer.items.item import Item
from pricer.pricing.distribution import HIGHEST_PRICE

HIGHEST = HIGHEST_PRICE + 0.49  # rounds to the last price that is one token
LOWEST = 0.5
_SENTENCE = re.compile(r".+?(?:[.!?]\s+|\n|\Z)", re.DOTALL)


class Edit(NamedTuple):
    """A text with one attribute changed, and the factor that this puts on the price."""

    text: str
    factor: float


@dataclass(frozen=True)
class Example:
    """A text to learn from: its price, a teacher's price, or both, in dollars; None is unknown.

    With an `edit`, both texts are learned from, and what lies between their prices.
    """

    title: str
    text: str
    price: float | None
    teacher_price: float | None = None
    source: str | None = None
    edit: Edit | None = None

    @property
    def target(self) -> float:
        """The price, or what the teacher thinks it is, in dollars.

        Raises ValueError if neither is known.
        """
        for dollars in (self.price, self.teacher_price):
            if dollars is not None:
                return dollars
        raise ValueError(f"“{self.title}” has neither a price nor a teacher's price: leave it out")


def example_of(item: Item) -> Example:
    """An item to learn from, without a teacher's price."""
    return Example(item.title, item.text, item.price, None, item.source)


def write_examples(examples: Iterable[Example], path: Path) -> None:
    """JSON lines, compressed; whole or not at all."""
    unfinished = path.with_name(f"{path.name}.part")
    with gzip.open(unfinished, "wt", encoding="utf-8") as lines:
        lines.writelines(f"{json.dumps(asdict(example))}\n" for example in examples)
    unfinished.replace(path)


def read_examples(path: Path) -> list[Example]:
    """What `write_examples` wrote."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [Example(**json.loads(line)) for line in lines]


@dataclass(frozen=True)
class Mixture:
    """How examples are drawn: at most `per_source` items of one source; weight price ** `price_power`, times
    `long_weight` from `long_text` characters on.

    A share `titles_only` of the long ones is reduced to the title; of the others a share `sentence_dropout` of the
    sentences after the first is dropped, each time others, so that no text is learned by heart.
    """

    per_source: int = 8_000
    price_power: float = 0.2
    long_weight: float = 2.5
    long_text: int = 300
    titles_only: float = 0.15
    sentence_dropout: float = 0.25


def sample(examples: Sequence[Example], count: int, mixture: Mixture, seed: int) -> list[Example]:
    """`count` examples by weight, such that few repeat before all had a turn.

    Raises ValueError if no example is target what one token can name.
    """
    rng = random.Random(seed)
    pool = _capped([one for one in examples if LOWEST <= one.target <= HIGHEST], mixture.per_source, rng)
    if not pool:
        raise ValueError("no item has a price between 0.50 and 999.49 dollars")
    weights = [_weight(one, mixture) for one in pool]
    # Systematic draw: example i comes floor or ceil of its expected number of times, in random order.
    scale, carried, drawn = count / sum(weights), rng.random(), []
    for one, weight in zip(pool, weights, strict=True):
        carried += weight * scale
        while carried >= 1:
            drawn.append(one)
            carried -= 1
    rng.shuffle(drawn)
    return [_form(one, mixture, rng) for one in drawn]


def _capped(examples: Sequence[Example], limit: int, rng: random.Random) -> list[Example]:
    kept: list[Example] = []
    counts: Counter[str | None] = Counter()
    for one in rng.sample(examples, len(examples)):
        if one.source is None or counts[one.source] < limit:
            kept.append(one)
            counts[one.source] += 1
    return kept


def _weight(one: Example, mixture: Mixture) -> float:
    return one.target**mixture.price_power * (mixture.long_weight if len(one.text) >= mixture.long_text else 1.0)


def _form(one: Example, mixture: Mixture, rng: random.Random) -> Example:
    if len(one.text) < mixture.long_text:
        return one
    if rng.random() < mixture.titles_only:
        return replace(one, text=one.title)
    first, *others = _SENTENCE.findall(one.text)
    return replace(one, text="".join([first, *(part for part in others if rng.random() >= mixture.sentence_dropout)]))
