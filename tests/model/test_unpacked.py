"""Unpacking: the same answers, faster."""

from __future__ import annotations

from dataclasses import replace

import torch
from bitsandbytes.nn import Linear4bit

from pricer.model.choice import Choice
from pricer.model.loading import load
from pricer.model.machine import Machine
from pricer.model.registry import ROWS

IDS = torch.tensor([[2, 10, 200, 3000, 40]])


def bundled(unpacked):
    """The bundled model with and without its weights written out."""
    row = replace(ROWS["bundled"], cpu_only=unpacked)
    return load(Choice(row, "It was asked for.", automatic=False), Machine())


def four_bit_layers(model):
    """How many linear layers are still in 4 bits."""
    return sum(isinstance(layer, Linear4bit) for layer in model.modules())


def logits(loaded, adapter):
    """Shape (1, 5, V)."""
    with torch.inference_mode(), loaded.answering(adapter) as model:
        return model(IDS).logits


def test_unpacked_weights_of_the_base_give_the_same_logits_to_the_last_bit():
    packed, unpacked = bundled(False), bundled(True)

    assert (37, 0) == (four_bit_layers(packed.model), four_bit_layers(unpacked.model))
    assert torch.equal(logits(packed, adapter=False), logits(unpacked, adapter=False))


def test_an_adapter_added_to_unpacked_weights_gives_the_same_logits_but_for_the_order_of_the_sums():
    packed, unpacked = bundled(False), bundled(True)
    gap = (logits(packed, adapter=True) - logits(unpacked, adapter=True)).abs().max().item()

    assert gap < 1e-4
    assert gap < (logits(packed, adapter=False) - logits(packed, adapter=True)).abs().max().item() / 1000


def test_the_tab_model_says_that_the_weights_were_unpacked():
    assert "4 bit (NF4, double quantization)" == bundled(False).info.quantization
    assert "4 bit (NF4, double quantization), unpacked once to float32" == bundled(True).info.quantization
