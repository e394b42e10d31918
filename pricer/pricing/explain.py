"""Why this price: what each phrase of a description adds to it, and what fine-tuning changed.

Asks for batches of changed descriptions and takes differences: what a phrase is worth is measured on the model itself,
not guessed from its insides.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from pricer.errors import DescriptionError
from pricer.pricing.estimate import Estimate, EstimatePair
from pricer.pricing.estimator import Estimator

MAX_PHRASES = 32

# What ends a phrase, weakest first: the order in which boundaries give way when there are too many phrases. Arabic and
# Chinese marks count as well; after the latter stands no space.
_STRENGTHS = ("word", "comma", "sentence", "line")
_BOUNDARY = re.compile(
    r"(?P<line>[^\S\n]*\n\s*)|(?P<sentence>[.!?;:؛؟]+\s+|[。！？；：]\s*)|(?P<comma>[,،]\s+|[，、]\s*)"
)
_WORD_END = re.compile(r"(?P<word>\s+)")


@dataclass(frozen=True)
class Phrase:
    """A piece of a description, with the punctuation and the space that follow it: characters `start` to `end`."""

    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Effect:
    """What one phrase does to the price, in dollars; `without` is the price when it is left out.

    `dollars` is the price with the phrase less the price without: positive means that the phrase makes the product
    more expensive, and that leaving it out loses as much. None where either text gets no price.
    """

    phrase: Phrase
    price: float | None
    without: float | None

    @property
    def dollars(self) -> float | None:
        if self.price is None or self.without is None:
            return None
        return self.price - self.without


@dataclass(frozen=True)
class Explanation:
    """The effects found so far, in the order of the text.

    `description` is the part that the model reads; `decoder`, one of DECODERS, is how each price was read.
    """

    estimate: Estimate
    phrases: tuple[Phrase, ...]
    decoder: str
    effects: tuple[Effect, ...] = field(default=())

    @property
    def price(self) -> float | None:
        """The price of the whole description in dollars."""
        return self.estimate.by(self.decoder)

    @property
    def description(self) -> str:
        return self.estimate.description

    @property
    def done(self) -> bool:
        return len(self.effects) == len(self.phrases)

    @property
    def largest_first(self) -> tuple[Effect, ...]:
        """The effects by their size, whatever their sign; those without a price last."""
        return tuple(sorted(self.effects, key=lambda e: -abs(e.dollars) if e.dollars is not None else 1.0))


def split_phrases(text: str, limit: int = MAX_PHRASES) -> tuple[Phrase, ...]:
    """`text` cut at lines, sentences and commas into at most `limit` phrases, which together are the whole text.

    Where there are more, commas give way before sentences and sentences before lines, the shortest neighbors first. A
    text that has none of them is cut at its words.
    """
    return _cut(text, _BOUNDARY, limit) or _cut(text, _WORD_END, limit) or (Phrase(text, 0, len(text)),)


def _cut(text: str, boundaries: re.Pattern[str], limit: int) -> tuple[Phrase, ...]:
    """`text` cut at these boundaries; nothing where it would stay in one piece."""
    ends, strengths = [], []
    for boundary in boundaries.finditer(text):
        if boundary.start() > 0 and boundary.end() < len(text):
            ends.append(boundary.end())
            strengths.append(_STRENGTHS.index(boundary.lastgroup or ""))

    def length(index: int) -> int:
        """Characters of the two phrases that meet at this boundary."""
        before = ends[index - 1] if index else 0
        after = ends[index + 1] if index + 1 < len(ends) else len(text)
        return after - before

    def wordless(index: int) -> bool:
        """Whether a phrase beside this boundary holds no letter and no digit: a bullet, a dash."""
        before = ends[index - 1] if index else 0
        after = ends[index + 1] if index + 1 < len(ends) else len(text)
        return not (_has_words(text[before : ends[index]]) and _has_words(text[ends[index] : after]))

    while ends:
        index = min(range(len(ends)), key=lambda i: (not wordless(i), strengths[i], length(i)))
        if len(ends) < limit and not wordless(index):
            break
        del ends[index], strengths[index]
    phrases = tuple(Phrase(text[a:b], a, b) for a, b in zip([0, *ends], [*ends, len(text)], strict=True))
    return phrases if len(phrases) > 1 else ()


def explain(
    pricer: Estimator, description: str, decoder: str = "top3", limit: int = MAX_PHRASES
) -> Iterator[Explanation]:
    """Leave out one phrase after the other, a batch at a time, yielding the grown explanation after each.

    The first is without effects, so that a page can show that the work has begun. Only the part of the description that
    the model reads is taken apart. `decoder` is one of DECODERS: the course's "top3" may jump where many prices are
    about equally likely, "mean" and "median" move smoothly. Raises DescriptionError if the description is blank or a
    single word.
    """
    [whole] = pricer.estimate_all([description])
    phrases = split_phrases(whole.description, limit)
    if len(phrases) < 2:
        raise DescriptionError(
            "This description is a single word, so nothing can be left out of it: say what the product is and does."
        )
    explanation = Explanation(whole, phrases, decoder)
    yield explanation
    for start in range(0, len(phrases), pricer.batch_size):
        batch = phrases[start : start + pricer.batch_size]
        shorter = [whole.description[: phrase.start] + whole.description[phrase.end :] for phrase in batch]
        effects = [
            Effect(phrase, explanation.price, estimate.by(decoder))
            for phrase, estimate in zip(batch, pricer.estimate_all(shorter), strict=True)
        ]
        explanation = Explanation(whole, phrases, decoder, (*explanation.effects, *effects))
        yield explanation


def fine_tuning(pricer: Estimator, description: str) -> EstimatePair:
    """The same description read by the base model alone and with its adapter: what fine-tuning did.

    Raises DescriptionError if it is blank.
    """
    [base] = pricer.estimate_all([description], adapter=False)
    [tuned] = pricer.estimate_all([description])
    return EstimatePair("Base model", base, "fine-tuned", tuned)


def _has_words(text: str) -> bool:
    return any(char.isalnum() for char in text)
