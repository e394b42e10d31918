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
from pathlib import Path
from typing import Any

from pricer import PACKAGE
from pricer.errors import ItemsError
from pricer.items.columns import Columns, listed, recognise
from pricer.items.item import Item, item_from_row
from pricer.items.rows import Row, Table
from pricer.items.text_files import open_table
from pricer.words import counted

BUNDLED = "bundled"
HUB_PREFIX = "hub:"
SAMPLED_FROM = 10_000  # rows of a data set that is streamed: enough for chance, little enough to fetch

_BUNDLED_FILE = PACKAGE / "bundled" / "items.jsonl"
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
    items were taken. `revision` is the commit of a data set.
    """

    source: str
    items: tuple[Item, ...]
    skipped: tuple[Skipped, ...] = field(default=())
    remarks: tuple[str, ...] = field(default=())
    seed: int | None = None
    revision: str | None = None

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
    max_rows: int | None = None,
) -> Items:
    """Items of `source`: "bundled", a file, or "hub:owner/name" with an optional "@revision" and ":split".

    The first `limit` usable rows are taken, or, with a `seed`, a random sample of that size (of a data set of the Hub:
    from its first 10,000 rows). Columns are recognised by their names unless chosen. No more than `max_rows` rows are
    read. Raises ItemsError if the source cannot be read or holds no item.
    """
    remarks: list[str] = []
    table, revision = open_rows(source)
    if source.startswith(HUB_PREFIX) and seed is not None:
        max_rows = min(max_rows or SAMPLED_FROM, SAMPLED_FROM)
    columns = recognise(table.columns, text_column, price_column)
    rows = table.rows(columns.names)
    items, skipped = _pick(islice(rows, max_rows), columns, limit, seed)
    if not items:
        raise ItemsError(_nothing(source, table, columns, skipped))
    ran_on = seed is not None or limit is None or len(items) < limit
    if max_rows is not None and ran_on and next(rows, None) is not None:
        remarks.append(f"Only the first {max_rows:,} rows were read.")
    return Items(told(source), tuple(items), tuple(skipped), (*table.remarks, *remarks), seed, revision)


def open_rows(source: str) -> tuple[Table, str | None]:
    """The rows of `source`, and of a data set of the Hub the commit that they come from. Raises ItemsError."""
    if source.startswith(HUB_PREFIX):
        from pricer.items.hub_datasets import open_dataset  # seconds that only data sets of the Hub need

        return open_dataset(source.removeprefix(HUB_PREFIX))
    return open_table(file_of(source)), None


def file_of(source: str) -> Path:
    """The file that `source` names, the bundled one or a user's."""
    return _BUNDLED_FILE if source == BUNDLED else Path(source)


def told(source: str) -> str:
    """A source as it is told to others: of a file its name, for folders are nobody else's business."""
    return source if source == BUNDLED or source.startswith(HUB_PREFIX) else Path(source).name


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


def _nothing(source: str, table: Table, columns: Columns, skipped: Sequence[Skipped]) -> str:
    name = told(source)
    if columns.price is None:
        return (
            f"{name} has no prices: none of its columns {listed(table.columns)} looks like one. Call it 'price', "
            "or choose it."
        )
    if not skipped:
        return f"{name} has columns but no rows: give a row for each product."
    return (
        f"{name} holds no item with a text ({columns.text!r}) and a price ({columns.price!r}); {len(skipped)} rows "
        f"could not be used, the first, in line {skipped[0].line}, because {skipped[0].reason}."
    )


def _more(named: Sequence[Any]) -> str:
    return f"; and {len(named) - _NAMED} more" if len(named) > _NAMED else ""
