"""The estimate: worked out by hand from shares of the vocabulary."""

import math

import numpy as np
import pytest

from pricer.errors import ModelError
from pricer.pricing.distribution import HIGHEST_PRICE, TEMPERATURES, Distribution
from pricer.pricing.estimate import DECODERS, Estimate, price_of_token
from tests.support.fakes import distribution, estimate


@pytest.mark.parametrize(("token", "price"), [("0", 0), ("7", 7), ("42", 42), ("999", 999), ("007", 7)])
def test_one_to_three_ascii_digits_are_a_price(token, price):
    assert price == price_of_token(token)


@pytest.mark.parametrize(
    "token",
    [
        *("inf", "nan", "Infinity", "1_0", "1e2", "+5", "-5", " 12", "12 ", "12\n", "1.5", "1000", "", "0x1"),
        *("\N{FULLWIDTH DIGIT ONE}", "\N{ARABIC-INDIC DIGIT ONE}", "\N{SUPERSCRIPT TWO}"),
    ],
)
def test_nothing_else_is_a_price_whatever_float_says(token):
    assert price_of_token(token) is None


def test_the_price_is_the_top_three_weighted_and_renormalised_as_in_the_course():
    found = estimate({"30": 0.5, "20": 0.2, "40": 0.1, "99": 0.05})

    # (30 * 0.5 + 20 * 0.2 + 40 * 0.1) / 0.8
    assert 28.75 == pytest.approx(found.price)
    assert 0.8 == pytest.approx(found.candidate_mass)


def test_a_candidate_that_is_no_number_takes_a_place_but_no_weight():
    found = estimate({"the": 0.4, "10": 0.2, "30": 0.1, "500": 0.09})

    # (10 * 0.2 + 30 * 0.1) / 0.3; the 500 is only the fourth of the whole vocabulary.
    assert 50 / 3 == pytest.approx(found.price)
    assert 0.3 == pytest.approx(found.candidate_mass)
    assert [None, 10, 30] == [candidate.price for candidate in found.candidates]


def test_a_zero_among_the_candidates_is_shown_but_not_weighted_as_in_the_course():
    found = estimate({"0": 0.5, "10": 0.3, "20": 0.1})

    assert 12.5 == pytest.approx(found.price)
    assert 0.4 == pytest.approx(found.candidate_mass)
    assert 0 == found.candidates[0].price
    assert 0 == found.mode


@pytest.mark.parametrize("shares", [{"the": 0.5, "a": 0.3, "cheap": 0.1, "20": 0.01}, {"0": 0.9}])
def test_there_is_no_price_where_no_candidate_is_a_positive_number(shares):
    found = estimate(shares)

    assert found.price is None
    assert found.by("top3") is None
    assert 0.0 == found.candidate_mass
    assert found.as_dict()["price"] is None


def test_without_any_number_nothing_is_said_about_prices():
    found = estimate({"the": 0.5, "a": 0.3})

    assert 0.0 == found.mass
    assert [None] * len(DECODERS) == [found.by(decoder) for decoder in DECODERS]
    assert (None, None) == (found.low, found.high)


def test_candidates_are_ranked_over_the_whole_vocabulary_with_text_id_logit_and_share():
    first, second, third = estimate({"20": 0.25, "about": 0.5, "30": 0.125}).candidates

    assert ("about", 1000, None) == (first.token, first.token_id, first.price)
    assert ("20", 1001, 20) == (second.token, second.token_id, second.price)
    assert "30" == third.token
    assert [0.5, 0.25, 0.125] == pytest.approx([first.probability, second.probability, third.probability])
    assert math.log(0.25) == pytest.approx(second.logit)


def test_more_candidates_change_the_price_and_are_never_more_than_asked():
    shares = {"10": 0.4, "20": 0.3, "30": 0.2, "40": 0.1}

    assert 10.0 == pytest.approx(estimate(shares, k=1).price)
    assert 20.0 == pytest.approx(estimate(shares).reweighed(k=4).price)  # (4 + 6 + 6 + 4) / 1
    assert 2 == len(estimate(shares, k=2).candidates)


