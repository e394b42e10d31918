"""Every price and its probability, with sliders that read the same pass again."""

from __future__ import annotations

import gradio as gr

from pricer.ui.components import assets


def all_prices() -> gr.HTML:
    """The whole distribution of the estimate on show, with its sliders and candidates; it follows the price card."""
    return gr.HTML(
        html_template=assets.read("components/all_prices/template.html"),
        css_template=assets.read("components/all_prices/style.css"),
        js_on_load=assets.read("components/all_prices/script.js"),
        apply_default_css=False,
        elem_id="all-prices",
    )
