"""Calibration: the quantiles are read off held-out prices, worked out by hand."""

from __future__ import annotations

from dataclasses import replace

from pricer.pricing.intervals import TextKind
from pricer.training.calibrate import by_kind, calibrated_interval, calibrated_quantiles, coverage, held_out_coverage
from tests.support.fakes import estimate

TEN_PRICES = {str(price): 0.1 for price in range(1, 11)}  # $1 to $10, each as likely


def test_prices_spread_as_the_model_says_keep_its_own_quantiles():
    # Each of the ten prices once: one may lie below and one above, floor(11 * 0.1) = 1.
    estimates = [estimate(TEN_PRICES)] * 10

    truths = [float(price) for price in range(1, 11)]

    quantiles = calibrated_quantiles(estimates, truths)

    assert (0.199, 0.801) == quantiles
    assert 0.8 == coverage(estimates, truths, quantiles)


def test_a_model_that_is_too_sure_gets_wider_levels():
    # Half of the truths lie in the lowest tenth, half in the highest: only the extremes hold eight of ten.
    estimates = [estimate(TEN_PRICES)] * 20
    truths = [1.0] * 10 + [10.0] * 10

    low, high = calibrated_quantiles(estimates, truths)

    assert low <= 0.1
    assert high >= 0.9
    assert 1.0 == coverage(estimates, truths, (low, high))


def test_coverage_counts_a_price_to_the_nearest_dollar():
    estimates = [estimate({"5": 1.0})] * 4

    assert 0.5 == coverage(estimates, [4.4, 4.5, 5.49, 5.5], (0.1, 0.9))


def test_what_the_quantiles_hold_is_counted_on_items_that_they_were_not_chosen_on():
    # The even ones are all at $1 and the odd ones at $10: the quantiles of either half hold none of the other.
    estimates = [estimate(TEN_PRICES)] * 40
    truths = [1.0, 10.0] * 20

    assert 0.0 == held_out_coverage(estimates, truths)


def test_each_kind_of_text_has_its_own_quantiles():
    line, short = estimate(TEN_PRICES), replace(estimate(TEN_PRICES), description="Two\nlines")
    spread, extremes = [float(price) for price in range(1, 11)], [1.0] * 5 + [10.0] * 5

    of_kinds = by_kind([line] * 10 + [short] * 10, spread + extremes)
    assert {TextKind.LINE, TextKind.SHORT} == of_kinds.keys()
    of_lines, of_short = (calibrated_interval(kind, *of_kind) for kind, of_kind in of_kinds.items())

    assert (TextKind.LINE, (0.199, 0.801)) == (of_lines.kind, of_lines.quantiles)
    assert TextKind.SHORT is of_short.kind
    assert of_short.quantiles[0] <= 0.1
    assert 0.9 <= of_short.quantiles[1]
