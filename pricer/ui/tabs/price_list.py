"""Section "Price a list" of tab "Price": pasted lines or a file in, a table of prices out, and files to keep.

Layout and wiring alone; what a list is and how it is priced stands in `pricer.ui.session.price_list`.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import gradio as gr

from pricer.errors import PricerError
from pricer.pricing.estimator import Estimator
from pricer.runs.folder import FAILED
from pricer.ui.components.assets import message
from pricer.ui.components.price_list import PriceListTable
from pricer.ui.events import QUIET
from pricer.ui.server import limits
from pricer.ui.server.limits import RunSlots
from pricer.ui.session.price_list import ListRun, ended, feed_in_slot
from pricer.ui.tabs.price_list_form import ListForm, list_form

_BROKEN = "The model failed at this point; prices so far are kept. The server's log says why."
_TAKE = "(lines) => window.pricer.list.take(lines)"
_KINDS = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


@dataclass(frozen=True)
class _Parts:
    """What a list changes."""

    form: ListForm
    run: gr.Button
    stop: gr.Button
    note: gr.HTML
    table: PriceListTable
    files: gr.Row
    current: gr.State  # the visitor's last ListRun, or None

    def buttons(self, running: bool = False, stoppable: bool = False) -> dict[gr.Component, Any]:
        """The buttons while a list is read or priced, or while nothing runs."""
        return {self.run: gr.update(interactive=not running), self.stop: gr.update(interactive=stoppable)}


def list_offer() -> gr.Button:
    """Beneath the box for one product: the question whether a text of several short lines is a list."""
    with gr.Row(elem_id="list-offer", elem_classes="actions"):
        gr.HTML(message("This looks like a list. Price each line?"), elem_classes="status", apply_default_css=False)
        return gr.Button("Price each line", size="sm", scale=0, min_width=140, elem_id="list-take")


def price_list(pricer: Estimator, box: gr.Textbox, offer: gr.Button) -> ListForm:
    """Build the section inside the open gr.Blocks; `offer` takes over the lines in `box`."""
    with gr.Accordion("Price a list", open=False, elem_id="section-list") as section:
        gr.HTML(
            "<p>Paste one product a line, or drop a file with a row for each; prices are not needed. "
            f"Up to {limits.MAX_LIST_ROWS:,} products are priced here at a time.</p>",
            elem_classes="lead",
            apply_default_css=False,
        )
        form = list_form()
        with gr.Row(elem_classes="actions"):
            run = gr.Button("Price the list", variant="primary", scale=0, min_width=150, elem_id="list-run")
            stop = gr.Button("Stop", interactive=False, scale=0, min_width=100, elem_id="list-stop")
            note = gr.HTML(elem_id="list-note", elem_classes="status")
        priced = PriceListTable(elem_id="list-table")
        with gr.Column(visible=False, elem_id="list-files") as files:
            with gr.Row(elem_classes="actions"):
                keep = {
                    kind: gr.Button(f"Download {name}", size="sm", scale=0, min_width=150, elem_id=f"list-{kind}")
                    for kind, name in (("csv", "CSV"), ("xlsx", "Excel"))
                }
            gr.HTML(
                "<p>All rows in their order with their own columns, then ours. A text that a spreadsheet would run as "
                "a formula stays a text; in CSV it begins with an apostrophe.</p>",
                elem_classes="lead",
                apply_default_css=False,
            )
    parts = _Parts(form, run, stop, note, priced, files, gr.State(None))
    slots = RunSlots(limits.LISTS_AT_ONCE, "lists")

    box.change(None, None, None, js="() => window.pricer.list.offer()", **QUIET)
    offer.click(_taken, box, [form.lines, form.file, section], js=_TAKE, queue=False, **QUIET)

    told = [parts.current, run, stop, note, form.problem, files]
    queued = {"concurrency_limit": limits.RUN_EVENTS_AT_ONCE, **QUIET}
    begun = run.click(partial(_begin, slots, parts), form.fields, told, **queued)
    begun.failure(partial(_unreadable_form, parts), None, told, queue=False, **QUIET)
    begun.success(partial(_stream, pricer, slots, parts), parts.current, [priced, run, stop, files], **queued)
    stop.click(_stop, parts.current, stop, queue=False, **QUIET)
    packed = gr.JSON(visible=False)
    for kind, button in keep.items():
        ready = button.click(partial(_file, kind), parts.current, packed, **QUIET)
        ready.success(None, packed, None, js="(file) => window.pricer.list.save(file)", **QUIET)
    return form


def _taken(text: str) -> tuple[Any, Any, Any]:
    """The lines of the box for one product, in the section for many."""
    return text, None, gr.update(open=True)


def _begin(slots: RunSlots, parts: _Parts, values: Mapping[Any, Any]) -> Iterator[dict[gr.Component, Any]]:
    """Read the list; whatever is wrong with it is said at the fields."""
    reading = message("Reading the list …", working=True)
    yield {
        parts.current: None,
        parts.note: reading,
        parts.files: gr.update(visible=False),
        **parts.form.told(),
        **parts.buttons(running=True),
    }
    try:
        slots.check()
        run = ListRun(parts.form.request(values).read())
    except PricerError as error:
        yield {parts.current: None, parts.note: "", **parts.form.told(str(error)), **parts.buttons()}
        return
    yield {parts.current: run, parts.note: "", **parts.buttons(running=True, stoppable=True)}


def _unreadable_form(parts: _Parts) -> dict[gr.Component, Any]:
    """Gradio itself refused a value of the form, before `_begin` saw it."""
    problem = (
        "Something in the list was refused: the message at the top right says what. If it is about the file, which the "
        "server removes after a while, choose the file again."
    )
    return {parts.current: None, parts.note: "", **parts.form.told(problem), **parts.buttons()}


def _stream(
    pricer: Estimator, slots: RunSlots, parts: _Parts, run: ListRun | None
) -> Iterator[dict[gr.Component, Any]]:
    """Feed the list to its table; buttons and files appear, however it ends."""
    if run is not None:
        after = {**parts.buttons(), parts.files: gr.update(visible=True)}
        try:
            for feed in feed_in_slot(pricer, run, slots):
                yield {parts.table: feed}
        except Exception:  # raised again, for the log; the page says that there is something in it
            yield {parts.table: ended(run, FAILED, _BROKEN), **after}
            raise
        yield after
    # Gradio repeats the last update when a generator ends: let that be one that says nothing.
    yield {parts.table: gr.skip()}


def _stop(run: ListRun | None) -> Any:
    if run is not None:
        run.stop.set()
    return gr.update(interactive=False)


def _file(kind: str, run: ListRun | None) -> dict[str, str] | None:
    """The priced list as the page's script saves it: nothing is written on the server."""
    if run is None:
        return None
    content = base64.b64encode(run.file(kind)).decode()
    return {"name": f"prices.{kind}", "type": _KINDS[kind], "base64": content}
