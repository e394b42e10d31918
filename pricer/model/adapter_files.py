"""Adapters as people have them: what is odd about their weights, and whether it is mended, told or refused.

A wrong remedy costs a student an evening. So each known oddity has its own check here, and only what is left over is
told as an adapter that does not fit its base.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch

from pricer.errors import ModelError

_COMPILED = "_orig_mod."  # what torch.compile puts into the names of a model's parts
# Ways to begin training that write into the base's own weights: PEFT does so again whenever such an adapter is loaded.
_CHANGE_THE_BASE = ("olora", "pissa", "corda", "loftq")


def check_start(name: str, start: Any) -> None:
    """Raise ModelError for an adapter whose way to begin (PEFT's `init_lora_weights`) changes the base."""
    if isinstance(start, str) and start.lower().startswith(_CHANGE_THE_BASE):
        raise ModelError(
            f"The adapter {name} was begun as {start}, which changes the weights of the base too, so that base and "
            "adapter could not be told apart: save it as a plain LoRA, by save_pretrained with "
            "path_initial_model_for_weight_conversion."
        )


def checked_weights(
    name: str, stored: Mapping[str, torch.Tensor], base: Any
) -> tuple[dict[str, torch.Tensor], tuple[str, ...]]:
    """The weights to load onto `base`, mended where that is safe, and remarks as sentences.

    Raises ModelError for weights that are empty or not finite.
    """
    empty = [key for key, tensor in stored.items() if not tensor.numel()]
    if empty:
        raise ModelError(
            f"The adapter {name} holds {len(empty)} empty matrices of {len(stored)}: it was saved while its weights "
            "lay on several GPUs (DeepSpeed ZeRO-3). Save it again with the weights gathered "
            "(stage3_gather_16bit_weights_on_model_save)."
        )
    broken = [key for key, tensor in stored.items() if not tensor.isfinite().all()]
    if broken:
        raise ModelError(
            f"The adapter {name} holds numbers that are not finite in {len(broken)} of its {len(stored)} matrices: its "
            "training went astray. Choose an earlier checkpoint, or train it again with a lower learning rate."
        )
    weights = {key.replace(_COMPILED, ""): tensor for key, tensor in stored.items()}
    remarks = []
    if any(_COMPILED in key for key in stored):
        remarks.append("The adapter was saved from a compiled model; its names were mended.")
    if added := _leave_out_added_tokens(weights, base):
        tokens = "1 token more than the base has, which is" if added == 1 else f"{added:,} more tokens, which are"
        remarks.append(f"The adapter was trained with {tokens} not read.")
    lora = {key: tensor for key, tensor in weights.items() if "lora_" in key}
    if len(lora) == len(weights) and not any(tensor.any() for key, tensor in lora.items() if "lora_B" in key):
        remarks.append(
            "The adapter changes nothing: all its B matrices are zero, as before training: save it after training."
        )
    return weights, tuple(remarks)


def _leave_out_added_tokens(weights: dict[str, torch.Tensor], base: Any) -> int:
    """Cut stored embeddings and heads to the rows of `base`, in place; returns how many tokens they had more."""
    vocabulary = base.get_input_embeddings().weight.shape[0]
    tables = (base.get_input_embeddings(), base.get_output_embeddings())
    names = [f".{name}." for name, module in base.named_modules() if any(module is table for table in tables)]
    added = 0
    for key, tensor in weights.items():
        # Of a part that was trained whole, PEFT stores the original beside it.
        if "lora_" not in key and any(name in key for name in names) and tensor.shape[0] > vocabulary:
            added = max(added, tensor.shape[0] - vocabulary)
            weights[key] = tensor[:vocabulary].clone()
    return added
