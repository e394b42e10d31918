"""The Tester: items in batches, a report that grows, and figures worked out by hand."""

import json
import math

import pytest

from pricer.items.item import Item
from pricer.runs.report import METHODS, Report
from pricer.runs.result import NO_PRICE, Result
from pricer.runs.tester import run
from tests.support.fakes import FakePricer, estimate


def item(words: int, price: float, **other) -> Item:
    """An item whose text has so many words: the fake prices it at about ten dollars a word."""
    return Item(f"Item {words}", " ".join(["word"] * words), price, **other)


def result(truth: float, estimate: float | None, **other) -> Result:
    return Result(0, Item("a", "a", truth), estimate, **other)


def last(reports) -> Report:
    return list(reports)[-1]


class Shares(FakePricer):
    """Answers every text with the shares given."""

    def __init__(self, shares: dict[str, float]) -> None:
        super().__init__()
        self._given = shares

    def estimate_all(self, descriptions, k=3, **_):
        return [estimate(self._given, text, k) for text in descriptions]


def test_a_run_yields_an_empty_report_and_then_one_for_each_batch():
    pricer = FakePricer(batch_size=2)

    reports = list(run(pricer, [item(3, 30.0)] * 5))

    assert [0, 2, 4, 5] == [report.n for report in reports]
    assert [5] * 4 == [report.size for report in reports]
    assert [2, 2, 1] == [len(batch) for batch in pricer.batches]


def test_nothing_is_priced_before_it_is_asked_for():
    pricer = FakePricer(batch_size=2)
    reports = run(pricer, [item(3, 30.0)] * 100)

    next(reports)
    next(reports)
    reports.close()

    assert 1 == len(pricer.batches)


def test_a_report_that_was_handed_out_does_not_change():
    first, second, *_ = run(FakePricer(batch_size=2), [item(3, 30.0)] * 4)

    assert (0, 2) == (first.n, second.n)


def test_the_pricer_is_shown_texts_and_never_a_price():
    pricer = FakePricer(batch_size=4)

    last(run(pricer, [Item("Mug for $31.41", "a mug of clay", 31.41, "Mugs at $31.41")]))

    assert [["a mug of clay"]] == pricer.batches


@pytest.mark.parametrize(
    ("method", "expected"),
    [("top3", 28.75), ("greedy", 30), ("mean", 28.75), ("median", 30), ("generate", 30.0)],
)
def test_each_method_reads_the_same_item_in_its_own_way(method, expected):
    (found,) = last(run(FakePricer(), [item(3, 30.0)], method)).results

    assert expected == pytest.approx(found.estimate)
    assert expected == pytest.approx(found.estimates[method])


def test_one_pass_answers_for_every_decoder_and_generate_only_if_asked_for():
    pricer = FakePricer()
    report = last(run(pricer, [item(3, 30.0)]))

    assert 1 == len(pricer.batches)
    assert ("top3", "greedy", "mean", "median") == report.methods
    assert METHODS == last(run(pricer, [item(3, 30.0)], generate=True)).methods


def test_an_unknown_method_is_named_with_the_known_ones():
    with pytest.raises(ValueError, match="method 'mode' is none of top3, greedy, mean, median, generate"):
        next(run(FakePricer(), [], "mode"))


def test_the_adapter_off_is_a_run_of_its_own():
    (found,) = last(run(FakePricer(), [item(3, 30.0)], adapter=False)).results

    assert 7.0 == pytest.approx(found.estimate)


def test_the_figures_are_worked_out_by_hand():
    # Errors 10, 30, 50 and 100; truths 100, 100, 100 and 200.
    report = Report("top3", 10, tuple(result(t, e) for t, e in [(100, 110), (100, 70), (100, 150), (200, 300)]))

    assert 47.5 == report.mae
    assert 40.0 == report.median_error
    assert math.sqrt((100 + 900 + 2500 + 10000) / 4) == pytest.approx(report.rmse)
    # Deviations -37.5, -17.5, 2.5, 52.5: their squares sum to 4475.
    assert math.sqrt(4475 / 3 / 4) == pytest.approx(report.mae_stderr)
    assert (0.5, 0.25, 0.25) == (report.hits, report.share("orange"), report.share("red"))
    assert 1 - 13500 / 7500 == pytest.approx(report.r_squared)


def test_averages_are_over_the_items_done_and_not_over_those_asked_for():
    report = Report("top3", 250, (result(100, 110), result(100, 130)))

    assert 20.0 == report.mae
    assert 1.0 == report.hits
    assert (2, 250) == (report.n, report.size)


def test_an_item_without_a_price_is_told_and_counted_and_spoils_no_average():
    report = Report("top3", 2, (result(100, 110), result(100, None, reason=NO_PRICE)))

    assert 10.0 == report.mae
    assert 0.5 == report.without_price
    assert (None, None, None) == (report.results[1].error, report.results[1].color, report.results[1].in_interval)


