"""What every training run here has in common: the Trainer's arguments, and where an interrupted run goes on."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import torch
from transformers import TrainingArguments
from transformers.trainer_utils import get_last_checkpoint

from pricer.model.machine import compute_dtype, look_at_machine


def training_arguments(folder: Path, **options: Any) -> tuple[TrainingArguments, str | None]:
    """Arguments for a run with checkpoints in `folder`, and its last checkpoint if it was interrupted.

    Batches hold texts of similar length, unless `options` say otherwise. Autocast is in the dtype that a GPU serves in,
    and in bf16 on a CPU. On a CPU with a C++ compiler the pass is compiled: what lies between the multiplications takes
    most of its time there.
    """
    machine = look_at_machine()
    on_gpu = machine.gpu is not None
    bf16 = not on_gpu or compute_dtype(machine) is torch.bfloat16
    settings: dict[str, Any] = {
        "per_device_train_batch_size": 32,
        "lr_scheduler_type": "cosine",
        "warmup_steps": 0.05,
        "weight_decay": 0.0,
        "logging_steps": 50,
        "save_steps": 500,
        "save_total_limit": 2,
        "seed": 0,
        "train_sampling_strategy": "group_by_length",
        "torch_compile": not on_gpu and shutil.which("g++") is not None,
    }
    arguments = TrainingArguments(
        output_dir=str(folder),
        bf16=bf16,
        fp16=not bf16,
        use_cpu=not on_gpu,
        remove_unused_columns=False,
        report_to="none",
        **settings | options,
    )
    last = get_last_checkpoint(str(folder)) if folder.is_dir() else None
    return arguments, last
