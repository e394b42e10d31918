"""Step "adapter": QLoRA fine-tuning of a base to write prices.

The base is loaded exactly as the product loads it, rounded to 4 bits, and stays frozen; LoRA matrices on its linear
layers learn around the rounding. Works for the bundled base on a CPU and for a base of the Hub on a GPU. Knows nothing
of how examples were chosen.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from peft import LoraConfig, PeftModel, get_peft_model, prepare_model_for_kbit_training
from transformers import Trainer

from pricer.errors import DescriptionError
from pricer.model.base import load_base
from pricer.model.engine import left_padded
from pricer.model.machine import look_at_machine
from pricer.model.number_tokens import number_tokens
from pricer.model.registry import ModelRow
from pricer.pricing.prompt import Frame, build_prompt
from pricer.training.arguments import training_arguments
from pricer.training.mixture import Example
from pricer.training.recipe import Recipe

_EXACT = 1e-4  # a bell so narrow that one price has all of it


def soft_targets(
    prices: torch.Tensor, opinions: torch.Tensor, number_prices: torch.Tensor, recipe: Recipe
) -> torch.Tensor:
    """Target shares, shape (B, number tokens); each row sums to 1.

    `prices` and `opinions` (B,) are in dollars; NaN where there is none, but not both of one row.
    """
    by_price = recipe.soft * _bell(prices, number_prices, recipe.softness)  # (B, N)
    by_price += (1 - recipe.soft) * _bell(prices.round().clamp(min=1, max=999), number_prices, _EXACT)  # (B, N)
    by_opinion = _bell(opinions, number_prices, recipe.doubt)  # (B, N)
    trust = torch.full_like(prices, recipe.trust)  # (B,)
    trust = trust.where(opinions.isfinite(), 0.0).where(prices.isfinite(), 1.0)[:, None]  # (B, 1)
    return (1 - trust) * by_price.nan_to_num() + trust * by_opinion.nan_to_num()


def _bell(dollars: torch.Tensor, number_prices: torch.Tensor, width: float) -> torch.Tensor:
    """Normal density over ln(dollars + 0.5) around `dollars` (B,), scaled to sum 1: (B, N)."""
    distance = torch.log(number_prices + 0.5) - torch.log(dollars[:, None] + 0.5)  # (B, N)
    return (-0.5 * (distance / width) ** 2).softmax(-1)  # (B, N)


class PriceTrainer(Trainer):
    """The Trainer with the loss at the dollar sign: cross entropy over the whole vocabulary against soft targets."""

    def __init__(self, *, number_ids: torch.Tensor, number_prices: torch.Tensor, recipe: Recipe, **options: Any):
        super().__init__(**options)
        self._number_ids, self._number_prices, self._recipe = number_ids, number_prices, recipe

    def compute_loss(self, model: Any, inputs: dict[str, torch.Tensor], return_outputs: bool = False, **_: Any) -> Any:
        """Mean cross entropy in nats over the batch."""
        prices, opinions = inputs.pop("prices"), inputs.pop("opinions")  # (B,)
        output = model(**inputs, logits_to_keep=1, use_cache=False)
        shares = output.logits[:, -1].float().log_softmax(-1)  # (B, V)
        ids, dollars = self._number_ids.to(shares.device), self._number_prices.to(shares.device)
        loss = -(soft_targets(prices, opinions, dollars, self._recipe) * shares[:, ids]).sum(-1).mean()
        return (loss, output) if return_outputs else loss


def encode(examples: Sequence[Example], frame: Frame, tokenizer: Any) -> list[dict[str, Any]]:
    """Prompts as token ids, by the function that the product uses, with prices and opinions in dollars.

    An example whose text says nothing but its price is left out.
    """

    @cache  # a text is drawn more than once
    def ids_of(text: str) -> list[int] | None:
        try:
            return list(build_prompt(text, frame, tokenizer).ids)
        except DescriptionError:
            return None

    return [
        {"input_ids": ids, "price": one.price, "opinion": one.opinion} for one in examples if (ids := ids_of(one.text))
    ]


def collate(examples: Sequence[dict[str, Any]], pad: int) -> dict[str, torch.Tensor]:
    """A batch padded on the left, so that every prompt ends at the last position."""
    return {
        **left_padded([example["input_ids"] for example in examples], pad),
        "prices": _dollars(example["price"] for example in examples),
        "opinions": _dollars(example["opinion"] for example in examples),
    }


def _dollars(values: Iterable[float | None]) -> torch.Tensor:
    return torch.tensor([math.nan if value is None else value for value in values], dtype=torch.float32)


def train_adapter(
    row: ModelRow,
    examples: Sequence[Example],
    folder: Path,
    saved: Path,
    recipe: Recipe | None = None,
    start: Path | None = None,
    **options: Any,
) -> Any:
    """Fine-tune an adapter for `row.base` on `examples`, with checkpoints in `folder`; resumes from the last of them.

    It begins anew, or with the adapter in `start`. The result is written to `saved` as safetensors in half precision.
    `options` go to `training_arguments`. Returns the model.
    """
    recipe, machine = recipe or Recipe(), look_at_machine()
    base, tokenizer = load_base(row, machine)
    number_ids, number_prices = _canonical(*number_tokens(tokenizer, row.base), tokenizer)
    if machine.gpu:
        base = prepare_model_for_kbit_training(base)
    else:
        # The same rounded weights written out once: a CPU would spend more time unpacking than multiplying.
        base = base.dequantize().to(torch.bfloat16)
        base.set_attn_implementation("eager")  # a third faster than the fused backward pass on a CPU
    if start:
        model = PeftModel.from_pretrained(base, start, is_trainable=True)
    else:
        model = get_peft_model(base, _lora(recipe, number_ids.tolist()))
    defaults = {"learning_rate": 1e-3, "label_names": ["prices", "opinions"]}
    arguments, last = training_arguments(folder, **defaults | options)
    trainer = PriceTrainer(
        model=model,
        args=arguments,
        train_dataset=encode(examples, row.frame, tokenizer),
        data_collator=lambda batch: collate(batch, tokenizer.pad_token_id),
        number_ids=number_ids,
        number_prices=torch.tensor(number_prices, dtype=torch.float32),
        recipe=recipe,
    )
    trainer.train(resume_from_checkpoint=last)
    if trainer.is_world_process_zero():
        save_adapter(model, row, saved)
    return model


def _canonical(ids: torch.Tensor, prices: np.ndarray, tokenizer: Any) -> tuple[torch.Tensor, np.ndarray]:
    """The number tokens that a price is written with: "50", not "050". Shapes (1000,)."""
    plain = [tokenizer.decode([index]) == str(price) for index, price in zip(ids.tolist(), prices, strict=True)]
    return ids[torch.tensor(plain)], prices[np.array(plain)]


def _lora(recipe: Recipe, number_ids: list[int]) -> LoraConfig:
    targets = recipe.target_modules
    return LoraConfig(
        r=recipe.rank,
        lora_alpha=recipe.alpha,
        lora_dropout=recipe.dropout,
        target_modules=targets if isinstance(targets, str) else list(targets),
        trainable_token_indices=number_ids if recipe.train_numbers else None,
        task_type="CAUSAL_LM",
    )


def save_adapter(model: Any, row: ModelRow, folder: Path) -> None:
    """Write the adapter in half precision, naming its base as the table does and no path of this machine."""
    for parameter in model.parameters():
        if parameter.requires_grad:
            parameter.data = parameter.data.half()
    model.peft_config["default"].base_model_name_or_path = Path(row.base).name if Path(row.base).is_dir() else row.base
    model.save_pretrained(folder, save_embedding_layers=False)
