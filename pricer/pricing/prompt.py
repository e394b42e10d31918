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

PRICE_PREFIX = "Price is $"
NOTHING_TO_PRICE = "There is nothing to price yet: paste or type the description of a product."

_OWN_PRICE = re.compile(r"price\s+is\s*\$", re.IGNORECASE)
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_NUMBER = re.compile(r"[0-9]*\.[0-9]+|[0-9]+")


@dataclass(frozen=True)
class Frame:
    """The question around a description; its wording belongs to the adapter that was trained with it.

    `max_tokens` counts tokens of the description alone, of the model's own tokenizer.
    """

    question: str
    max_tokens: int

    def around(self, description: str) -> str:
        """The prompt, byte for byte as in training: nothing follows the dollar sign."""
        return f"{self.question}\n\n{description}\n\n{PRICE_PREFIX}"


FRAMES = {
    "2024": Frame("How much does this cost to the nearest dollar?", max_tokens=160),
    "2025": Frame("What does this cost to the nearest dollar?", max_tokens=110),
}

_LEADING_QUESTIONS = re.compile(rf"\A(?:\s*(?:{'|'.join(re.escape(frame.question) for frame in FRAMES.values())}))+")


@dataclass(frozen=True)
class Prompt:
    """A prompt that is ready for a model.

    `ids` begin with the tokenizer's BOS token, once, if it has one. `tokens` and `cut` count tokens of the description:
    those in the prompt, and those that were left out because it was too long.
    """

    description: str
    text: str
    ids: tuple[int, ...]
    tokens: int
    cut: int


def encodable(text: str) -> str:
    """`text` with U+FFFD for every lone surrogate: halves of characters, which no file and no message can carry."""
    return _LONE_SURROGATE.sub("\N{REPLACEMENT CHARACTER}", text)


def clean_description(text: str) -> str:
    """The part of `text` that a model may see.

    A description that holds its own price after "Price is $", as rows of the course's training data do, ends before it;
    a question of the course in front of it is taken off; it is `encodable`. Raises DescriptionError if nothing is left.
    """
    text = encodable(text)
    text = _OWN_PRICE.split(text, maxsplit=1)[0].strip()
    text = _LEADING_QUESTIONS.sub("", text).strip()
    if not text:
        raise DescriptionError(NOTHING_TO_PRICE)
    return text


def build_prompt(description: str, frame: Frame, tokenizer: Any) -> Prompt:
    """Fit `description` into `frame`, cutting only the description, and only at a token's end.

    `tokenizer` is a fast tokenizer of transformers. Raises DescriptionError for a description that is blank
    or that the tokenizer makes nothing of.
    """
    description = clean_description(description)
    spans = _spans(description, tokenizer)
    if not spans:  # such as characters of no width: the model would read an empty description
        raise DescriptionError(NOTHING_TO_PRICE)
    total = kept = len(spans)
    if total > frame.max_tokens:
        description, kept = _cut(description, spans, frame.max_tokens, tokenizer)
    text = frame.around(description)
    ids = tuple(_encode(text, tokenizer)["input_ids"])
    if tokenizer.bos_token_id is not None:
        ids = (tokenizer.bos_token_id, *ids)
    return Prompt(description, text, ids, tokens=kept, cut=total - kept)


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
