"""Step "sharpen": let the likeliest tokens say what the whole distribution says.

Cross entropy is best served by shares as wide and as skewed as what cannot be known of a price. The three likeliest
tokens, from which the headline is read, then lie below the middle of all. Nothing about products has to be learned to
mend that, so the adapter is its own teacher (self-distillation, arXiv 1805.04770), without a price: half of the target
is its distribution as it was, half the same drawn to its middle (`losses.sharpened`). Only what works at the last
position after the last attention learns, and that takes minutes.
"""

from __future__ import annotations

import argparse
import copy
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from peft import PeftModel
from transformers import Trainer

from pricer.model.base import load_base
from pricer.model.machine import look_at_machine
from pricer.model.number_tokens import price_tokens
from pricer.model.registry import ModelRow
from pricer.pricing.prompt import FRAMES
from pricer.training import sources
from pricer.training.adapter import row_of, save_adapter
from pricer.training.arguments import training_arguments
from pricer.training.batches import encode
from pricer.training.last_position import LastPosition, inputs_of
from pricer.training.losses import shares_of, sharpened
from pricer.training.mixture import Example, Mixture, sample


class Sharpener(Trainer):
    """The Trainer with the distribution that the model began with, sharpened, as the target."""

    def __init__(self, *, number_ids: torch.Tensor, number_prices: torch.Tensor, **options: Any) -> None:
        super().__init__(**options)
        self._number_ids, self._number_prices = number_ids, number_prices
        self._before = copy.deepcopy(self.model).requires_grad_(False)

    def compute_loss(self, model: Any, inputs: dict[str, torch.Tensor], return_outputs: bool = False, **_: Any) -> Any:
        """Mean cross entropy in nats over the batch."""
        logits = model(**inputs)  # (B, V)
        shares, before = (shares_of(one, self._number_ids) for one in (logits, self._before(**inputs)))  # (B, N) each
        target = sharpened(before, self._number_prices.to(before.device))  # (B, N)
        loss = -(target * shares).sum(-1).mean()
        return (loss, logits) if return_outputs else loss


def sharpen(
    row: ModelRow, adapter: Path, examples: Sequence[Example], folder: Path, saved: Path, **options: Any
) -> None:
    """Sharpen what the adapter in `adapter` says about the texts of `examples`; their prices are not looked at.

    The base is that of `row`; the Trainer's notes lie in `folder`, the result in `saved`. `options` go to
    `training_arguments`. Raises ValueError for a base of another architecture than the bundled one.
    """
    base, tokenizer = load_base(row, look_at_machine())
    number_ids = price_tokens(tokenizer, row.base)
    model = PeftModel.from_pretrained(base.dequantize().float(), adapter, is_trainable=True)
    end = LastPosition(model)
    prompts = [one["input_ids"] for one in encode(examples, row.frame, tokenizer)]
    settings = {"train_sampling_strategy": "random", "save_strategy": "no", "torch_compile": False}
    arguments, _ = training_arguments(folder, **settings | options)
    trainer = Sharpener(
        model=end,
        args=arguments,
        train_dataset=[{"before": one} for one in inputs_of(model, prompts, tokenizer.pad_token_id)],
        number_ids=number_ids,
        number_prices=torch.arange(len(number_ids), dtype=torch.float32),
    )
    trainer.train()
    save_adapter(model, row, saved)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this step."""
    sources.add_examples(parser)
    parser.add_argument("--base", metavar="NAME", help="folder of the base; if not given, OUT/base")
    parser.add_argument("--from-adapter", type=Path, required=True, metavar="FOLDER", help="the adapter to sharpen")
    sources.add_out(parser)
    parser.add_argument("--texts", type=int, default=40_000, help="number of texts")
    parser.add_argument("--steps", type=int, default=1_000, help="optimizer steps, of 256 texts each")
    sources.add_seed(parser)


def run(options: argparse.Namespace) -> None:
    """Write the sharpened adapter to OUT/adapter."""
    mixture = Mixture(per_source=10_000, price_power=0.0, long_weight=2.5, sentence_dropout=0.4)
    sharpen(
        row_of(options.base or str(options.out / "base"), FRAMES["2024"]),
        options.from_adapter,
        sample(sources.examples(options), options.texts, mixture, options.seed),
        options.out / "sharpen-run",
        options.out / "adapter",
        max_steps=options.steps,
        learning_rate=3e-4,
        lr_scheduler_type="linear",
        per_device_train_batch_size=256,
        seed=options.seed,
    )
    print(f"The adapter is in {options.out / 'adapter'}.")
