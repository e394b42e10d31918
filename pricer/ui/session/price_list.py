"""The list of products that one visitor has on the page: what it was read from, its prices, and the files to keep.

Reads pasted lines and files through the reader of items, and prices them through the core of catalogues.
"""

from __future__ import annotations

import csv
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event
from typing import Any

from pricer.catalogue.prices import COLUMNS, Priced, beside, own_names, price_all
from pricer.catalogue.sheets import to_csv, to_xlsx
from pricer.errors import ItemsError, PricerError, RunError
from pricer.items.column_names import is_known
from pricer.items.columns import Columns
from pricer.items.item import title_of
from pricer.items.rows import Row, Table
from pricer.items.source import Source, SourceRow, open_source
from pricer.pricing.estimator import Estimator
from pricer.runs.folder import FAILED, FINISHED, RUNNING, STOPPED
from pricer.ui.server import limits
from pricer.ui.server.limits import RunSlots
from pricer.ui.session.pace import Pace
from pricer.views import price_list as views
from pricer.words import counted

NOTHING = "There is no list yet: paste one product a line, or choose a file."
NOT_REACHED = "The list ended before this row was priced."
FILES = {"csv": to_csv, "xlsx": to_xlsx}
_PASTED = "pasted lines"
_PRODUCT = "product"  # what the one column of pasted lines is called


@dataclass(frozen=True)
class ProductList:
    """Rows as they were read, at most as many as the limits allow, and sentences on what was recognized or left out."""

    name: str
    columns: Columns
    own: tuple[str, ...]
    rows: tuple[SourceRow, ...]
    remarks: tuple[str, ...] = field(default=())

    def title(self, row: SourceRow) -> str:
        """What names a row to people: its title, else the first line of its text."""
        return title_of(row.cells, self.columns) or next(iter((row.text or "").splitlines()), "(no text)")

    @property
    def sentence(self) -> str:
        """What was recognized."""
        return " ".join([f"{counted(len(self.rows), 'row')} of {self.name}: {self.columns.choice}.", *self.remarks])


@dataclass(frozen=True)
class ListRequest:
    """What the form asks for: pasted lines, or a file, which goes first; `column` is the chosen one of texts."""

    lines: str = ""
    file: str | None = None
    column: str | None = None

    def read(self) -> ProductList:
        """The products. Raises ItemsError with the remedy."""
        if self.file:
            limits.check_upload(self.file)
            return _within_limits(open_source(self.file, text_column=self.column))
        lines = [line for line in self.lines.splitlines() if line.strip()]
        if not lines:
            raise ItemsError(NOTHING)
        if not _is_table(lines):
            return _within_limits(_of_lines(self.lines))
        with TemporaryDirectory(prefix="pricer-") as folder:  # the reader takes files
            path = Path(folder) / "pasted.csv"
            path.write_bytes(self.lines.encode("utf-8", "replace"))
            return _within_limits(open_source(str(path), text_column=self.column), _PASTED)


@dataclass
class ListRun:
    """A visitor's list: what is priced, the prices so far, where it stands, and the token that stops it."""

    products: ProductList
    priced: list[Priced] = field(default_factory=list)
    state: str | None = None  # None until it begins
    feed: str = ""  # what the page was sent so far
    stop: Event = field(default_factory=Event)

    def file(self, form: str) -> bytes:
        """All rows in their order, with their own columns and ours, as one of FILES."""
        waiting = [Priced(None, NOT_REACHED)] * (len(self.products.rows) - len(self.priced))
        names = [*own_names(self.products.own), *COLUMNS]
        rows = (
            beside({name: row.cells.get(name) for name in self.products.own}, priced)
            for row, priced in zip(self.products.rows, [*self.priced, *waiting], strict=True)
        )
        return FILES[form](names, rows)


def feed_in_slot(pricer: Estimator, run: ListRun, slots: RunSlots) -> Iterator[str]:
    """`feed`, in one of the slots, which is free again however this ends; a sentence where there is none."""
    try:
        with slots.slot():
            yield from feed(pricer, run)
    except RunError as error:
        yield ended(run, FAILED, str(error))


