"""The feed of a run and what is said of it: plain data, worked out by hand."""

import json

from pricer.items.item import Item
from pricer.items.load import Items, load_items
from pricer.runs.folder import FINISHED, RUNNING, STOPPED
from pricer.runs.report import Report
from pricer.runs.result import Result
from pricer.runs.settings import settings_of
from pricer.views import run_feed as charts
from tests.support.fakes import FakePricer


def result(index: int, truth: float, estimate: float | None, title: str = "A kettle") -> Result:
    return Result(index, Item(title, "a kettle", truth, "Kitchen"), estimate)


def lines(text: str) -> list:
    assert text.endswith("\n")

    return [json.loads(line) for line in text.splitlines()]


def test_the_feed_opens_with_the_run_how_it_is_read_and_what_the_course_reports_on_its_items():
    settings = settings_of(FakePricer().info, Items("hub:ed-donner/pricer-data", ()), "median")

    [opening] = lines(charts.opening(settings, 250, run="ab12", name="Run 1", slug="run-1"))

    assert ("ab12", 250, "Run 1", "run-1", "Median") == tuple(
        opening[key] for key in ("run", "size", "name", "slug", "reading")
    )
    assert "the bundled model on hub:ed-donner/pricer-data" == opening["title"]
    assert [["GPT-4o", 76.0], ["Human", 127.0]] == opening["references"][:2]
    unknown = settings_of(FakePricer().info, Items("mine.csv", ()))
    assert [] == lines(charts.opening(unknown, 1, run="", name="", slug=""))[0]["references"]


def test_an_item_costs_the_feed_some_hundred_bytes():
    items = load_items("bundled").items
    results = [Result(index, item, item.price * 0.7) for index, item in enumerate(items)]

    assert len(charts.rows(results).encode()) < 75 * len(items)


def test_a_row_holds_title_truth_estimate_error_sle_and_color():
    # (ln 101 - ln 51)² = 0.4669
    assert [["A kettle", 100.0, 50.0, 50.0, 0.467, "orange"]] == lines(charts.rows([result(0, 100.0, 50.0)]))


def test_an_item_without_a_price_has_nulls_and_no_color():
    assert [["A kettle", 100.0, None, None, None, None]] == lines(charts.rows([result(0, 100.0, None)]))


def test_markup_and_half_characters_in_a_title_travel_as_text():
    [row] = lines(charts.rows([result(0, 1.0, 1.0, '<b>"x"\n\ud800')]))

    assert '<b>"x"\n?' == row[0]


def test_a_long_title_is_cut_at_80_characters():
    [row] = lines(charts.rows([result(0, 1.0, 1.0, "x" * 200)]))

    assert "x" * 80 == row[0]


def test_the_status_gives_the_figures_of_the_items_done_and_not_of_those_asked_for():
    report = Report("top3", 250, (result(0, 100.0, 90.0), result(1, 100.0, 200.0), result(2, 5.0, None)), seconds=2.0)

    [status] = lines(charts.status(report, RUNNING, ""))

    # Errors 10 and 100: mean 55, deviation 63.64, standard error 45. SLE 0.0109 and 0.4736: root of the mean 0.492.
    expected = {
        "Progress": "3 / 250",
        "Average error": "$55.00 ± 45.00",
        "RMSLE": "0.492",
        "Green": "50%",
        "No price": "1",
        "Items per second": "1.5",
    }
    assert expected == dict(status["figures"])


def test_before_the_first_item_there_is_no_average():
    assert [("Progress", "0 / 30")] == charts.figures(Report("top3", 30))


def test_how_a_run_ended_is_a_sentence():
    done = Report("median", 2, (result(0, 1.0, 1.0), result(1, 1.0, 1.0)), seconds=3.0)
    stopped = Report("median", 250, done.results, seconds=3.0)

    assert "2 items in 3.0 s, using the median price." == charts.closing_sentence(done, FINISHED)
    assert "Stopped after 2 of 250 items. Results so far are kept." == charts.closing_sentence(stopped, STOPPED)


def test_every_verdict_has_its_own_sign_and_the_course_s_margin():
    marks = charts.marks()

    assert ["green", "orange", "red"] == [mark["key"] for mark in marks]
    assert 3 == len({mark["sign"] for mark in marks})
    assert [(40, 0.2), (80, 0.4), None] == [mark["margin"] for mark in marks]
