"""The card beside the box: the price, large, its interval and the candidates as bars, re-weighed in the browser."""

from __future__ import annotations

import gradio as gr

from pricer.ui.components import assets


def price_card(elem_id: str) -> gr.HTML:
    """A component whose value is what `charts.estimate.page_data` returns, or None while there is nothing to show.

    Each new value also becomes the estimate that the rest of the page looks at.
    """
    return gr.HTML(
        None,
        html_template=assets.read("components/price_card/card.html"),
        js_on_load=assets.read("components/price_card/card.js"),
        apply_default_css=False,
        elem_id=elem_id,
    )