def test_where_no_candidate_is_a_number_there_is_no_price_and_never_a_zero():
    (found,) = last(run(Shares({"the": 0.6, "a": 0.2, "of": 0.1, "20": 0.05}), [item(3, 30.0)])).results

    assert found.estimate is None
    assert "The model named no price." == found.reason
    # Other decoders read the same pass over all numbers.
    assert 20 == found.by("median").estimate
    assert "" == found.by("median").reason


def test_a_text_that_cannot_be_priced_does_not_spoil_its_batch():
    items = [item(3, 30.0), Item("blank", "  ", 5.0), item(4, 40.0)]

    report = last(run(FakePricer(batch_size=3), items, generate=True))

    assert [pytest.approx(28.75), None, pytest.approx(38.75)] == [found.estimate for found in report.results]
    assert report.results[1].reason.startswith("Type or paste a description first")
    assert report.results[1].reason == report.by("greedy").results[1].reason


def test_reports_by_decoder_are_the_same_run_read_another_way():
    report = last(run(FakePricer(), [item(3, 30.0), item(5, 40.0)]))

    assert (1.25 + 8.75) / 2 == pytest.approx(report.mae)
    assert (0 + 10) / 2 == report.by("greedy").mae
    assert report.n == report.by("greedy").n
    assert report.by("greedy").results == last(run(FakePricer(), [item(3, 30.0), item(5, 40.0)], "greedy")).results


def test_results_do_not_depend_on_how_the_batches_were_cut():
    items = [item(words, 10.0 * words) for words in range(1, 31)]
    expected = last(run(FakePricer(batch_size=1), items)).results

    for size in (7, 30, 64):
        assert expected == last(run(FakePricer(batch_size=size), items)).results


@pytest.mark.parametrize("done", [0, 1, 4, 6, 10])
def test_a_run_that_goes_on_cuts_the_same_batches_and_finds_the_same(done):
    items = [item(words, 10.0 * words) for words in range(1, 11)]
    whole_pricer, pricer = FakePricer(batch_size=4), FakePricer(batch_size=4)
    whole = last(run(whole_pricer, items))

    resumed = last(run(pricer, items, done=Report("top3", 10, whole.results[:done], 1.0)))

    assert whole.results == resumed.results
    assert pricer.batches == ([] if done == 10 else whole_pricer.batches[done // 4 :])
    assert resumed.seconds >= 1.0


def test_the_interval_covers_a_truth_to_the_nearest_dollar():
    assert result(12.49, 10, low=8, high=12).in_interval
    assert not result(12.50, 10, low=8, high=12).in_interval
    assert result(7.50, 10, low=8, high=12).in_interval
    assert not result(7.49, 10, low=8, high=12).in_interval


def test_coverage_is_the_share_of_items_with_an_interval_that_holds_the_truth():
    results = (result(10, 10, low=8, high=12), result(20, 10, low=8, high=12), result(20, None))

    assert 0.5 == Report("top3", 3, results).coverage


def test_the_best_constant_is_the_median_of_the_truths():
    report = Report("top3", 3, (result(10, 1), result(20, 1), result(90, None)))

    assert 20 == report.best_constant.price
    assert 80 / 3 == pytest.approx(report.best_constant.mae)


def test_errors_by_price_band_and_category_are_reports_of_their_own():
    results = (
        Result(0, Item("a", "a", 9.99, "Toys"), 19.99),
        Result(1, Item("b", "b", 10.0), 40.0),
        Result(2, Item("c", "c", 5000.0, "Toys"), 900.0),
    )
    report = Report("top3", 3, results, 2.0)

    assert {"below $10": 10, "$10 to $25": 30, "$400 and more": 4100} == {
        name: round(group.mae) for name, group in report.by_price().items()
    }
    assert [("Toys", 2), ("no category", 1)] == [(name, group.n) for name, group in report.by_category().items()]
    assert report.by_category()["Toys"].items_per_second is None


def test_the_json_has_what_the_command_line_promises_and_nothing_that_json_lacks():
    said = last(run(FakePricer(), [item(3, 30.0), Item("blank", " ", 5.0)], generate=True)).as_dict()

    assert {"n", "mae", "mae_stderr", "rmsle", "hits", "items_per_second", "results"} <= said.keys()
    assert {"title", "truth", "estimate", "error", "color"} <= said["results"][0].keys()
    assert ["top3", "greedy", "mean", "median", "generate"] == [row["method"] for row in said["decoders"]]
    assert said == json.loads(json.dumps(said, allow_nan=False))


def test_the_report_of_nothing_has_no_figures():
    report = last(run(FakePricer(), []))

    assert 0 == report.n
    assert {None} == {report.mae, report.mae_stderr, report.rmsle, report.hits, report.coverage, report.without_price}
    assert json.dumps(report.as_dict(), allow_nan=False)
