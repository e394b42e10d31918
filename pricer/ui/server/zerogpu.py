"""ZeroGPU: Spaces whose GPU is lent for seconds at a time, each loan paid from the daily quota of the visitor who asks.

The platform's package `spaces`, which the Hub installs there and nowhere else, plays a GPU to the thread that loads the
model. A function that it decorates runs in a process of its own on a real one: arguments and answers are pickled, and
what else it changes is lost. So what is decorated is not each of the functions that Gradio binds, which change what is
kept of a visit, but the one through which all of them ask: from descriptions to estimates. They call it in the thread
of their event, where the package finds out whose quota pays.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from pricer.errors import ModelError, PricerError
from pricer.model.engine import Pricer
from pricer.pricing.estimate import TOP_K, Estimate
from pricer.pricing.estimator import Completion, Estimator
from pricer.pricing.prompt import Prompt

# Seconds of a loan. The platform holds them against what is left of the visitor's quota (on its present cards 1.5 times
# as many) and ends what takes longer; weights are moved to the GPU at the beginning of most loans.
TO_BEGIN = 6
FOR_EACH = 0.25  # description
WRITTEN = 3  # passes, where the model writes out a price
AT_ONCE = 64  # descriptions of a loan: a test of 250 items takes four


def on_this_machine(pricer: Pricer) -> Estimator:
    """`pricer` itself, or what asks it within loans where its GPU is lent.

    For the thread that loaded it, before the page is launched.
    """
    try:
        import spaces
    except ImportError:
        return pricer
    lent = LentPricer(pricer, spaces.GPU)  # in any case: where nothing is decorated, ZeroGPU ends the program
    return lent if pricer.lent else pricer


class LentPricer:
    """An Estimator whose calls are loans of a GPU; `gpu` is the decorator `spaces.GPU`, which does nothing elsewhere.

    Raises ModelError, with the platform's own sentence, where there is no loan: no quota is left, or no GPU free.
    """

    def __init__(self, pricer: Pricer, gpu: Callable[..., Any]) -> None:
        self.info = pricer.info
        self.batch_size = AT_ONCE
        self._pricer = pricer
        self._loan = gpu(duration=seconds)(self._answered)

    def estimate_all(self, descriptions: Sequence[str], k: int = TOP_K, adapter: bool = True) -> list[Estimate]:
        """As `Pricer.estimate_all`."""
        return self._lent("estimate_all", descriptions, k=k, adapter=adapter)

    def generate_all(self, descriptions: Sequence[str], adapter: bool = True) -> list[Completion]:
        """As `Pricer.generate_all`."""
        return self._lent("generate_all", descriptions, adapter=adapter)

    def prompt(self, description: str) -> Prompt:
        """As `Pricer.prompt`, which needs no GPU."""
        return self._pricer.prompt(description)

    def _lent(self, method: str, descriptions: Sequence[str], **options: Any) -> list[Any]:
        for description in descriptions:
            self.prompt(description)  # what cannot be priced costs nobody a loan
        answers: list[Any] = []
        for start in range(0, len(descriptions), AT_ONCE):
            try:
                loan = self._loan(method, list(descriptions[start : start + AT_ONCE]), options)
            except gr.Error as error:  # in which the platform says why there is none
                raise ModelError(f"ZeroGPU: {str(error.message).strip()}") from error
            if loan.error:
                raise loan.error
            answers += loan.answers
        return answers

    def _answered(self, method: str, descriptions: list[str], options: dict[str, Any]) -> _Loan:
        """In the process that has the GPU. Of an error, only what is returned arrives as it was."""
        try:
            return _Loan(getattr(self._pricer, method)(descriptions, **options))
        except PricerError as error:
            return _Loan([], error)


@dataclass(frozen=True)
class _Loan:
    """What came of it: answers, or why there are none."""

    answers: list[Any]
    error: PricerError | None = None


def seconds(method: str, descriptions: Sequence[str], options: dict[str, Any]) -> int:  # noqa: ARG001 -- as `_answered`
    """How long a loan is asked for."""
    passes = WRITTEN if method == "generate_all" else 1
    return math.ceil(TO_BEGIN + FOR_EACH * passes * len(descriptions))
