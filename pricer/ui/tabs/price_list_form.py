"""The fields of section "Price a list", and what is recognized in them before anything is priced."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import gradio as gr

from pricer.errors import ItemsError
from pricer.items.files import FORMS
from pricer.ui.components.assets import message
from pricer.ui.components.findings import Findings, table
from pricer.ui.events import QUIET
from pricer.ui.server import limits
from pricer.ui.session.price_list import ListRequest, ProductList
from pricer.ui.tabs.columns import RECOGNIZED, chosen, columns_of, offered
from pricer.views.price_list import PREVIEWED, preview

_KEPT = "() => window.pricer.kept.read().lines || ''"


@dataclass(frozen=True)
class ListForm:
    """The fields, the request that their values make, and where it is told what is recognized or wrong."""

    lines: gr.Textbox
    file: gr.File
    column: gr.Dropdown
    found: Findings
    problem: gr.HTML

    @property
    def fields(self) -> set[Any]:
        """The inputs of an event."""
        return {self.lines, self.file, self.column}

    @property
    def outputs(self) -> list[Any]:
        """What looking changes."""
        return [self.column, self.found, self.problem]

    def request(self, values: Mapping[Any, Any]) -> ListRequest:
        """What is asked for."""
        return ListRequest(values[self.lines], values[self.file], chosen(values[self.column]))

    def told(self, problem: str = "") -> dict[gr.Component, Any]:
        """What is wrong with the list; nothing if nothing is."""
        return {self.problem: gr.update(value=message(problem, alert=True) if problem else "", visible=bool(problem))}

    def look(self, values: Mapping[Any, Any]) -> dict[gr.Component, Any]:
        """What is recognized in the fields; a column that was chosen of another list means nothing."""
        request = self.request({**values, self.column: RECOGNIZED})
        if not request.file and not request.lines.strip():
            return {self.column: _choices(()), self.found: "", **self.told()}
        try:
            products = request.read()
        except ItemsError as error:
            return {self.column: _choices(columns_of(request.file)), self.found: "", **self.told(str(error))}
        both = request.file and request.lines.strip()
        remark = "The file is priced; remove it to price the lines instead." if both else ""
        return {self.column: _choices(products.own), self.found: _previewed(products, remark), **self.told()}

    def look_again(self, values: Mapping[Any, Any]) -> dict[gr.Component, Any]:
        """The same list with the column that was chosen."""
        try:
            return {self.found: _previewed(self.request(values).read()), **self.told()}
        except ItemsError as error:
            return {self.found: "", **self.told(str(error))}

    def reopen_on(self, load: Any) -> None:
        """At the page's `load`, bring back the lines that the browser kept."""
        load(_if_any, self.lines, self.lines, js=_KEPT, queue=False, **QUIET)


def list_form() -> ListForm:
    """Build the fields inside the open gr.Blocks."""
    with gr.Row():
        lines = gr.Textbox(
            label="Products, one a line",
            placeholder="Stainless steel water bottle, 32 oz\nGarden hose, 50 ft\nWireless mouse",
            lines=6,
            max_lines=12,
            min_width=280,
            elem_id="list-lines",
        )
        file = gr.File(
            label=f"or a file: {FORMS}, up to {limits.MAX_UPLOAD // 1_000_000} MB",
            height=180,
            min_width=280,
            elem_id="list-file",
        )
    choices = {"choices": [RECOGNIZED], "value": RECOGNIZED, "visible": False}
    column = gr.Dropdown(label="Description column", elem_id="list-column", **choices)
    found = Findings(elem_id="list-found")
    problem = gr.HTML(elem_id="list-problem", elem_classes="field-error", visible=False)
    form = ListForm(lines, file, column, found, problem)
    # Of what is typed meanwhile the last is looked at.
    changed = [lines.change, file.change]
    gr.on(changed, form.look, form.fields, form.outputs, trigger_mode="always_last", **QUIET)
    column.input(form.look_again, form.fields, form.outputs, **QUIET)
    return form


def _if_any(kept: str) -> Any:
    """The lines that were kept; where there are none, what was typed meanwhile stays."""
    return kept if isinstance(kept, str) and kept.strip() else gr.skip()


def _previewed(products: ProductList, remark: str = "") -> str:
    rows = ((row.line, row.text or f"Not priced: {row.reason}.") for row in islice(products.rows, PREVIEWED))
    return table(preview(" ".join(filter(None, [products.sentence, remark])), rows))


def _choices(names: Sequence[str]) -> Any:
    """The columns to choose from, where there is a choice."""
    sendable = offered(names)
    return gr.update(choices=[RECOGNIZED, *sendable], value=RECOGNIZED, visible=len(sendable) > 1)
