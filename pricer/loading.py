"""Loading: a row of the table becomes a model that is ready to read prices from.

The only module that knows PEFT and quantisation. Knows nothing of prompts or prices.
"""

from __future__ import annotations

import hashlib
import logging
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from textwrap import shorten
from typing import Any

import numpy as np
import torch
from huggingface_hub.errors import StrictDataclassError
from safetensors import SafetensorError, safe_open

from pricer.choosing import Choice, Machine
from pricer.errors import ModelError
from pricer.hub import folder_of
from pricer.machine import check_memory, compute_dtype, is_out_of_memory
from pricer.models import Adapter, ModelInfo, ModelRow
from pricer.number_tokens import number_tokens
from pricer.unpacking import twin, unpack

# bitsandbytes announces a CPU kernel of the Hub that it can do without.
logging.getLogger("bitsandbytes.backends.cpu.ops").setLevel(logging.ERROR)

# What the libraries run into where files are broken or of another kind; none of them checks before it reads.
_BAD_FILES = (
    *(OSError, ValueError, TypeError, LookupError, AttributeError, ArithmeticError, ImportError, RuntimeError),
    *(SafetensorError, StrictDataclassError),
)

_ADAPTER_CONFIG, _ADAPTER_WEIGHTS = "adapter_config.json", "adapter_model.safetensors"


@dataclass(frozen=True)
class LoadedModel:
    """A model in evaluation mode, its tokenizer, and its number tokens: `number_ids[i]` writes `number_prices[i]`.

    `base` is the model without its adapter, where that is kept beside it; else the adapter of `model` can be switched.
    """

    model: Any
    tokenizer: Any
    number_ids: torch.Tensor
    number_prices: np.ndarray
    info: ModelInfo
    base: Any = None

    @contextmanager
    def answering(self, adapter: bool) -> Iterator[Any]:
        """The model with its adapter or, for `adapter=False`, without; afterwards the adapter is on again."""
        if adapter or self.info.adapter is None:
            yield self.model
        elif self.base is not None:
            yield self.base
        else:
            with self.model.disable_adapter():
                yield self.model


def load(choice: Choice, machine: Machine) -> LoadedModel:
    """Load base, adapter and tokenizer of `choice.row`. Raises ModelError, with the remedy, if that cannot be."""
    began = time.perf_counter()
    row, dtype = choice.row, compute_dtype(machine)
    check_memory(row, machine)
    try:
        model, tokenizer = load_base(row, machine)
        quantization = _describe_quantization(model)
        if unpacked := row.unpacked and machine.gpu is None:
            unpack(model)
            quantization += ", unpacked once to float32"
        number_ids, number_prices = number_tokens(tokenizer, row.base)
        adapter = base = None
        base_bytes = model.get_memory_footprint()
        if row.adapter:
            folder = Path(folder_of(row.adapter, row.adapter_revision, what="adapter"))
            if unpacked:
                base, model = model, twin(model)
            model = _with_adapter(model, row, folder)
            adapter = _describe_adapter(model, row, folder)
            if unpacked:
                model = _merged(model)
    except (RuntimeError, MemoryError) as error:
        if not is_out_of_memory(error):
            raise
        raise ModelError(
            f"There is too little memory for {row.name}: close what else uses it, choose a larger machine, or "
            "PRICER_MODEL=bundled."
        ) from error
    model.eval()
    head = model.get_output_embeddings().weight
    info = ModelInfo(
        row=row,
        reason=choice.reason,
        quantization=quantization,
        compute_dtype=str(dtype).removeprefix("torch."),
        device=machine.gpu or "CPU",
        base_megabytes=base_bytes / 1e6,
        vocabulary=len(tokenizer),
        head=(head.shape[0], head.shape[1]),
        adapter=adapter,
        load_seconds=time.perf_counter() - began,
    )
    return LoadedModel(model, tokenizer, number_ids.to(model.device), number_prices, info, base)


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
