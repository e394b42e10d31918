"""What runs found, as tables, each built here alone: the terminal, the exported file and the page only write them."""

from __future__ import annotations

from collections.abc import Sequence

from pricer.model.info import short_name
from pricer.model.registry import ROWS, Reported, reported_on
from pricer.runs.comparison import Comparison
from pricer.runs.metrics import ORANGE, RED
from pricer.runs.report import Report
from pricer.runs.result import Result
from pricer.runs.settings import Settings
from pricer.views.style import VERDICTS
from pricer.views.table import Table
from pricer.views.text import PREDICTOR_NAMES, cents, dollars, number, percent, price_range, signed_cents, with_error
from pricer.words import counted

DECODER_HEADS = (
    *("Reading", "Average error", "Median error", "RMSE", "RMSLE", "r²"),
    *("Green", "Orange", "Red", "No price", "In range"),
)
MOST_CATEGORIES = 12
MOST_DIFFERENT = 15
TITLE_LENGTH = 60  # of an item in a table of others


def headline(report: Report) -> str:
    """What a run found, in one sentence."""
    done = counted(report.n, "item")
    if report.n < report.size:
        done = f"{report.n:,} of {counted(report.size, 'item')}"
    return (
        f"{PREDICTOR_NAMES[report.method]}: {done}, average error {with_error(report.mae, report.mae_stderr)}, "
        f"RMSLE {number(report.rmsle)}, {percent(report.hits)} green."
    )


def found(report: Report, source: str) -> tuple[Table, ...]:
    """All that a run over the items of `source` found; a grouping of a single group is left out.

    What the course reports stands beside its own items alone.
    """
    groups = (table for table in (by_price(report), by_category(report)) if len(table.rows) > 1)
    return (decoders(report), *groups, *as_reported(source))


def decoders(report: Report) -> Table:
    """The ways to read a price from the same passes, side by side, and the best constant beneath."""
    rows = [_decoder(report.by(method)) for method in report.methods]
    constant = report.best_constant
    if constant is not None:
        rest = ("",) * (len(DECODER_HEADS) - 2)
        rows.append((f"Always {dollars(constant.price)}", cents(constant.mae), *rest))
    remark = "Last row: the best single guess for all items, as a baseline." if constant else ""
    marked = report.methods.index(report.method)
    return Table("Ways to read the price", DECODER_HEADS, tuple(rows), remark, marked)


def by_price(report: Report) -> Table:
    """Errors by what the items cost."""
    return _grouped("By price", "Actual price", report.by_price())


def by_category(report: Report) -> Table:
    """Errors by category, the largest twelve."""
    groups = report.by_category()
    largest = sorted(groups, key=lambda name: -groups[name].n)[:MOST_CATEGORIES]
    remark = f"The largest {MOST_CATEGORIES} of {len(groups):,} categories." if len(groups) > MOST_CATEGORIES else ""
    return _grouped("By category", "Category", {name: groups[name] for name in largest}, remark)


def as_reported(source: str) -> tuple[Table, ...]:
    """What the course reports on the items of `source`; nothing where these are not its own."""
    return _reported("Reported by the course", reported_on(source), "On its own test items; not measured here.")


def reported(model: str) -> tuple[Table, ...]:
    """What the course reports beside this model, on items of its own; nothing where it reports nothing."""
    return _reported(
        "Reported by the course (different items)",
        ROWS[model].reported if model in ROWS else (),
        "These were not measured here and cannot be compared with the figures of a run.",
    )


def items(report: Report) -> Table:
    """Every item with its verdict, the worst first; those without a price before all."""
    results = sorted(report.results, key=lambda r: (r.error is not None, -(r.error or 0), r.index))
    heads = ("Item", "Number", "Actual price", "Estimate", "Error", "Interval", "Verdict")
    rows = tuple(
        (
            result.item.title,
            f"{result.index + 1:,}",
            cents(result.truth),
            cents(result.estimate),
            cents(result.error),
            price_range(result.low, result.high),
            verdict(result),
        )
        for result in results
    )
    return Table("Items, worst first", heads, rows, verdicts=tuple(result.color for result in results))


def verdict(result: Result) -> str:
    """The verdict on one item: its sign and color."""
    return f"{VERDICTS[result.color].sign} {result.color}" if result.color else "no price"


