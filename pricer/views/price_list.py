"""A priced list as plain data for a page: what was recognized, the lines of its feed, and how it ended.

The feed is a text that only grows, by whole lines of JSON: an object says what is true of the list now, a list is one
product. Knows nothing of Gradio, of models or of how it is drawn.
"""

from __future__ import annotations

from collections.abc import Iterable

from pricer.pricing.certainty import Certainty, certainty
from pricer.pricing.estimate import Estimate
from pricer.views.run_feed import TITLE_LENGTH, line, sendable
from pricer.views.table import Table
from pricer.views.text import shortened
from pricer.words import counted

PREVIEWED = 5  # rows
_TEXT_LENGTH = 140  # what a preview shows of a text

_SURE = {Certainty.SURE: "fairly sure", Certainty.HALF: "half sure", Certainty.UNSURE: "unsure", None: None}


def preview(sentence: str, rows: Iterable[tuple[int, str]]) -> Table:
    """What was recognized, and the first rows: the line of each, and the text that is priced or why there is none."""
    shown = tuple((f"{number:,}", shortened(text, _TEXT_LENGTH)) for number, text in rows)
    return Table("", ("Line", "What the model will read"), shown, sentence, words=2)


def opening(run: str, size: int) -> str:
    """The feed's first line: which run this is, and how many products the list has."""
    return line({"run": run, "size": size})


def row(title: str, estimate: Estimate | None, error: str | None) -> str:
    """The line of a product: title, price, low, high, how sure, tokens cut, error; null where there is none."""
    title = sendable(title) + ("…" if len(title) > TITLE_LENGTH else "")
    if estimate is None:
        return line([title, None, None, None, None, 0, error])
    price = None if estimate.price is None else round(estimate.price, 2)
    values = [price, estimate.low, estimate.high, _SURE[certainty(estimate)], estimate.cut, error]
    return line([title, *values])


def status(state: str, progress: str, sentence: str = "") -> str:
    """The feed's line on where the list stands: a progress that changes often, a sentence that is said once."""
    return line({"state": state, "progress": progress, "sentence": sentence})


def progress(done: int, size: int, seconds: float) -> str:
    """How far a list is, and how long the rest takes at the rate so far."""
    told = f"{done:,} of {counted(size, 'product')}"
    if not seconds or not done or done == size:
        return f"{told} priced."
    left = seconds / done * (size - done)
    return f"{told} priced, {counted(max(round(left), 1), 'second')} left."
