"""What a run is, but for its items: enough to tell two runs apart and to do one again. Plain data."""

from __future__ import annotations

import platform
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from pricer import PACKAGE
from pricer.items.load import BUNDLED, Items
from pricer.model.info import ModelInfo, adapter_name, model_name
from pricer.runs.report import GUESS

_OWN = "own"  # what a user's adapter was called in runs of before; now it has its own name, with a slash
_PACKAGES = ("torch", "transformers", "peft", "bitsandbytes", "datasets")


def _versions() -> dict[str, str]:
    found = {"python": platform.python_version()}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


@dataclass(frozen=True)
class ModelIdentity:
    """The model that a run asks: what must stay the same for its prices to stay the same.

    `base` and `adapter_name` are Hub ids or folders as they were spelled; `adapter_fingerprint` is the SHA-256 of the
    adapter's weights. It and `question` are None in runs that began before they were kept.
    """

    name: str
    base: str
    adapter_name: str | None
    adapter_revision: str | None
    quantization: str
    adapter_fingerprint: str | None = None
    question: str | None = None

    @classmethod
    def of(cls, info: ModelInfo) -> ModelIdentity:
        """The identity of the model that `info` describes."""
        row, adapter = info.row, info.adapter
        return cls(
            name=row.name,
            base=_portable(row.base),
            adapter_name=_portable(adapter.name) if adapter else None,
            adapter_revision=adapter.revision if adapter else None,
            quantization=info.quantization,
            adapter_fingerprint=adapter.fingerprint if adapter else None,
            question=row.frame.question,
        )

    def changes(self, now: ModelIdentity) -> Iterator[str]:
        """What differs in the model `now`, each as "the base is b and was a"; nothing where prices stay the same.

        Folders are compared by where they lead, not by how they are spelled. An adapter is its weights where their
        fingerprints are known, wherever they lie and whatever they are called; else its name and revision.
        """
        if _place(self.base) != _place(now.base):
            yield f"the base is {now.base} and was {self.base}"
        if self.quantization != now.quantization:
            yield f"the weights are {now.quantization} and were {self.quantization}"
        if self.question and now.question and self.question != now.question:
            yield f"the question is “{now.question}” and was “{self.question}”"
        if self.adapter_fingerprint and now.adapter_fingerprint:
            if self.adapter_fingerprint != now.adapter_fingerprint:
                yield f"the adapter's weights are {now._weights} and were {self._weights}"
        elif (_place(self.adapter_name), self.adapter_revision) != (_place(now.adapter_name), now.adapter_revision):
            yield f"the adapter is {now.adapter} and was {self.adapter}"

    @property
    def title(self) -> str:
        """The model in a few words: by its name in the table, or by its adapter and base."""
        if self.name == BUNDLED:
            return "the bundled model"
        if "/" not in self.name and self.name != _OWN:
            return self.name
        if self.adapter_name is None:
            return f"{model_name(self.base)}, not fine-tuned,"
        return f"{adapter_name(self.adapter_name, self.adapter_revision)} ({model_name(self.base)})"

    @property
    def adapter(self) -> str:
        """The adapter and its revision in a few words."""
        return f"{self.adapter_name} at {self.adapter_revision or 'no revision'}" if self.adapter_name else "none"

    @property
    def _weights(self) -> str:
        return f"those of {self.adapter} (SHA-256 {(self.adapter_fingerprint or '')[:12]}…)"


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
    identity: ModelIdentity
    compute_dtype: str
    device: str
    started: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))
    versions: dict[str, str] = field(default_factory=_versions)

    @property
    def title(self) -> str:
        """The run in a few words."""
        base = "" if self.adapter else ", adapter off"
        sample = "" if self.seed is None else f", sampled with seed {self.seed}"
        items = "the bundled items" if self.source == BUNDLED else self.source
        person = "a person beside " if self.method == GUESS else ""
        also = ", generated as well" if self.generate else ""
        return f"{person}{self.identity.title}{base} on {items}{sample}{also}"

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON, all on one level: `model` is the model's name."""
        identity = asdict(self.identity)
        own = {key: value for key, value in asdict(self).items() if key != "identity"}
        return own | {"model": identity.pop("name")} | identity

    @classmethod
    def from_dict(cls, cells: Mapping[str, Any]) -> Settings:
        """What `as_dict` gave, now or in an older version. Raises KeyError or TypeError for anything else."""
        names = {part.name for part in fields(ModelIdentity)}
        identity = {key: value for key, value in cells.items() if key in names}
        identity["quantization"] = identity["quantization"].replace("quantisation", "quantization")  # as it was spelled
        own = {key: value for key, value in cells.items() if key not in {*names, "model"}}
        return cls(identity=ModelIdentity(name=cells["model"], **identity), **own)


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
        identity=ModelIdentity.of(info),
        compute_dtype=info.compute_dtype,
        device=info.device,
    )


def _portable(name: str) -> str:
    """A Hub id or folder; one that comes with the package is named from there, so that the package can move."""
    path = Path(name)
    return path.relative_to(PACKAGE.parent).as_posix() if path.is_relative_to(PACKAGE) else name


def _place(name: str | None) -> Path | None:
    """Where a folder lies, whatever its spelling; a Hub id, which is no folder here, stays a name of two parts."""
    if name is None:
        return None
    inside = PACKAGE.parent / name  # how `_portable` names what comes with the package
    path = inside if inside.is_relative_to(PACKAGE) else Path(name).expanduser()
    return path.resolve() if path.exists() else path
