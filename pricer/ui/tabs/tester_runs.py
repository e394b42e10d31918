"""The runs of a visit, beneath the chart: what the last one found, all of them listed, two compared, files to keep.

Layout and wiring alone; what is said stands in `pricer.views.run_tables`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gradio as gr

from pricer.errors import PricerError
from pricer.runs.comparison import compare
from pricer.ui.components import findings
from pricer.ui.components.findings import Findings
from pricer.ui.components.live_scatter import LiveScatter
from pricer.ui.components.overlay import Overlay
from pricer.ui.session.runs import Visit, VisitRun
from pricer.views import run_tables as facts

_QUIET = {"api_visibility": "private", "show_progress": "hidden"}


@dataclass(frozen=True)
class RunsView:
    """The parts that change when a run has ended: hand `outputs` and the values of `after` to that event."""

    found: Findings
    box: gr.Column
    listed: Findings
    first: gr.Dropdown
    second: gr.Dropdown
    info: Any

    @property
    def outputs(self) -> list[Any]:
        """The components that `after` has values for."""
        return [self.found, self.box, self.listed, self.first, self.second]

    def after(self, visit: Visit, run: VisitRun | None) -> tuple[Any, ...]:
        """What to show once `run` has ended."""
        ended = [other for other in visit.runs if other.report.n]
        if run is None or not ended:
            return (gr.skip(),) * len(self.outputs)
        choices = [(_label(other), other.id) for other in ended]
        before = ended[-2].id if len(ended) > 1 else None
        return (
            findings.found(run.report, self.info),
            gr.update(visible=True),
            findings.table(facts.of_visit([(other.name, other.settings.title, other.report) for other in ended])),
            gr.update(choices=choices, value=ended[-1].id),
            gr.update(choices=choices, value=before),
        )


def runs_view(info: Any, visit: gr.State, live: LiveScatter) -> RunsView:
    """Build the view inside the open gr.Blocks; `live` is where an earlier run is shown again."""
    found = Findings(elem_id="test-findings")
    with gr.Column(visible=False, elem_id="test-runs") as box:
        listed = Findings()
        with gr.Row():
            first = gr.Dropdown([], label="Run", min_width=220, elem_id="runs-first")
            second = gr.Dropdown([], label="Compared with", min_width=220, elem_id="runs-second")
        with gr.Row():
            again = gr.Button("Show it again", size="sm", scale=0, min_width=150)
            lay = gr.Button("Lay over each other", size="sm", scale=0, min_width=170, elem_id="runs-compare")
            keep = gr.Button("Files to keep", size="sm", scale=0, min_width=150, elem_id="runs-files")
        files = gr.File(
            label="CSV, JSON and a report that opens anywhere", file_count="multiple", visible=False, height=150
        )
        overlay = Overlay(elem_id="runs-overlay")
        difference = Findings(elem_id="runs-difference")
    view = RunsView(found, box, listed, first, second, info)
    again.click(_shown(info), [visit, first], [live, found], queue=False, **_QUIET)
    lay.click(_compared, [visit, first, second], [overlay, difference], **_QUIET)
    keep.click(_files, [visit, first], files, **_QUIET)
    return view


def _label(run: VisitRun) -> str:
    error = f", {facts.with_error(run.report.mae, run.report.mae_stderr)}" if run.report.mae is not None else ""
    return f"{run.name}{error}"


def _shown(info: Any) -> Callable[[Visit, str | None], tuple[Any, Any]]:
    def shown(visit: Visit, run_id: str | None) -> tuple[Any, Any]:
        run = visit.find(run_id)
        if run is None or not run.feed:
            return gr.skip(), gr.skip()
        return run.feed, findings.found(run.report, info)

    return shown


def _compared(visit: Visit, first_id: str | None, second_id: str | None) -> tuple[Any, Any]:
    """`first_id` is the newer one by default: what changed is measured from the older to the newer."""
    newer, older = visit.find(first_id), visit.find(second_id)
    if newer is None or older is None or newer is older:
        return "", findings.note("Two runs are needed: run the test again with something changed, then choose both.")
    comparison = compare(older.report, newer.report, (older.name, newer.name))
    return (
        json.dumps(facts.overlay(comparison), separators=(",", ":")) if comparison.n else "",
        findings.compared(comparison),
    )


def _files(visit: Visit, run_id: str | None) -> Any:
    run = visit.find(run_id)
    if run is None:
        return gr.skip()
    try:
        return gr.update(value=[str(path) for path in visit.files(run)], visible=True)
    except PricerError as error:
        raise gr.Error(str(error), print_exception=False) from error
