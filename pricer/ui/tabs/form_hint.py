"""Beneath the box of tab "Price": the form that descriptions had in training, and a button that lays it out."""

from __future__ import annotations

import gradio as gr

from pricer.pricing.prompt import Frame
from pricer.ui.events import QUIET


def form_hint(frame: Frame, box: gr.Textbox) -> None:
    """Build the hint inside the open gr.Blocks; nothing for a model that was trained on texts as shops write them."""
    if not frame.form:
        return
    with gr.Row(elem_id="form-hint", elem_classes="actions"):
        gr.HTML(
            f"<p>This model was trained on rewritten text: {', '.join(frame.form)}. It reads that best.</p>",
            elem_classes="status",
            apply_default_css=False,
        )
        template = gr.Button("Use the template", size="sm", scale=0, min_width=140)
    template.click(frame.in_form, box, box, queue=False, **QUIET).then(
        None, js="() => document.querySelector('#description textarea').focus()"
    )
