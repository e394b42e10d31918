"""One item of a run as plain data for a page: what it is, and what each way of reading makes of it."""

from __future__ import annotations

from typing import Any

from pricer.pricing.cleaning import encodable
from pricer.runs.result import Result
from pricer.views.run_tables import verdict
from pricer.views.text import PREDICTOR_NAMES, dollars, price_range, price_words


def item_page(run: str, result: Result, method: str) -> dict[str, Any]:
    """The item of `result` in the run with this id, read by `method`; `facts` are pairs of name and text.

    `color` is None where there is no price. Everything is text, never markup.
    """
    readings = [
        (PREDICTOR_NAMES[name], price_words(price)) for name, price in result.estimates.items() if name != method
    ]
    facts = [
        (f"Estimate ({PREDICTOR_NAMES[method].lower()})", price_words(result.estimate)),
        ("Actual price", dollars(result.truth)),
        ("Error", dollars(result.error)),
        ("Likely range", price_range(result.low, result.high)),
        *readings,
    ]
    if result.item.category:
        facts.append(("Category", encodable(result.item.category)))
    if result.reason:
        facts.append(("Why", result.reason))
    return {
        "run": run,
        "index": result.index,
        "title": encodable(result.item.title),
        "text": encodable(result.item.text),
        "color": result.color,
        "verdict": verdict(result),
        "facts": facts,
    }
