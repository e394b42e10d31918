"""The report of a run as one HTML page: a file that needs no network, runs no script and follows the reader's theme.

Everything that comes from a product is escaped.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from pricer import PACKAGE
from pricer.runs.report import Report
from pricer.runs.result import Result
from pricer.runs.settings import Settings
from pricer.views import run_tables
from pricer.views.style import VERDICTS, css_variables
from pricer.views.table import html_section, html_text
from pricer.views.text import PREDICTOR_NAMES, dollars, percent

_SIZE, _LEFT, _TOP = 640, 90, 16  # of the scatter, in SVG units
_STYLE = f":root{{{css_variables('light')}}}@media(prefers-color-scheme:dark){{:root{{{css_variables('dark')}}}}}\n" + (
    PACKAGE / "views" / "run_html.css"
).read_text(encoding="utf-8")


def to_html(report: Report, settings: Settings) -> str:
    """The page."""
    return "\n".join(_page(report, settings))


def _page(report: Report, settings: Settings) -> Iterable[str]:
    title = html_text(f"{settings.title}, {PREDICTOR_NAMES[report.method].lower()} price")
    yield '<!doctype html><html lang="en"><head><meta charset="utf-8">'
    yield "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
    yield '<meta name="viewport" content="width=device-width,initial-scale=1">'
    yield f"<title>{title}</title><style>{_STYLE}</style></head><body>"
    yield f"<h1>{title[:1].upper()}{title[1:]}</h1><p>{html_text(run_tables.headline(report))}</p>"
    if report.priced:
        yield from _scatter(report.priced)
    tables = (
        *run_tables.found(report, settings.source),
        run_tables.items(report),
        run_tables.how_it_was_run(report, settings),
    )
    yield from (html_section(table, level=2) for table in tables)
    yield "</body></html>"


def _scatter(results: Sequence[Result]) -> Iterable[str]:
    """Truth on x, estimate on y, one scale for both, from 0 to the largest value."""
    largest = max(max(result.truth, result.estimate) for result in results)
    step = _step(largest)
    top = step * math.ceil(largest / step)

    def place(value: float) -> float:
        return round(_SIZE * value / top, 1)

    box = f"0 0 {_SIZE + _LEFT + 44} {_SIZE + _TOP + 56}"
    yield f'<svg class="scatter" viewBox="{box}" role="img" aria-label="Estimate against actual price">'
    yield f'<g transform="translate({_LEFT},{_TOP})">'
    for tick in range(round(top / step) + 1):
        value, at = tick * step, place(tick * step)
        yield f'<path class="axis" d="M{at} 0V{_SIZE}M0 {_SIZE - at}H{_SIZE}"/>'
        yield f'<text x="{at}" y="{_SIZE + 20}" text-anchor="middle">${value:,g}</text>'
        yield f'<text x="-8" y="{_SIZE - at + 5}" text-anchor="end">${value:,g}</text>'
    yield f'<text x="{_SIZE / 2}" y="{_SIZE + 44}" text-anchor="middle">actual price</text>'
    yield f'<text transform="translate(-74,{_SIZE / 2})rotate(-90)" text-anchor="middle">estimate</text>'
    yield f'<path class="even" d="M0 {_SIZE}L{_SIZE} 0"/>'
    for result in results:
        x, y = place(result.truth), _SIZE - place(result.estimate)
        hover = f"{result.item.title[:80]}: actual price {dollars(result.truth)}, estimate {dollars(result.estimate)}"
        yield (
            f'<g class="{result.color}" transform="translate({x},{y:.1f})"><title>{html_text(hover)}</title>'
            f"{VERDICTS[result.color].svg}</g>"
        )
    yield "</g></svg><p>"
    for color, verdict in VERDICTS.items():
        mark = f'<svg width="14" height="14" viewBox="-7 -7 14 14"><g class="{color}">{verdict.svg}</g></svg>'
        share = sum(result.color == color for result in results) / len(results)
        yield f'{mark} <span class="{color}">{color}</span>, {verdict.meaning}: {percent(share)} &nbsp; '
    yield "Dots on the line are exact.</p>"


def _step(largest: float) -> float:
    """A round distance between marks on an axis that has four to ten of them."""
    power = 10 ** math.floor(math.log10(largest / 4))
    return next(factor * power for factor in (5, 2, 1) if largest / (factor * power) >= 4)
