"""Streams: a text file, gzipped or not, as lines within limits, and what can go wrong on the way as sentences."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from pricer.errors import ItemsError
from pricer.items import rows as limits
from pricer.items.rows import MAX_LINE, too_large


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """What can go wrong while a file is read, as sentences."""
    try:
        yield
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise ItemsError(f"{path.name} is not a complete gzip file: pack it again, or give it unpacked.") from error
    except OSError as error:
        raise ItemsError(f"{path.name} cannot be read ({error.strerror or error}): check its permissions.") from error


class _Unpacked(gzip.GzipFile):
    """A gzipped file that raises ItemsError once more than MAX_UNPACKED bytes have come out of it."""

    def read(self, size: int | None = -1) -> bytes:
        return self._checked(super().read(size))

    def read1(self, size: int = -1) -> bytes:
        return self._checked(super().read1(size))

    def _checked(self, block: bytes) -> bytes:
        if self.tell() > limits.MAX_UNPACKED:
            raise too_large(Path(self.name).name, "cut it to fewer rows, or give it unpacked.")
        return block


def open_bytes(path: Path) -> BinaryIO:
    """The bytes of a file, unpacked where it is gzipped."""
    return _Unpacked(path) if path.suffix.lower() == ".gz" else path.open("rb")


def open_text(path: Path, encoding: str) -> io.TextIOWrapper:
    """The text of a file, line ends as they are; what is no text in this encoding becomes U+FFFD."""
    return io.TextIOWrapper(open_bytes(path), encoding=encoding, errors="replace", newline="")


def lines_of(stream: io.TextIOBase) -> Iterator[str]:
    """Lines of at most MAX_LINE characters: what a longer line holds beyond them is passed over."""
    while line := stream.readline(MAX_LINE):
        yield line
        while len(line) == MAX_LINE and not line.endswith(("\n", "\r")):
            line = stream.readline(MAX_LINE)
