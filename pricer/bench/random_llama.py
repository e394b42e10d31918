"""A Llama of any size with random weights, in 4 bits, with LoRA: the course's 8B to measure, without the Hub.

Prices mean nothing; times and memory are those of the real model, since neither depends on what the weights say. One
block at a time is made and quantised, so that the peak stays near the final footprint. The tokenizer is the bundled
one: its ids lie within Llama's vocabulary, and it writes 0-999 as single tokens as well.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import torch

from pricer.model.base import nf4
from pricer.model.info import Adapter, ModelInfo
from pricer.model.loading import LoadedModel
from pricer.model.machine import Machine, compute_dtype
from pricer.model.number_tokens import number_tokens
from pricer.model.registry import ROWS

RANK, ALPHA, DROPOUT = 32, 64, 0.1  # the course's
TARGETS = ("k_proj", "o_proj", "q_proj", "v_proj")
_SPREAD = 0.02  # of random weights


def llama_8b_config() -> Any:
    """Llama 3.1 8B."""
    from transformers import LlamaConfig

    return LlamaConfig(
        vocab_size=128_256,
        hidden_size=4096,
        intermediate_size=14_336,
        num_hidden_layers=32,
        num_attention_heads=32,
        num_key_value_heads=8,
        max_position_embeddings=131_072,
        rms_norm_eps=1e-5,
        rope_parameters={
            "rope_type": "llama3",
            "rope_theta": 500_000.0,
            "factor": 8.0,
            "low_freq_factor": 1.0,
            "high_freq_factor": 4.0,
            "original_max_position_embeddings": 8192,
        },
    )


def random_llama(config: Any, machine: Machine, rank: int = RANK) -> LoadedModel:
    """A model of `config` on the machine's GPU, or its CPU, as `pricer.model.loading.load` would return it."""
    from peft import LoraConfig, get_peft_model
    from transformers import AutoTokenizer

    dtype = compute_dtype(machine)
    tokenizer = AutoTokenizer.from_pretrained(ROWS["bundled"].base)
    tokenizer.pad_token, tokenizer.padding_side = tokenizer.eos_token, "right"
    base = _base(config, torch.device("cuda:0" if machine.gpu else "cpu"), dtype)
    base.generation_config.pad_token_id = tokenizer.pad_token_id
    base_bytes = base.get_memory_footprint()
    lora = LoraConfig(
        r=rank, lora_alpha=ALPHA, lora_dropout=DROPOUT, target_modules=list(TARGETS), task_type="CAUSAL_LM"
    )
    model = get_peft_model(base, lora).eval()
    weights = [parameter for name, parameter in model.named_parameters() if "lora_" in name]
    for weight in weights:
        torch.nn.init.normal_(weight, std=_SPREAD)
        weight.requires_grad_(False)
    ids, prices = number_tokens(tokenizer, "the bundled model")
    megabytes = sum(weight.numel() * weight.element_size() for weight in weights) / 1e6
    info = ModelInfo(
        row=replace(ROWS["llama-3.1-8b"], name="random", items=ROWS["bundled"].items),
        reason="Random weights were asked for: prices mean nothing, speed and memory do.",
        quantization="4 bit (NF4, double quantization)",
        compute_dtype=str(dtype).removeprefix("torch."),
        device=machine.gpu or "CPU",
        base_megabytes=base_bytes / 1e6,
        vocabulary=config.vocab_size,
        head=(config.vocab_size, config.hidden_size),
        adapter=Adapter("random", None, rank, ALPHA, DROPOUT, TARGETS, len(weights) // 2, megabytes),
        load_seconds=0.0,
    )
    return LoadedModel(model, tokenizer, ids.to(base.device), prices, info)


def _base(config: Any, device: torch.device, dtype: torch.dtype) -> Any:
    """Embedding, norm and head first, then block after block, each quantised before the next is made."""
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
                _quantise(block, device, dtype)
                model.model.layers.append(block)
    finally:
        torch.set_default_dtype(before)
    config.num_hidden_layers = layers
    config.quantization_config = nf4(dtype)
    model.is_loaded_in_4bit = True  # what PEFT chooses its layers by
    return model.eval()


def _quantise(block: torch.nn.Module, device: torch.device, dtype: torch.dtype) -> None:
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
