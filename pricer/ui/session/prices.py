"""The last prices of one visitor: what was asked, what came out, and what came before."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from threading import Event

from pricer.pricing.estimate import Estimate
from pricer.ui.server.limits import PRICES_KEPT


@dataclass(frozen=True, eq=False)
class Entry:
    """One price. `text` is what the visitor wrote; `truth` the true price in dollars, if known."""

    text: str
    estimate: Estimate
    truth: float | None = None

    @property
    def title(self) -> str:
        """The first line, to name the entry to people."""
        return next(iter(self.text.strip().splitlines()), "")


@dataclass(frozen=True)
class History:
    """Entries, newest first, at most PRICES_KEPT; `shown` is the index of the one on the page."""

    entries: tuple[Entry, ...] = field(default=())
    shown: int = 0

    @property
    def current(self) -> Entry | None:
        """The entry on the page; None before the first price."""
        return self.entries[self.shown] if self.entries else None

    def added(self, entry: Entry) -> History:
        """With `entry` as the newest, and shown. The same text priced again takes its own place at the top."""
        others = tuple(old for old in self.entries if old.text != entry.text)
        return History((entry, *others)[:PRICES_KEPT])

    def showing(self, index: int) -> History:
        """With another entry on the page. Raises IndexError if there is none."""
        if not 0 <= index < len(self.entries):
            raise IndexError(f"there is no entry {index} among {len(self.entries)}")
        return replace(self, shown=index)

    def before(self, index: int) -> Entry | None:
        """The entry that was priced before this one; None where there is none."""
        return self.entries[index + 1] if index + 1 < len(self.entries) else None


@dataclass
class VisitorPrices:
    """The history of one visitor, and the token by which an explanation of one of its prices is canceled."""

    history: History = field(default_factory=History)
    explaining: Event | None = None

    def show(self, history: History) -> None:
        """Put `history` in the place of the one before; an explanation that goes on would be of an old price."""
        self.cancel()
        self.history = history

    def explain(self) -> Event:
        """The token of a new explanation, which takes the place of one that goes on; it is set to cancel."""
        self.cancel()
        self.explaining = Event()
        return self.explaining

    def cancel(self) -> None:
        """End the explanation that goes on, if any."""
        if self.explaining:
            self.explaining.set()
        self.explaining = None
