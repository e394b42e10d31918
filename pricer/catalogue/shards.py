"""Shards as files: rows in, priced rows out, in the form that the plan names."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import ArrowException as ArrowException
from pyarrow import parquet

from pricer.catalogue.prices import COLUMNS, Priced, own_names
from pricer.catalogue.sheets import as_text, write_csv

_KINDS = {float: pa.float64(), int: pa.int64(), str: pa.string()}


@dataclass(frozen=True)
class SourceRow:
    """A row to be priced: its number in the source from 0, its text or the problem with it, and its own cells."""

    number: int
    text: str | None
    problem: str | None
    cells: Mapping[str, Any]


def shard_schema(own: Sequence[str]) -> pa.Schema:
    """The columns of a shard: the row's number, its text or its problem, and the source's own columns as texts."""
    ours = [("row", pa.int64()), ("text", pa.string()), ("problem", pa.string())]
    return pa.schema([*ours, *((f"own_{index}", pa.string()) for index in range(len(own)))])


def write_shard(path: Path, own: Sequence[str], rows: Sequence[SourceRow]) -> None:
    """Write the rows of a shard."""
    schema = shard_schema(own)
    columns = [[row.number for row in rows], [row.text for row in rows], [row.problem for row in rows]]
    columns += [[as_text(row.cells.get(name)) for row in rows] for name in own]
    parquet.write_table(pa.Table.from_arrays(list(map(pa.array, columns, schema.types)), schema=schema), path)


def read_shard(path: Path) -> pa.Table:
    """The rows of a shard."""
    return parquet.read_table(path)


def part_schema(own: Sequence[str]) -> pa.Schema:
    """The columns of a part: the row's number, the source's own columns, then ours."""
    return pa.schema(
        [
            ("row", pa.int64()),
            *((name, pa.string()) for name in own_names(own)),
            *((name, _KINDS[kind]) for name, kind in COLUMNS.items()),
        ]
    )


def part_table(shard: pa.Table, own: Sequence[str], priced: Iterable[Priced]) -> pa.Table:
    """A shard with its prices."""
    found = [row.as_columns() for row in priced]
    columns = [shard.column(name) for name in ("row", *(f"own_{index}" for index in range(len(own))))]
    columns += [pa.array([row[name] for row in found], type=_KINDS[kind]) for name, kind in COLUMNS.items()]
    return pa.Table.from_arrays(columns, schema=part_schema(own))


def write_part(path: Path, form: str, part: pa.Table) -> None:
    """Write a part in one of FORMATS; a CSV part has its header, which joining leaves out of all but the first."""
    _WRITERS[form](path, part)


def join(path: Path, form: str, parts: Iterable[Path], schema: pa.Schema) -> None:
    """All parts, in their order, as one file."""
    if form == "parquet":
        with parquet.ParquetWriter(path, schema) as writer:
            for part in parts:
                writer.write_table(parquet.read_table(part, schema=schema))
        return
    with path.open("wb") as whole:
        for index, part in enumerate(parts):
            with part.open("rb") as file:
                if form == "csv" and index:
                    file.readline()
                while block := file.read(1 << 20):
                    whole.write(block)


def _write_csv(path: Path, part: pa.Table) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        write_csv(file, part.schema.names, part.to_pylist())


def _write_jsonl(path: Path, part: pa.Table) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False, allow_nan=False) + "\n" for row in part.to_pylist())


_WRITERS = {"parquet": lambda path, part: parquet.write_table(part, path), "csv": _write_csv, "jsonl": _write_jsonl}
