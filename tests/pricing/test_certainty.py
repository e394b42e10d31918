"""How sure an estimate is, in words: distributions whose shape is plain to see."""

import pytest

from pricer.pricing.certainty import Mode, modes, sentence
from tests.support.fakes import estimate


def test_one_heap_of_prices_is_one_mode():
    heap = {str(price): 0.2 - abs(price - 30) * 0.03 for price in range(25, 36)}

    assert [30] == [mode.peak for mode in modes(estimate(heap))]


def test_prices_less_than_forty_percent_apart_are_one_mode():
    assert 1 == len(modes(estimate({"19": 0.4, "24": 0.4})))


def test_two_heaps_are_said_to_be_two():
    two = estimate({"19": 0.2, "20": 0.3, "200": 0.25, "210": 0.15})

    assert (Mode(20, pytest.approx(0.5 / 0.9)), Mode(200, pytest.approx(0.4 / 0.9))) == modes(two)
    assert (
        "Prices cluster around $20 (56%) and $200 (44%). Unsure: the top of the range is 11.1 times the bottom."
    ) == sentence(two)


def test_a_heap_of_less_than_a_fifth_is_not_worth_a_word():
    assert [20] == [mode.peak for mode in modes(estimate({"20": 0.85, "500": 0.15}))]


def test_free_is_a_price_like_any_other():
    assert [0, 100] == [mode.peak for mode in modes(estimate({"0": 0.5, "100": 0.4}))]


def test_a_wide_and_flat_distribution_is_unsure_and_no_price_stands_out():
    flat = {str(price): 0.001 for price in range(10, 900)}

    assert (
        "Unsure: the top of the range is 8.3 times the bottom. "
        "No single price stands out: none has more than 2% of the probability."
    ) == sentence(estimate(flat))


@pytest.mark.parametrize(
    ("bottom", "top", "said"),
    [
        # A guess between them is within 40% of both: 1.4 / 0.6 = 2.33.
        (20, 25, "Fairly certain: the top of the range is 1.2 times the bottom."),
        (300, 699, "Fairly certain: the top of the range is 2.3 times the bottom."),
        # Two guesses are needed, and beyond 2.33 squared = 5.44 more than two.
        (100, 250, "The top of the range is 2.5 times the bottom."),
        (100, 544, "The top of the range is 5.4 times the bottom."),
        (100, 545, "Unsure: the top of the range is 5.5 times the bottom."),
    ],
)
def test_the_words_follow_the_ratio_of_the_range_s_ends(bottom, top, said):
    # Nine prices, each more than a tenth of the probability: the outermost are the ends.
    between = {str(round(bottom * (top / bottom) ** (step / 8))): 0.11 for step in range(9)}

    found = estimate(between)

    assert (bottom, top) == (found.low, found.high)
    assert said == sentence(found)


def test_where_no_token_is_a_price_there_is_nothing_to_say():
    assert ("", ()) == (sentence(estimate({"the": 0.9})), modes(estimate({"the": 0.9})))
