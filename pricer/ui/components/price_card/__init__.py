"""The card beside the box: the price, large, its interval and the candidates as bars, re-weighed in the browser."""

from __future__ import annotations

import gradio as gr

from pricer.pricing.distribution import HIGHEST_PRICE
from pricer.pricing.estimate import TOP_K
from pricer.ui.components.assets import beside
from pricer.ui.server.limits import MAX_LINK_CHARACTERS
from pricer.views.text import dollars


def price_card(elem_id: str) -> gr.HTML:
    """A component whose value is what `views.price.page_data` returns, or None while there is nothing to show.

    Each new value also becomes the estimate that the rest of the page looks at.
    """
    return gr.HTML(
        None,
        html_template=beside(__file__, "template.html"),
        css_template=beside(__file__, "style.css"),
        js_on_load=beside(__file__, "script.js"),
        apply_default_css=False,
        elem_id=elem_id,
        bars=TOP_K,
        highest=dollars(HIGHEST_PRICE),
        link_limit=MAX_LINK_CHARACTERS,
    )
