"""Encodings: how the bytes of a text file are to be read, found out from them or as its owner says.

UTF-8 is checked to the end of the file. Anything else is a guess, told as a remark, and refused where its text would
make no sense.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import BinaryIO

from pricer.errors import ItemsError

_WESTERN = "cp1252"
_OTHERS = {
    "cp1250": "Central European (Windows-1250)",
    "cp1251": "Cyrillic (Windows-1251)",
    "cp1253": "Greek (Windows-1253)",
    "cp1254": "Turkish (Windows-1254)",
    "koi8_r": "Cyrillic (KOI8-R)",
    "mac_roman": "Western European (Macintosh)",
    "cp932": "Japanese (Shift JIS)",
    "gb2312": "Chinese (GB 2312)",
    "big5": "Chinese (Big5)",
    "euc_kr": "Korean (EUC-KR)",
}
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
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE = 60_000  # bytes around those that are not ASCII
_AROUND = 60  # bytes before the first that is not ASCII
_NOT_ASCII = re.compile(rb"[\x80-\xff]")
_FOREIGN_WORD = re.compile(r"[^\W\d_]*[^\x00-\x7f\W\d_][^\W\d_]*")
_NO_WESTERN = re.compile(r"[a-zà-ÿ][À-ÖØ-ÞŠŽŒŸ]|[ýþðÿ]|[^\W\d_][¯³¿¹£¼¾¥¤¦][^\W\d_]|(?:^|\s)[¯³¹¼¾¦][^\W\d_]")
_MOST_CHAOS = 0.2


def find_encoding(name: str, stream: BinaryIO, wanted: str | None = None) -> tuple[str, tuple[str, ...]]:
    """The encoding of a text file and a remark where it was guessed; `wanted` is what its owner says.

    Raises ItemsError if it is no text, or none that makes sense.
    """
    head = stream.read(4096)
    looks_like = next((kind for magic, kind in _BINARY.items() if head.startswith(magic)), None)
    if looks_like:
        raise ItemsError(f"{name} is not a text file but {looks_like}: save the table as CSV and try again.")
    if wanted is not None:
        return _checked(wanted), ()
    wide = next((encoding for mark, encoding in _MARKS if head.startswith(mark)), None) or _without_mark(head)
    if wide:
        return wide, ()
    control = sum(byte < 32 and byte not in b"\t\n\r\f\x1b" for byte in head)
    if b"\0" in head or control > len(head) // 20:
        raise ItemsError(f"{name} is not a text file, whatever its name says: save the table as CSV.")
    sample = _foreign(head, stream)
    return _guessed(name, sample) if sample else ("utf-8-sig", ())


def _checked(wanted: str) -> str:
    try:
        "".encode(wanted)
    except (LookupError, ValueError):
        raise ItemsError(
            f"There is no encoding {wanted[:40]!r}: name one such as utf-8, cp1252 or cp1250 (--encoding)."
        ) from None
    return wanted


def _without_mark(head: bytes) -> str | None:
    """UTF-16 that does not say so, by every second byte being zero."""
    half = len(head) // 2
    if not half:
        return None
    even, odd = head[::2].count(0), head[1::2].count(0)
    if odd > 0.4 * half and even < 0.1 * half:
        return "utf-16-le"
    return "utf-16-be" if even > 0.4 * half and odd < 0.1 * half else None


def _foreign(head: bytes, stream: BinaryIO) -> bytes:
    """What stands around bytes that are not ASCII, if the file is not UTF-8; nothing if it is."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    sample = bytearray()
    is_utf8 = True
    for block in _blocks(head, stream):
        if is_utf8:
            try:
                decoder.decode(block)
            except UnicodeDecodeError:
                is_utf8 = False
        if len(sample) < _SAMPLE:
            sample += _lines_with_others(block)
        elif not is_utf8:
            break
    if is_utf8:
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            is_utf8 = False
    return b"" if is_utf8 else bytes(sample)


def _lines_with_others(block: bytes) -> bytes:
    """The lines of a block that are not ASCII, long ones from a little before the first such byte."""
    if block.isascii():
        return b""
    lines = [line for line in block.split(b"\n") if not line.isascii()]
    starts = (max(0, _NOT_ASCII.search(line).start() - _AROUND) if len(line) > _SAMPLE else 0 for line in lines)
    return b"".join(line[start:][:_SAMPLE] + b"\n" for line, start in zip(lines, starts, strict=True))[:_SAMPLE]


def _blocks(head: bytes, stream: BinaryIO) -> Iterator[bytes]:
    yield head
    while block := stream.read(1 << 20):
        yield block


def _guessed(name: str, sample: bytes) -> tuple[str, tuple[str, ...]]:
    if _is_western(sample):
        return _WESTERN, (f"{name} is not UTF-8; it was read as Western European (Windows-1252).",)
    from charset_normalizer import from_bytes  # a quarter of a second that few files need

    best = from_bytes(sample, cp_isolation=list(_OTHERS)).best()
    if best is None or best.encoding not in _OTHERS or best.chaos > _MOST_CHAOS:
        raise ItemsError(
            f"{name} is not UTF-8, and its text makes no sense in any encoding that was tried: save it as UTF-8, or "
            "name its encoding (--encoding)."
        )
    remark = f"{name} is not UTF-8; it was read as {_OTHERS[best.encoding]} (--encoding chooses another)."
    return best.encoding, (remark,)


def _is_western(sample: bytes) -> bool:
    """Whether the sample reads as a Western European language: words that are ASCII but for a letter here and there."""
    try:
        text = sample.decode(_WESTERN)
    except UnicodeDecodeError:
        return False
    words = _FOREIGN_WORD.findall(text)
    strange = sum(1 for word in words if sum(letter > "\x7f" for letter in word) > max(1, len(word) / 2))
    return strange <= len(words) / 5 and len(_NO_WESTERN.findall(text)) <= len(words) / 20
