"""Two runs over the same items, paired by hand."""

import math

import pytest

from pricer.runs.comparison import compare
from pricer.runs.report import Report
from pricer.runs.result import Result


def report(*rows) -> Report:
    """Rows of text, truth and estimate."""
    return Report(
        "top3",
        len(rows),
        tuple(Result(n, text, text, None, truth, guess) for n, (text, truth, guess) in enumerate(rows)),
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
        ([], [], "no priced item in common, so that nothing can be compared."),
        ([("a", 10, 12)], [("a", 10, 8)], "The two runs err alike."),
        ([("a", 10, 12)], [("a", 10, 11)], "The second run errs less, by $1.00 an item; one item says nothing about"),
        ([(t, 10, 12) for t in "abcd"], [(t, 10, 15) for t in "abcd"], "The first run errs less, by $3.00 an item"),
        ([(t, 10, 12) for t in "abcd"], [(t, 10, 15) for t in "abcd"], "more than chance explains."),
        ([("a", 10, 12), ("b", 10, 10)], [("a", 10, 10), ("b", 10, 11)], "which chance alone may explain."),
    ],
)
def test_the_sentence_says_which_is_better_and_how_sure_that_is(first, second, sentence):
    assert sentence in compare(report(*first), report(*second)).sentence
