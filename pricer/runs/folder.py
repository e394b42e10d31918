"""Runs: each kept as a folder of plain files, readable and resumable whenever and however it ended.

    summary.json   what was run, on what, with which versions; rewritten with the figures at the end
    plan.jsonl     the items to be done, written before the first of them is
    items.jsonl    what each gave, a line appended as soon as it is done
    lock           empty; held by the process that is at work on the run

Lines and not one document, because a run of hours must lose nothing that was reported as done, whatever ends it.
"""

from __future__ import annotations

import errno
import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from pricer.errors import RunError
from pricer.items.item import Item
from pricer.items.load import Items
from pricer.model.info import ModelInfo
from pricer.runs.report import PREDICTORS, Report
from pricer.runs.result import Result
from pricer.runs.settings import ModelIdentity, Settings

RUNNING, STOPPED, FINISHED, FAILED = "running", "stopped", "finished", "failed"

_SUMMARY, _PLAN, _ITEMS, _LOCK = "summary.json", "plan.jsonl", "items.jsonl", "lock"
_NO_LOCKS = {errno.ENOSYS, errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP}


@dataclass(frozen=True)
class Run:
    """A run as its folder tells it; `state` is "running" also where the process died."""

    folder: Path
    settings: Settings
    items: tuple[Item, ...]
    report: Report
    state: str

    @classmethod
    def create(cls, folder: Path, settings: Settings, items: Items) -> Run:
        """Begin a run in `folder`, which is made and must not hold anything. Raises RunError if it cannot be."""
        run = cls(folder, settings, items.items, Report(settings.method, len(items.items)), RUNNING)
        with _writing(folder):
            folder.mkdir(parents=True, exist_ok=True)
            if any(folder.iterdir()):
                raise RunError(f"The folder {folder} is not empty: choose another, or go on with its run by --resume.")
            with (folder / _PLAN).open("w", encoding="utf-8") as file:
                file.writelines(_line(asdict(item)) for item in items.items)
            (folder / _ITEMS).touch()
            run._write_summary()
        return run

    @classmethod
    def read(cls, folder: Path) -> Run:
        """The run in `folder`, finished or not: every item whose line is complete. Raises RunError if there is none."""
        try:
            summary = json.loads((folder / _SUMMARY).read_text(encoding="utf-8"))
            settings = Settings.from_dict(summary["settings"])
            if settings.method not in PREDICTORS:
                raise ValueError(f"unknown method {settings.method!r}")
            items = tuple(Item(**cells) for cells in _lines(folder / _PLAN))
            rows = list(_lines(folder / _ITEMS))
            results = tuple(_result(cells, items[index]) for index, cells in enumerate(rows))
            seconds = rows[-1]["seconds"] if rows else 0.0
            return cls(folder, settings, items, Report(settings.method, len(items), results, seconds), summary["state"])
        except FileNotFoundError as error:
            raise RunError(f"{folder} holds no run: give a folder that `test --out` has written.") from error
        except OSError as error:
            raise RunError(
                f"The run in {folder} cannot be read ({error.strerror or error}): see that you may read its files, or "
                "copy them to a disk that works."
            ) from error
        except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
            raise RunError(
                f"The run in {folder} is damaged ({error}), because something else changed its files: put back a copy "
                "of them, or begin a new run."
            ) from error

    def record(self, reports: Iterator[Report]) -> Iterator[Report]:
        """The same reports, each handed on only when the items that it adds are in the folder.

        `reports` begin with the run's own. The summary is written when they end, or are stopped, closed or interrupted.
        Raises RunError if the folder cannot be written, and what it held before stays readable; or if another process
        is at work on the run, or was since it was read.
        """
        run = self
        with self._locked():
            try:
                for report in reports:
                    with _writing(run.folder), (run.folder / _ITEMS).open("a", encoding="utf-8") as file:
                        added = report.results[run.report.n :]
                        file.writelines(_line(result.as_dict() | {"seconds": report.seconds}) for result in added)
                    run = replace(run, report=report)
                    yield report
            finally:
                with _writing(run.folder):
                    replace(run, state=FINISHED if run.report.n == run.report.size else STOPPED)._write_summary()

    def check_same_model(self, info: ModelInfo) -> None:
        """Raises RunError, which says what differs, unless `info` describes the model that the run began with."""
        changes = "; ".join(self.settings.identity.changes(ModelIdentity.of(info)))
        if changes:
            raise RunError(
                f"The run in {self.folder} began with another model: {changes}. Resume it with the model that it began "
                "with, or begin a new run."
            )

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {"settings": self.settings.as_dict(), "state": self.state, **self.report.as_dict()}

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """The run for this process alone, without what one that died in the middle of a line has left.

        The lock is the system's and goes with the process, however that ends: the file that stays behind locks nothing.
        """
        # Not by the thread: a page takes each step of a run in whichever thread is free.
        lock = FileLock(self.folder / _LOCK, timeout=0, thread_local=False, fallback_to_soft=False)
        with _writing(self.folder):
            try:
                lock.acquire()
            except Timeout as error:
                raise RunError(
                    f"Another process is at work on the run in {self.folder}: wait until it is done, or stop it first."
                ) from error
            except OSError as error:
                if error.errno not in _NO_LOCKS:  # some network disks know none
                    raise
        try:
            with _writing(self.folder), (self.folder / _ITEMS).open("rb+") as file:
                whole = file.read()
                if whole.count(b"\n") != self.report.n:
                    raise RunError(
                        f"The run in {self.folder} has gone on since it was read: --resume it again for what is left."
                    )
                file.truncate(whole.rfind(b"\n") + 1)
            yield
        finally:
            lock.release()

    def _write_summary(self) -> None:
        """Replace the summary in one step, so that there is always a whole one."""
        figures = {key: value for key, value in self.as_dict().items() if key != "results"}
        text = json.dumps(figures, ensure_ascii=False, allow_nan=False, indent=2)
        beside = self.folder / f"{_SUMMARY}.new"
        with beside.open("w", encoding="utf-8") as file:
            file.write(text + "\n")
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self.folder / _SUMMARY)


def new_folder(parent: Path, settings: Settings) -> Path:
    """A folder under `parent` that does not exist yet, named after the run's time and model."""
    stem = re.sub(r"[^\w.-]", "-", f"{settings.started[:19]}-{settings.identity.name}")
    names = (stem if count == 1 else f"{stem}-{count}" for count in range(1, 10_000))
    return next(parent / name for name in names if not (parent / name).exists())


def _result(cells: dict[str, Any], item: Item) -> Result:
    kept = ("index", "estimate", "reason", "estimates", "low", "high")
    return Result(item=item, **{key: cells[key] for key in kept})


def _line(cells: dict[str, Any]) -> str:
    return json.dumps(cells, ensure_ascii=False, allow_nan=False) + "\n"


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    """The complete lines of a file: a process may have died in the middle of the last."""
    with path.open("rb") as file:
        yield from (json.loads(line) for line in file if line.endswith(b"\n"))


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    """A failure to write as a sentence."""
    try:
        yield
    except OSError as error:
        raise RunError(
            f"The run cannot be written to {folder} ({error.strerror or error}): free some space or choose another "
            "folder. What it held before is safe, and --resume goes on from there."
        ) from error
