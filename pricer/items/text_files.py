"""Item files: rows out of CSV, JSON lines and Parquet files, whoever wrote them.

Reads files as a stream and within limits, finds out encoding and delimiter, and hands out rows with their line numbers;
a row that cannot be read is a row with a problem, never the end of the file. Knows nothing of prices or products.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import json
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import chain, islice
from pathlib import Path
from typing import BinaryIO

from pricer.errors import ItemsError
from pricer.items import rows as item_table
from pricer.items.rows import MAX_LINE, Row, Table, doubles, grown

_LOOKED_AT = 100  # rows of JSON lines whose keys are the columns
_BINARY = {
    b"PK\x03\x04": "an Excel or zip file",
    b"\xd0\xcf\x11\xe0": "an old Excel file",
    b"%PDF": "a PDF",
    b"PAR1": "a Parquet file",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"\x1f\x8b": "a gzipped file",
    b"\x80\x04": "a pickle",
}


def open_table(path: Path) -> Table:
    """The table in a .csv, .tsv, .jsonl or .parquet file, text files gzipped or not.

    Raises ItemsError if there is no such file or it is not what its name says; so do the rows, where a file is cut off.
    """
    name = path.name.lower()
    with _reading(path):
        if not path.is_file():
            raise ItemsError(
                f"There is no file {path}: give 'bundled', a CSV, JSONL or Parquet file, or hub:owner/name."
            )
        if path.stat().st_size == 0:
            raise ItemsError(f"{path.name} is empty: give a file with a row for each product.")
        if name.endswith(".parquet"):
            from pricer.items.parquet_files import open_parquet  # half a second that only Parquet files need

            return open_parquet(path)
        if name.removesuffix(".gz").endswith((".jsonl", ".ndjson")):
            return _json_lines(path)
        if name.removesuffix(".gz").endswith((".csv", ".tsv")):
            return _delimited(path)
    raise ItemsError(f"{path.name} is none of .csv, .jsonl and .parquet: convert it to one of these.")


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    """What can go wrong while a file is read, as sentences."""
    try:
        yield
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise ItemsError(f"{path.name} is not a complete gzip file: pack it again, or give it unpacked.") from error
    except OSError as error:
        raise ItemsError(f"{path.name} cannot be read ({error.strerror or error}): check its permissions.") from error


def _delimited(path: Path) -> Table:
    encoding, remarks = _encoding(path)
    with _open_text(path, encoding) as stream:
        head = next((line for line in _lines(stream) if line.strip()), "")
    delimiter = max(",;\t|", key=head.count)  # the first of equals

    def records() -> Iterator[tuple[int, list[str], str]]:
        with _reading(path), _open_text(path, encoding) as stream:
            reader = csv.reader(_lines(stream), delimiter=delimiter)
            while True:
                line = reader.line_num + 1
                try:
                    cells = next(reader)
                except StopIteration:
                    return
                except csv.Error as error:
                    yield line, [], f"it is no row of a table ({error}); is a quotation mark left open"
                    continue
                if any(cell.strip() for cell in cells):
                    yield line, cells, ""

    names = tuple(name.strip() for name in next((cells for _, cells, _ in records()), []))

    def rows(_: Sequence[str]) -> Iterator[Row]:
        for line, cells, problem in islice(records(), 1, None):
            extra = len(cells) - len(names)
            if not problem and extra > 0 and any(cell.strip() for cell in cells[len(names) :]):
                problem = f"it has {len(cells)} cells and the header {len(names)}; put quotation marks around the text"
            # Backwards, so that the first of two columns with one name is the one that stays.
            yield Row(line, {} if problem else dict(reversed(list(zip(names, cells, strict=False)))), problem)

    return Table(names, rows, (*remarks, *doubles(names)))


def _json_lines(path: Path) -> Table:
    encoding, remarks = _encoding(path)

    def rows(_: Sequence[str]) -> Iterator[Row]:
        with _reading(path), _open_text(path, encoding) as stream:
            for number, line in enumerate(_lines(stream), start=1):
                if not line.strip():
                    continue
                try:
                    cells = json.loads(line)
                except (ValueError, RecursionError):
                    yield Row(number, {}, "it is not JSON")
                    continue
                if isinstance(cells, dict):
                    yield Row(number, cells)
                else:
                    yield Row(number, {}, 'it is not a JSON object such as {"text": ..., "price": ...}')

    names = dict.fromkeys(chain.from_iterable(row.cells for row in islice(rows(()), _LOOKED_AT)))
    return Table(tuple(names), rows, remarks)


class _Unpacked(gzip.GzipFile):
    """A gzipped file that raises ItemsError once more than MAX_UNPACKED bytes have come out of it."""

    def read(self, size: int | None = -1) -> bytes:
        return self._checked(super().read(size))

    def read1(self, size: int = -1) -> bytes:
        return self._checked(super().read1(size))

    def _checked(self, block: bytes) -> bytes:
        if self.tell() > item_table.MAX_UNPACKED:
            raise grown(Path(self.name).name, "cut it to fewer rows, or give it unpacked.")
        return block


def _open(path: Path) -> BinaryIO:
    return _Unpacked(path) if path.suffix.lower() == ".gz" else path.open("rb")


def _open_text(path: Path, encoding: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(_open(path), encoding=encoding, errors="replace", newline="")


def _lines(stream: io.TextIOBase) -> Iterator[str]:
    """Lines of at most MAX_LINE characters: what a longer line holds beyond them is passed over."""
    while line := stream.readline(MAX_LINE):
        yield line
        while len(line) == MAX_LINE and not line.endswith(("\n", "\r")):
            line = stream.readline(MAX_LINE)


def _encoding(path: Path) -> tuple[str, tuple[str, ...]]:
    """The encoding of a text file, and a remark where it had to be guessed. Raises ItemsError if it is no text."""
    with _open(path) as stream:
        head = stream.read(4096)
        looks_like = next((kind for magic, kind in _BINARY.items() if head.startswith(magic)), None)
        if looks_like:
            raise ItemsError(f"{path.name} is not a text file but {looks_like}: save the table as CSV and try again.")
        if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
            return "utf-32", ()
        if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16", ()
        half = len(head) // 2
        if half and head[1::2].count(0) > 0.4 * half and head[::2].count(0) < 0.1 * half:
            return "utf-16-le", ()
        if half and head[::2].count(0) > 0.4 * half and head[1::2].count(0) < 0.1 * half:
            return "utf-16-be", ()
        control = sum(byte < 32 and byte not in b"\t\n\r\f\x1b" for byte in head)
        if b"\0" in head or control > len(head) // 20:
            raise ItemsError(f"{path.name} is not a text file, whatever its name says: save the table as CSV.")
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            decoder.decode(head)
            while block := stream.read(1 << 20):
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252", (f"{path.name} is not UTF-8; it was read as Western European (Windows-1252).",)
    return "utf-8-sig", ()
