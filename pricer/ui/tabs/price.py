"""Tab "Price": a description in, what it costs out, and below it everything that can be asked about that price.

Layout and wiring alone: the model answers through the pricer, `views.price` turns the answer into what is shown.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import gradio as gr

from pricer.errors import PricerError
from pricer.pricing.estimator import Estimator
from pricer.ui.components import markup
from pricer.ui.components.assets import message
from pricer.ui.components.price_card import price_card
from pricer.ui.components.prompt import chips
from pricer.ui.events import QUIET
from pricer.ui.server.limits import MAX_CHARACTERS, MAX_LINK_CHARACTERS, PRICES_KEPT, validated
from pricer.ui.session.prices import Entry, History, VisitorPrices
from pricer.ui.tabs.examples import EXAMPLES
from pricer.ui.tabs.form_hint import form_hint
from pricer.ui.tabs.price_list import list_offer, price_list
from pricer.ui.tabs.price_list_form import ListForm
from pricer.ui.tabs.price_sections import Sections, sections
from pricer.views.price import page_data
from pricer.views.what_if import edit_sentence

TAB_ID = "price"
_Find = Callable[[Any, gr.EventData], tuple[str, float] | None]


@dataclass(frozen=True)
class Truth:
    """The true price in dollars of exactly this description; it is shown beside the estimate and never priced."""

    description: str
    dollars: float


@dataclass(frozen=True)
class PriceTab:
    """What the page and other tabs need to open a description here."""

    run: Callable[..., Iterator[dict]]
    restore: Callable[[list[str], int, VisitorPrices], dict]
    parts: _Parts
    truth: gr.State  # Truth or None
    tabs: gr.Tabs
    listed: ListForm

    @property
    def inputs(self) -> list[gr.Component]:
        """What `run` takes."""
        return [self.parts.box, self.truth, self.parts.prices]

    def price_on(self, event: Callable[..., gr.events.Dependency]) -> None:
        """Price what is in the box at `event`: a listener of a component, or `then` of an event."""
        event(self.run, self.inputs, self.parts.all, **QUIET)

    def open_on(self, event: Callable[..., gr.events.Dependency], find: _Find, source: gr.State) -> None:
        """Open the text and true price that `find(source's value, data of the event)` gives; None opens nothing."""

        def open_item(value: Any, data: gr.EventData) -> tuple[Any, Any, Any]:
            found = find(value, data)
            return (gr.skip(),) * 3 if found is None else (found[0], Truth(*found), gr.Tabs(selected=TAB_ID))

        self.price_on(event(open_item, source, [self.parts.box, self.truth, self.tabs], queue=False, **QUIET).then)

    def reopen_on(self, load: Callable[..., gr.events.Dependency]) -> None:
        """At the page's `load`, bring back what the browser kept, and price what the page's address carries."""
        self.listed.reopen_on(load)
        kept = gr.JSON(visible=False)
        load(
            self._reopened,
            [kept, self.parts.prices],
            self.parts.all,
            js="() => [window.pricer.kept.read(), null]",
            **QUIET,
        )

    def _reopened(self, kept: Any, prices: VisitorPrices, request: gr.Request) -> Iterator[dict]:
        address = request.query_params.get("text", "")
        linked = address[:MAX_LINK_CHARACTERS].strip()
        typed, priced = _kept(kept)
        yield {self.parts.box: typed or gr.skip()}
        if priced:
            shown = priced.index(linked) if linked in priced else 0
            yield self.restore(priced, shown, prices) | ({self.parts.box: typed} if typed else {})
        if linked and linked not in priced:
            yield {self.parts.box: linked}
            yield from self.run(linked, None, prices)
        if len(address) > MAX_LINK_CHARACTERS:
            yield {self.parts.error: message(f"The link was too long: its first {len(linked):,} characters are here.")}


def _kept(kept: Any) -> tuple[str, list[str]]:
    """The text in the box and the texts that were priced, newest first, of whatever a browser sends as kept."""
    kept = kept if isinstance(kept, dict) else {}
    texts = kept.get("prices")
    priced = [text for text in texts if isinstance(text, str) and text.strip()] if isinstance(texts, list) else []
    typed = kept.get("text")
    return typed if isinstance(typed, str) else "", priced[:PRICES_KEPT]


@dataclass(frozen=True)
class _Parts:
    """The components that a price changes, and whose visit it is."""

    box: gr.Textbox
    error: gr.HTML
    status: gr.HTML
    card: gr.HTML
    prices: gr.State  # VisitorPrices
    sections: Sections

    @property
    def all(self) -> list:
        shown = [self.sections.read, self.sections.history, *self.sections.outdated]
        return [self.box, self.error, self.status, self.card, *shown]


def price_tab(pricer: Estimator, tabs: gr.Tabs) -> PriceTab:
    """Build the tab inside the open gr.Blocks; `tabs` is what it is one of."""
    prices = gr.State(VisitorPrices())
    with gr.Row(elem_classes="price-row", equal_height=True):
        with gr.Column(scale=6, min_width=320, elem_classes="ask"):
            box = gr.Textbox(
                label="Product description",
                placeholder="Paste a listing: product name first, then the details.",
                lines=7,
                max_lines=16,
                max_length=MAX_CHARACTERS,
                elem_id="description",
            )
            error = gr.HTML(elem_id="description-error", elem_classes="field-error")
            form_hint(pricer.info.row.frame, box)
            lost = '<p role="alert" hidden>No connection; what you typed is kept.</p>'
            gr.HTML(lost, elem_id="no-connection", elem_classes="field-error", apply_default_css=False)
            offer = list_offer()
            with gr.Row(elem_classes="actions"):
                button = gr.Button("Price it", variant="primary", elem_id="price-button", scale=0, min_width=140)
                keys = '<p class="keys">or press Ctrl + Enter</p>'
                status = gr.HTML(keys, elem_id="price-status", elem_classes="status")
                link = gr.Button("Copy link", size="sm", scale=0, min_width=90, elem_id="copy-link")
            with gr.Row(elem_classes="examples"):
                gr.HTML("<p>Try an example:</p>", elem_classes="hint", apply_default_css=False)
                chips = [gr.Button(example.name, size="sm", scale=0, min_width=40) for example in EXAMPLES]
        with gr.Column(scale=5, min_width=320):
            card = price_card(elem_id="price-card")

    listed = price_list(pricer, box, offer)

    parts = _Parts(box, error, status, card, prices, sections(pricer, prices))
    tab = PriceTab(partial(_run, pricer, parts), partial(_restore, pricer, parts), parts, gr.State(None), tabs, listed)

    def bring_back(prices: VisitorPrices, event: gr.EventData) -> dict:
        """Show an earlier price of this visit as it was; the model is not asked again."""
        if not 0 <= event.index < len(prices.history.entries):
            return {box: gr.skip()}
        prices.show(prices.history.showing(event.index))
        return {box: prices.history.entries[event.index].text} | _shown(pricer, parts, prices)

    tab.price_on(button.click)
    # Gradio's `input` tells of keys alone, not of a paste.
    box.change(None, [error], error, js="window.pricer.changed", queue=False, **QUIET)
    for chip, example in zip(chips, EXAMPLES, strict=True):
        tab.price_on(chip.click(partial(str, example.text), outputs=box, queue=False, **QUIET).then)
    parts.sections.history.back(bring_back, [prices], parts.all, queue=False, **QUIET)
    copy = f"(text) => window.pricer.copyLink(text, {MAX_LINK_CHARACTERS})"
    link.click(message, [box], [status], js=copy, queue=False, **QUIET)
    return tab


def _run(pricer: Estimator, parts: _Parts, text: str, truth: Truth | None, prices: VisitorPrices) -> Iterator[dict]:
    """Price `text` and show it, saying meanwhile that the model reads."""
    yield {parts.status: message("Pricing …", working=True), parts.error: ""}
    began = time.perf_counter()
    try:
        text = validated(text)
        [estimate] = pricer.estimate_all([text])
    except PricerError as error:
        yield {
            parts.error: message(str(error), alert=True),
            parts.status: "",
            parts.card: None,
            parts.sections.read: markup.NOTHING,
        }
        return
    known = truth.dollars if truth and truth.description == text else None
    took = message(f"Priced in {1000 * (time.perf_counter() - began):,.0f} ms.")
    prices.show(prices.history.added(Entry(text, estimate, known)))
    yield {parts.status: took} | _shown(pricer, parts, prices)


def _restore(pricer: Estimator, parts: _Parts, texts: list[str], shown: int, prices: VisitorPrices) -> dict:
    """Price once more, in one batch, what was priced before the page was loaded again; show that of index `shown`."""
    try:
        texts = [validated(text) for text in texts]
        estimates = pricer.estimate_all(texts)
    except PricerError as error:
        return {parts.error: message(str(error), alert=True)}
    entries = (Entry(text, estimate) for text, estimate in zip(texts, estimates, strict=True))
    prices.show(History(tuple(entries), shown))
    return {parts.status: message("Here is what you had before.")} | _shown(pricer, parts, prices)


def _shown(pricer: Estimator, parts: _Parts, prices: VisitorPrices) -> dict:
    """The components that show the current entry; answers about another one are emptied."""
    history = prices.history
    entry, before = history.entries[history.shown], history.before(history.shown)
    change = edit_sentence(before.estimate, entry.estimate) if before else ""
    data = page_data(entry.estimate, entry.truth, change)
    return {
        parts.card: data | {"text": entry.text},
        parts.sections.read: chips(pricer.prompt(entry.text)),
        parts.sections.history: markup.history(history),
    } | parts.sections.outdated
