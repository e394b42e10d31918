"""The terminal: estimates, reports and models as lines of text.

Pure functions from dataclasses to strings. Control characters in product texts are taken out, so that no item can move
the cursor or color the screen.
"""

from __future__ import annotations

from collections.abc import Iterable

from pricer.model.info import ModelInfo, short_name
from pricer.pricing.estimate import Estimate
from pricer.runs.comparison import Comparison
from pricer.runs.metrics import GREEN, ORANGE, RED
from pricer.runs.report import Report
from pricer.runs.result import Result
from pricer.views import run_tables
from pricer.views.price import visible
from pricer.views.style import VERDICTS
from pricer.views.table import text_lines
from pricer.views.text import NONE, cents, dollars, percent, price_words, printable
from pricer.words import counted

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
        share, price = percent(candidate.probability), price_words(candidate.price)
        yield f"  {visible(candidate.token):>8} {share:>8}  {price:<12}{bar}".rstrip()
    yield f"The candidates with a price hold {percent(estimate.candidate_mass)} of the probability."
    low, high = (f"{100 * level:g}%" for level in estimate.quantiles)
    yield (
        f"Over all prices: most likely {dollars(estimate.mode)}, mean {dollars(estimate.mean)}, median "
        f"{dollars(estimate.median)}, from {dollars(estimate.low)} ({low}) to {dollars(estimate.high)} ({high}); "
        f"{percent(estimate.mass)} of the probability is on prices."
    )
    yield from map(printable, estimate.remarks)
    read = f"the first {estimate.tokens} of" if estimate.cut else "all"
    yield f"Read {read} {counted(estimate.tokens + estimate.cut, 'token')}. Model: {estimate.model}."


def result_line(result: Result, colors: bool) -> str:
    """One item of a run: index, verdict, guess, truth, error, squared log error and title, in the verdict's color."""
    title = printable(result.item.title)
    title = title if len(title) <= TITLE_WIDTH else f"{title[:TITLE_WIDTH]}..."
    sign = VERDICTS[result.color].sign if result.color else NONE
    if result.estimate is None:
        line = f"no guess, truth {cents(result.truth)} ({printable(result.reason)}) {title}"
    else:
        line = (
            f"guess {cents(result.estimate)} truth {cents(result.truth)} error {cents(result.error)} "
            f"SLE {result.squared_log_error:.2f} {title}"
        )
    line = f"{result.index + 1:>5} {sign} {line}"
    return f"{_ANSI[result.color]}{line}{_RESET}" if colors else line


def report_lines(report: Report, source: str) -> Iterable[str]:
    """What a run over the items of `source` found."""
    if not report.n:
        yield "No item was priced."
        return
    yield run_tables.headline(report)
    for table in run_tables.found(report, source):
        yield ""
        yield from text_lines(table)
    if report.items_per_second:
        yield ""
        yield f"{report.items_per_second:,.1f} items per second."


def comparison_lines(comparison: Comparison) -> Iterable[str]:
    """What two runs say about the same items."""
    yield from text_lines(run_tables.compared(comparison))
    differences = run_tables.differences(comparison)
    if differences.rows:
        yield ""
        yield from text_lines(differences)


def info_lines(info: ModelInfo) -> Iterable[str]:
    """What is loaded and why."""
    if info.banner:
        yield info.banner
    adapter, row = info.adapter, info.row
    facts = [("model", info.title), ("name", row.name), ("why", info.reason), ("base", short_name(row.base))]
    if adapter is None:
        facts.append(("adapter", "none"))
    else:
        facts += [
            ("adapter", short_name(adapter.name)),
            ("revision", adapter.revision or "none pinned"),
            ("LoRA", f"rank {adapter.rank}, alpha {adapter.alpha:g}, dropout {adapter.dropout:g}"),
            ("layers", f"{adapter.layers} adapted: {', '.join(adapter.target_modules)}"),
        ]
    facts += [
        ("weights", info.quantization),
        ("compute", f"{info.compute_dtype} on {info.device}"),
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
    for table in run_tables.reported(row.name):
        yield ""
        yield from text_lines(table)


def model_lines() -> Iterable[str]:
    """The models to choose from."""
    yield from text_lines(run_tables.models())
    yield "Your adapter: set PRICER_ADAPTER to its Hub id or folder; PRICER_BASE_MODEL only if it names no base."
