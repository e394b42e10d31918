"""Columns: which of a table's columns hold the text, the price and the title, by their names and by their cells.

A name alone deceives: the column 'List Price' may be empty where 'Selling Price' is full. So the first rows are looked
at, and a column that is nearly empty never wins over a full one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pricer.errors import ItemsError
from pricer.items import column_names as called
from pricer.items.cells import MAX_TEXT, text_of
from pricer.items.prices import Decimals, decimals_of, is_price

_FULL = 0.9  # of the fullest column's cells: what has as many is as full
_HALF = 0.5
_CODE = re.compile(r"(?=\S*[0-9])[A-Z0-9][A-Z0-9._/#-]*", re.ASCII)
_WORDS = 2.0  # on average: from there on cells are descriptions

Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Columns:
    """Which columns of a table hold what; None where there is none.

    `texts` are asked row by row until one has a text; `joined` are put after it, as the course did. `currency` says in
    which currency a row's price is; `decimals` how the prices write cents.
    """

    texts: tuple[str, ...]
    price: str | None
    title: str | None = None
    category: str | None = None
    source: str | None = None
    currency: str | None = None
    joined: tuple[str, ...] = ()
    is_description: bool = False  # a text that a title may stand before
    decimals: Decimals = Decimals.UNKNOWN
    choice: str = ""  # a sentence: what was chosen, and how many rows it serves
    is_plain: bool = True  # whether there was nothing to choose

    @property
    def text(self) -> str:
        """The column that is asked first."""
        return self.texts[0]

    @property
    def names(self) -> tuple[str, ...]:
        """The columns that are needed, each once."""
        named = (*self.texts, self.price, self.title, self.category, self.source, self.currency, *self.joined)
        return tuple(dict.fromkeys(name for name in named if name is not None))


def choose_columns(names: Sequence[str], rows: Rows, text: str | None = None, price: str | None = None) -> Columns:
    """What each of these columns is; `text` and `price` are chosen ones, spelled as they are.

    Raises ItemsError if a chosen column is missing or none looks like a text.
    """
    for chosen, option in ((text, "--text-column"), (price, "--price-column")):
        if chosen is not None and chosen not in names:
            raise ItemsError(f"There is no column {chosen!r}: choose one of {first_names(names)} ({option}).")
    title = _best(names, rows, called.TITLES, _is_title)
    texts = (text,) if text else _texts(names, rows, title)
    if not texts:
        raise ItemsError(
            f"None of the columns {first_names(names)} looks like the text of a product: call it 'text', or choose it "
            "(--text-column)."
        )
    prices = (price,) if price else tuple(n for n in _prices(names, rows) if n != texts[0] or _is_chat(n))
    is_description = called.rank(texts[0], (*called.DESCRIPTIONS, *called.JOINED)) is not None
    joined = tuple(n for j in called.JOINED for n in names if called.plain(n) == j and n != texts[0])
    known = {called.plain(name): name for name in reversed(names)}
    found = Columns(
        texts,
        prices[0] if prices else None,
        title if title != texts[0] else None,
        next((known[name] for name in called.CATEGORIES if name in known), None),
        known.get("source"),
        next((known[name] for name in called.CURRENCIES if name in known), None),
        joined if not text and (is_description or texts[0] == title) else (),
        is_description,
        decimals_of(row.get(prices[0]) for row in rows) if prices else Decimals.UNKNOWN,
    )
    return _told(found, prices, rows)


def _told(columns: Columns, prices: Sequence[str], rows: Rows) -> Columns:
    """The same with the sentence that says what was chosen."""
    served = sum(
        any(_is_text(row.get(name)) for name in columns.texts)
        and (columns.price is None or is_price(row.get(columns.price)))
        for row in rows
    )
    parts = [f"text: {columns.text!r}"]
    if columns.joined:
        parts.append(f"with {first_names(columns.joined)}")
    cents = " in cents" if columns.price and called.is_in_cents(columns.price) else ""
    parts += [f"price: {columns.price!r}{cents}" if columns.price else "no price", f"{served:,} of {len(rows):,} rows"]
    others = f"; other prices: {first_names(prices[1:])} (--price-column)" if len(prices) > 1 else ""
    plain = (called.rank(columns.text, called.PROMPTS) is not None or called.plain(columns.text) in _EVERYDAY) and (
        columns.price is None or called.price_rank(columns.price) in (0, 3)
    )
    choice = f"{', '.join(parts)}{others}"
    return Columns(**{**vars(columns), "choice": choice, "is_plain": plain and not others and not columns.joined})


_EVERYDAY = ("description", "title", "name", "product", "item", "summary")


def _texts(names: Sequence[str], rows: Rows, title: str | None) -> tuple[str, ...]:
    """Columns of texts, the chosen one first and then those that stand in for it where it is empty."""
    ranked = [*called.PROMPTS, *called.DESCRIPTIONS, *called.JOINED]
    found = sorted(
        (n for n in names if called.rank(n, tuple(ranked)) is not None), key=lambda n: ranked.index(called.plain(n))
    )
    if not rows:
        return tuple(found or ([title] if title else []))
    fills = {name: _fill(name, rows, _is_text) for name in found}
    found = [name for name in found if fills[name]]
    most = max([*fills.values(), 0.0])
    full = [name for name in found if fills[name] >= _HALF * most]
    in_order = [*full, *(name for name in found if name not in full)]
    in_order = [n for n in in_order if called.rank(n, called.JOINED) is None or n == in_order[0]]
    if in_order and title and called.rank(in_order[0], called.PROMPTS) is None:
        if called.rank(in_order[0], called.JOINED) is not None:
            in_order = []
        in_order.append(title)
    if in_order or title:
        return tuple(dict.fromkeys(in_order or [title]))
    # By its cells alone: the one with the most words.
    words = {name: _words(name, rows) for name in names}
    best = max(words, key=words.get, default=None)
    return (best,) if best is not None and words[best] >= _WORDS else ()


def _prices(names: Sequence[str], rows: Rows) -> tuple[str, ...]:
    """Columns of prices, the one to use first: the likeliest of the full ones."""
    ranked = {name: rank for name in names if (rank := called.price_rank(name)) is not None}
    if not rows:
        return tuple(sorted(ranked, key=ranked.get))
    fills = {name: _fill(name, rows, is_price) for name in ranked}
    most = max([*fills.values(), 0.0])
    if most == 0:
        signed = [name for name in names if _fill(name, rows, _has_dollar_sign) >= _FULL]
        return tuple(signed[:1]) or tuple(sorted(ranked, key=ranked.get)[:1])

    def place(name: str) -> tuple[bool, bool, int]:
        return fills[name] < _FULL * most, bool(called.foreign_currency(name)), ranked[name]

    return tuple(sorted((name for name in ranked if fills[name]), key=place))


def _is_chat(name: str) -> bool:
    """Whether a column may hold both the text and the price."""
    return called.rank(name, called.CHATS) is not None


def _best(names: Sequence[str], rows: Rows, synonyms: tuple[str, ...], is_one: Callable[[Any], bool]) -> str | None:
    """The likeliest of the columns that are called so and are about as full as the fullest."""
    found = sorted(
        (n for n in names if called.rank(n, synonyms) is not None), key=lambda n: synonyms.index(called.plain(n))
    )
    if not rows:
        return next(iter(found), None)
    fills = {name: _fill(name, rows, is_one) for name in found}
    most = max([*fills.values(), 0.0])
    return next((name for name in found if fills[name] and fills[name] >= _HALF * most), None)


def _fill(name: str, rows: Rows, is_one: Callable[[Any], bool]) -> float:
    return sum(is_one(row.get(name)) for row in rows) / len(rows)


def _is_text(cell: Any) -> bool:
    """Whether a cell has words: a bare number is never a text."""
    try:
        text = text_of(cell)[: 2 * MAX_TEXT]
    except ValueError:
        return False
    return any(map(str.isalpha, text))


def _is_title(cell: Any) -> bool:
    """Whether a cell names a product: words, and not a code such as a shop numbers its goods by."""
    return isinstance(cell, str) and _is_text(cell) and not _CODE.fullmatch(cell.strip()[:200])


def _words(name: str, rows: Rows) -> float:
    """Words a cell on average."""
    texts = [cell for row in rows if isinstance(cell := row.get(name), str)]
    return sum(len(text[:MAX_TEXT].split()) for text in texts if _is_text(text)) / max(len(rows), 1)


def _has_dollar_sign(cell: Any) -> bool:
    return isinstance(cell, str) and "$" in cell and is_price(cell)


def first_names(names: Sequence[str]) -> str:
    """The first names of columns, for a sentence."""
    named = ", ".join(repr(name[:40]) for name in names[:8])
    return f"{named}{', ...' if len(names) > 8 else ''}" if names else "(none)"


def likely_prices(names: Sequence[str], rows: Rows) -> list[str]:
    """Columns in the order in which they could be meant for prices: those with numbers first."""
    return sorted(names, key=lambda name: -_fill(name, rows, is_price) if rows else 0)
