"""Examples as the tensors that a pass takes: prompts as the product makes them, with the prices to be learned."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

import torch
from torch import distributed

from pricer.errors import DescriptionError
from pricer.model.engine import left_padded
from pricer.pricing.prompt import Frame, build_prompt
from pricer.training.mixture import Example


def encode(examples: Sequence[Example], frame: Frame, tokenizer: Any) -> list[dict[str, Any]]:
    """Each example with the token ids of its prompt and, if it has an edit, of the edit's, as the product makes them.

    An example whose text says nothing but its price is left out.
    """

    @cache  # a text is drawn more than once
    def ids_of(text: str) -> list[int] | None:
        try:
            return list(build_prompt(text, frame, tokenizer).ids)
        except DescriptionError:
            return None

    return [
        {"example": one, "input_ids": ids, "edit_ids": ids_of(one.edit.text) if one.edit else None}
        for one in examples
        if (ids := ids_of(one.text))
    ]


def encode_together(examples: Sequence[Example], frame: Frame, tokenizer: Any, processes: int) -> list[dict[str, Any]]:
    """As `encode`, by all the processes of a run: each does its share and gets those of the others."""
    if processes == 1:
        return encode(examples, frame, tokenizer)
    shares: list[list[dict[str, Any]]] = [[] for _ in range(processes)]
    distributed.all_gather_object(shares, encode(examples[distributed.get_rank() :: processes], frame, tokenizer))
    return [one for share in shares for one in share]


def collate(batch: Sequence[dict[str, Any]], pad: int) -> dict[str, torch.Tensor]:
    """A batch padded on the left, so that every prompt ends at the last position: texts, then edits of some of them."""
    examples = [one["example"] for one in batch]
    edited = [index for index, one in enumerate(batch) if one["edit_ids"]]
    originals = torch.tensor(edited, dtype=torch.long)  # (E,)
    factors = torch.tensor([examples[index].edit.factor for index in edited])  # (E,)
    prices = _dollars(one.price for one in examples)  # (B - E,)
    teacher_prices = _dollars(one.teacher_price for one in examples)  # (B - E,)
    return {
        **left_padded([*(one["input_ids"] for one in batch), *(batch[index]["edit_ids"] for index in edited)], pad),
        "prices": torch.cat([prices, prices[originals] * factors]),
        "teacher_prices": torch.cat([teacher_prices, teacher_prices[originals] * factors]),
        "originals": originals,
        "log_factors": factors.log(),
    }


def _dollars(values: Iterable[float | None]) -> torch.Tensor:
    return torch.tensor([math.nan if value is None else value for value in values], dtype=torch.float32)
