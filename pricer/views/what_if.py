"""What an edit of a description did: which words changed, and by how much the price did."""

from __future__ import annotations

from collections import Counter
from difflib import SequenceMatcher

from pricer.pricing.estimate import Estimate
from pricer.views.price import difference_words
from pricer.views.text import CENTS_BELOW

CHANGES_NAMED = 3
_LONGEST = 40  # characters of a change that are quoted


def change_words(before: Estimate, after: Estimate) -> str:
    """The difference to the price before, of the prices as the card shows them.

    Empty where one is missing, or where the texts are too different for it to tell anything.
    """
    if before.price is None or after.price is None or not _is_edit(before.description, after.description):
        return ""
    places = 2 if max(before.price, after.price) < CENTS_BELOW else 0
    words = difference_words(round(before.price, places), round(after.price, places))
    return f"{words} as the previous one" if words == "the same" else f"{words} than the previous one"


def edit_sentence(before: Estimate, after: Estimate) -> str:
    """`change_words` with the words that made the difference."""
    change, words = change_words(before, after), edited_words(before.description, after.description)
    return f"{change}: {words}" if change and words else change


def edited_words(before: str, after: str) -> str:
    """What was changed, added and taken out, word by word: "“red” → “blue”, “large” added"."""
    old, new = before.split(), after.split()
    found = [
        _change(" ".join(old[a:b]), " ".join(new[c:d]))
        for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
        if kind != "equal"
    ]
    more = len(found) - CHANGES_NAMED
    return ", ".join([*found[:CHANGES_NAMED], *([f"{more} more"] if more > 0 else [])])


def _is_edit(before: str, after: str) -> bool:
    """Whether two texts share half of their words or more."""
    first, second = (Counter(text.lower().split()) for text in (before, after))
    return 2 * (first & second).total() >= max(first.total(), second.total())


def _change(old: str, new: str) -> str:
    if old and new:
        return f"“{_short(old)}” → “{_short(new)}”"
    return f"“{_short(new)}” added" if new else f"“{_short(old)}” left out"


def _short(words: str) -> str:
    return words if len(words) <= _LONGEST else f"{words[: _LONGEST - 1].rstrip()}…"
