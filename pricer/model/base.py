"""The base model: quantized as its row says, with its tokenizer, set up as in the course."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import torch

from pricer.errors import ModelError
from pricer.hub import WITHOUT_HUB, folder_of
from pricer.model.library_errors import reading_files
from pricer.model.machine import Machine, compute_dtype
from pricer.model.registry import ModelRow

if TYPE_CHECKING:
    from transformers import BitsAndBytesConfig


def nf4(dtype: torch.dtype, **options: Any) -> BitsAndBytesConfig:
    """4 bits as in the course: NF4, quantized twice, computing in `dtype`; `options` go to BitsAndBytesConfig."""
    from transformers import BitsAndBytesConfig

    return BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=dtype,
        **options,
    )


def load_base(row: ModelRow, machine: Machine) -> tuple[Any, Any]:
    """The base in 4 bits (or as the row says) and its tokenizer, set up as in the course.

    Raises ModelError if the files cannot be had, are incomplete or of another kind.
    """
    from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()  # what a command prints is its answer
    instead = f"choose PRICER_MODEL={row.mirror}, which needs no token" if row.mirror else WITHOUT_HUB
    folder, dtype = folder_of(row.base, what="base model", instead=instead), compute_dtype(machine)
    # Said aloud: transformers would otherwise ask at the terminal whether to run code that a checkpoint brings.
    with reading_files(lambda reason: _unreadable(row.base, reason)):
        config = AutoConfig.from_pretrained(folder, trust_remote_code=False)
        tokenizer = AutoTokenizer.from_pretrained(folder, trust_remote_code=False)
    if machine.lent:  # before the loan, only the thread that imported `spaces` sees the GPU: it must place all weights
        os.environ["HF_DEACTIVATE_ASYNC_LOAD"] = "1"
    quantization = {} if _is_stored_quantized(config, row.base) else _quantization(row, dtype)
    with reading_files(lambda reason: _unreadable(row.base, reason)):
        model, report = AutoModelForCausalLM.from_pretrained(
            folder,
            output_loading_info=True,
            dtype=dtype,
            device_map={"": "cuda" if machine.gpu else "cpu"},
            use_safetensors=True,
            trust_remote_code=False,
            **quantization,
        )
    if report["missing_keys"]:  # transformers would make up random ones and go on
        raise ModelError(
            f"The base model {row.base} lacks {len(report['missing_keys'])} of its weights: its files may be "
            "incomplete; fetch them again or choose another model."
        )
    if any(getattr(layer.weight, "quant_state", None) is None for layer in four_bit_layers(model)):
        raise ModelError(_unreadable(row.base, "its settings say 4 bits, and its weights are stored whole"))
    set_compute_dtype(model, dtype)
    if not tokenizer.is_fast or tokenizer.eos_token is None:
        raise ModelError(f"The tokenizer of {row.base} has no fast version or no end token: choose another base model.")
    tokenizer.pad_token = tokenizer.eos_token
    tokenizer.padding_side = "right"
    model.generation_config.pad_token_id = tokenizer.pad_token_id
    return model, tokenizer


def describe_quantization(model: Any) -> str:
    """How the weights of `model` are stored, in a few words."""
    config = getattr(model.config, "quantization_config", None)
    if config is None:
        return "none"
    if config.load_in_8bit:
        return "8 bit"
    double = ", double quantization" if config.bnb_4bit_use_double_quant else ""
    return f"4 bit ({config.bnb_4bit_quant_type.upper()}{double})"


def _unreadable(name: str, reason: str) -> str:
    return (
        f"The base model {name} could not be loaded ({reason}): its files may be incomplete or of another kind; fetch "
        "them again or choose another model."
    )


def _quantization(row: ModelRow, dtype: torch.dtype) -> dict[str, Any]:
    """Loading options for the row's quantization."""
    from transformers import BitsAndBytesConfig

    if row.quantization == "none":
        return {}
    return {"quantization_config": BitsAndBytesConfig(load_in_8bit=True) if row.quantization == "8bit" else nf4(dtype)}


def _is_stored_quantized(config: Any, name: str) -> bool:
    """Whether a checkpoint is stored quantized. Raises ModelError where not by bitsandbytes: nothing else is here."""
    stored = getattr(config, "quantization_config", None)
    if stored and stored.get("quant_method", "bitsandbytes") != "bitsandbytes":
        raise ModelError(
            f"The base model {name} is stored as {stored['quant_method']}, which cannot be read here: choose one that "
            "is stored whole, or quantized by bitsandbytes."
        )
    return bool(stored)


def set_compute_dtype(model: Any, dtype: torch.dtype) -> None:
    """Let all layers compute in `dtype`, whatever was stored or seems fast.

    A checkpoint that is stored quantized keeps its own dtypes, bf16 even on a GPU that has none. And on a CPU that has
    bf16, bitsandbytes goes over to it in the first pass, for good: a price would then depend on the CPU and the batch.
    """
    from bitsandbytes.nn import Params4bit

    for parameter in model.parameters():
        if parameter.is_floating_point() and not isinstance(parameter, Params4bit):  # embeddings, norms and biases
            parameter.data = parameter.data.to(dtype)
    for layer in four_bit_layers(model):
        layer.compute_dtype = dtype
        layer.compute_type_is_set = True
        layer.support_avx512bf16_for_cpu = False
        layer.weight.quant_state.dtype = dtype


def four_bit_layers(model: Any) -> Iterator[Any]:
    from bitsandbytes.nn import Linear4bit

    return (module for module in model.modules() if isinstance(module, Linear4bit))
