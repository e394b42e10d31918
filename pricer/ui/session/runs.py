"""The runs of one visitor, and how each is fed to the page while it goes on.

Reads items as the form asks for them and turns the Tester's reports into the growing text that the page draws.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, RLock

from pricer.errors import ItemsError, PricerError, RunError
from pricer.items import load as sources
from pricer.items.files import FORMS
from pricer.items.load import Items
from pricer.model.info import ModelInfo
from pricer.pricing.estimate import DECODERS
from pricer.pricing.estimator import Estimator
from pricer.runs import tester
from pricer.runs.folder import FAILED, FINISHED, RUNNING, STOPPED, Run, new_folder
from pricer.runs.report import Report
from pricer.runs.settings import Settings, settings_of
from pricer.ui.server import limits
from pricer.ui.server.limits import RunSlots
from pricer.ui.session.pace import Pace
from pricer.views import run_feed
from pricer.views.run_export import to_csv, to_json
from pricer.views.run_html import to_html
from pricer.views.text import METHOD_NAMES

BUNDLED, UPLOAD, HUB = "Bundled items", "A file", "A data set of the Hub"
SOURCES = (BUNDLED, UPLOAD, HUB)
DEFAULT_METHOD = "top3"  # the course's
RUNS_FOLDER = "PRICER_RUNS"  # the environment variable that names a folder where the page keeps its runs, if any


def runs_folder() -> Path | None:
    """Where the page keeps its runs, if anywhere."""
    folder = os.environ.get(RUNS_FOLDER)
    return Path(folder) if folder else None


@dataclass(frozen=True)
class RunRequest:
    """What the form asks for. `seed` is None for the first items; `columns` are those chosen for text and price."""

    source: str = BUNDLED
    file: str | None = None
    dataset: str = ""
    size: float | None = tester.DEFAULT_SIZE
    seed: int | None = None
    text_column: str | None = None
    price_column: str | None = None
    method: str = DEFAULT_METHOD
    generate: bool = False
    adapter: bool = True

    def items(self) -> Items:
        """The items asked for, fewer where there are fewer. Raises ItemsError with the remedy."""
        if not self.size or self.size < 1 or self.size > limits.MAX_ITEMS:
            raise ItemsError(f"Say how many items to test: a whole number from 1 to {limits.MAX_ITEMS:,}.")
        columns = {"text_column": self.text_column, "price_column": self.price_column}
        if self.source == UPLOAD:
            return self._uploaded(columns)
        if self.source == HUB:
            name = self.dataset.strip().removeprefix(sources.HUB_PREFIX)
            if not name:
                raise ItemsError("Name a data set of the Hub as owner/name.")
            return sources.load_items(sources.HUB_PREFIX + name, int(self.size), self.seed, **columns)
        return sources.load_items(sources.BUNDLED, int(self.size), self.seed)

    def fewer(self, items: Items) -> str:
        """A sentence where there are fewer items than were asked for; else nothing."""
        there = len(items.items)
        return f"{int(self.size):,} were asked for, and there are {there:,}. " if there < self.size else ""

    def _uploaded(self, columns: dict[str, str | None]) -> Items:
        if not self.file:
            raise ItemsError(f"Choose a file first: {FORMS}, with a column of texts and one of prices.")
        limits.check_upload(self.file)
        return sources.load_items(self.file, int(self.size), self.seed, max_rows=limits.MAX_ROWS, **columns)


@dataclass
class LiveRun:
    """One run of a visitor: what was asked for, how far it is, and the token that stops it."""

    name: str
    items: Items
    settings: Settings
    report: Report
    kept: Run | None = None  # where the run is written as it goes, if anywhere
    id: str = field(default_factory=partial(secrets.token_urlsafe, 12))  # nobody can guess it
    state: str = RUNNING
    sentence: str = ""  # how it ended
    feed: str = ""  # what the page was sent so far
    told: int = 0  # items of it
    stop: Event = field(default_factory=Event)
    lock: RLock = field(default_factory=RLock)  # its visitor may choose another reading while it goes

    @property
    def slug(self) -> str:
        """The name in files and addresses."""
        return self.name.lower().replace(" ", "-")

    @property
    def label(self) -> str:
        """The run in a list of runs of one visit: its name, what was changed in it, and its average error."""
        changed = ["adapter off"] * (not self.settings.adapter) + ["generated as well"] * self.settings.generate
        reading = [] if self.report.method == DEFAULT_METHOD else [METHOD_NAMES[self.report.method].lower()]
        error = [] if self.report.mae is None else [f"${self.report.mae:,.0f}"]
        return " · ".join([self.name, *changed, *reading, *error])

    def open_feed(self) -> str:
        """The feed from its beginning."""
        self.told = 0
        names = {"run": self.id, "name": self.name, "slug": self.slug}
        self.feed = run_feed.opening(self.settings, len(self.items.items), **names)
        return self.feed

    def take(self, report: Report) -> None:
        """What has come so far, by the reading that is chosen now."""
        with self.lock:
            self.report = report.by(self.settings.method)

    def tell(self, state: str = RUNNING, sentence: str = "") -> str:
        """The feed with what has come since it was last told."""
        with self.lock:
            self.state, self.sentence = state, sentence
            self.feed += run_feed.rows(self.report.results[self.told :]) + run_feed.status(self.report, state, sentence)
            self.told = self.report.n
            return self.feed

    def end(self) -> str:
        """The feed of a run that is done or was stopped, with a sentence that says so."""
        state = FINISHED if self.report.n == self.report.size else STOPPED
        return self.tell(state, run_feed.closing_sentence(self.report, state))

    def read_by(self, method: str) -> None:
        """Read what was found, and what is still to come, by another method; the model is not asked again.

        Raises RunError for a run that did not ask this method.
        """
        with self.lock:
            if method not in DECODERS and not self.settings.generate:
                raise RunError(f"{self.name} has no generated prices: tick “Also generate text” and run it again.")
            self.report, self.settings = self.report.by(method), replace(self.settings, method=method)
            self.open_feed()
            if self.state in (FINISHED, STOPPED):
                self.end()
            else:
                self.tell(self.state, self.sentence)


@dataclass
class VisitorRuns:
    """The runs of one visitor, oldest first."""

    runs: list[LiveRun] = field(default_factory=list)
    begun: int = 0  # how many runs, those no longer kept among them
    folder: TemporaryDirectory | None = None  # for files to download; goes when the visitor is forgotten

    def begin(self, request: RunRequest, info: ModelInfo, parent: Path | None = None) -> LiveRun:
        """A new run of the items asked for through the model that `info` describes, kept under `parent` if given.

        Raises ItemsError, or RunError where the folder cannot be written.
        """
        items = request.items()
        settings = settings_of(info, items, request.method, generate=request.generate, adapter=request.adapter)
        kept = Run.create(new_folder(parent, settings), settings, items) if parent else None
        report = Report(request.method, len(items.items))
        self.begun += 1
        self.runs.append(LiveRun(f"Run {self.begun}", items, settings, report, kept))
        del self.runs[: -limits.RUNS_KEPT]
        return self.runs[-1]

    def find(self, run_id: str | None) -> LiveRun | None:
        """The run of that id, if it is one of this visitor's."""
        return next((run for run in self.runs if run.id == run_id), None)

    def forget(self) -> None:
        """Remove the files to download."""
        if self.folder:
            self.folder.cleanup()
            self.folder = None

    def files(self, run: LiveRun) -> list[Path]:
        """The run as CSV, JSON and one self-contained HTML page. Raises RunError where they cannot be written."""
        writers = {".csv": to_csv, ".json": to_json, ".html": to_html}
        try:
            self.folder = self.folder or TemporaryDirectory(prefix="pricer-")
            stem = Path(self.folder.name) / run.slug
            for suffix, write in writers.items():
                text = write(run.report, run.settings).encode("utf-8", "replace")
                stem.with_suffix(suffix).write_bytes(text)
        except OSError as error:
            raise RunError(
                f"The files cannot be written on the server ({error.strerror or error}): try again later. "
                "The run itself is still shown here."
            ) from error
        return [stem.with_suffix(suffix) for suffix in writers]


