"""The estimate: what the next-token distribution at the dollar sign says about a price.

Takes logits that one forward pass gave and turns them into candidates, a price, an interval. Everything is read from
one pass, so that the page can ask for other candidates or another temperature without asking the model again.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from pricer.pricing.distribution import HIGHEST_PRICE, Distribution

TOP_K = 3  # the course's number of candidates
MAX_K = 20
_NUMBER_TOKEN = re.compile(r"[0-9]{1,3}")


def price_of_token(token: str) -> int | None:
    """Dollars that a token stands for: one to three ASCII digits and nothing else; None for any other token."""
    return int(token) if _NUMBER_TOKEN.fullmatch(token) else None


@dataclass(frozen=True)
class Candidate:
    """One token the model might write next; `probability` is its share of the whole vocabulary, `price` in dollars."""

    token: str
    token_id: int
    logit: float
    probability: float
    price: int | None


@dataclass(frozen=True, eq=False)
class Estimate:
    """The price of one description, and everything that can be read from the pass that gave it.

    All prices are in dollars. `tokens` and `cut` count tokens of the description: those the model read, and those left
    out because it was too long. The interval lies between `quantiles`, as shares of the probability on numbers;
    `coverage` is the share of held-out prices of texts like this that was found there, None where nobody measured it.
    `remarks` say what was taken out of the text or makes it hard to price.
    """

    description: str
    tokens: int
    cut: int
    model: str
    distribution: Distribution
    k: int = TOP_K
    temperature: float = 1.0
    quantiles: tuple[float, float] = (0.1, 0.9)
    coverage: float | None = None
    remarks: tuple[str, ...] = ()

    def reweighed(self, k: int = TOP_K, temperature: float = 1.0) -> Estimate:
        """The same pass looked at with another number of candidates (1-20) or temperature (one of TEMPERATURES)."""
        if not 1 <= k <= MAX_K:
            raise ValueError(f"k {k} is not between 1 and {MAX_K}")
        return replace(self, k=k, temperature=temperature)

    @cached_property
    def candidates(self) -> tuple[Candidate, ...]:
        """The k likeliest tokens of the whole vocabulary, numbers or not, likeliest first."""
        return tuple(
            Candidate(
                token,
                token_id,
                logit,
                float(self.distribution.probability(logit, self.temperature)),
                price_of_token(token),
            )
            for token, token_id, logit in self.distribution.top[: self.k]
        )

    @property
    def price(self) -> float | None:
        """The course's estimate: the positive numbers among the candidates, weighted by probability, renormalized.

        None where no candidate is a positive number: the model does not say what this costs.
        """
        mass = self.candidate_mass
        if not mass:
            return None
        # Shares first: each lies in [0, 1], so that the price lies between its candidates to the last bit but rounding.
        return math.fsum(c.price * (c.probability / mass) for c in self.candidates if c.price)

    @property
    def candidate_mass(self) -> float:
        """The probability, of the whole vocabulary, of the candidates that the price was weighted from."""
        return math.fsum(c.probability for c in self.candidates if c.price)

    @cached_property
    def probabilities(self) -> np.ndarray:
        """Probability of every price, shape (1000,), in dollars 0-999 and as shares of the whole vocabulary."""
        return self.distribution.prices(self.temperature)

    @property
    def mass(self) -> float:
        """The share of the whole vocabulary's probability that lies on numbers."""
        return float(self.probabilities.sum())

    @property
    def mode(self) -> int | None:
        """The likeliest price; None if no number has any probability."""
        return int(self.probabilities.argmax()) if self.mass else None

    @property
    def mean(self) -> float | None:
        """The mean over all numbers: the best guess for the squared error."""
        if not self.mass:
            return None
        return float(np.arange(HIGHEST_PRICE + 1) @ self.probabilities / self.mass)

    @property
    def median(self) -> int | None:
        """The median over all numbers: the best guess for the absolute error."""
        return self.quantile(0.5)

    @property
    def low(self) -> int | None:
        """The lower end of the interval."""
        return self.quantile(self.quantiles[0])

    @property
    def high(self) -> int | None:
        """The upper end of the interval."""
        return self.quantile(self.quantiles[1])

    def quantile(self, share: float) -> int | None:
        """The smallest price at or below which `share` of the numbers' probability lies; None if they have none."""
        if not self.mass:
            return None
        cumulated = np.cumsum(self.probabilities)  # (1000,)
        # The tolerance keeps a share that is met exactly from being missed by rounding.
        return int(np.searchsorted(cumulated, share * cumulated[-1] * (1 - 1e-12)))

    def by(self, decoder: str) -> float | None:
        """The price by one of DECODERS: "top3" is the course's three candidates, whatever `k` is looked at."""
        if decoder == "top3":
            return replace(self, k=TOP_K).price
        return {"greedy": self.mode, "mean": self.mean, "median": self.median}[decoder]

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "price": self.price,
            "greedy": self.mode,
            "covered": self.candidate_mass,
            "candidates": [
                {"token": c.token, "token_id": c.token_id, "logit": c.logit, "probability": c.probability}
                | {"price": c.price}
                for c in self.candidates
            ],
            "mean": self.mean,
            "median": self.median,
            "low": self.low,
            "high": self.high,
            "mass": self.mass,
            "tokens": self.tokens,
            "cut": self.cut,
            "truncated": self.cut > 0,
            "remarks": list(self.remarks),
            "model": self.model,
        }


@dataclass(frozen=True)
class EstimatePair:
    """Two estimates side by side, each with a name for people."""

    first_name: str
    first: Estimate
    second_name: str
    second: Estimate

    @property
    def difference(self) -> float | None:
        """The second price less the first, in dollars; None where either is missing."""
        if self.first.price is None or self.second.price is None:
            return None
        return self.second.price - self.first.price


# How a price is read from one distribution; the course's way is "top3".
DECODERS = ("top3", "greedy", "mean", "median")
