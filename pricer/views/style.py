"""What all charts share: one accent colour, the three verdicts with mark and word, and a layout that fits both themes.

Backgrounds are transparent and text is of middling contrast, so that a figure reads on white and on near-black.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any

from pricer.runs.metrics import GREEN, ORANGE, RED

ACCENT = "#3b82f6"
ACCENT_SOFT = "rgba(59, 130, 246, 0.16)"
TEXT = "#808b9c"  # at least 3.4 : 1 on white and 5 : 1 on the dark page
GRID = "rgba(128, 139, 156, 0.18)"
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"


@dataclass(frozen=True)
class Verdict:
    """How one of the course's verdicts is told apart without its colour: Plotly's marker, a sign for text, words."""

    colour: str
    symbol: str
    sign: str
    word: str
    meaning: str


VERDICTS = {
    GREEN: Verdict("#2f9e62", "circle", "●", "close", "within $40 or 20 %"),
    ORANGE: Verdict("#d98a1f", "diamond", "◆", "near", "within $80 or 40 %"),
    RED: Verdict("#d5504f", "x", "✕", "off", "further away"),
}


def layout(**changes: Any) -> dict[str, Any]:
    """A calm Plotly layout: transparent, no decoration, room for nothing but the data. `changes` replace whole keys."""
    axis = {"gridcolor": GRID, "zeroline": False, "linecolor": GRID, "automargin": True, "fixedrange": False}
    return {
        "autosize": True,
        "paper_bgcolor": "rgba(0, 0, 0, 0)",
        "plot_bgcolor": "rgba(0, 0, 0, 0)",
        "font": {"family": FONT, "size": 13, "color": TEXT},
        "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
        "xaxis": dict(axis),
        "yaxis": dict(axis),
        "hoverlabel": {"font": {"family": FONT}},
        "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        "dragmode": "zoom",
    } | changes


def plain(text: str) -> str:
    """`text` for a name or a hover text of Plotly, which reads both as markup and fills in what stands in %{}."""
    return escape(text, quote=False).replace("%{", "&#37;{")


def dollars(value: float | None) -> str:
    """A price as people write it: "$1,299.50", whole dollars without cents; a dash where there is none."""
    if value is None:
        return "–"
    text = f"${abs(value):,.2f}".removesuffix(".00")
    return f"-{text}" if value < 0 else text


def price_words(value: float | None) -> str:
    """A price as people write it, or that there is none."""
    return "no price" if value is None else dollars(value)


def signed_dollars(value: float) -> str:
    """A difference in dollars with its sign: "+$38", "-$4.20", "±$0"."""
    rounded = round(value, 2)
    if not rounded:
        return "±$0"
    return f"{'+' if rounded > 0 else '-'}{dollars(abs(rounded))}"


def percent(share: float) -> str:
    """A share as per cent, with as many digits as mean something: "62 %", "3.4 %", "0.04 %"."""
    value = 100 * share
    if value >= 99.95 or value == 0:
        return f"{value:.0f} %"
    if value >= 10:
        return f"{value:.0f} %"
    if value >= 1:
        return f"{value:.1f} %"
    return f"{value:.2f} %" if value >= 0.01 else "under 0.01 %"
