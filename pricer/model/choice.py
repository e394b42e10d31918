"""Which model this machine serves: the one asked for, the user's own, or the best that the machine carries.

Knows nothing of weights or GPUs beyond what a `Machine` tells it, and imports neither torch nor PEFT: choosing is plain
data.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from pricer.errors import ModelError
from pricer.items.load import BUNDLED, HUB_PREFIX
from pricer.model.registry import QUANTIZATIONS, ROWS, ModelRow
from pricer.pricing.prompt import FRAMES

if TYPE_CHECKING:
    from pricer.model.machine import Machine

MINIMUM_GPU_GB = 8.0
_OWN = ("PRICER_BASE_MODEL", "PRICER_ADAPTER")


@dataclass(frozen=True)
class Choice:
    """A row, the reason for it as a sentence, and whether it was asked for or picked."""

    row: ModelRow
    reason: str
    automatic: bool


def choose(environ: Mapping[str, str], machine: Machine, name: str | None = None) -> Choice:
    """The model for this machine: `name`, or what `environ` says in its PRICER_ variables, or what the machine carries.

    A base or adapter of the user's own takes the place of those of the row that PRICER_MODEL names, or of the course's
    8B. Raises ModelError for an unknown name, frame or quantization.
    """
    if name:
        return Choice(_row(name), f"{name} was asked for.", automatic=False)
    named, own = environ.get("PRICER_MODEL"), [key for key in _OWN if environ.get(key)]
    if named:
        choice = Choice(_row(named), f"PRICER_MODEL is {named}.", automatic=False)
    elif own:
        course = "llama-3.1-8b" if environ.get("HF_TOKEN") else "llama-3.1-8b-mirror"
        choice = Choice(_row(course), "", automatic=False)
    else:
        choice = _by_machine(environ, machine)
    if own:
        choice = replace(
            choice, reason=f"{choice.reason} {' and '.join(own)} {'are' if own[1:] else 'is'} set.".strip()
        )
    return replace(choice, row=_with_own(choice.row, environ))


def _row(name: str) -> ModelRow:
    if name not in ROWS:
        raise ModelError(f"There is no model {name!r}: choose one of {', '.join(ROWS)}.")
    return ROWS[name]


def _by_machine(environ: Mapping[str, str], machine: Machine) -> Choice:
    if machine.gpu and machine.gpu_gb >= MINIMUM_GPU_GB:
        carries = f"This machine has a GPU with {machine.gpu_gb:.0f} GB ({machine.gpu})"
        if environ.get("HF_TOKEN"):
            return Choice(_row("llama-3.1-8b"), f"{carries} and HF_TOKEN is set.", automatic=True)
        reason = f"{carries}; HF_TOKEN is not set, so the ungated mirror of the base is used."
        return Choice(_row("llama-3.1-8b-mirror"), reason, automatic=True)
    if machine.gpu:
        reason = (
            f"The GPU ({machine.gpu}) has {machine.gpu_gb:.0f} GB; the 8B needs {MINIMUM_GPU_GB:.0f} GB, so the small "
            "model that comes with the package is used."
        )
    else:
        reason = machine.hidden_gpu or "No GPU was found, so the small model that comes with the package is used."
    return Choice(_row("bundled"), reason, automatic=True)


def _with_own(row: ModelRow, environ: Mapping[str, str]) -> ModelRow:
    """`row` with what the user's variables put in its place; a revision belongs to its adapter and goes with it."""
    base, adapter = environ.get("PRICER_BASE_MODEL"), environ.get("PRICER_ADAPTER")
    frame = _one_of(environ, "PRICER_PROMPT", FRAMES)
    quantization = _one_of(environ, "PRICER_QUANTIZATION", QUANTIZATIONS)
    items = environ.get("PRICER_DATASET")
    if base or adapter:
        # What was reported or measured of the row's own adapter says nothing of this one.
        row = replace(row, name="own", adapter=adapter, adapter_revision=None)
        row = replace(row, reported=(), quantiles=(0.1, 0.9), coverage=None)
    if environ.get("PRICER_ADAPTER_REVISION"):
        row = replace(row, adapter_revision=environ["PRICER_ADAPTER_REVISION"])
    if base:
        row = replace(row, base=base, cpu_only=False, mirror=None, memory_gb=0.0)
    if items and items != BUNDLED and not items.startswith(HUB_PREFIX) and not Path(items).exists():
        items = HUB_PREFIX + items
    return replace(
        row,
        frame=FRAMES[frame] if frame else row.frame,
        quantization=quantization or row.quantization,
        items=items or row.items,
    )


def _one_of(environ: Mapping[str, str], key: str, allowed: Iterable[str]) -> str | None:
    value = environ.get(key) or None
    if value is not None and value not in allowed:
        raise ModelError(f"{key} is {value!r}: set it to one of {', '.join(allowed)}.")
    return value
