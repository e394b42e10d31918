"""One palette, one set of marks for green, orange and red, one Plotly layout: for the page, files and the terminal.

Backgrounds of figures are transparent, their text is of middling contrast: they read on white and on near-black.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from pricer.runs.metrics import GREEN, ORANGE, RED


@dataclass(frozen=True)
class Color:
    """A color of marks and bars, the same in both themes, and the shades of it that text has on light and on dark."""

    mark: str
    light: str
    dark: str


# Text has a contrast of 4.5 : 1 at least on white and on DARK_PAPER, marks of 2.5 : 1: they differ in form as well.
PALETTE = {
    "accent": Color("#3b82f6", "#2563eb", "#60a5fa"),
    "second": Color("#c0577f", "#b03a6b", "#e58fb1"),  # the other run, where two are compared
    GREEN: Color("#2f9e62", "#18794e", "#4cc38a"),
    ORANGE: Color("#d98a1f", "#b45309", "#f5a524"),
    RED: Color("#d5504f", "#c22f3d", "#ff7a85"),
    "quiet": Color("#808b9c", "#5b6675", "#9aa5b4"),
}
DARK_PAPER = "#15181c"


def css_variables(theme: Literal["light", "dark"]) -> str:
    """The palette as CSS declarations: `--green` is the color of marks, `--green-text` that of text in this theme."""
    return "".join(f"--{name}:{color.mark};--{name}-text:{getattr(color, theme)};" for name, color in PALETTE.items())


@dataclass(frozen=True)
class Verdict:
    """How one of the course's verdicts looks, so that it is told without its color too.

    `symbol` is Plotly's marker, `sign` the same form as text, `svg` the same around (0, 0) within 5 units.
    """

    color: str
    symbol: str
    sign: str
    svg: str
    meaning: str


VERDICTS = {
    GREEN: Verdict(PALETTE[GREEN].mark, "circle", "●", '<circle r="4"/>', "within $40 or 20%"),
    ORANGE: Verdict(PALETTE[ORANGE].mark, "diamond", "◆", '<path d="M0-5 5 0 0 5-5 0Z"/>', "within $80 or 40%"),
    RED: Verdict(
        PALETTE[RED].mark, "x", "✕", '<path d="M-5-3-3-5 0-2 3-5 5-3 2 0 5 3 3 5 0 2-3 5-5 3-2 0Z"/>', "further off"
    ),
}

ACCENT = PALETTE["accent"].mark
ACCENT_SOFT = "rgba(59, 130, 246, 0.16)"
TEXT = PALETTE["quiet"].mark
GRID = "rgba(128, 139, 156, 0.18)"
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"


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
