"""One item and what a method says that it costs: the error, the verdict, and whether the interval held the price.

A run is a list of these, and every figure of a report is worked out from them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from pricer.items.item import Item
from pricer.runs import metrics

NO_PRICE = "The model named no price."


@dataclass(frozen=True, slots=True)
class Result:
    """One item and its estimate, in dollars; `estimate` is None where the model named no price, with the `reason`.

    `index` is its place in the run, from 0. `estimates` holds what every method that was asked says of the same item;
    `estimate` is one of them. `low` and `high` are the ends of the interval, None where no number had any probability.
    """

    index: int
    item: Item
    estimate: float | None
    reason: str = ""
    estimates: Mapping[str, float | None] = field(default_factory=dict)
    low: float | None = None
    high: float | None = None

    @property
    def truth(self) -> float:
        """The item's price in dollars, which the model never saw."""
        return self.item.price

    @property
    def error(self) -> float | None:
        """Absolute error in dollars."""
        return None if self.estimate is None else abs(self.estimate - self.truth)

    @property
    def squared_log_error(self) -> float | None:
        """(ln(truth + 1) - ln(estimate + 1))²."""
        return None if self.estimate is None else metrics.squared_log_error(self.truth, self.estimate)

    @property
    def color(self) -> str | None:
        """The course's verdict; None where there is no price."""
        return None if self.error is None else metrics.color(self.error, self.truth)

    @property
    def in_interval(self) -> bool | None:
        """Whether the interval holds the truth, to the nearest dollar as the model writes it; None without one."""
        if self.low is None or self.high is None:
            return None
        return self.low <= math.floor(self.truth + 0.5) <= self.high

    def by(self, method: str) -> Result:
        """The same item as `method` reads it."""
        estimate = self.estimates.get(method)
        reason = "" if estimate is not None else self.reason or NO_PRICE
        return replace(self, estimate=estimate, reason=reason)

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "index": self.index,
            "title": self.item.title,
            "truth": self.truth,
            "estimate": self.estimate,
            "error": self.error,
            "squared_log_error": self.squared_log_error,
            "color": self.color,
            "category": self.item.category,
            "reason": self.reason,
            "estimates": dict(self.estimates),
            "low": self.low,
            "high": self.high,
        }
