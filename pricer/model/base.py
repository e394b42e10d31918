"""The base model: quantized as its row says, with its tokenizer, set up as in the course."""

from __future__ import annotations

from textwrap import shorten
from typing import Any

import torch
from huggingface_hub.errors import StrictDataclassError
from safetensors import SafetensorError

from pricer.errors import ModelError
from pricer.hub import folder_of
from pricer.model.machine import Machine, compute_dtype, is_out_of_memory
from pricer.model.registry import ModelRow

# What the libraries run into where files are broken or of another kind; none of them checks before it reads.
_BAD_FILES = (
    *(OSError, ValueError, TypeError, LookupError, AttributeError, ArithmeticError, ImportError, RuntimeError),
    *(SafetensorError, StrictDataclassError),
)


def load_base(row: ModelRow, machine: Machine) -> tuple[Any, Any]:
    """The base in 4 bits (or as the row says) and its tokenizer, set up as in the course."""
    from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()  # what a command prints is its answer
    folder, dtype = folder_of(row.base, what="base model"), compute_dtype(machine)
    try:
        # Said aloud: transformers would otherwise ask at the terminal whether to run code that a checkpoint brings.
        config = AutoConfig.from_pretrained(folder, trust_remote_code=False)
        tokenizer = AutoTokenizer.from_pretrained(folder, trust_remote_code=False)
        stored_quantized = _is_stored_quantized(config, row.base)
        model, report = AutoModelForCausalLM.from_pretrained(
            folder,
            output_loading_info=True,
            trust_remote_code=False,
            dtype=dtype,
            device_map={"": 0 if machine.gpu else "cpu"},
            use_safetensors=True,
            **({} if stored_quantized else _quantization(row, dtype)),
        )
        _set_compute_dtype(model, dtype)
    except _BAD_FILES as error:
        if is_out_of_memory(error):
            raise
        raise ModelError(
            f"The base model {row.base} could not be loaded ({_in_short(error)}): its files may be incomplete or of "
            "another kind; fetch them again or choose another model."
        ) from error
    if report["missing_keys"]:  # transformers would make up random ones and go on
        raise ModelError(
            f"The base model {row.base} lacks {len(report['missing_keys'])} of its weights: its files may be "
            "incomplete; fetch them again or choose another model."
        )
    if not tokenizer.is_fast or tokenizer.eos_token is None:
        raise ModelError(f"The tokenizer of {row.base} has no fast version or no end token: choose another base model.")
    tokenizer.pad_token = tokenizer.eos_token
    tokenizer.padding_side = "right"
    model.generation_config.pad_token_id = tokenizer.pad_token_id
    return model, tokenizer


def _quantization(row: ModelRow, dtype: torch.dtype) -> dict[str, Any]:
    """Loading options for the row's quantisation; 4 bits as in the course: NF4, twice quantised."""
    from transformers import BitsAndBytesConfig

    if row.quantization == "none":
        return {}
    if row.quantization == "8bit":
        return {"quantization_config": BitsAndBytesConfig(load_in_8bit=True)}
    four_bits = BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=dtype,
    )
    return {"quantization_config": four_bits}


def _is_stored_quantized(config: Any, name: str) -> bool:
    """Whether a checkpoint is stored quantised. Raises ModelError where not by bitsandbytes: nothing else is here."""
    stored = getattr(config, "quantization_config", None)
    if stored and stored.get("quant_method", "bitsandbytes") != "bitsandbytes":
        raise ModelError(
            f"The base model {name} is stored as {stored['quant_method']}, which cannot be read here: choose one that "
            "is stored whole, or quantised by bitsandbytes."
        )
    return bool(stored)


def _set_compute_dtype(model: Any, dtype: torch.dtype) -> None:
    """Let all layers compute in `dtype`, whatever was stored or seems fast.

    A checkpoint that is stored quantised keeps its own dtypes, bf16 even on a GPU that has none. And on a CPU that has
    bf16, bitsandbytes goes over to it in the first pass, for good: a price would then depend on the CPU and the batch.
    """
    from bitsandbytes.nn import Linear4bit, Params4bit

    for parameter in model.parameters():
        if parameter.is_floating_point() and not isinstance(parameter, Params4bit):  # embeddings, norms and biases
            parameter.data = parameter.data.to(dtype)
    for module in model.modules():
        if isinstance(module, Linear4bit):
            module.compute_dtype = dtype
            module.compute_type_is_set = True
            module.support_avx512bf16_for_cpu = False
            module.weight.quant_state.dtype = dtype


def _describe_quantization(model: Any) -> str:
    config = getattr(model.config, "quantization_config", None)
    if config is None:
        return "none"
    if config.load_in_8bit:
        return "8 bit"
    double = ", double quantisation" if config.bnb_4bit_use_double_quant else ""
    return f"4 bit ({config.bnb_4bit_quant_type.upper()}{double})"


def _in_short(error: BaseException) -> str:
    """What an error of a library says, on one line of bearable length."""
    return shorten(str(error), 200, placeholder=" …") or type(error).__name__
