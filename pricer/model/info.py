"""What is told of a model that is loaded: plain data for the page, the command line and kept runs."""

from __future__ import annotations

from dataclasses import dataclass

from pricer.model.registry import ModelRow


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
