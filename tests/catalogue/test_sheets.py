"""Files for spreadsheets: numbers stay numbers, and no text runs as a formula."""

import csv
import io

import openpyxl

from pricer.catalogue.sheets import to_csv, to_xlsx

NAMES = ["=sku", "note", "price"]
ROWS = [
    {"=sku": "007", "note": "=HYPERLINK(1)", "price": 12.345},
    {"=sku": 10**16, "note": ["red", "+blue"], "price": None},
    {"=sku": True, "note": "a\x00b \ud800 #N/A", "price": float("nan")},
]


def test_csv_begins_with_the_mark_of_excel_and_what_would_run_with_an_apostrophe():
    written = to_csv(NAMES, ROWS)

    assert written.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(written.decode("utf-8-sig"))))
    assert ["'=sku", "note", "price"] == rows[0]
    assert ["007", "'=HYPERLINK(1)", "12.345"] == rows[1]
    assert ["10000000000000000", '["red", "+blue"]', ""] == rows[2]


def test_a_workbook_has_numbers_dollars_with_cents_and_texts_that_are_no_formulas():
    sheet = openpyxl.load_workbook(io.BytesIO(to_xlsx(NAMES, ROWS))).active
    cells = [[cell.value for cell in row] for row in sheet.iter_rows()]

    assert NAMES == cells[0]
    assert ["007", "=HYPERLINK(1)", 12.345] == cells[1]
    assert ["10000000000000000", '["red", "+blue"]', None] == cells[2]
    assert ["true", "a\ufffdb ? #N/A", "NaN"] == cells[3]
    assert ["s", "s", "n"] == [cell.data_type for cell in sheet[2]]
    assert [False, True] == [cell.quotePrefix for cell in sheet[2]][:2]
    assert "0.00" == sheet["C2"].number_format
    assert "A2" == sheet.freeze_panes
