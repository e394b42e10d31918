"""Tab "Test": choose items, run the Tester over them, watch it, stop it, look at an item, open it in tab "Price".

Layout and wiring alone: `session.runs` reads items and runs, `views.run_feed` says what is shown. A click on "Run the
test" goes through these events, the first outside the queue:

    click ─┬─ _keep_alive
           └─ _begin, reads the items ─┬─ success: _stream, feeds the chart; ends with the findings and the buttons back
                                       └─ failure: _unreadable_form

A page that is loaded again asks by `_reopen` for what it showed before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import gradio as gr

from pricer.errors import PricerError, RunError
from pricer.model.info import ModelInfo
from pricer.pricing.estimator import Estimator
from pricer.runs.folder import RUNNING
from pricer.runs.result import Result
from pricer.ui.components.assets import message
from pricer.ui.components.live_scatter import LiveScatter
from pricer.ui.events import QUIET
from pricer.ui.server import limits
from pricer.ui.server.limits import RunSlots
from pricer.ui.session.runs import LiveRun, VisitorRuns, broken, feed_in_slot, runs_folder
from pricer.ui.session.visits import Visits
from pricer.ui.tabs.price import PriceTab
from pricer.ui.tabs.tester_form import Form, tester_form
from pricer.ui.tabs.tester_runs import RunsView, runs_view
from pricer.views.run_item import item_page


@dataclass(frozen=True)
class _Parts:
    """What a run changes besides its findings."""

    form: Form
    run: gr.Button
    stop: gr.Button
    note: gr.HTML
    problem: gr.HTML
    live: LiveScatter
    visitor: gr.State  # VisitorRuns
    current: gr.State  # the LiveRun that is going, or None

    @property
    def busy(self) -> dict[gr.Component, Any]:
        """The buttons while items are read."""
        off = gr.update(interactive=False)
        return {self.run: off, self.stop: dict(off)}

    @property
    def idle(self) -> dict[gr.Component, Any]:
        """The buttons while nothing runs."""
        return {self.run: gr.update(interactive=True), self.stop: gr.update(interactive=False)}

    def refused(self, sentence: str) -> dict[gr.Component, Any]:
        """The sentence at the fields, and nothing that runs."""
        problem = gr.update(value=message(sentence, alert=True), visible=True)
        return {self.current: None, self.note: "", self.problem: problem, **self.idle}


def tester_tab(pricer: Estimator, price: PriceTab) -> None:
    """Build the tab inside the open gr.Blocks; `price` is where an item is opened to be taken apart."""
    form = tester_form(pricer)
    with gr.Row(elem_classes="actions"):
        run = gr.Button("Run the test", variant="primary", scale=0, min_width=150, elem_id="test-run")
        stop = gr.Button("Stop", interactive=False, scale=0, min_width=100, elem_id="test-stop")
        note = gr.HTML(elem_id="test-note", elem_classes="status")
    problem = gr.HTML(elem_id="test-problem", elem_classes="field-error", visible=False)
    live = LiveScatter(elem_id="test-live")
    visitor = gr.State(VisitorRuns(), time_to_live=limits.RUNS_STAY, delete_callback=VisitorRuns.forget)
    parts = _Parts(form, run, stop, note, problem, live, visitor, gr.State(None))
    view = runs_view(visitor, live, form.method)
    slots, visits = RunSlots(), Visits()

    run.click(_keep_alive, visitor, visitor, queue=False, **QUIET)
    told = [parts.current, run, stop, note, problem]
    queued = {"concurrency_limit": limits.RUN_EVENTS_AT_ONCE, **QUIET}
    begun = run.click(partial(_begin, pricer.info, slots, visits, parts), {visitor, *form.fields}, told, **queued)
    begun.failure(partial(_unreadable_form, parts), None, told, queue=False, **QUIET)
    stream = partial(_stream, pricer, slots, parts, view)
    begun.success(stream, [visitor, parts.current], [live, run, stop, *view.outputs], **queued)
    stop.click(_stop, parts.current, stop, queue=False, **QUIET)
    again = partial(_read_again, parts, view)
    asked = [visitor, view.shown, parts.current, form.method]
    form.method.input(again, asked, [live, note, *view.outputs], queue=False, **QUIET)
    live.click(_item, visitor, live, queue=False, **QUIET)
    price.open_on(live.open_in_price, _text_and_truth, visitor)

    def reopen(visitor: VisitorRuns, data: gr.EventData) -> dict[gr.Component, Any]:  # Gradio hands a partial no data
        return _reopen(visits, parts, view, visitor, (data.run, data.name))

    live.reopen(reopen, visitor, [visitor, live, form.method, *view.outputs], **QUIET)


def _keep_alive(visitor: VisitorRuns) -> VisitorRuns:
    """Gradio forgets a state some time after it was last set, and one that never was set not at all."""
    return visitor


def _begin(
    info: ModelInfo, slots: RunSlots, visits: Visits, parts: _Parts, values: Mapping[Any, Any]
) -> Iterator[dict[gr.Component, Any]]:
    """Read the items; whatever is wrong with them is said at the fields."""
    reading = message("Reading items …", working=True)
    yield {parts.current: None, parts.note: reading, parts.problem: gr.update(value="", visible=False), **parts.busy}
    visitor = values[parts.visitor]
    try:
        slots.check()
        request = parts.form.request(values)
        run = visitor.begin(request, info, runs_folder())
    except PricerError as error:
        yield parts.refused(str(error))
        return
    visits.remember(visitor, run)
    sample = f"A random sample with seed {run.items.seed}. " if run.items.seed is not None else ""
    said = f"{request.fewer(run.items)}{sample}{run.items.note}"
    yield {parts.current: run, parts.stop: gr.update(interactive=True), parts.note: message(said)}


def _unreadable_form(parts: _Parts) -> dict[gr.Component, Any]:
    """Gradio itself refused a value of the form, before `_begin` saw it."""
    return parts.refused(
        "Something in the form was refused: the message at the top right says what. If it is about the file, which the "
        "server removes after a while, choose the file again."
    )


def _stream(
    pricer: Estimator, slots: RunSlots, parts: _Parts, view: RunsView, visitor: VisitorRuns, run: LiveRun | None
) -> Iterator[dict[gr.Component, Any]]:
    """Feed the run to the chart; the buttons come back and the findings appear, however it ends."""
    if run is not None:
        try:
            for feed in feed_in_slot(pricer, run, slots):
                yield {parts.live: feed}
        except Exception:  # raised again, for the log; the page says that there is something in it
            yield {parts.live: broken(run), **parts.idle, **view.after(visitor, run)}
            raise
        yield {**parts.idle, **view.after(visitor, run)}
    # Gradio repeats the last update when a generator ends: let that be one that says nothing.
    yield {parts.live: gr.skip()}


def _stop(run: LiveRun | None) -> Any:
    if run is not None:
        run.stop.set()
    return gr.update(interactive=False)


def _read_again(
    parts: _Parts, view: RunsView, visitor: VisitorRuns, run_id: str | None, current: LiveRun | None, method: str
) -> dict[gr.Component, Any]:
    """The run that is going or on show, by another way of reading: all of them come from the same passes."""
    run = current if current is not None and current.state == RUNNING else visitor.find(run_id)
    if run is None or method == run.settings.method:  # Gradio's dropdown tells its value when it is left, too
        return {parts.live: gr.skip()}
    try:
        run.read_by(method)
    except RunError as error:
        return {parts.note: message(str(error))}
    if run.state == RUNNING:  # its findings come at its end
        return {parts.live: run.feed}
    return {parts.live: run.feed, parts.note: "", **view.after(visitor, run), **view.uncompared}


def _reopen(
    visits: Visits, parts: _Parts, view: RunsView, visitor: VisitorRuns, asked: tuple[object, object]
) -> dict[gr.Component, Any]:
    """The runs of the visit that the browser has the last run's id of; on show is the one that its address names."""
    run_id, name = asked
    continued = None if visitor.runs else visits.continued(run_id)
    if continued is None or not continued.runs:
        return {parts.live: gr.skip()}
    named = (run for run in continued.runs if run.slug == name)
    run = next(named, None) or continued.find(run_id) or continued.runs[-1]
    shown = {parts.live: run.feed, parts.form.method: run.settings.method}
    return {parts.visitor: continued, **shown, **view.after(continued, run)}


def _item(visitor: VisitorRuns, data: gr.EventData) -> Any:
    """What the panel beside the list shows of the item that was asked for."""
    run, result = _found(visitor, data)
    return gr.skip() if result is None else gr.update(item=item_page(run.id, result, run.report.method))


def _text_and_truth(visitor: VisitorRuns, data: gr.EventData) -> tuple[str, float] | None:
    _, result = _found(visitor, data)
    return None if result is None else (result.item.text, result.truth)


def _found(visitor: VisitorRuns, data: gr.EventData) -> tuple[LiveRun | None, Result | None]:
    run = visitor.find(data.run)
    is_there = run is not None and 0 <= data.index < run.report.n
    return run, run.report.results[data.index] if is_there else None
