"""A look at a source before anything is done with it: how many rows, which columns hold what, and the first of them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice

from pricer.items.columns import Columns
from pricer.items.source import Source, SourceRow
from pricer.words import counted


@dataclass(frozen=True)
class Preview:
    """`rows` are counted up to a limit; there are `more` where it was reached. `first` are the first of them."""

    rows: int
    more: bool
    columns: Columns
    first: tuple[SourceRow, ...]
    remarks: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """How many rows there are, what was recognized in them, and what else there is to say."""
        many = f"more than {counted(self.rows, 'row')}" if self.more else counted(self.rows, "row")
        return " ".join([f"{many[:1].upper()}{many[1:]}; {self.columns.choice}.", *self.remarks])


def preview(source: Source, rows: int = 3, max_rows: int | None = None) -> Preview:
    """The first `rows` of an open source, and how many there are, counted up to `max_rows`.

    Raises ItemsError where it cannot be read to its end.
    """
    first = tuple(islice(source.rows(), rows))
    every = source.raw_rows()
    count = sum(1 for _ in islice(every, max_rows))
    more = max_rows is not None and next(every, None) is not None
    return Preview(count, more, source.columns, first, source.table.remarks)
