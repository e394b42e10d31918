"""Sources of a catalogue: whatever the Tester reads, with prices or without, row by row with the source's own cells."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

from pricer.catalogue.planning import Source
from pricer.catalogue.shards import SourceRow
from pricer.items.columns import Columns, recognise
from pricer.items.item import text_from_row
from pricer.items.load import file_of, open_rows, told
from pricer.items.rows import Row


def open_source(name: str, text_column: str | None = None) -> Source:
    """The source of that name: "bundled", a file, or "hub:owner/name".

    Raises ItemsError if it cannot be read or no column looks like the text of a product.
    """
    table, commit = open_rows(name)
    columns = recognise(table.columns, text_column)
    return Source(
        name=told(name),
        fingerprint=commit or _sha256(name),
        columns=f"text: {columns.text!r}{f', title: {columns.title!r}' if columns.title else ''}",
        own=tuple(dict.fromkeys(table.columns)),
        rows=_numbered(table.rows(table.columns), columns),
        remarks=table.remarks,
    )


def _numbered(rows: Iterable[Row], columns: Columns) -> Iterator[SourceRow]:
    for number, row in enumerate(rows):
        text = None
        problem = row.problem
        if not problem:
            try:
                text = text_from_row(row.cells, columns)
            except ValueError as reason:
                problem = str(reason)
        yield SourceRow(number, text, f"Line {row.line}: {problem}." if problem else None, row.cells)


def _sha256(name: str) -> str:
    with file_of(name).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
