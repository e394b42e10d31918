"""Comparison: two runs over the same items, item by item.

Pairing takes out what makes some items hard for every model, so that a small difference can be told from chance. Knows
nothing of where the runs are kept.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from pricer.runs import metrics
from pricer.runs.report import Report
from pricer.runs.result import Result


@dataclass(frozen=True)
class Pair:
    """One item with a price in both runs."""

    first: Result
    second: Result

    @property
    def difference(self) -> float:
        """How much more the second run errs than the first, in dollars."""
        return self.second.error - self.first.error


@dataclass(frozen=True)
class Comparison:
    """The items that have a price in both runs, in the order of the first; `unmatched` counts all others of both."""

    pairs: tuple[Pair, ...]
    unmatched: int

    @property
    def n(self) -> int:
        """Items compared."""
        return len(self.pairs)

    @property
    def first_mae(self) -> float | None:
        """The first run's mean absolute error on the items compared, in dollars."""
        return metrics.mean([pair.first.error for pair in self.pairs])

    @property
    def second_mae(self) -> float | None:
        """The second run's mean absolute error on the items compared, in dollars."""
        return metrics.mean([pair.second.error for pair in self.pairs])

    @property
    def difference(self) -> float | None:
        """The mean of the paired differences in error, second minus first, in dollars."""
        return metrics.mean([pair.difference for pair in self.pairs])

    @property
    def difference_stderr(self) -> float | None:
        """The standard error of that mean, in dollars."""
        return metrics.standard_error([pair.difference for pair in self.pairs])

    @property
    def sentence(self) -> str:
        """What the comparison says, and how sure it is."""
        if self.difference is None:
            return "The two runs have no priced item in common, so that nothing can be compared."
        if self.difference == 0:
            return "The two runs err alike."
        better = "second" if self.difference < 0 else "first"
        size = f"The {better} run errs less, by ${abs(self.difference):,.2f} an item"
        if self.difference_stderr is None:
            return f"{size}; one item says nothing about others."
        sure = abs(self.difference) > 1.96 * self.difference_stderr
        verdict = "more than chance explains" if sure else "which chance alone may explain"
        return f"{size} (standard error of the paired difference ${self.difference_stderr:,.2f}), {verdict}."

    def as_dict(self) -> dict[str, float | int | str | None]:
        """Plain values for JSON."""
        return {
            "n": self.n,
            "unmatched": self.unmatched,
            "first_mae": self.first_mae,
            "second_mae": self.second_mae,
            "difference": self.difference,
            "difference_stderr": self.difference_stderr,
            "sentence": self.sentence,
        }


def compare(first: Report, second: Report) -> Comparison:
    """Pair the items of two runs by what they are, text and price, wherever in the runs they stand."""
    waiting: dict[tuple[str, float], list[Result]] = defaultdict(list)
    for result in reversed(second.priced):  # so that pop() takes the earliest of equal items
        waiting[_identity(result)].append(result)
    pairs = tuple(_paired(first.priced, waiting))
    return Comparison(pairs, first.n + second.n - 2 * len(pairs))


def _paired(results: Iterable[Result], waiting: dict[tuple[str, float], list[Result]]) -> Iterable[Pair]:
    for result in results:
        same = waiting[_identity(result)]
        if same:
            yield Pair(result, same.pop())


def _identity(result: Result) -> tuple[str, float]:
    return result.text, result.truth
