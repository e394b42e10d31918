"""Which model this machine serves: the one asked for, the user's own adapter, or the best that the machine carries.

An adapter says itself which base it was trained on, and the base says which generation of the course it belongs to: so
one variable, PRICER_ADAPTER, is enough, and what was inferred from it is told in the reason. Imports no torch.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from pricer.errors import ModelError
from pricer.hub import folder_of, hub_address
from pricer.items.load import BUNDLED, HUB_PREFIX
from pricer.model.info import short_name
from pricer.model.registry import ADAPTER_CONFIG, QUANTIZATIONS, ROWS, ModelRow
from pricer.model.variables import TOKEN, wishes_of
from pricer.pricing.prompt import FRAMES

if TYPE_CHECKING:
    from pricer.model.machine import Machine

MINIMUM_GPU_GB = 8.0
_PUBLISHERS = ("meta-llama", "unsloth")


@dataclass(frozen=True)
class Choice:
    """A row, the reason for it as sentences, and whether it was picked or asked for."""

    row: ModelRow
    reason: str
    automatic: bool


def trained_on(adapter: str, revision: str | None) -> str | None:
    """The base that an adapter, a folder or Hub id, names in its own settings; None where they name none.

    Raises ModelError if the adapter cannot be had.
    """
    try:
        settings = json.loads((folder_of(adapter, revision, what="adapter") / ADAPTER_CONFIG).read_text("utf-8"))
    except (FileNotFoundError, ValueError):  # which loading tells of
        return None
    return settings.get("base_model_name_or_path") if isinstance(settings, dict) else None


def choose(
    environ: Mapping[str, str],
    machine: Machine,
    name: str | None = None,
    base_of: Callable[[str, str | None], str | None] = trained_on,
) -> Choice:
    """The model for this machine: `name`, or what `environ` says in its PRICER_ variables, or what the machine carries.

    A base or adapter of the user's takes the place of those of the row that PRICER_MODEL names; without that, of the
    row with the same base, which `base_of` an adapter and its revision tells. Raises ModelError for an unknown name,
    frame or quantization, and where an adapter cannot be had.
    """
    if name:
        return Choice(_row(name), "It was asked for.", automatic=False)
    wishes = wishes_of(environ)
    base, adapter, revision = _addresses(wishes)
    named = wishes.get("PRICER_MODEL")
    given = [key for key in ("PRICER_BASE_MODEL", "PRICER_ADAPTER") if key in wishes]
    are_set = f"{' and '.join(given)} {'are' if given[1:] else 'is'} set"
    if named:
        choice = Choice(_row(named), f"PRICER_MODEL is {named}.{f' {are_set}.' if given else ''}", automatic=False)
    elif base:
        row, because = _by_base(base, wishes)
        choice = Choice(row, f"{are_set}.{because}", automatic=False)
    elif adapter:
        row, because = _by_adapter(base_of(adapter, revision), wishes)
        choice = Choice(row, f"{are_set}{because}", automatic=False)
    else:
        choice = _by_machine(TOKEN in wishes, machine)
    row = choice.row
    if base or adapter:
        # What was reported or measured of the row's own adapter says nothing of this one.
        row = replace(row, name=short_name(adapter or base or ""), adapter=adapter, adapter_revision=None)
        row = replace(row, reported=(), intervals=())
    if revision:
        row = replace(row, adapter_revision=revision)
    if base:
        row = _with_base(row, base)
    return replace(choice, row=_with_settings(row, wishes))


def _addresses(wishes: Mapping[str, str]) -> tuple[str | None, str | None, str | None]:
    """Base, adapter and the adapter's revision: pages of the Hub as ids, folders as they are."""
    base, adapter = (wishes.get(key) for key in ("PRICER_BASE_MODEL", "PRICER_ADAPTER"))
    revision = None
    if base and not Path(base).exists():
        base = str(hub_address(base))
    if adapter and not Path(adapter).exists():
        address = hub_address(adapter)
        adapter, revision = str(address), address.revision
    return base, adapter, wishes.get("PRICER_ADAPTER_REVISION", revision)


def _row(name: str) -> ModelRow:
    if name not in ROWS:
        raise ModelError(f"There is no model {name!r}: choose one of {', '.join(ROWS)}.")
    return ROWS[name]