def how_it_was_run(report: Report, settings: Settings) -> Table:
    """What is needed to do the run again, and how long it took."""
    identity = settings.identity
    at = f" at {settings.items_revision}" if settings.items_revision else ""
    speed = f", {report.items_per_second:,.1f} items per second" if report.items_per_second else ""
    rows = (
        ("Model", f"{identity.name} ({identity.quantization}, {settings.compute_dtype} on {settings.device})"),
        ("Adapter", identity.adapter if settings.adapter else f"switched off ({identity.adapter})"),
        ("Items", f"{settings.source}{at}"),
        ("Which items", "from the top" if settings.seed is None else f"a random sample with seed {settings.seed}"),
        ("Time", f"{settings.started}, {report.seconds:.1f} s{speed}"),
        ("Versions", ", ".join(f"{name} {version}" for name, version in settings.versions.items())),
    )
    return Table("How it was run", ("What", "How"), rows, words=2)


def compared(comparison: Comparison) -> Table:
    """Two runs over the same items, and the mean of the paired differences with its standard error."""
    rows = ()
    if comparison.n:
        difference = with_error(comparison.difference, comparison.difference_stderr, signed_cents)
        means = zip(comparison.names, (comparison.first_mae, comparison.second_mae), strict=True)
        rows = (*((name, cents(mae)) for name, mae in means), ("Paired difference", difference))
    remark = f"{comparison.sentence} {_pairing(comparison)}"
    return Table("Compared item by item", ("Run", "Average error"), rows, remark)


def differences(comparison: Comparison, limit: int = MOST_DIFFERENT) -> Table:
    """The items on which two runs differ most in error, second minus first; without those on which they are alike."""
    differ = [pair for pair in comparison.pairs if round(pair.difference, 2)]
    largest = sorted(differ, key=lambda pair: -abs(pair.difference))[:limit]
    first, second = comparison.names
    heads = ("Item", "Actual price", first, second, f"{first}: error", f"{second}: error", "Difference")
    rows = tuple(
        (
            pair.first.item.title[:TITLE_LENGTH],
            cents(pair.first.truth),
            cents(pair.first.estimate),
            cents(pair.second.estimate),
            cents(pair.first.error),
            cents(pair.second.error),
            signed_cents(pair.difference),
        )
        for pair in largest
    )
    remark = f"The {len(rows)} items on which they differ most, of {len(differ):,}." if len(rows) < len(differ) else ""
    return Table("Where they differ", heads, rows, remark)


def of_visit(runs: Sequence[tuple[str, str, Report]]) -> Table:
    """The runs of a visit: name, what was run, and the headline figures of each."""
    rows = tuple(
        (
            name,
            what,
            PREDICTOR_NAMES[report.method],
            f"{report.n:,} of {report.size:,}",
            with_error(report.mae, report.mae_stderr),
            percent(report.hits, 1),
        )
        for name, what, report in runs
    )
    return Table("Runs of this visit", ("Run", "What", "Reading", "Done", "Average error", "Green"), rows, words=3)


def models() -> Table:
    """The models that can be served."""
    rows = tuple(
        (row.name, short_name(row.base), short_name(row.adapter or "none"), row.quantization, row.items)
        for row in ROWS.values()
    )
    return Table("", ("Name", "Base", "Adapter", "Weights", "Items"), rows, words=5)


def _reported(heading: str, figures: Sequence[Reported], remark: str) -> tuple[Table, ...]:
    rows = tuple((figure.who, cents(figure.mae)) for figure in figures)
    return (Table(heading, ("Who", "Average error"), rows, remark),) if rows else ()


def _decoder(report: Report) -> tuple[str, ...]:
    shares = (report.hits, report.share(ORANGE), report.share(RED), report.without_price, report.coverage)
    return (
        PREDICTOR_NAMES[report.method],
        with_error(report.mae, report.mae_stderr),
        cents(report.median_error),
        cents(report.rmse),
        number(report.rmsle),
        number(report.r_squared),
        *(percent(share, 1) for share in shares),
    )


def _grouped(heading: str, name: str, groups: dict[str, Report], remark: str = "") -> Table:
    rows = tuple(
        (
            key,
            f"{group.n:,}",
            with_error(group.mae, group.mae_stderr),
            cents(group.median_error),
            percent(group.hits, 1),
        )
        for key, group in groups.items()
    )
    return Table(heading, (name, "Items", "Average error", "Median error", "Green"), rows, remark)


def _pairing(comparison: Comparison) -> str:
    """How many items were compared, and how many could not be."""
    left_out = comparison.unmatched
    others = f" {counted(left_out, 'other')} {'was' if left_out == 1 else 'were'} left out." if left_out else ""
    return f"{counted(comparison.n, 'item')} {'has' if comparison.n == 1 else 'have'} a price in both.{others}"
