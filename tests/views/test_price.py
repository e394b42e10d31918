"""Estimates as figures, rows and sentences: plain values, so plain asserts."""

import json
import re

import numpy as np
import pytest

from pricer.pricing.distribution import HIGHEST_PRICE
from pricer.pricing.estimate import EstimatePair
from pricer.pricing.explain import Effect, Explanation, Phrase, explain
from pricer.ui.components import markup
from pricer.views import price as charts
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
    assert ("most likely $30", [30, 30]) == (trace(figure, "greedy")["name"], trace(figure, "greedy")["x"])
    assert ("median $30", [30, 30]) == (trace(figure, "median")["name"], trace(figure, "median")["x"])
    assert "mean $28.75" == trace(figure, "mean")["name"]
    assert [20, 20, 40, 40] == trace(figure, "interval")["x"]


def test_marks_differ_by_dash_and_sign_and_not_by_color_alone():
    figure = distribution_figure(estimate(THREE), truth=35.0)
    marks = [trace(figure, role) for role in ("price", "greedy", "median", "mean", "truth")]

    assert 5 == len({mark["line"]["dash"] for mark in marks})
    assert 5 == len({mark["marker"]["symbol"] for mark in marks})


def test_a_figure_is_made_of_plain_lists_that_json_can_carry():
    figure = distribution_figure(estimate(THREE), truth=35.0)

    assert figure == json.loads(json.dumps(figure, allow_nan=False))


def test_what_the_page_gets_is_plain_and_leaves_the_steps_to_the_page():
    data = charts.page_data(estimate(THREE), truth=35.0)

    assert data == json.loads(json.dumps(data, allow_nan=False))
    assert [] == trace(data["figure"], "probabilities")["y"]
    assert ["30", 1000, pytest.approx(np.log(0.5)), 30] == data["top"][0]
    assert "Actual price $35, off by $6.25 (● green)" == data["truth"]["words"]


def test_a_logit_of_minus_infinity_is_sent_as_none():
    priced = estimate(THREE)
    priced.distribution.number_logits[1] = -np.inf

    assert None is charts.page_data(priced)["numbers"]["logits"][1]


def test_where_there_is_no_price_there_is_no_verdict_on_it():
    data = charts.page_data(estimate({" the": 0.5, "a": 0.2, ".": 0.1, "40": 0.05}), truth=35.0)

    assert (None, None, "Actual price $35.") == (data["price"], data["truth"]["error"], data["truth"]["words"])


def test_the_interval_promises_a_count_of_prices_only_where_it_was_measured():
    counted = "Likely range. In tests on texts like this, 8 out of 10 true prices fell inside it."
    share = "The model puts 80% of its probability here (not checked against real prices)."

    assert counted == charts.interval_words((0.05, 0.97), 0.802)
    assert share == charts.interval_words((0.1, 0.9), None)


def test_invisible_characters_of_a_token_are_made_visible():
    assert ["␣30", "⏎⏎", "⇥", "∅", "\\u200b"] == [charts.visible(t) for t in (" 30", "\n\n", "\t", "", "\u200b")]


def test_the_sentence_says_what_the_chart_shows():
    assert (
        "About $28.75, from prices that hold 80% of the probability; most likely $30, median $30, "
        "likely range $20 – $40."
    ) == charts.sentence(estimate(THREE))
    assert charts.sentence(estimate({" the": 0.5, "40": 0.01}, k=1)).startswith("The model names no price")


def test_two_estimates_are_compared_in_one_figure_a_sentence_and_a_table():
    compared = EstimatePair("Base model", estimate({"7": 0.9}), "fine-tuned", estimate(THREE))
    figure = comparison_figure(compared)

    assert ["Base model: $7", "fine-tuned: $28.75"] == [trace["name"] for trace in figure["data"][:2]]
    assert "Base model $7, fine-tuned $28.75: $21.75 more." == charts.comparison_sentence(compared)
    assert ("Weighted price", "$7", "$28.75") == charts.comparison_table(compared).rows[0]


def test_effects_are_rows_largest_first_with_bars_relative_to_the_largest():
    *_, explanation = explain(FakePricer(), "one two, three. four")

    assert [("one two,", 20.0, 1.0), ("three.", 10.0, 0.5), ("four", 10.0, 0.5)] == charts.effect_rows(explanation)


def test_a_difference_is_that_of_the_prices_as_they_are_shown():
    # $13.77 and $18.77 are shown of 13.766 and 18.774, which differ by 5.008.
    assert "$5 more" == charts.difference_words(13.766, 18.774)
    assert "$5 less" == charts.difference_words(18.774, 13.766)
    assert ("the same", "") == (charts.difference_words(7.001, 7.002), charts.difference_words(None, 7.0))


def test_two_phrases_of_the_same_words_have_each_a_shade_of_their_own():
    whole = estimate(THREE)
    phrases = (Phrase("blue, ", 0, 6), Phrase("new, ", 6, 11), Phrase("blue, ", 11, 17))
    effects = tuple(Effect(phrase, 30.0, 30.0 - gain) for phrase, gain in zip(phrases, (10.0, 5.0, 1.0), strict=True))

    explanation = Explanation(whole, phrases, "top3", effects)

    assert {phrases[0]: 1.0, phrases[1]: 0.5, phrases[2]: 0.1} == charts.strengths(explanation)
    assert ["1.00", "0.50", "0.10"] == re.findall(r"--strength: ([\d.]+)", markup.phrases(explanation))
