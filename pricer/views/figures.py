"""The distribution over prices as figures: one estimate's, and two in one. Plain dictionaries, as plotly.js takes them.

Knows nothing of Gradio, browsers or models.
"""

from __future__ import annotations

from typing import Any

from pricer.pricing.distribution import HIGHEST_PRICE
from pricer.pricing.estimate import Estimate, EstimatePair
from pricer.views import style
from pricer.views.style import VERDICTS
from pricer.views.text import dollars, plain, price_range, price_words

# The marks in a distribution: role, words, and the dash and sign by which they are told apart without color.
_MARKS = (
    ("price", "weighted price", "solid", "triangle-down", style.ACCENT),
    ("greedy", "most likely", "dot", "diamond", style.TEXT),
    ("median", "median", "dash", "square", style.TEXT),
    ("mean", "mean", "dashdot", "circle", style.TEXT),
)
_UNLISTED = {"showlegend": False}


def distribution_figure(estimate: Estimate, truth: float | None = None, *, steps: bool = True) -> dict[str, Any]:
    """The probability of every price from $0 to $999, the interval shaded, and where the readings of it lie.

    The `meta` of a trace names its role, so that the page can move it when the same distribution is read again; without
    `steps` the probabilities are left to the page.
    """
    prices = {"price": estimate.price, **{name: estimate.by(name) for name in ("greedy", "median", "mean")}}
    marks = [_mark(role, words, prices[role], *look) for role, words, *look in _MARKS]
    if truth is not None:
        marks.append(_mark("truth", "actual price", truth, "longdash", "star", VERDICTS["orange"].color))
    interval = {
        "type": "scatter",
        "meta": {"role": "interval", "words": "interval"},
        "name": f"interval {price_range(estimate.low, estimate.high)}",
        "x": [estimate.low, estimate.low, estimate.high, estimate.high],
        "y": [0, 1, 1, 0],
        "yaxis": "y2",
        "fill": "toself",
        "fillcolor": style.ACCENT_SOFT,
        "line": {"width": 0},
        "mode": "lines",
        "hoverinfo": "skip",
    }
    probabilities = _steps(estimate if steps else None, "probability", style.ACCENT, fill=True)
    return {
        "data": [interval, probabilities, *marks],
        "layout": _price_layout(_close_up(estimate), truth or 0),
    }


def guess_figure(estimate: Estimate, guess: float, truth: float) -> dict[str, Any]:
    """The probability of every price, and on it a person's guess, the model's price and the true one, in dollars."""
    marks = [
        _mark("guess", "your guess", guess, "dash", "square", style.PALETTE["second"].mark),
        _mark("price", "the model's price", estimate.price, "solid", "triangle-down", style.ACCENT),
        _mark("truth", "actual price", truth, "longdash", "star", VERDICTS["orange"].color),
    ]
    probabilities = _steps(estimate, "probability", style.ACCENT, fill=True) | _UNLISTED
    layout = _price_layout(_close_up(estimate), guess, truth) | {"height": 300}
    return {"data": [probabilities, *(mark for mark in marks if mark["x"][0] is not None)], "layout": layout}


def comparison_figure(comparison: EstimatePair) -> dict[str, Any]:
    """Two distributions in one figure, told apart by line and name; their weighted prices marked."""
    first, second = comparison.first, comparison.second
    first_name, second_name = plain(comparison.first_name), plain(comparison.second_name)
    return {
        "data": [
            _steps(first, f"{first_name}: {price_words(first.price)}", style.TEXT, dash="dot"),
            _steps(second, f"{second_name}: {price_words(second.price)}", style.ACCENT, fill=True),
            _mark("first", first_name, first.price, "dot", "diamond", style.TEXT) | _UNLISTED,
            _mark("second", second_name, second.price, "solid", "triangle-down", style.ACCENT) | _UNLISTED,
        ],
        "layout": _price_layout(_close_up(first), _close_up(second)),
    }


def _steps(estimate: Estimate | None, name: str, color: str, fill: bool = False, dash: str = "solid") -> dict[str, Any]:
    """Every price's probability as a line of steps; no step without an estimate."""
    return {
        "type": "scatter",
        "meta": {"role": "probabilities"},
        "name": name,
        "x": list(range(HIGHEST_PRICE + 1)) if estimate else [],
        "y": estimate.probabilities.tolist() if estimate else [],
        "mode": "lines",
        "line": {"shape": "hvh", "width": 1.5, "color": color, "dash": dash},
        **({"fill": "tozeroy", "fillcolor": style.ACCENT_SOFT} if fill else {}),
        "hovertemplate": "$%{x}: %{y:.2%}<extra></extra>",
    }


def _mark(role: str, words: str, price: float | None, dash: str, symbol: str, color: str) -> dict[str, Any]:
    """A line across the chart at one price, with a sign at its upper end."""
    return {
        "type": "scatter",
        "meta": {"role": role, "words": words},
        "name": f"{words} {dollars(price)}",
        "x": [price, price],
        "y": [0, 1],
        "yaxis": "y2",
        "mode": "lines+markers",
        "line": {"color": color, "width": 2 if dash == "solid" else 1.5, "dash": dash},
        "marker": {"symbol": symbol, "size": [0, 9], "color": color},
        "hovertemplate": f"{words} %{{x:$,.2f}}<extra></extra>",
    }


def _close_up(estimate: Estimate) -> float:
    """The price up to which a first look shows a distribution: nearly all of it, without its long tail."""
    return max(estimate.quantile(0.95) or 0, estimate.high or 0, estimate.price or 0, estimate.mean or 0)


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
