"""What is told of a model that is loaded: plain data for the page, the command line and kept runs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from pricer.model.registry import ModelRow


@dataclass(frozen=True)
class Adapter:
    """A LoRA adapter as it was loaded.

    `revision` is the commit that its files come from, None for a folder. `layers` counts the linear layers that it
    changes; `fingerprint` is the SHA-256 of the file of its weights.
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
    """What is loaded and why. Memory in MB (10⁶ bytes); `head` is the output head's shape (vocabulary, hidden).

    `reason` begins with a statement of fact. `parameters` counts those of base and adapter; `tree` is what
    `print(model)` writes: its modules with their shapes.
    """

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
    parameters: int
    tree: str
    banner: str = ""

    @property
    def is_bundled(self) -> bool:
        """Whether it is the small model that comes with the package, with its own adapter."""
        return self.row.name == "bundled"

    @property
    def title(self) -> str:
        """The model in a line, such as "Fine-tuned by you/your-adapter @ 1a2b3c4 on Llama 3.2 3B"."""
        if self.is_bundled:
            return "The bundled model"
        if self.adapter is None:
            return f"{model_name(self.row.base)}, not fine-tuned"
        adapter = adapter_name(self.adapter.name, self.adapter.revision)
        return f"Fine-tuned by {adapter} on {model_name(self.row.base)}"

    @property
    def megabytes(self) -> float:
        """Memory of base and adapter together."""
        return self.base_megabytes + (self.adapter.megabytes if self.adapter else 0.0)


def adapter_name(name: str, revision: str | None) -> str:
    """An adapter and its commit in short: "you/your-adapter @ 1a2b3c4"; of a folder its last two parts."""
    return f"{short_name(name)}{f' @ {revision[:7]}' if revision else ''}"


def model_name(base: str) -> str:
    """A base as people call it: "Llama 3.2 3B" for meta-llama/Llama-3.2-3B and its copies in 4 bits."""
    last = re.sub(r"^Meta-|(-unsloth)?-bnb-4bit$", "", base.rstrip("/").split("/")[-1])
    return last.replace("-", " ")


def short_name(name: str) -> str:
    """A Hub id as it is; of a folder its last two parts, because the rest of a server's path is nobody's business."""
    path = Path(name)
    return "/".join(path.resolve().parts[-2:]) if path.is_absolute() or path.is_dir() else name
