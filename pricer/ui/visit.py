"""A visit: the runs of one visitor, and how each is fed to the page while it goes on.

Reads items as the form asks for them and turns the Tester's reports into the growing text that the page draws. Knows
nothing of components or events.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Any

from pricer import items as sources
from pricer import runs, tester
from pricer.charts import report as charts
from pricer.errors import ItemsError, PricerError
from pricer.items import Items
from pricer.tester import Report

BUNDLED, UPLOAD, HUB = "Bundled items", "A file", "A data set of the Hub"
SOURCES = (BUNDLED, UPLOAD, HUB)
ALL_ITEMS_AT_MOST = 100_000
SHORTEST_PAUSE = 0.25  # seconds between two updates of the page
SHARE_OF_SHOWING = 0.05  # of a run's time, at most


@dataclass(frozen=True)
class Wish:
    """What the form asks for. `seed` is None for the first items; `columns` are those chosen for text and price."""

    source: str = BUNDLED
    file: str | None = None
    dataset: str = ""
    size: float | None = tester.DEFAULT_SIZE
    seed: int | None = None
    text_column: str | None = None
    price_column: str | None = None
    method: str = "top3"
    adapter: bool = True

    def items(self) -> Items:
        """The items asked for, fewer where there are fewer. Raises ItemsError with the remedy."""
        if not self.size or self.size < 1 or self.size > ALL_ITEMS_AT_MOST:
            raise ItemsError(f"Say how many items to test: a whole number from 1 to {ALL_ITEMS_AT_MOST:,}.")
        columns = {"text_column": self.text_column, "price_column": self.price_column}
        if self.source == UPLOAD:
            return self._uploaded(columns)
        if self.source == HUB:
            name = self.dataset.strip().removeprefix(sources.HUB_PREFIX)
            if not name:
                raise ItemsError("Name a data set of the Hub as owner/name.")
            return sources.load_items(sources.HUB_PREFIX + name, int(self.size), self.seed, **columns)
        return sources.load_items(sources.BUNDLED, int(self.size), self.seed)

    def _uploaded(self, columns: dict[str, str | None]) -> Items:
        if not self.file:
            raise ItemsError("Choose a file first: CSV, JSONL or Parquet, with a column of texts and one of prices.")
        if Path(self.file).stat().st_size > sources.MAX_UPLOAD:
            raise ItemsError(f"The file is larger than {sources.MAX_UPLOAD // 1_000_000} MB: cut it to fewer rows.")
        return sources.load_items(self.file, int(self.size), self.seed, max_rows=sources.MAX_ROWS, **columns)


@dataclass
class VisitRun:
    """One run of a visitor: what was asked for, how far it is, and the bell that stops it."""

    items: Items
    settings: runs.Settings
    report: Report
    id: str = field(default_factory=lambda: uuid.uuid4().hex[:8])
    state: str = charts.RUNNING
    feed: str = ""  # what the page was sent, once the run has ended
    stop: Event = field(default_factory=Event)


@dataclass
class Visit:
    """The runs of one visitor, oldest first."""

    runs: list[VisitRun] = field(default_factory=list)

    def begin(self, wish: Wish, info: Any) -> VisitRun:
        """A new run of the items asked for through the model that `info` describes. Raises ItemsError."""
        items = wish.items()
        settings = runs.settings_of(info, items, wish.method, adapter=wish.adapter)
        run = VisitRun(items, settings, Report(wish.method, len(items.items)))
        self.runs.append(run)
        return run

    def find(self, run_id: str) -> VisitRun | None:
        """The run of that id, if it is one of this visit's."""
        return next((run for run in self.runs if run.id == run_id), None)


def feed(pricer: Any, run: VisitRun) -> Iterator[str]:
    """The run as a text that only grows; ends after the batch in which `run.stop` was set.

    Hands out an update only now and then, so that showing takes a small part of the run's time; in between, the bell is
    looked at after every batch.
    """
    text = charts.opening(run.id, len(run.items.items))
    sent, next_update = 0, 0.0
    reports = tester.run(pricer, run.items.items, run.settings.method, adapter=run.settings.adapter)
    try:
        with closing(reports):
            for report in reports:
                run.report = report
                if run.stop.is_set():
                    break
                began = time.monotonic()
                if began < next_update:
                    continue
                text += charts.rows(run.report.results[sent:]) + charts.status(run.report, charts.RUNNING, "")
                sent = run.report.n
                yield text
                pause = (time.monotonic() - began) / SHARE_OF_SHOWING
                next_update = time.monotonic() + max(SHORTEST_PAUSE, pause)
        run.state = charts.DONE if run.report.n == run.report.size else charts.STOPPED
        sentence = charts.closing_sentence(run.report, run.state)
    except PricerError as error:
        run.state, sentence = charts.FAILED, str(error)
    run.feed = text + charts.rows(run.report.results[sent:]) + charts.status(run.report, run.state, sentence)
    yield run.feed
