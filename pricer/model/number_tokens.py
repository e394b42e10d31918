"""The number tokens of a vocabulary: the property that all else rests on.

Every whole number 0-999 must be one token after a dollar sign. Knows tokenizers, and nothing of models.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from pricer.errors import ModelError
from pricer.pricing.distribution import HIGHEST_PRICE
from pricer.pricing.estimate import price_of_token
from pricer.pricing.prompt import PRICE_PREFIX


def number_tokens(tokenizer: Any, name: str) -> tuple[torch.Tensor, np.ndarray]:
    """Ids, shape (number tokens,), and dollars, same shape, of all tokens that are numbers.

    A token is a number where nothing but one to three of the digits 0-9 stands in it (`price_of_token`): neither " 12"
    nor "1e5" nor the digits of other scripts, all of which `float` would take.

    Raises ModelError unless the tokenizer writes every whole number 0-999 after a dollar sign as one token: only then
    does one forward pass give a probability for every price.
    """
    price_tokens(tokenizer, name)
    prices = {index: price_of_token(token) for token, index in tokenizer.get_vocab().items()}
    ids = sorted(index for index, price in prices.items() if price is not None)
    return torch.tensor(ids), np.array([prices[index] for index in ids])


def price_tokens(tokenizer: Any, name: str) -> torch.Tensor:
    """Ids of the tokens that the prices 0-999 are written with after a dollar sign, by price: shape (1000,).

    Raises ModelError where one of them is not a single token.
    """
    numbers = [str(number) for number in range(HIGHEST_PRICE + 1)]
    before = tokenizer(PRICE_PREFIX, add_special_tokens=False)["input_ids"]
    written = tokenizer([PRICE_PREFIX + number for number in numbers], add_special_tokens=False)["input_ids"]
    for number, ids in zip(numbers, written, strict=True):
        if ids[: len(before)] != before or len(ids) != len(before) + 1 or tokenizer.decode(ids[-1:]) != number:
            raise ModelError(
                f"The tokenizer of {name} does not write {number} as one token after a dollar sign, so one pass cannot "
                "give a probability for every price: choose a base that writes 0-999 as single tokens, as Llama 3 does."
            )
    return torch.tensor([ids[-1] for ids in written])
