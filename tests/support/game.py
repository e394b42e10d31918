"""Ten products whose game can be worked out by hand, over the FakePricer.

Product w has w words, so that the FakePricer says $10 w − 1.25; it costs $100.52 more, which is red for every one. The
guesses are five times a dollar too low (green) and five times $55.50 too high (orange): $28.25 off on average. No guess
and no estimate is the truth of another product, so that a truth can be looked for as text.
"""

from __future__ import annotations

from pricer.items.item import Item
from pricer.items.load import Items

WORDS = range(2, 12)
MODEL_ERROR = 100.52
GUESS_ERRORS = (-1.0, 55.5) * 5  # dollars by which each guess is too high
SENTENCE = "Your guess is closer by $72.27 per item on average (± 9.08): a clear difference."


def ten_items(seed: int = 0) -> Items:
    """Ten products of one of two kinds, no text of which says a price; takes the place of the bundled ones."""
    kind = ("Kettle", "Lamp")[seed % 2]
    items = tuple(Item(f"{kind} {count}", _text(kind, count), truth_of(count)) for count in WORDS)
    return Items("bundled", items, seed=seed)


def truth_of(words: int) -> float:
    """What the product of so many words costs."""
    return round(10 * words - 1.25 + MODEL_ERROR, 2)


TRUTHS = tuple(map(truth_of, WORDS))
GUESSES = tuple(round(truth + error, 2) for truth, error in zip(TRUTHS, GUESS_ERRORS, strict=True))


def _text(kind: str, words: int) -> str:
    return f"{kind} {words}\n{' '.join(['word'] * (words - 2))}".strip()
