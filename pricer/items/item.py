"""Items: what makes a row of anybody's table an item, and why a row is none.

An item's price is for the Tester alone: whatever a model may see has gone through `clean_description`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pricer.errors import DescriptionError
from pricer.items.cells import MAX_TEXT, short_text, text_of
from pricer.items.column_names import foreign_currency, is_in_cents
from pricer.items.columns import Columns, choose_columns
from pricer.items.prices import check_currency, parse_price
from pricer.pricing.cleaning import clean_description
from pricer.pricing.prompt import PRICE_PREFIX

_SUMS = frozenset({"total", "totals", "grand total", "subtotal", "sub-total", "sum"})  # below a spreadsheet


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
    columns = columns or choose_columns(tuple(row), [row])
    title = title_of(row, columns)
    written, text = _text(row, columns, title)
    price = price_of(row, columns, written)
    return Item(title or text.splitlines()[0][:80], text, price, *_groups(row, columns))


def text_from_row(row: Mapping[str, Any], columns: Columns) -> str:
    """The text of a row as a model may see it. Raises ValueError with the reason if there is none."""
    return _text(row, columns, title_of(row, columns))[1]


def price_of(row: Mapping[str, Any], columns: Columns, text: str = "") -> float:
    """The dollars of a row, or of a text that ends in them. Raises ValueError with the reason if it has none."""
    if columns.currency:
        check_currency(row.get(columns.currency))
    price = row.get(columns.price) if columns.price else None
    if columns.price and (foreign := foreign_currency(columns.price)):
        raise ValueError(f"its currency is {foreign}, not US dollars, as the column {columns.price[:40]!r} says")
    if price is None and PRICE_PREFIX in text:  # as in the train split of the course
        return parse_price(text.partition(PRICE_PREFIX)[2])
    dollars = parse_price(price, columns.decimals)
    return dollars / 100 if columns.price and is_in_cents(columns.price) else dollars


def title_of(row: Mapping[str, Any], columns: Columns) -> str:
    """The title of a row in one line; empty where it has none."""
    return short_text(row.get(columns.title)) if columns.title else ""


def _text(row: Mapping[str, Any], columns: Columns, title: str) -> tuple[str, str]:
    """The text as it is written, and as a model may see it."""
    written = next((text for name in columns.texts if (text := _told(row, name)).strip()), "")
    parts = [written, *(text_of(row.get(name)) for name in columns.joined if not _is_number(row.get(name)))]
    text = "\n".join(part for part in parts if part.strip())
    if len(text) > MAX_TEXT:
        raise ValueError(f"the text has {len(text):,} characters, more than {MAX_TEXT:,}")
    if columns.is_description and title and not _holds(text, title):
        text = f"{title}\n{text}"
    try:
        cleaned = clean_description(text)
    except DescriptionError:
        raise ValueError("the text is empty") from None
    if cleaned.rstrip(" :").casefold() in _SUMS:
        raise ValueError("it is a sum of the other rows, not a product")
    return written, cleaned


def _told(row: Mapping[str, Any], name: str) -> str:
    """The text of a cell that is one, or a list of them."""
    if isinstance(row.get(name), Mapping):
        raise ValueError("the text is not text")
    return text_of(row.get(name))


def _is_number(cell: Any) -> bool:
    return isinstance(cell, (int, float))


def _holds(text: str, title: str) -> bool:
    """Whether a text already says its title, as words of its own."""
    words, wanted = " ".join(text.casefold().split()), title.casefold()
    place = words.find(wanted)  # no pattern: compiling one for every row takes longer than all the rest
    while place >= 0:
        around = words[max(place - 1, 0) : place], words[place + len(wanted) : place + len(wanted) + 1]
        if not any(sign.isalnum() or sign == "_" for sign in around):
            return True
        place = words.find(wanted, place + 1)
    return False


def _groups(row: Mapping[str, Any], columns: Columns) -> tuple[str | None, str | None]:
    """Category and source."""
    return tuple((short_text(row.get(name)) or None) if name else None for name in (columns.category, columns.source))


def _price_as_written(price: float) -> re.Pattern[str]:
    cents = re.escape(f"{price:.2f}")
    if price == int(price):
        whole = int(price)
        return re.compile(
            rf"\$\s*{whole}(?![\d.]*\d)|(?<![\d.]){cents}(?!\d)|(?<![\d.]){whole}\s*(?:USD|dollars)\b", re.I
        )
    return re.compile(rf"(?<![\d.]){cents}(?!\d)")
