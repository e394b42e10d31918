"""Explanations, comparisons and lists of prices as markup: every text of a visitor or a model is escaped here."""

from __future__ import annotations

from html import escape

from pricer.pricing.estimate import Estimate, EstimatePair
from pricer.pricing.explain import Explanation
from pricer.ui.session.prices import History
from pricer.views.price import change_words, comparison_rows, comparison_sentence, effect_rows, visible
from pricer.views.style import dollars, signed_dollars

NOTHING = '<p class="nothing">Price a description first.</p>'


def phrases(explanation: Explanation) -> str:
    """The description with each phrase coloured and signed, and the same numbers as bars, largest first."""
    rows = effect_rows(explanation)
    strengths = {text: length for text, _, length in rows}
    marked = "".join(
        _phrase(effect.phrase.text, effect.dollars, strengths[effect.phrase.text.strip()])
        for effect in explanation.effects
    )
    rest = "".join(escape(phrase.text) for phrase in explanation.phrases[len(explanation.effects) :])
    bars = "".join(_bar(text, value, length) for text, value, length in rows)
    return (
        f'<p class="phrases">{marked}<span class="waiting">{rest}</span></p>'
        f'<table class="effects"><caption>What each phrase adds to {dollars(explanation.price)}, '
        f"largest first.</caption><tbody>{bars}</tbody></table>"
    )


def comparison(compared: EstimatePair) -> str:
    """Two estimates as a sentence and a table, the text equivalent of their figure."""
    rows = "".join(
        f'<tr><th scope="row">{escape(name)}</th><td>{escape(first)}</td><td>{escape(second)}</td></tr>'
        for name, first, second in comparison_rows(compared)
    )
    return (
        f'<p class="words">{escape(comparison_sentence(compared))}</p>'
        f'<div class="scroll"><table class="compared"><thead><tr><td></td><th scope="col">{escape(compared.first_name)}'
        f'</th><th scope="col">{escape(compared.second_name)}</th></tr></thead><tbody>{rows}</tbody></table></div>'
    )


def history(seen: History) -> str:
    """The last prices of a visit, newest first, each with a button that brings it back and one that compares it."""
    if not seen.entries:
        return '<p class="nothing">Prices of this visit gather here.</p>'
    rows = "".join(_entry(seen, index) for index in range(len(seen.entries)))
    return f'<ol class="history">{rows}</ol>'


def completion(text: str, price: float | None, estimate: Estimate) -> str:
    """What the model would have written, what is read from it, and the weighted price beside it."""
    read = dollars(price) if price is not None else "no number"
    weighted = dollars(estimate.price) if estimate.price is not None else "no price"
    return (
        f'<p class="written">… Price is $<mark>{escape("".join(visible(char) for char in text) or "∅")}</mark></p>'
        f'<dl class="pair"><div><dt>Read from it</dt><dd>{read}</dd></div>'
        f"<div><dt>Weighted price</dt><dd>{weighted}</dd></div></dl>"
    )


def _entry(seen: History, index: int) -> str:
    entry, shown = seen.entries[index], index == seen.shown
    price = dollars(entry.estimate.price) if entry.estimate.price is not None else "no price"
    beside = (
        '<span class="here">on the page</span>'
        if shown
        else f'<button type="button" data-action="beside" data-index="{index}">Compare</button>'
    )
    return (
        f"<li{' class=shown aria-current=true' if shown else ''}>"
        f'<button type="button" class="back" data-action="back" data-index="{index}" title="Bring it back">'
        f'<span class="title">{escape(entry.title)}</span><span class="worth">{price}</span>'
        f'<span class="change">{escape(change_words(seen.difference(index)))}</span></button>{beside}</li>'
    )


def _phrase(text: str, value: float | None, strength: float) -> str:
    body = text.rstrip()
    sign = f"<sub>{signed_dollars(value)}</sub>" if value is not None else "<sub>no price</sub>"
    tail = escape(text[len(body) :])
    return f'<mark class="{_direction(value)}" style="--strength: {strength:.2f}">{escape(body)}{sign}</mark>{tail}'


def _bar(text: str, value: float | None, length: float) -> str:
    words = signed_dollars(value) if value is not None else "no price"
    return (
        f'<tr><th scope="row">{escape(text)}</th><td class="bar {_direction(value)}">'
        f'<span style="width: {50 * length:.1f}%"></span></td><td class="worth">{words}</td></tr>'
    )


def _direction(value: float | None) -> str:
    """Whether a phrase makes the product dearer, cheaper, or neither."""
    if value is None or not round(value, 2):
        return "same"
    return "dearer" if value > 0 else "cheaper"
