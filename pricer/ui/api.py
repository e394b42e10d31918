"""The page for programs: endpoints with typed, documented results, which are MCP tools as well.

Annotations are evaluated here and not kept as text, because Gradio reads them to describe the endpoints. As an MCP
result Gradio hands over the answer as the text of a Python value; what it calls structured is that text in a list.
"""

from collections.abc import Callable
from copy import deepcopy
from functools import partial
from typing import Any, TypedDict

import gradio as gr
from gradio.context import get_blocks_context
from gradio.utils import get_function_description

from pricer.errors import DescriptionError
from pricer.pricing.cleaning import NOTHING_TO_PRICE
from pricer.pricing.estimate import MAX_K, TOP_K
from pricer.pricing.estimator import Estimator
from pricer.pricing.explain import explain
from pricer.ui.events import refusing
from pricer.ui.server.limits import CALLERS_AT_ONCE, MAX_DESCRIPTIONS, validated

_EXAMPLES = {
    "description": "Stainless steel water bottle, 32 oz, vacuum insulated, keeps drinks cold for 24 hours",
    "descriptions": ["Stainless steel water bottle, 32 oz, vacuum insulated", "20V cordless drill with two batteries"],
    "k": TOP_K,
}


class CandidateAnswer(TypedDict):
    """A likely next token: its share of the whole vocabulary, and its price in dollars if it is a number."""

    token: str
    token_id: int
    logit: float
    probability: float
    price: int | None


class PriceAnswer(TypedDict):
    """A price in dollars, the readings of the same distribution, and what they rest on."""

    price: float | None
    greedy: int | None
    covered: float
    candidates: list[CandidateAnswer]
    mean: float | None
    median: int | None
    low: int | None
    high: int | None
    mass: float
    tokens: int
    cut: int
    truncated: bool
    remarks: list[str]
    model: str


class PhraseAnswer(TypedDict):
    """A phrase, the price without it, and the dollars it adds (positive) or takes away (negative)."""

    phrase: str
    without: float | None
    dollars: float | None


class ExplainAnswer(TypedDict):
    """The price of the whole description, and the effect of each phrase, largest first."""

    price: float | None
    phrases: list[PhraseAnswer]


class Endpoints:
    """What a program can ask of the page."""

    def __init__(self, pricer: Estimator) -> None:
        self._pricer = pricer

    def serve(self) -> None:
        """Open the endpoints /price, /price_many and /explain of the open gr.Blocks."""
        for endpoint in (self.price, self.price_many, self.explain):
            served = gr.api(endpoint, api_name=endpoint.__name__, concurrency_limit=CALLERS_AT_ONCE)
            _describe(endpoint, served)

    def price(self, description: str, k: int | None = TOP_K) -> PriceAnswer:
        """Estimate what a product costs in US dollars from its description.

        Args:
            description: What a shop writes about the product: its name, then what it is and does.
            k: How many of the likeliest tokens the price is weighted from, 1 to 20; the usual number is 3.

        Returns:
            The price, the interval from low to high, the candidates with their probabilities, and the share they cover.
        """
        return self.price_many([description], k)[0]

    def price_many(self, descriptions: list[str], k: int | None = TOP_K) -> list[PriceAnswer]:
        """Estimate what several products cost in US dollars, up to 64 in one call.

        Args:
            descriptions: One description for each product, none of them blank.
            k: How many of the likeliest tokens each price is weighted from, 1 to 20; the usual number is 3.

        Returns:
            One answer for each description, in their order.
        """
        with refusing():
            # A program may send any JSON, whatever the annotations say.
            if not isinstance(descriptions, list) or not 1 <= len(descriptions) <= MAX_DESCRIPTIONS:
                raise DescriptionError(f"Give a list of 1 to {MAX_DESCRIPTIONS} descriptions.")
            k = TOP_K if k is None else k
            if k not in range(1, MAX_K + 1):
                raise DescriptionError(f"k is {k!r:.30}: give a whole number from 1 to {MAX_K}.")
            estimates = self._pricer.estimate_all(_all_validated(descriptions), k=int(k))
        return [estimate.as_dict() for estimate in estimates]

    def explain(self, description: str) -> ExplainAnswer:
        """Find what moves a product's price: how many dollars each phrase of its description adds or takes away.

        Args:
            description: What a shop writes about the product; cut at lines, sentences and commas, or else at words.

        Returns:
            The price of the whole, and for each phrase the price without it; positive dollars add to it.
        """
        with refusing():
            *_, explanation = explain(self._pricer, validated(description))
        return {
            "price": explanation.price,
            "phrases": [
                {"phrase": effect.phrase.text.strip(), "without": effect.without, "dollars": effect.dollars}
                for effect in explanation.largest_first
            ],
        }


def _describe(endpoint: Callable[..., Any], served: gr.events.Dependency) -> None:
    """Put what the docstring says, and examples, on the API page, where Gradio by itself has "1st" and "..."."""
    _, parameters, returns = get_function_description(endpoint)
    blocks = get_blocks_context().blocks
    for (name, words), place in zip(parameters.items(), served["inputs"], strict=True):
        component = blocks[place]
        component.label = name
        component.api_info()["additional_description"] = words
        component.example_payload = partial(deepcopy, _EXAMPLES[name])
    [answer] = (blocks[place] for place in served["outputs"])
    answer.label = "answer"
    answer.api_info()["description"] = " ".join(returns)


def _all_validated(descriptions: list[Any]) -> list[str]:
    """Descriptions as the limits allow them. Raises DescriptionError, which says which of several cannot be priced."""
    texts = []
    for place, text in enumerate(descriptions, start=1):
        try:
            texts.append(validated(text))
            if not texts[-1].strip():
                raise DescriptionError(NOTHING_TO_PRICE)
        except DescriptionError as error:
            if len(descriptions) == 1:
                raise
            raise DescriptionError(f"Description {place} of {len(descriptions)}: {error}") from error
    return texts
