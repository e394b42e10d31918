"""What the model read, token by token: the prompt in runs of chips, and the text that was left out.

Knows nothing of Gradio, browsers or models.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, pairwise

from pricer.pricing.explain import Effect, Explanation
from pricer.pricing.prompt import Prompt
from pricer.views.price import visible
from pricer.views.text import dollars
from pricer.words import counted

UNREAD_SHOWN = 1_000  # characters of what was cut; a browser need not carry a whole manual


@dataclass(frozen=True)
class Chip:
    """One token as it is shown; `gap` is what stands before it in the text and is part of no token."""

    text: str
    token_id: int
    gap: str = ""
    note: str = ""


@dataclass(frozen=True)
class Run:
    """Neighboring tokens that belong together: of the frame, of one phrase, or of the description as a whole."""

    chips: tuple[Chip, ...]
    framing: bool
    effect: Effect | None = None


def runs(prompt: Prompt, explanation: Explanation | None = None) -> tuple[Run, ...]:
    """All tokens of `prompt`, by phrase as far as `explanation` of the same description knows what a phrase does."""
    effects = explanation.effects if explanation else ()
    end = prompt.start + len(prompt.description)

    def owner(index: int) -> tuple[bool, int | None]:
        """Whether a token belongs to the frame, and else which effect it has: its first sign that is no blank says."""
        first, last = prompt.spans[index]
        text = prompt.text[first:last]
        at = first + len(text) - len(text.lstrip()) if text.strip() else first
        if first == last or not prompt.start <= at < end:
            return not prompt.start <= first < end, None
        inside = at - prompt.start
        return False, next((i for i, e in enumerate(effects) if e.phrase.start <= inside < e.phrase.end), None)

    chips = tuple(_chips(prompt))
    return tuple(
        Run(tuple(chips[index] for index in members), framing, None if effect is None else effects[effect])
        for (framing, effect), members in groupby(range(len(chips)), key=owner)
    )


def reading_sentence(prompt: Prompt) -> str:
    """How much of the prompt is the product, and what a gap between chips means."""
    count = counted(len(prompt.ids), "token")
    said = f"{count}: {prompt.tokens:,} of the description, the others of the question around it."
    if any(second[0] > first[1] for first, second in pairwise(prompt.spans)):
        said += " The blanks between them belong to no token, so this model does not read them."
    return said


def unread_text(prompt: Prompt) -> tuple[str, str]:
    """What was cut from the end of the description, at most UNREAD_SHOWN characters, and a sentence on how much it is.

    Both are empty where all was read.
    """
    if not prompt.cut:
        return "", ""
    shown = prompt.unread[:UNREAD_SHOWN]
    more = len(prompt.unread) - len(shown)
    rest = f"; {more:,} more characters are not shown" if more else ""
    return shown, f"The last {counted(prompt.cut, 'token')} were cut and not read{rest}."


def effect_sentence(effect: Effect) -> str:
    """What one phrase does to the price."""
    without = f"Without “{effect.phrase.text.strip()}”"
    if effect.without is None or effect.dollars is None:
        return f"{without} there is no price."
    size = dollars(abs(effect.dollars))
    moves = "about the same" if size == "$0" else f"{size} {'less' if effect.dollars > 0 else 'more'}"
    return f"{without}: {dollars(effect.without)}, {moves}."


def _chips(prompt: Prompt) -> Iterator[Chip]:
    read, before = 0, (-1, -1)
    for token, (first, last) in zip(prompt.ids, prompt.spans, strict=True):
        gap, text = prompt.text[read:first], prompt.text[first:last]
        if first == last:
            yield Chip("BOS", token, note="beginning of the text")
        elif (first, last) == before:
            yield Chip("·", token, note=f"a further byte of “{visible(text)}”")
        else:
            yield Chip(visible(text), token, gap, "not in the vocabulary" if token == prompt.unknown else "")
        read, before = max(read, last), (first, last)
