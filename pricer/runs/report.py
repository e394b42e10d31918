"""The report: what a run of the Tester has found, item by item and as figures.

Holds results and derives everything else from them, on demand: averages, shares, other decoders, price bands,
categories. So a report that is half done, read back from a file or cut to one category has every figure of a whole one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from pricer.pricing.estimate import DECODERS
from pricer.runs import metrics
from pricer.runs.result import Result

GENERATE = "generate"  # the course's first method: extra passes that write three tokens
METHODS = (*DECODERS, GENERATE)
GUESS = "guess"  # a person, who is one more predictor of the same items
PREDICTORS = (GUESS, *METHODS)
BANDS = (10, 25, 50, 100, 200, 400)  # dollars at which the price bands of a report are cut


@dataclass(frozen=True)
class Constant:
    """The one price that suits all items best, their median, and the mean absolute error it would make, in dollars."""

    price: float
    mae: float


@dataclass(frozen=True)
class Report:
    """What a run has found so far. Averages are over the items that got a price, never over those asked for.

    `size` is how many items were asked for; `seconds` is what the pricer took for those done.
    """

    method: str
    size: int
    results: tuple[Result, ...] = field(default=())
    seconds: float = 0.0

    @property
    def n(self) -> int:
        """Items done."""
        return len(self.results)

    @cached_property
    def priced(self) -> tuple[Result, ...]:
        """The results that have a price."""
        return tuple(result for result in self.results if result.estimate is not None)

    @cached_property
    def errors(self) -> tuple[float, ...]:
        """Absolute errors in dollars of the results that have a price."""
        return tuple(result.error for result in self.priced)

    @cached_property
    def mae(self) -> float | None:
        """Mean absolute error in dollars."""
        return metrics.mean(self.errors)

    @cached_property
    def mae_stderr(self) -> float | None:
        """Standard error of the mean absolute error in dollars."""
        return metrics.standard_error(self.errors)

    @cached_property
    def median_error(self) -> float | None:
        """Median absolute error in dollars."""
        return metrics.median(self.errors)

    @cached_property
    def rmse(self) -> float | None:
        """Root mean squared error in dollars."""
        return metrics.rmse(*self._pairs)

    @cached_property
    def rmsle(self) -> float | None:
        """Root mean squared log error."""
        return metrics.rmsle(*self._pairs)

    @cached_property
    def r_squared(self) -> float | None:
        """The share of the prices' variance that the estimates explain; negative if worse than their mean."""
        return metrics.r_squared(*self._pairs)

    @property
    def hits(self) -> float | None:
        """Share of green among the items with a price."""
        return self.share(metrics.GREEN)

    @property
    def without_price(self) -> float | None:
        """Share of the items done that got no price."""
        return (self.n - len(self.priced)) / self.n if self.n else None

    @cached_property
    def coverage(self) -> float | None:
        """Share of the items with an interval whose true price lies in it, to the nearest dollar.

        The interval is the model's: None for a person, who names none.
        """
        if self.method == GUESS:
            return None
        return metrics.mean([float(r.in_interval) for r in self.results if r.in_interval is not None])

    @property
    def items_per_second(self) -> float | None:
        """Speed of the run, reading of items and drawing left out."""
        return self.n / self.seconds if self.seconds > 0 else None

    @cached_property
    def best_constant(self) -> Constant | None:
        """What guessing one price for every item done could reach at best."""
        price = metrics.median([result.truth for result in self.results])
        if price is None:
            return None
        return Constant(price, metrics.mean([abs(price - result.truth) for result in self.results]))

    def share(self, color: str) -> float | None:
        """Share of a color among the items with a price."""
        return metrics.mean([float(color == seen) for seen in self._colors])

    @cached_property
    def methods(self) -> tuple[str, ...]:
        """Who answered for these items, in the order of PREDICTORS."""
        asked = {method for result in self.results for method in result.estimates}
        return tuple(method for method in PREDICTORS if method in asked or method == self.method)

    def by(self, method: str) -> Report:
        """The same run as another of its methods reads it."""
        if method == self.method:
            return self
        return replace(self, method=method, results=tuple(result.by(method) for result in self.results))

    def by_price(self) -> dict[str, Report]:
        """A report for each price band that has items, cheapest first; a band holds its lower end."""
        return self._grouped(lambda result: sum(result.truth >= edge for edge in BANDS), _band_name)

    def by_category(self) -> dict[str, Report]:
        """A report for each category by name; items without one come last, as "no category"."""
        return self._grouped(
            lambda result: (not result.item.category, result.item.category or ""), lambda key: key[1] or "no category"
        )

    def figures(self) -> dict[str, Any]:
        """This report as a row of the error table: plain values for JSON."""
        return {
            "method": self.method,
            "n": self.n,
            "mae": self.mae,
            "mae_stderr": self.mae_stderr,
            "median_error": self.median_error,
            "rmse": self.rmse,
            "rmsle": self.rmsle,
            "r_squared": self.r_squared,
            "hits": self.hits,
            "orange": self.share(metrics.ORANGE),
            "red": self.share(metrics.RED),
            "without_price": self.without_price,
            "coverage": self.coverage,
        }

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON: the figures, the other decoders', the groups and every result."""
        constant = self.best_constant
        return {
            **self.figures(),
            "size": self.size,
            "seconds": self.seconds,
            "items_per_second": self.items_per_second,
            "decoders": [self.by(method).figures() for method in self.methods],
            "best_constant": constant and {"price": constant.price, "mae": constant.mae},
            "by_price": {name: group.figures() for name, group in self.by_price().items()},
            "by_category": {name: group.figures() for name, group in self.by_category().items()},
            "results": [result.as_dict() for result in self.results],
        }

    @cached_property
    def _pairs(self) -> tuple[list[float], list[float]]:
        return [result.truth for result in self.priced], [result.estimate for result in self.priced]

    @cached_property
    def _colors(self) -> list[str]:
        return [result.color for result in self.priced]

    def _grouped(self, key: Callable[[Result], Any], name: Callable[[Any], str]) -> dict[str, Report]:
        groups: dict[Any, list[Result]] = {}
        for result in self.results:
            groups.setdefault(key(result), []).append(result)
        return {name(k): Report(self.method, len(groups[k]), tuple(groups[k])) for k in sorted(groups)}


def _band_name(band: int) -> str:
    if band == 0:
        return f"below ${BANDS[0]}"
    if band == len(BANDS):
        return f"${BANDS[-1]} and more"
    return f"${BANDS[band - 1]} to ${BANDS[band]}"
