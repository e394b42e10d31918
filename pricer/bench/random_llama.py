"""Llama's shapes with random weights, in 4 bits, with LoRA: what the course's models cost, measured without the Hub.

Times and memory do not depend on what the weights say, prices do: these mean nothing. One block at a time is made and
quantized, so that the peak stays near the final footprint. The adapter has the shape of the course's for the 8B. The
tokenizer is the bundled one: its ids lie within Llama's vocabulary, and it too writes 0-999 as single tokens.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import torch

from pricer.errors import ModelError
from pricer.model.base import nf4, set_compute_dtype
from pricer.model.info import Adapter, ModelInfo
from pricer.model.loading import LoadedModel
from pricer.model.machine import Machine, check_memory, compute_dtype
from pricer.model.number_tokens import number_tokens
from pricer.model.registry import ROWS, ModelRow

RANK, ALPHA, DROPOUT = 32, 64, 0.1  # the course's
TARGETS = ("k_proj", "o_proj", "q_proj", "v_proj")
_SPREAD = 0.02  # of random weights

# By the rows of the table whose shapes they are; head size 128 and 8 heads for keys and values in both.
_SIZES = {
    "llama-3.1-8b": {"hidden_size": 4096, "intermediate_size": 14_336, "num_hidden_layers": 32},
    "llama-3.2-3b": {"hidden_size": 3072, "intermediate_size": 8192, "num_hidden_layers": 28},
}


def llama_config(name: str) -> Any:
    """The transformers configuration of Llama 3.1 8B or 3.2 3B, by its name in the table of models."""
    from transformers import LlamaConfig

    large, sizes = name == "llama-3.1-8b", _SIZES[name]
    return LlamaConfig(
        **sizes,
        vocab_size=128_256,
        num_attention_heads=sizes["hidden_size"] // 128,
        num_key_value_heads=8,
        max_position_embeddings=131_072,
        rms_norm_eps=1e-5,
        tie_word_embeddings=not large,
        rope_parameters={
            "rope_type": "llama3",
            "rope_theta": 500_000.0,
            "factor": 8.0 if large else 32.0,
            "low_freq_factor": 1.0,
            "high_freq_factor": 4.0,
            "original_max_position_embeddings": 8192,
        },
    )


def load_random(name: str, machine: Machine) -> LoadedModel:
    """Random weights in the shape of a row of the table. Raises ModelError where there is no GPU that holds them."""
    row = ROWS[name]
    if machine.gpu is None:
        raise ModelError(f"Random weights of {name} need a GPU with {row.memory_gb:.0f} GB: leave the option out.")
    check_memory(row, machine)
    return random_llama(llama_config(name), machine, row)


def random_llama(config: Any, machine: Machine, row: ModelRow, rank: int = RANK) -> LoadedModel:
    """A model of `config` on the machine's GPU, or its CPU, as `pricer.model.loading.load` would return it."""
    from transformers import AutoTokenizer

    dtype = compute_dtype(machine)
    tokenizer = AutoTokenizer.from_pretrained(ROWS["bundled"].base)
    tokenizer.pad_token, tokenizer.padding_side = tokenizer.eos_token, "right"
    device = torch.device("cuda:0" if machine.gpu else "cpu")
    with torch.random.fork_rng(devices=[device] if machine.gpu else []):
        torch.manual_seed(0)  # the same weights each time, whatever ran before
        base = _base(config, device, dtype)
        base_bytes = base.get_memory_footprint()
        model = _with_lora(base, rank)
    base.generation_config.pad_token_id = tokenizer.pad_token_id
    weights = [parameter for name, parameter in model.named_parameters() if "lora_" in name]
    ids, prices = number_tokens(tokenizer, "the bundled model")
    megabytes = sum(weight.numel() * weight.element_size() for weight in weights) / 1e6
    info = ModelInfo(
        row=replace(row, name=f"{row.name}, random weights", items=ROWS["bundled"].items),
        reason="Random weights were asked for: prices mean nothing, speed and memory do.",
        quantization="4 bit (NF4, double quantization)",
        compute_dtype=str(dtype).removeprefix("torch."),
        device=machine.gpu or "CPU",
        base_megabytes=base_bytes / 1e6,
        vocabulary=config.vocab_size,
        head=(config.vocab_size, config.hidden_size),
        adapter=Adapter("random", None, rank, ALPHA, DROPOUT, TARGETS, len(weights) // 2, megabytes),
        load_seconds=0.0,
        parameters=model.num_parameters(),
        tree=repr(model),
    )
    return LoadedModel(model, tokenizer, ids.to(base.device), prices, info)


def _base(config: Any, device: torch.device, dtype: torch.dtype) -> Any:
    """Embedding, norm and head first, then block after block, each quantized before the next is made."""
    from transformers import LlamaForCausalLM
    from transformers.models.llama.modeling_llama import LlamaDecoderLayer

    layers, config.num_hidden_layers = config.num_hidden_layers, 0
    config.dtype = dtype
    before = torch.get_default_dtype()
    torch.set_default_dtype(dtype)
    try:
        with device:
            model = LlamaForCausalLM._from_config(config, dtype=dtype)
            for index in range(layers):
                block = LlamaDecoderLayer(config, index)
                _quantize(block, device, dtype)
                model.model.layers.append(block)
    finally:
        torch.set_default_dtype(before)
    config.num_hidden_layers = layers
    config.quantization_config = nf4(dtype)
    model.is_loaded_in_4bit = True  # what PEFT chooses its layers by
    set_compute_dtype(model, dtype)
    return model.eval()


def _with_lora(base: Any, rank: int) -> Any:
    from peft import LoraConfig, get_peft_model

    lora = LoraConfig(
        r=rank, lora_alpha=ALPHA, lora_dropout=DROPOUT, target_modules=list(TARGETS), task_type="CAUSAL_LM"
    )
    model = get_peft_model(base, lora).eval()
    for name, weight in model.named_parameters():
        if "lora_" in name:
            torch.nn.init.normal_(weight, std=_SPREAD)
            weight.requires_grad_(False)
    return model


def _quantize(block: torch.nn.Module, device: torch.device, dtype: torch.dtype) -> None:
    from bitsandbytes.nn import Linear4bit, Params4bit

    for name, linear in list(block.named_modules()):
        if isinstance(linear, torch.nn.Linear):
            layer = Linear4bit(
                linear.in_features, linear.out_features, bias=False, compute_dtype=dtype, quant_type="nf4"
            )
            weight = torch.randn(linear.weight.shape, device=device, dtype=dtype) * _SPREAD
            layer.weight = Params4bit(
                weight.cpu(), requires_grad=False, compress_statistics=True, quant_type="nf4", module=layer
            ).to(device)
            block.set_submodule(name, layer)
