"""Tab "Model": what is loaded and why, as a page of facts."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import gradio as gr

from pricer.model.info import ModelInfo, short_name

Fact = tuple[str, str]


def model_tab(info: ModelInfo) -> None:
    """Build the tab inside the open gr.Blocks."""
    gr.HTML(markup(info), elem_id="model-facts", apply_default_css=False)


def markup(info: ModelInfo) -> str:
    """All of `info` as sections of names and values; every value is escaped."""
    sections = [_section(title, facts) for title, facts in facts_of(info)]
    return f'<p class="lead">{escape(info.reason)}</p><div class="facts">{"".join(sections)}</div>{_reported(info)}'


def facts_of(info: ModelInfo) -> list[tuple[str, list[Fact]]]:
    """What there is to know, in sections of (name, value)."""
    row, adapter = info.row, info.adapter
    vocabulary, hidden = info.head
    return [
        (
            "Model",
            [
                ("Model", info.title),
                ("Name", row.name),
                ("Base", short_name(row.base)),
                ("Quantization", info.quantization),
                ("Compute dtype", info.compute_dtype),
                ("Device", info.device),
                ("Loaded in", f"{info.load_seconds:.1f} s"),
            ],
        ),
        (
            "Adapter",
            [
                ("Adapter", short_name(adapter.name)),
                ("Revision", adapter.revision or "none: a folder"),
                ("LoRA rank", str(adapter.rank)),
                ("LoRA alpha", str(adapter.alpha)),
                ("Dropout in training", f"{adapter.dropout:g}"),
                ("Target modules", ", ".join(adapter.target_modules)),
                ("Adapted layers", f"{adapter.layers:,}"),
            ]
            if adapter
            else [("Adapter", "none: the base model answers alone")],
        ),
        (
            "Memory",
            [
                ("Base", f"{info.base_megabytes:,.1f} MB"),
                ("Adapter", f"{adapter.megabytes if adapter else 0:,.1f} MB"),
                ("Both", f"{info.megabytes:,.1f} MB"),
            ],
        ),
        (
            "Reading and answering",
            [
                ("Question", row.frame.question),
                ("Description cut at", f"{row.frame.max_tokens} tokens"),
                ("Vocabulary", f"{info.vocabulary:,} tokens"),
                ("Output head", f"{vocabulary:,} × {hidden:,}"),
                ("Test items", row.items),
            ],
        ),
    ]


def _section(title: str, facts: Sequence[Fact]) -> str:
    rows = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in facts)
    return f"<section><h3>{escape(title)}</h3><dl>{rows}</dl></section>"


def _reported(info: ModelInfo) -> str:
    if not info.row.reported:
        return ""
    rows = "".join(
        f'<tr><th scope="row">{escape(result.who)}</th><td>${result.mae:,.2f}</td></tr>'
        for result in sorted(info.row.reported, key=lambda result: result.mae)
    )
    return (
        '<section class="reported"><h3>What the course reports</h3>'
        "<p>Average errors as the course reports them, <strong>on other items than those here</strong>: nothing on "
        "this page measured them, and they do not compare with the figures of tab “Test”.</p>"
        f'<table><thead><tr><th scope="col">Who</th><th scope="col">Average error</th></tr></thead>'
        f"<tbody>{rows}</tbody></table></section>"
    )
