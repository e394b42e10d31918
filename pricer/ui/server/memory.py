"""Memory that is free goes back to the machine: the C library keeps it, in pieces, for a busier moment.

Without this a page that is visited a lot holds a quarter of a gigabyte more than it uses. Knows nothing of who used it.
"""

from __future__ import annotations

import ctypes
import sys
import time
from collections.abc import Callable

EVERY = 30.0  # seconds at the least: it takes a hundredth of one, and what is needed again must be fetched again


_ARENA_MAX = -8  # M_ARENA_MAX of glibc's malloc.h
_ARENAS = 2


def keep_together() -> None:
    """Let all threads share a few heaps, where the C library can; of many, each would keep free pieces for itself.

    For the beginning of a program: threads that run already keep what they have.
    """
    if sys.platform == "linux":
        set_option = getattr(ctypes.CDLL(None), "mallopt", None)
        if set_option:
            set_option(_ARENA_MAX, _ARENAS)


def trim() -> None:
    """Give back what is free, where the C library can: glibc, of which Python tells nothing, can."""
    if sys.platform == "linux":
        give_back = getattr(ctypes.CDLL(None), "malloc_trim", None)  # musl has none
        if give_back:
            give_back(0)


class FreeMemory:
    """What to do when a visitor leaves: `trim`, but not for each of a crowd."""

    def __init__(self, trim: Callable[[], None] = trim, clock: Callable[[], float] = time.monotonic) -> None:
        self._trim, self._clock = trim, clock
        self._next = clock()

    def give_back(self) -> None:
        """Trim, unless that was done EVERY seconds ago or less."""
        now = self._clock()
        if now >= self._next:
            self._next = now + EVERY
            self._trim()
