"""An estimate as what people look at: plain values for the page, a figure, table rows and sentences.

Knows nothing of Gradio, browsers or models. What the page re-weighs in the browser is re-weighed here by `Estimate`.
"""

from __future__ import annotations

import math
from typing import Any

from pricer import metrics, shape
from pricer.charts import style
from pricer.charts.style import VERDICTS, dollars, percent, signed_dollars
from pricer.estimate import HIGHEST_PRICE, MAX_K, TEMPERATURES, Estimate
from pricer.explain import Comparison, Explanation

_VISIBLE = {" ": "␣", "\n": "⏎", "\r": "␍", "\t": "⇥", "\N{NO-BREAK SPACE}": "⍽"}
# The marks in a distribution: role, words, and the dash and sign by which they are told apart without colour.
_MARKS = (
    ("price", "weighted price", "solid", "triangle-down", style.ACCENT),
    ("greedy", "likeliest", "dot", "diamond", style.TEXT),
    ("median", "median", "dash", "square", style.TEXT),
    ("mean", "mean", "dashdot", "circle", style.TEXT),
)
_UNLISTED = {"showlegend": False}
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
            percent(c.probability / estimate.covered) if c.price else "–",
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
        f"About {dollars(estimate.price)}, from prices that hold {percent(estimate.covered)} of the probability; "
        f"the likeliest is {dollars(estimate.greedy)}, the middle one {dollars(estimate.median)}, "
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
        "levels": list(estimate.levels),
        "interval": interval_words(estimate.levels, coverage),
        "uncalibrated": interval_words(estimate.levels, None),
        "change": change_words(difference),
        "shape": shape.in_words(estimate),
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


def distribution_figure(estimate: Estimate, truth: float | None = None) -> dict[str, Any]:
    """The probability of every price from $0 to $999, the interval shaded, and where the readings of it lie.

    The `meta` of a trace names its role, so that the page can move it when the same distribution is read again.
    """
    marks = [_mark(role, words, getattr(estimate, role), *look) for role, words, *look in _MARKS]
    if truth is not None:
        marks.append(_mark("truth", "true price", truth, "longdash", "star", VERDICTS["orange"].colour))
    interval = {
        "type": "scatter",
        "meta": {"role": "interval", "words": "interval"},
        "name": f"interval {dollars(estimate.low)} – {dollars(estimate.high)}",
        "x": [estimate.low, estimate.low, estimate.high, estimate.high],
        "y": [0, 1, 1, 0],
        "yaxis": "y2",
        "fill": "toself",
        "fillcolor": style.ACCENT_SOFT,
        "line": {"width": 0},
        "mode": "lines",
        "hoverinfo": "skip",
    }
    return {
        "data": [interval, _steps(estimate, "probability", style.ACCENT, fill=True), *marks],
        "layout": _price_layout(_close_up(estimate), truth or 0),
    }


def comparison_figure(comparison: Comparison) -> dict[str, Any]:
    """Two distributions in one figure, told apart by line and name; their weighted prices marked."""
    first, second = comparison.first, comparison.second
    first_name, second_name = style.plain(comparison.first_name), style.plain(comparison.second_name)
    return {
        "data": [
            _steps(first, f"{first_name}: {_price(first)}", style.TEXT, dash="dot"),
            _steps(second, f"{second_name}: {_price(second)}", style.ACCENT, fill=True),
            _mark("first", first_name, first.price, "dot", "diamond", style.TEXT) | _UNLISTED,
            _mark("second", second_name, second.price, "solid", "triangle-down", style.ACCENT) | _UNLISTED,
        ],
        "layout": _price_layout(_close_up(first), _close_up(second)),
    }


def comparison_sentence(comparison: Comparison) -> str:
    """A comparison in one sentence, for people who do not see the chart."""
    prices = (
        f"{comparison.first_name}: {_price(comparison.first)}; {comparison.second_name}: {_price(comparison.second)}"
    )
    if comparison.difference is None:
        return f"{prices}. One of them names no price, so there is no difference."
    return f"{prices}; difference {signed_dollars(comparison.difference)}."


def comparison_rows(comparison: Comparison) -> list[tuple[str, str, str]]:
    """(what, of the first, of the second): the text equivalent of `comparison_figure`."""
    readings = [
        ("Weighted price", _price),
        ("Likeliest price", lambda estimate: dollars(estimate.greedy)),
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


def _price(estimate: Estimate) -> str:
    return dollars(estimate.price) if estimate.price is not None else "no price"


def _steps(estimate: Estimate, name: str, colour: str, fill: bool = False, dash: str = "solid") -> dict[str, Any]:
    """Every price's probability as a line of steps."""
    return {
        "type": "scatter",
        "meta": {"role": "probabilities"},
        "name": name,
        "x": list(range(HIGHEST_PRICE + 1)),
        "y": estimate.probabilities.tolist(),
        "mode": "lines",
        "line": {"shape": "hvh", "width": 1.5, "color": colour, "dash": dash},
        **({"fill": "tozeroy", "fillcolor": style.ACCENT_SOFT} if fill else {}),
        "hovertemplate": "$%{x}: %{y:.2%}<extra></extra>",
    }


def _mark(role: str, words: str, price: float | None, dash: str, symbol: str, colour: str) -> dict[str, Any]:
    """A line across the chart at one price, with a sign at its upper end."""
    return {
        "type": "scatter",
        "meta": {"role": role, "words": words},
        "name": f"{words} {dollars(price)}",
        "x": [price, price],
        "y": [0, 1],
        "yaxis": "y2",
        "mode": "lines+markers",
        "line": {"color": colour, "width": 2 if dash == "solid" else 1.5, "dash": dash},
        "marker": {"symbol": symbol, "size": [0, 9], "color": colour},
        "hovertemplate": f"{words} %{{x:$,.2f}}<extra></extra>",
    }


def _close_up(estimate: Estimate) -> float:
    """The price up to which a first look shows a distribution: nearly all of it, without its long tail."""
    return max(estimate.quantile(0.95) or 0, estimate.price or 0, estimate.mean or 0)


def _price_layout(*highest: float) -> dict[str, Any]:
    """Dollars on x up to a little over all of `highest`, probability on y, and a second y from 0 to 1 for marks."""
    base = style.layout(showlegend=True, hovermode="closest", height=340)
    base["xaxis"] |= {"title": {"text": "price in dollars", "font": {"size": 13}}, "tickprefix": "$"}
    base["xaxis"] |= {"range": [0, min(HIGHEST_PRICE, max(20, 1.15 * max(highest)))]}
    base["yaxis"] |= {
        "title": {"text": "probability", "font": {"size": 13}},
        "tickformat": ".1~%",
        "rangemode": "tozero",
        "fixedrange": True,
    }
    return base | {"yaxis2": {"overlaying": "y", "range": [0, 1.04], "visible": False, "fixedrange": True}}


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
