"""A visitor's list without a page: what is read of lines and files, the limits, the feed, the rows of the files."""

import csv
import io
import json
from contextlib import ExitStack
from itertools import pairwise

import pytest

from pricer.errors import ItemsError, ModelError
from pricer.ui.server import limits
from pricer.ui.server.limits import LISTS_AT_ONCE, RunSlots
from pricer.ui.session.price_list import ListRequest, ListRun, feed, feed_in_slot
from tests.support.fakes import FakePricer


@pytest.fixture
def eager(monkeypatch) -> None:
    """Updates after every batch, however fast the batches come."""
    monkeypatch.setattr("pricer.ui.session.pace.SHORTEST_PAUSE", 0.0)
    monkeypatch.setattr("pricer.ui.session.pace.SHARE_OF_SHOWING", 1e9)


def run_of(lines: str) -> ListRun:
    return ListRun(ListRequest(lines).read())


def priced(lines: str, pricer: FakePricer | None = None) -> ListRun:
    run = run_of(lines)
    list(feed(pricer or FakePricer(), run))
    return run


def csv_of(run: ListRun) -> list[dict]:
    return list(csv.DictReader(io.StringIO(run.file("csv").decode("utf-8-sig"))))


def items_in(text: str) -> list:
    return [value for value in map(json.loads, text.splitlines()) if isinstance(value, list)]


# What is read


def test_each_line_that_is_not_blank_is_a_product_with_its_own_number():
    products = ListRequest("Garden hose, 50 ft\n\n  Wireless mouse \n").read()

    assert [(1, "Garden hose, 50 ft"), (3, "Wireless mouse")] == [(row.line, row.text) for row in products.rows]
    assert "2 rows of pasted lines: one product a line." == products.sentence


@pytest.mark.parametrize(
    "lines",
    ["name\tcolor\nGarden hose\tgreen\nMouse, wireless\tgray", 'name,color\nGarden hose,green\n"Mouse, wireless",gray'],
    ids=["cells of a spreadsheet", "CSV with a header"],
)
def test_a_pasted_table_is_read_as_one_and_keeps_its_columns(lines):
    products = ListRequest(lines).read()

    assert ["Garden hose", "Mouse, wireless"] == [row.text for row in products.rows]
    assert ("name", "color") == products.own
    assert products.sentence.startswith("2 rows of pasted lines: text: 'name'")


def test_a_file_goes_before_lines_and_its_column_can_be_chosen(tmp_path):
    path = tmp_path / "products.csv"
    path.write_text("name,remark\nHose,fifty feet long\n")

    assert ["fifty feet long"] == [row.text for row in ListRequest("a\nb", str(path), "remark").read().rows]


@pytest.mark.parametrize("lines", ["", " \n\t\n"])
def test_no_lines_are_refused_with_what_to_do(lines):
    with pytest.raises(ItemsError, match="paste one product a line, or choose a file"):
        ListRequest(lines).read()


def test_rows_beyond_the_limit_are_left_out_and_counted(monkeypatch):
    monkeypatch.setattr(limits, "MAX_LIST_ROWS", 2)

    products = ListRequest("one\ntwo\nthree\nfour\nfive").read()

    assert ["one", "two"] == [row.text for row in products.rows]
    assert "Only the first 2 are priced here, 3 rows left out" in products.sentence


def test_a_list_is_cut_where_its_cells_take_too_much_room(monkeypatch):
    monkeypatch.setattr(limits, "MAX_LIST_CHARACTERS", 10)

    products = ListRequest("12345\n67890\nx").read()

    assert ["12345", "67890"] == [row.text for row in products.rows]
    assert "1 row left out" in products.sentence


def test_a_file_beyond_the_limit_is_refused(monkeypatch, tmp_path):
    path = tmp_path / "products.csv"
    path.write_text("name\nHose\n")
    monkeypatch.setattr(limits, "MAX_UPLOAD", 5)

    with pytest.raises(ItemsError, match="larger than 0 MB"):
        ListRequest(file=str(path)).read()


def test_products_with_commas_are_no_table():
    lines = ["Item, 5 pieces", "Garden hose, 50 ft, green", "Mouse"]

    assert lines == [row.text for row in ListRequest("\n".join(lines)).read().rows]


# How it is priced


@pytest.mark.usefixtures("eager")
def test_the_feed_only_grows_and_sends_each_product_once_and_the_model_is_asked_a_batch_at_a_time():
    pricer, run = FakePricer(batch_size=10), run_of("\n".join(f"product {index}" for index in range(25)))

    texts = list(feed(pricer, run))

    assert all(later.startswith(earlier) for earlier, later in pairwise(texts))
    assert [f"product {index}" for index in range(25)] == [row[0] for row in items_in(texts[-1])]
    assert [10, 10, 5] == [len(batch) for batch in pricer.batches]
    assert "finished" == run.state


def test_a_product_is_told_with_its_range_and_how_sure_the_model_is():
    run = priced("one two three four\none")

    # $40: (40 * 0.5 + 30 * 0.2 + 50 * 0.1) / 0.8. $10 lies between $0 and $20.
    assert [
        ["one two three four", 38.75, 30, 50, "fairly sure", 0, None],
        ["one", 11.67, 0, 20, "unsure", 0, None],
    ] == items_in(run.feed)


def test_a_row_without_a_text_keeps_its_place_with_the_reason(tmp_path):
    path = tmp_path / "products.csv"
    path.write_text("sku,name\n1,one two\n2,\n3,one\n")
    run = ListRun(ListRequest(file=str(path)).read())
    list(feed(FakePricer(), run))

    rows = csv_of(run)
    assert ["1", "2", "3"] == [row["sku"] for row in rows]
    assert ["18.75", ""] == [row["price"] for row in rows[:2]]
    assert "Line 3: the text is empty." == rows[1]["error"]
    assert "1 row without a price" in run.feed


@pytest.mark.usefixtures("eager")
def test_a_list_that_is_stopped_ends_after_the_batch_and_its_files_still_have_every_row():
    pricer, run = FakePricer(batch_size=1), run_of("one\none two\none two three")
    going = feed(pricer, run)
    next(going)
    next(going)
    run.stop.set()

    list(going)

    assert ("stopped", 2) == (run.state, len(run.priced))
    assert ["", "", "The list ended before this row was priced."] == [row["error"] for row in csv_of(run)]


def test_a_model_that_fails_ends_the_list_with_its_sentence():
    class Failing(FakePricer):
        def estimate_all(self, *_, **__):
            raise ModelError("The model ran out of memory: try again.")

    run = priced("one", Failing())

    assert "failed" == run.state
    assert "The model ran out of memory: try again." in run.feed


def test_a_list_too_many_ends_with_a_sentence_and_asks_the_model_nothing():
    slots, pricer, run = RunSlots(LISTS_AT_ONCE, "lists"), FakePricer(), run_of("one")

    with ExitStack() as taken:
        for _ in range(LISTS_AT_ONCE):
            taken.enter_context(slots.slot())
        [told] = feed_in_slot(pricer, run, slots)

    assert "4 lists are already running here" in told
    assert ("failed", []) == (run.state, pricer.batches)
    list(feed_in_slot(pricer, run, slots))
    assert "finished" == run.state
