"""Step "adapter": QLoRA fine-tuning of a base to write prices.

The base is loaded exactly as the product loads it, rounded to 4 bits, and stays frozen; LoRA matrices on its linear
layers learn around the rounding. Works for the bundled base on a CPU and for a base of the Hub on a GPU.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig, PeftModel, get_peft_model, prepare_model_for_kbit_training
from transformers import Trainer

from pricer.model.adapter import is_adapter
from pricer.model.base import load_base
from pricer.model.machine import look_at_machine
from pricer.model.number_tokens import price_tokens
from pricer.model.registry import ROWS, ModelRow
from pricer.pricing.prompt import FRAMES, Frame
from pricer.training import losses, sources
from pricer.training.arguments import training_arguments
from pricer.training.batches import collate, encode_together
from pricer.training.counterfactuals import with_edits
from pricer.training.mixture import Example, Mixture, sample
from pricer.training.recipe import Recipe


class PriceTrainer(Trainer):
    """The Trainer with the losses at the dollar sign: cross entropy over the whole vocabulary, and what it leaves."""

    def __init__(self, *, number_ids: torch.Tensor, number_prices: torch.Tensor, recipe: Recipe, **options: Any):
        super().__init__(**options)
        self._number_ids, self._number_prices, self._recipe = number_ids, number_prices, recipe

    def compute_loss(self, model: Any, inputs: dict[str, torch.Tensor], return_outputs: bool = False, **_: Any) -> Any:
        """Mean cross entropy in nats over the batch, and the recipe's parts of the other losses.

        The last rows are edits of those that `originals` names.
        """
        prices, teacher_prices = inputs.pop("prices"), inputs.pop("teacher_prices")  # (B,)
        originals, log_factors = inputs.pop("originals"), inputs.pop("log_factors")  # (E,), E <= B / 2
        output = model(**inputs, logits_to_keep=1, use_cache=False)
        shares = losses.shares_of(output.logits[:, -1], self._number_ids)  # (B, N)
        dollars = self._number_prices.to(shares.device)  # (N,)
        known = prices, teacher_prices, dollars, self._recipe
        loss = -(losses.soft_targets(*known) * shares).sum(-1).mean()
        if self._recipe.reading_weight:
            loss = loss + self._recipe.reading_weight * losses.reading_loss(shares, *known)
        if self._recipe.edit_weight and len(originals):
            of_edits = shares[-len(originals) :]  # (E, N)
            between = losses.edit_loss(shares[originals], of_edits, log_factors, dollars)
            loss = loss + self._recipe.edit_weight * between
        return (loss, output) if return_outputs else loss


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
    number_ids = price_tokens(tokenizer, row.base)
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
    defaults = {"learning_rate": 1e-3, "label_names": ["prices", "teacher_prices"]}
    arguments, last = training_arguments(folder, **defaults | options)
    trainer = PriceTrainer(
        model=model,
        args=arguments,
        train_dataset=encode_together(examples, row.frame, tokenizer, arguments.world_size),
        data_collator=lambda batch: collate(batch, tokenizer.pad_token_id),
        number_ids=number_ids,
        number_prices=torch.arange(len(number_ids), dtype=torch.float32),
        recipe=recipe,
    )
    trainer.train(resume_from_checkpoint=last)
    if trainer.is_world_process_zero():
        save_adapter(model, row, saved)
    return model


def row_of(base: str, frame: Frame) -> ModelRow:
    """The row of a base that is not in the table."""
    return replace(ROWS["bundled"], base=base, frame=frame, memory_gb=0.0)


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
    for name, parameter in model.named_parameters():
        if is_adapter(name):
            parameter.data = parameter.data.half()
    model.peft_config["default"].base_model_name_or_path = Path(row.base).name if Path(row.base).is_dir() else row.base
    model.save_pretrained(folder, save_embedding_layers=False)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this step."""
    sources.add_examples(parser)
    parser.add_argument("--base", metavar="NAME", help="Hub id or folder of the base; if not given, OUT/base")
    parser.add_argument("--prompt", choices=sorted(FRAMES), default="2024", help="the course's generation")
    parser.add_argument("--from-adapter", type=Path, metavar="FOLDER", help="start from this adapter, not from zero")
    sources.add_out(parser)
    parser.add_argument("--steps", type=int, default=4_000, help="optimizer steps")
    parser.add_argument("--batch-size", type=int, default=32, help="examples per step and process")
    parser.add_argument("--learning-rate", type=float, default=1e-3, help="peak learning rate")
    parser.add_argument("--schedule", default="cosine", help="learning rate schedule, by its name in transformers")
    parser.add_argument("--save-every", type=int, default=500, help="steps between checkpoints")
    parser.add_argument("--keep-checkpoints", type=int, default=2, help="number of latest checkpoints to keep")
    sources.add_seed(parser)
    targets = parser.add_argument_group("targets")
    targets.add_argument(
        "--teacher-weight", type=float, default=Recipe.teacher_weight, help="the teacher's share of the target"
    )
    targets.add_argument(
        "--teacher-sigma",
        type=float,
        default=Recipe.teacher_sigma,
        help="standard deviation, in ln(dollars), around the teacher's price",
    )
    targets.add_argument(
        "--reading-weight",
        type=float,
        default=Recipe.reading_weight,
        help="weight of the leading prices' distance from the price, beside cross entropy",
    )
    targets.add_argument(
        "--edit-weight",
        type=float,
        default=Recipe.edit_weight,
        help="weight of the distance between a changed text's price and the one due, beside cross entropy",
    )
    mixture = parser.add_argument_group("mixture of examples")
    mixture.add_argument("--per-source", type=int, default=Mixture.per_source, help="most items taken from one source")
    mixture.add_argument(
        "--price-power", type=float, default=Mixture.price_power, help="an item is drawn in proportion to price^POWER"
    )
    mixture.add_argument(
        "--long-weight", type=float, default=Mixture.long_weight, help="how much more often a long text is drawn"
    )
    mixture.add_argument(
        "--sentence-dropout",
        type=float,
        default=Mixture.sentence_dropout,
        help="share of a long text's sentences, after the first, that is dropped",
    )
    mixture.add_argument(
        "--counterfactuals",
        type=float,
        default=0.0,
        metavar="SHARE",
        help="share of the examples that are also learned with one attribute changed: size, material, brand …",
    )


