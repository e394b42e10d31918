"""The server's log, read on a terminal: what visitors send is quoted there and must command nothing."""

from __future__ import annotations

import re
from typing import Any, TextIO

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")  # all but tabs and ends of lines


class PlainStream:
    """A stream like the one it wraps that writes control characters spelled out, such as \\x1b."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write `text`; tracebacks quote what a visitor sent, and a terminal would obey it."""
        return self._stream.write(_CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", text))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)
