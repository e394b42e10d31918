"""Item files in Parquet: rows out of columns, within limits, for a file of a few kilobytes may hold gigabytes.

Reads texts, numbers, lists of texts and details by name, and passes over whatever else is there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow
from pyarrow import DictionaryArray, compute, parquet, types

from pricer.errors import ItemsError
from pricer.items import rows as limits
from pricer.items.rows import MAX_LINE, Row, Table, duplicate_remarks, too_large

_MOST_VALUES = 20_000_000  # of one column in a group of rows, those within lists counted
_MOST_PARTS = 1_000  # of a list
_ROWS_DECODED = 20_000  # read from the file in one go
_ROWS_AT_ONCE = 100  # held as texts
_FAILURES = (pyarrow.ArrowException, OSError)


def open_parquet(path: Path) -> Table:
    """The table in a Parquet file. Raises ItemsError if it is damaged or grows beyond all measure; so do the rows."""
    try:
        schema = parquet.read_schema(path)
        readable = [field for field in schema if _is_readable(field.type)]
        # Equal texts are read once: one long text may stand in every row and take no room in the file.
        file = parquet.ParquetFile(path, read_dictionary=_texts_within(path, {field.name for field in readable}))
    except _FAILURES as error:
        raise _damaged(path) from error

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
            raise _damaged(path) from error

    names = tuple(field.name for field in readable)
    return Table(names, rows, duplicate_remarks(names))


def _damaged(path: Path) -> ItemsError:
    return ItemsError(f"{path.name} is no readable Parquet file: it is damaged, cut off or something else.")


def _is_readable(kind: pyarrow.DataType) -> bool:
    """Whether cells are texts or numbers, lists of texts, or details: flat values by name."""
    if types.is_list(kind) or types.is_large_list(kind):
        within = kind.value_type
        return _is_text(within) or (
            types.is_struct(within) and all(_is_text(within.field(i).type) for i in range(within.num_fields))
        )
    if types.is_struct(kind):
        return all(_is_flat(field.type) for field in kind)
    return _is_flat(kind)


def _is_flat(kind: pyarrow.DataType) -> bool:
    kind = kind.value_type if types.is_dictionary(kind) else kind
    return _is_text(kind) or types.is_primitive(kind) or types.is_decimal(kind) or types.is_null(kind)


def _texts_within(path: Path, columns: set[str]) -> list[str]:
    """The paths of all columns of texts, those within lists and details as well."""
    schema = parquet.read_metadata(path).schema
    leaves = map(schema.column, range(len(schema.names)))
    return [leaf.path for leaf in leaves if leaf.path.split(".")[0] in columns and leaf.logical_type.type == "STRING"]


def _is_text(kind: pyarrow.DataType) -> bool:
    return types.is_string(kind) or types.is_large_string(kind)


def _check_size(path: Path, metadata: parquet.FileMetaData, columns: set[str]) -> None:
    """Raises ItemsError if a group of rows, which is read as one, takes no end of memory once it is unpacked."""
    most = max(limits.MAX_UNPACKED, 10 * path.stat().st_size)
    for group in map(metadata.row_group, range(metadata.num_row_groups)):
        chunks = [
            chunk
            for chunk in map(group.column, range(group.num_columns))
            if chunk.path_in_schema.split(".")[0] in columns
        ]
        values = max((chunk.num_values for chunk in chunks), default=0)
        if sum(chunk.total_uncompressed_size for chunk in chunks) > most or values > _MOST_VALUES:
            raise too_large(path.name, "cut it to fewer rows, or write it in smaller row groups.")


def _cut(column: pyarrow.Array) -> pyarrow.Array:
    """A column whose texts are cut as lines are."""
    if not (isinstance(column, DictionaryArray) and _is_text(column.type.value_type)):
        return column
    return DictionaryArray.from_arrays(column.indices, compute.utf8_slice_codeunits(column.dictionary, 0, MAX_LINE))


def _values(column: pyarrow.Array) -> list[Any]:
    """The cells of a column, each text made once however often it stands there; of a list its first parts."""
    if types.is_list(column.type) or types.is_large_list(column.type):
        parts = _values(_cut(column.flatten()))
        cells, at = [], 0
        for length in compute.list_value_length(column).to_pylist():
            cells.append(None if length is None else parts[at : at + min(length, _MOST_PARTS)])
            at += length or 0
        return cells
    if types.is_struct(column.type):
        fields = [(field.name, _values(_cut(part))) for field, part in zip(column.type, column.flatten(), strict=True)]
        known = column.is_valid().to_pylist()
        return [
            {name: values[row] for name, values in fields if values[row] is not None} if is_known else None
            for row, is_known in enumerate(known)
        ]
    if not isinstance(column, DictionaryArray):
        return column.to_pylist()
    indices = column.indices.to_pylist()
    texts = {index: column.dictionary[index].as_py() for index in set(indices) if index is not None}
    return [texts.get(index) for index in indices]
