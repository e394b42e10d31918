"""The interval's promise by kind of text (Mondrian conformal prediction, Vovk et al. 2005, section 4.5).

A model is surer of a shop's title than of a page of prose, and not by as much as it thinks. One pair of quantiles for
all texts would hold too many prices of one kind and too few of the other, so each kind has its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

LONG = 100  # tokens of a description from which it is long


class TextKind(StrEnum):
    """What somebody may paste: a line of a list, a title with a few sentences below it, or a page."""

    LINE = "in one line"
    SHORT = "of several lines"
    PAGE = "of 100 tokens or more"


def kind_of(description: str, tokens: int) -> TextKind:
    """The kind of a cleaned description that is `tokens` long."""
    if tokens >= LONG:
        return TextKind.PAGE
    return TextKind.SHORT if "\n" in description.strip() else TextKind.LINE


@dataclass(frozen=True)
class Interval:
    """The quantiles that an interval lies between, and the share of held-out prices found there; None: nobody looked.

    Without a calibration, what the model itself says: 80% of its probability.
    """

    kind: TextKind | None = None
    quantiles: tuple[float, float] = (0.1, 0.9)
    coverage: float | None = None


def interval_for(intervals: tuple[Interval, ...], description: str, tokens: int) -> Interval:
    """That of the description's kind; the model's own where its kind was not calibrated."""
    kind = kind_of(description, tokens)
    return next((interval for interval in intervals if interval.kind is kind), Interval())
