"""The last prices of one visit: what was asked, what came out, and the difference to the one before.

Plain immutable values; knows nothing of pages or models.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from pricer.pricing.estimate import Estimate

LENGTH = 10


@dataclass(frozen=True, eq=False)
class Entry:
    """One price of a visit. `text` is what the visitor wrote; `truth` the true price in dollars, if known."""

    text: str
    estimate: Estimate
    truth: float | None = None

    @property
    def title(self) -> str:
        """The first line, to name the entry to people."""
        return next(iter(self.text.strip().splitlines()), "")


@dataclass
class Bell:
    """Rings once: for whoever still works on a history that another one has replaced."""

    rung: bool = False


@dataclass(frozen=True)
class History:
    """Entries, newest first, at most LENGTH; `shown` is the index of the one on the page.

    `bell` rings when another history takes its place, the one part that changes.
    """

    entries: tuple[Entry, ...] = field(default=())
    shown: int = 0
    bell: Bell = field(default_factory=Bell, compare=False, repr=False)

    @property
    def current(self) -> Entry | None:
        """The entry on the page; None before the first price."""
        return self.entries[self.shown] if self.entries else None

    def added(self, entry: Entry) -> History:
        """With `entry` as the newest, and shown. The same text priced again takes its own place at the top."""
        others = tuple(old for old in self.entries if old.text != entry.text)
        return History((entry, *others)[:LENGTH])

    def showing(self, index: int) -> History:
        """With another entry on the page. Raises IndexError if there is none."""
        if not 0 <= index < len(self.entries):
            raise IndexError(f"there is no entry {index} among {len(self.entries)}")
        return replace(self, shown=index, bell=Bell())

    def difference(self, index: int) -> float | None:
        """Dollars from the entry before this one to this one; None where there is none, or one has no price."""
        if index + 1 >= len(self.entries):
            return None
        now, before = self.entries[index].estimate.price, self.entries[index + 1].estimate.price
        return None if now is None or before is None else now - before
