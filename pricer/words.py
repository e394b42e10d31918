"""Counts in words: sentences of every layer need them. How dollars and shares are written stands in `views.text`."""

from __future__ import annotations


def counted(count: int, noun: str) -> str:
    """A count and its noun, which takes an s unless there is one: "1 item", "2,000 items"."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
