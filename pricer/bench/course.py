"""What people would use instead: the course's two ways to ask the model, one prompt at a time.

Written from their description: the PEFT model in 4 bits as the libraries load it, logits of all positions, the three
likeliest tokens of the whole vocabulary; or three tokens written by `generate` and the number read from the text. Knows
nothing of the product's engine, so that it can be measured against it.
"""

from __future__ import annotations

from typing import Any

import torch

from pricer.hub import folder_of
from pricer.model.base import load_base
from pricer.model.machine import Machine, machine_for
from pricer.model.registry import ModelRow
from pricer.pricing.prompt import extract_price

TOP_K = 3
GENERATED_TOKENS = 3


class Course:
    """The course's two methods over a PEFT model; each takes a whole prompt and answers in dollars."""

    def __init__(self, model: Any, tokenizer: Any) -> None:
        self._model = model
        self.tokenizer = tokenizer

    def one_pass(self, prompt: str) -> float | None:
        """One forward pass; the positive numbers among the three likeliest tokens, weighted by probability."""
        with torch.no_grad():
            logits = self._model(self._ids(prompt)).logits  # (1, T, V): of all positions
        shares = torch.softmax(logits[:, -1].float(), dim=-1)  # (1, V)
        top = shares.topk(TOP_K)
        prices, weights = [], []
        for share, token in zip(top.values[0].tolist(), top.indices[0].tolist(), strict=True):
            try:
                price = float(self.tokenizer.decode([token]))
            except ValueError:
                continue
            if price > 0:
                prices.append(price)
                weights.append(share)
        if not prices:
            return None
        return sum(price * weight / sum(weights) for price, weight in zip(prices, weights, strict=True))

    def generate(self, prompt: str) -> float | None:
        """Three tokens, greedily, and the first number in them."""
        ids = self._ids(prompt)
        written = self._model.generate(
            input_ids=ids,
            attention_mask=torch.ones_like(ids),
            max_new_tokens=GENERATED_TOKENS,
            num_return_sequences=1,
            do_sample=False,
        )
        # Not the whole is decoded: not every tokenizer gives back the prompt as it was.
        return extract_price(prompt + self.tokenizer.decode(written[0, ids.shape[1] :], skip_special_tokens=True))

    def _ids(self, prompt: str) -> torch.Tensor:
        """Shape (1, T)."""
        return self.tokenizer.encode(prompt, return_tensors="pt").to(self._model.device)


def load_course(row: ModelRow, machine: Machine, exact: bool = False) -> Course:
    """Base and adapter of `row` as the course loads them: 4 bits, unmerged, nothing prepared.

    On a CPU that multiplies bfloat16 natively, bitsandbytes rounds what a 4-bit layer reads to bfloat16, whatever
    compute dtype was asked for; so does the course's loop there. With `exact` it keeps to the dtype: slower, and what
    prices are compared with.
    """
    from bitsandbytes.functional import has_avx512bf16
    from bitsandbytes.nn import Linear4bit
    from peft import PeftModel

    base, tokenizer = load_base(row, machine_for(row, machine))
    folder = folder_of(row.adapter, row.adapter_revision, what="adapter")
    model = PeftModel.from_pretrained(base, folder).eval()
    for layer in model.modules():
        if isinstance(layer, Linear4bit):
            layer.support_avx512bf16_for_cpu = not exact and bool(has_avx512bf16())
    return Course(model, tokenizer)