def test_the_course_s_three_candidates_are_what_they_are_however_many_are_looked_at():
    found = estimate({"10": 0.4, "20": 0.3, "30": 0.2, "400": 0.1})

    # (10 * 0.4 + 20 * 0.3 + 30 * 0.2) / 0.9
    assert [16 / 0.9] * 3 == [pytest.approx(found.reweighed(k).by("top3")) for k in (1, 3, 4)]
    assert 56.0 == pytest.approx(found.reweighed(4).price)


def test_the_mass_mean_and_median_are_over_all_numbers():
    found = estimate({"10": 0.3, "20": 0.2, "100": 0.1, "the": 0.4})

    assert 0.6 == pytest.approx(found.mass)
    assert (3 + 4 + 10) / 0.6 == pytest.approx(found.mean)
    assert 10 == found.median  # half of the mass is met exactly at 10
    assert 10 == found.mode


def test_the_quantiles_are_the_smallest_prices_that_reach_their_share():
    found = estimate({str(price): 0.01 for price in range(1, 101)})

    assert (10, 50, 90) == (found.low, found.median, found.high)
    assert 1 == found.quantile(0.005)
    assert 100 == found.quantile(1.0)


def test_the_interval_lies_between_the_quantiles_of_the_model():
    wider = Estimate("a", 1, 0, "fake", distribution({str(p): 0.01 for p in range(1, 101)}), quantiles=(0.05, 0.97))

    assert (5, 97) == (wider.low, wider.high)


def test_two_tokens_of_one_price_count_together():
    found = estimate({"7": 0.2, "007": 0.3, "9": 0.4})

    assert 0.5 == pytest.approx(found.probabilities[7])
    assert 7 == found.mode
    assert (HIGHEST_PRICE + 1,) == found.probabilities.shape


def test_a_higher_temperature_flattens_by_hand():
    found = estimate({"10": 0.81, "40": 0.09, "the": 0.1 - 1e-13}).reweighed(temperature=2.0)

    # Square roots of the shares: 0.9, 0.3 and sqrt(0.1).
    total = 0.9 + 0.3 + math.sqrt(0.1)
    assert [0.9 / total, math.sqrt(0.1) / total, 0.3 / total] == pytest.approx(
        [candidate.probability for candidate in found.candidates]
    )
    assert (10 * 0.9 + 40 * 0.3) / 1.2 == pytest.approx(found.price)


def test_only_what_can_be_asked_is_answered():
    with pytest.raises(ValueError, match="k 0 is not between 1 and 20"):
        estimate({"1": 0.5}).reweighed(k=0)
    with pytest.raises(ValueError, match="temperature 3"):
        _ = estimate({"1": 0.5}).reweighed(temperature=3.0).candidates


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("where", ["top", "numbers", "partition"])
def test_a_logit_that_is_not_finite_is_an_error_with_a_remedy(bad, where):
    with pytest.raises(ModelError, match=r"not finite.*load it again, or choose another model"):
        Distribution(
            top=(("5", 5, bad if where == "top" else 0.0),),
            number_logits=np.array([bad if where == "numbers" else 0.0]),
            number_prices=np.array([5]),
            log_partition=(bad if where == "partition" else 0.0,) * len(TEMPERATURES),
        )


def test_the_json_says_what_the_command_line_promises():
    said = estimate({"30": 0.5, "20": 0.2, "40": 0.1}, "three little words").as_dict()

    promised = ["price", "greedy", "covered", "candidates", "mean", "median", "low", "high", "mass", "tokens"]
    assert set() == {*promised, "truncated", "model"} - said.keys()
    assert {"token", "token_id", "probability", "price"} <= said["candidates"][0].keys()
    assert (30, 3, False, "fake") == (said["greedy"], said["tokens"], said["truncated"], said["model"])
