"""A table as people read it: built once from a run or a model, then written as text or as HTML."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from html import escape

from pricer.views.text import printable


@dataclass(frozen=True)
class Table:
    """A heading, column heads, rows of text, and a remark beneath.

    The first `words` columns hold words, the others figures. `marked` is the index of the row that stands out;
    `verdicts` are the rows' colors, one of COLORS or None for each, where rows are items.
    """

    heading: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    remark: str = ""
    marked: int | None = None
    words: int = 1
    verdicts: tuple[str | None, ...] = field(default=())

    @property
    def wide(self) -> bool:
        """Whether it needs the whole width of a page."""
        return len(self.heads) > 5


def text_lines(table: Table) -> Iterable[str]:
    """The table for a terminal: columns of words to the left, figures to the right."""
    if table.heading:
        yield table.heading
    rows = [tuple(map(printable, row)) for row in (table.heads, *table.rows)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (f"{cell:{'<' if n < table.words else '>'}{widths[n]}}" for n, cell in enumerate(row))
        yield "  ".join(cells).rstrip()
    if table.remark:
        yield table.remark


def html_section(table: Table, level: int = 3) -> str:
    """The table under its heading, with its remark; what comes from a product is escaped."""
    heading = f"<h{level}>{html_text(table.heading)}</h{level}>" if table.heading else ""
    remark = f"<p>{html_text(table.remark)}</p>" if table.remark else ""
    kind = " class=full" if table.wide else ""
    return f"<section{kind}>{heading}{html_table(table) if table.rows else ''}{remark}</section>"


def html_table(table: Table) -> str:
    """The table alone. A keyboard can scroll what is too wide for a phone."""
    heads = _html_cells(table.heads, ["th scope=col"] * len(table.heads), table.words)
    kinds = ["th scope=row", *["td"] * (len(table.heads) - 1)]
    rows = "".join(
        f"<tr{_html_class(table, index)}>{_html_cells(row, kinds, table.words)}</tr>"
        for index, row in enumerate(table.rows)
    )
    return f"<div class=wide tabindex=0><table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"


def html_text(text: str) -> str:
    """Text as HTML on one line, wherever it came from."""
    return escape(printable(text))


def _html_class(table: Table, index: int) -> str:
    verdict = table.verdicts[index] if table.verdicts else None
    return f" class={verdict}" if verdict else " class=marked" if index == table.marked else ""


def _html_cells(texts: Sequence[str], kinds: Sequence[str], words: int) -> str:
    return "".join(
        f"<{kind}{' class=words' if index < words else ''}>{html_text(text)}</{kind[:2]}>"
        for index, (text, kind) in enumerate(zip(texts, kinds, strict=True))
    )