def feed(pricer: Estimator, run: ListRun) -> Iterator[str]:
    """The list as a text that only grows; ends after the batch in which `run.stop` was set.

    A batch of the model's own size at a time, so that whoever else asks is served in between.
    """
    run.state, run.feed = RUNNING, views.opening(uuid.uuid4().hex[:8], len(run.products.rows))
    began, sent, pace = time.monotonic(), 0, Pace()
    size = pricer.batch_size
    try:
        for start in range(0, len(run.products.rows), size):
            if run.stop.is_set():
                break
            if pace.is_due:
                with pace.showing():
                    run.feed += _rows(run, sent) + views.status(RUNNING, _progress(run, time.monotonic() - began))
                    sent = len(run.priced)
                    yield run.feed
            run.priced += _priced(pricer, run.products.rows[start : start + size])
        state = FINISHED if len(run.priced) == len(run.products.rows) else STOPPED
        sentence = _closing(run, time.monotonic() - began)
    except PricerError as error:
        state, sentence = FAILED, str(error)
    run.feed += _rows(run, sent)
    yield ended(run, state, sentence)


def ended(run: ListRun, state: str, sentence: str) -> str:
    """The feed of a run that ended, with a sentence that says how."""
    run.state = state
    run.feed = run.feed or views.opening(uuid.uuid4().hex[:8], len(run.products.rows))
    run.feed += views.status(state, _progress(run, 0.0), sentence)
    return run.feed


def _priced(pricer: Estimator, rows: tuple[SourceRow, ...]) -> list[Priced]:
    """A price or a reason for each row."""
    answers = iter(price_all(pricer, [row.text for row in rows if row.text is not None]))
    return [next(answers) if row.text is not None else Priced(None, f"Line {row.line}: {row.reason}.") for row in rows]


def _rows(run: ListRun, start: int) -> str:
    named = zip(run.products.rows[start : len(run.priced)], run.priced[start:], strict=True)
    return "".join(views.row(run.products.title(row), found.estimate, found.error) for row, found in named)


def _progress(run: ListRun, seconds: float) -> str:
    return views.progress(len(run.priced), len(run.products.rows), seconds)


def _closing(run: ListRun, seconds: float) -> str:
    if len(run.priced) < len(run.products.rows):
        return f"Stopped after {len(run.priced):,} of {counted(len(run.products.rows), 'product')}. They are kept."
    without = sum(found.error is not None for found in run.priced)
    reason = f" {counted(without, 'row')} without a price; the table and the files say why." if without else ""
    return f"{counted(len(run.priced), 'product')} in {seconds:,.1f} s.{reason}"


def _is_table(lines: list[str]) -> bool:
    """Whether pasted lines are cells of a spreadsheet, or CSV whose header has a name that is known."""
    if "\t" in lines[0]:
        return True
    first, *others = csv.reader(lines)
    return any(map(is_known, first)) and len(first) > 1 and all(len(first) == len(cells) for cells in others)


def _of_lines(lines: str) -> Source:
    """Each line that is not blank as a row by itself."""
    rows = tuple(Row(n, {_PRODUCT: line.strip()}) for n, line in enumerate(lines.splitlines(), 1) if line.strip())
    columns = Columns((_PRODUCT,), None, choice="one product a line")
    return Source(_PASTED, Table((_PRODUCT,), lambda _: iter(rows)), columns, rows)


def _within_limits(source: Source, name: str = "") -> ProductList:
    """The rows of a source as far as the limits go. Raises ItemsError if it has none."""
    rows: list[SourceRow] = []
    characters, left_out = 0, 0
    reading = source.rows()
    for row in islice(reading, limits.MAX_LIST_ROWS):
        characters += sum(map(_length, row.cells.values()))
        if characters > limits.MAX_LIST_CHARACTERS:
            left_out = 1
            break
        rows.append(row)
    if not rows:
        raise ItemsError(f"{name or source.name} has no rows that fit: give a row for each product.")
    left_out += sum(1 for _ in islice(reading, limits.MAX_ROWS))
    own = tuple(dict.fromkeys(source.table.columns))
    remarks = [*source.table.remarks, *([_left_out(len(rows), left_out)] if left_out else [])]
    return ProductList(name or source.name, source.columns, own, tuple(rows), tuple(remarks))


def _left_out(taken: int, left_out: int) -> str:
    more = "more than " if left_out >= limits.MAX_ROWS else ""
    return (
        f"Only the first {taken:,} are priced here, {more}{counted(left_out, 'row')} left out: cut the list into "
        "parts, or price all of it on the command line (python -m pricer catalogue)."
    )


def _length(cell: Any) -> int:
    return len(cell) if isinstance(cell, str) else len(str(cell))
