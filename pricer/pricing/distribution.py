"""The next-token distribution at the dollar sign, reduced to what prices need.

A whole one is 128,000 logits; what is kept here is small enough to be held for every item and sent to a browser.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from pricer.errors import ModelError

HIGHEST_PRICE = 999

# Temperatures at which a distribution can be looked at; the first is the model's own.
TEMPERATURES = (1.0, *(step / 20 for step in range(4, 41) if step != 20))


@dataclass(frozen=True, eq=False)
class Distribution:
    """The next-token distribution at the dollar sign, reduced to what prices need.

    `top` are the 20 likeliest tokens of the whole vocabulary as (text, id, logit), likeliest first. `number_logits`,
    shape (number tokens,), are those of the tokens that are numbers; `number_prices`, same shape, their dollars.
    `log_partition[i]` is log(sum(exp(logits / TEMPERATURES[i]))) over the whole vocabulary. Raises ModelError if a
    logit is not finite.
    """

    top: tuple[tuple[str, int, float], ...]
    number_logits: np.ndarray
    number_prices: np.ndarray
    log_partition: tuple[float, ...]

    def __post_init__(self) -> None:
        parts = (self.log_partition, self.number_logits, [logit for _, _, logit in self.top])
        if not all(np.isfinite(part).all() for part in parts):
            raise ModelError(
                "The model returned numbers that are not finite, so there is no price. Its weights may be damaged or "
                "its compute dtype too narrow: load it again, or choose another model."
            )

    def probability(self, logit: Any, temperature: float) -> Any:
        """softmax(logits / temperature) at `logit`, as a share of the whole vocabulary."""
        return np.exp(np.asarray(logit, dtype=np.float64) / temperature - self._log_partition_at(temperature))

    def prices(self, temperature: float) -> np.ndarray:
        """Probability of every price, shape (1000,), in dollars 0-999 and as shares of the whole vocabulary."""
        shares = self.probability(self.number_logits, temperature)  # (number tokens,)
        return np.bincount(self.number_prices, weights=shares, minlength=HIGHEST_PRICE + 1)  # (1000,)

    def _log_partition_at(self, temperature: float) -> float:
        if temperature not in TEMPERATURES:
            raise ValueError(f"temperature {temperature} is none of {sorted(TEMPERATURES)}")
        return self.log_partition[TEMPERATURES.index(temperature)]
