"""Unpacking: 4-bit weights written out once, for a CPU that would otherwise unpack them anew in every pass.

The numbers stay those of the 4-bit weights to the last bit, so no price changes; only speed is bought with memory, four
bytes a weight. For models as small as the bundled one. Knows nothing of adapters.
"""

from __future__ import annotations

import copy
from typing import Any

import torch


def unpack(model: Any) -> None:
    """Put a plain linear layer with the same weights in the place of every 4-bit one of `model`."""
    from bitsandbytes.nn import Linear4bit

    for name, layer in list(model.named_modules()):
        if isinstance(layer, Linear4bit):
            model.set_submodule(name, _plain(layer))


def twin(model: Any) -> Any:
    """A second `model` over the same weights: a weight that is replaced in one of the two stays as it was in the other.

    What is written *into* a weight shows in both.
    """
    weights = {id(weight): torch.nn.Parameter(weight.data, requires_grad=False) for weight in model.parameters()}
    return copy.deepcopy(model, weights)


def _plain(layer: Any) -> torch.nn.Linear:
    from bitsandbytes.functional import dequantize_4bit

    plain = torch.nn.Linear(layer.in_features, layer.out_features, bias=layer.bias is not None, device="meta")
    weight = dequantize_4bit(layer.weight.data, layer.weight.quant_state)  # (outputs, inputs), in the compute dtype
    plain.weight = torch.nn.Parameter(weight, requires_grad=False)
    plain.bias = layer.bias
    return plain
