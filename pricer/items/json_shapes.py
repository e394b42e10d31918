"""Shapes of JSON: where the rows are in a value that is neither an array of objects nor one object a line.

Answers of shops wrap their products twice, pandas writes a table by columns, and a scraper keys its objects by number.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from pricer.items.chats import is_chat
from pricer.items.column_names import is_known, price_rank
from pricer.items.prices import is_price

_LOOKED_AT = 1_000  # lists and objects in which rows are looked for


def rows_within(value: Any) -> Sequence[Any]:
    """The rows that a JSON value holds, those with prices first; the value itself where it is a row or holds none."""
    if is_priced(value):
        return [value]
    found = list(filter(None, map(_rows, islice(_parts(value), _LOOKED_AT))))
    return next((rows for rows in found if is_priced(rows[0])), found[0] if found else [value])


def is_priced(value: Any) -> bool:
    """Whether an object has a price under a name of prices."""
    return isinstance(value, Mapping) and any(price_rank(name) is not None and is_price(value[name]) for name in value)


def is_row(value: Any) -> bool:
    """Whether an object says what something is or costs."""
    return isinstance(value, Mapping) and any(is_known(name) for name in value)


def _parts(value: Any) -> Iterator[Any]:
    """A value and what is in it, the outermost first."""
    waiting = deque([value])
    while waiting:
        part = waiting.popleft()
        yield part
        if isinstance(part, Mapping):
            waiting.extend(inner for inner in part.values() if isinstance(inner, (list, Mapping)))


def _rows(part: Any) -> Sequence[Any]:
    """The rows that one list or object is; none where it is something else."""
    if isinstance(part, list):
        return _of_list(part)
    if isinstance(part, Mapping):
        if _by_columns(part):
            return _transposed(part)
        header, cells = part.get("columns"), part.get("data")
        if isinstance(header, list) and isinstance(cells, list):  # pandas, "split"
            return _of_list([header, *cells])
        rows = list(part.values())
        if rows and all(isinstance(row, Mapping) for row in rows) and is_row(rows[0]):
            return rows
    return ()


def _of_list(part: list[Any]) -> Sequence[Any]:
    if not part or is_chat(part):
        return ()
    first = part[0]
    if isinstance(first, list):  # lists of cells below a list of names
        named = all(isinstance(name, str) for name in first) and any(map(is_known, first))
        return [dict(zip(first, row, strict=False)) if isinstance(row, list) else row for row in part[1:]] * named
    if is_row(first):
        return part
    if isinstance(first, Mapping):  # {"row": {...}}, {"node": {...}}, {"_source": {...}}
        around = next((name for name, inner in first.items() if is_row(inner)), None)
        if around is not None:
            return [row.get(around, row) if isinstance(row, Mapping) else row for row in part]
    return ()


def _by_columns(part: Mapping[str, Any]) -> bool:
    """Whether an object holds a table by columns: {"text": {"0": ..., "1": ...}, ...} or {"text": [...], ...}."""
    columns = list(part.values())
    if len(columns) < 2 or not is_row(part):
        return False
    if all(isinstance(column, Mapping) for column in columns):
        return all(column.keys() == columns[0].keys() for column in columns) and "0" in columns[0]
    same = {len(column) if isinstance(column, list) else -1 for column in columns}
    return len(same) == 1 and -1 not in same and not any(isinstance(column[0], Mapping) for column in columns if column)


def _transposed(part: Mapping[str, Any]) -> list[dict[str, Any]]:
    columns = [list(column.values()) if isinstance(column, Mapping) else column for column in part.values()]
    return [dict(zip(part, row, strict=True)) for row in zip(*columns, strict=True)]
