"""One Plotly figure: drawn from plain lists, the library fetched when it is needed."""

from __future__ import annotations

import gradio as gr

from pricer.ui.components import assets


def figure(elem_id: str) -> gr.HTML:
    """A component whose value is a figure of `pricer.charts`, or None while there is nothing to draw."""
    return gr.HTML(
        None,
        html_template='<div class="plot" hidden></div>',
        js_on_load=assets.read("components/figure/script.js"),
        apply_default_css=False,
        elem_id=elem_id,
    )
