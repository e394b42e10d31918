"""The head of the page: what it does, which model answers, whom it owes that to, and what becomes of a pasted text."""

from __future__ import annotations

import os
from html import escape

import gradio as gr

from pricer.hub import hub_page
from pricer.model.info import ModelInfo, adapter_name, model_name
from pricer.ui.components.assets import beside
from pricer.ui.components.links import link
from pricer.views.text import short_count

TITLE = "The Price Is Right"
LEAD = (
    "Paste a product description and see what a language model thinks it costs. "
    "Instead of writing text, the model scores every whole-dollar price from $0 to $999 at once."
)
COURSE = "https://github.com/ed-donner/llm_engineering"


def header(info: ModelInfo, runs_are_kept: bool) -> gr.HTML:
    """The component; its event `about` asks for the tab that tells more of the model."""
    return gr.HTML(
        markup(info, os.environ.get("SPACE_ID", "").strip(), runs_are_kept),
        css_template=beside(__file__, "style.css"),
        js_on_load=beside(__file__, "script.js"),
        apply_default_css=False,
        elem_id="head",
    )


def markup(info: ModelInfo, space: str, runs_are_kept: bool) -> str:
    """The head on the Space `space` ("owner/name"), or elsewhere where that is empty."""
    banner = f'<p class="banner" role="alert">{escape(info.banner)}</p>' if info.banner else ""
    return (
        f'{banner}<h1>{TITLE}</h1><p>{LEAD}</p><p class="small">{_model(info)} '
        '<button type="button" data-action="about">About this model</button></p>'
        f'<p class="small">{" ".join([_credit(info), *_of_space(space), _privacy(runs_are_kept)])}</p>'
    )


def _model(info: ModelInfo) -> str:
    """Which model answers, with links to its parts where the Hub has them."""
    if info.is_bundled:
        first, rest = info.reason[:1], info.reason[1:]
        because = info.reason if rest[:1].isupper() else first.lower() + rest  # a variable's name stays as it is
        size = short_count(info.parameters)
        return f"Running the <strong>small built-in model</strong> ({size} parameters), because {escape(because)}"
    base = link(model_name(info.row.base), hub_page(info.row.base))
    if info.adapter is None:
        return f"Running <strong>{base}</strong>, not fine-tuned."
    name, revision = info.adapter.name, info.adapter.revision
    adapter = link(adapter_name(name, revision), hub_page(name, revision))
    return f"Fine-tuned by <strong>{adapter}</strong> on {base}."


def _credit(info: ModelInfo) -> str:
    course = f"After the course {link('LLM Engineering', COURSE)} by Ed Donner"
    if not (data := info.row.dataset):
        return f"{course}."
    return f"{course}; data set {link(data, hub_page(data, kind='datasets/'))}."


def _of_space(space: str) -> list[str]:
    if not (page := hub_page(space, kind="spaces/")):
        return []
    return [f"{link('Duplicate this Space', f'{page}?duplicate=true')} · {link('Source', f'{page}/tree/main')}."]


def _privacy(runs_are_kept: bool) -> str:
    kept = " Test runs are kept on it." if runs_are_kept else ""
    return f"Nothing you paste is stored on this server or sent on.{kept}"
