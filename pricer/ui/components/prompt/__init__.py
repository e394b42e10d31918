"""What the model read: its prompt as chips, a token each, on which a phrase tells what it does to the price."""

from __future__ import annotations

from html import escape

import gradio as gr

from pricer.pricing.explain import Explanation
from pricer.pricing.prompt import Prompt
from pricer.ui.components import markup
from pricer.ui.components.assets import beside
from pricer.views.price import strengths
from pricer.views.prompt import Chip, Run, effect_sentence, reading_sentence, runs, unread_text

_HINT = "Point at a token to see its id."
_EFFECTS_HINT = "Point at a phrase, or move along them with the arrow keys, to see what it does to the price."


def prompt_chips(elem_id: str) -> gr.HTML:
    """A component whose value is what `chips` returns."""
    return gr.HTML(
        markup.NOTHING,
        css_template=beside(__file__, "style.css"),
        js_on_load=beside(__file__, "script.js"),
        apply_default_css=False,
        elem_id=elem_id,
    )


def chips(prompt: Prompt, explanation: Explanation | None = None) -> str:
    """The prompt as markup; with an explanation of the same description, phrases are colored and tell their effects."""
    shades = strengths(explanation) if explanation else {}
    parts = "".join(_run(run, shades[run.effect.phrase] if run.effect else 0.0) for run in runs(prompt, explanation))
    text, cut = unread_text(prompt)
    unread = f'<p class="unread" dir="auto">{escape(text)}</p><p class="cut">{escape(cut)}</p>' if cut else ""
    hint = _EFFECTS_HINT if explanation and explanation.effects else _HINT
    return (
        f'<p class="count">{escape(reading_sentence(prompt))}</p>'
        f'<div class="tokens">{parts or escape(prompt.text)}<span class="caret" aria-hidden="true">▮</span></div>'
        f'<p class="told" aria-live="polite">{hint}</p>{unread}'
    )


def _run(run: Run, strength: float) -> str:
    inside = "".join(map(_chip, run.chips))
    if run.effect is None:
        return f'<span class="{"framing" if run.framing else "read"}">{inside}</span>'
    told, kind = escape(effect_sentence(run.effect)), markup.direction(run.effect.dollars)
    return f'<span class="phrase {kind}" style="--strength: {strength:.2f}" data-told="{told}">{inside}</span>'


def _chip(chip: Chip) -> str:
    """A token; a line break that it holds breaks the line after it."""
    note = f", {chip.note}" if chip.note else ""
    after = "\n" if "⏎" in chip.text else ""
    return f'{escape(chip.gap)}<code title="{escape(f"id {chip.token_id}{note}")}">{escape(chip.text)}</code>{after}'
