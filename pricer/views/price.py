"""An estimate as what people look at: plain values for the page, table rows and sentences.

Knows nothing of Gradio, browsers or models. What the page re-weighs in the browser is re-weighed here by `Estimate`.
"""

from __future__ import annotations

import math
from typing import Any

from pricer.pricing import certainty
from pricer.pricing.distribution import TEMPERATURES
from pricer.pricing.estimate import MAX_K, Estimate, EstimatePair
from pricer.pricing.explain import Explanation, Phrase
from pricer.runs import metrics
from pricer.views.figures import distribution_figure
from pricer.views.style import VERDICTS
from pricer.views.table import Table
from pricer.views.text import dollars, percent, price_range, price_words

_VISIBLE = {" ": "␣", "\n": "⏎", "\r": "␍", "\t": "⇥", "\N{NO-BREAK SPACE}": "⍽"}


def visible(token: str) -> str:
    """A token with its invisible characters made visible: " the" is "␣the", nothing at all is "∅"."""
    return "".join(_VISIBLE.get(char, char if char.isprintable() else f"\\u{ord(char):04x}") for char in token) or "∅"


def sentence(estimate: Estimate) -> str:
    """The estimate in one sentence, for people who do not see the charts."""
    if estimate.price is None:
        none = f"none of its {estimate.k} most likely tokens is one"
        return f"The model names no price: {none}. They are {_tokens(estimate)}."
    return (
        f"About {dollars(estimate.price)}, from prices that hold {percent(estimate.candidate_mass)} of the "
        f"probability; most likely {dollars(estimate.mode)}, median {dollars(estimate.median)}, "
        f"likely range {price_range(estimate.low, estimate.high)}."
    )


def interval_words(levels: tuple[float, float], coverage: float | None) -> str:
    """What the interval promises: a count of prices only where it was measured on held-out items, else a share."""
    if coverage is not None:
        return (
            f"Likely range. In tests on texts like this, {round(10 * coverage)} out of 10 true prices fell inside it."
        )
    return f"The model puts {percent(levels[1] - levels[0])} of its probability here (not checked against real prices)."


def difference_words(before: float | None, after: float | None) -> str:
    """How far the second price lies from the first, as both are shown: "$47.02 more"; empty where one is missing."""
    if before is None or after is None:
        return ""
    difference = round(after, 2) - round(before, 2)
    return f"{dollars(abs(difference))} {'more' if difference > 0 else 'less'}" if round(difference, 2) else "the same"


def page_data(
    estimate: Estimate,
    truth: float | None = None,
    change: str = "",
) -> dict[str, Any]:
    """All that the page needs to show and re-weigh an estimate, as plain lists: sent once, then no second pass.

    `top` are (token made visible, id, logit, price or None), `numbers` the logits and dollars of the number tokens,
    `log_partition` runs parallel to `temperatures`, `figure` is `distribution_figure` without its steps.
    `truth` is the true price in dollars, where known, and `change` says what an edit of the text before did.
    """
    distribution = estimate.distribution
    return {
        "description": estimate.description,
        "model": estimate.model,
        "tokens": estimate.tokens,
        "cut": estimate.cut,
        "price": estimate.price,
        "k": estimate.k,
        "levels": list(estimate.quantiles),
        "interval": interval_words(estimate.quantiles, estimate.coverage),
        "uncalibrated": interval_words(estimate.quantiles, None),
        "change": change,
        "shape": certainty.sentence(estimate),
        "remarks": " ".join(estimate.remarks),
        "sentence": sentence(estimate),
        "top": [[visible(c.token), c.token_id, c.logit, c.price] for c in estimate.reweighed(MAX_K).candidates],
        "numbers": {
            "logits": [logit if math.isfinite(logit) else None for logit in distribution.number_logits.tolist()],
            "prices": distribution.number_prices.tolist(),
        },
        "temperatures": list(TEMPERATURES),
        "log_partition": list(distribution.log_partition),
        "truth": _verdict(estimate, truth),
        "figure": distribution_figure(estimate, truth, steps=False),
    }


def comparison_sentence(comparison: EstimatePair) -> str:
    """A comparison in one sentence, for people who do not see the chart."""
    first, second = comparison.first.price, comparison.second.price
    prices = f"{comparison.first_name} {price_words(first)}, {comparison.second_name} {price_words(second)}"
    return f"{prices}: {difference_words(first, second) or 'one of them has no price'}."


def comparison_table(comparison: EstimatePair) -> Table:
    """Two estimates reading by reading: the text equivalent of `comparison_figure`."""
    readings = [
        ("Weighted price", lambda estimate: price_words(estimate.price)),
        ("Most likely price", lambda estimate: dollars(estimate.mode)),
        ("Median", lambda estimate: dollars(estimate.median)),
        ("Interval", lambda estimate: price_range(estimate.low, estimate.high)),
        ("Most likely tokens", _tokens),
        ("Probability on prices", lambda estimate: percent(estimate.mass)),
    ]
    rows = tuple((name, read(comparison.first), read(comparison.second)) for name, read in readings)
    return Table("", ("Reading", comparison.first_name, comparison.second_name), rows, words=3)


def strengths(explanation: Explanation) -> dict[Phrase, float]:
    """The size of each phrase's effect from 0 to 1, the largest being 1."""
    sizes = {effect.phrase: abs(effect.dollars or 0.0) for effect in explanation.effects}
    longest = max(sizes.values(), default=0.0)
    return {phrase: size / longest if longest else 0.0 for phrase, size in sizes.items()}


def effect_rows(explanation: Explanation) -> list[tuple[str, float | None, float]]:
    """(phrase, dollars, length of its bar from 0 to 1) for each effect, largest first."""
    lengths = strengths(explanation)
    return [(e.phrase.text.strip(), e.dollars, lengths[e.phrase]) for e in explanation.largest_first]


def _tokens(estimate: Estimate) -> str:
    return ", ".join(f"“{visible(c.token)}” ({percent(c.probability)})" for c in estimate.candidates)


def _verdict(estimate: Estimate, truth: float | None) -> dict[str, Any] | None:
    """How the course judges the estimate, where the true price is known."""
    if truth is None:
        return None
    words = f"Actual price {dollars(truth)}"
    if estimate.price is None:
        return {"dollars": truth, "error": None, "verdict": None, "words": f"{words}."}
    error = abs(estimate.price - truth)
    verdict = metrics.color(error, truth)
    style = VERDICTS[verdict]
    words = f"{words}, off by {dollars(error)} ({style.sign} {verdict})"
    return {"dollars": truth, "error": error, "verdict": verdict, "words": words}
