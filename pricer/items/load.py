"""Items: products with known prices, and where they come from.

Takes items from the rows of the bundled file, of a user's file, or of a data set of the Hub: the first or a random
sample. A row that cannot be used is skipped, counted and named; it never stops the rest. Knows nothing of models.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import Any

from pricer.errors import ItemsError
from pricer.items.columns import Columns
from pricer.items.item import Item, item_from_row
from pricer.items.prices import Decimals
from pricer.items.rows import Row
from pricer.items.source import BUNDLED, HUB_PREFIX, Source, no_prices, open_source
from pricer.words import counted

__all__ = ["BUNDLED", "HUB_PREFIX", "Items", "Skipped", "load_items"]

SAMPLED_FROM = 10_000  # rows of a data set that is streamed: enough for chance, little enough to fetch

_NAMED = 3  # rows and items that a sentence names


@dataclass(frozen=True)
class Skipped:
    """A row that could not be used: its line (or row number, from 1) and the reason."""

    line: int
    reason: str


@dataclass(frozen=True)
class Items:
    """Items in the order of their source, the rows that were left out, and remarks about the source as sentences.

    `source` is what was asked for, of a file its name alone. `seed` is that of a random sample; None where the first
    items were taken. `revision` is the commit of a data set; `choice` says which columns were
    taken, and how many of the first rows they serve.
    """

    source: str
    items: tuple[Item, ...]
    skipped: tuple[Skipped, ...] = field(default=())
    remarks: tuple[str, ...] = field(default=())
    seed: int | None = None
    revision: str | None = None
    choice: str = ""

    @cached_property
    def leaks(self) -> tuple[Item, ...]:
        """The items whose text says their own price."""
        return tuple(item for item in self.items if item.leaks)

    @property
    def note(self) -> str:
        """Sentences about the source, rows that were left out and leaks; empty if there is nothing to say."""
        sentences = list(self.remarks)
        if self.skipped:
            named = "; ".join(f"line {row.line}: {row.reason}" for row in self.skipped[:_NAMED])
            sentences.append(f"{counted(len(self.skipped), 'row')} could not be used ({named}{_more(self.skipped)}).")
        if self.leaks:
            named = "; ".join(item.title[:40] for item in self.leaks[:_NAMED])
            sentences.append(
                f"{counted(len(self.leaks), 'item')} with the price in the text ({named}{_more(self.leaks)}): "
                "that is a leak and flatters the result."
            )
        return " ".join(sentences)


def load_items(
    source: str,
    limit: int | None = None,
    seed: int | None = None,
    *,
    text_column: str | None = None,
    price_column: str | None = None,
    encoding: str | None = None,
    max_rows: int | None = None,
) -> Items:
    """Items of `source`: "bundled", a file, or "hub:owner/name" with an optional "@revision" and ":split".

    The first `limit` usable rows are taken, or, with a `seed`, a random sample of that size (of a data set of the Hub:
    from its first 10,000 rows). Columns are chosen by their names and cells unless named. No more than `max_rows` rows
    are read. Raises ItemsError if the source cannot be read or holds no item.
    """
    opened = open_source(source, text_column=text_column, price_column=price_column, encoding=encoding)
    if opened.revision is not None and seed is not None:
        max_rows = min(max_rows or SAMPLED_FROM, SAMPLED_FROM)
    rows = opened.raw_rows()
    items, skipped = _pick(islice(rows, max_rows), opened.columns, limit, seed)
    if not items:
        raise ItemsError(_nothing(opened, skipped))
    remarks = [*_chosen(opened.columns), *opened.table.remarks, *_currencies(skipped), *_commas(opened.columns)]
    ran_on = seed is not None or limit is None or len(items) < limit
    if max_rows is not None and ran_on and next(rows, None) is not None:
        remarks.append(f"Only the first {max_rows:,} rows were read.")
    return Items(
        opened.name, tuple(items), tuple(skipped), tuple(remarks), seed, opened.revision, opened.columns.choice
    )


def _chosen(columns: Columns) -> list[str]:
    """What was chosen, where there was something to choose."""
    return [] if columns.is_plain else [f"Read as {columns.choice}."]


def _currencies(skipped: Sequence[Skipped]) -> list[str]:
    """How many rows are in another currency."""
    foreign = sum("its currency is " in row.reason for row in skipped)
    return [f"{counted(foreign, 'row')} in another currency than US dollars left out."] if foreign else []


def _commas(columns: Columns) -> list[str]:
    if columns.decimals is not Decimals.COMMA:
        return []
    return ["Its prices have decimal commas (1.299,90); they were taken for dollars."]


def _pick(
    rows: Iterable[Row], columns: Columns, limit: int | None, seed: int | None
) -> tuple[list[Item], list[Skipped]]:
    """The first `limit` items, or a random sample in the order of the source; and the rows that are none."""
    chance = random.Random(seed)
    items: list[tuple[int, Item]] = []
    skipped: list[Skipped] = []
    seen = 0
    for row in rows:
        try:
            if row.problem:
                raise ValueError(row.problem)
            item = item_from_row(row.cells, columns)
        except ValueError as reason:
            skipped.append(Skipped(row.line, str(reason)))
            continue
        seen += 1
        if limit is None or len(items) < limit:
            items.append((seen, item))
        elif (place := chance.randrange(seen)) < limit:  # every item is as likely to stay as any other
            items[place] = (seen, item)
        if seed is None and limit is not None and len(items) >= limit:
            break
    return [item for _, item in sorted(items, key=lambda pair: pair[0])], skipped


def _nothing(source: Source, skipped: Sequence[Skipped]) -> str:
    columns = source.columns
    if columns.price is None:
        return no_prices(source)
    if not skipped:
        return f"{source.name} has columns but no rows: give a row for each product."
    return (
        f"{source.name} holds no item with a text ({columns.text!r}) and a price ({columns.price!r}); {len(skipped)} "
        f"rows could not be used, the first, in line {skipped[0].line}, because {skipped[0].reason}."
    )


def _more(named: Sequence[Any]) -> str:
    return f"; and {len(named) - _NAMED} more" if len(named) > _NAMED else ""
