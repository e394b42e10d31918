"""The adapter: LoRA weights put onto a base, checked to fit, and described."""

from __future__ import annotations

import hashlib
import warnings
from pathlib import Path
from typing import Any

from safetensors import safe_open

from pricer.errors import ModelError
from pricer.model.base import _BAD_FILES, _in_short
from pricer.model.info import Adapter
from pricer.model.machine import is_out_of_memory
from pricer.model.registry import ModelRow

_ADAPTER_CONFIG, _ADAPTER_WEIGHTS = "adapter_config.json", "adapter_model.safetensors"


def _with_adapter(base: Any, row: ModelRow, folder: Path) -> Any:
    """`base` with the row's adapter, unmerged: merging into 4-bit weights would round it away."""
    from peft import LoraConfig, PeftConfig, PeftModel, get_peft_model_state_dict

    for file in (_ADAPTER_CONFIG, _ADAPTER_WEIGHTS):
        if not (folder / file).is_file():
            raise ModelError(f"The adapter {row.adapter} has no {file}: save it with save_pretrained again.")
    try:
        config = PeftConfig.from_pretrained(folder)
        with safe_open(folder / _ADAPTER_WEIGHTS, "pt") as stored:
            names = set(filter(_is_adapter, stored.keys()))
    except _BAD_FILES as error:
        raise ModelError(f"The adapter {row.adapter} is damaged ({_in_short(error)}): fetch it again.") from error
    if not isinstance(config, LoraConfig):
        raise ModelError(f"The adapter {row.adapter} is of the kind {config.peft_type.value}: choose a LoRA adapter.")
    misfit = f"The adapter {row.adapter} does not fit the base model {row.base}"
    remedy = "choose the base that it was trained on (PRICER_BASE_MODEL)."
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # between the libraries; nobody here can mend it
            model = PeftModel.from_pretrained(base, folder, config=config)
    except _BAD_FILES as error:
        if is_out_of_memory(error):
            raise
        raise ModelError(f"{misfit} ({_in_short(error)}): {remedy}") from error
    # PEFT loads what has the right name and only warns about the rest. The embedding is none of the adapter's: left to
    # itself, PEFT would ask the Hub about it.
    if names != set(filter(_is_adapter, get_peft_model_state_dict(model, save_embedding_layers=False))):
        raise ModelError(f"{misfit} (their layers differ): {remedy}")
    return model


def _merged(model: Any) -> Any:
    """The plain model that answers as `model` does with its adapter. For whole weights: there is nothing to round."""
    from peft.utils.other import TrainableTokensWrapper

    head = model.get_output_embeddings()
    merged = model.merge_and_unload(safe_merge=True)  # else it would write into weights that the base shares
    if isinstance(head, TrainableTokensWrapper):
        head.token_adapter.get_base_layer().bias = None  # which PEFT leaves out where a head's rows were trained
    return merged


def _describe_adapter(model: Any, row: ModelRow, folder: Path) -> Adapter:
    config = model.peft_config["default"]
    weights = [parameter for name, parameter in model.named_parameters() if _is_adapter(name)]
    layers = sum(1 for name, _ in model.named_modules() if name.endswith("lora_A"))
    targets = config.target_modules
    return Adapter(
        name=row.adapter,
        revision=None if Path(row.adapter).is_dir() else row.adapter_revision,
        rank=config.r,
        alpha=config.lora_alpha,
        dropout=config.lora_dropout,
        target_modules=(targets,) if isinstance(targets, str) else tuple(sorted(targets)),
        layers=layers,
        megabytes=sum(weight.numel() * weight.element_size() for weight in weights) / 1e6,
        fingerprint=_fingerprint(folder / _ADAPTER_WEIGHTS),
    )


def _fingerprint(file: Path) -> str:
    with file.open("rb") as stored:
        return hashlib.file_digest(stored, "sha256").hexdigest()


def _is_adapter(name: str) -> bool:
    return "lora_" in name or "trainable_tokens" in name
