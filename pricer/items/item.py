"""Item rows: what makes a row of anybody's table an item.

Recognises columns by their names, reads prices as people write them, and says why a row is no item. Knows nothing of
files or the Hub, nor of models: an item's price is for the Tester alone.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pricer.errors import DescriptionError
from pricer.items.columns import _DESCRIPTIONS, Columns, _plain, recognise
from pricer.pricing.cleaning import clean_description
from pricer.pricing.prompt import PRICE_PREFIX

MAX_PRICE = 1_000_000.0
MAX_TEXT = 20_000  # characters; no product needs as many, and a model reads the first thousand
_PRICE = re.compile(
    r"\s*(?:US|USD)?\s*\$?\s*(-?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]*)?|\.[0-9]+)\s*(?:USD|dollars)?\s*", re.I
)
_LONGEST_PRICE = 30  # characters


@dataclass(frozen=True)
class Item:
    """A product and what it costs.

    `text` is all that a model may see; `price` is in dollars; `title` names the item to people.
    """

    title: str
    text: str
    price: float
    category: str | None = None
    source: str | None = None

    @property
    def leaks(self) -> bool:
        """Whether the text says the price: as dollars, or to the cent. A bare whole number may be anything."""
        return _price_as_written(self.price).search(self.text.replace(",", "")) is not None


def item_from_row(row: Mapping[str, Any], columns: Columns | None = None) -> Item:
    """An item from a row by column name. Raises ValueError with the reason if it has no text or no price."""
    columns = columns or recognise(tuple(row))
    text, price = row.get(columns.text), row.get(columns.price) if columns.price else None
    if text is not None and not isinstance(text, str):
        raise ValueError("the text is not text")
    text = text or ""
    if len(text) > MAX_TEXT:
        raise ValueError(f"the text has {len(text):,} characters, more than {MAX_TEXT:,}")
    if price is None and PRICE_PREFIX in text:  # as in the train split of the course
        price = text.partition(PRICE_PREFIX)[2]
    title = _word(row.get(columns.title)) if columns.title else ""
    if _plain(columns.text) in _DESCRIPTIONS and title and not text.startswith(title):
        text = f"{title}\n{text}"
    try:
        text = clean_description(text)
    except DescriptionError:
        raise ValueError("the text is empty") from None
    return Item(
        title or text.splitlines()[0][:80],
        text,
        parse_price(price),
        (_word(row.get(columns.category)) or None) if columns.category else None,
        (_word(row.get(columns.source)) or None) if columns.source else None,
    )


def parse_price(value: Any) -> float:
    """Dollars from a number or from text such as "$1,299.00". Raises ValueError with the reason."""
    if value is None or (isinstance(value, str) and not value.strip()):
        raise ValueError("the price is missing")
    if isinstance(value, str):
        value = value.strip()
        # Looked at only if it is short: on a megabyte of spaces the pattern would try for hours.
        written = _PRICE.fullmatch(value) if len(value) <= _LONGEST_PRICE else None
        if written is None:
            raise ValueError(f"{value[:30]!r} is no price in dollars")
        value = written.group(1).replace(",", "")
    if isinstance(value, (bool, bytes)):
        raise ValueError(f"{value!r:.30} is no price in dollars")
    try:
        price = float(value)
    except (TypeError, ValueError, OverflowError):
        raise ValueError(f"{value!r:.30} is no price in dollars") from None
    if not math.isfinite(price) or price <= 0 or price > MAX_PRICE:
        raise ValueError(f"{price:g} is no price: it must be above 0 and at most {MAX_PRICE:,.0f} dollars")
    return price


def _price_as_written(price: float) -> re.Pattern[str]:
    cents = re.escape(f"{price:.2f}")
    if price == int(price):
        whole = int(price)
        return re.compile(
            rf"\$\s*{whole}(?![\d.]*\d)|(?<![\d.]){cents}(?!\d)|(?<![\d.]){whole}\s*(?:USD|dollars)\b", re.I
        )
    return re.compile(rf"(?<![\d.]){cents}(?!\d)")


def _word(value: Any) -> str:
    """A title or category as one short line; empty for anything but text and numbers."""
    if not isinstance(value, (str, int, float)):
        return ""
    # As text: a lone surrogate, which JSON can spell, could not be written to any file.
    return " ".join(str(value).encode(errors="replace").decode().split())[:200]
