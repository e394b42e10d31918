"""Records of a table in a text file: cells out of lines, so that a stray quotation mark costs one row and no more.

A quotation mark that is opened and not closed would swallow the rows up to the next one, and give its row the price of
another. So a record may only run over several lines where none of them looks like a row of its own.
"""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pricer.items.rows import MAX_LINE

LEFT_OPEN = "a quotation mark left open, or text behind a closed one"
_LONGEST_NUMBER = 30  # characters


@dataclass(frozen=True)
class Shape:
    """What a row of a table looks like: how many cells it has, and which of them hold numbers."""

    delimiter: str
    width: int
    numeric: tuple[int, ...] = ()

    def holds(self, cells: Sequence[str]) -> bool:
        """Whether these cells look like a row; never where no column is known to hold numbers."""
        return (
            bool(self.numeric) and len(cells) == self.width and all(is_number(cells[place]) for place in self.numeric)
        )

    def ends(self, cells: Sequence[str], opened: int) -> bool:
        """Whether a line whose cell `opened` opens a quotation mark looks like a whole row, seen from its end."""
        after = [place - self.width for place in self.numeric if place > opened]
        return bool(after) and len(cells) >= self.width and all(is_number(cells[place]) for place in after)


def is_number(cell: str) -> bool:
    """Whether a cell holds a number or a price, for the most part."""
    digits = sum(map(str.isdigit, cell[:_LONGEST_NUMBER]))
    return len(cell) <= _LONGEST_NUMBER and 0 < digits and 2 * digits >= sum(map(str.isalnum, cell))


def read_line(line: str, delimiter: str) -> list[str] | None:
    """The cells of one line; None where a quotation mark is left open or text stands behind a closed one."""
    if '"' not in line:
        return line.rstrip("\r\n").split(delimiter)
    try:
        return next(csv.reader([line], delimiter=delimiter, strict=True), [])
    except csv.Error:
        return None


def records(lines: Iterable[str], shape: Shape) -> Iterator[tuple[int, list[str], str]]:
    """(line number from 1, cells, problem) of each record that is not blank; one with a problem has no cells."""
    numbered = enumerate(lines, start=1)
    waiting: deque[tuple[int, str]] = deque()
    while (first := waiting.popleft() if waiting else next(numbered, None)) is not None:
        number, line = first
        cells = read_line(line, shape.delimiter)
        problem = ""
        if cells is None:
            cells, used, rest = _quoted(first, waiting, numbered, shape)
            if not used:
                waiting.extendleft(reversed(rest))
            problem = "" if cells is not None else f"there is {LEFT_OPEN}"
        if problem or any(cell.strip() for cell in cells or ()):
            yield number, cells or [], problem


def _quoted(
    first: tuple[int, str], waiting: deque[tuple[int, str]], numbered: Iterator[tuple[int, str]], shape: Shape
) -> tuple[list[str] | None, bool, list[tuple[int, str]]]:
    """The cells of a record whose first line leaves a mark open, whether later lines belong to it, and these."""
    _, line = first
    whole, size = [line], len(line)
    rest: list[tuple[int, str]] = []
    if not _is_open(line, shape.delimiter):
        return _as_written(line, shape), False, rest
    opened = _cells_before_mark(line, shape.delimiter)
    looks_whole = shape.ends(line.rstrip("\r\n").split(shape.delimiter), opened)
    numbers_after = any(place > opened for place in shape.numeric)
    while size <= MAX_LINE:
        following = waiting.popleft() if waiting else next(numbered, None)
        if following is None:
            break
        rest.append(following)
        whole.append(following[1])
        size += len(following[1])
        own = read_line(following[1], shape.delimiter)
        is_row = own is not None and shape.holds(own)
        if following[1].count('"') % 2:  # here the mark is closed, if it is one that was meant
            if is_row and (looks_whole or not numbers_after):
                break
            cells = _joined(whole, shape)
            return cells, cells is not None, rest
        if is_row:
            break
    return None, False, rest


def _is_open(line: str, delimiter: str) -> bool:
    """Whether a mark is open at the end of a line that is no record by itself."""
    try:
        next(csv.reader([line], delimiter=delimiter, strict=True), [])
    except csv.Error as error:
        return "unexpected end" in str(error)
    return False


def _cells_before_mark(line: str, delimiter: str) -> int:
    """How many cells stand before the one that is left open."""
    try:
        return len(next(csv.reader([line], delimiter=delimiter), [])) - 1
    except csv.Error:
        return 0


def _as_written(line: str, shape: Shape) -> list[str] | None:
    """The cells of a line such as `a,"b" c,1`, marks and all, if there are as many as there should be."""
    cells = line.rstrip("\r\n").split(shape.delimiter)
    return cells if len(cells) == shape.width else None


def _joined(lines: Sequence[str], shape: Shape) -> list[str] | None:
    """The cells of a record of several lines; None where they are no record."""
    try:
        cells = next(csv.reader(lines, delimiter=shape.delimiter, strict=True), [])
    except csv.Error:
        return None
    return cells if not shape.width or len(cells) <= shape.width or not any(cells[shape.width :]) else None
