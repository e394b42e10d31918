"""Below the price, one calm section for each question: every price, what was read, why, what training did, what if.

Layout and wiring alone: answers come from the pricer and from `explain`, and `views` and `markup` make them visible.
Nothing here runs unasked.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import gradio as gr

from pricer.errors import PricerError
from pricer.pricing.estimate import EstimatePair
from pricer.pricing.estimator import Estimator
from pricer.pricing.explain import MAX_PHRASES, explain, fine_tuning
from pricer.ui.components import markup
from pricer.ui.components.all_prices import all_prices
from pricer.ui.components.assets import message
from pricer.ui.components.figure import figure
from pricer.ui.components.history import history
from pricer.ui.components.prompt import chips, prompt_chips
from pricer.ui.events import QUIET
from pricer.ui.server.limits import EXPLANATIONS_AT_ONCE
from pricer.ui.session.prices import VisitorPrices
from pricer.views.figures import comparison_figure


@dataclass(frozen=True)
class Sections:
    """What the rest of the tab needs: `outdated` are the parts that a new price changes, with what they then show.

    `read` shows the prompt, `history` the list of prices.
    """

    read: gr.HTML
    history: gr.HTML
    outdated: dict[gr.Component, Any]


def sections(pricer: Estimator, prices: gr.State) -> Sections:
    """Build the sections inside the open gr.Blocks; `prices` holds the VisitorPrices."""
    with gr.Accordion("How sure is it?", open=False, elem_id="section-all"):
        _lead("The probability of every price. The sliders re-weigh this same answer; the model is not run again.")
        all_prices()
    with gr.Accordion("What the model read", open=False, elem_id="section-read"):
        _lead(
            "The whole prompt, token by token: the model sees nothing else. After “What moves the price” has run, "
            "each phrase tells what it does to the price."
        )
        read = prompt_chips(elem_id="read")
    outdated = _why(pricer, prices, read)
    outdated |= dict.fromkeys(_before_and_after(pricer, prices))
    with gr.Accordion("Recent prices", open=False, elem_id="section-history"):
        _lead("The last ten. Click one to bring it back, or compare it with the current one.")
        listed = history(elem_id="history")
        words = gr.HTML(apply_default_css=False, elem_classes="result")
        drawn = figure("beside-figure", "The two prices' distributions")
        listed.beside(_beside, [prices], [words, drawn], **QUIET)
        outdated |= {words: None, drawn: None}
    return Sections(read, listed, outdated)


def _lead(text: str) -> None:
    gr.HTML(f"<p>{text}</p>", elem_classes="lead", apply_default_css=False)


def _why(pricer: Estimator, prices: gr.State, read: gr.HTML) -> dict[gr.Component, Any]:
    """The section on what each phrase does to the price, which the prompt in `read` tells as well."""
    with gr.Accordion("What moves the price", open=False, elem_id="section-why"):
        _lead(
            f"Removes one phrase at a time (up to {MAX_PHRASES}) and prices the rest. "
            "<strong>+$12</strong> means the price drops by $12 without that phrase."
        )
        decoder = gr.Radio(
            [("weighted price", "top3"), ("median", "median"), ("mean", "mean")],
            value="top3",
            label="Price read as",
            info="The weighted price can jump when many prices are about equally likely; median and mean are steadier.",
            elem_id="why-decoder",
            container=False,
        )
        with gr.Row(elem_classes="actions"):
            start = gr.Button("Show what moves it", elem_id="why-start", elem_classes="asks", scale=0)
            stop = gr.Button("Stop", elem_id="why-stop", elem_classes="asks", scale=0, interactive=False)
            status = gr.HTML(elem_id="why-status", elem_classes="status")
        result = gr.HTML(apply_default_css=False, elem_id="why", elem_classes="result")
        parts = _WhyParts(start, stop, status, result, read)
        start.click(
            partial(_explain, pricer, parts),
            [prices, decoder],
            [start, stop, status, result, read],
            concurrency_limit=EXPLANATIONS_AT_ONCE,
            **QUIET,
        )
        stop.click(partial(_stopped, parts), [prices], [start, stop, status], queue=False, **QUIET)
    return parts.idle | {status: None, result: None}


@dataclass(frozen=True)
class _WhyParts:
    start: gr.Button
    stop: gr.Button
    status: gr.HTML
    result: gr.HTML
    read: gr.HTML

    @property
    def idle(self) -> dict:
        """The buttons while nothing runs."""
        return {self.start: gr.update(interactive=True), self.stop: gr.update(interactive=False)}


def _explain(pricer: Estimator, parts: _WhyParts, prices: VisitorPrices, decoder: str) -> Iterator[dict]:
    if prices.history.current is None:
        yield {parts.result: markup.NOTHING}
        return
    text, canceled = prices.history.current.text, prices.explain()
    yield {
        parts.start: gr.update(interactive=False),
        parts.stop: gr.update(interactive=True),
        parts.status: message("Pricing …", working=True),
        parts.result: "",
    }
    try:
        prompt = pricer.prompt(text)
        for explanation in explain(pricer, text, decoder):
            if canceled.is_set():
                yield {parts.result: gr.skip()}  # Gradio repeats the last update when a generator ends
                return
            progress = f"{len(explanation.effects)} of {len(explanation.phrases)} phrases"
            yield {
                parts.status: message(progress, working=not explanation.done),
                parts.result: markup.phrases(explanation),
                parts.read: chips(prompt, explanation),
            }
    except PricerError as error:
        yield parts.idle | {parts.status: message(str(error), alert=True)}
        return
    yield parts.idle


def _stopped(parts: _WhyParts, prices: VisitorPrices) -> dict:
    prices.cancel()
    return parts.idle | {parts.status: message("Stopped. Results so far are kept.")}


def _before_and_after(pricer: Estimator, prices: gr.State) -> list[gr.HTML]:
    """The section on what fine-tuning did."""
    with gr.Accordion("What fine-tuning changed", open=False, elem_id="section-tuning"):
        _lead("The same description priced by the base model and by the fine-tuned one.")
        start = gr.Button("Compare", elem_id="tuning-start", elem_classes="asks", scale=0)
        words = gr.HTML(apply_default_css=False, elem_id="tuning", elem_classes="result")
        drawn = figure("tuning-figure", "Distributions without and with the adapter")
        start.click(partial(_tuning, pricer), [prices], [words, drawn], **QUIET)
    return [words, drawn]


def _tuning(pricer: Estimator, prices: VisitorPrices) -> tuple[str, dict | None]:
    if prices.history.current is None:
        return markup.NOTHING, None
    text = prices.history.current.text
    try:
        [written] = pricer.generate_all([text])
        line = markup.completion(written.text, written.price)
        if pricer.info.adapter is None:
            return message("This model has no adapter, so there is nothing to switch off.") + line, None
        words, drawn = _compared(fine_tuning(pricer, text))
    except PricerError as error:
        return message(str(error), alert=True), None
    return words + line, drawn


def _beside(prices: VisitorPrices, event: gr.EventData) -> tuple[str, dict | None]:
    """The entry that was asked for, beside the one on the page."""
    if prices.history.current is None or not 0 <= event.index < len(prices.history.entries):
        return markup.NOTHING, None
    other = prices.history.entries[event.index]
    return _compared(EstimatePair(_short(other.title), other.estimate, "current", prices.history.current.estimate))


def _compared(comparison: EstimatePair) -> tuple[str, dict]:
    return markup.comparison(comparison), comparison_figure(comparison)


def _short(title: str, length: int = 30) -> str:
    return title if len(title) <= length else f"{title[: length - 1]}…"
