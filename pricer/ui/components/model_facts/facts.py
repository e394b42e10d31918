"""What there is to know of a loaded model, as names and values in sections. Plain data."""

from __future__ import annotations

from dataclasses import dataclass

from pricer.hub import hub_page
from pricer.model.info import Adapter, ModelInfo, adapter_name, short_name
from pricer.views.text import short_count

_LORA = "https://huggingface.co/docs/peft/main/conceptual_guides/lora"
_FOUR_BITS = "https://huggingface.co/docs/bitsandbytes/main/en/reference/nn/linear4bit"


@dataclass(frozen=True)
class Fact:
    """A name and a value, with a page that tells more of either."""

    name: str
    value: str
    value_page: str | None = None
    name_page: str | None = None


@dataclass(frozen=True)
class Section:
    """Facts under a heading."""

    heading: str
    facts: tuple[Fact, ...]


def sections_of(info: ModelInfo) -> tuple[Section, ...]:
    """The model and its adapter."""
    row = info.row
    model = [
        Fact("Name", row.name),
        Fact("Base", short_name(row.base), hub_page(row.base)),
        Fact("Parameters", short_count(info.parameters)),
        Fact("Quantization", info.quantization, name_page=_FOUR_BITS),
        Fact("Compute dtype", info.compute_dtype),
        Fact("Device", info.device),
        Fact("Memory", f"{info.megabytes:,.1f} MB, {_megabytes(info.adapter)} of them in the adapter"),
        Fact("Loaded in", f"{info.load_seconds:.1f} s"),
    ]
    if not info.is_bundled:  # of which the head of the page says why
        model.insert(0, Fact("Why this one", info.reason))
    return Section("Model", tuple(model)), Section("Adapter", _adapter(info.adapter))


def reading_of(info: ModelInfo) -> Section:
    """What the model reads, and what it answers with."""
    row = info.row
    vocabulary, hidden = info.head
    return Section(
        "Reading and answering",
        (
            Fact("Description cut at", f"{row.frame.max_tokens} tokens"),
            Fact("Vocabulary", f"{info.vocabulary:,} tokens"),
            Fact("Output head", f"{vocabulary:,} × {hidden:,}"),
            Fact("Test items", row.items, row.dataset and hub_page(row.dataset, kind="datasets/")),
        ),
    )


def _adapter(adapter: Adapter | None) -> tuple[Fact, ...]:
    if adapter is None:
        return (Fact("Adapter", "none: the base model answers alone"),)
    return (
        Fact("Adapter", adapter_name(adapter.name, adapter.revision), hub_page(adapter.name, adapter.revision)),
        Fact("LoRA rank", str(adapter.rank), name_page=_LORA),
        Fact("LoRA alpha", f"{adapter.alpha:g}"),
        Fact("Dropout in training", f"{adapter.dropout:g}"),
        Fact("Target modules", ", ".join(adapter.target_modules)),
        Fact("Adapted layers", f"{adapter.layers:,}"),
    )


def _megabytes(adapter: Adapter | None) -> str:
    return f"{adapter.megabytes if adapter else 0:,.1f}"
