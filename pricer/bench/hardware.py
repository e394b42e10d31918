"""The machine under measurement: what it is, how long it takes, and how fast it can multiply at most.

Items per second say little without the machine that they were measured on. And a rate alone does not say whether a
better program could do more: so the benchmark also counts the operations of a pass and compares them with a large
matrix product on the same device, in the same dtype, in the same run.
"""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil
import torch


@dataclass(frozen=True)
class MachineInfo:
    """What the figures were measured on; memory in GB (10⁹ bytes), `load` the average of the last minute."""

    processor: str
    cores: int
    threads: int
    memory_gb: float
    gpu: str | None
    torch: str
    python: str
    load: float


def describe() -> MachineInfo:
    """This machine. If its load is above 0.5 before a run, the figures say little."""
    return MachineInfo(
        processor=_processor(),
        cores=os.cpu_count() or 1,
        threads=torch.get_num_threads(),
        memory_gb=psutil.virtual_memory().total / 1e9,
        gpu=torch.cuda.get_device_name(0) if torch.cuda.is_available() else None,
        torch=torch.__version__,
        python=platform.python_version(),
        load=psutil.getloadavg()[0],
    )


def seconds_of(task: Callable[[], object]) -> float:
    """Wall-clock time of one call, with all the work that it queued on the GPU."""
    _wait_for_gpu()
    began = time.perf_counter()
    task()
    _wait_for_gpu()
    return time.perf_counter() - began


def gpu_peak_megabytes(task: Callable[[], object]) -> float | None:
    """The most memory of the GPU that torch held while the task ran, in MB (10⁶ bytes); None without a GPU."""
    if not torch.cuda.is_available():
        return None
    torch.cuda.reset_peak_memory_stats()
    task()
    return torch.cuda.max_memory_allocated() / 1e6


def matrix_product_rate(device: torch.device, dtype: torch.dtype, rounds: int = 5) -> float:
    """Operations per second of the best of some large matrix products; a multiplication and an addition are two."""
    size = 8192 if device.type == "cuda" else 2048
    left = torch.randn(size, size, device=device, dtype=dtype)
    product = torch.empty_like(left)
    seconds = [seconds_of(lambda: torch.mm(left, left, out=product)) for _ in range(rounds + 1)]
    return 2 * size**3 / min(seconds[1:])  # the first one warms up


def operations_of(model: torch.nn.Module, tokens: int) -> int:
    """Operations of one prompt of `tokens` in the linear layers, two for each weight.

    A layer of a numbered block works on every token, one outside of the blocks (the output head) on the last alone.
    Attention is left out: for prompts this short it is under 2 % of all.
    """
    total = 0
    for name, layer in model.named_modules():
        if isinstance(layer, torch.nn.Linear):
            in_block = any(part.isdecimal() for part in name.split("."))
            total += 2 * layer.in_features * layer.out_features * (tokens if in_block else 1)
    return total


def _wait_for_gpu() -> None:
    if torch.cuda.is_available():
        torch.cuda.synchronize()


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:  # not Linux
        return platform.processor() or platform.machine()
    named = next((line for line in lines if line.startswith("model name")), ": unknown processor")
    return named.split(":", 1)[1].strip()
