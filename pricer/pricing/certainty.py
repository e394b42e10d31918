"""How sure an estimate is, in words: what the shape of its distribution says.

A price of $204.59 looks exact whatever is behind it. The distribution tells a model that knows from one that guesses,
and both from one that wavers between two kinds of product. Prices are compared by their ratio: $5 more matters at $10
and not at $500.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from itertools import pairwise

import numpy as np

from pricer.pricing.distribution import HIGHEST_PRICE
from pricer.pricing.estimate import Estimate

CLOSE = 0.4  # the course's own measure: a guess within 40% of the price is orange at least, never red
NARROW = (1 + CLOSE) / (1 - CLOSE)  # in a range whose ends have this ratio, one guess is close to every price
WIDE = NARROW**2  # here it takes two guesses, and in a wider range more
MODE_SHARE = 0.2  # what the usual interval, from 10% to 90%, leaves out: a smaller part might lie beyond its ends
VALLEY = 0.5  # of the lower peak's height: two peaks are apart where the density between them falls by half
NEAR_TOP = 950  # dollars: a likely range that reaches this far may be one that the scale cuts off
FLAT = 0.02  # no price is likelier than each of 50 equal ones

_PRICES = np.arange(HIGHEST_PRICE + 1)  # dollars
_LOGS = np.log(np.maximum(_PRICES, 0.5))  # $0 stands for less than 50 cents
_GRID = np.linspace(_LOGS[0], _LOGS[-1], 100)  # where the density is looked at, about 8% apart
_KERNEL = np.exp(-0.5 * ((_GRID[:, None] - _LOGS) / np.log(1 + CLOSE)) ** 2)  # (100, 1000); prices 40% apart are one


@dataclass(frozen=True)
class Mode:
    """A part of the distribution that stands by itself: its likeliest price in dollars, and its share of the prices."""

    peak: int
    share: float


def modes(estimate: Estimate) -> tuple[Mode, ...]:
    """The modes that hold a fifth of the probability on prices or more, cheapest first; one for most estimates."""
    if not estimate.mass:
        return ()
    shares = estimate.probabilities / estimate.mass  # (1000,)
    edges = [-np.inf, *_GRID[_valleys(_KERNEL @ shares)], np.inf]
    parts = [np.where((low <= _LOGS) & (_LOGS < high), shares, 0.0) for low, high in pairwise(edges)]  # each (1000,)
    return tuple(Mode(int(part.argmax()), float(part.sum())) for part in parts if part.sum() >= MODE_SHARE)


class Certainty(Enum):
    """How sure the model is of a price: one guess is close to the whole range, or two are, or it takes more."""

    SURE = "sure"
    HALF = "half sure"
    UNSURE = "unsure"


def certainty(estimate: Estimate) -> Certainty | None:
    """How sure the model is of this price; None where no token is one."""
    if estimate.low is None or estimate.high is None:
        return None
    return _certainty(_ratio(estimate), modes(estimate))


def sentence(estimate: Estimate) -> str:
    """One to four sentences on how sure the model is of this price; empty where no token is a price."""
    if estimate.low is None or estimate.high is None:
        return ""
    found = modes(estimate)
    ratio = _ratio(estimate)
    sure = _certainty(ratio, found)
    times = f"the top of the range is {ratio:.1f} times the bottom."
    said = []
    if len(found) > 1:
        said.append(f"Prices cluster around {' and '.join(f'${mode.peak} ({mode.share:.0%})' for mode in found)}.")
    if sure is Certainty.UNSURE:
        said.append(f"Unsure: {times}")
    elif sure is Certainty.SURE:
        said.append(f"Fairly certain: {times}")
    else:
        said.append(times.capitalize())
    if estimate.probabilities.max() / estimate.mass < FLAT:
        said.append(f"No single price stands out: none has more than {FLAT:.0%} of the probability.")
    if estimate.high >= NEAR_TOP:
        said.append(f"The range ends near ${HIGHEST_PRICE}, the highest price there is: the product may cost more.")
    return " ".join(said)


def _ratio(estimate: Estimate) -> float:
    """How many times the bottom of the range its top is."""
    return estimate.high / max(estimate.low, 1)


def _certainty(ratio: float, found: tuple[Mode, ...]) -> Certainty:
    if ratio > WIDE:
        return Certainty.UNSURE
    return Certainty.SURE if ratio <= NARROW and len(found) == 1 else Certainty.HALF


def _valleys(density: np.ndarray) -> list[int]:
    """Places at which `density`, shape (places,), falls well below the peaks on both sides."""
    cuts: list[int] = []
    peak, low, place = 0.0, np.inf, 0
    for index, height in enumerate(density):
        if height < low:
            low, place = height, index
        if height > peak and low >= VALLEY * peak:
            peak, low = height, np.inf  # still climbing the same peak
        elif low < VALLEY * min(peak, height):
            cuts.append(place)
            peak, low = height, np.inf
    return cuts
