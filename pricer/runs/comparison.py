"""Two runs over the same items, item by item: which is closer, and whether that may be chance.

Pairing takes out what makes some items hard for every model, so that a small difference can be told from chance.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from pricer.runs import metrics
from pricer.runs.report import Report
from pricer.runs.result import Result

SIGNIFICANCE = 0.05  # a smaller p-value is called a clear difference: the usual convention
FLIPS = 9_999  # with the signs as they are, 10,000: a p-value near 0.05 is off by about 0.002
_SEED = 0
_VALUES_AT_ONCE = 4_000_000  # a long run's flips are drawn in parts


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
    """The items that have a price in both runs, in the order of the first; `unmatched` counts all others of both.

    `names` are what the two runs are called in a sentence.
    """

    pairs: tuple[Pair, ...]
    unmatched: int
    names: tuple[str, str]

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

    @cached_property
    def p_value(self) -> float | None:
        """How often chance alone makes a difference as large, as `sign_flip_test` says; None without a pair."""
        return sign_flip_test([pair.difference for pair in self.pairs]) if self.pairs else None

    @property
    def sentence(self) -> str:
        """What the comparison says, and how sure it is."""
        if self.difference is None:
            return "The two runs have no priced item in common, so that nothing can be compared."
        if self.difference == 0:
            return "No difference."
        closer = self.names[self.difference < 0]
        error = "" if self.difference_stderr is None else f" (± {self.difference_stderr:,.2f})"
        verdict = "a clear difference" if self.p_value < SIGNIFICANCE else "could be chance"
        return f"{closer} is closer by ${abs(self.difference):,.2f} per item on average{error}: {verdict}."

    def as_dict(self) -> dict[str, float | int | str | None]:
        """Plain values for JSON."""
        return {
            "n": self.n,
            "unmatched": self.unmatched,
            "first_mae": self.first_mae,
            "second_mae": self.second_mae,
            "difference": self.difference,
            "difference_stderr": self.difference_stderr,
            "p_value": self.p_value,
            "sentence": self.sentence,
        }


def compare(first: Report, second: Report, names: tuple[str, str] = ("The first run", "The second run")) -> Comparison:
    """Pair the items of two runs by what they are, text and price, wherever in the runs they stand."""
    waiting: dict[tuple[str, float], list[Result]] = defaultdict(list)
    for result in reversed(second.priced):  # so that pop() takes the earliest of equal items
        waiting[_identity(result)].append(result)
    pairs = tuple(_paired(first.priced, waiting))
    return Comparison(pairs, first.n + second.n - 2 * len(pairs), names)


def sign_flip_test(differences: Sequence[float]) -> float:
    """The two-sided p-value of a paired permutation test: the share of sign flips with a mean as far from 0 or farther.

    If neither run is better, each difference is as likely to have the other sign. No shape is taken for granted, so it
    holds for a few items and for heavy tails, where a normal interval is too narrow. Exact where there are fewer flips
    than FLIPS, else from a fixed sample of them, the signs as they are among it (Phipson & Smyth 2010).
    """
    values = np.asarray(differences, dtype=np.float64)  # (n,)
    n, exact = len(values), 2 ** len(values) <= FLIPS
    farthest = abs(values.sum()) * (1 - 1e-9)  # flips that are equal but for rounding count as equal
    if exact:
        flips = np.arange(2**n)[:, None] >> np.arange(n) & 1  # (2^n, n)
        return float(np.mean(np.abs((1 - 2 * flips) @ values) >= farthest))
    random, as_far = np.random.default_rng(_SEED), 1
    step = max(1, _VALUES_AT_ONCE // n)
    for start in range(0, FLIPS, step):
        flips = random.integers(0, 2, (min(step, FLIPS - start), n), dtype=np.int8)  # (step, n)
        as_far += np.count_nonzero(np.abs((1 - 2 * flips) @ values) >= farthest)
    return float(as_far / (FLIPS + 1))


def _paired(results: Iterable[Result], waiting: dict[tuple[str, float], list[Result]]) -> Iterable[Pair]:
    for result in results:
        same = waiting[_identity(result)]
        if same:
            yield Pair(result, same.pop())


def _identity(result: Result) -> tuple[str, float]:
    return result.item.text, result.truth
