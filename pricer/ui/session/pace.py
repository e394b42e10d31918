"""How often a feed is shown while it grows: so seldom that showing takes a small part of the time."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

SHORTEST_PAUSE = 0.25  # seconds between two updates of the page
SHARE_OF_SHOWING = 0.03  # of the time, at most


class Pace:
    """Of one feed; the first update is due at once."""

    def __init__(self) -> None:
        self._next = 0.0

    @property
    def is_due(self) -> bool:
        """Whether the feed may be shown again."""
        return time.monotonic() >= self._next

    @contextmanager
    def showing(self) -> Iterator[None]:
        """Around an update: what it takes says how long the next one waits."""
        began = time.monotonic()
        yield
        ended = time.monotonic()
        self._next = ended + max(SHORTEST_PAUSE, (ended - began) / SHARE_OF_SHOWING)
