"""The form of tab "Test": which items, how many, how they are read; and a look at a file before it is run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import gradio as gr

from pricer.errors import ItemsError
from pricer.items import load as sources
from pricer.items.files import FORMS
from pricer.items.preview import preview
from pricer.items.source import open_source
from pricer.pricing.estimator import Estimator
from pricer.runs import tester
from pricer.ui.components import findings
from pricer.ui.components.assets import message
from pricer.ui.components.findings import Findings
from pricer.ui.events import QUIET
from pricer.ui.server import limits
from pricer.ui.session.runs import BUNDLED, DEFAULT_METHOD, HUB, SOURCES, UPLOAD, RunRequest
from pricer.ui.tabs.columns import RECOGNIZED, chosen, columns_of, offered
from pricer.views.preview import preview_table
from pricer.views.text import METHOD_NAMES

FIRST, SAMPLE = "From the top", "A random sample"
HOW_MANY = "How many"
# Enter in the field is a click on the button, which does nothing while a run goes on.
_CLICK_RUN = "() => document.querySelector('#test-run').click()"


@dataclass(frozen=True)
class Form:
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
            given[name] = chosen(given[name])
        given["seed"] = int(given["seed"] or 0) if values[self.which] == SAMPLE else None
        return RunRequest(**given)


def tester_form(pricer: Estimator) -> Form:
    """Build the form inside the open gr.Blocks."""
    bundled = len(sources.load_items(sources.BUNDLED).items)
    with gr.Row():
        source = gr.Dropdown(list(SOURCES), value=BUNDLED, label="Items", min_width=200, elem_id="test-source")
        dataset = gr.Textbox(
            _default_dataset(pricer),
            label="Hub dataset, e.g. owner/name@revision:split",
            visible=False,
            max_lines=1,
            min_width=260,
        )
        size = gr.Number(
            tester.DEFAULT_SIZE, label=_how_many(f"{bundled:,}"), precision=0, min_width=130, elem_id="test-size"
        )
        methods = [(name, method) for method, name in METHOD_NAMES.items()]
        method = gr.Dropdown(methods, value=DEFAULT_METHOD, label="Reading", min_width=200, elem_id="test-method")
    file = gr.File(
        label=f"{FORMS} with texts and prices, up to {limits.MAX_UPLOAD // 1_000_000} MB",
        visible=False,
        height=120,
        elem_id="test-file",
    )
    with gr.Row(visible=False, elem_id="test-columns") as columns:
        text_column, price_column = (
            gr.Dropdown([RECOGNIZED], value=RECOGNIZED, label=f"{what} column", min_width=160)
            for what in ("Description", "Price")
        )
    look = Findings(elem_id="test-preview", visible=False)
    with gr.Accordion("Options", open=False, elem_id="test-more"), gr.Row():
        with gr.Column(min_width=260):
            which = gr.Radio([FIRST, SAMPLE], value=FIRST, label="Which items")
            seed = gr.Number(42, label="Seed of the sample", precision=0, visible=False, elem_id="test-seed")
        with gr.Column(min_width=260):
            adapter = gr.Checkbox(True, label="Use the adapter", info="Off: base model only.")
            generate = gr.Checkbox(False, label="Also generate text", info="Slow; the course's first method.")
    looked = (partial(_look, f"{bundled:,}"), [source, file, text_column, price_column], [look, size])
    source.change(_fields_of, source, [dataset, file, columns], queue=False, **QUIET).then(*looked, **QUIET)
    file.change(_columns_of, file, [text_column, price_column, columns], **QUIET).then(*looked, **QUIET)
    gr.on([text_column.input, price_column.input], *looked, **QUIET)
    which.change(lambda which: gr.update(visible=which == SAMPLE), which, seed, queue=False, **QUIET)
    size.submit(None, js=_CLICK_RUN, **QUIET)
    return Form(source, dataset, file, size, method, which, seed, text_column, price_column, generate, adapter)


def _how_many(there: str = "") -> str:
    return f"{HOW_MANY} (of {there})" if there else HOW_MANY


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
    """The columns to choose from; what is wrong with a file that cannot be read is said by `_look`."""
    names = offered(columns_of(file))
    choices = [RECOGNIZED, *names]
    # One update each: Gradio takes an update apart while it sends it, and of a shared one nothing would be left.
    text, price = (gr.update(choices=choices, value=RECOGNIZED) for _ in range(2))
    return text, price, gr.update(visible=bool(names))


def _look(bundled: str, source: str, file: str | None, text_column: str, price_column: str) -> tuple[Any, Any]:
    """What is in the file, before it is run, and the label that says how many items there are."""
    if source != UPLOAD or not file:
        return gr.update(visible=False), gr.update(label=_how_many(bundled if source == BUNDLED else ""))
    try:
        opened = open_source(file, text_column=chosen(text_column), price_column=chosen(price_column))
        seen = preview(opened, max_rows=limits.MAX_ROWS)
    except ItemsError as error:
        return gr.update(value=message(str(error)), visible=True), gr.update(label=_how_many())
    many = f"over {seen.rows:,}" if seen.more else f"{seen.rows:,}"
    said = seen.sentence if seen.columns.price else f"{seen.sentence} Choose the column of prices."
    return (
        gr.update(value=findings.remarked(said, preview_table(seen)), visible=True),
        gr.update(label=_how_many(many)),
    )
