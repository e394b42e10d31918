"""Columns: what each column of anybody's table holds, recognized by its name.

About names alone: what stands in the cells is the business of `pricer.items.item`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pricer.errors import ItemsError

# What columns are called, likeliest first. A text of the second kind is worth more with the title in front of it.
_PROMPTS = ("text", "prompt")
_DESCRIPTIONS = ("description", "product description", "item description", "details", "summary", "body", "content")
_TITLES = ("title", "name", "product name", "product title", "item name", "product", "item")
_PRICES = ("price", "completion", "price usd", "usd", "price $", "amount", "cost", "retail price", "list price", "msrp")
_CATEGORIES = ("category", "categories", "main category", "department", "group", "type")


@dataclass(frozen=True)
class Columns:
    """Which columns of a table hold what; None where there is none."""

    text: str
    price: str | None
    title: str | None = None
    category: str | None = None
    source: str | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The columns that are needed, each once."""
        named = (self.text, self.price, self.title, self.category, self.source)
        return tuple(dict.fromkeys(name for name in named if name is not None))


def recognise(names: Sequence[str], text: str | None = None, price: str | None = None) -> Columns:
    """What each of these columns is, by its name; `text` and `price` are chosen ones, spelt as they are.

    Raises ItemsError if a chosen column is missing or none looks like a text.
    """
    for chosen in (text, price):
        if chosen is not None and chosen not in names:
            raise ItemsError(f"There is no column {chosen!r}: choose one of {listed(names)}.")
    known = {_plain(name): name for name in reversed(names)}

    def find(synonyms: Sequence[str]) -> str | None:
        return next((known[synonym] for synonym in synonyms if synonym in known), None)

    title = find(_TITLES)
    text = text or find(_PROMPTS) or find(_DESCRIPTIONS) or title
    if text is None:
        raise ItemsError(
            f"None of the columns {listed(names)} looks like the text of a product: call it 'text', or choose it."
        )
    return Columns(
        text, price or find(_PRICES), title if title != text else None, find(_CATEGORIES), known.get("source")
    )


def _plain(name: str) -> str:
    """A column's name without case and with single spaces for what stands between words."""
    return " ".join(re.split(r"[\s_\-()]+", name.strip().casefold())).strip()


def listed(names: Sequence[str]) -> str:
    """The first names of columns, for a sentence."""
    named = ", ".join(repr(name[:40]) for name in names[:8])
    return f"{named}{', ...' if len(names) > 8 else ''}" if names else "(none)"
