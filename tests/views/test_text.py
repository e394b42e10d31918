"""Numbers and names as people read them."""

import pytest

from pricer.views.text import (
    cents,
    dollars,
    number,
    percent,
    price_range,
    short_count,
    signed_cents,
    signed_dollars,
    with_error,
)
from pricer.words import counted


@pytest.mark.parametrize(
    ("value", "prose", "column"),
    [
        (30, "$30", "$30.00"),
        (1299.5, "$1,299.50", "$1,299.50"),
        (-4.2, "−$4.20", "−$4.20"),
        (29.999, "$30", "$30.00"),
        (-0.001, "$0", "$0.00"),
        (None, "–", "–"),
    ],
)
def test_whole_dollars_go_without_cents_in_a_sentence_and_with_them_down_a_column(value, prose, column):
    assert (prose, column) == (dollars(value), cents(value))


@pytest.mark.parametrize(
    ("value", "words"),
    [(38, "+$38"), (-4.2, "−$4.20"), (0.001, "±$0"), (1299.5, "+$1,299.50"), (-1000, "−$1,000")],
)
def test_a_difference_in_dollars_carries_its_sign(value, words):
    assert words == signed_dollars(value)


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (0.624, "62%"),
        (0.0341, "3.4%"),
        (0.0004, "0.04%"),
        (0.00001, "under 0.01%"),
        (0, "0%"),
        (1, "100%"),
        (None, "–"),
    ],
)
def test_shares_have_as_many_digits_as_mean_something(share, words):
    assert words == percent(share)


def test_shares_down_a_column_have_one_decimal_each():
    assert ["62.4%", "3.4%", "0.0%", "100.0%"] == [percent(share, 1) for share in (0.624, 0.0341, 0.0001, 1.0)]


def test_a_standard_error_follows_its_figure():
    assert ("$35.00 ± 25.00", "−$35.00 ± 1,000.00") == (with_error(35, 25), with_error(-35, 1000, signed_cents))
    assert ("$35.00", "–") == (with_error(35, None), with_error(None, None))


def test_a_negative_number_has_a_true_minus_and_a_range_needs_both_ends():
    assert ("−0.500", "–") == (number(-0.5), number(None))
    assert ("$20 – $40", "–") == (price_range(20, 40), price_range(None, 40))


def test_one_is_not_many():
    assert ["0 items", "1 item", "2,000 items"] == [counted(count, "item") for count in (0, 1, 2000)]


def test_a_large_count_has_the_digits_that_matter():
    written = [short_count(count) for count in (950, 253_120, 3_212_749_824, 20_262_272, 8_030_261_248)]

    assert ["950", "253,120", "3.2 B", "20 M", "8.0 B"] == written
