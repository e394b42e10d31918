"""Item tables: rows by column name, whatever they were read from, and how large one may be.

What files, Parquet and data sets of the Hub are read as. Knows nothing of prices or products.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pricer.errors import ItemsError

MAX_UNPACKED = 300_000_000  # bytes that a compressed file may grow to
MAX_LINE = 1_000_000  # characters of one line; what is longer is no product
_NAMED = 3  # doubled columns that are told


@dataclass(frozen=True)
class Row:
    """One row by column name; `line` counts from 1 in the file. A row with a `problem` has no cells."""

    line: int
    cells: Mapping[str, Any]
    problem: str = ""


@dataclass(frozen=True)
class Table:
    """Rows that are read as they are asked for. `rows(columns)` has at least those columns; remarks are sentences."""

    columns: tuple[str, ...]
    rows: Callable[[Sequence[str]], Iterator[Row]]
    remarks: tuple[str, ...] = field(default=())


def duplicate_remarks(names: Sequence[str]) -> tuple[str, ...]:
    """A remark for each name that more than one column has."""
    counts = Counter(name.strip().casefold() for name in names)
    twice = sorted(name for name, count in counts.items() if name and count > 1)[:_NAMED]
    return tuple(f"The column {name[:40]!r} is there more than once: the first one is used." for name in twice)


def too_large(name: str, remedy: str) -> ItemsError:
    """What is said of a file that takes no end of memory once it is unpacked."""
    return ItemsError(f"{name} grows beyond {MAX_UNPACKED // 10**6} MB when it is unpacked: {remedy}")
