"""JSON: rows out of lines, of one array, or of an object around an array, whatever the file is called.

An array is read as a stream, an object at a time, for a file may hold hundreds of thousands.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any

from pricer.items.rows import MAX_LINE, Row, Table
from pricer.items.streams import lines_of, open_text, reading

LOOKED_AT = 1_000  # rows whose keys are the columns
_BLOCK = 1 << 16  # characters
_NO_OBJECT = 'it is not a JSON object such as {"text": ..., "price": ...}'
_DECODER = json.JSONDecoder()


def open_json(path: Path, encoding: str, remarks: tuple[str, ...] = ()) -> Table:
    """The table in a JSON file. A row that is no object is a row with a problem."""
    with reading(path), open_text(path, encoding) as stream:
        is_array = _begins_array(stream)

    def rows(_: Sequence[str]) -> Iterator[Row]:
        with reading(path), open_text(path, encoding) as stream:
            yield from _elements(stream) if is_array else _lines(stream)

    seen = rows(())
    names = dict.fromkeys(chain.from_iterable(row.cells for row in islice(seen, LOOKED_AT)))
    if not any(_named_price(name) for name in names):  # keys that are left out where they are empty
        names |= dict.fromkeys(chain.from_iterable(row.cells for row in seen))
    return Table(tuple(names), rows, remarks)


def _named_price(name: str) -> bool:
    from pricer.items.column_names import price_rank

    return price_rank(name) is not None


def _begins_array(stream: io.TextIOBase) -> bool:
    """Whether it is an array or an object around one, and not lines of objects."""
    first = next((line for line in lines_of(stream) if line.strip()), "").strip()
    if first.startswith("["):
        return first == "[" or not first.endswith("]") or _is_array_of_objects(first)
    if not first.startswith("{"):
        return False
    try:
        value = json.loads(first)
    except (ValueError, RecursionError):
        return first[-1] in "[{,"  # the beginning of an object over several lines
    alone = not any(line.strip() for line in islice(lines_of(stream), 100))
    return alone and isinstance(value, dict) and _wrapped(value)


def _is_array_of_objects(line: str) -> bool:
    return line[1:].lstrip().startswith("{")


def _wrapped(value: dict[str, Any]) -> bool:
    """Whether an object holds rows rather than being one."""
    lists = [v for v in value.values() if isinstance(v, list) and v and all(isinstance(row, dict) for row in v)]
    return any("role" not in rows[0] for rows in lists)


def _lines(stream: io.TextIOBase) -> Iterator[Row]:
    for number, line in enumerate(lines_of(stream), start=1):
        if line.strip():
            try:
                yield _row(number, json.loads(line))
            except (ValueError, RecursionError):
                yield Row(number, {}, "it is not JSON")


def _row(number: int, value: Any) -> Row:
    return Row(number, value) if isinstance(value, dict) else Row(number, {}, _NO_OBJECT)


class _Text:
    """The text of a stream from a place on, read as it is needed, and the line of that place."""

    def __init__(self, stream: io.TextIOBase) -> None:
        self._stream = stream
        self.text = ""
        self.line = 1

    def more(self) -> bool:
        """Read on; False at the end, or where an object is longer than any product's."""
        block = self._stream.read(_BLOCK) if len(self.text) < MAX_LINE else ""
        self.text += block
        return bool(block)

    def pass_over(self, count: int) -> None:
        self.line += self.text.count("\n", 0, count)
        self.text = self.text[count:]

    def next_sign(self, blanks: str = " \t\r\n,") -> str:
        """The next character that is neither blank nor a comma; empty at the end."""
        while True:
            self.pass_over(len(self.text) - len(self.text.lstrip(blanks)))
            if self.text or not self.more():
                return self.text[:1]

    def value(self) -> Any:
        """The JSON value that begins here. Raises ValueError if there is none."""
        while True:
            try:
                value, end = _DECODER.raw_decode(self.text)
            except RecursionError:
                raise ValueError("nested too deeply") from None
            except ValueError:
                if not self.more():
                    raise
                continue
            if end == len(self.text) and self.more():
                continue  # a number may go on
            self.pass_over(end)
            return value

    def pass_to_next_object(self) -> None:
        """Go on at the next line that begins an object, behind one that cannot be read."""
        at = 1
        while True:
            found = self.text.find("{", at)
            if found >= 0 and self.text[:found].rstrip(" \t").endswith(("\n", "\r", ",")):
                return self.pass_over(found)
            if found < 0:
                self.pass_over(max(len(self.text), 0))
                if not self.more():
                    return None
                at = 0
            else:
                at = found + 1


def _elements(stream: io.TextIOBase) -> Iterator[Row]:
    """The objects of an array, or of the first array of objects within an object."""
    text = _Text(stream)
    if text.next_sign() == "{" and not _enter(text):
        return
    if text.next_sign() == "[":
        text.pass_over(1)
    while sign := text.next_sign():
        if sign == "]":
            return
        number = text.line
        try:
            value = text.value()
        except ValueError:
            yield Row(number, {}, "it is not JSON")
            text.pass_to_next_object()
            continue
        yield _row(number, value)


def _enter(text: _Text) -> bool:
    """Go to the first array of objects within the object that begins here; False where there is none."""
    text.pass_over(1)
    while (sign := text.next_sign()) not in ("", "}"):
        try:
            text.value()  # the key
            if sign != '"' or text.next_sign() != ":":
                return False
            text.pass_over(1)
            if text.next_sign() == "[" and _holds_rows(text):
                return True
            text.value()
        except ValueError:
            return False
    return False


def _holds_rows(text: _Text) -> bool:
    """Whether the array that begins here is one of rows: its first object says what something is or costs."""
    from pricer.items.column_names import is_known

    while len(text.text) < _BLOCK and text.more():
        pass
    inside = text.text[1:].lstrip()
    if not inside.startswith("{"):
        return False
    try:
        first, _ = _DECODER.raw_decode(inside)
    except (ValueError, RecursionError):
        return True
    return any(is_known(name) for name in first)
