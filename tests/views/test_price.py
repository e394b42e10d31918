"""Estimates as figures, rows and sentences: plain values, so plain asserts."""

import json

import numpy as np
import pytest

from pricer.pricing.distribution import HIGHEST_PRICE
from pricer.pricing.estimate import EstimatePair
from pricer.pricing.explain import explain
from pricer.views import price as charts
from pricer.views import style
from pricer.views.figures import comparison_figure, distribution_figure
from tests.support.fakes import FakePricer, estimate

THREE = {"30": 0.5, "20": 0.2, "40": 0.1}


def trace(figure: dict, role: str) -> dict:
    return next(trace for trace in figure["data"] if trace["meta"]["role"] == role)


def test_the_distribution_has_a_step_for_every_price_from_0_to_999():
    steps = trace(distribution_figure(estimate(THREE)), "probabilities")

    assert list(range(HIGHEST_PRICE + 1)) == steps["x"]
    assert pytest.approx([0.2, 0.5, 0.1]) == [steps["y"][price] for price in (20, 30, 40)]
    assert pytest.approx(0.8) == sum(steps["y"])


def test_the_readings_are_marked_where_they_lie_and_named_with_their_dollars():
    figure = distribution_figure(estimate(THREE))

    assert ("weighted price $28.75", [28.75, 28.75]) == (
        trace(figure, "price")["name"],
        pytest.approx(trace(figure, "price")["x"]),
    )
    assert ("likeliest $30", [30, 30]) == (trace(figure, "greedy")["name"], trace(figure, "greedy")["x"])
    assert ("median $30", [30, 30]) == (trace(figure, "median")["name"], trace(figure, "median")["x"])
    assert "mean $28.75" == trace(figure, "mean")["name"]
    assert [20, 20, 40, 40] == trace(figure, "interval")["x"]


def test_marks_differ_by_dash_and_sign_and_not_by_colour_alone():
    figure = distribution_figure(estimate(THREE), truth=35.0)
    marks = [trace(figure, role) for role in ("price", "greedy", "median", "mean", "truth")]

    assert 5 == len({mark["line"]["dash"] for mark in marks})
    assert 5 == len({mark["marker"]["symbol"] for mark in marks})


def test_a_figure_is_made_of_plain_lists_that_json_can_carry():
    figure = distribution_figure(estimate(THREE), truth=35.0)

    assert figure == json.loads(json.dumps(figure, allow_nan=False))


def test_what_the_page_gets_is_plain_and_leaves_the_steps_to_the_page():
    data = charts.page_data(estimate(THREE), truth=35.0, difference=38.0)

    assert data == json.loads(json.dumps(data, allow_nan=False))
    assert [] == trace(data["figure"], "probabilities")["y"]
    assert ["30", 1000, pytest.approx(np.log(0.5)), 30] == data["top"][0]
    assert "+$38 on the one before" == data["change"]
    assert "● green: $6.25 off the true $35" == data["truth"]["words"]


def test_a_logit_of_minus_infinity_is_sent_as_none():
    priced = estimate(THREE)
    priced.distribution.number_logits[1] = -np.inf

    assert None is charts.page_data(priced)["numbers"]["logits"][1]


def test_where_there_is_no_price_there_is_no_verdict_on_it():
    data = charts.page_data(estimate({" the": 0.5, "a": 0.2, ".": 0.1, "40": 0.05}), truth=35.0)

    assert (None, None, "The true price is $35.") == (data["price"], data["truth"]["error"], data["truth"]["words"])


def test_the_interval_promises_a_count_of_prices_only_where_it_was_measured():
    assert "80 % of the probability on prices lies in this range." == charts.interval_words((0.1, 0.9), None)
    assert "8 of 10 prices lie within this range." == charts.interval_words((0.05, 0.97), 0.802)


def test_candidates_are_rows_with_their_share_of_the_price():
    rows = charts.candidate_rows(estimate({"30": 0.5, " the": 0.3, "20": 0.1}))

    assert [
        ["30", "$30", "50 %", "83 %", "-0.693", 1000],
        ["␣the", "no price", "30 %", "–", "-1.204", 1001],
        ["20", "$20", "10 %", "17 %", "-2.303", 1002],
    ] == rows


def test_invisible_characters_of_a_token_are_made_visible():
    assert ["␣30", "⏎⏎", "⇥", "∅", "\\u200b"] == [charts.visible(t) for t in (" 30", "\n\n", "\t", "", "\u200b")]


def test_the_sentence_says_what_the_chart_shows():
    assert (
        "About $28.75, from prices that hold 80 % of the probability; the likeliest is $30, the middle one $30, "
        "and the interval runs from $20 to $40."
    ) == charts.sentence(estimate(THREE))
    assert charts.sentence(estimate({" the": 0.5, "40": 0.01}, k=1)).startswith("The model names no price")


def test_two_estimates_are_compared_in_one_figure_a_sentence_and_a_table():
    compared = EstimatePair("base alone", estimate({"7": 0.9}), "with the adapter", estimate(THREE))
    figure = comparison_figure(compared)

    assert ["base alone: $7", "with the adapter: $28.75"] == [trace["name"] for trace in figure["data"][:2]]
    assert "base alone: $7; with the adapter: $28.75; difference +$21.75." == charts.comparison_sentence(compared)
    assert ("Weighted price", "$7", "$28.75") == charts.comparison_rows(compared)[0]


def test_effects_are_rows_largest_first_with_bars_relative_to_the_largest():
    *_, explanation = explain(FakePricer(), "one two, three. four")

    assert [("one two,", 20.0, 1.0), ("three.", 10.0, 0.5), ("four", 10.0, 0.5)] == charts.effect_rows(explanation)


@pytest.mark.parametrize(
    ("value", "words"),
    [(38, "+$38"), (-4.2, "-$4.20"), (0.001, "±$0"), (1299.5, "+$1,299.50"), (-1000, "-$1,000")],
)
def test_a_difference_in_dollars_carries_its_sign(value, words):
    assert words == style.signed_dollars(value)


@pytest.mark.parametrize(
    ("share", "words"), [(0.624, "62 %"), (0.0341, "3.4 %"), (0.0004, "0.04 %"), (0.00001, "under 0.01 %"), (0, "0 %")]
)
def test_shares_have_as_many_digits_as_mean_something(share, words):
    assert words == style.percent(share)
