"""The interval of each kind of text."""

from __future__ import annotations

import pytest

from pricer.pricing.intervals import Interval, TextKind, interval_for, kind_of


@pytest.mark.parametrize(
    ("description", "tokens", "expected"),
    [
        ("Steel kettle, 2 quarts", 6, TextKind.LINE),
        ("Steel kettle, 2 quarts\n", 6, TextKind.LINE),
        ("Steel kettle\nHolds 2 quarts.", 8, TextKind.SHORT),
        ("Steel kettle\nHolds 2 quarts.", 99, TextKind.SHORT),
        ("Steel kettle\nHolds 2 quarts.", 100, TextKind.PAGE),
        ("Steel kettle, 2 quarts", 100, TextKind.PAGE),
    ],
)
def test_a_text_is_a_line_a_few_lines_or_a_page(description, tokens, expected):
    assert expected is kind_of(description, tokens)


def test_a_kind_that_was_not_calibrated_has_the_model_s_own_quantiles_and_no_promise():
    intervals = (Interval(TextKind.LINE, (0.2, 0.8), 0.7),)

    assert intervals[0] == interval_for(intervals, "A kettle", 2)
    assert ((0.1, 0.9), None) == (
        interval_for(intervals, "A\nkettle", 2).quantiles,
        interval_for(intervals, "A\nkettle", 2).coverage,
    )
