"""Runs of the fake pricer that are kept in a folder, begun, broken off and resumed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pricer.pricing.estimator import Estimator
from pricer.runs import tester
from pricer.runs.folder import Run
from pricer.runs.report import Report
from pricer.runs.settings import settings_of
from tests.support.fakes import FakePricer
from tests.support.slow_run import ITEMS


def begin(folder: Path, pricer: Estimator, **how: Any) -> Run:
    """A run of ITEMS of which nothing is done."""
    return Run.create(folder, settings_of(pricer.info, ITEMS, **how), ITEMS)


def kept(folder: Path, pricer: Estimator | None = None, batches: int | None = None) -> Report:
    """Run ITEMS into `folder`, all of them or the first batches, and give the last report."""
    pricer = pricer or FakePricer(batch_size=8)
    reports = begin(folder, pricer).record(tester.run(pricer, ITEMS.items))
    report = next(reports)
    for number, grown in enumerate(reports, start=1):
        report = grown
        if number == batches:
            break
    reports.close()
    return report


def resumed(folder: Path, pricer: Estimator | None = None) -> Report:
    """Go on with the run in `folder` to its end."""
    run = Run.read(folder)
    return list(run.record(tester.run(pricer or FakePricer(batch_size=8), run.items, done=run.report)))[-1]


def without_time(report: Report) -> dict[str, Any]:
    """What two runs of the same must have in common."""
    return {key: value for key, value in report.as_dict().items() if key not in ("seconds", "items_per_second")}
