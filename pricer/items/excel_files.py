"""Workbooks of Excel: the rows of one sheet, within limits, for a file of a few kilobytes may hold gigabytes."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from openpyxl import Workbook, load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from pricer.errors import ItemsError
from pricer.items import rows as limits
from pricer.items.column_names import is_known
from pricer.items.delimited import names_without_header, told_without_header
from pricer.items.rows import Row, Table, duplicate_remarks, too_large

_MOST_COLUMNS = 256
_MOST_SHEETS = 30
_MOST_ROWS = 1_048_576  # of a sheet of Excel
_LARGEST_PART = 10_000_000  # bytes of anything but sheets and texts
_ABOVE = 20  # rows among which the header is looked for
_FAILURES = (
    zipfile.BadZipFile,
    InvalidFileException,
    ParseError,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    IndexError,
    EOFError,
    NotImplementedError,
)


@dataclass(frozen=True)
class _Found:
    """Where a table is: its sheet, how many rows stand above the first of the table, and the names of its columns."""

    sheet: int = 0
    above: int = 0
    names: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


def open_excel(path: Path) -> Table:
    """The table of a workbook: in the first sheet with columns that are known by name, else in the first with rows.

    Raises ItemsError if the workbook is damaged or too large; so do the rows.
    """
    _check_size(path)
    found = _find(path)

    def rows(_: Sequence[str]) -> Iterator[Row]:
        for number, cells in islice(enumerate(_sheet(path, found.sheet), start=1), found.above, None):
            if any(cell is not None and cell != "" for cell in cells):
                yield Row(number, dict(reversed(list(zip(found.names, cells, strict=False)))))

    return Table(found.names, rows, (*found.remarks, *duplicate_remarks(found.names)))


def _find(path: Path) -> _Found:
    first: _Found | None = None
    for place, title, head in _heads(path):
        told = (f"The sheet {title[:40]!r} was read.",) if place else ()
        for number, names in enumerate(head, start=1):
            if sum(map(bool, names)) > 1 and any(map(is_known, names)):
                passed = (f"{number - 1} rows above the header were passed over.",) if number > 1 else ()
                return _Found(place, number, names, (*told, *passed))
        filled = [(number, names) for number, names in enumerate(head, start=1) if names]
        if first is None and filled:
            number, names = filled[0]
            if own := names_without_header([cells for _, cells in filled]):
                first = _Found(place, number - 1, own, (*told, told_without_header(own)))
            else:
                first = _Found(place, number, names, told)
    return first or _Found()


def _named(cells: Sequence[Any]) -> tuple[str, ...]:
    """The cells of a row as names, without empty ones at its end."""
    names = ["" if cell is None else str(cell).strip() for cell in cells]
    while names and not names[-1]:
        names.pop()
    return tuple(names)


def _heads(path: Path) -> Iterator[tuple[int, str, list[tuple[str, ...]]]]:
    """The place and the title of each sheet of cells, and its first rows as names."""
    with _opened(path) as book:
        for place, sheet in enumerate(book.worksheets[:_MOST_SHEETS]):
            yield place, sheet.title, [_named(cells) for cells in islice(_cells(sheet), _ABOVE)]


def _sheet(path: Path, place: int) -> Iterator[tuple[Any, ...]]:
    """The rows of a sheet, their formulas by the values that they last had."""
    with _opened(path) as book:
        yield from _cells(book.worksheets[place])


def _cells(sheet: Any) -> Iterator[tuple[Any, ...]]:
    sheet.reset_dimensions()  # what a file says of its own size is not always true
    for cells in sheet.iter_rows(max_row=_MOST_ROWS, max_col=_MOST_COLUMNS, values_only=True):
        is_blank = cells.count(None) == len(cells)  # fast: a sheet may have a million of them
        yield () if is_blank else tuple(_plain(cell) for cell in cells)


@contextmanager
def _opened(path: Path) -> Iterator[Workbook]:
    try:
        book = load_workbook(path, read_only=True, data_only=True, keep_links=False)
        try:
            yield book
        finally:
            book.close()
    except _FAILURES as error:
        raise ItemsError(f"{path.name} is no readable Excel file: save the table as CSV and try again.") from error


def _plain(cell: Any) -> Any:
    return cell if cell is None or isinstance(cell, (str, int, float)) else str(cell)


def _check_size(path: Path) -> None:
    """Raises ItemsError if the workbook is none, or needs too much memory once it is unpacked."""
    try:
        with zipfile.ZipFile(path) as packed:
            parts = packed.infolist()
    except (*_FAILURES, OSError) as error:
        raise ItemsError(f"{path.name} is no readable Excel file: save the table as CSV and try again.") from error
    rows = [part for part in parts if "sheet" in part.filename or "sharedStrings" in part.filename]
    others = [part for part in parts if part not in rows and part.filename.endswith((".xml", ".rels"))]
    if sum(part.file_size for part in rows) > limits.MAX_UNPACKED or any(
        part.file_size > _LARGEST_PART for part in others
    ):
        raise too_large(path.name, "cut it to fewer rows, or save it as CSV.")