def _row_on(base: str) -> ModelRow | None:
    """The row on the same base: known by the names under which Meta and Unsloth publish it, or on somebody's disk."""
    *places, last = base.rstrip("/").split("/")
    if len(places) == 1 and places[0] not in _PUBLISHERS:  # another's model may be called alike
        return None
    return ROWS.get(re.sub(r"^meta-|(-unsloth)?-bnb-4bit$", "", last.lower()))


def _with_base(row: ModelRow, base: str) -> ModelRow:
    return replace(row, base=base, cpu_only=False, mirror=None, memory_gb=0.0)


def _by_base(base: str, wishes: Mapping[str, str]) -> tuple[ModelRow, str]:
    """The row whose question, cut and items go with a base that the user names, and a sentence if that is a guess."""
    row = _row_on(base)
    return (row, "") if row else (ROWS["llama-3.1-8b"], _assumed_question(wishes))


def _by_adapter(base: str | None, wishes: Mapping[str, str]) -> tuple[ModelRow, str]:
    """The row for an adapter that was trained on `base`, and the rest of the sentence that says what was inferred."""
    row = _row_on(base) if base else None
    course = row or ROWS["llama-3.1-8b"]
    served = course if TOKEN in wishes or not course.mirror else ROWS[course.mirror]
    mirror = "" if served is course else " HF_TOKEN is not set, so the ungated mirror of the base is used."
    if row:
        taken = ["base", *([] if "PRICER_PROMPT" in wishes else ["question", "cut"])]
        taken += [] if "PRICER_DATASET" in wishes else ["test items"]
        verb = "are those" if taken[1:] else "is that"
        return served, f": it was trained on {base}, so {_and(taken)} {verb} of {served.name}.{mirror}"
    if base and (Path(base).is_dir() or re.fullmatch(r"[A-Za-z0-9][\w.-]*/[\w.-]+", base)):
        return _with_base(course, base), f": it was trained on {base}.{_assumed_question(wishes)}"
    named = f"names the base {base!r}, which is not here" if base else "names no base"
    return served, f"; it {named}, so {course.base} is assumed: PRICER_BASE_MODEL names another.{mirror}"


def _and(words: Sequence[str]) -> str:
    return f"{', '.join(words[:-1])} and {words[-1]}" if words[1:] else words[0]


def _assumed_question(wishes: Mapping[str, str]) -> str:
    if "PRICER_PROMPT" in wishes:
        return ""
    return " Nothing says which question it was trained with: 2024 is assumed, and PRICER_PROMPT=2025 asks the other."


def _by_machine(token: bool, machine: Machine) -> Choice:
    if machine.gpu and machine.gpu_gb >= MINIMUM_GPU_GB:
        carries = f"This machine has a GPU with {machine.gpu_gb:.0f} GB ({machine.gpu})"
        if machine.lent:  # a share of the card, and no more of it is told
            carries = f"ZeroGPU lends this Space a GPU ({machine.gpu})"
        if token:
            return Choice(_row("llama-3.1-8b"), f"{carries} and HF_TOKEN is set.", automatic=True)
        reason = f"{carries}; HF_TOKEN is not set, so the ungated mirror of the base is used."
        return Choice(_row("llama-3.1-8b-mirror"), reason, automatic=True)
    if machine.gpu:
        reason = f"The GPU ({machine.gpu}) has {machine.gpu_gb:.0f} GB, and the 8B needs {MINIMUM_GPU_GB:.0f} GB."
    else:
        reason = machine.hidden_gpu or "No GPU was found."
    return Choice(_row("bundled"), reason, automatic=True)


def _with_settings(row: ModelRow, wishes: Mapping[str, str]) -> ModelRow:
    """`row` with the question, items and quantization that the user chose."""
    frame = _one_of(wishes, "PRICER_PROMPT", FRAMES)
    items = wishes.get("PRICER_DATASET")
    if items and items != BUNDLED and not items.startswith(HUB_PREFIX) and not Path(items).exists():
        items = f"{HUB_PREFIX}{hub_address(items)}"
    return replace(
        row,
        frame=FRAMES[frame] if frame else row.frame,
        quantization=_one_of(wishes, "PRICER_QUANTIZATION", QUANTIZATIONS) or row.quantization,
        items=items or row.items,
    )


def _one_of(wishes: Mapping[str, str], key: str, allowed: Iterable[str]) -> str | None:
    value = wishes.get(key)
    if value is not None and value not in allowed:
        raise ModelError(f"{key} is {value!r}: set it to one of {', '.join(allowed)}.")
    return value
