"""Priced rows as files for spreadsheets: CSV, and workbooks of Excel.

What a row says may come from anybody: a text that a spreadsheet would run as a formula stays a text in both.
"""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TextIO

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font

from pricer.views.run_export import harmless

_MOST_DIGITS = 15  # a spreadsheet rounds a longer number, such as that of an order
_DOLLARS = ("price", "low", "high", "median", "mean")


def as_text(value: Any) -> str | None:
    """A cell of a source as text: what is no text is spelled as JSON, nothing stays nothing."""
    if value is None or isinstance(value, str):
        return value and value.encode("utf-8", "replace").decode("utf-8")
    return json.dumps(value, ensure_ascii=False, default=str)


def write_csv(file: TextIO, names: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> None:
    """A header of one line, then the rows; what would run as a formula begins with an apostrophe."""
    writer = csv.writer(file)
    writer.writerow([" ".join(harmless(name).split()) for name in names])
    writer.writerows([harmless(row[name]) for name in names] for row in rows)


def to_csv(names: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> bytes:
    """The rows as CSV in UTF-8 with the mark by which Excel knows it."""
    written = io.StringIO(newline="")
    texts = ({name: value if _is_number(value) else as_text(value) for name, value in row.items()} for row in rows)
    write_csv(written, names, texts)
    return written.getvalue().encode("utf-8-sig", "replace")


def to_xlsx(names: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> bytes:
    """The rows as a workbook: numbers are numbers, dollars have cents, and no text is a formula."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Prices")
    sheet.freeze_panes = "A2"
    head = [_cell(sheet, name, name) for name in names]
    for cell in head:
        cell.font = Font(bold=True)
    sheet.append(head)
    for row in rows:
        sheet.append([_cell(sheet, name, row[name]) for name in names])
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _cell(sheet: Any, name: str, value: Any) -> WriteOnlyCell | None:
    if value is None:
        return None
    if _is_number(value):
        cell = WriteOnlyCell(sheet, value)
        if name in _DOLLARS:
            cell.number_format = "0.00"
        return cell
    text = ILLEGAL_CHARACTERS_RE.sub("\N{REPLACEMENT CHARACTER}", as_text(value))
    cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"  # where openpyxl takes a text for a formula or an error
    cell.quotePrefix = harmless(text) != text  # as Excel marks a text that was typed after an apostrophe
    return cell


def _is_number(value: Any) -> bool:
    """Whether a spreadsheet can hold `value` as a number without loss."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return math.isfinite(value) and abs(value) < 10**_MOST_DIGITS
