"""The runs of a visitor, beneath the chart: what the last one found, all of them listed, two compared, files to keep.

Layout and wiring alone; what is said stands in `pricer.views.run_tables`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr

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
    """The parts that change when a run is shown: hand `outputs` and the values of `after` to that event."""

    shown: gr.State  # the id of the run on show, or None
    found: Findings
    box: gr.Column
    listed: Findings
    first: gr.Dropdown
    second: gr.Dropdown
    overlay: gr.HTML
    compared: Findings
    differences: Findings

    @property
    def outputs(self) -> list[Any]:
        """The components that `after` and `uncompared` have values for."""
        return list(vars(self).values())

    @property
    def uncompared(self) -> dict[gr.Component, Any]:
        """No comparison: the one that was there no longer holds."""
        return {self.overlay: None, self.compared: "", self.differences: ""}

    def after(self, visitor: VisitorRuns, run: LiveRun) -> dict[gr.Component, Any]:
        """What to show once `run` has ended; nothing before the first item."""
        ended = [other for other in visitor.runs if other.report.n]
        if not ended:
            return {}
        run = run if run.report.n else ended[-1]
        choices = [(other.label, other.id) for other in ended]
        others = [other.id for other in ended if other is not run]
        rows = [(other.name, other.settings.title, other.report) for other in ended]
        return {
            self.shown: run.id,
            self.found: findings.found(run.report, run.settings.source),
            self.box: gr.update(visible=True),
            self.listed: findings.table(run_tables.of_visit(rows)),
            self.first: gr.update(choices=choices, value=run.id),
            self.second: gr.update(choices=choices, value=others[-1] if others else None),
        }


def runs_view(visitor: gr.State, live: LiveScatter, method: gr.Dropdown) -> RunsView:
    """Build the view inside the open gr.Blocks; `live` and `method` are where an earlier run is shown again."""
    found = Findings(elem_id="test-findings")
    with gr.Column(visible=False, elem_id="test-runs") as box:
        listed = Findings()
        with gr.Row():
            first = gr.Dropdown([], label="Run", min_width=220, elem_id="runs-first")
            second = gr.Dropdown([], label="Compared with", min_width=220, elem_id="runs-second")
        with gr.Row():
            again = gr.Button("Show this run", size="sm", scale=0, min_width=150, elem_id="runs-again")
            overlaid = gr.Button("Compare", size="sm", scale=0, min_width=170, elem_id="runs-compare")
            keep = gr.Button("Download files", size="sm", scale=0, min_width=150, elem_id="runs-files")
        files = gr.File(
            label="CSV, JSON and a standalone HTML report", file_count="multiple", visible=False, height=150
        )
        with gr.Column(elem_id="runs-difference"):
            with gr.Row(equal_height=False):
                with gr.Column(min_width=320):
                    overlay = figure("runs-overlay", "Two runs over each other: truth against estimate", square=True)
                with gr.Column(min_width=320):
                    compared = Findings()
            differences = Findings()
    view = RunsView(gr.State(None), found, box, listed, first, second, overlay, compared, differences)
    again.click(_shown, [visitor, first], [live, method, view.shown, found], queue=False, **QUIET)
    overlaid.click(_compared, [visitor, first, second], [overlay, compared, differences], **QUIET)
    keep.click(_files, [visitor, first], files, **QUIET)
    return view


def _shown(visitor: VisitorRuns, run_id: str | None) -> tuple[Any, ...]:
    run = visitor.find(run_id)
    if run is None or not run.feed:
        return (gr.skip(),) * 4
    return run.feed, run.settings.method, run.id, findings.found(run.report, run.settings.source)


def _compared(visitor: VisitorRuns, first_id: str | None, second_id: str | None) -> tuple[Any, str, str]:
    """`first_id` is the newer one by default: what changed is measured from the older to the newer."""
    newer, older = visitor.find(first_id), visitor.find(second_id)
    if newer is None or older is None or newer is older:
        said = "Two runs are needed: run the test again with something changed, then choose both."
        return None, findings.note(said), ""
    comparison = compare(older.report, newer.report, (older.name, newer.name))
    return overlay_figure(comparison), *findings.compared(comparison)


def _files(visitor: VisitorRuns, run_id: str | None) -> Any:
    run = visitor.find(run_id)
    if run is None:
        return gr.skip()
    with refusing():
        return gr.update(value=[str(path) for path in visitor.files(run)], visible=True)
