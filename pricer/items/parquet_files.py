"""Item files in Parquet: rows out of columns, within limits, for a file of a few kilobytes may hold gigabytes.

Reads flat columns of texts and numbers alone. Knows nothing of prices or products.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow
from pyarrow import DictionaryArray, compute, parquet, types

from pricer.errors import ItemsError
from pricer.items import rows as item_table
from pricer.items.rows import MAX_LINE, Row, Table, doubles, grown

_ROWS_DECODED = 20_000  # read from the file in one go
_ROWS_AT_ONCE = 100  # held as texts
_FAILURES = (pyarrow.ArrowException, OSError)


def open_parquet(path: Path) -> Table:
    """The table in a Parquet file. Raises ItemsError if it is damaged or grows beyond all measure; so do the rows."""
    damaged = ItemsError(f"{path.name} is no readable Parquet file: it is damaged, cut off or something else.")
    try:
        flat = [field for field in parquet.read_schema(path) if _is_flat(field.type)]
        # Equal texts are read once: one long text may stand in every row and take no room in the file.
        file = parquet.ParquetFile(path, read_dictionary=[field.name for field in flat if _is_text(field.type)])
    except _FAILURES as error:
        raise damaged from error

    def rows(columns: Sequence[str]) -> Iterator[Row]:
        _check_size(path, file.metadata, set(columns))
        number = 0
        try:
            for block in file.iter_batches(batch_size=_ROWS_DECODED, columns=list(columns)):
                kept = {name: block.schema.get_all_field_indices(name)[0] for name in block.schema.names}
                arrays = {name: _cut(block.column(index)) for name, index in kept.items()}
                for start in range(0, block.num_rows, _ROWS_AT_ONCE):
                    cells = {name: _values(array.slice(start, _ROWS_AT_ONCE)) for name, array in arrays.items()}
                    for row in range(min(_ROWS_AT_ONCE, block.num_rows - start)):
                        number += 1
                        yield Row(number, {name: values[row] for name, values in cells.items()})
        except _FAILURES as error:
            raise damaged from error

    names = tuple(field.name for field in flat)
    return Table(names, rows, doubles(names))


def _is_flat(kind: pyarrow.DataType) -> bool:
    """Whether a value is a text or a number: a list of a billion numbers may take a few bytes of the file."""
    kind = kind.value_type if types.is_dictionary(kind) else kind
    return _is_text(kind) or types.is_primitive(kind) or types.is_decimal(kind) or types.is_null(kind)


def _is_text(kind: pyarrow.DataType) -> bool:
    return types.is_string(kind) or types.is_large_string(kind)


def _check_size(path: Path, metadata: parquet.FileMetaData, columns: set[str]) -> None:
    """Raises ItemsError if a group of rows, which is read as one, takes no end of memory once it is unpacked."""
    most = max(item_table.MAX_UNPACKED, 10 * path.stat().st_size)
    for group in map(metadata.row_group, range(metadata.num_row_groups)):
        chunks = [chunk for chunk in map(group.column, range(group.num_columns)) if chunk.path_in_schema in columns]
        if sum(chunk.total_uncompressed_size for chunk in chunks) > most:
            raise grown(path.name, "cut it to fewer rows, or write it in smaller row groups.")


def _cut(column: pyarrow.Array) -> pyarrow.Array:
    """A column whose texts are cut as lines are."""
    if not (isinstance(column, DictionaryArray) and _is_text(column.type.value_type)):
        return column
    return DictionaryArray.from_arrays(column.indices, compute.utf8_slice_codeunits(column.dictionary, 0, MAX_LINE))


def _values(column: pyarrow.Array) -> list[Any]:
    """The cells of a column, each text made once however often it stands there."""
    if not isinstance(column, DictionaryArray):
        return column.to_pylist()
    indices = column.indices.to_pylist()
    texts = {index: column.dictionary[index].as_py() for index in set(indices) if index is not None}
    return [texts.get(index) for index in indices]