def broken(run: LiveRun) -> str:
    """The feed of a run that ended without saying how, with a sentence that says so."""
    return run.tell(FAILED, "The model failed at this point; results so far are kept. The server's log says why.")


def feed_in_slot(pricer: Estimator, run: LiveRun, slots: RunSlots) -> Iterator[str]:
    """`feed`, in one of the slots, which is free again however this ends; a sentence where there is none."""
    try:
        with slots.slot():
            yield from feed(pricer, run)
    except RunError as error:
        run.open_feed()
        yield run.tell(FAILED, str(error))


def feed(pricer: Estimator, run: LiveRun) -> Iterator[str]:
    """The run as a text that only grows; ends after the batch in which `run.stop` was set.

    Hands out an update only now and then, so that showing takes a small part of the run's time; in between, `stop` is
    looked at after every batch.
    """
    run.open_feed()
    pace = Pace()
    how = {"generate": run.settings.generate, "adapter": run.settings.adapter}
    reports = tester.run(pricer, run.items.items, run.settings.method, **how)
    if run.kept:
        reports = run.kept.record(reports)
    try:
        with closing(reports):
            for report in reports:
                run.take(report)
                if run.stop.is_set():
                    break
                if pace.is_due:
                    with pace.showing():
                        yield run.tell()
    except PricerError as error:
        yield run.tell(FAILED, str(error))
    except GeneratorExit:  # its page was closed, or loaded again
        run.end()
        raise
    else:
        yield run.end()
