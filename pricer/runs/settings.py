"""What a run is, but for its items: enough to tell two runs apart and to do one again. Plain data.

Knows nothing of files or of models at work.
"""

from __future__ import annotations

import platform
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from pricer import PACKAGE
from pricer.items.load import BUNDLED, Items
from pricer.model.info import ModelInfo

_PACKAGES = ("torch", "transformers", "peft", "bitsandbytes", "datasets")


@dataclass(frozen=True)
class Settings:
    """What a run is, but for its items: enough to tell two runs apart and to do one again.

    `items_revision` is the commit of a data set of the Hub; `seed` that of a random sample, None for the first items.
    """

    source: str
    items_revision: str | None
    seed: int | None
    method: str
    generate: bool
    adapter: bool
    model: str
    base: str
    adapter_name: str | None
    adapter_revision: str | None
    quantization: str
    compute_dtype: str
    device: str
    adapter_fingerprint: str | None = None  # of its weights; None in runs of before it was kept
    started: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))
    versions: dict[str, str] = field(default_factory=lambda: _versions())

    @property
    def title(self) -> str:
        """The run in a few words."""
        base = "" if self.adapter else ", adapter off"
        sample = "" if self.seed is None else f", sampled with seed {self.seed}"
        model = "the bundled model" if self.model == BUNDLED else self.model
        items = "the bundled items" if self.source == BUNDLED else self.source
        return f"{model}{base} on {items}{sample}"


def settings_of(
    info: ModelInfo, items: Items, method: str = "top3", *, generate: bool = False, adapter: bool = True
) -> Settings:
    """The settings of a run of `items` through the model that `info` describes."""
    return Settings(
        source=items.source,
        items_revision=items.revision,
        seed=items.seed,
        method=method,
        generate=generate,
        adapter=adapter,
        model=info.row.name,
        base=_portable(info.row.base),
        adapter_name=_portable(info.adapter.name) if info.adapter else None,
        adapter_revision=info.adapter.revision if info.adapter else None,
        quantization=info.quantization,
        compute_dtype=info.compute_dtype,
        device=info.device,
        adapter_fingerprint=info.adapter.fingerprint if info.adapter else None,
    )


def _portable(name: str) -> str:
    """A Hub id or folder; one that comes with the package is named from there, so that the package can move."""
    path = Path(name)
    return path.relative_to(PACKAGE.parent).as_posix() if path.is_relative_to(PACKAGE) else name


def _versions() -> dict[str, str]:
    found = {"python": platform.python_version()}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found
