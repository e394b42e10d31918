"""The game against the model: the value is what `pricer.views.played` returns, or None before the first product.

Its events are `start`, `resume`, `guess` and `next`. Each but `start` carries what the browser `kept` of the game, so
that it goes on where the server has forgotten it; `guess` also carries the `index` of the product and the price as it
was `written`.
"""

from __future__ import annotations

import gradio as gr

from pricer.pricing.distribution import HIGHEST_PRICE
from pricer.runs.played import SIZE
from pricer.ui.components.assets import beside


def play(elem_id: str) -> gr.HTML:
    """The component."""
    return gr.HTML(
        None,
        html_template=beside(__file__, "template.html"),
        css_template=beside(__file__, "style.css"),
        js_on_load=beside(__file__, "slider.js", "script.js"),
        apply_default_css=False,
        elem_id=elem_id,
        size=SIZE,
        highest=HIGHEST_PRICE,
    )
