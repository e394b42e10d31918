"""Cells: the text in a cell, whether it holds words, a list of texts, details by name or a chat.

Lists come as they are from JSON and Parquet, and as their spelling from CSV; the text is the same.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Mapping
from typing import Any

from pricer.items.chats import asked, is_chat

MAX_TEXT = 20_000  # characters; no product needs as many, and a model reads the first thousand
_STRING = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"", re.S)
_NO_MORE_IN_A_LIST = re.compile(r"[\s,\[\]]*")
_AS_FORMULA = re.compile(r"'[=+\-@\t\r\n＝＋－＠]")  # how our own export keeps a text from running in a spreadsheet
_MOST_PARTS = 1_000


def text_of(cell: Any) -> str:
    """The text of a cell: of a list its texts on lines, of a chat the question, of details "Brand Rosalind, Color Red".

    Raises ValueError if it is no text.
    """
    if cell is None:
        return ""
    if isinstance(cell, str):
        if cell and cell[0] in "[{" and cell[-1:] in "]}" and len(cell) <= MAX_TEXT:
            spelled = _spelled(cell)
            if not isinstance(spelled, str):
                return text_of(spelled)
        return _as_it_was(cell)
    if isinstance(cell, list):
        return _of_list(cell)
    if isinstance(cell, Mapping):
        pairs = ((name, _part(value)) for name, value in list(cell.items())[:_MOST_PARTS])
        return ", ".join(f"{name} {value}" for name, value in pairs if value)
    raise ValueError("the text is not text")


def short_text(cell: Any) -> str:
    """A title or category as one short line; empty for anything but text and numbers."""
    if not isinstance(cell, (str, int, float)):
        return ""
    start = str(cell)[:2_000]
    if not start.isascii():  # a lone surrogate, which JSON can spell, could not be written to any file
        start = start.encode(errors="replace").decode()
    return _as_it_was(" ".join(start.split())[:200])


def _as_it_was(text: str) -> str:
    """A text without the apostrophe that our own export puts before a formula."""
    return text[1:] if text[:1] == "'" and _AS_FORMULA.match(text) else text


def _of_list(cells: list[Any]) -> str:
    if is_chat(cells):
        return asked(cells)
    return "\n".join(filter(None, map(_part, cells[:_MOST_PARTS])))


def _part(value: Any) -> str:
    """One text of a list or of details; no deeper."""
    if isinstance(value, list):
        return ", ".join(part for part in value[:_MOST_PARTS] if isinstance(part, str))
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return ""
    return str(value).strip()


def _spelled(cell: str) -> Any:
    """What a list or details are that a CSV file spells out as JSON, Python or NumPy do; else the cell."""
    try:
        return json.loads(cell)
    except (ValueError, RecursionError):
        pass
    if cell[0] == "[" and _NO_MORE_IN_A_LIST.fullmatch(_STRING.sub("", cell)):
        return [_unquoted(found) for found in _STRING.findall(cell)]
    if cell[0] == "{" and cell.count("{") + cell.count("[") + cell.count("(") < 50:
        try:
            return ast.literal_eval(cell)
        except (ValueError, SyntaxError, RecursionError, MemoryError, TypeError):
            pass
    return cell


def _unquoted(spelled: str) -> str:
    try:
        return str(ast.literal_eval(spelled))
    except (ValueError, SyntaxError):
        return spelled[1:-1]
