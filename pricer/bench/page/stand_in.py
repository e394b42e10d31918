"""What the page is measured with: an estimator that answers from a table, and files of made-up products.

A model would take the processor that the page is measured on; a table leaves it alone and keeps any pace asked for.
"""

from __future__ import annotations

import json
import math
import random
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from pricer.model.info import ModelInfo
from pricer.model.registry import ROWS
from pricer.pricing.distribution import TEMPERATURES, Distribution
from pricer.pricing.estimate import Estimate
from pricer.pricing.estimator import Completion
from pricer.pricing.prompt import Prompt

_WORDS = ("steel", "oak", "brass", "garden", "office", "kettle", "chair", "lamp", "filter", "hose", "shelf", "keyboard")


class TablePricer:
    """No model: answers from a table, at a given pace and without working for it. Keeps its times."""

    batch_size = 16

    def __init__(self, items_per_second: float) -> None:
        self._seconds = 1 / items_per_second  # for each item
        self._lock = threading.Lock()
        self._prices = [_distribution(price) for price in range(10, 1000, 10)]
        self.reset()
        self.info = ModelInfo(
            row=ROWS["bundled"],
            reason="Nothing is priced here: the page is measured.",
            quantization="none",
            compute_dtype="none",
            device="none",
            base_megabytes=0.0,
            vocabulary=1000,
            head=(1000, 1),
            adapter=None,
            load_seconds=0.0,
            parameters=0,
            tree="",
        )

    def reset(self) -> None:
        """Forget what was asked so far."""
        self.began, self.ended = math.inf, 0.0

    def prompt(self, description: str) -> Prompt:
        """The text that a model would read; there are no tokens."""
        return Prompt(description, self.info.row.frame.around(description), (), len(description.split()), 0)

    def estimate_all(self, descriptions: Sequence[str], k: int = 3, adapter: bool = True) -> list[Estimate]:  # noqa: ARG002
        began = time.monotonic()
        with self._lock:
            estimates = [
                Estimate(text, len(text.split()), 0, "none", self._prices[len(text) % len(self._prices)], k)
                for text in descriptions
            ]
            time.sleep(max(0.0, began + self._seconds * len(descriptions) - time.monotonic()))
        self.ended = time.monotonic()
        self.began = min(self.began, began)
        return estimates

    def generate_all(self, descriptions: Sequence[str], adapter: bool = True) -> list[Completion]:
        """The prices of the same table, written."""
        estimates = self.estimate_all(descriptions, adapter=adapter)
        return [Completion(f"{estimate.price}", estimate.price) for estimate in estimates]

    @property
    def wall(self) -> float:
        """Seconds from the first batch to the last."""
        return self.ended - self.began


def write_items(folder: Path, size: int) -> Path:
    """A file of made-up products whose titles are as long as those of a shop, some 60 characters."""
    rng = random.Random(size)
    path = folder / f"{size}.jsonl"
    with path.open("w", encoding="utf-8") as file:
        for number in range(size):
            title = f"{' '.join(rng.choices(_WORDS, k=9)).title()} {number}"
            text = f"{title}\n{' '.join(rng.choices(_WORDS, k=rng.randrange(20, 60)))}"
            price = round(math.exp(rng.gauss(4.5, 1.0)), 2)
            file.write(json.dumps({"title": title, "text": text, "price": min(price, 999.0)}) + "\n")
    return path


def _distribution(price: int) -> Distribution:
    prices = np.arange(max(1, price - 20), min(1000, price + 20))
    logits = -((prices - price) ** 2) / 50.0
    ranked = sorted(zip(logits, prices, strict=True), reverse=True)[:20]
    return Distribution(
        top=tuple((str(token), int(token), float(logit)) for logit, token in ranked),
        number_logits=logits,
        number_prices=prices,
        log_partition=tuple(float(np.log(np.exp(logits / t).sum())) + 0.1 for t in TEMPERATURES),
    )
