"""Files made to do harm: bombs, pickles, formulas for the reader's spreadsheet, and texts that command a terminal."""

import csv
import gzip
import io
import pickle
import shutil
import time
import tracemalloc
import zipfile
from pathlib import Path

import pyarrow
import pytest
from openpyxl import Workbook
from pyarrow import parquet

from pricer.cli.terminal import estimate_lines, report_lines, result_line
from pricer.errors import ItemsError, ModelError
from pricer.items import rows as item_table
from pricer.items.item import Item
from pricer.items.load import Items, load_items
from pricer.model.choice import Choice
from pricer.model.loading import load
from pricer.runs.report import Report
from pricer.runs.result import Result
from pricer.runs.settings import settings_of
from pricer.views.run_export import to_csv
from pricer.views.run_html import to_html
from tests.support.fakes import FakePricer, estimate
from tests.support.tiny_llama import CPU, make_row

HOW = settings_of(FakePricer().info, Items("<a>", ()))
MEGABYTES = 1_000_000


def peak(action) -> int:
    """Bytes of Python and Arrow memory that `action` needed at the most."""
    tracemalloc.start()
    before = pyarrow.default_memory_pool().max_memory()
    try:
        action()
    finally:
        _, python = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    return python + pyarrow.default_memory_pool().max_memory() - before


def refusal(path: Path) -> str:
    with pytest.raises(ItemsError) as error:
        load_items(str(path))
    return str(error.value)


# Bombs


def test_a_parquet_file_of_kilobytes_that_holds_gigabytes_is_refused_before_it_is_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr(item_table, "MAX_UNPACKED", 10 * MEGABYTES)
    bomb = tmp_path / "bomb.parquet"
    parquet.write_table(pyarrow.table({"text": ["x" * 40 * MEGABYTES], "price": [5.0]}), bomb, compression="zstd")

    assert bomb.stat().st_size < 100_000
    assert peak(lambda: refusal(bomb)) < 10 * MEGABYTES
    assert refusal(bomb).startswith("bomb.parquet grows beyond 10 MB when it is unpacked: cut it to fewer rows")


def test_one_long_text_in_every_row_of_a_parquet_file_is_held_once(tmp_path):
    long = pyarrow.DictionaryArray.from_arrays(pyarrow.array([0] * 300), pyarrow.array(["x" * 3 * MEGABYTES]))
    path = tmp_path / "long.parquet"
    parquet.write_table(pyarrow.table({"text": long, "price": [5.0] * 300}), path, store_schema=False)

    assert peak(lambda: refusal(path)) < 50 * MEGABYTES  # and not 300 times three
    assert "300 rows could not be used" in refusal(path)


def test_a_list_of_a_million_numbers_in_every_row_is_no_column(tmp_path):
    table = pyarrow.table({"text": ["a mug"], "price": [5.0], "title": [[0] * MEGABYTES]})
    parquet.write_table(table, tmp_path / "nested.parquet")

    assert ["a mug"] == [item.title for item in load_items(str(tmp_path / "nested.parquet")).items]


def test_a_table_that_reads_as_it_always_did_when_its_texts_repeat(tmp_path):
    rows = [{"text": text, "price": price} for text, price in (("a", 1.0), (None, 2.0), ("a", 3.0), ("b", None))] * 60
    parquet.write_table(pyarrow.Table.from_pylist(rows), tmp_path / "repeats.parquet")
    items = load_items(str(tmp_path / "repeats.parquet"))

    assert [("a", 1.0), ("a", 3.0)] * 60 == [(item.text, item.price) for item in items.items]
    assert [2, 4, 6, 8] == [row.line for row in items.skipped[:4]]


def test_a_gzip_file_within_a_gzip_file_is_no_table(tmp_path):
    path = tmp_path / "twice.csv.gz"
    path.write_bytes(gzip.compress(gzip.compress(b"text,price\na,1\n" * 1000)))

    assert "is not a text file but a gzipped file" in refusal(path)


# Pickles


