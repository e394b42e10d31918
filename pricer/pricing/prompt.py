"""The prompt: what the model reads before it writes a price, and how a price is read from what it writes.

Knows the two frames of the course and how a description is cut to fit one. Knows nothing of models: the tokenizer is
whatever the model brings, and only its offsets and its ids are used.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any

from pricer.errors import DescriptionError
from pricer.pricing.cleaning import NOTHING_TO_PRICE, QUESTIONS, cleaned, for_tokenizer

PRICE_PREFIX = "Price is $"

_NUMBER = re.compile(r"[0-9]*\.[0-9]+|[0-9]+")


@dataclass(frozen=True)
class Frame:
    """The question around a description; its wording belongs to the adapter that was trained with it.

    `max_tokens` counts tokens of the description alone, of the model's own tokenizer. `form` names the lines of the
    descriptions in training, where they were rewritten before: "Title: …", "Category: …" and so on.
    """

    question: str
    max_tokens: int
    form: tuple[str, ...] = ()

    @property
    def before(self) -> str:
        """What stands before the description."""
        return f"{self.question}\n\n"

    def around(self, description: str) -> str:
        """The prompt, byte for byte as in training: nothing follows the dollar sign."""
        return f"{self.before}{description}\n\n{PRICE_PREFIX}"

    def in_form(self, description: str) -> str:
        """The lines of the form, to be filled in, with `description` in its own; as it is where it has them already."""
        if not self.form or re.match(rf"\s*{re.escape(self.form[0])}\s*:", description, re.IGNORECASE):
            return description
        given = {"Description": " ".join(description.split())}
        return "\n".join(f"{line}: {given.get(line, '')}" for line in self.form)


FRAMES = {
    "2024": Frame(QUESTIONS[0], max_tokens=160),
    "2025": Frame(QUESTIONS[1], max_tokens=110, form=("Title", "Category", "Brand", "Description", "Details")),
}


@dataclass(frozen=True)
class Prompt:
    """A prompt that is ready for a model.

    `ids` begin with the tokenizer's BOS token, once, if it has one. `tokens` and `cut` count tokens of the description:
    those in the prompt, and those that were left out because it was too long; `unread` is the text of the latter.
    `remarks` say what was taken out of it or makes it hard to price.

    For those who look at it: `spans[i]` are the characters of `text` that `ids[i]` stands for, none for BOS; `start` is
    where the description begins in `text`; `unknown` is the id for whatever the tokenizer has no token for, if any.
    """

    description: str
    text: str
    ids: tuple[int, ...]
    tokens: int
    cut: int
    remarks: tuple[str, ...] = ()
    unread: str = ""
    spans: tuple[tuple[int, int], ...] = ()
    start: int = 0
    unknown: int | None = None


def build_prompt(description: str, frame: Frame, tokenizer: Any) -> Prompt:
    """Fit `description` into `frame`, cutting only the description, and only at a token's end.

    `tokenizer` is a fast tokenizer of transformers. Raises DescriptionError for a description that is blank
    or that the tokenizer makes nothing of.
    """
    cleaning = for_tokenizer(cleaned(description), tokenizer)
    whole = description = cleaning.text
    found = _spans(description, tokenizer)
    if not found:  # such as characters of no width: the model would read an empty description
        raise DescriptionError(NOTHING_TO_PRICE)
    total = kept = len(found)
    if total > frame.max_tokens:
        description, kept = _cut(description, found, frame.max_tokens, tokenizer)
    text = frame.around(description)
    encoded = _encode(text, tokenizer, return_offsets_mapping=True)
    ids, spans = tuple(encoded["input_ids"]), tuple(encoded["offset_mapping"])
    if tokenizer.bos_token_id is not None:
        ids, spans = (tokenizer.bos_token_id, *ids), ((0, 0), *spans)
    return Prompt(
        *(description, text, ids, kept, total - kept, cleaning.remarks),
        unread=whole[len(description) :],
        spans=spans,
        start=len(frame.before),
        unknown=getattr(tokenizer, "unk_token_id", None),
    )


def extract_price(text: str) -> float | None:
    """The first number after "Price is $" in dollars, as the course reads it; None where there is none."""
    _, found, rest = text.partition(PRICE_PREFIX)
    number = _NUMBER.search(rest.replace(",", "")) if found else None
    price = float(number.group()) if number else math.inf  # hundreds of digits are no price either
    return price if math.isfinite(price) else None


def _cut(description: str, spans: list[tuple[int, int]], limit: int, tokenizer: Any) -> tuple[str, int]:
    """The longest beginning of `description` that is at most `limit` tokens long, and its number of tokens.

    The beginning of a text may be written with more tokens than it had within the whole, so it is counted again.
    """
    for last in range(limit - 1, -1, -1):
        head = description[: spans[last][1]].rstrip()
        count = len(_spans(head, tokenizer))
        if head and count <= limit:
            return head, count
    raise DescriptionError("This text cannot be cut to fit the model: shorten it to a few sentences.")


def _spans(text: str, tokenizer: Any) -> list[tuple[int, int]]:
    """Where each token of `text` begins and ends, in characters."""
    return _encode(text, tokenizer, return_offsets_mapping=True)["offset_mapping"]


def _encode(text: str, tokenizer: Any, **options: Any) -> Any:
    """Plain text to ids: no token is added, and a special token that a visitor spells out is only text."""
    return tokenizer(text, add_special_tokens=False, split_special_tokens=True, verbose=False, **options)
