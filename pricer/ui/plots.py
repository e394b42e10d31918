"""Components that draw with Plotly: one div for each, fed with plain lists, the library fetched when it is needed."""

from __future__ import annotations

import gradio as gr

from pricer.ui import assets


def all_prices() -> gr.HTML:
    """The whole distribution of the estimate on show, with its sliders and candidates; it follows the price card."""
    return gr.HTML(
        html_template=assets.read("all_prices/template.html"),
        css_template=assets.read("all_prices/style.css"),
        js_on_load=assets.read("all_prices/script.js"),
        apply_default_css=False,
        elem_id="all-prices",
    )


def figure(elem_id: str) -> gr.HTML:
    """A component whose value is a figure of `pricer.charts`, or None while there is nothing to draw."""
    return gr.HTML(
        None,
        html_template='<div class="plot" hidden></div>',
        js_on_load=assets.read("figure/script.js"),
        apply_default_css=False,
        elem_id=elem_id,
    )
