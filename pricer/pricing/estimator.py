"""The seam: a function from descriptions to estimates, behind which a model or a fake may stand.

Page, Tester, command line, benchmark and explanations are written against this type, so that the bundled model and the
8B differ in one row of a table, and a test can put in their place a class whose answers are worked out by hand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from pricer.pricing.estimate import TOP_K, Estimate
from pricer.pricing.prompt import Prompt

if TYPE_CHECKING:  # plain data of a layer above, for the annotation alone
    from pricer.model.info import ModelInfo


@dataclass(frozen=True)
class Completion:
    """What the model writes after the dollar sign, word for word, and the price in dollars that it says, if any."""

    text: str
    price: float | None


class Estimator(Protocol):
    """Lists of descriptions in, as many answers out, in their order.

    `batch_size` is how many descriptions share a forward pass; an estimator that runs out of memory may lower its own.
    `adapter=False` asks the base model alone. The methods raise DescriptionError, before any pass, if a description
    is blank, and ModelError if the model cannot answer.
    """

    batch_size: int

    @property
    def info(self) -> ModelInfo:
        """What is loaded and why."""

    def prompt(self, description: str) -> Prompt:
        """What the model reads of a description, token by token; the model is not asked."""

    def estimate_all(self, descriptions: Sequence[str], k: int = TOP_K, adapter: bool = True) -> list[Estimate]:
        """An estimate for each description, read from one forward pass; `k` candidates share in its price."""

    def generate_all(self, descriptions: Sequence[str], adapter: bool = True) -> list[Completion]:
        """The course's first method: what the model writes, and the first number in it."""
