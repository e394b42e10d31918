"""Tab "Test": choose items, run the Tester over them, watch it, stop it, open an item in tab "Price".

Layout and wiring alone: `visit` reads items and runs, `charts.report` says what is shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import gradio as gr

from pricer import items as sources
from pricer import tester
from pricer.charts import report as charts
from pricer.errors import PricerError
from pricer.ui.assets import message
from pricer.ui.live_scatter import LiveScatter
from pricer.ui.price_tab import TAB_ID, PriceTab, Truth
from pricer.ui.visit import BUNDLED, HUB, SOURCES, UPLOAD, Visit, VisitRun, Wish, feed

RUNS_AT_ONCE = 8  # visitors whose runs share the model at the same time; the next one waits
_QUIET = {"api_visibility": "private", "show_progress": "hidden"}


def test_tab(pricer: Any, price: PriceTab | None, tabs: gr.Tabs | None) -> None:
    """Build the tab inside the open gr.Blocks; `price` and `tabs` are where a clicked item opens."""
    with gr.Row():
        source = gr.Dropdown(list(SOURCES), value=BUNDLED, label="Items", min_width=200, elem_id="test-source")
        dataset = gr.Textbox(
            _default_dataset(pricer), label="Data set", placeholder="owner/name", visible=False, max_lines=1
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
    with gr.Row(elem_classes="actions"):
        run = gr.Button("Run the test", variant="primary", scale=0, min_width=150, elem_id="test-run")
        stop = gr.Button("Stop", interactive=False, scale=0, min_width=100, elem_id="test-stop")
        note = gr.HTML(elem_id="test-note", elem_classes="status")
    problem = gr.HTML(elem_id="test-problem", elem_classes="field-error", visible=False)
    live = LiveScatter(elem_id="test-live")
    visit = gr.State(Visit())
    current = gr.State(None)  # the VisitRun that is going, or None

    source.change(_fields_of, source, [dataset, file], queue=False, **_QUIET)
    begun = run.click(
        partial(_begin, pricer),
        [visit, source, file, dataset, size, method],
        [current, run, stop, note, problem],
        concurrency_limit=RUNS_AT_ONCE,
        **_QUIET,
    )
    gone = begun.then(partial(_go, pricer), current, live, concurrency_limit=RUNS_AT_ONCE, **_QUIET)
    gone.then(_end, None, [run, stop], queue=False, **_QUIET)
    stop.click(_ring, current, stop, queue=False, **_QUIET)
    if price is not None:
        opened = live.click(_open, visit, [price.box, price.truth, tabs], queue=False, **_QUIET)
        price.price_after(opened)


def _default_dataset(pricer: Any) -> str:
    items = pricer.info.row.items
    return items.removeprefix(sources.HUB_PREFIX) if items.startswith(sources.HUB_PREFIX) else "ed-donner/pricer-data"


def _fields_of(source: str) -> tuple[Any, Any]:
    return gr.update(visible=source == HUB), gr.update(visible=source == UPLOAD)


def _begin(
    pricer: Any, visit: Visit, source: str, file: str | None, dataset: str, size: float | None, method: str
) -> Iterator[tuple[Any, ...]]:
    """Read the items; whatever is wrong with them is said at the fields."""
    busy = gr.update(interactive=False)
    yield None, busy, busy, message("Reading items …", working=True), gr.update(value="", visible=False)
    try:
        run = visit.begin(Wish(source, file, dataset, size, method=method), pricer.info)
    except PricerError as error:
        yield None, gr.skip(), gr.skip(), "", gr.update(value=message(str(error), alert=True), visible=True)
        return
    yield run, gr.skip(), gr.update(interactive=True), message(run.items.note), gr.skip()


def _go(pricer: Any, run: VisitRun | None) -> Iterator[Any]:
    if run is not None:
        yield from feed(pricer, run)
    # Gradio repeats the last update when a generator ends: let that be one that says nothing.
    yield gr.skip()


def _end() -> tuple[Any, Any]:
    return gr.update(interactive=True), gr.update(interactive=False)


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
