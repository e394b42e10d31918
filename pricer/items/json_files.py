"""JSON: rows out of lines, of one array, or of an object around an array, whatever the file is called.

An array is read as a stream, an object at a time, for a file may hold hundreds of thousands.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any

from pricer.errors import ItemsError
from pricer.items.column_names import price_rank
from pricer.items.json_shapes import is_priced, rows_within
from pricer.items.rows import MAX_LINE, Row, Table
from pricer.items.streams import lines_of, open_text, reading

LOOKED_AT = 1_000  # rows whose keys are the columns
_BLOCK = 1 << 16  # characters
_LARGEST_VALUE = 20_000_000  # characters of a file that can only be read as a whole
_NO_OBJECT = 'it is not a JSON object such as {"text": ..., "price": ...}'
_NO_JSON = "it is not JSON"
_DECODER = json.JSONDecoder()


def open_json(path: Path, encoding: str, remarks: tuple[str, ...] = ()) -> Table:
    """The table in a JSON file. A row that is no object is a row with a problem."""
    with reading(path), open_text(path, encoding) as stream:
        read = _way(stream)

    def rows(_: Sequence[str]) -> Iterator[Row]:
        with reading(path), open_text(path, encoding) as stream:
            try:
                yield from read(stream)
            except _TooLargeError:
                raise ItemsError(
                    f"{path.name} is too large to be read as one JSON value: write one object a line (.jsonl)."
                ) from None

    seen = rows(())
    names = dict.fromkeys(chain.from_iterable(row.cells for row in islice(seen, LOOKED_AT)))
    if not any(price_rank(name) is not None for name in names):  # keys that are left out where they are empty
        names |= dict.fromkeys(chain.from_iterable(row.cells for row in seen))
    return Table(tuple(names), rows, remarks)


def _way(stream: io.TextIOBase) -> Callable[[io.TextIOBase], Iterator[Row]]:
    """How the rows are read: as lines of objects, as an array, or as a whole, by the first line that is not blank."""
    first = next((line for line in lines_of(stream) if line.strip()), "").strip()
    if first.startswith("["):
        inside = first[1:].lstrip() or next((line for line in lines_of(stream) if line.strip()), "").lstrip()
        if inside.startswith("["):
            return _whole
        return _elements if not inside or inside.startswith("{") or not first.endswith("]") else _lines
    if not first.startswith("{"):
        return _lines
    try:
        value, end = _DECODER.raw_decode(first)
    except (ValueError, RecursionError):
        goes_on = first[-1] in "[{," or len(first) >= MAX_LINE - 1  # an object over several lines, or over a long one
        return _elements if goes_on else _lines
    if end < len(first):
        return _whole if first[end:].lstrip().startswith("{") else _lines
    alone = not any(line.strip() for line in islice(lines_of(stream), 100))
    return _whole if alone and rows_within(value) != [value] else _lines


def _whole(stream: io.TextIOBase) -> Iterator[Row]:
    """The rows of one value, whatever its shape, or of objects one behind the other; they are counted, not lines."""
    text = stream.read(_LARGEST_VALUE + 1)
    if len(text) > _LARGEST_VALUE:
        raise _TooLargeError
    values: list[Any] = []
    while text := text.lstrip(" \t\r\n,\ufeff"):
        try:
            value, end = _DECODER.raw_decode(text)
        except (ValueError, RecursionError):
            value, end = None, text.find("\n{", 1) + 1 or len(text)
        values.append(value)
        text = text[end:]
    for number, value in enumerate(rows_within(values[0]) if len(values) == 1 else values, start=1):
        yield Row(number, {}, _NO_JSON) if value is None else _row(number, value)


class _TooLargeError(Exception):
    """A file that can only be read as a whole is larger than that is done for."""


def _lines(stream: io.TextIOBase) -> Iterator[Row]:
    for number, line in enumerate(lines_of(stream), start=1):
        if line.strip():
            try:
                yield _row(number, json.loads(line.rstrip().removesuffix(",")))
            except (ValueError, RecursionError):
                yield Row(number, {}, _NO_JSON)


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
    """The objects of an array, or of the first array of rows in an object; of any other object, what is in it."""
    text = _Text(stream)
    if text.next_sign() == "{" and not _enter(text):
        stream.seek(0)
        yield from _whole(stream)
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
            yield Row(number, {}, _NO_JSON)
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
    """Whether the array that begins here is one of rows: its first object has a price."""
    while len(text.text) < _BLOCK and text.more():
        pass
    inside = text.text[1:].lstrip()
    if not inside.startswith("{"):
        return False
    try:
        first, _ = _DECODER.raw_decode(inside)
    except (ValueError, RecursionError):
        return True
    return is_priced(first)
