"""Runs: each kept as a folder of plain files, readable and resumable whenever and however it ended.

    summary.json   what was run, on what, with which versions; rewritten with the figures at the end
    plan.jsonl     the items to be done, written before the first of them is
    items.jsonl    what each gave, a line appended as soon as it is done

Knows nothing of models at work: reports come in, files go out, and the other way round.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

from pricer.errors import RunError
from pricer.items.item import Item
from pricer.items.load import Items
from pricer.model.info import ModelInfo
from pricer.runs.report import METHODS, Report
from pricer.runs.result import Result
from pricer.runs.settings import Settings, settings_of

try:
    import fcntl
except ImportError:  # Windows: there, who starts two processes on one file looks out himself
    fcntl = None

RUNNING, STOPPED, FINISHED, FAILED = "running", "stopped", "finished", "failed"

_SUMMARY, _PLAN, _ITEMS = "summary.json", "plan.jsonl", "items.jsonl"


@dataclass(frozen=True)
class Run:
    """A run as its folder tells it; `state` is "running" also where the process died."""

    folder: Path
    settings: Settings
    items: tuple[Item, ...]
    report: Report
    state: str

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {"settings": asdict(self.settings), "state": self.state, **self.report.as_dict()}


def new_folder(parent: Path, settings: Settings) -> Path:
    """A folder under `parent` that does not exist yet, named after the run's time and model."""
    stem = re.sub(r"[^\w.-]", "-", f"{settings.started[:19]}-{settings.model}")
    names = (stem if count == 1 else f"{stem}-{count}" for count in range(1, 10_000))
    return next(parent / name for name in names if not (parent / name).exists())


def create(folder: Path, settings: Settings, items: Items) -> Run:
    """Begin a run in `folder`, which is made and must not hold anything. Raises RunError if it cannot be written."""
    run = Run(folder, settings, items.items, Report(settings.method, len(items.items)), RUNNING)
    with _writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise RunError(f"The folder {folder} is not empty: choose another, or go on with its run by --resume.")
        with (folder / _PLAN).open("w", encoding="utf-8") as file:
            file.writelines(_line(asdict(item)) for item in items.items)
        (folder / _ITEMS).touch()
        _write_summary(run)
    return run


def keep(run: Run, reports: Iterator[Report]) -> Iterator[Report]:
    """The same reports, each handed on only when the items that it adds are in the run's folder.

    `reports` begin with `run.report`. The summary is written when they end, or are stopped, closed or interrupted.
    Raises RunError if the folder cannot be written, and what it held before stays readable; or if another process has
    the run in hand, or had it since it was read.
    """
    with _in_hand(run):
        try:
            for report in reports:
                with _writing(run.folder), (run.folder / _ITEMS).open("a", encoding="utf-8") as file:
                    added = report.results[run.report.n :]
                    file.writelines(_line(result.as_dict() | {"seconds": report.seconds}) for result in added)
                run = replace(run, report=report)
                yield report
        finally:
            with _writing(run.folder):
                _write_summary(replace(run, state=FINISHED if run.report.n == run.report.size else STOPPED))


def read(folder: Path) -> Run:
    """The run in `folder`, finished or not: every item whose line is complete. Raises RunError if there is none."""
    try:
        summary = json.loads((folder / _SUMMARY).read_text(encoding="utf-8"))
        settings = Settings(**summary["settings"])
        if settings.method not in METHODS:
            raise ValueError(f"unknown method {settings.method!r}")
        items = tuple(Item(**cells) for cells in _lines(folder / _PLAN))
        rows = list(_lines(folder / _ITEMS))
        results = tuple(_result(cells, items[index]) for index, cells in enumerate(rows))
        seconds = rows[-1]["seconds"] if rows else 0.0
        return Run(folder, settings, items, Report(settings.method, len(items), results, seconds), summary["state"])
    except FileNotFoundError as error:
        raise RunError(f"{folder} holds no run: give a folder that `test --out` has written.") from error
    except OSError as error:
        raise RunError(f"The run in {folder} cannot be read ({error.strerror or error}).") from error
    except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        raise RunError(
            f"The run in {folder} is damaged ({error}): its files were changed by something else."
        ) from error


def check_same_model(run: Run, info: ModelInfo) -> None:
    """Raises RunError unless `info` describes the model that the run began with."""
    begun = run.settings
    loaded = settings_of(info, Items("", ()))
    same = ("model", "base", "adapter_name", "adapter_revision", "quantization")
    if any(getattr(begun, name) != getattr(loaded, name) for name in same):
        raise RunError(
            f"The run in {run.folder} began with the model {begun.model} ({begun.quantization}, adapter "
            f"{begun.adapter_name or 'none'} at {begun.adapter_revision or 'no revision'}), and {loaded.model} "
            f"({loaded.quantization}, adapter {loaded.adapter_name or 'none'} at "
            f"{loaded.adapter_revision or 'no revision'}) is loaded: resume it with the model that it began with."
        )
    if begun.adapter_fingerprint not in (None, loaded.adapter_fingerprint):
        raise RunError(
            f"The weights of the adapter {begun.adapter_name} are not those that the run in {run.folder} began with "
            f"(SHA-256 {begun.adapter_fingerprint[:12]}…, now {(loaded.adapter_fingerprint or 'none')[:12]}…): put the "
            "old ones back, or begin a new run."
        )


def _result(cells: dict[str, Any], item: Item) -> Result:
    return Result(
        cells["index"],
        item.title,
        item.text,
        item.category,
        item.price,
        cells["estimate"],
        cells["reason"],
        cells["estimates"],
        cells["low"],
        cells["high"],
    )


def _line(cells: dict[str, Any]) -> str:
    return json.dumps(cells, ensure_ascii=False, allow_nan=False) + "\n"


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    """The complete lines of a file: a process may have died in the middle of the last."""
    with path.open("rb") as file:
        yield from (json.loads(line) for line in file if line.endswith(b"\n"))


@contextmanager
def _in_hand(run: Run) -> Iterator[None]:
    """The run for this process alone, without what one that died in the middle of a line has left.

    The lock is the system's: it goes with the process, however that ends.
    """
    with ExitStack() as until_the_end:
        with _writing(run.folder):
            file = until_the_end.enter_context((run.folder / _ITEMS).open("rb+"))
            if not _lock(file):
                raise RunError(
                    f"Another process is at work on the run in {run.folder}: wait until it is done, or stop it first."
                )
            whole = file.read()
            if whole.count(b"\n") != run.report.n:
                raise RunError(
                    f"The run in {run.folder} has gone on since it was read: --resume it again for what is left."
                )
            file.truncate(whole.rfind(b"\n") + 1)
        yield


def _write_summary(run: Run) -> None:
    """Replace the summary in one step, so that there is always a whole one."""
    figures = {key: value for key, value in run.as_dict().items() if key != "results"}
    text = json.dumps(figures, ensure_ascii=False, allow_nan=False, indent=2)
    beside = run.folder / f"{_SUMMARY}.new"
    with beside.open("w", encoding="utf-8") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())
    beside.replace(run.folder / _SUMMARY)


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


def _lock(file: BinaryIO) -> bool:
    """Lock an open file until it is closed; False where another holds it. True, too, on disks that know no locks."""
    if fcntl is None:
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # some network disks
        return True
    return True
