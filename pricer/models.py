"""The table of models, and which row of it this machine serves.

Knows names, revisions, frames and data sets. Knows nothing of weights or GPUs beyond what a `Machine` tells it, and
imports neither torch nor PEFT: choosing is plain data, loading is `pricer.loading`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from pricer.errors import ModelError
from pricer.items import BUNDLED, HUB_PREFIX
from pricer.prompt import FRAMES, Frame

QUANTIZATIONS = ("4bit", "8bit", "none")
MINIMUM_GPU_GB = 8.0
_OWN = ("PRICER_BASE_MODEL", "PRICER_ADAPTER")
_BUNDLED_FOLDER = Path(__file__).parent / "bundled"


@dataclass(frozen=True)
class Reported:
    """A result that the course reports, in dollars of average error, on items of its own."""

    who: str
    mae: float


GENERATION_1 = (Reported("GPT-4o", 76.0), Reported("a human", 127.0), Reported("base Llama 3.1 8B in 4 bits", 396.0))
GENERATION_2 = (
    Reported("fine-tuned Llama 3.2 3B, full data", 39.85),
    Reported("GPT-5.1", 44.74),
    Reported("deep network", 46.49),
    Reported("fine-tuned Llama 3.2 3B, lite data", 65.40),
    Reported("XGBoost", 68.23),
    Reported("random forest", 72.28),
    Reported("a human", 87.62),
    Reported("linear regression", 101.56),
    Reported("constant", 106.18),
    Reported("base Llama 3.2 3B in 4 bits", 110.72),
)


@dataclass(frozen=True)
class ModelRow:
    """One model that can be served.

    `base` and `adapter` are Hub ids or folders; a `revision` of None is not passed on. `quantization` is one of
    QUANTIZATIONS and is ignored by a checkpoint that is stored quantised; `unpacked` 4-bit weights are written out once
    at load where there is no GPU. `memory_gb` is what loading needs, on the GPU or, without one, in main memory.
    `levels` are the quantiles between which an estimate's interval lies; `coverage` is the share of held-out prices
    that was found there, None where nobody measured it.
    """

    name: str
    base: str
    adapter: str | None
    adapter_revision: str | None
    frame: Frame
    items: str
    quantization: str = "4bit"
    unpacked: bool = False
    gated: bool = False
    memory_gb: float = 0.0
    reported: tuple[Reported, ...] = field(default=())
    levels: tuple[float, float] = (0.1, 0.9)
    coverage: float | None = None


ROWS = {
    row.name: row
    for row in (
        ModelRow(
            name="bundled",
            base=str(_BUNDLED_FOLDER / "base"),
            adapter=str(_BUNDLED_FOLDER / "adapter"),
            adapter_revision=None,
            frame=FRAMES["2024"],
            items=BUNDLED,
            unpacked=True,
            levels=(0.094, 0.896),  # by `python -m pricer.training calibrate`; the coverage is on other items
            coverage=0.789,
            memory_gb=0.3,
            reported=GENERATION_1,
        ),
        ModelRow(
            name="llama-3.1-8b",
            base="meta-llama/Meta-Llama-3.1-8B",
            adapter="ed-donner/pricer-2024-09-13_13.04.39",
            adapter_revision="e8d637df551603dc86cd7a1598a8f44af4d7ae36",
            frame=FRAMES["2024"],
            items=f"{HUB_PREFIX}ed-donner/pricer-data",
            gated=True,
            memory_gb=7.0,
            reported=GENERATION_1,
        ),
        ModelRow(
            name="llama-3.1-8b-mirror",
            base="unsloth/Meta-Llama-3.1-8B-bnb-4bit",
            adapter="ed-donner/pricer-2024-09-13_13.04.39",
            adapter_revision="e8d637df551603dc86cd7a1598a8f44af4d7ae36",
            frame=FRAMES["2024"],
            items=f"{HUB_PREFIX}ed-donner/pricer-data",
            memory_gb=7.0,
            reported=GENERATION_1,
        ),
        ModelRow(
            name="llama-3.2-3b",
            base="meta-llama/Llama-3.2-3B",
            adapter="ed-donner/price-2025-11-28_18.47.07",
            adapter_revision="b19c8bfea3b6ff62237fbb0a8da9779fc12cefbd",
            frame=FRAMES["2025"],
            items=f"{HUB_PREFIX}ed-donner/items_prompts_full",
            gated=True,
            memory_gb=4.0,
            reported=GENERATION_2,
        ),
    )
}


@dataclass(frozen=True)
class Machine:
    """What a machine has: its GPU, if any, with its memory in GB and compute capability, and its main memory in GB.

    `accelerator` is what a Space says is attached (its variable ACCELERATOR), whether or not torch sees it.
    """

    gpu: str | None = None
    gpu_gb: float = 0.0
    capability: tuple[int, int] = (0, 0)
    memory_gb: float = 16.0
    accelerator: str | None = None

    @property
    def hidden_gpu(self) -> str | None:
        """A sentence where a Space has a GPU that torch does not see; None otherwise."""
        if self.gpu or (self.accelerator or "none").lower().startswith(("none", "cpu")):
            return None
        return (
            f"This Space has a GPU ({self.accelerator}) that the installed torch does not see, most likely because its "
            "driver is older than the build: pin a torch build for that driver in requirements.txt (see the README)."
        )


@dataclass(frozen=True)
class Choice:
    """A row, the reason for it as a sentence, and whether it was asked for or picked."""

    row: ModelRow
    reason: str
    automatic: bool


def choose(environ: Mapping[str, str], machine: Machine, name: str | None = None) -> Choice:
    """The model for this machine: `name`, or what `environ` says in its PRICER_ variables, or what the machine carries.

    A base or adapter of the user's own takes the place of those of the row that PRICER_MODEL names, or of the course's
    8B. Raises ModelError for an unknown name, frame or quantisation.
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
        row = replace(row, reported=(), levels=(0.1, 0.9), coverage=None)
    if environ.get("PRICER_ADAPTER_REVISION"):
        row = replace(row, adapter_revision=environ["PRICER_ADAPTER_REVISION"])
    if base:
        row = replace(row, base=base, unpacked=False, gated=False, memory_gb=0.0)
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


@dataclass(frozen=True)
class Adapter:
    """A LoRA adapter as it was loaded.

    `layers` counts the linear layers that it changes; `fingerprint` is the SHA-256 of the file of its weights.
    """

    name: str
    revision: str | None
    rank: int
    alpha: float
    dropout: float
    target_modules: tuple[str, ...]
    layers: int
    megabytes: float
    fingerprint: str | None = None


@dataclass(frozen=True)
class ModelInfo:
    """What is loaded and why. Memory in MB (10⁶ bytes); `head` is the output head's shape (vocabulary, hidden)."""

    row: ModelRow
    reason: str
    quantization: str
    compute_dtype: str
    device: str
    base_megabytes: float
    vocabulary: int
    head: tuple[int, int]
    adapter: Adapter | None
    load_seconds: float
    banner: str = ""

    @property
    def megabytes(self) -> float:
        """Memory of base and adapter together."""
        return self.base_megabytes + (self.adapter.megabytes if self.adapter else 0.0)
