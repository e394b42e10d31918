"""Workbooks of Excel: the rows of the first sheet, within limits, for a file of a few kilobytes may hold gigabytes."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from pricer.errors import ItemsError
from pricer.items import rows as limits
from pricer.items.column_names import is_known
from pricer.items.rows import Row, Table, duplicate_remarks, too_large

_MOST_COLUMNS = 256
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


def open_excel(path: Path) -> Table:
    """The table in the first sheet of a workbook. Raises ItemsError if it is damaged or too large; so do the rows."""
    _check_size(path)
    above, names = _header(path)

    def rows(_: Sequence[str]) -> Iterator[Row]:
        for number, cells in islice(enumerate(_sheet(path), start=1), above, None):
            if any(cell is not None and cell != "" for cell in cells):
                yield Row(number, dict(reversed(list(zip(names, cells, strict=False)))))

    remarks = (f"{above - 1} rows above the header were passed over.",) if above > 1 else ()
    return Table(names, rows, (*remarks, *duplicate_remarks(names)))


def _header(path: Path) -> tuple[int, tuple[str, ...]]:
    """The number of the row that names the columns, and the names: the first known ones, else the first row."""
    first: tuple[int, tuple[str, ...]] = (0, ())
    for number, cells in enumerate(islice(_sheet(path), _ABOVE), start=1):
        names = ["" if cell is None else str(cell).strip() for cell in cells]
        while names and not names[-1]:
            names.pop()
        if names and not first[1]:
            first = number, tuple(names)
        if sum(bool(name) for name in names) > 1 and any(is_known(name) for name in names):
            return number, tuple(names)
    return first


def _sheet(path: Path) -> Iterator[tuple[Any, ...]]:
    """The rows of the first sheet, their formulas by the values that they last had."""
    try:
        book = load_workbook(path, read_only=True, data_only=True, keep_links=False)
        try:
            sheet = next(iter(book.worksheets))
            sheet.reset_dimensions()  # what a file says of its own size is not always true
            for cells in sheet.iter_rows(max_row=_MOST_ROWS, max_col=_MOST_COLUMNS, values_only=True):
                is_blank = cells.count(None) == len(cells)  # fast: a sheet may have a million of them
                yield () if is_blank else tuple(_plain(cell) for cell in cells)
        finally:
            book.close()
    except StopIteration:
        raise ItemsError(f"{path.name} has no sheet with rows: save the table as CSV and try again.") from None
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
