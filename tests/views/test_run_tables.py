"""What a run found, as tables and bars: worked out by hand, and escaped on the page."""

import math

from pricer.items.item import Item
from pricer.model.registry import GENERATION_1, Reported
from pricer.runs.comparison import compare
from pricer.runs.report import Report
from pricer.runs.result import Result
from pricer.ui.components import findings as page
from pricer.views import run_tables as findings
from tests.support.fakes import FakePricer


def result(index: int, truth: float, estimate: float | None, category: str = "Kitchen", **decoded: float) -> Result:
    estimates = {"top3": estimate, **decoded}
    return Result(index, Item(f"Item {index}", f"text {index}", truth, category), estimate, estimates=estimates)


def report(*results: Result, method: str = "top3") -> Report:
    return Report(method, len(results), results, seconds=1.0)


def test_decoders_stand_side_by_side_with_the_best_constant_beneath():
    both = report(result(0, 100.0, 90.0, median=100.0), result(1, 200.0, 260.0, median=230.0))

    table = findings.decoders(both)

    assert ["Weighted top 3", "Median", "Always $150.00"] == [row[0] for row in table.rows]
    # Errors 10 and 60: mean 35, deviation 35.36, standard error 25. The constant errs by 50 on both.
    assert ["$35.00 ± 25.00", "$15.00 ± 15.00", "$50.00"] == [row[1] for row in table.rows]
    assert 0 == table.marked
    assert {len(findings.DECODER_HEADS)} == {len(row) for row in table.rows}


def test_errors_are_given_by_price_band_and_by_category():
    run = report(result(0, 5.0, 7.0, "Tools"), result(1, 150.0, 100.0, "Toys"), result(2, 160.0, 180.0, "Tools"))

    assert [("below $10", "1"), ("$100 to $200", "2")] == [row[:2] for row in findings.by_price(run).rows]
    assert [("Tools", "2"), ("Toys", "1")] == [row[:2] for row in findings.by_category(run).rows]


def test_only_the_largest_categories_are_shown_and_it_says_so():
    run = report(*(result(index, 10.0, 11.0, f"Category {index % 15:02}") for index in range(40)))

    table = findings.by_category(run)

    assert findings.MOST_CATEGORIES == len(table.rows)
    assert "The largest 12 of 15 categories." == table.remark


def test_the_histogram_counts_every_priced_item_once_and_keeps_its_tails_at_the_ends():
    run = report(
        *(result(index, 100.0, 100.0 + residual) for index, residual in enumerate([-500, -1, 0, 0, 3, 500])),
        result(6, 100.0, None),
    )

    bars = findings.histogram(run)

    assert 6 == sum(bar.count for bar in bars)
    assert [-math.inf, math.inf] == [bars[0].low, bars[-1].high]
    assert {0.0, 1 / 3, 1.0} == {bar.share for bar in bars}
    zero = next(bar for bar in bars if bar.low == 0)
    assert 3 == zero.count  # an exact estimate is not too low


def test_a_histogram_of_nothing_is_empty():
    assert () == findings.histogram(report(result(0, 100.0, None)))


def test_a_bar_says_in_words_which_errors_it_holds():
    assert "$20.00 to $40.00 too low" == findings.Bin(-40.0, -20.0, 1, 1.0).label
    assert "$0.00 to $20.00 too high" == findings.Bin(0.0, 20.0, 1, 1.0).label
    assert "more than $180.00 too high" == findings.Bin(180.0, math.inf, 1, 1.0).label


def test_the_course_s_figures_are_marked_as_reported():
    table = findings.reported([Reported("GPT-4o", 76.0)])

    assert (("GPT-4o", "$76.00"),) == table.rows
    assert "not measured here" in table.remark


def test_two_runs_are_compared_item_by_item():
    first = report(result(0, 100.0, 90.0), result(1, 100.0, 80.0))
    second = report(result(0, 100.0, 95.0), result(1, 100.0, 95.0))
    comparison = compare(first, second)

    rows = findings.compared(comparison, "Run 1", "Run 2").rows

    # Differences -5 and -15: mean -10, standard error 5.
    assert ["$15.00", "$5.00", "-$10.00 ± 5.00"] == [row[1] for row in rows]
    assert ["Item 1", "Item 0"] == [row[0] for row in findings.differences(comparison).rows]
    assert {"title": ["Item 0", "Item 1"], "truth": [100.0, 100.0], "first": [90.0, 80.0], "second": [95.0, 95.0]} == (
        findings.overlay(comparison)
    )


def test_what_comes_from_a_product_is_escaped():
    markup = page.found(report(result(0, 100.0, 90.0, "<b>A</b>"), result(1, 100.0, 90.0, "B")), FakePricer().info)

    assert "&lt;b&gt;A&lt;/b&gt;" in markup
    assert "<b>" not in markup


def test_before_the_first_item_nothing_is_found():
    assert "" == page.found(Report("top3", 10), FakePricer().info)


def test_generation_one_s_reported_figures_stand_on_the_page():
    markup = page.found(report(result(0, 100.0, 90.0)), FakePricer().info)

    assert all(figure.who in markup for figure in GENERATION_1)
