"""The list of a visitor's last prices; its event `back` brings one to the page, `beside` compares it with that one."""

from __future__ import annotations

import gradio as gr

from pricer.ui.components import markup
from pricer.ui.components.assets import beside
from pricer.ui.session.prices import History


def history(elem_id: str) -> gr.HTML:
    """A component whose value is what `markup.history` returns; its events carry the `index` of the entry."""
    return gr.HTML(
        markup.history(History()),
        css_template=beside(__file__, "style.css"),
        js_on_load=beside(__file__, "script.js"),
        apply_default_css=False,
        elem_id=elem_id,
    )
