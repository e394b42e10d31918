"""What a run found, once it has ended: tables and a histogram as plain text and numbers.

Knows nothing of how they are drawn, of Gradio or of models.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from pricer.model.registry import ROWS, Reported
from pricer.runs.comparison import Comparison
from pricer.runs.metrics import ORANGE, RED
from pricer.runs.report import Report
from pricer.views.run_feed import METHOD_NAMES, sendable
from pricer.views.style import signed_dollars
from pricer.views.text import dollars, number, percent, with_error

FIGURES = ("decoder", "average error", "median", "RMSE", "RMSLE", "r²", "hits", "orange", "red", "no price", "covered")


def reported_sentence(model: str) -> str:
    """What the course reports beside this model; empty where it reports nothing."""
    rows = ROWS[model].reported if model in ROWS else ()
    if not rows:
        return ""
    figures = ", ".join(f"{reported.who} {dollars(reported.mae)}" for reported in rows)
    return f"Reported by the course, on other items and so not to be compared: {figures}."


def figure_cells(name: str, report: Report) -> tuple[str, ...]:
    """A row of the error table, under FIGURES."""
    return (
        name,
        with_error(report.mae, report.mae_stderr),
        dollars(report.median_error),
        dollars(report.rmse),
        number(report.rmsle),
        number(report.r_squared),
        percent(report.hits),
        percent(report.share(ORANGE)),
        percent(report.share(RED)),
        percent(report.without_price),
        percent(report.coverage),
    )


DECODER_HEADS = (
    "Price read by",
    "Average error",
    "Median error",
    "RMSE",
    "RMSLE",
    "r²",
    "Hits",
    "Orange",
    "Red",
    "No price",
    "Interval holds",
)
GROUP_HEADS = ("Items", "Average error", "Median error", "Hits")
BINS = 10  # of the histogram, on each side of zero
MOST_CATEGORIES = 12
MOST_DIFFERENT = 15


@dataclass(frozen=True)
class Table:
    """A heading, column heads and rows of text.

    The first `words` columns hold words, the others figures; `marked` is the row that the run was read by.
    """

    heading: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    remark: str = ""
    marked: int | None = None
    words: int = 1


@dataclass(frozen=True)
class Bin:
    """A bar of the histogram: residuals from `low` to `high` dollars, infinite at the ends; `share` of the largest."""

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


def decoders(report: Report) -> Table:
    """The ways to read a price from the same passes, side by side, and the best constant beneath."""
    rows = [figure_cells(METHOD_NAMES[method], report.by(method)) for method in report.methods]
    constant = report.best_constant
    if constant is not None:
        rest = ("",) * (len(DECODER_HEADS) - 2)
        rows.append((f"Always {dollars(constant.price)}", dollars(constant.mae), *rest))
    remark = "The last row is the one price that suits these items best: what guessing without reading would reach."
    return Table(
        "Decoders from the same passes", DECODER_HEADS, tuple(rows), remark, report.methods.index(report.method)
    )


def by_price(report: Report) -> Table:
    """Errors by what the items cost."""
    return _grouped("By price", "True price", report.by_price())


def by_category(report: Report) -> Table:
    """Errors by category, the largest twelve."""
    groups = report.by_category()
    largest = sorted(groups, key=lambda name: -groups[name].n)[:MOST_CATEGORIES]
    remark = f"The largest {MOST_CATEGORIES} of {len(groups)} categories." if len(groups) > MOST_CATEGORIES else ""
    return _grouped("By category", "Category", {name: groups[name] for name in largest}, remark)


def reported(figures: Sequence[Reported]) -> Table:
    """What the course reports, on items of its own."""
    rows = tuple((figure.who, dollars(figure.mae)) for figure in figures)
    return Table(
        "As the course reports", ("Who", "Average error"), rows, "Reported, and on other items: not measured here."
    )


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


def compared(comparison: Comparison, first: str, second: str) -> Table:
    """Two runs, by name, over the same items, and the mean of the paired differences with its standard error."""
    rows = ()
    if comparison.n:
        sign = "-" if comparison.difference < 0 else "+"
        rows = (
            (f"First run: {first}", dollars(comparison.first_mae)),
            (f"Second run: {second}", dollars(comparison.second_mae)),
            ("Paired difference", sign + with_error(abs(comparison.difference), comparison.difference_stderr)),
        )
    left_out = f" {comparison.unmatched:,} others were left out." if comparison.unmatched else ""
    remark = f"{comparison.sentence} {comparison.n:,} items have a price in both.{left_out}"
    return Table("Compared item by item", ("Run", "Average error"), rows, remark)


def differences(comparison: Comparison, limit: int = MOST_DIFFERENT) -> Table:
    """The items on which two runs differ most in error, second minus first."""
    pairs = sorted(comparison.pairs, key=lambda pair: -abs(pair.difference))[:limit]
    heads = ("Title", "Truth", "First", "Second", "First errs", "Second errs", "Difference")
    rows = tuple(
        (
            pair.first.item.title[:60],
            dollars(pair.first.truth),
            dollars(pair.first.estimate),
            dollars(pair.second.estimate),
            dollars(pair.first.error),
            dollars(pair.second.error),
            signed_dollars(pair.difference),
        )
        for pair in pairs
    )
    remark = (
        f"The {len(pairs)} items on which they differ most, of {comparison.n:,}." if len(pairs) < comparison.n else ""
    )
    return Table("Where they differ", heads, rows, remark)


def overlay(comparison: Comparison) -> dict[str, list]:
    """The items of both runs as columns for one scatter, in dollars."""
    return {
        "title": [sendable(pair.first.item.title) for pair in comparison.pairs],
        "truth": [round(pair.first.truth, 2) for pair in comparison.pairs],
        "first": [round(pair.first.estimate, 2) for pair in comparison.pairs],
        "second": [round(pair.second.estimate, 2) for pair in comparison.pairs],
    }


def of_visit(runs: Sequence[tuple[str, str, Report]]) -> Table:
    """The runs of a visit: name, what was run, and the headline figures of each."""
    rows = tuple(
        (
            name,
            what,
            METHOD_NAMES[report.method],
            f"{report.n:,} of {report.size:,}",
            "–" if report.mae is None else with_error(report.mae, report.mae_stderr),
            percent(report.hits),
        )
        for name, what, report in runs
    )
    return Table("Runs of this visit", ("Run", "What", "Read by", "Done", "Average error", "Hits"), rows, words=3)


def _grouped(heading: str, name: str, groups: dict[str, Report], remark: str = "") -> Table:
    rows = tuple(
        (
            key,
            f"{group.n:,}",
            "–" if group.mae is None else with_error(group.mae, group.mae_stderr),
            dollars(group.median_error),
            percent(group.hits),
        )
        for key, group in groups.items()
    )
    return Table(heading, (name, *GROUP_HEADS), rows, remark)


def _round_up(value: float) -> float:
    """The next of 1, 2, 5, 10, 20, 50, … dollars."""
    power = 10.0 ** math.floor(math.log10(max(value, 1.0)))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= min(value, 10 * power))
