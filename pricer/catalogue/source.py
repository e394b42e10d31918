"""Sources of a catalogue: whatever the Tester reads, with prices or without, row by row with the source's own cells."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from pricer.catalogue.planning import Source
from pricer.catalogue.shards import SourceRow
from pricer.items import source as items
from pricer.items.source import BUNDLED, BUNDLED_FILE


def open_source(name: str, text_column: str | None = None, encoding: str | None = None) -> Source:
    """The source of that name: "bundled", a file, or "hub:owner/name".

    Raises ItemsError if it cannot be read or no column looks like the text of a product.
    """
    opened = items.open_source(name, text_column=text_column, encoding=encoding)
    return Source(
        name=opened.name,
        fingerprint=opened.revision or _sha256(BUNDLED_FILE if name == BUNDLED else Path(name)),
        columns=opened.columns.choice,
        own=tuple(dict.fromkeys(opened.table.columns)),
        rows=_numbered(opened),
        remarks=opened.table.remarks,
    )


def _numbered(source: items.Source) -> Iterator[SourceRow]:
    for number, row in enumerate(source.rows()):
        problem = f"Line {row.line}: {row.reason}." if row.reason else None
        yield SourceRow(number, row.text, problem, row.cells)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
