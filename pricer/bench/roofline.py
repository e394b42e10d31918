"""What one forward pass must spend, counted from the model's shapes, and how long a machine needs for it at least.

A multiplication and an addition are two operations. Bytes are those of the weights, each read once in a pass: what
lies in between may stay in caches. So the time that follows is a floor, and "share reached" is measured against it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

# A linear layer of one block: (inputs, outputs, LoRA rank or 0).
Linear = tuple[int, int, int]

NF4_BYTES = 0.5 + 1 / 64 + 4 / (64 * 256)  # half a byte, a byte of scale for 64 weights, a float for 256 scales


@dataclass(frozen=True)
class Shape:
    """The sizes that decide what a pass costs; `linears` are those of one block, `attention` is heads times head size.

    `weight_bytes` and `adapter_bytes` are those of one weight of a block's linear layer and of a LoRA matrix.
    `head_bytes` are those of one weight of the output head.
    """

    layers: int
    hidden: int
    attention: int
    vocabulary: int
    linears: tuple[Linear, ...]
    weight_bytes: float
    adapter_bytes: float
    head_bytes: float

    @property
    def block_operations(self) -> int:
        """Operations of a token in the linear layers of all blocks, adapter included."""
        return self.layers * sum(2 * (i * o + rank * (i + o)) for i, o, rank in self.linears)

    def attention_operations(self, tokens: int) -> int:
        """Operations of a prompt of `tokens` in attention, scores and values, each token seeing those before it."""
        return self.layers * 2 * 2 * self.attention * tokens * (tokens + 1) // 2

    @property
    def head_operations(self) -> int:
        """Operations of the output head at one position."""
        return 2 * self.hidden * self.vocabulary

    def operations(self, tokens: int, positions: int = 1) -> int:
        """Operations of one prompt of `tokens` with logits of `positions`."""
        return tokens * self.block_operations + self.attention_operations(tokens) + positions * self.head_operations

    @property
    def bytes(self) -> float:
        """Bytes of weights that a pass reads, whatever its batch."""
        base = self._block_weights * self.weight_bytes
        adapter = sum(rank * (i + o) for i, o, rank in self.linears) * self.adapter_bytes
        return self.layers * (base + adapter) + self.hidden * self.vocabulary * self.head_bytes

    @property
    def unpacking_bytes(self) -> float:
        """Bytes that go by beside them where 4-bit weights are written out in 16 bits and read again, in every pass."""
        return self.layers * self._block_weights * 2 * 2.0 if self.weight_bytes < 1 else 0.0

    def seconds(self, tokens: int, batch: int, ceiling: Ceiling) -> float:
        """The least time of a pass over `batch` prompts of `tokens`: its work or its reading, whichever is longer."""
        return max(batch * self.operations(tokens) / ceiling.operations, self.bytes / ceiling.bytes)

    @property
    def _block_weights(self) -> int:
        return sum(i * o for i, o, _ in self.linears)


@dataclass(frozen=True)
class Ceiling:
    """What a machine can do at most: operations a second in the compute dtype, bytes a second read and written."""

    name: str
    operations: float
    bytes: float


# From the data sheet, fp16 on tensor cores; matrix products and copies are taken to reach 40 % and 75 % of it there.
T4 = Ceiling("T4", operations=0.4 * 65e12, bytes=0.75 * 320e9)

LLAMA_8B = Shape(
    layers=32,
    hidden=4096,
    attention=4096,
    vocabulary=128_256,
    linears=(
        *((4096, 4096, 32), (4096, 1024, 32), (4096, 1024, 32), (4096, 4096, 32)),  # q, k, v, o with the course's LoRA
        *((4096, 14_336, 0), (4096, 14_336, 0), (14_336, 4096, 0)),
    ),
    weight_bytes=NF4_BYTES,
    adapter_bytes=4.0,
    head_bytes=2.0,
)


def t4_estimate(tokens: int = 180) -> dict[str, float]:
    """Items per second of the 8B on a T4: an estimate, nobody measured it. Work and unpacking follow one another.

    The course's one pass has logits of all positions; its `generate` reads and unpacks the weights twice more.
    """
    shape = LLAMA_8B
    reading = (shape.bytes + shape.unpacking_bytes) / T4.bytes
    estimate = {
        "course, generate": 1 / (shape.operations(tokens) / T4.operations + 3 * reading),
        "course, one pass": 1 / (shape.operations(tokens, positions=tokens) / T4.operations + reading),
    }
    for batch in (1, 4, 16, 32):
        estimate[f"ours, batch {batch}"] = batch / (batch * shape.operations(tokens) / T4.operations + reading)
    return estimate


def shape_of(model: Any) -> Shape:
    """The shape of a model of transformers, with or without PEFT's LoRA, quantised or not.

    Whole weights can hold what LoRA adds to them, so a pass need not spend anything on it: there its rank counts as 0.
    """
    config = model.config
    hidden, layers = config.hidden_size, config.num_hidden_layers
    found: dict[str, Linear] = {}
    weight_bytes = adapter_bytes = 0.0
    ranks = {
        name.removesuffix(".lora_A.default"): module.out_features
        for name, module in model.named_modules()
        if name.endswith(".lora_A.default")
    }
    for name, module in model.named_modules():
        if ".lora_" in name or not hasattr(module, "in_features") or ".layer" not in name:
            continue
        short = _within_block(name.removesuffix(".base_layer"))
        if short is None or short in found:
            continue
        weight = module.base_layer.weight if hasattr(module, "base_layer") else module.weight
        quantised = hasattr(weight, "quant_state")
        rank = ranks.get(name.removesuffix(".base_layer"), 0) if quantised else 0
        found[short] = (module.in_features, module.out_features, rank)
        weight_bytes = NF4_BYTES if quantised else float(weight.element_size())
    for name, parameter in model.named_parameters():
        if ".lora_" in name:
            adapter_bytes = float(parameter.element_size())
            break
    head = model.get_output_embeddings().weight
    head_size = getattr(config, "head_dim", None) or hidden // config.num_attention_heads
    return Shape(
        layers=layers,
        hidden=hidden,
        attention=config.num_attention_heads * head_size,
        vocabulary=head.shape[0],
        linears=tuple(found.values()),
        weight_bytes=weight_bytes,
        adapter_bytes=adapter_bytes,
        head_bytes=float(head.element_size()),
    )


def _within_block(name: str) -> str | None:
    """The name of a layer inside its block, for the first block alone: `self_attn.q_proj`; None for all others."""
    for marker in (".layers.0.", ".layer.0."):
        if marker in name:
            return name.split(marker, 1)[1]
    return None