def run(options: argparse.Namespace) -> None:
    """Fine-tune an adapter; where a run in the same folder was interrupted, go on from its last checkpoint."""
    row = row_of(options.base or str(options.out / "base"), FRAMES[options.prompt])
    mixture = Mixture(
        per_source=options.per_source,
        price_power=options.price_power,
        long_weight=options.long_weight,
        sentence_dropout=options.sentence_dropout,
    )
    processes = int(os.environ.get("WORLD_SIZE", "1"))  # under torchrun
    drawn = sample(sources.examples(options), options.steps * options.batch_size * processes, mixture, options.seed)
    train_adapter(
        row,
        with_edits(drawn, options.counterfactuals, options.seed),
        options.out / "adapter-run",
        options.out / "adapter",
        Recipe(
            teacher_weight=options.teacher_weight,
            teacher_sigma=options.teacher_sigma,
            reading_weight=options.reading_weight,
            edit_weight=options.edit_weight,
        ),
        start=options.from_adapter,
        max_steps=options.steps,
        learning_rate=options.learning_rate,
        lr_scheduler_type=options.schedule,
        per_device_train_batch_size=options.batch_size,
        save_steps=options.save_every,
        save_total_limit=options.keep_checkpoints,
        seed=options.seed,
    )
    print(f"The adapter is in {options.out / 'adapter'}: serve it with PRICER_BASE_MODEL and PRICER_ADAPTER.")
