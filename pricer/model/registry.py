"""The table of models that can be served.

Knows names, revisions, frames and data sets. Knows nothing of weights: `pricer.model.choice` picks a row of the table,
`pricer.model.loading` loads it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from pricer import PACKAGE
from pricer.items.load import BUNDLED, HUB_PREFIX
from pricer.pricing.intervals import Interval, TextKind
from pricer.pricing.prompt import FRAMES, Frame

ADAPTER_CONFIG = "adapter_config.json"
QUANTIZATIONS = ("4bit", "8bit", "none")
_BUNDLED_FOLDER = PACKAGE / "bundled"
_DATASET = re.compile(rf"({HUB_PREFIX}[^@:]+)(?:@[^:]*)?(?::(.*))?", re.DOTALL)
_TEST_SPLIT = "test"


@dataclass(frozen=True)
class Reported:
    """A result that the course reports, in dollars of average error, on items of its own."""

    who: str
    mae: float


GENERATION_1 = (Reported("GPT-4o", 76.0), Reported("Human", 127.0), Reported("Base Llama 3.1 8B, 4-bit", 396.0))
GENERATION_2 = (
    Reported("Fine-tuned Llama 3.2 3B, full data", 39.85),
    Reported("GPT-5.1", 44.74),
    Reported("Deep network", 46.49),
    Reported("Fine-tuned Llama 3.2 3B, lite data", 65.40),
    Reported("XGBoost", 68.23),
    Reported("Random forest", 72.28),
    Reported("Human", 87.62),
    Reported("Linear regression", 101.56),
    Reported("Constant", 106.18),
    Reported("Base Llama 3.2 3B, 4-bit", 110.72),
)


@dataclass(frozen=True)
class ModelRow:
    """One model that can be served.

    `base` and `adapter` are Hub ids or folders; a `revision` of None is not passed on. `quantization` is one of
    QUANTIZATIONS and is ignored by a checkpoint that is stored quantized. A row that is `cpu_only` is so small that it
    runs on the CPU even beside a GPU, with its 4-bit weights written out once: its figures are the same everywhere.
    `mirror` is the row that serves instead where the base is gated and there is no token. `memory_gb` is what loading
    needs, on the GPU or, without one, in main memory. `intervals` are what was calibrated, by kind of text.
    """

    name: str
    base: str
    adapter: str | None
    adapter_revision: str | None
    frame: Frame
    items: str
    quantization: str = "4bit"
    cpu_only: bool = False
    mirror: str | None = None
    memory_gb: float = 0.0
    reported: tuple[Reported, ...] = field(default=())
    intervals: tuple[Interval, ...] = ()

    @property
    def dataset(self) -> str | None:
        """The Hub data set that the items are of, as "owner/name"; None for items from elsewhere."""
        return re.split("[@:]", self.items.removeprefix(HUB_PREFIX))[0] if self.items.startswith(HUB_PREFIX) else None


_SMALL = ModelRow(
    name="bundled",
    base=str(_BUNDLED_FOLDER / "base"),
    adapter=str(_BUNDLED_FOLDER / "adapter"),
    adapter_revision=None,
    frame=FRAMES["2024"],
    items=BUNDLED,
    cpu_only=True,
    # By `python -m pricer.training calibrate`; each coverage is of items that the quantiles were not chosen on.
    intervals=(
        Interval(TextKind.LINE, (0.041, 0.914), 0.803),
        Interval(TextKind.SHORT, (0.028, 0.989), 0.811),
        Interval(TextKind.PAGE, (0.033, 0.972), 0.798),
    ),
    memory_gb=0.3,
    reported=GENERATION_1,
)
_LLAMA_31_8B = ModelRow(
    name="llama-3.1-8b",
    base="meta-llama/Meta-Llama-3.1-8B",
    adapter="ed-donner/pricer-2024-09-13_13.04.39",
    adapter_revision="e8d637df551603dc86cd7a1598a8f44af4d7ae36",
    frame=FRAMES["2024"],
    items=f"{HUB_PREFIX}ed-donner/pricer-data",
    mirror="llama-3.1-8b-mirror",
    memory_gb=7.0,
    reported=GENERATION_1,
)
_LLAMA_32_3B = ModelRow(
    name="llama-3.2-3b",
    base="meta-llama/Llama-3.2-3B",
    adapter="ed-donner/price-2025-11-28_18.47.07",
    adapter_revision="b19c8bfea3b6ff62237fbb0a8da9779fc12cefbd",
    frame=FRAMES["2025"],
    items=f"{HUB_PREFIX}ed-donner/items_prompts_full",
    mirror="llama-3.2-3b-mirror",
    memory_gb=4.0,
    reported=GENERATION_2,
)


def _with_mirror(row: ModelRow, base: str) -> tuple[ModelRow, ModelRow]:
    """A row whose base is gated, and the same on an ungated copy of that base."""
    return row, replace(row, name=row.mirror, base=base, mirror=None)


ROWS = {
    row.name: row
    for row in (
        _SMALL,
        *_with_mirror(_LLAMA_31_8B, "unsloth/Meta-Llama-3.1-8B-bnb-4bit"),
        *_with_mirror(_LLAMA_32_3B, "unsloth/Llama-3.2-3B-bnb-4bit"),
    )
}


def reported_on(source: str) -> tuple[Reported, ...]:
    """What the course reports on the items of `source`, best first: nothing unless they are its own test items."""
    address = _DATASET.fullmatch(source)
    if address is None or (address[2] or _TEST_SPLIT) != _TEST_SPLIT:
        return ()
    figures = next((row.reported for row in ROWS.values() if row.items == address[1]), ())
    return tuple(sorted(figures, key=lambda figure: figure.mae))
