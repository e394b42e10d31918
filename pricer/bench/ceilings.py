"""The machine: what it is, and how fast it multiplies and copies when nothing else is asked of it.

Both ceilings are measured in the run that they are compared with, on the device and in the dtype of the model.
"""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch

from pricer.bench.roofline import Ceiling

_BYTES = 256 * 2**20  # far more than any cache holds


@dataclass(frozen=True)
class Described:
    """What the figures were measured on; memory in GB (10⁹ bytes)."""

    processor: str
    cores: int
    threads: int
    memory_gb: float
    gpu: str | None
    torch: str
    python: str
    load: float


def describe() -> Described:
    """This machine, with the average load of the last minute: above 0.5 before a run, figures say little."""
    import psutil

    return Described(
        processor=_processor(),
        cores=os.cpu_count() or 1,
        threads=torch.get_num_threads(),
        memory_gb=psutil.virtual_memory().total / 1e9,
        gpu=torch.cuda.get_device_name(0) if torch.cuda.is_available() else None,
        torch=torch.__version__,
        python=platform.python_version(),
        load=psutil.getloadavg()[0],
    )


def synchronise() -> None:
    """Wait for the GPU, if there is one: its work is only queued when a call returns."""
    if torch.cuda.is_available():
        torch.cuda.synchronize()


def seconds_of(task: Callable[[], object]) -> float:
    """Wall-clock time of one call."""
    synchronise()
    began = time.perf_counter()
    task()
    synchronise()
    return time.perf_counter() - began


def ceiling(device: torch.device, dtype: torch.dtype, rounds: int = 5) -> Ceiling:
    """The best of some large matrix products and some large copies, after one of each to warm up."""
    size = 8192 if device.type == "cuda" else 2048
    left = torch.randn(size, size, device=device, dtype=dtype)
    product = torch.empty_like(left)
    source = torch.ones(_BYTES // 4, device=device, dtype=torch.float32)
    target = torch.empty_like(source)
    multiply, copy = (lambda: torch.mm(left, left, out=product)), (lambda: target.copy_(source))
    multiply(), copy()
    fastest = min(seconds_of(multiply) for _ in range(rounds))
    copied = min(seconds_of(copy) for _ in range(rounds))
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else _processor()
    return Ceiling(name, operations=2 * size**3 / fastest, bytes=2 * _BYTES / copied)  # read and written


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:  # not Linux
        return platform.processor() or platform.machine()
    named = next((line for line in lines if line.startswith("model name")), ": unknown processor")
    return named.split(":", 1)[1].strip()
