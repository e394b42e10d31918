"""Columns of a file as a visitor chooses them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from pricer.errors import ItemsError
from pricer.items.files import open_table
from pricer.pricing.cleaning import encodable

RECOGNIZED = "detect automatically"  # what stands there until a column is chosen


def chosen(column: str) -> str | None:
    """The column that was chosen; None where it is to be recognized."""
    return None if column == RECOGNIZED else column


def offered(names: Iterable[str]) -> list[str]:
    """The names to choose from, without those that hold half a character: no message to the page could carry them."""
    return [name for name in names if name and encodable(name) == name]


def columns_of(file: str | None) -> tuple[str, ...]:
    """The columns of a file; none where there is none, or it cannot be read, which is said elsewhere."""
    try:
        return open_table(Path(file)).columns if file else ()
    except ItemsError:
        return ()
