"""Tables in text files (.csv, .tsv, .txt): where the header stands, what divides the cells, and the rows below.

Exports begin with a line for Excel or with the name of the shop, and the course's have no header at all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from pricer.errors import ItemsError
from pricer.items.column_names import is_known
from pricer.items.records import Shape, is_number, read_line, records
from pricer.items.rows import Row, Table, duplicate_remarks
from pricer.items.streams import lines_of, open_text, reading

_LOOKED_AT = 200  # lines
_ABOVE = 20  # lines among which the header is looked for
_DELIMITERS = (",", ";", "\t", "|", "^")
_NONE = "\x1f"  # divides nothing: a file of one column
_NUMERIC = 0.8  # share of a column's cells that are numbers, from which on it is one of numbers


@dataclass(frozen=True)
class _Layout:
    """How a table is laid out: its header's line (from 1; 0 where there is none), its columns and its rows' shape."""

    header: int
    names: tuple[str, ...]
    shape: Shape
    remarks: tuple[str, ...] = ()


def open_delimited(path: Path, encoding: str, remarks: tuple[str, ...] = ()) -> Table:
    """The table in a text file. Raises ItemsError if it has no columns."""
    with reading(path), open_text(path, encoding) as stream:
        head = list(islice(lines_of(stream), _LOOKED_AT))
    layout = _layout(head)
    if any(is_number(layout.names[place]) for place in layout.shape.numeric) and not any(map(is_known, layout.names)):
        raise no_header(path.name)

    def rows(_: Sequence[str]) -> Iterator[Row]:
        with reading(path), open_text(path, encoding) as stream:
            lines = lines_of(stream)
            _header(lines, layout)
            for number, cells, problem in records(lines, layout.shape):
                yield _row(number + layout.header, cells, problem, layout.names)

    return Table(layout.names, rows, (*remarks, *layout.remarks, *duplicate_remarks(layout.names)))


def _header(lines: Iterator[str], layout: _Layout) -> None:
    """Pass over what stands above the rows."""
    for _ in islice(lines, layout.header):
        pass


def _row(number: int, cells: Sequence[str], problem: str, names: Sequence[str]) -> Row:
    if not problem and len(cells) > len(names) and any(cell.strip() for cell in cells[len(names) :]):
        problem = f"it has {len(cells)} cells and the header {len(names)}; put quotation marks around the text"
    # Backwards, so that the first of two columns with one name is the one that stays.
    return Row(number, {} if problem else dict(reversed(list(zip(names, cells, strict=False)))), problem)


def _layout(head: Sequence[str]) -> _Layout:
    told = next((line.strip().strip('"') for line in head if line.strip()), "")
    if told.lower().startswith("sep=") and len(told) == 5:
        skipped = next(number for number, line in enumerate(head, start=1) if line.strip())
        found = _laid_out(head[skipped:], told[4])
        return _Layout(found.header + skipped if found.names else 0, found.names, found.shape, found.remarks)
    return _laid_out(head, _delimiter(head))


def _laid_out(head: Sequence[str], delimiter: str) -> _Layout:
    parsed = [(number, cells) for number, cells, problem in records(head, Shape(delimiter, 0)) if not problem]
    lines = [(number, read_line(line, delimiter) or []) for number, line in enumerate(head, start=1) if line.strip()]
    if not parsed:
        return _Layout(0, (), Shape(delimiter, 0))
    counts = Counter(len(cells) for _, cells in parsed)
    width = max(counts, key=lambda count: (count > 1, counts[count]))
    usual = next((entry for entry in parsed if len(entry[1]) == width), parsed[0])
    likely = [entry for entry in (usual, parsed[0]) if any(is_known(name) for name in entry[1])]
    likely += [entry for entry in parsed[:_ABOVE] if len(entry[1]) == width and sum(map(is_known, entry[1])) > 1]
    likely = [entry for entry in likely if len(entry[1]) > 1 or width <= 1]
    if not likely and (names := names_without_header([c for _, c in parsed if len(c) == width])):
        numeric = (names.index("price"),) if "price" in names else ()
        return _Layout(usual[0] - 1, names, Shape(delimiter, width, numeric), (told_without_header(names),))
    number, cells = likely[0] if likely else parsed[0]
    names = tuple(name.strip() for name in cells)
    above = [entry for entry in parsed if entry[0] < number]
    remarks = (f"{len(above)} lines above the header, which is line {number}, were passed over.",) if above else ()
    if not names and number <= len(head):  # a header that runs over several lines
        for line, cells, _ in records(head[number - 1 :], Shape(delimiter, 0)):
            names = tuple(name.strip().replace("\n", " ") for name in cells)
            number += line - 1
            break
    below = [cells for line, cells in lines if line > number and len(cells) == len(names)]
    return _Layout(number, names, Shape(delimiter, len(names), _numeric(below, len(names))), remarks)


def _numeric(rows: Sequence[Sequence[str]], width: int) -> tuple[int, ...]:
    """The columns that hold numbers."""
    if len(rows) < 2 or width < 2:
        return ()
    columns = [[row[place] for row in rows if row[place].strip()] for place in range(min(width, 1_000))]
    return tuple(
        place
        for place, cells in enumerate(columns)
        if len(cells) > len(rows) / 2 and sum(map(is_number, cells)) >= _NUMERIC * len(cells)
    )


def names_without_header(rows: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """Names for a table that can only be one thing: a text and a number in each row, perhaps counted in front.

    Empty for any other.
    """
    width = len(rows[0]) if rows else 0
    if width == 1:
        return ("text",) if len(rows) > 1 and all(len(cells[0].split()) > 1 for cells in rows) else ()
    if width == 3 and len(rows) > 1 and _counts([row[0] for row in rows]):
        return ("number", *within) if (within := names_without_header([row[1:] for row in rows])) else ()
    if width != 2:
        return ()
    numbers = [all(is_number(row[place]) for row in rows) for place in (0, 1)]
    if numbers == [False, True]:
        return ("text", "price")
    return ("price", "text") if numbers == [True, False] else ()


def _counts(cells: Sequence[str]) -> bool:
    """Whether cells count rows: 0, 1, 2 ... or 1, 2, 3 ..."""
    return any(all(cell.strip() == str(n) for n, cell in enumerate(cells, start)) for start in (0, 1))


def told_without_header(names: Sequence[str]) -> str:
    """What is said of a table whose columns were named by `names_without_header`."""
    if "price" not in names:
        return "The file has no header line: each line was read as a text."
    place = ("first", "second", "third")[names.index("text")]
    return f"The file has no header line: its {place} column was read as text, the other as price."


def _delimiter(head: Sequence[str]) -> str:
    """What divides the cells of most lines into equally many; the first of equals."""
    lines = [line for line in head[:50] if line.strip()]
    if lines and is_known(lines[0].strip()) and not any(mark in lines[0] for mark in _DELIMITERS):
        return _NONE

    def regular(delimiter: str) -> float:
        parsed = [read_line(line, delimiter) or [] for line in lines]
        counts = Counter(len(cells) for cells in parsed if len(cells) > 1)
        if not counts:
            return 0
        width, times = counts.most_common(1)[0]
        headers = [parsed[0], *(cells for cells in parsed if len(cells) == width)]
        named = any(is_known(name) for cells in headers for name in cells[:100])
        return times * (2 if named else 1)

    best = max(_DELIMITERS, key=regular)
    if regular(best) > len(lines) / 2:
        return best
    return max(_DELIMITERS, key=lines[0].count) if lines else ","


def no_header(name: str) -> ItemsError:
    """What is said of a table whose first line names nothing."""
    return ItemsError(f"{name} has no header line: put names such as text,price above its rows.")
