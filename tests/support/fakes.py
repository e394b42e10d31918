"""Stand-ins whose answers can be worked out by hand: ordinary classes, no model and no torch."""

from __future__ import annotations

import math
import re
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from pricer.model.info import Adapter, ModelInfo
from pricer.model.registry import ROWS
from pricer.pricing.cleaning import cleaned
from pricer.pricing.distribution import TEMPERATURES, Distribution
from pricer.pricing.estimate import MAX_K, TOP_K, Estimate
from pricer.pricing.prompt import Prompt, build_prompt


def distribution(shares: Mapping[str, float]) -> Distribution:
    """A next-token distribution with these shares of the whole vocabulary; what they leave lies on no listed token.

    The remainder is spread over 10,000 tokens that are no numbers and too unlikely for the top.
    """
    rest = 1.0 - math.fsum(shares.values())
    logits = {token: math.log(share) for token, share in shares.items() if share > 0}
    numbers = [token for token in logits if token.isascii() and token.isdigit() and len(token) <= 3]
    unlisted = math.log(rest / 10_000) if rest > 1e-12 else -math.inf

    def log_partition(temperature: float) -> float:
        listed = math.fsum(math.exp(logit / temperature) for logit in logits.values())
        return math.log(listed + 10_000 * math.exp(unlisted / temperature))

    ranked = sorted(logits.items(), key=lambda pair: -pair[1])[:MAX_K]
    return Distribution(
        top=tuple((token, 1000 + index, logit) for index, (token, logit) in enumerate(ranked)),
        number_logits=np.array([logits[token] for token in numbers], dtype=np.float64),
        number_prices=np.array([int(token) for token in numbers], dtype=np.int64),
        log_partition=tuple(log_partition(temperature) for temperature in TEMPERATURES),
    )


def estimate(shares: Mapping[str, float], description: str = "a product", k: int = TOP_K) -> Estimate:
    """An estimate with these shares."""
    return Estimate(description, len(description.split()), 0, "fake", distribution(shares), k)


@dataclass(frozen=True)
class FakeCompletion:
    text: str
    price: float | None


class WordTokenizer:
    """A token a word, with the blank before it, and one a line break; ids count from 100 in the order of the text."""

    bos_token_id = 1

    def __call__(self, text, return_offsets_mapping=False, **_):
        spans = [match.span() for match in re.finditer(r"\n+| ?[^\s]+", text)]
        encoded = {"input_ids": list(range(100, 100 + len(spans)))}
        return encoded | ({"offset_mapping": spans} if return_offsets_mapping else {})


class FakePricer:
    """Prices a description at ten dollars a word: 0.5 on that price, 0.2 on $10 less, 0.1 on $10 more.

    So three words give (30 * 0.5 + 20 * 0.2 + 40 * 0.1) / 0.8 = 28.75. With the adapter off everything costs $7.
    `seconds` is how long each batch takes; `batches` records what was asked.
    """

    def __init__(self, batch_size: int = 16, seconds: float = 0.0) -> None:
        self.batch_size = batch_size
        self.seconds = seconds
        self.batches: list[list[str]] = []
        self._lock = threading.Lock()
        self.info = ModelInfo(
            row=ROWS["bundled"],
            reason="A fake was asked for.",
            quantization="4bit",
            compute_dtype="float32",
            device="cpu",
            base_megabytes=20.0,
            vocabulary=12_800,
            head=(12_800, 384),
            adapter=Adapter("fake/adapter", None, 32, 64, 0.1, ("query", "value"), 12, 5.0),
            load_seconds=0.1,
            parameters=20_000_000,
            tree="Fake(\n  (lm_head): Linear(in_features=384, out_features=12800, bias=False)\n)",
        )

    def prompt(self, description: str) -> Prompt:
        return build_prompt(description, self.info.row.frame, WordTokenizer())

    def estimate_all(self, descriptions: Sequence[str], k: int = TOP_K, adapter: bool = True) -> list[Estimate]:
        cleanings = [cleaned(description) for description in descriptions]
        texts = [cleaning.text for cleaning in cleanings]
        with self._lock:
            self.batches.append(texts)
            time.sleep(self.seconds)
        return [
            replace(estimate(self._shares(cleaning.text, adapter), cleaning.text, k), remarks=cleaning.remarks)
            for cleaning in cleanings
        ]

    def generate_all(self, descriptions: Sequence[str], adapter: bool = True) -> list[FakeCompletion]:
        dollars = [10 * len(text.split()) if adapter else 7 for text in descriptions]
        return [FakeCompletion(f"{price}.00", float(price)) for price in dollars]

    def _shares(self, text: str, adapter: bool) -> dict[str, float]:
        if not adapter:
            return {"7": 0.9}
        price = min(10 * len(text.split()), 980)
        return {str(price): 0.5, str(price - 10): 0.2, str(price + 10): 0.1}
