"""The Tester: items with known prices go through a pricer in batches, and a report grows.

A generator hands out a finished Report after every batch and holds nothing in between, so that a run can be stopped at
any of them and keeps what is done. An item's price never reaches the pricer. Knows nothing of pages or terminals.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol

from pricer import metrics
from pricer.errors import DescriptionError
from pricer.estimate import DECODERS, Estimate
from pricer.items import Item

GENERATE = "generate"  # the course's first method: extra passes that write three tokens
METHODS = (*DECODERS, GENERATE)
DEFAULT_SIZE = 250  # the course's N


class Estimator(Protocol):
    """What the Tester needs of a pricer: lists of descriptions in, as many answers out."""

    batch_size: int

    def estimate_all(self, descriptions: Sequence[str]) -> list[Estimate]: ...

    def generate_all(self, descriptions: Sequence[str]) -> list[Any]: ...


@dataclass(frozen=True)
class Result:
    """One item and its estimate, in dollars; `estimate` is None where the model named no price, with the `reason`."""

    index: int
    title: str
    text: str
    category: str | None
    truth: float
    estimate: float | None
    reason: str = ""

    @property
    def error(self) -> float | None:
        """Absolute error in dollars."""
        return None if self.estimate is None else abs(self.estimate - self.truth)

    @property
    def squared_log_error(self) -> float | None:
        """(ln(truth + 1) - ln(estimate + 1))²."""
        return None if self.estimate is None else metrics.squared_log_error(self.truth, self.estimate)

    @property
    def colour(self) -> str | None:
        """The course's verdict; None where there is no price."""
        return None if self.error is None else metrics.colour(self.error, self.truth)

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "index": self.index,
            "title": self.title,
            "truth": self.truth,
            "estimate": self.estimate,
            "error": self.error,
            "squared_log_error": self.squared_log_error,
            "colour": self.colour,
            "category": self.category,
        }


@dataclass(frozen=True)
class Report:
    """What a run has found so far. Averages are over the items that got a price, never over those asked for."""

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
    def mae(self) -> float | None:
        """Mean absolute error in dollars."""
        return metrics.mean([result.error for result in self.priced])

    @cached_property
    def mae_stderr(self) -> float | None:
        """Standard error of the mean absolute error in dollars."""
        return metrics.standard_error([result.error for result in self.priced])

    @cached_property
    def rmsle(self) -> float | None:
        """Root mean squared log error."""
        return metrics.rmsle([r.truth for r in self.priced], [r.estimate for r in self.priced])

    @property
    def hits(self) -> float | None:
        """Share of green among the items with a price."""
        return self.share(metrics.GREEN)

    @property
    def items_per_second(self) -> float | None:
        """Speed of the run, reading of items and drawing left out."""
        return self.n / self.seconds if self.seconds > 0 else None

    def share(self, colour: str) -> float | None:
        """Share of a colour among the items with a price."""
        return metrics.mean([float(result.colour == colour) for result in self.priced])

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "method": self.method,
            "n": self.n,
            "without_price": self.n - len(self.priced),
            "mae": self.mae,
            "mae_stderr": self.mae_stderr,
            "rmsle": self.rmsle,
            "hits": self.hits,
            "seconds": self.seconds,
            "items_per_second": self.items_per_second,
            "results": [result.as_dict() for result in self.results],
        }


def run(pricer: Estimator, items: Sequence[Item], method: str = "top3") -> Iterator[Report]:
    """Price `items` with one of METHODS, a batch at a time, yielding the grown report after each.

    The first report is empty, so that a page can show that the run has begun.
    """
    if method not in METHODS:
        raise ValueError(f"method {method!r} is none of {', '.join(METHODS)}")
    report = Report(method, len(items))
    yield report
    for start in range(0, len(items), pricer.batch_size):
        batch = items[start : start + pricer.batch_size]
        began = time.perf_counter()
        answers = _answers(pricer, [item.text for item in batch], method)
        seconds = report.seconds + time.perf_counter() - began
        results = [
            Result(start + offset, item.title, item.text, item.category, item.price, estimate, reason)
            for offset, (item, (estimate, reason)) in enumerate(zip(batch, answers, strict=True))
        ]
        report = Report(method, len(items), (*report.results, *results), seconds)
        yield report


def _answers(pricer: Estimator, texts: list[str], method: str) -> list[tuple[float | None, str]]:
    """An estimate or a reason for each text; a text that cannot be priced does not spoil its batch."""
    try:
        if method == GENERATE:
            prices = [completion.price for completion in pricer.generate_all(texts)]
        else:
            prices = [estimate.decoded(method) for estimate in pricer.estimate_all(texts)]
    except DescriptionError as error:
        if len(texts) == 1:
            return [(None, str(error))]
        return [answer for text in texts for answer in _answers(pricer, [text], method)]
    return [(price, "" if price is not None else "The model named no price.") for price in prices]
