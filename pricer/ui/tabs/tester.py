"""Tab "Test": choose items, run the Tester over them, watch it, stop it, open an item in tab "Price".

Layout and wiring alone: `session.runs` reads items and runs, `views.run_feed` says what is shown. A click on "Run the
test" goes through these events, the first outside the queue:

    click ─┬─ _keep_alive
           └─ _begin, reads the items ─┬─ success: _stream, feeds the chart; ends with the findings and the buttons back
                                       └─ failure: _unreadable_form
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr

from pricer.errors import ItemsError, PricerError
from pricer.items import load as sources
from pricer.items.files import open_table
from pricer.model.info import ModelInfo
from pricer.pricing.cleaning import encodable
from pricer.pricing.estimator import Estimator
from pricer.runs import tester
from pricer.ui.components.assets import message
from pricer.ui.components.live_scatter import LiveScatter
from pricer.ui.events import QUIET
from pricer.ui.server import limits
from pricer.ui.server.limits import RunSlots
from pricer.ui.session.runs import BUNDLED, HUB, SOURCES, UPLOAD, LiveRun, RunRequest, VisitorRuns, broken, feed_in_slot
from pricer.ui.tabs.price import PriceTab
from pricer.ui.tabs.tester_runs import RunsView, runs_view
from pricer.views import run_feed

RUNS_FOLDER = "PRICER_RUNS"  # the environment variable that names a folder where the page keeps its runs, if any
FIRST, SAMPLE = "From the top", "A random sample"
RECOGNIZED = "recognized"


@dataclass(frozen=True)
class _Form:
    """The fields, and the request that their values make."""

    source: gr.Dropdown
    dataset: gr.Textbox
    file: gr.File
    size: gr.Number
    method: gr.Dropdown
    which: gr.Radio
    seed: gr.Number
    text_column: gr.Dropdown
    price_column: gr.Dropdown
    generate: gr.Checkbox
    adapter: gr.Checkbox

    @property
    def fields(self) -> set[Any]:
        """All of them, as the inputs of an event."""
        return set(vars(self).values())

    def request(self, values: Mapping[Any, Any]) -> RunRequest:
        """What is asked for."""
        given = {name: values[field] for name, field in vars(self).items() if name != "which"}
        for name in ("text_column", "price_column"):
            given[name] = None if given[name] == RECOGNIZED else given[name]
        given["seed"] = int(given["seed"] or 0) if values[self.which] == SAMPLE else None
        return RunRequest(**given)


@dataclass(frozen=True)
class _Parts:
    """What a run changes besides its findings."""

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
        return {self.run: gr.update(interactive=False), self.stop: gr.update(interactive=False)}

    @property
    def idle(self) -> dict[gr.Component, Any]:
        """The buttons while nothing runs."""
        return {self.run: gr.update(interactive=True), self.stop: gr.update(interactive=False)}

    def refused(self, sentence: str) -> dict[gr.Component, Any]:
        """The sentence at the fields, and nothing that runs."""
        problem = gr.update(value=message(sentence, alert=True), visible=True)
        return {self.current: None, self.note: "", self.problem: problem, **self.idle}


def tester_tab(pricer: Estimator, price: PriceTab) -> None:
    """Build the tab inside the open gr.Blocks; `price` is where a clicked item opens."""
    form = _form(pricer)
    with gr.Row(elem_classes="actions"):
        run = gr.Button("Run the test", variant="primary", scale=0, min_width=150, elem_id="test-run")
        stop = gr.Button("Stop", interactive=False, scale=0, min_width=100, elem_id="test-stop")
        note = gr.HTML(elem_id="test-note", elem_classes="status")
    problem = gr.HTML(elem_id="test-problem", elem_classes="field-error", visible=False)
    live = LiveScatter(elem_id="test-live")
    visitor = gr.State(VisitorRuns(), time_to_live=limits.RUNS_STAY, delete_callback=VisitorRuns.forget)
    parts = _Parts(run, stop, note, problem, live, visitor, gr.State(None))
    view = runs_view(pricer.info, visitor, live)
    slots = RunSlots()

    run.click(_keep_alive, visitor, visitor, queue=False, **QUIET)
    told = [parts.current, run, stop, note, problem]
    queued = {"concurrency_limit": limits.RUN_EVENTS_AT_ONCE, **QUIET}
    begun = run.click(partial(_begin, pricer.info, slots, form, parts), {visitor, *form.fields}, told, **queued)
    begun.failure(partial(_unreadable_form, parts), None, told, queue=False, **QUIET)
    stream = partial(_stream, pricer, slots, parts, view)
    begun.success(stream, [visitor, parts.current], [live, run, stop, *view.outputs], **queued)
    stop.click(_stop, parts.current, stop, queue=False, **QUIET)
    price.open_on(live.click, _item, visitor)


def _form(pricer: Estimator) -> _Form:
    with gr.Row():
        source = gr.Dropdown(list(SOURCES), value=BUNDLED, label="Items", min_width=200, elem_id="test-source")
        dataset = gr.Textbox(
            _default_dataset(pricer),
            label="Hub dataset, e.g. owner/name@revision:split",
            visible=False,
            max_lines=1,
            min_width=260,
        )
        size = gr.Number(tester.DEFAULT_SIZE, label="How many", precision=0, min_width=130, elem_id="test-size")
        methods = [(name, method) for method, name in run_feed.METHOD_NAMES.items()]
        method = gr.Dropdown(methods, value="top3", label="Reading", min_width=200)
    file = gr.File(
        label=f"CSV, JSONL or Parquet with texts and prices, up to {limits.MAX_UPLOAD // 1_000_000} MB",
        visible=False,
        height=120,
        elem_id="test-file",
    )
    with gr.Row(visible=False, elem_id="test-columns") as columns:
        text_column, price_column = (
            gr.Dropdown([RECOGNIZED], value=RECOGNIZED, label=f"Column of {what}", min_width=160)
            for what in ("texts", "prices")
        )
    with gr.Accordion("Options", open=False, elem_id="test-more"), gr.Row():
        with gr.Column(min_width=260):
            which = gr.Radio([FIRST, SAMPLE], value=FIRST, label="Which items")
            seed = gr.Number(42, label="Seed of the sample", precision=0, visible=False, elem_id="test-seed")
        with gr.Column(min_width=260):
            adapter = gr.Checkbox(True, label="Use the adapter", info="Off: base model only.")
            generate = gr.Checkbox(False, label="Also generate text", info="Slow; the course's first method.")
    source.change(_fields_of, source, [dataset, file, columns], queue=False, **QUIET)
    file.change(_columns_of, file, [text_column, price_column, columns], **QUIET)
    which.change(lambda which: gr.update(visible=which == SAMPLE), which, seed, queue=False, **QUIET)
    return _Form(source, dataset, file, size, method, which, seed, text_column, price_column, generate, adapter)


def _default_dataset(pricer: Estimator) -> str:
    items = pricer.info.row.items
    return items.removeprefix(sources.HUB_PREFIX) if items.startswith(sources.HUB_PREFIX) else "ed-donner/pricer-data"


def _fields_of(source: str) -> tuple[Any, Any, Any]:
    hidden = gr.update(visible=False)
    return (
        gr.update(visible=source == HUB),
        gr.update(visible=source == UPLOAD),
        hidden if source != UPLOAD else gr.skip(),
    )


def _columns_of(file: str | None) -> tuple[Any, Any, Any]:
    """The columns to choose from; a file that cannot be read says so when it is run."""
    try:
        # Without names that hold half a character: no message to the page could carry them.
        names = [name for name in open_table(Path(file)).columns if encodable(name) == name] if file else []
    except ItemsError:
        names = []
    choices = [RECOGNIZED, *names]
    # One update each: Gradio takes an update apart while it sends it, and of a shared one nothing would be left.
    text, price = (gr.update(choices=choices, value=RECOGNIZED) for _ in range(2))
    return text, price, gr.update(visible=bool(names))


def _keep_alive(visitor: VisitorRuns) -> VisitorRuns:
    """Gradio forgets a state some time after it was last set, and one that never was set not at all."""
    return visitor


def _begin(
    info: ModelInfo, slots: RunSlots, form: _Form, parts: _Parts, values: Mapping[Any, Any]
) -> Iterator[dict[gr.Component, Any]]:
    """Read the items; whatever is wrong with them is said at the fields."""
    reading = message("Reading items …", working=True)
    yield {parts.current: None, parts.note: reading, parts.problem: gr.update(value="", visible=False), **parts.busy}
    folder = os.environ.get(RUNS_FOLDER)
    try:
        slots.check()
        run = values[parts.visitor].begin(form.request(values), info, Path(folder) if folder else None)
    except PricerError as error:
        yield parts.refused(str(error))
        return
    sample = f"A random sample with seed {run.items.seed}. " if run.items.seed is not None else ""
    yield {parts.current: run, parts.stop: gr.update(interactive=True), parts.note: message(sample + run.items.note)}


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


def _item(visitor: VisitorRuns, data: gr.EventData) -> tuple[str, float] | None:
    """Text and true price of the clicked item."""
    run = visitor.find(data.run)
    if run is None or not 0 <= data.index < run.report.n:
        return None
    result = run.report.results[data.index]
    return result.item.text, result.truth
