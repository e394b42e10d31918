"""Metrics: worked out by hand, and the same as scikit-learn's."""

import math
import random

import pytest
from sklearn import metrics as reference

from pricer.runs import metrics


@pytest.mark.parametrize(
    ("truth", "estimate", "expected"),
    [
        (100.0, 139.99, "green"),  # below $40
        (100.0, 140.0, "orange"),  # $40 and 40 %
        (100.0, 179.99, "orange"),  # below $80
        (100.0, 180.0, "red"),  # $80 and 80 %
        (500.0, 599.0, "green"),  # 19.8 %
        (500.0, 600.0, "orange"),  # exactly 20 %
        (500.0, 300.0, "red"),  # exactly 40 %
        (500.0, 301.0, "orange"),  # 39.8 %
        (1.0, 40.99, "green"),
        (999.0, 999.0, "green"),
    ],
)
def test_the_color_is_the_courses_to_the_cent(truth, estimate, expected):
    assert expected == metrics.color(abs(estimate - truth), truth)


def test_the_squared_log_error_is_worked_out_by_hand():
    # ln(e²) - ln(e) = 1
    assert 1.0 == pytest.approx(metrics.squared_log_error(math.e**2 - 1, math.e - 1))
    assert 0.0 == metrics.squared_log_error(20.0, 20.0)


def test_rmsle_is_the_root_of_the_mean_squared_log_error():
    # Errors of ln(2) and 0: sqrt(ln(2)² / 2).
    assert math.log(2) / math.sqrt(2) == pytest.approx(metrics.rmsle([9.0, 5.0], [19.0, 5.0]))


def test_the_standard_error_is_worked_out_by_hand():
    # Mean 20, deviations -10, 0, 10: variance 200 / 2 = 100, divided by sqrt(3).
    assert 10 / math.sqrt(3) == pytest.approx(metrics.standard_error([10.0, 20.0, 30.0]))


def test_the_standard_error_of_equal_errors_is_zero_at_every_length():
    for length in range(2, 251):
        assert pytest.approx(0.0, abs=1e-9) == metrics.standard_error([33.30] * length)


def test_the_median_lies_midway_between_the_middle_two():
    assert 2.0 == metrics.median([9.0, 1.0, 2.0])
    assert 3.0 == metrics.median([9.0, 1.0, 2.0, 4.0])


def test_rmse_and_r_squared_are_worked_out_by_hand():
    # Squared errors 9 and 16; truths 10 and 20 lie 50 in squares from their mean.
    assert math.sqrt(12.5) == pytest.approx(metrics.rmse([10.0, 20.0], [13.0, 24.0]))
    assert 1 - 25 / 50 == pytest.approx(metrics.r_squared([10.0, 20.0], [13.0, 24.0]))


def test_what_does_not_exist_is_none_and_never_zero():
    assert metrics.mean([]) is None
    assert metrics.median([]) is None
    assert metrics.standard_error([5.0]) is None
    assert metrics.rmse([], []) is None
    assert metrics.rmsle([], []) is None
    assert metrics.r_squared([], []) is None
    assert metrics.r_squared([7.0, 7.0], [1.0, 2.0]) is None


def test_the_metrics_equal_scikit_learns():
    chance = random.Random(7)
    truths = [chance.lognormvariate(3.5, 1.2) for _ in range(500)]
    estimates = [truth * chance.lognormvariate(0, 0.6) for truth in truths]
    errors = [abs(truth - guess) for truth, guess in zip(truths, estimates, strict=True)]

    assert reference.mean_absolute_error(truths, estimates) == pytest.approx(metrics.mean(errors))
    assert reference.median_absolute_error(truths, estimates) == pytest.approx(metrics.median(errors))
    assert reference.root_mean_squared_error(truths, estimates) == pytest.approx(metrics.rmse(truths, estimates))
    assert reference.root_mean_squared_log_error(truths, estimates) == pytest.approx(metrics.rmsle(truths, estimates))
    assert reference.r2_score(truths, estimates) == pytest.approx(metrics.r_squared(truths, estimates))
