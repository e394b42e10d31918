"""What holds for the whole process of a server, and not for one page in it: its log, its memory, Gradio's statistics.

The C library keeps memory that is free, in pieces, for a busier moment: without what is done here, a page that is
visited a lot holds a quarter of a gigabyte more than it uses.
"""

from __future__ import annotations

import ctypes
import os
import re
import sys
import time
from collections.abc import Callable
from typing import Any, TextIO

TRIM_PAUSE = 30.0  # seconds at least: trimming takes a hundredth of one, and what is needed again must be fetched again

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")  # all but tabs and ends of lines
_ARENA_MAX = -8  # M_ARENA_MAX of glibc's malloc.h
_ARENAS = 2
# After each event Gradio sums up the last 10,000 of them, for a page of statistics that nobody opens here: so seldom,
# and of so few, that no visitor waits for it.
_STATISTICS = {"GRADIO_ANALYTICS_CACHE_FREQUENCY": "1000", "GRADIO_ANALYTICS_MAX_EVENTS": "100"}


class PlainStream:
    """A stream like the one it wraps that writes control characters spelled out, such as \\x1b.

    A log is read on a terminal, tracebacks quote what visitors send, and a terminal would obey it.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write `text` with nothing in it that commands a terminal."""
        return self._stream.write(_CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", text))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def share_heaps() -> None:
    """Let all threads share a few heaps, where the C library can; of many, each would keep free pieces for itself.

    For the beginning of a program: threads that run already keep what they have.
    """
    if set_option := _c_function("mallopt"):
        set_option(_ARENA_MAX, _ARENAS)


def limit_statistics() -> None:
    """Keep Gradio's statistics of events few; before a gr.Blocks is made, and whatever the environment says first."""
    for name, value in _STATISTICS.items():
        os.environ.setdefault(name, value)


def trim() -> None:
    """Give free memory back to the machine, where the C library can."""
    if give_back := _c_function("malloc_trim"):
        give_back(0)


class MemoryTrimmer:
    """What to do when a visitor leaves: `trim`, but not for each of a crowd."""

    def __init__(self, trim: Callable[[], None] = trim, clock: Callable[[], float] = time.monotonic) -> None:
        self._trim, self._clock = trim, clock
        self._next = clock()

    def give_back(self) -> None:
        """Trim, unless that was done TRIM_PAUSE seconds ago or less."""
        now = self._clock()
        if now >= self._next:
            self._next = now + TRIM_PAUSE
            self._trim()


def _c_function(name: str) -> Callable[..., Any] | None:
    """A function of glibc, of which Python tells nothing; None where the C library is another one."""
    return getattr(ctypes.CDLL(None), name, None) if sys.platform == "linux" else None
