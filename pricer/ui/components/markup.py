"""Explanations, comparisons and lists of prices as markup: every text of a visitor or a model is escaped here."""

from __future__ import annotations

from html import escape

from pricer.pricing.estimate import Estimate, EstimatePair
from pricer.pricing.explain import Explanation
from pricer.ui.session.prices import History
from pricer.views.price import change_words, comparison_sentence, comparison_table, effect_rows, strengths, visible
from pricer.views.table import html_table
from pricer.views.text import dollars, price_words, signed_dollars

NOTHING = '<p class="nothing">Price a description first.</p>'


def phrases(explanation: Explanation) -> str:
    """The description with each phrase colored and signed, and the same numbers as bars, largest first."""
    shades = strengths(explanation)
    marked = "".join(_phrase(e.phrase.text, e.dollars, shades[e.phrase]) for e in explanation.effects)
    rest = "".join(escape(phrase.text) for phrase in explanation.phrases[len(explanation.effects) :])
    bars = "".join(_bar(text, value, length) for text, value, length in effect_rows(explanation))
    return (
        f'<p class="phrases">{marked}<span class="waiting">{rest}</span></p>'
        f'<table class="effects"><caption>What each phrase adds to {dollars(explanation.price)}, '
        f"largest first. The amounts do not add up to the price.</caption><tbody>{bars}</tbody></table>"
    )


def comparison(compared: EstimatePair) -> str:
    """Two estimates as a sentence and a table, the text equivalent of their figure."""
    return (
        f'<p class="words">{escape(comparison_sentence(compared))}</p>'
        f'<div class="scroll compared">{html_table(comparison_table(compared))}</div>'
    )


def history(seen: History) -> str:
    """The last prices of a visit, newest first, each with a button that brings it back and one that compares it."""
    if not seen.entries:
        return '<p class="nothing">Your recent prices appear here.</p>'
    rows = "".join(_entry(seen, index) for index in range(len(seen.entries)))
    return f'<ol class="history">{rows}</ol>'


def completion(text: str, price: float | None, estimate: Estimate) -> str:
    """The text it would write, what is read from it, and the weighted price beside it."""
    read = dollars(price) if price is not None else "no number"
    return (
        f'<p class="written">… Price is $<mark>{escape("".join(visible(char) for char in text) or "∅")}</mark></p>'
        f'<dl class="pair"><div><dt>Parsed price</dt><dd>{read}</dd></div>'
        f"<div><dt>Weighted price</dt><dd>{price_words(estimate.price)}</dd></div></dl>"
    )


def _entry(seen: History, index: int) -> str:
    entry, shown = seen.entries[index], index == seen.shown
    beside = (
        '<span class="here">current</span>'
        if shown
        else f'<button type="button" data-action="beside" data-index="{index}">Compare</button>'
    )
    return (
        f"<li{' class=shown aria-current=true' if shown else ''}>"
        f'<button type="button" class="back" data-action="back" data-index="{index}" title="Bring it back">'
        f'<span class="title">{escape(entry.title)}</span>'
        f'<span class="worth">{price_words(entry.estimate.price)}</span>'
        f'<span class="change">{escape(change_words(seen.difference(index)))}</span></button>{beside}</li>'
    )


def _phrase(text: str, value: float | None, strength: float) -> str:
    body = text.rstrip()
    tail = escape(text[len(body) :])
    return (
        f'<mark class="{_direction(value)}" style="--strength: {strength:.2f}">{escape(body)}'
        f"<sub>{_signed(value)}</sub></mark>{tail}"
    )


def _bar(text: str, value: float | None, length: float) -> str:
    return (
        f'<tr><th scope="row">{escape(text)}</th><td class="bar {_direction(value)}">'
        f'<span style="width: {50 * length:.1f}%"></span></td><td class="worth">{_signed(value)}</td></tr>'
    )


def _signed(value: float | None) -> str:
    return "no price" if value is None else signed_dollars(value)


def _direction(value: float | None) -> str:
    """Whether a phrase makes the product more expensive, cheaper, or neither."""
    if value is None or not round(value, 2):
        return "same"
    return "up" if value > 0 else "down"
