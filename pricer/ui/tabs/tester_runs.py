"""The runs of a visitor, beneath the chart: what the last one found, all of them listed, two compared, files to keep.

Layout and wiring alone; what is said stands in `pricer.views.run_tables`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gradio as gr

from pricer.model.info import ModelInfo
from pricer.runs.comparison import compare
from pricer.ui.components import findings
from pricer.ui.components.figure import figure
from pricer.ui.components.findings import Findings
from pricer.ui.components.live_scatter import LiveScatter
from pricer.ui.events import QUIET, refusing
from pricer.ui.session.runs import LiveRun, VisitorRuns
from pricer.views import run_tables
from pricer.views.run_figures import overlay_figure


@dataclass(frozen=True)
class RunsView:
    """The parts that change when a run has ended: hand `outputs` and the values of `after` to that event."""

    found: Findings
    box: gr.Column
    listed: Findings
    first: gr.Dropdown
    second: gr.Dropdown
    info: ModelInfo

    @property
    def outputs(self) -> list[Any]:
        """The components that `after` has values for."""
        return [self.found, self.box, self.listed, self.first, self.second]

    def after(self, visitor: VisitorRuns, run: LiveRun) -> dict[gr.Component, Any]:
        """What to show once `run` has ended; nothing before the first item."""
        ended = [other for other in visitor.runs if other.report.n]
        if not ended:
            return {}
        choices = [(_label(other), other.id) for other in ended]
        before = ended[-2].id if len(ended) > 1 else None
        rows = [(other.name, other.settings.title, other.report) for other in ended]
        return {
            self.found: findings.found(run.report, self.info),
            self.box: gr.update(visible=True),
            self.listed: findings.table(run_tables.of_visit(rows)),
            self.first: gr.update(choices=choices, value=ended[-1].id),
            self.second: gr.update(choices=choices, value=before),
        }


def runs_view(info: ModelInfo, visitor: gr.State, live: LiveScatter) -> RunsView:
    """Build the view inside the open gr.Blocks; `live` is where an earlier run is shown again."""
    found = Findings(elem_id="test-findings")
    with gr.Column(visible=False, elem_id="test-runs") as box:
        listed = Findings()
        with gr.Row():
            first = gr.Dropdown([], label="Run", min_width=220, elem_id="runs-first")
            second = gr.Dropdown([], label="Compared with", min_width=220, elem_id="runs-second")
        with gr.Row():
            again = gr.Button("Show this run", size="sm", scale=0, min_width=150)
            overlaid = gr.Button("Compare", size="sm", scale=0, min_width=170, elem_id="runs-compare")
            keep = gr.Button("Download files", size="sm", scale=0, min_width=150, elem_id="runs-files")
        files = gr.File(
            label="CSV, JSON and a standalone HTML report", file_count="multiple", visible=False, height=150
        )
        overlay = figure("runs-overlay", "Two runs over each other: truth against estimate", square=True)
        difference = Findings(elem_id="runs-difference")
    view = RunsView(found, box, listed, first, second, info)
    again.click(_shown(info), [visitor, first], [live, found], queue=False, **QUIET)
    overlaid.click(_compared, [visitor, first, second], [overlay, difference], **QUIET)
    keep.click(_files, [visitor, first], files, **QUIET)
    return view


def _label(run: LiveRun) -> str:
    error = f", {run_tables.with_error(run.report.mae, run.report.mae_stderr)}" if run.report.mae is not None else ""
    return f"{run.name}{error}"


def _shown(info: ModelInfo) -> Callable[[VisitorRuns, str | None], tuple[Any, Any]]:
    def shown(visitor: VisitorRuns, run_id: str | None) -> tuple[Any, Any]:
        run = visitor.find(run_id)
        if run is None or not run.feed:
            return gr.skip(), gr.skip()
        return run.feed, findings.found(run.report, info)

    return shown


def _compared(visitor: VisitorRuns, first_id: str | None, second_id: str | None) -> tuple[dict[str, Any] | None, str]:
    """`first_id` is the newer one by default: what changed is measured from the older to the newer."""
    newer, older = visitor.find(first_id), visitor.find(second_id)
    if newer is None or older is None or newer is older:
        return None, findings.note("Two runs are needed: run the test again with something changed, then choose both.")
    comparison = compare(older.report, newer.report, (older.name, newer.name))
    return overlay_figure(comparison), findings.compared(comparison)


def _files(visitor: VisitorRuns, run_id: str | None) -> Any:
    run = visitor.find(run_id)
    if run is None:
        return gr.skip()
    with refusing():
        return gr.update(value=[str(path) for path in visitor.files(run)], visible=True)
