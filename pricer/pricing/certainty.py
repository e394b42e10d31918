"""How sure an estimate is, in words: what the shape of its distribution says.

Looks at the probability of prices alone, on a logarithmic scale, for $5 matter at $10 and not at $500.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pricer.pricing.distribution import HIGHEST_PRICE
from pricer.pricing.estimate import Estimate

NARROW, WIDE = 2.0, 6.0  # upper end of the interval over its lower end
FLAT = 0.02  # no single price above this share of the probability on prices
HUMP = 0.2  # the least share of the probability on prices that makes a hump worth a word
VALLEY = 0.6  # how far, of the lower hump's height, the density must fall between two humps

_BINS = 72
_EDGES = np.geomspace(0.5, HIGHEST_PRICE + 0.5, _BINS + 1)  # dollars
_SMOOTHING = 3.0  # bins: about a third of a price, so that $19 and $24 are one hump
_KERNEL = np.exp(-0.5 * (np.arange(-9, 10) / _SMOOTHING) ** 2)


@dataclass(frozen=True)
class Hump:
    """A part of the distribution that stands by itself: its highest price in dollars, and its share of the prices."""

    peak: int
    share: float


def humps(estimate: Estimate) -> tuple[Hump, ...]:
    """The humps that hold a fifth of the probability on prices or more, cheapest first; one for most estimates."""
    if not estimate.mass:
        return ()
    shares = estimate.probabilities / estimate.mass  # (1000,)
    prices = np.arange(HIGHEST_PRICE + 1)
    bins = np.clip(np.searchsorted(_EDGES, prices, side="right") - 1, 0, _BINS - 1)  # (1000,)
    density = np.convolve(np.bincount(bins, weights=shares, minlength=_BINS), _KERNEL, mode="same")  # (bins,)
    cuts = _valleys(density)
    parts = zip([0, *cuts], [*cuts, _BINS], strict=True)
    found = [(shares * ((bins >= a) & (bins < b))) for a, b in parts]  # each (1000,)
    return tuple(Hump(int(part.argmax()), float(part.sum())) for part in found if part.sum() >= HUMP)


def in_words(estimate: Estimate) -> str:
    """One or two sentences on how sure the model is of this price; empty where no token is a price."""
    if estimate.low is None or estimate.high is None:
        return ""
    found = humps(estimate)
    ratio = estimate.high / max(estimate.low, 1)
    words = []
    if len(found) > 1:
        peaks = " and ".join(f"${hump.peak} ({hump.share:.0%})" for hump in found)
        words.append(f"It is of {'two' if len(found) == 2 else 'several'} minds: prices gather around {peaks}.")
    times = f"the upper end is {ratio:.1f} times the lower one"
    if ratio >= WIDE:
        words.append(f"It is unsure: {times}.")
    elif ratio <= NARROW and len(found) == 1:
        words.append(f"It is rather sure: {times}.")
    else:
        words.append(f"{times.capitalize()}.")
    if estimate.probabilities.max() / estimate.mass < FLAT:
        words.append(f"No single price stands out: none has more than {FLAT:.0%} of the probability.")
    return " ".join(words)


def _valleys(density: np.ndarray) -> list[int]:
    """Bins at which `density`, shape (bins,), falls well below the peaks on both sides."""
    cuts: list[int] = []
    peak, low, place = 0.0, np.inf, 0
    for index, height in enumerate(density):
        if height < low:
            low, place = height, index
        if height > peak and low >= VALLEY * peak:
            peak, low = height, np.inf  # still climbing the same hump
        elif low < VALLEY * min(peak, height):
            cuts.append(place)
            peak, low = height, np.inf
    return cuts
