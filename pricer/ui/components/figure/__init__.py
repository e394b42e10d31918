"""One Plotly figure of `pricer.views`: drawn from plain lists, the library fetched when it is needed."""

from __future__ import annotations

from html import escape

import gradio as gr

from pricer.ui.components.assets import beside


def figure(elem_id: str, label: str, square: bool = False) -> gr.HTML:
    """A component whose value is a figure, or None while there is nothing to draw; `label` says what it shows."""
    kind = "plot square" if square else "plot"
    return gr.HTML(
        None,
        html_template=f'<div class="{kind}" role="img" aria-label="{escape(label)}" hidden></div>',
        css_template=beside(__file__, "style.css"),
        js_on_load=beside(__file__, "script.js"),
        apply_default_css=False,
        elem_id=elem_id,
    )
