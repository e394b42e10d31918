"""A visitor's runs without a page: what the form asks for, and how a run is fed."""

import json
from itertools import pairwise
from pathlib import Path

import pytest

from pricer.errors import ItemsError
from pricer.runs.folder import Run
from pricer.ui.session.runs import HUB, UPLOAD, RunRequest, VisitorRuns, broken, feed
from tests.support.fakes import FakePricer


@pytest.fixture
def file(tmp_path) -> str:
    path = tmp_path / "items.jsonl"
    rows = [{"title": f"Item {index}", "text": f"one two {index}", "price": 10.0 + index} for index in range(40)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return str(path)


@pytest.fixture
def eager(monkeypatch) -> None:
    """Updates after every batch, however fast the batches come."""
    monkeypatch.setattr("pricer.ui.session.pace.SHORTEST_PAUSE", 0.0)
    monkeypatch.setattr("pricer.ui.session.pace.SHARE_OF_SHOWING", 1e9)


def begin(file: str, pricer: FakePricer, visitor: VisitorRuns | None = None, **request):
    return (visitor or VisitorRuns()).begin(RunRequest(source=UPLOAD, file=file, **request), pricer.info)


def items_in(text: str) -> list:
    return [value for value in map(json.loads, text.splitlines()) if isinstance(value, list)]


@pytest.mark.usefixtures("eager")
def test_the_feed_only_grows_and_sends_each_item_once(file):
    pricer = FakePricer(batch_size=10)
    run = begin(file, pricer)

    texts = list(feed(pricer, run))

    assert len(texts) >= 5
    assert all(later.startswith(earlier) for earlier, later in pairwise(texts))
    assert [f"Item {index}" for index in range(40)] == [row[0] for row in items_in(texts[-1])]
    assert ["finished", 40] == [run.state, run.report.n]


def test_a_fast_run_is_shown_now_and_then_and_not_after_every_batch(file):
    pricer = FakePricer(batch_size=1)

    texts = list(feed(pricer, begin(file, pricer)))

    assert 40 == len(pricer.batches)
    assert len(texts) < 40
    assert 40 == len(items_in(texts[-1]))


@pytest.mark.usefixtures("eager")
def test_a_stopped_run_ends_after_the_batch_at_work_and_keeps_it(file):
    pricer = FakePricer(batch_size=10)
    run = begin(file, pricer)
    updates = feed(pricer, run)
    next(updates), next(updates)
    run.stop.set()

    rest = list(updates)

    assert ["stopped", 20, 2] == [run.state, run.report.n, len(pricer.batches)]
    assert 20 == len(items_in(rest[-1]))
    assert "Stopped after 20 of 40 items" in rest[-1]


@pytest.mark.usefixtures("eager")
def test_a_run_whose_page_is_closed_asks_the_model_no_more(file):
    pricer = FakePricer(batch_size=10)
    updates = feed(pricer, begin(file, pricer))
    next(updates), next(updates)
    updates.close()

    assert 1 == len(pricer.batches)


def test_an_item_s_price_never_reaches_the_pricer(tmp_path):
    path = tmp_path / "course.jsonl"
    path.write_text(json.dumps({"text": "A kettle of steel\n\nPrice is $77.00", "price": 77.0}) + "\n")
    pricer = FakePricer()
    run = begin(str(path), pricer)

    list(feed(pricer, run))

    assert [["A kettle of steel"]] == pricer.batches
    assert 77.0 == run.report.results[0].truth


def test_a_run_that_breaks_off_is_closed_with_a_sentence(file):
    pricer = FakePricer()
    run = begin(file, pricer)
    next(feed(pricer, run))

    assert "The model failed at this point" in broken(run)
    assert "failed" == run.state


def test_there_are_never_more_items_than_the_source_has(file):
    assert 40 == len(begin(file, FakePricer(), size=250).items.items)
    assert 7 == len(begin(file, FakePricer(), size=7).items.items)


def test_a_sample_with_the_same_seed_is_the_same_sample(file):
    first, second, other = (begin(file, FakePricer(), size=10, seed=seed).items for seed in (5, 5, 6))

    assert first.items == second.items
    assert first.items != other.items
    assert 5 == first.seed


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (RunRequest(size=0), "Say how many items"),
        (RunRequest(size=None), "Say how many items"),
        (RunRequest(source=UPLOAD), "Choose a file first"),
        (RunRequest(source=HUB, dataset="  "), "Name a data set"),
    ],
)
def test_a_request_that_cannot_be_met_is_a_sentence(asked, sentence):
    with pytest.raises(ItemsError, match=sentence):
        asked.items()


def test_a_file_above_the_limit_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "large.csv"
    path.write_text("text,price\nA kettle,20\n")
    monkeypatch.setattr("pricer.ui.server.limits.MAX_UPLOAD", 10)

    with pytest.raises(ItemsError, match="larger than"):
        RunRequest(source=UPLOAD, file=str(path)).items()


def test_no_more_rows_of_a_visitor_s_file_are_read_than_allowed_and_that_is_told(file, monkeypatch):
    monkeypatch.setattr("pricer.ui.server.limits.MAX_ROWS", 30)
    sampled = begin(file, FakePricer(), size=10, seed=1).items

    assert all(item.price < 40 for item in sampled.items)
    assert "Only the first 30 rows were read." in sampled.note


def test_a_run_is_written_to_a_folder_where_one_is_named(file, tmp_path):
    pricer = FakePricer(batch_size=10)
    run = VisitorRuns().begin(RunRequest(source=UPLOAD, file=file), pricer.info, tmp_path / "kept")
    list(feed(pricer, run))

    [folder] = (tmp_path / "kept").iterdir()
    assert run.report == Run.read(folder).report


def test_two_visits_do_not_see_each_other_s_runs(file):
    mine, other = VisitorRuns(), VisitorRuns()
    run = begin(file, FakePricer(), mine)

    assert run is mine.find(run.id)
    assert other.find(run.id) is None


def test_a_visit_keeps_its_last_20_runs_and_their_names(file):
    visitor = VisitorRuns()
    for _ in range(22):
        begin(file, FakePricer(), visitor, size=1)

    assert ["Run 3", "Run 22", 20] == [visitor.runs[0].name, visitor.runs[-1].name, len(visitor.runs)]


def test_a_run_gives_three_files_that_hold_it(file):
    pricer, visitor = FakePricer(), VisitorRuns()
    run = begin(file, pricer, visitor)
    list(feed(pricer, run))

    csv, plain, page = visitor.files(run)

    assert [".csv", ".json", ".html"] == [path.suffix for path in (csv, plain, page)]
    assert 41 == len(csv.read_text().splitlines())
    assert 40 == json.loads(plain.read_text())["n"]
    assert "Item 39" in page.read_text()
    assert Path(visitor.folder.name) == csv.parent
