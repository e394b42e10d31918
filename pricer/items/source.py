"""Sources: one way to open whatever holds products, and to walk through its rows with what each one says.

The Tester takes items from it, which need a price; a catalogue takes rows as they are, which may have none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path
from typing import Any

from pricer import PACKAGE
from pricer.errors import ItemsError
from pricer.items.column_names import is_known, price_rank
from pricer.items.columns import Columns, choose_columns, first_names, likely_prices
from pricer.items.files import open_table
from pricer.items.item import price_of, text_from_row
from pricer.items.rows import Row, Table

BUNDLED = "bundled"
HUB_PREFIX = "hub:"
LOOKED_AT = 1_000  # rows from which columns are chosen
_LOOKED_AT_HUB = 100  # of a data set that is streamed: as many as one group of rows often has

_HUB_PAGES = tuple(f"{scheme}{host}/datasets/" for scheme in ("https://", "") for host in ("huggingface.co", "hf.co"))
_PAGE = re.compile(r"((?:https?://)?[^@:]*)(.*)", re.S)  # an id or address, then @revision and :split
BUNDLED_FILE = PACKAGE / "bundled" / "items.jsonl"


@dataclass(frozen=True)
class SourceRow:
    """A row with what it says: its line or number from 1, its own cells, and its text or the `reason` why it has none.

    `price` is in dollars, None where the row has none that can be used; `no_price` says why.
    """

    line: int
    cells: Mapping[str, Any]
    text: str | None
    reason: str = ""
    price: float | None = None
    no_price: str = ""


@dataclass(frozen=True)
class Source:
    """A table that is open: its name for people, which columns hold what, and the commit of a data set."""

    name: str
    table: Table
    columns: Columns
    looked_at: tuple[Row, ...]
    revision: str | None = None

    def raw_rows(self, all_columns: bool = False) -> Iterator[Row]:
        """The rows as they were read, with the columns that are needed or with all of them."""
        return self.table.rows(self.table.columns if all_columns else self.columns.names)

    def rows(self) -> Iterator[SourceRow]:
        """Every row of the source with all its columns; none is left out."""
        for row in self.raw_rows(all_columns=True):
            yield _read(row, self.columns)


def open_source(
    source: str, *, text_column: str | None = None, price_column: str | None = None, encoding: str | None = None
) -> Source:
    """Open "bundled", a file, or "hub:owner/name" with an optional "@revision" and ":split"; prices may be missing.

    Raises ItemsError if it cannot be read, or if no column looks like a text.
    """
    source = _of_hub(source) or source
    if source.startswith(HUB_PREFIX):
        from pricer.items.hub_datasets import open_dataset  # seconds that only data sets of the Hub need

        table, revision = open_dataset(source.removeprefix(HUB_PREFIX))
    elif source.lower().startswith(("http://", "https://")):
        raise ItemsError(f"{source[:80]} is a web address: download the file and name it, or give hub:owner/name.")
    else:
        table, revision = open_table(BUNDLED_FILE if source == BUNDLED else Path(source), encoding), None
    count = _LOOKED_AT_HUB if revision else LOOKED_AT
    wanted = tuple(name for name in table.columns if is_known(name) or name in (text_column, price_column))
    if not (text_column or price_column) and not any(price_rank(name) is not None for name in wanted):
        wanted = table.columns  # nothing but the cells can say what is what
    head, table = _begun(table, wanted, count) if revision else (islice(table.rows(wanted), count), table)
    looked_at = tuple(row for row in head if not row.problem)
    columns = choose_columns(table.columns, [row.cells for row in looked_at], text_column, price_column)
    return Source(named(source), table, columns, looked_at, revision)


def _begun(table: Table, columns: Sequence[str], count: int) -> tuple[list[Row], Table]:
    """The first rows of a table that is streamed, and the table: whoever reads these columns next goes on from there.

    What was fetched to choose columns by is not fetched a second time.
    """
    stream = table.rows(columns)
    head = list(islice(stream, count))
    begun = [chain(head, stream)]

    def rows(wanted: Sequence[str]) -> Iterator[Row]:
        return begun.pop() if begun and set(wanted) <= set(columns) else table.rows(wanted)

    return head, replace(table, rows=rows)


def _of_hub(source: str) -> str | None:
    """hub:owner/name@revision:split for a data set of the Hub, whose id or page is named; None for anything else."""
    written = source.strip()
    if not written.startswith((HUB_PREFIX, *_HUB_PAGES)):
        return None
    from pricer.hub import hub_address  # likewise

    page, how = _PAGE.fullmatch(written.removeprefix(HUB_PREFIX).strip()).groups()
    address = hub_address(page)
    revision = f"@{address.revision}" if address.revision and not how.startswith("@") else ""
    name = address.name if address.revision else address  # a page may show a folder, an id names none
    return f"{HUB_PREFIX}{name}{revision}{how}"


def no_prices(source: Source) -> str:
    """What is said of a source of which no column holds prices; those with numbers are named first."""
    likely = likely_prices(source.table.columns, [row.cells for row in source.looked_at])
    return (
        f"{source.name} has no prices: none of its columns {first_names(likely)} looks like one. Call it 'price', or "
        "choose it (--price-column)."
    )


def named(source: str) -> str:
    """A source as it is told to others: of a file its name, for folders are nobody else's business."""
    return source if source == BUNDLED or source.startswith(HUB_PREFIX) else Path(source).name


def _read(row: Row, columns: Columns) -> SourceRow:
    if row.problem:
        return SourceRow(row.line, row.cells, None, row.problem, None, row.problem)
    text, reason, price, no_price = None, "", None, ""
    try:
        text = text_from_row(row.cells, columns)
    except ValueError as error:
        reason = str(error)
    try:
        price = price_of(row.cells, columns)
    except ValueError as error:
        no_price = str(error)
    return SourceRow(row.line, row.cells, text, reason, price, no_price)
