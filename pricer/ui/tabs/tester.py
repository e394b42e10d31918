"""Tab "Test": choose items, run the Tester over them, watch it, stop it, open an item in tab "Price".

Layout and wiring alone: `visit` reads items and runs, `charts.report` says what is shown.
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
from pricer.pricing.cleaning import encodable
from pricer.runs import tester
from pricer.ui.components.assets import message
from pricer.ui.components.live_scatter import LiveScatter
from pricer.ui.server.limits import RUNS_AT_ONCE, VISIT_STAYS, Places
from pricer.ui.session.runs import BUNDLED, HUB, SOURCES, UPLOAD, Visit, VisitRun, Wish, broken, feed_in_place
from pricer.ui.tabs.price import TAB_ID, PriceTab, Truth
from pricer.ui.tabs.tester_runs import RunsView, runs_view
from pricer.views import run_feed as charts

EVENTS_AT_ONCE = 2 * RUNS_AT_ONCE  # more than may run, so that the next visitor is told so and does not wait
RUNS_FOLDER = "PRICER_RUNS"  # the environment variable that names a folder where the page keeps its runs, if any
FIRST, SAMPLE = "The first", "A random sample"
RECOGNISED = "recognised"
_QUIET = {"api_visibility": "private", "show_progress": "hidden"}


@dataclass(frozen=True)
class _Form:
    """The fields, and the wish that their values make."""

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

    def wish(self, values: Mapping[Any, Any]) -> Wish:
        """What is asked for."""
        given = {name: values[field] for name, field in vars(self).items() if name != "which"}
        for name in ("text_column", "price_column"):
            given[name] = None if given[name] == RECOGNISED else given[name]
        given["seed"] = int(given["seed"] or 0) if values[self.which] == SAMPLE else None
        return Wish(**given)


def tester_tab(pricer: Any, price: PriceTab | None, tabs: gr.Tabs | None) -> None:
    """Build the tab inside the open gr.Blocks; `price` and `tabs` are where a clicked item opens."""
    form = _form(pricer)
    with gr.Row(elem_classes="actions"):
        run = gr.Button("Run the test", variant="primary", scale=0, min_width=150, elem_id="test-run")
        stop = gr.Button("Stop", interactive=False, scale=0, min_width=100, elem_id="test-stop")
        note = gr.HTML(elem_id="test-note", elem_classes="status")
    problem = gr.HTML(elem_id="test-problem", elem_classes="field-error", visible=False)
    live = LiveScatter(elem_id="test-live")
    visit = gr.State(Visit(), time_to_live=VISIT_STAYS, delete_callback=Visit.forget)
    current = gr.State(None)  # the VisitRun that is going, or None
    view = runs_view(pricer.info, visit, live)
    places = Places()

    run.click(_touched, visit, visit, queue=False, **_QUIET)
    begun = run.click(
        partial(_begin, pricer.info, places, form, visit),
        {visit, *form.fields},
        [current, run, stop, note, problem],
        concurrency_limit=EVENTS_AT_ONCE,
        **_QUIET,
    )
    gone = begun.then(partial(_go, pricer, places), current, live, concurrency_limit=EVENTS_AT_ONCE, **_QUIET)
    unread = begun.failure(_end, None, [run, stop], queue=False, **_QUIET)
    unread.then(_unread, None, [note, problem], queue=False, **_QUIET)
    for whatever in (gone.success, gone.failure):  # the page does not run `then` after a failure
        ended = whatever(_end, None, [run, stop], queue=False, **_QUIET)
        ended.then(partial(_after, view), [visit, current], [live, *view.outputs], **_QUIET)
    stop.click(_ring, current, stop, queue=False, **_QUIET)
    if price is not None:
        opened = live.click(_open, visit, [price.box, price.truth, tabs], queue=False, **_QUIET)
        price.price_after(opened)


def _form(pricer: Any) -> _Form:
    with gr.Row():
        source = gr.Dropdown(list(SOURCES), value=BUNDLED, label="Items", min_width=200, elem_id="test-source")
        dataset = gr.Textbox(
            _default_dataset(pricer),
            label="Data set: owner/name, then @revision and :split if wanted",
            visible=False,
            max_lines=1,
            min_width=260,
        )
        size = gr.Number(
            tester.DEFAULT_SIZE, label="How many", precision=0, minimum=1, min_width=130, elem_id="test-size"
        )
        methods = [(name, method) for method, name in charts.METHOD_NAMES.items()]
        method = gr.Dropdown(methods, value="top3", label="Price read by", min_width=200)
    file = gr.File(
        label=f"CSV, JSONL or Parquet with texts and prices, up to {sources.MAX_UPLOAD // 1_000_000} MB",
        visible=False,
        height=120,
        elem_id="test-file",
    )
    with gr.Row(visible=False, elem_id="test-columns") as columns:
        text_column, price_column = (
            gr.Dropdown([RECOGNISED], value=RECOGNISED, label=f"Column of {what}", min_width=160)
            for what in ("texts", "prices")
        )
    with gr.Accordion("More choices", open=False, elem_id="test-more"), gr.Row():
        with gr.Column(min_width=260):
            which = gr.Radio([FIRST, SAMPLE], value=FIRST, label="Which items")
            seed = gr.Number(42, label="Seed of the sample", precision=0, visible=False, elem_id="test-seed")
        with gr.Column(min_width=260):
            adapter = gr.Checkbox(True, label="Adapter on", info="Off: the base model alone.")
            generate = gr.Checkbox(False, label="Generate as well", info="The course's first method, slow.")
    source.change(_fields_of, source, [dataset, file, columns], queue=False, **_QUIET)
    file.change(_columns_of, file, [text_column, price_column, columns], **_QUIET)
    which.change(lambda which: gr.update(visible=which == SAMPLE), which, seed, queue=False, **_QUIET)
    return _Form(source, dataset, file, size, method, which, seed, text_column, price_column, generate, adapter)


def _default_dataset(pricer: Any) -> str:
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
    choices = gr.update(choices=[RECOGNISED, *names], value=RECOGNISED)
    return choices, choices, gr.update(visible=bool(names))


def _touched(visit: Visit) -> Visit:
    """Gradio forgets a state some time after it was last set, and one that never was set not at all."""
    return visit


def _begin(
    info: Any, places: Places, form: _Form, visit: gr.State, values: Mapping[Any, Any]
) -> Iterator[tuple[Any, ...]]:
    """Read the items; whatever is wrong with them is said at the fields."""
    busy = gr.update(interactive=False)
    yield None, busy, busy, message("Reading items …", working=True), gr.update(value="", visible=False)
    folder = os.environ.get(RUNS_FOLDER)
    try:
        places.check()
        run = values[visit].begin(form.wish(values), info, Path(folder) if folder else None)
    except PricerError as error:
        yield None, gr.skip(), gr.skip(), "", gr.update(value=message(str(error), alert=True), visible=True)
        return
    sample = f"A random sample with seed {run.items.seed}. " if run.items.seed is not None else ""
    yield run, gr.skip(), gr.update(interactive=True), message(sample + run.items.note), gr.skip()


def _unread() -> tuple[Any, Any]:
    sentence = "The form could not be read. Files are removed from the server after a while: choose the file again."
    return "", gr.update(value=message(sentence, alert=True), visible=True)


def _go(pricer: Any, places: Places, run: VisitRun | None) -> Iterator[Any]:
    if run is not None:
        yield from feed_in_place(pricer, run, places)
    # Gradio repeats the last update when a generator ends: let that be one that says nothing.
    yield gr.skip()


def _end() -> tuple[Any, Any]:
    """The buttons come back, however the run ended."""
    return gr.update(interactive=True), gr.update(interactive=False)


def _after(view: RunsView, visit: Visit, run: VisitRun | None) -> tuple[Any, ...]:
    """What the run found; and, where it broke off without saying so, a sentence that says it."""
    is_broken = run is not None and run.state == charts.RUNNING
    return broken(run) if is_broken else gr.skip(), *view.after(visit, run)


def _ring(run: VisitRun | None) -> Any:
    if run is not None:
        run.stop.set()
    return gr.update(interactive=False)


def _open(visit: Visit, event: gr.EventData) -> tuple[Any, Any, Any]:
    """The clicked item, for tab "Price"."""
    run = visit.find(event.run)
    if run is None or not 0 <= event.index < run.report.n:
        return gr.skip(), gr.skip(), gr.skip()
    result = run.report.results[event.index]
    return result.text, Truth(result.text, result.truth), gr.Tabs(selected=TAB_ID)
