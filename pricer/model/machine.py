"""The machine: what torch finds on it, what it can compute in, and whether a model fits.

Knows nothing of any model but the memory that its row asks for.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace

import psutil
import torch

from pricer.errors import ModelError
from pricer.model.registry import ModelRow


@dataclass(frozen=True)
class Machine:
    """What a machine has: its GPU, if any, with its memory in GB and compute capability, and its main memory in GB.

    `accelerator` is what a Space says is attached (its variable ACCELERATOR), whether or not torch sees it. A GPU that
    is `lent`, as on ZeroGPU, is there for seconds at a time, in a process of its own.
    """

    gpu: str | None = None
    gpu_gb: float = 0.0
    capability: tuple[int, int] = (0, 0)
    memory_gb: float = 16.0
    accelerator: str | None = None
    lent: bool = False

    @property
    def hidden_gpu(self) -> str | None:
        """A sentence where a Space has a GPU that torch does not see; None otherwise."""
        if self.lent and not self.gpu:
            return (
                "This Space runs on ZeroGPU, which shows its GPU only to a program that imports `spaces` before torch: "
                "let the Space start app.py, which does."
            )
        if self.gpu or (self.accelerator or "none").lower().startswith(("none", "cpu")):
            return None
        return (
            f"This Space has a GPU ({self.accelerator}) that the installed torch does not see, most likely because its "
            "driver is older than the build: pin a torch build for that driver in requirements.txt (see the README)."
        )


def look_at_machine() -> Machine:
    """What this machine has; torch's view of the GPU."""
    memory_gb = psutil.virtual_memory().available / 1e9
    space = {"accelerator": os.environ.get("ACCELERATOR"), "lent": os.environ.get("SPACES_ZERO_GPU") in ("1", "true")}
    if not torch.cuda.is_available():
        return Machine(memory_gb=memory_gb, **space)
    gpu = torch.cuda.get_device_properties(0)
    return Machine(gpu.name, gpu.total_memory / 1e9, torch.cuda.get_device_capability(0), memory_gb, **space)


def machine_for(row: ModelRow, machine: Machine) -> Machine:
    """What `row` may use of `machine`: of one with a GPU its main memory alone, where the row keeps to the CPU."""
    return replace(machine, gpu=None, lent=False) if row.cpu_only else machine


def compute_dtype(machine: Machine) -> torch.dtype:
    """bf16 from compute capability 8; fp16 on older GPUs, which only emulate bf16; fp32 on a CPU."""
    if machine.gpu is None:
        return torch.float32
    return torch.bfloat16 if machine.capability >= (8, 0) else torch.float16


def check_memory(row: ModelRow, machine: Machine) -> None:
    """Raise ModelError, with the remedy, if `row` needs more memory than the machine has."""
    has = machine.gpu_gb if machine.gpu else machine.memory_gb
    if has < row.memory_gb:
        kind = f"GPU {machine.gpu}" if machine.gpu else "main memory"
        raise ModelError(
            f"{row.name} needs about {row.memory_gb:.0f} GB and this machine's {kind} has {has:.1f} GB: choose a "
            "larger machine, or PRICER_MODEL=bundled."
        )


def is_out_of_memory(error: BaseException) -> bool:
    """Whether a GPU or, by torch's words for it, main memory was too small."""
    return isinstance(error, torch.OutOfMemoryError | MemoryError) or "DefaultCPUAllocator" in str(error)