class Trap:
    """An object whose pickle makes a file when it is opened."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __reduce__(self):
        return Path.touch, (self._path,)


@pytest.mark.parametrize("name", ["items.csv", "items.jsonl", "items.parquet", "items.pkl", "items.csv.gz", "items.pt"])
def test_a_pickle_by_any_name_is_refused_and_not_opened(tmp_path, name):
    (tmp_path / name).write_bytes(pickle.dumps(Trap(tmp_path / "sprung")))

    assert refusal(tmp_path / name)
    assert not (tmp_path / "sprung").exists()


def test_an_adapter_that_is_a_trap_is_refused_with_a_sentence_and_not_opened(tiny, tmp_path):
    adapter = tmp_path / "adapter"
    adapter.mkdir()
    shutil.copy(Path(tiny.adapter) / "adapter_config.json", adapter)
    for name in ("adapter_model.bin", "training_args.bin", "pytorch_model.bin"):
        (adapter / name).write_bytes(pickle.dumps(Trap(tmp_path / "sprung")))

    with pytest.raises(ModelError, match=r"has no adapter_model\.safetensors: save it with save_pretrained again"):
        load(Choice(make_row(tiny.base, adapter), "", automatic=False), CPU)
    assert not (tmp_path / "sprung").exists()


def test_the_trap_works_where_a_pickle_is_opened(tmp_path):
    pickle.loads(pickle.dumps(Trap(tmp_path / "sprung")))  # noqa: S301 - else the tests above could not fail

    assert (tmp_path / "sprung").exists()


# Spreadsheets


def report_of(*titles: str) -> Report:
    results = [
        Result(index, Item(title, title, 10.5, title), 8.25, "", {"top3": 8.25}, 5, 12)
        for index, title in enumerate(titles)
    ]
    return Report("top3", len(titles), tuple(results), 1.0)


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_no_cell_of_a_table_begins_as_a_formula_does(first):
    formula = f'{first}HYPERLINK("//evil.test","x")'
    [row] = csv.DictReader(io.StringIO(to_csv(report_of(formula), HOW), newline=""))

    assert f"'{formula}" == row["title"] == row["text"] == row["category"]


def test_numbers_of_a_table_stay_numbers():
    [row] = csv.DictReader(io.StringIO(to_csv(report_of("-5"), HOW), newline=""))

    assert (10.5, 8.25, 2.25, 5, 12) == tuple(
        float(row[name]) for name in ("truth", "estimate", "error", "low", "high")
    )
    assert "'-5" == row["title"]


# Terminals and reports

COMMANDS = "\x1b[2J\x1b]0;owned\x07\x1b[31m\x9b31m\r\b\x00\u202e\u2028\ud800"


def test_a_text_that_commands_a_terminal_is_shown_without_its_commands():
    report = report_of(f"a{COMMANDS}b", f"c{COMMANDS}d")
    found = estimate({f"{COMMANDS}": 0.5, "5": 0.3}, f"a{COMMANDS}b")
    lines = [
        *report_lines(report, "mine.csv"),
        *estimate_lines(found),
        *(result_line(result, False) for result in report.results),
    ]

    assert lines
    assert [] == [line for line in lines if not line.isprintable()]


def test_the_report_as_a_page_shows_such_a_text_without_its_commands_too():
    page = to_html(report_of(f"a{COMMANDS}b"), HOW)

    assert page.encode()
    assert all(character.isprintable() or character == "\n" for character in page.replace("\u2013", ""))


# Bombs in the newer forms


def workbook(path: Path, rows: str, shared: str = "") -> Path:
    """A workbook whose sheet is this XML."""
    book = Workbook()
    book.active.append(["text", "price"])
    book.save(path)
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    with zipfile.ZipFile(path) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    parts["xl/worksheets/sheet1.xml"] = f"<worksheet {main}><sheetData>{rows}</sheetData></worksheet>".encode()
    if shared:
        parts["xl/sharedStrings.xml"] = f"<sst {main}>{shared}</sst>".encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    return path


HEADER = (
    '<row r="1"><c r="A1" t="inlineStr"><is><t>text</t></is></c><c r="B1" t="inlineStr"><is><t>price</t></is></c></row>'
)


@pytest.mark.parametrize("shared", [False, True])
def test_a_workbook_that_grows_without_end_is_refused_before_it_is_unpacked(tmp_path, monkeypatch, shared):
    monkeypatch.setattr(item_table, "MAX_UNPACKED", 10 * MEGABYTES)
    long = f"<si><t>{'x' * 20 * MEGABYTES}</t></si>" if shared else ""
    rows = HEADER if shared else HEADER + '<row r="2"><c r="A2"><v>1</v></c></row>' * 600_000
    bomb = workbook(tmp_path / "bomb.xlsx", rows, long)

    assert bomb.stat().st_size < 300_000
    assert peak(lambda: refusal(bomb)) < 10 * MEGABYTES
    assert refusal(bomb).startswith("bomb.xlsx grows beyond 10 MB when it is unpacked")


def test_a_workbook_whose_rows_and_columns_are_far_apart_takes_no_time(tmp_path):
    far = '<row r="999999999"><c r="A999999999" t="inlineStr"><is><t>far</t></is></c></row>'
    path = workbook(tmp_path / "far.xlsx", f"{HEADER}{far}")
    began = time.monotonic()

    assert "has columns but no rows" in refusal(path)
    assert time.monotonic() - began < 20


def test_a_json_array_that_grows_without_end_is_read_as_a_stream(tmp_path, monkeypatch):
    monkeypatch.setattr(item_table, "MAX_UNPACKED", 10 * MEGABYTES)
    path = tmp_path / "bomb.json.gz"
    path.write_bytes(gzip.compress(b"[" + b'{"text": "a mug", "price": 5},' * 500_000 + b"{}]"))

    assert "grows beyond 10 MB" in refusal(path)


def test_one_object_of_an_array_that_is_longer_than_any_product_is_one_bad_row(tmp_path):
    path = tmp_path / "long.json"
    path.write_text('[{"text": "' + "x" * 3 * MEGABYTES + '", "price": 5},\n{"text": "a mug", "price": 5}]')
    items = load_items(str(path))

    assert ["a mug"] == [item.text for item in items.items]
    assert [1] == [row.line for row in items.skipped]


def test_an_array_that_is_nested_without_end_is_a_sentence(tmp_path):
    path = tmp_path / "deep.json"
    path.write_text('{"a": ' * 100_000)

    assert refusal(path).endswith(".")


def test_a_list_of_millions_of_texts_in_a_row_is_cut(tmp_path):
    texts = pyarrow.DictionaryArray.from_arrays(pyarrow.array([0] * 2 * MEGABYTES), pyarrow.array(["x" * 5_000]))
    features = pyarrow.ListArray.from_arrays([0, 2 * MEGABYTES], texts)
    table = pyarrow.table({"title": ["a mug"], "features": features, "price": [5.0]})
    parquet.write_table(table, tmp_path / "list.parquet", store_schema=False)

    assert peak(lambda: refusal(tmp_path / "list.parquet")) < 200 * MEGABYTES
    assert "the text has" in refusal(tmp_path / "list.parquet")
