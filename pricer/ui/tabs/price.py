"""Tab "Price": a description in, what it costs out, and below it everything that can be asked about that price.

Layout and wiring alone: the model answers through the pricer, `charts.estimate` turns the answer into what is shown.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import gradio as gr

from pricer.errors import PricerError
from pricer.ui.components import markup
from pricer.ui.components.assets import message
from pricer.ui.components.price_card import price_card
from pricer.ui.server.limits import MAX_CHARACTERS, MAX_LINK_CHARACTERS, checked
from pricer.ui.session.prices import Entry, History
from pricer.ui.tabs.examples import EXAMPLES
from pricer.ui.tabs.price_sections import Sections, sections
from pricer.views.price import page_data

TAB_ID = "price"
_QUIET = {"show_progress": "hidden", "api_visibility": "private"}


@dataclass(frozen=True)
class Truth:
    """The true price in dollars of exactly this description; it is shown beside the estimate and never priced."""

    description: str
    dollars: float


@dataclass(frozen=True)
class PriceTab:
    """What the page and other tabs need to open a description here.

    Another tab's handler returns `(text, Truth(text, dollars), gr.Tabs(selected=TAB_ID))` to `[price.box, price.truth,
    tabs]`, and its event is then handed to `price_after`. A new price cancels `running`. `open_link` is for the page's
    `load`, with `inputs[-1:]`.
    """

    box: gr.Textbox
    truth: gr.State  # Truth or None
    run: Callable
    open_link: Callable
    inputs: list
    outputs: list
    running: gr.events.Dependency

    def price_after(self, event: gr.events.Dependency) -> None:
        """Price what is in the box once `event` is through."""
        event.then(self.run, self.inputs, self.outputs, cancels=[self.running], **_QUIET)


@dataclass(frozen=True)
class _Parts:
    """The components that a price changes."""

    box: gr.Textbox
    error: gr.HTML
    status: gr.HTML
    card: gr.HTML
    seen: gr.State  # History
    sections: Sections

    @property
    def all(self) -> list:
        return [self.box, self.error, self.status, self.card, self.seen, self.sections.history, *self.sections.outdated]


def price_tab(pricer: Any) -> PriceTab:
    """Build the tab inside the open gr.Blocks; `pricer` is a Pricer or anything that answers like one."""
    truth, seen = gr.State(None), gr.State(History())
    with gr.Row(elem_classes="price-row", equal_height=False):
        with gr.Column(scale=6, min_width=320, elem_classes="ask"):
            box = gr.Textbox(
                label="Description of a product",
                placeholder="Paste what a shop writes about a product: its name, then what it is and does.",
                lines=9,
                max_lines=16,
                max_length=MAX_CHARACTERS,
                elem_id="description",
            )
            error = gr.HTML(elem_id="description-error", elem_classes="field-error")
            with gr.Row(elem_classes="actions"):
                button = gr.Button("Price it", variant="primary", elem_id="price-button", scale=0, min_width=140)
                status = gr.HTML(message("Ctrl + Enter works too."), elem_id="price-status", elem_classes="status")
                link = gr.Button("Copy link", size="sm", scale=0, min_width=90, elem_id="copy-link")
        with gr.Column(scale=5, min_width=320):
            card = price_card(elem_id="price-card")
    with gr.Row(elem_classes="examples"):
        gr.HTML("<p>Or try one of these:</p>", elem_classes="hint", apply_default_css=False)
        chips = [gr.Button(example.name, size="sm", scale=0, min_width=40) for example in EXAMPLES]

    parts = _Parts(box, error, status, card, seen, sections(pricer, seen))
    run = partial(_run, pricer, parts)

    def open_link(history: History, request: gr.Request) -> Iterator[dict]:
        """Price the description that the page's address carries, if it does."""
        text = request.query_params.get("text", "")[:MAX_LINK_CHARACTERS].strip()
        if text:
            yield {box: text}
            yield from run(text, None, history)
        else:
            yield {box: gr.skip()}

    def bring_back(history: History, event: gr.EventData) -> dict:
        """Show an earlier price of this visit as it was; the model is not asked again."""
        if not 0 <= event.index < len(history.entries):
            return {box: gr.skip()}
        history.bell.rung = True
        return {box: history.entries[event.index].text} | _shown(pricer, parts, history.showing(event.index))

    tab = PriceTab(box, truth, run, open_link, [box, truth, seen], parts.all, parts.sections.running)
    button.click(tab.run, tab.inputs, tab.outputs, cancels=[tab.running], **_QUIET)
    for chip, example in zip(chips, EXAMPLES, strict=True):
        tab.price_after(chip.click(partial(str, example.text), outputs=box, queue=False, **_QUIET))
    parts.sections.history.back(bring_back, [seen], tab.outputs, cancels=[tab.running], queue=False, **_QUIET)
    link.click(None, [box], [status], js=f"(text) => window.pricer.copyLink(text, {MAX_LINK_CHARACTERS})")
    return tab


def _run(pricer: Any, parts: _Parts, text: str, truth: Truth | None, seen: History) -> Iterator[dict]:
    """Price `text` and show it, saying meanwhile that the model reads."""
    yield {parts.status: message("Reading …", working=True), parts.error: ""}
    began = time.perf_counter()
    try:
        text = checked(text)
        [estimate] = pricer.estimate_all([text])
    except PricerError as error:
        yield {parts.error: message(str(error), alert=True), parts.status: "", parts.card: None}
        return
    known = truth.dollars if truth and truth.description == text else None
    took = message(f"Read in {1000 * (time.perf_counter() - began):,.0f} ms.")
    seen.bell.rung = True
    yield {parts.status: took} | _shown(pricer, parts, seen.added(Entry(text, estimate, known)))


def _shown(pricer: Any, parts: _Parts, seen: History) -> dict:
    """The components that show the current entry; answers about another one are emptied."""
    entry = seen.current
    assert entry is not None
    difference = seen.difference(seen.shown)
    return {
        parts.card: page_data(entry.estimate, entry.truth, difference, pricer.info.row.coverage),
        parts.seen: seen,
        parts.sections.history: markup.history(seen),
    } | parts.sections.outdated
