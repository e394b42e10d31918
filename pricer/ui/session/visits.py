"""Visits that the server still remembers, so that a page that is loaded again finds its runs.

To Gradio a page that is loaded again is a new visit. Its browser keeps the id of its last run, which nobody can guess,
and by it finds the visit of before. Nothing is held here: a visit that is forgotten elsewhere is gone from here too.
"""

from __future__ import annotations

from dataclasses import replace
from weakref import WeakValueDictionary

from pricer.runs.folder import RUNNING
from pricer.ui.session.runs import LiveRun, VisitorRuns


class Visits:
    """Every visit by the ids of its runs."""

    def __init__(self) -> None:
        self._by_run: WeakValueDictionary[str, VisitorRuns] = WeakValueDictionary()

    def remember(self, visitor: VisitorRuns, run: LiveRun) -> None:
        """`run` is one of this visit."""
        self._by_run[run.id] = visitor

    def continued(self, run_id: object) -> VisitorRuns | None:
        """A new visit with the runs of the one that `run_id` is one of; None where it is forgotten."""
        before = self._by_run.get(run_id) if isinstance(run_id, str) else None
        if before is None:
            return None
        visitor = VisitorRuns([_as_it_stands(run) for run in before.runs if run.report.n], before.begun)
        for run in visitor.runs:
            self.remember(visitor, run)
        return visitor


def _as_it_stands(run: LiveRun) -> LiveRun:
    """What there is of a run by now: one that is still going stays with the page that began it."""
    if run.state != RUNNING:
        return run
    stopped = replace(run)
    stopped.open_feed()
    stopped.end()
    return stopped
