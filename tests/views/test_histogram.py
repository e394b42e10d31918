"""A run's errors as bars: worked out by hand."""

import math

from pricer.items.item import Item
from pricer.runs.report import Report
from pricer.runs.result import Result
from pricer.ui.components import findings
from pricer.views.histogram import Bin, histogram, histogram_sentence


def report(*estimates: float | None) -> Report:
    """A run over items that cost $100 each."""
    item = Item("A kettle", "a kettle", 100.0, None)
    results = tuple(Result(index, item, estimate) for index, estimate in enumerate(estimates))
    return Report("top3", len(results), results)


def test_the_histogram_counts_every_priced_item_once_and_keeps_its_tails_at_the_ends():
    bars = histogram(report(*(100.0 + residual for residual in (-500, -1, 0, 0, 3, 500)), None))

    assert 6 == sum(bar.count for bar in bars)
    assert [-math.inf, math.inf] == [bars[0].low, bars[-1].high]
    assert {0.0, 1 / 3, 1.0} == {bar.share for bar in bars}
    zero = next(bar for bar in bars if bar.low == 0)
    assert 3 == zero.count  # an exact estimate is not too low


def test_a_histogram_of_nothing_is_empty():
    assert () == histogram(report(None))


def test_a_bar_says_in_words_which_errors_it_holds():
    assert "$20 to $40 too low" == Bin(-40.0, -20.0, 1, 1.0).label
    assert "$0 to $20 too high" == Bin(0.0, 20.0, 1, 1.0).label
    assert "more than $180 too high" == Bin(180.0, math.inf, 1, 1.0).label


def test_a_sentence_counts_the_estimates_on_each_side_of_the_truth():
    assert "2 too low, 3 right or too high." == histogram_sentence(histogram(report(90.0, 99.0, 100.0, 101.0, 200.0)))


def test_the_tallest_bar_tells_how_many_items_it_stands_for():
    shown = findings.found(report(*(100.0 + residual for residual in (-1, 0, 0, 3))), "bundled")

    assert "<div class='counts' aria-hidden=true>2 items</div>" in shown
