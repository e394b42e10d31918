"""What runs found as markup for the page: the tables of `pricer.views.run_tables` and a histogram."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import gradio as gr

from pricer.runs.comparison import Comparison
from pricer.runs.report import Report
from pricer.ui.components.assets import beside
from pricer.views import run_tables
from pricer.views.histogram import Bin, histogram, histogram_sentence
from pricer.views.table import Table, html_section, html_table, html_text
from pricer.views.text import dollars
from pricer.words import counted


class Findings(gr.HTML):
    """A place for tables and bars; the value is markup that this module made."""

    def __init__(self, value: str = "", **options: Any) -> None:
        super().__init__(value=value, css_template=beside(__file__, "style.css"), apply_default_css=False, **options)


def found(report: Report, source: str) -> str:
    """What a run over the items of `source` found, beneath its chart; empty before the first item."""
    if not report.n:
        return ""
    first, *others = map(html_section, run_tables.found(report, source))
    return _sheet([first, _histogram(histogram(report)), *others])


def compared(comparison: Comparison) -> tuple[str, str]:
    """What two runs say of the same items, and where they differ: nothing where they do not."""
    return table(run_tables.compared(comparison)), table(run_tables.differences(comparison))


def table(*contents: Table) -> str:
    """One table by itself, or several that belong together; nothing where they have nothing to say."""
    said = [content for content in contents if content.rows or content.remark]
    return _sheet(map(html_section, said)) if said else ""


def note(sentence: str) -> str:
    """A sentence by itself."""
    return _sheet([f"<section class=full>{_told(sentence)}</section>"])


def remarked(sentence: str, content: Table) -> str:
    """A sentence, and the table that it is about."""
    return _sheet([f"<section class=full>{_told(sentence)}{html_table(content) if content.rows else ''}</section>"])


def _told(sentence: str) -> str:
    return f"<p role='status'>{html_text(sentence)}</p>"


def _sheet(parts: Iterable[str]) -> str:
    return f"<div class='findings'>{''.join(parts)}</div>"


def _histogram(bins: tuple[Bin, ...]) -> str:
    if not bins:
        return ""
    edge, said = dollars(bins[-1].low), histogram_sentence(bins)
    most = counted(max(part.count for part in bins), "item")
    return (
        f"<section><h3>Too low or too high</h3><div class='counts' aria-hidden=true>{most}</div>"
        f"<div class='bars' role='img' aria-label='{said}'>"
        f"{''.join(map(_bar, bins))}</div><div class='scale'><span>{edge} too low</span><span>0</span>"
        f"<span>{edge} too high</span></div><p>{said} The end bars include everything beyond.</p></section>"
    )


def _bar(part: Bin) -> str:
    height = max(100 * part.share, 1.0 if part.count else 0.0)
    side = "low" if part.high <= 0 else "high"
    return f"<i style='height:{height:.1f}%' class={side} title='{counted(part.count, 'item')}: {part.label}'></i>"
