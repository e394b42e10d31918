"""Metrics: how far estimates lie from the truth.

The course's colors, hits, average error and RMSLE, their standard errors, and the usual companions. Pure arithmetic on
dollars: knows nothing of items or models. A figure that does not exist for the values given is None, never 0 or NaN.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence

GREEN, ORANGE, RED = "green", "orange", "red"
COLORS = (GREEN, ORANGE, RED)
MARGINS = {GREEN: (40, 0.2), ORANGE: (80, 0.4)}  # an error below so many dollars, or below this share of the truth


def color(error: float, truth: float) -> str:
    """The course's verdict: green within $40 or 20 % of the truth, orange within $80 or 40 %, else red."""
    within = (name for name, (dollars, share) in MARGINS.items() if error < dollars or error / truth < share)
    return next(within, RED)


def squared_log_error(truth: float, estimate: float) -> float:
    """(ln(truth + 1) - ln(estimate + 1))², the course's SLE."""
    return (math.log1p(truth) - math.log1p(estimate)) ** 2


def mean(values: Sequence[float]) -> float | None:
    """The arithmetic mean; None of nothing."""
    return math.fsum(values) / len(values) if values else None


def median(values: Sequence[float]) -> float | None:
    """The median, midway between the middle two of an even number; None of nothing."""
    return statistics.median(values) if values else None


def standard_error(values: Sequence[float]) -> float | None:
    """The standard error of the mean, sample deviation / sqrt(n); None for fewer than two values."""
    if len(values) < 2:
        return None
    # From the deviations, not from sum of squares minus square of the sum, which rounding can make negative.
    center = math.fsum(values) / len(values)
    variance = math.fsum((value - center) ** 2 for value in values) / (len(values) - 1)
    return math.sqrt(variance / len(values))


def rmse(truths: Sequence[float], estimates: Sequence[float]) -> float | None:
    """Root of the mean squared error, in dollars; None of nothing."""
    return _root(mean([(guess - truth) ** 2 for truth, guess in zip(truths, estimates, strict=True)]))


def rmsle(truths: Sequence[float], estimates: Sequence[float]) -> float | None:
    """Root of the mean squared log error; None of nothing."""
    return _root(mean([squared_log_error(truth, guess) for truth, guess in zip(truths, estimates, strict=True)]))


def r_squared(truths: Sequence[float], estimates: Sequence[float]) -> float | None:
    """The share of the truths' variance that the estimates explain, at most 1; None where the truths do not vary."""
    if not truths:
        return None
    center = math.fsum(truths) / len(truths)
    total = math.fsum((truth - center) ** 2 for truth in truths)
    residual = math.fsum((truth - guess) ** 2 for truth, guess in zip(truths, estimates, strict=True))
    return 1 - residual / total if total else None


def _root(value: float | None) -> float | None:
    return None if value is None else math.sqrt(value)
