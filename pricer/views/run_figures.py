"""Runs of the Tester as figures: truth against estimate, the running average error, two runs over each other.

Plain dictionaries, as plotly.js takes them. The first two come without points, which the page fills in as a run grows.
"""

from __future__ import annotations

from typing import Any

from pricer.runs.comparison import Comparison
from pricer.runs.metrics import MARGINS
from pricer.views import style
from pricer.views.run_feed import sendable
from pricer.views.style import VERDICTS
from pricer.views.text import plain

WEBGL_FROM = 3000  # points; below this, SVG looks better and costs little
_CHOSEN = {
    "type": "scatter",
    "mode": "markers",
    "meta": {"role": "chosen"},
    "hoverinfo": "skip",
    "showlegend": False,
    "marker": {"symbol": "circle-open", "size": 19, "color": style.ACCENT, "line": {"width": 3}},
}
_DOLLARS = {"tickprefix": "$", "separatethousands": True}


def truth_figure() -> dict[str, Any]:
    """A scatter with no points yet: bands, diagonal, a trace for each verdict in the order of VERDICTS, a ring.

    A point's `customdata` is its error in dollars, the index of its item, its actual price and its estimate. A band is
    two lines around the diagonal, `meta` says of which verdict and on which side; the ring marks one item.
    """
    traces = [
        {
            "type": "scatter",
            "mode": "markers",
            "name": key,
            "marker": {"color": verdict.color, "symbol": verdict.symbol, "opacity": 0.8},
            "hovertemplate": "%{text}<br>actual price %{customdata[2]:$,.2f}<br>estimate %{customdata[3]:$,.2f}<br>"
            f"error %{{customdata[0]:$,.2f}}<extra>{key}</extra>",
        }
        for key, verdict in VERDICTS.items()
    ]
    # The page itself answers a double click: its axes grow with the run.
    return {
        "data": [*_bands(), _diagonal(1.0), *traces, _CHOSEN],
        "layout": _scatter_layout(1.0, showlegend=False),
        "config": {"doubleClick": False, "showTips": False},
    }


def average_figure() -> dict[str, Any]:
    """The running average error with no items yet: the upper and the lower edge of its 95% band, then the average."""
    edge = {"type": "scatter", "mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
    average = {
        "type": "scatter",
        "mode": "lines",
        "line": {"color": style.ACCENT, "width": 2},
        "hovertemplate": "%{y:$,.2f} ± %{customdata:,.2f} after %{x}<extra></extra>",
    }
    layout = _layout({"t": 8, "b": 40}, showlegend=False, dragmode=False)
    layout["xaxis"] |= {"title": {"text": "items", "standoff": 6}, "rangemode": "tozero", "nticks": 5}
    layout["yaxis"] |= {"rangemode": "tozero", "nticks": 5, **_DOLLARS}
    return {"data": [edge, edge | {"fill": "tonexty", "fillcolor": style.ACCENT_SOFT}, average], "layout": layout}


def overlay_figure(comparison: Comparison) -> dict[str, Any] | None:
    """The items of two runs in one scatter, in dollars; None where no item has a price in both."""
    pairs = comparison.pairs
    if not pairs:
        return None
    end = 1.04 * max(1.0, *(max(p.first.truth, p.first.estimate, p.second.estimate) for p in pairs))
    points = {
        "type": "scattergl" if len(pairs) > WEBGL_FROM else "scatter",
        "mode": "markers",
        "x": [round(pair.first.truth, 2) for pair in pairs],
        "text": [plain(sendable(pair.first.item.title)) for pair in pairs],
    }
    first, second = comparison.names
    runs = (
        (first, [pair.first for pair in pairs], style.ACCENT, "circle-open"),
        (second, [pair.second for pair in pairs], style.PALETTE["second"].mark, "triangle-up"),
    )
    traces = [
        points
        | {
            "name": name,
            "y": [round(result.estimate, 2) for result in results],
            "marker": {
                **{"size": 8, "opacity": 0.75, "color": color, "symbol": symbol},
                "line": {"width": 2, "color": color},  # Plotly's own gray would cover what is small
            },
            "hovertemplate": f"%{{text}}<br>actual price %{{x:$,.2f}}<br>estimate %{{y:$,.2f}}<extra>{name}</extra>",
        }
        for name, results, color, symbol in runs
    ]
    return {"data": [_diagonal(end), _joined(comparison), *traces], "layout": _scatter_layout(end)}


def _joined(comparison: Comparison) -> dict[str, Any]:
    """A line for each item, from its dot in one run to that in the other."""
    pairs = comparison.pairs
    return {
        "type": "scattergl" if len(pairs) > WEBGL_FROM else "scatter",
        "mode": "lines",
        "x": [x for pair in pairs for x in (round(pair.first.truth, 2), round(pair.first.truth, 2), None)],
        "y": [y for pair in pairs for y in (round(pair.first.estimate, 2), round(pair.second.estimate, 2), None)],
        "hoverinfo": "skip",
        "showlegend": False,
        "line": {"color": style.TEXT, "width": 1},
        "opacity": 0.5,
    }


def _bands() -> list[dict[str, Any]]:
    """The lower and the upper edge of each verdict's band, the widest first, without points."""
    return [
        {
            "type": "scatter",
            "mode": "lines",
            "meta": {"verdict": color, "side": side},
            "hoverinfo": "skip",
            "showlegend": False,
            "line": {"color": style.PALETTE[color].mark, "width": 1, "dash": "dot"},
            **({"fill": "tonexty", "fillcolor": f"{style.PALETTE[color].mark}1a"} if side > 0 else {}),
        }
        for color in reversed(MARGINS)
        for side in (-1, 1)
    ]


def _diagonal(end: float) -> dict[str, Any]:
    """The line on which an estimate is the truth."""
    return {
        "type": "scatter",
        "mode": "lines",
        "x": [0, end],
        "y": [0, end],
        "hoverinfo": "skip",
        "showlegend": False,
        "line": {"color": style.ACCENT, "width": 1.5},
    }


def _scatter_layout(end: float, **changes: Any) -> dict[str, Any]:
    """Dollars from 0 to `end` on both axes."""
    layout = _layout({"t": 34, "b": 46}, hovermode="closest", **changes)
    for axis, text in (("xaxis", "actual price"), ("yaxis", "estimate")):
        layout[axis] |= {"title": {"text": text, "standoff": 8}, "range": [0, end], "nticks": 8, **_DOLLARS}
    return layout


def _layout(margin: dict[str, int], **changes: Any) -> dict[str, Any]:
    # Margins of one size, so that charts beneath each other have their axes beneath each other.
    return style.layout(margin={"l": 72, "r": 12, **margin}, font={"family": style.FONT, "size": 12}, **changes)
