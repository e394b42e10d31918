"""Items: products with known prices, and where they come from.

Reads the bundled items, CSV, JSON lines (gzipped or not) and Parquet files, and data sets of the Hub. A row that cannot
be used is skipped, counted and named; it never stops the rest. Knows nothing of models: an item's price is for the
Tester alone.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import math
import random
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from pricer.errors import ItemsError
from pricer.prompt import PRICE_PREFIX

BUNDLED = "bundled"
HUB_PREFIX = "hub:"
MAX_PRICE = 1_000_000.0
_BUNDLED_FILE = Path(__file__).parent / "bundled" / "items.jsonl"
_PRICE = re.compile(r"\s*(?:US|USD)?\s*\$?\s*([0-9]+(?:\.[0-9]+)?)\s*(?:USD)?\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Item:
    """A product and what it costs.

    `text` is all that a model may see; `price` is in dollars; `title` names the item to people.
    """

    title: str
    text: str
    price: float
    category: str | None = None
    source: str | None = None


@dataclass(frozen=True)
class Skipped:
    """A row that could not be used: its line (or row number, from 1) and the reason."""

    line: int
    reason: str


@dataclass(frozen=True)
class Items:
    """Items in the order of their source, and the rows that were left out."""

    source: str
    items: tuple[Item, ...]
    skipped: tuple[Skipped, ...] = field(default=())

    @property
    def note(self) -> str:
        """A sentence about rows that were left out; empty if none were."""
        if not self.skipped:
            return ""
        named = "; ".join(f"line {row.line}: {row.reason}" for row in self.skipped[:3])
        more = f"; and {len(self.skipped) - 3} more" if len(self.skipped) > 3 else ""
        return f"{len(self.skipped)} rows could not be used ({named}{more})."


def load_items(source: str, limit: int | None = None, seed: int | None = None) -> Items:
    """Items of `source`: "bundled", a file, or "hub:owner/name" with an optional "@revision" and ":split".

    The first `limit` usable rows are taken, or, with a `seed`, a random sample of that size. Raises ItemsError if the
    source cannot be read or holds no item.
    """
    rows = _rows(source)
    items: list[Item] = []
    skipped: list[Skipped] = []
    for line, row in rows:
        if seed is None and limit is not None and len(items) >= limit:
            break
        try:
            items.append(item_from_row(row))
        except ValueError as reason:
            skipped.append(Skipped(line, str(reason)))
    if not items:
        first = f" The first row: {skipped[0].reason}." if skipped else ""
        raise ItemsError(
            f"{source} holds no item with a text and a price.{first} Columns 'text' and 'price' "
            "(or 'prompt' and 'completion') are needed."
        )
    if seed is not None and limit is not None and limit < len(items):
        items = random.Random(seed).sample(items, limit)
    return Items(source, tuple(items), tuple(skipped))


def item_from_row(row: Mapping[str, Any]) -> Item:
    """An item from a row with `text` and `price`, or `prompt` and `completion`. Raises ValueError with the reason."""
    if "text" in row:
        text, price = row["text"], row.get("price")
    elif "prompt" in row:
        text, price = row["prompt"], row.get("completion")
    else:
        raise ValueError("there is no column 'text' or 'prompt'")
    text = str(text or "").strip()
    if price is None and PRICE_PREFIX in text:
        text, _, price = text.partition(PRICE_PREFIX)
        text = text.strip()
    if not text:
        raise ValueError("the text is empty")
    title = str(row.get("title") or "").strip() or text.splitlines()[0][:80]
    return Item(title, text, parse_price(price), row.get("category") or None, row.get("source") or None)


def parse_price(value: Any) -> float:
    """Dollars from a number or from text such as "$1,299.00". Raises ValueError with the reason."""
    if isinstance(value, str):
        written = _PRICE.fullmatch(value.replace(",", ""))
        if written is None:
            raise ValueError(f"{value[:30]!r} is no price in dollars")
        value = written.group(1)
    if value is None:
        raise ValueError("the price is missing")
    price = float(value)
    if not math.isfinite(price) or price <= 0 or price > MAX_PRICE:
        raise ValueError(f"{price:g} is no price: it must be above 0 and at most {MAX_PRICE:,.0f} dollars")
    return price


def _rows(source: str) -> Iterable[tuple[int, Mapping[str, Any]]]:
    if source == BUNDLED:
        return _json_lines(_open_text(_BUNDLED_FILE))
    if source.startswith(HUB_PREFIX):
        return _hub_rows(source.removeprefix(HUB_PREFIX))
    path = Path(source)
    if not path.is_file():
        raise ItemsError(f"There is no file {source}. Give 'bundled', a CSV, JSONL or Parquet file, or hub:owner/name.")
    name = path.name.lower().removesuffix(".gz")
    if name.endswith((".jsonl", ".ndjson")):
        return _json_lines(_open_text(path))
    if name.endswith(".csv"):
        return enumerate(csv.DictReader(_open_text(path)), start=2)
    if name.endswith(".parquet"):
        return _parquet_rows(path)
    raise ItemsError(f"{path.name} is none of .csv, .jsonl and .parquet: convert it to one of these.")


def _open_text(path: Path) -> io.TextIOBase:
    opened = gzip.open(path) if path.suffix == ".gz" else path.open("rb")
    return io.TextIOWrapper(opened, encoding="utf-8-sig", newline="")


def _json_lines(lines: Iterable[str]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError:
            row = {}
        yield number, row if isinstance(row, dict) else {}


def _parquet_rows(path: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    import pyarrow.parquet as parquet  # half a second that only Parquet files need

    number = 0
    for batch in parquet.ParquetFile(path).iter_batches(batch_size=1000):
        for row in batch.to_pylist():
            number += 1
            yield number, row


def _hub_rows(name: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    from datasets import load_dataset  # seconds that only data sets of the Hub need

    name, _, split = name.partition(":")
    name, _, revision = name.partition("@")
    return enumerate(load_dataset(name, split=split or "test", revision=revision or None, streaming=True), start=1)


def first(items: Items, limit: int) -> tuple[Item, ...]:
    """The first `limit` items."""
    return tuple(islice(items.items, limit))
