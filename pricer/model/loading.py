"""Loading: a row of the table becomes a model that is ready to read prices from.

Base and adapter are loaded as the course loads them. What differs from it is decided here: small models of the CPU are
written out of their 4 bits once, because a CPU would otherwise unpack them anew in every pass.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from pricer.errors import ModelError
from pricer.hub import folder_of
from pricer.model.adapter import describe_adapter, layers_of, merged, module_tree, twin, with_adapter
from pricer.model.base import describe_quantization, load_base
from pricer.model.choice import Choice
from pricer.model.info import ModelInfo
from pricer.model.machine import Machine, check_memory, compute_dtype, is_out_of_memory, machine_for
from pricer.model.number_tokens import number_tokens
from pricer.model.registry import ModelRow

# bitsandbytes announces a CPU kernel of the Hub that it can do without; transformers, that unpacked weights are fp32.
for _noisy in ("bitsandbytes.backends.cpu.ops", "transformers.integrations.bitsandbytes"):
    logging.getLogger(_noisy).setLevel(logging.ERROR)


@dataclass(frozen=True)
class LoadedModel:
    """A model in evaluation mode, its tokenizer, and its number tokens: `number_ids[i]` writes `number_prices[i]`.

    `base` is the model without its adapter, where that is kept beside it; else the adapter of `model` can be switched.
    The GPU of a `lent` model is there only within a loan: see `pricer.ui.server.zerogpu`.
    """

    model: Any
    tokenizer: Any
    number_ids: torch.Tensor
    number_prices: np.ndarray
    info: ModelInfo
    base: Any = None
    lent: bool = False

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
    row = choice.row
    machine = machine_for(row, machine)
    check_memory(row, machine)
    try:
        return _loaded(row, choice.reason, machine)
    except (RuntimeError, MemoryError) as error:
        if not is_out_of_memory(error):
            raise
        raise ModelError(
            f"There is too little memory for {row.name}: close what else uses it, choose a larger machine, or "
            "PRICER_MODEL=bundled."
        ) from error


def _loaded(row: ModelRow, reason: str, machine: Machine) -> LoadedModel:
    began = time.perf_counter()
    model, tokenizer = load_base(row, machine)
    quantization = describe_quantization(model)
    unpacked = row.cpu_only and quantization.startswith("4 bit")
    stored = layers_of(model) if unpacked else None
    if unpacked:
        # The numbers stay those of the 4-bit weights to the last bit; speed is bought with memory, four bytes a weight.
        model = model.dequantize().requires_grad_(False)
        quantization += ", unpacked once to float32"
    number_ids, number_prices = number_tokens(tokenizer, row.base)
    adapter = base = None
    remarks: tuple[str, ...] = ()
    base_bytes = model.get_memory_footprint()
    if row.adapter:
        folder = folder_of(row.adapter, row.adapter_revision, what="adapter")
        if unpacked:
            base, model = model, twin(model)
        model, remarks = with_adapter(model, row, folder)
        adapter = describe_adapter(model, row, folder)
    tree, parameters = module_tree(model, stored), model.num_parameters()
    if unpacked and adapter:
        model = merged(model)
    model.eval()
    lent = machine.lent and machine.gpu is not None
    head = model.get_output_embeddings().weight
    info = ModelInfo(
        row=row,
        reason=" ".join([reason, *remarks]),
        quantization=quantization,
        compute_dtype=str(compute_dtype(machine)).removeprefix("torch."),
        device=machine.gpu or "CPU",
        base_megabytes=base_bytes / 1e6,
        vocabulary=len(tokenizer),
        head=(head.shape[0], head.shape[1]),
        adapter=adapter,
        load_seconds=time.perf_counter() - began,
        parameters=parameters,
        tree=tree,
    )
    return LoadedModel(model, tokenizer, number_ids.to(model.device), number_prices, info, base, lent)
