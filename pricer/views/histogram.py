"""The errors of a run by size and sign, as a histogram."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

from pricer.runs.report import Report
from pricer.views.text import dollars

BINS = 10  # on each side of zero


@dataclass(frozen=True)
class Bin:
    """A bar: residuals from `low` to `high` dollars, infinite at the ends; `share` of the largest bar."""

    low: float
    high: float
    count: int
    share: float

    @property
    def label(self) -> str:
        """Which residuals these are, in words."""
        if math.isinf(self.low):
            return f"more than {dollars(-self.high)} too low"
        if math.isinf(self.high):
            return f"more than {dollars(self.low)} too high"
        if self.high <= 0:
            return f"{dollars(-self.high)} to {dollars(-self.low)} too low"
        return f"{dollars(self.low)} to {dollars(self.high)} too high"


def histogram(report: Report) -> tuple[Bin, ...]:
    """Estimate minus truth in dollars, in bars of one width; the outermost hold the tails. Empty without a price."""
    residuals = sorted(result.estimate - result.truth for result in report.priced)
    if not residuals:
        return ()
    sizes = sorted(map(abs, residuals))
    width = _round_up(sizes[min(len(sizes) - 1, int(0.95 * len(sizes)))] / BINS)
    edges = [-math.inf, *(width * step for step in range(1 - BINS, BINS)), math.inf]
    counts = [0] * (len(edges) - 1)
    for residual in residuals:
        counts[min(max(math.floor(residual / width) + BINS, 0), len(counts) - 1)] += 1
    largest = max(counts)
    return tuple(
        Bin(low, high, count, count / largest) for (low, high), count in zip(pairwise(edges), counts, strict=True)
    )


def histogram_sentence(bins: tuple[Bin, ...]) -> str:
    """How many estimates lie on each side of the truth."""
    low = sum(part.count for part in bins if part.high <= 0)
    return f"{low:,} too low, {sum(part.count for part in bins) - low:,} right or too high."


def _round_up(value: float) -> float:
    """The next of 1, 2, 5, 10, 20, 50, … dollars."""
    power = 10.0 ** math.floor(math.log10(max(value, 1.0)))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= min(value, 10 * power))
