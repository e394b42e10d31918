"""An estimate as what people look at: plain values for the page, table rows and sentences.

Knows nothing of Gradio, browsers or models. What the page re-weighs in the browser is re-weighed here by `Estimate`.
"""

from __future__ import annotations

import math
from typing import Any

from pricer.pricing import certainty
from pricer.pricing.distribution import TEMPERATURES
from pricer.pricing.estimate import MAX_K, Estimate, EstimatePair
from pricer.pricing.explain import Explanation
from pricer.runs import metrics
from pricer.views.figures import distribution_figure
from pricer.views.style import VERDICTS, dollars, percent, price_words, signed_dollars

_VISIBLE = {" ": "␣", "\n": "⏎", "\r": "␍", "\t": "⇥", "\N{NO-BREAK SPACE}": "⍽"}
CANDIDATE_COLUMNS = ("token", "price", "probability", "share of the price", "logit", "id")


def visible(token: str) -> str:
    """A token with its invisible characters made visible: " the" is "␣the", nothing at all is "∅"."""
    return "".join(_VISIBLE.get(char, char if char.isprintable() else f"\\u{ord(char):04x}") for char in token) or "∅"


def candidate_rows(estimate: Estimate) -> list[list[str | int]]:
    """A row for each candidate, likeliest first, under CANDIDATE_COLUMNS; a share is that in the weighted price."""
    return [
        [
            visible(c.token),
            dollars(c.price) if c.price is not None else "no price",
            percent(c.probability),
            percent(c.probability / estimate.candidate_mass) if c.price else "–",
            f"{c.logit:.3f}",
            c.token_id,
        ]
        for c in estimate.candidates
    ]


def sentence(estimate: Estimate) -> str:
    """The estimate in one sentence, for people who do not see the charts."""
    if estimate.price is None:
        tokens = ", ".join(f"“{visible(c.token)}” ({percent(c.probability)})" for c in estimate.candidates)
        return f"The model names no price: none of its {estimate.k} likeliest tokens is one. They are {tokens}."
    return (
        f"About {dollars(estimate.price)}, from prices that hold {percent(estimate.candidate_mass)} of the "
        f"probability; the likeliest is {dollars(estimate.mode)}, the middle one {dollars(estimate.median)}, "
        f"and the interval runs from {dollars(estimate.low)} to {dollars(estimate.high)}."
    )


def interval_words(levels: tuple[float, float], coverage: float | None) -> str:
    """What the interval promises: a count of prices only where it was measured on held-out items, else a share."""
    if coverage is not None:
        return f"{round(10 * coverage)} of 10 prices lie within this range."
    return f"{percent(levels[1] - levels[0])} of the probability on prices lies in this range."


def change_words(difference: float | None) -> str:
    """The difference to the price before, in dollars, as people say it; empty where there is none."""
    return "" if difference is None else f"{signed_dollars(difference)} on the one before"


def page_data(
    estimate: Estimate,
    truth: float | None = None,
    difference: float | None = None,
    coverage: float | None = None,
) -> dict[str, Any]:
    """All that the page needs to show and re-weigh an estimate, as plain lists: sent once, then no second pass.

    `top` are (token made visible, id, logit, price or None), `numbers` the logits and dollars of the number tokens,
    `log_partition` runs parallel to `temperatures`, `figure` is `distribution_figure` with its steps left to the page.
    `truth` is the true price and `difference` that to the price before, in dollars, where known; `coverage` as in
    ModelRow.
    """
    distribution = estimate.distribution
    figure = distribution_figure(estimate, truth)
    for trace in figure["data"]:
        if trace["meta"]["role"] == "probabilities":
            trace.update(x=[], y=[])
    return {
        "description": estimate.description,
        "model": estimate.model,
        "tokens": estimate.tokens,
        "cut": estimate.cut,
        "price": estimate.price,
        "k": estimate.k,
        "levels": list(estimate.quantiles),
        "interval": interval_words(estimate.quantiles, coverage),
        "uncalibrated": interval_words(estimate.quantiles, None),
        "change": change_words(difference),
        "shape": certainty.sentence(estimate),
        "sentence": sentence(estimate),
        "top": [[visible(c.token), c.token_id, c.logit, c.price] for c in estimate.reweighed(MAX_K).candidates],
        "numbers": {
            "logits": [logit if math.isfinite(logit) else None for logit in distribution.number_logits.tolist()],
            "prices": distribution.number_prices.tolist(),
        },
        "temperatures": list(TEMPERATURES),
        "log_partition": list(distribution.log_partition),
        "truth": _verdict(estimate, truth),
        "figure": figure,
    }


def comparison_sentence(comparison: EstimatePair) -> str:
    """A comparison in one sentence, for people who do not see the chart."""
    first, second = price_words(comparison.first.price), price_words(comparison.second.price)
    prices = f"{comparison.first_name}: {first}; {comparison.second_name}: {second}"
    if comparison.difference is None:
        return f"{prices}. One of them names no price, so there is no difference."
    return f"{prices}; difference {signed_dollars(comparison.difference)}."


def comparison_rows(comparison: EstimatePair) -> list[tuple[str, str, str]]:
    """(what, of the first, of the second): the text equivalent of `comparison_figure`."""
    readings = [
        ("Weighted price", lambda estimate: price_words(estimate.price)),
        ("Likeliest price", lambda estimate: dollars(estimate.mode)),
        ("Median", lambda estimate: dollars(estimate.median)),
        ("Interval", lambda estimate: f"{dollars(estimate.low)} – {dollars(estimate.high)}"),
        (
            "Likeliest tokens",
            lambda e: ", ".join(f"{visible(c.token)} ({percent(c.probability)})" for c in e.candidates),
        ),
        ("Probability on prices", lambda estimate: percent(estimate.mass)),
    ]
    return [(name, read(comparison.first), read(comparison.second)) for name, read in readings]


def effect_rows(explanation: Explanation) -> list[tuple[str, float | None, float]]:
    """(phrase, dollars, length of its bar from 0 to 1) for each effect, largest first."""
    effects = explanation.largest_first
    longest = max((abs(effect.dollars) for effect in effects if effect.dollars is not None), default=0.0)
    return [(e.phrase.text.strip(), e.dollars, abs(e.dollars or 0.0) / longest if longest else 0.0) for e in effects]


def _verdict(estimate: Estimate, truth: float | None) -> dict[str, Any] | None:
    """How the course judges the estimate, where the true price is known."""
    if truth is None:
        return None
    verdict = {"dollars": truth, "error": None, "colour": None, "words": f"The true price is {dollars(truth)}."}
    if estimate.price is None:
        return verdict
    error = abs(estimate.price - truth)
    colour = metrics.colour(error, truth)
    style = VERDICTS[colour]
    return verdict | {
        "error": error,
        "colour": style.colour,
        "words": f"{style.sign} {colour}: {dollars(error)} off the true {dollars(truth)}",
    }
