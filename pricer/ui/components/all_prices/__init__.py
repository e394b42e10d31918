"""Every price and its probability, with sliders that read the same pass again."""

from __future__ import annotations

import gradio as gr

from pricer.pricing.distribution import TEMPERATURES
from pricer.pricing.estimate import MAX_K, TOP_K
from pricer.ui.components.assets import beside


def all_prices() -> gr.HTML:
    """The whole distribution of the estimate on show, with its sliders and candidates; it follows the price card."""
    low, second = sorted(TEMPERATURES)[:2]
    return gr.HTML(
        html_template=beside(__file__, "template.html"),
        css_template=beside(__file__, "style.css"),
        js_on_load=beside(__file__, "script.js"),
        apply_default_css=False,
        elem_id="all-prices",
        top_k=TOP_K,
        max_k=MAX_K,
        coolest=low,
        hottest=max(TEMPERATURES),
        temperature_step=round(second - low, 6),
    )
