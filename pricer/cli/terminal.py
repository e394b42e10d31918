"""The terminal: estimates, reports and models as lines of text.

Pure functions from dataclasses to strings. Control characters in product texts are taken out, so that no item can move
the cursor or colour the screen. Knows nothing of arguments, files or models at work.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pricer.model.info import ModelInfo
from pricer.model.registry import ROWS
from pricer.pricing.estimate import Estimate
from pricer.runs.comparison import Comparison
from pricer.runs.metrics import GREEN, ORANGE, RED
from pricer.runs.report import Report
from pricer.runs.result import Result
from pricer.views.run_tables import FIGURES, figure_cells, reported_sentence
from pricer.views.text import dollars, number, percent, printable, whole_dollars, with_error

TITLE_WIDTH = 40  # as in the course
_BAR_WIDTH = 24
_ANSI = {GREEN: "\033[92m", ORANGE: "\033[38;5;208m", RED: "\033[91m", None: "\033[2m"}
_RESET = "\033[0m"


def estimate_lines(estimate: Estimate) -> Iterable[str]:
    """The price, the candidates as bars, and what else the distribution says."""
    if estimate.price is None:
        yield "No price: none of the candidates is a positive number."
    else:
        yield dollars(estimate.price)
    for candidate in estimate.candidates:
        bar = "█" * round(_BAR_WIDTH * candidate.probability)
        price = "not a price" if candidate.price is None else whole_dollars(candidate.price)
        token = printable(candidate.token) or repr(candidate.token)
        yield f"  {token:>8} {percent(candidate.probability):>8}  {price:<12}{bar}".rstrip()
    yield f"The candidates with a price cover {percent(estimate.candidate_mass)} of the probability."
    low, high = (f"{100 * level:g} %" for level in estimate.quantiles)
    yield (
        f"Over all prices: likeliest {whole_dollars(estimate.mode)}, mean {dollars(estimate.mean)}, median "
        f"{whole_dollars(estimate.median)}, from {whole_dollars(estimate.low)} ({low}) to "
        f"{whole_dollars(estimate.high)} ({high}); {percent(estimate.mass)} of the probability lies on prices."
    )
    cut = f", {estimate.cut} cut off at the end" if estimate.cut else ""
    yield f"{estimate.tokens} tokens of the description were read{cut}. Model: {estimate.model}."


def result_line(result: Result, colours: bool) -> str:
    """One item of a run: index, guess, truth, error, squared log error and title, in the colour of its error."""
    title = printable(result.item.title)
    title = title if len(title) <= TITLE_WIDTH else f"{title[:TITLE_WIDTH]}..."
    if result.estimate is None:
        reason = printable(result.reason)
        line = f"{result.index + 1:>5}: no guess, truth {dollars(result.truth)} ({reason}) {title}"
    else:
        line = (
            f"{result.index + 1:>5}: guess {dollars(result.estimate)} truth {dollars(result.truth)} error "
            f"{dollars(result.error)} SLE {result.squared_log_error:.2f} {title}"
        )
    return f"{_ANSI[result.colour]}{line}{_RESET}" if colours else line


def report_lines(report: Report) -> Iterable[str]:
    """What a run found: the headline, a row for each decoder, the best constant, and where it errs."""
    if not report.n:
        yield "No item was priced."
        return
    items = "1 item" if report.n == 1 else f"{report.n} items"
    yield (
        f"{report.method}: {items}, average error {with_error(report.mae, report.mae_stderr)}, "
        f"RMSLE {number(report.rmsle)}, hits {percent(report.hits)}"
    )
    yield ""
    yield from table(
        FIGURES,
        [figure_cells(method, report.by(method)) for method in report.methods],
    )
    constant = report.best_constant
    yield f"The best constant for these items, {dollars(constant.price)}, errs by {dollars(constant.mae)} on average."
    yield ""
    for name, groups in (("price", report.by_price()), ("category", report.by_category())):
        if len(groups) > 1:
            yield from table(
                (name, "items", "average error", "median", "hits"),
                [
                    (
                        printable(key),
                        str(group.n),
                        with_error(group.mae, group.mae_stderr),
                        dollars(group.median_error),
                        percent(group.hits),
                    )
                    for key, group in groups.items()
                ],
            )
            yield ""
    if report.items_per_second:
        yield f"{report.items_per_second:.1f} items per second."


def comparison_lines(comparison: Comparison) -> Iterable[str]:
    """What two runs say about the same items."""
    yield from table(
        ("run", "average error on the items of both"),
        [("first", dollars(comparison.first_mae)), ("second", dollars(comparison.second_mae))],
    )
    yield f"{comparison.n} items have a price in both; {comparison.unmatched} others were left out."
    yield comparison.sentence


def info_lines(info: ModelInfo) -> Iterable[str]:
    """What is loaded and why."""
    if info.banner:
        yield info.banner
    adapter, row = info.adapter, info.row
    facts = [("model", row.name), ("why", info.reason), ("base", row.base)]
    if adapter is None:
        facts.append(("adapter", "none"))
    else:
        facts += [
            ("adapter", adapter.name),
            ("revision", adapter.revision or "the newest"),
            ("LoRA", f"rank {adapter.rank}, alpha {adapter.alpha:g}, dropout {adapter.dropout:g}"),
            ("adapts", f"{adapter.layers} layers: {', '.join(adapter.target_modules)}"),
        ]
    facts += [
        ("weights", info.quantization),
        ("computes in", f"{info.compute_dtype} on {info.device}"),
        (
            "memory",
            f"base {info.base_megabytes:,.0f} MB, adapter {info.megabytes - info.base_megabytes:,.0f} MB, both "
            f"{info.megabytes:,.0f} MB",
        ),
        ("vocabulary", f"{info.vocabulary:,} tokens; output head {info.head[0]:,} x {info.head[1]:,}"),
        ("question", row.frame.question),
        ("reads", f"up to {row.frame.max_tokens} tokens of a description"),
        ("items", row.items),
        ("loaded in", f"{info.load_seconds:.1f} s"),
    ]
    width = max(len(name) for name, _ in facts)
    yield from (f"{name:<{width}}  {value}" for name, value in facts)
    if row.reported:
        yield reported_sentence(row.name)


def model_lines() -> Iterable[str]:
    """The rows of the table of models."""
    yield from table(
        ("name", "base", "adapter", "weights", "items"),
        [
            (row.name, _short(row.base), _short(row.adapter or "none"), row.quantization, row.items)
            for row in ROWS.values()
        ],
    )
    yield "A model of your own: set PRICER_BASE_MODEL and PRICER_ADAPTER to Hub ids or folders."


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterable[str]:
    """Columns in line, the first to the left, the others to the right; where all are words, all to the left."""
    widths = [max(len(row[column]) for row in (heads, *rows)) for column in range(len(heads))]
    for row in (heads, *rows):
        yield "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()


def _short(name: str) -> str:
    return "with the package" if name.startswith("/") else name
