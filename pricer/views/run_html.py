"""The report of a run as one HTML page: a file that needs no network, runs no script and follows the reader's theme.

Everything that comes from a product is escaped. Knows nothing of where the page goes.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from html import escape

from pricer.runs.metrics import COLOURS, GREEN, ORANGE, RED
from pricer.runs.report import Report
from pricer.runs.result import Result
from pricer.runs.settings import Settings
from pricer.views.run_tables import FIGURES, figure_cells, reported_sentence
from pricer.views.text import dollars, number, percent, printable, with_error

_SIZE, _LEFT, _TOP = 640, 90, 16  # of the scatter, in SVG units
# One form for each verdict, so that it is told without colour: circle, triangle, square around (0, 0).
_MARKS = {
    GREEN: '<circle r="4"/>',
    ORANGE: '<path d="M0-5 5 4H-5Z"/>',
    RED: '<path d="M-4-4H4V4H-4Z"/>',
}
_WORDS = {
    GREEN: "within $40 or 20 %",
    ORANGE: "within $80 or 40 %",
    RED: "further off",
}
_STYLE = """
:root{color-scheme:light dark;--ink:#1a1d21;--paper:#fff;--line:#cfd4da;--green:#18794e;--orange:#b45309;--red:#c22f3d;
--blue:#0a84c6}
@media(prefers-color-scheme:dark){:root{--ink:#e6e8eb;--paper:#15181c;--line:#3a4149;--green:#4cc38a;--orange:#f5a524;
--red:#ff7a85;--blue:#4fb8f0}}
body{font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);max-width:64rem;margin:2rem auto;
padding:0 1rem}
table{border-collapse:collapse;margin:1rem 0;font-variant-numeric:tabular-nums}
th,td{padding:.25rem .75rem;border-bottom:1px solid var(--line);text-align:right;white-space:nowrap}
th:first-child,td:first-child,td.words,th.words{text-align:left;white-space:normal}
.scroll{overflow-x:auto}.scroll th:first-child,.scroll td:first-child{white-space:nowrap}
.scatter{width:100%;max-width:44rem;height:auto}svg text{fill:var(--ink);font-size:14px}
@media(max-width:36rem){.scatter text{font-size:22px}}
.green{color:var(--green);fill:var(--green)}.orange{color:var(--orange);fill:var(--orange)}
.red{color:var(--red);fill:var(--red)}svg .green,svg .orange,svg .red{fill-opacity:.75}
.axis{stroke:var(--line);fill:none}.even{stroke:var(--blue);stroke-width:2}
"""


def to_html(report: Report, settings: Settings) -> str:
    """The page."""
    return "\n".join(_page(report, settings))


def _page(report: Report, settings: Settings) -> Iterable[str]:
    title = _text(settings.title)
    yield '<!doctype html><html lang="en"><head><meta charset="utf-8">'
    yield "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
    yield '<meta name="viewport" content="width=device-width,initial-scale=1">'
    yield f"<title>{title}</title><style>{_STYLE}</style></head><body>"
    yield f"<h1>{title[:1].upper()}{title[1:]}</h1>"
    done = f"{report.n} items" if report.n == report.size else f"{report.n} of {report.size} items, not finished"
    yield (
        f"<p>{done}, read by {_text(report.method)}: average error "
        f"<strong>{with_error(report.mae, report.mae_stderr)}</strong>, RMSLE {number(report.rmsle)}, hits "
        f"{percent(report.hits)}.</p>"
    )
    if report.priced:
        yield from _scatter(report.priced)
    yield "<h2>Ways to read a price from the same passes</h2>"
    yield from _table(
        FIGURES,
        [figure_cells(method, report.by(method)) for method in report.methods],
    )
    if report.best_constant:
        constant = report.best_constant
        yield (
            f"<p>The best constant for these items, {dollars(constant.price)}, errs by {dollars(constant.mae)} on "
            "average.</p>"
        )
    for name, groups in (("price", report.by_price()), ("category", report.by_category())):
        if len(groups) > 1:
            yield f"<h2>By {name}</h2>"
            yield from _table(
                (name, "items", "average error", "median error", "hits"),
                [
                    (
                        key,
                        str(group.n),
                        with_error(group.mae, group.mae_stderr),
                        dollars(group.median_error),
                        percent(group.hits),
                    )
                    for key, group in groups.items()
                ],
            )
    reported = reported_sentence(settings.identity.name)
    if reported:
        yield f"<p>{_text(reported)}</p>"
    yield "<h2>Items, worst first</h2>"
    yield from _items(report.results)
    yield "<h2>How it was run</h2>"
    yield from _table(("what", "how"), list(_settings(settings, report)), words=True)
    yield "</body></html>"


def _scatter(results: Sequence[Result]) -> Iterable[str]:
    """Truth on x, estimate on y, one scale for both, from 0 to the largest value."""
    largest = max(max(result.truth, result.estimate) for result in results)
    step = _step(largest)
    top = step * math.ceil(largest / step)

    def place(dollars_: float) -> float:
        return round(_SIZE * dollars_ / top, 1)

    box = f"0 0 {_SIZE + _LEFT + 44} {_SIZE + _TOP + 56}"
    yield f'<svg class="scatter" viewBox="{box}" role="img" aria-label="Estimate against truth">'
    yield f'<g transform="translate({_LEFT},{_TOP})">'
    for tick in range(round(top / step) + 1):
        value, at = tick * step, place(tick * step)
        yield f'<path class="axis" d="M{at} 0V{_SIZE}M0 {_SIZE - at}H{_SIZE}"/>'
        yield f'<text x="{at}" y="{_SIZE + 20}" text-anchor="middle">${value:,g}</text>'
        yield f'<text x="-8" y="{_SIZE - at + 5}" text-anchor="end">${value:,g}</text>'
    yield f'<text x="{_SIZE / 2}" y="{_SIZE + 44}" text-anchor="middle">truth</text>'
    yield f'<text transform="translate(-74,{_SIZE / 2})rotate(-90)" text-anchor="middle">estimate</text>'
    yield f'<path class="even" d="M0 {_SIZE}L{_SIZE} 0"/>'
    for result in results:
        x, y = place(result.truth), _SIZE - place(result.estimate)
        hover = f"{result.item.title[:80]}: truth {dollars(result.truth)}, estimate {dollars(result.estimate)}"
        yield (
            f'<g class="{result.colour}" transform="translate({x},{y:.1f})"><title>{_text(hover)}</title>'
            f"{_MARKS[result.colour]}</g>"
        )
    yield "</g></svg><p>"
    for colour in COLOURS:
        mark = f'<svg width="14" height="14" viewBox="-7 -7 14 14"><g class="{colour}">{_MARKS[colour]}</g></svg>'
        share = sum(result.colour == colour for result in results) / len(results)
        yield f'{mark} <span class="{colour}">{colour}</span>, {_WORDS[colour]}: {percent(share)} &nbsp; '
    yield "The line is where the estimate equals the truth.</p>"


def _step(largest: float) -> float:
    """A round distance between marks on an axis that has four to ten of them."""
    power = 10 ** math.floor(math.log10(largest / 4))
    return next(factor * power for factor in (5, 2, 1) if largest / (factor * power) >= 4)


def _items(results: Sequence[Result]) -> Iterable[str]:
    yield '<div class="scroll"><table><tr><th>#</th><th class="words">item</th><th>truth</th><th>estimate</th>'
    yield '<th>error</th><th>interval</th><th class="words">verdict</th></tr>'
    for result in sorted(results, key=lambda r: (r.error is not None, -(r.error or 0), r.index)):
        verdict = (
            f'<td class="words {result.colour}">{result.colour}' if result.colour else '<td class="words">no price'
        )
        interval = "–" if result.low is None else f"${result.low:,.0f} to ${result.high:,.0f}"
        yield (
            f'<tr><td>{result.index + 1}</td><td class="words">{_text(result.item.title)}</td>'
            f"<td>{dollars(result.truth)}</td><td>{dollars(result.estimate)}</td><td>{dollars(result.error)}</td><td>{interval}</td>{verdict}</td></tr>"
        )
    yield "</table></div>"


def _settings(settings: Settings, report: Report) -> Iterable[tuple[str, str]]:
    identity = settings.identity
    yield "model", f"{identity.name} ({identity.quantization}, {settings.compute_dtype} on {settings.device})"
    yield "adapter", identity.adapter if settings.adapter else f"switched off ({identity.adapter})"
    at = f" at {settings.items_revision}" if settings.items_revision else ""
    yield "items", f"{settings.source}{at}"
    yield "taken", "the first" if settings.seed is None else f"a random sample with seed {settings.seed}"
    speed = f", {report.items_per_second:.1f} items per second" if report.items_per_second else ""
    yield "time", f"{settings.started}, {report.seconds:.1f} s{speed}"
    yield "versions", ", ".join(f"{name} {version}" for name, version in settings.versions.items())


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]], words: bool = False) -> Iterable[str]:
    kind = ' class="words"' if words else ""
    yield f'<div class="scroll"><table><tr>{"".join(f"<th{kind}>{_text(head)}</th>" for head in heads)}</tr>'
    yield from (f"<tr>{''.join(f'<td{kind}>{_text(cell)}</td>' for cell in row)}</tr>" for row in rows)
    yield "</table></div>"


def _text(text: str) -> str:
    """Text as HTML, wherever it came from."""
    return escape(printable(text))
