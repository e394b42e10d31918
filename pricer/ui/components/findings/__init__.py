"""Tables and bars of `pricer.views.run_tables` as markup; whatever comes from a product is escaped."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Any

import gradio as gr

from pricer.model.info import ModelInfo
from pricer.runs.comparison import Comparison
from pricer.runs.report import Report
from pricer.ui.components.assets import beside
from pricer.views import run_tables as findings
from pricer.views.run_tables import Bin, Table


class Findings(gr.HTML):
    """A place for tables and bars; the value is markup that this module made."""

    def __init__(self, value: str = "", **options: Any) -> None:
        super().__init__(value=value, css_template=beside(__file__, "style.css"), apply_default_css=False, **options)


def found(report: Report, info: ModelInfo) -> str:
    """What a run found, beneath its chart; empty before the first item."""
    if not report.n:
        return ""
    parts = [_table(findings.decoders(report), wide=True), _histogram(findings.histogram(report))]
    parts.append(_table(findings.by_price(report)))
    categories = findings.by_category(report)
    if len(categories.rows) > 1:
        parts.append(_table(categories))
    if info.row.reported:
        parts.append(_table(findings.reported(info.row.reported)))
    return _sheet(parts)


def compared(comparison: Comparison, first: str, second: str) -> str:
    """What two runs, by name, say of the same items."""
    parts = [_table(findings.compared(comparison, first, second), wide=True)]
    if comparison.n:
        parts.append(_table(findings.differences(comparison), wide=True))
    return _sheet(parts)


def table(content: Table) -> str:
    """One table by itself."""
    return _sheet([_table(content, wide=True)])


def note(sentence: str) -> str:
    """A sentence by itself."""
    return _sheet([f"<section class=full><p role='status'>{escape(sentence)}</p></section>"])


def _sheet(parts: Iterable[str]) -> str:
    return f"<div class='findings'>{''.join(parts)}</div>"


def _table(content: Table, wide: bool = False) -> str:
    rows = "".join(
        f"<tr{' class=marked' if index == content.marked else ''}>{_cells(row, 'td', content.words)}</tr>"
        for index, row in enumerate(content.rows)
    )
    heads = _cells(content.heads, "th", content.words)
    # A keyboard can scroll what is too wide for a phone.
    body = f"<div class='wide' tabindex=0><table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
    remark = f"<p>{escape(content.remark)}</p>" if content.remark else ""
    kind = " class=full" if wide else ""
    return f"<section{kind}><h3>{escape(content.heading)}</h3>{body if rows else ''}{remark}</section>"


def _cells(texts: Iterable[str], tag: str, words: int) -> str:
    return "".join(
        f"<{tag}{' class=words' if index < words else ''}>{escape(text)}</{tag}>" for index, text in enumerate(texts)
    )


def _histogram(bins: tuple[Bin, ...]) -> str:
    if not bins:
        return ""
    low = sum(part.count for part in bins if part.high <= 0)
    high = sum(part.count for part in bins) - low
    edge = escape(findings.dollars(bins[-1].low).removesuffix(".00"))
    said = f"{low:,} estimates are too low, {high:,} at or above the truth"
    return (
        f"<section><h3>Too low or too high</h3><div class='bars' role='img' aria-label='{said}'>"
        f"{''.join(map(_bar, bins))}</div><div class='scale'><span>{edge} too low</span><span>0</span>"
        f"<span>{edge} too high</span></div><p>{said}; the outermost bars hold all beyond.</p></section>"
    )


def _bar(part: Bin) -> str:
    height = max(100 * part.share, 1.0 if part.count else 0.0)
    side = "low" if part.high <= 0 else "high"
    return f"<i style='height:{height:.1f}%' class={side} title='{part.count:,} items: {escape(part.label)}'></i>"
