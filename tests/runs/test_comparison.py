"""Two runs over the same items, paired by hand."""

import math

import numpy as np
import pytest
from scipy.stats import permutation_test

from pricer.items.item import Item
from pricer.runs.comparison import SIGNIFICANCE, compare, sign_flip_test
from pricer.runs.report import Report
from pricer.runs.result import Result


def report(*rows) -> Report:
    """Rows of text, truth and estimate."""
    return Report(
        "top3",
        len(rows),
        tuple(Result(n, Item(text, text, truth), guess) for n, (text, truth, guess) in enumerate(rows)),
    )


def test_the_difference_in_error_is_paired_and_has_its_standard_error():
    # Errors 10, 20, 30 and 8, 20, 25: differences -2, 0, -5.
    first = report(("a", 100, 110), ("b", 100, 120), ("c", 100, 130))
    second = report(("a", 100, 108), ("b", 100, 80), ("c", 100, 75))

    found = compare(first, second)

    assert (20.0, 53 / 3) == (found.first_mae, found.second_mae)
    assert -7 / 3 == pytest.approx(found.difference)
    # Deviations 1/3, 7/3, -8/3: their squares sum to 114/9.
    assert math.sqrt(114 / 9 / 2 / 3) == pytest.approx(found.difference_stderr)


def test_items_are_paired_by_what_they_are_wherever_they_stand():
    first = report(("a", 1, 2), ("b", 1, 3), ("a", 1, 4))
    second = report(("b", 1, 5), ("a", 1, 6), ("c", 1, 1), ("a", 1, 7), ("a", 2, 9))

    found = compare(first, second)

    assert [(2, 6), (3, 5), (4, 7)] == [(pair.first.estimate, pair.second.estimate) for pair in found.pairs]
    assert 2 == found.unmatched


def test_an_item_without_a_price_in_one_run_is_left_out_and_counted():
    found = compare(report(("a", 1, 2), ("b", 1, None)), report(("a", 1, 2), ("b", 1, 5)))

    assert (1, 2) == (found.n, found.unmatched)


@pytest.mark.parametrize(
    ("first", "second", "sentence"),
    [
        ([], [], "The two runs have no priced item in common, so that nothing can be compared."),
        ([("a", 10, 12)], [("a", 10, 8)], "No difference."),
        (
            [("a", 10, 12)],
            [("a", 10, 11)],
            "The second run is closer by $1.00 per item on average: could be chance.",
        ),
        (
            [(t, 10, 12) for t in "abcdef"],
            [(t, 10, 15) for t in "abcdef"],
            "The first run is closer by $3.00 per item on average (± 0.00): a clear difference.",
        ),
        # Differences -2 and 1: their mean is -0.5, and all four flips have one as far from 0.
        (
            [("a", 10, 12), ("b", 10, 10)],
            [("a", 10, 10), ("b", 10, 11)],
            "The second run is closer by $0.50 per item on average (± 1.50): could be chance.",
        ),
    ],
)
def test_the_sentence_says_which_is_closer_and_whether_that_may_be_chance(first, second, sentence):
    assert sentence == compare(report(*first), report(*second)).sentence


def test_the_sentence_calls_the_runs_by_their_names():
    found = compare(report(("a", 10, 12)), report(("a", 10, 15)), ("Run 7", "Run 8"))

    assert "Run 7 is closer by $3.00 per item on average: could be chance." == found.sentence


@pytest.mark.parametrize(
    ("differences", "expected"),
    [
        ([3.0], 1.0),  # 3 and -3 are as far from 0
        ([1.0, 2.0, 3.0], 2 / 8),  # 6 and -6, of eight sums
        ([1.0, 2.0, -3.0], 1.0),
        ([1.0, 1.0, 1.0, -1.0], 10 / 16),  # 4, 2 four times, and the same below 0
        ([0.1, 0.2, 0.3], 2 / 8),  # whatever 0.1 + 0.2 is
        ([0.0, 0.0], 1.0),
    ],
)
def test_the_p_value_of_a_few_differences_is_counted_out(differences, expected):
    assert expected == sign_flip_test(differences)


@pytest.mark.parametrize("n", [5, 13])
def test_an_exact_p_value_is_that_of_scipy(n):
    differences = np.random.default_rng(n).standard_t(2, n) + 0.8

    reference = permutation_test((differences,), np.sum, permutation_type="samples", n_resamples=np.inf)

    assert reference.pvalue == pytest.approx(sign_flip_test(differences), abs=1e-12)


@pytest.mark.parametrize(("n", "shift"), [(30, 0.0), (30, 0.7), (400, 0.2)])
def test_a_sampled_p_value_is_near_that_of_scipy_also_with_heavy_tails(n, shift):
    differences = np.random.default_rng(n).standard_t(2, n) + shift

    reference = permutation_test((differences,), np.sum, permutation_type="samples", n_resamples=9_999, rng=1)

    # Each p-value is a share of 10,000 draws: four standard errors of their difference.
    assert reference.pvalue == pytest.approx(sign_flip_test(differences), abs=4 * math.sqrt(2 * 0.25 / 10_000))


def test_the_same_differences_have_the_same_p_value_every_time():
    differences = list(np.random.default_rng(1).normal(0.2, 1.0, 100))

    assert sign_flip_test(differences) == sign_flip_test(differences)


def test_where_neither_run_is_better_five_in_a_hundred_are_called_clear():
    random = np.random.default_rng(3)

    p_values = [sign_flip_test(random.standard_t(2, 12)) for _ in range(400)]

    # 400 * 0.05 = 20, with a standard deviation of 4.4.
    assert 7 <= sum(p < SIGNIFICANCE for p in p_values) <= 33


def test_long_runs_are_flipped_in_parts_and_the_p_value_says_so_little_as_it_can():
    assert 1 / 10_000 == sign_flip_test([1.0] * 5_000)
