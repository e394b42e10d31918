"""A look at a source of items as a table: how many rows, what was recognized in them, and the first of them."""

from __future__ import annotations

from pricer.items.preview import Preview
from pricer.items.source import SourceRow
from pricer.views.table import Table
from pricer.views.text import cents, shortened

TEXT_LENGTH = 120  # of a text in the table


def preview_table(preview: Preview) -> Table:
    """The first rows as they were understood; prices only where a column of them was recognized."""
    has_price = preview.columns.price is not None
    rows = tuple((_text(row), *((row.no_price or cents(row.price),) if has_price else ())) for row in preview.first)
    return Table("", ("Text", *(("Price",) if has_price else ())), rows)


def _text(row: SourceRow) -> str:
    if row.text is None:
        return row.reason
    return shortened(row.text, TEXT_LENGTH)
