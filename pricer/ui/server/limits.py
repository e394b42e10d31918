"""What a public page gives each visitor, and all of them together.

Every limit stands here, so that whoever runs a server sees on one screen what it can be asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import BoundedSemaphore

from pricer.errors import DescriptionError, ItemsError, RunError
from pricer.items.item import MAX_TEXT
from pricer.pricing.cleaning import encodable

# All visitors together
QUEUE_SIZE = 64  # events that wait; the next one is told to try again
SESSIONS = 500  # visitors whose prices and runs are kept; the oldest makes room
EVENTS_AT_ONCE = 8  # of one kind
CALLERS_AT_ONCE = 16  # of one endpoint: as many as share a pass
RUNS_AT_ONCE = 4  # tests; with more, each would crawl and a description wait behind all of them
LISTS_AT_ONCE = 4  # lists of products, for the same reason
RUN_EVENTS_AT_ONCE = 2 * RUNS_AT_ONCE  # more than may run, so that the next visitor is told so and does not wait
EXPLANATIONS_AT_ONCE = 4

# What a visitor may send
MAX_CHARACTERS = MAX_TEXT  # of a description, as of an item
MAX_LINK_CHARACTERS = 2_000  # of the description in a link: what browsers and servers carry without complaint
MAX_DESCRIPTIONS = 64  # of one call
MAX_UPLOAD = 20_000_000  # bytes of a file
MAX_ROWS = 300_000  # of a file
MAX_ITEMS = 100_000  # of a test
MAX_LIST_ROWS = 2_000  # of a list; the command line prices more
MAX_LIST_CHARACTERS = 10_000_000  # of a list with all its columns, which is kept until it is downloaded

# What is kept of a visitor, and how long
PRICES_KEPT = 10
RUNS_KEPT = 20
FILES_STAY = 3600  # seconds: uploads and files to download
FILES_LOOKED_AT_EVERY = 600  # seconds
RUNS_STAY = 24 * 3600  # seconds after the last run, though the page may still be open; an hour once that is closed


def validated(description: object) -> str:
    """`description` as a message can carry it. Raises DescriptionError if it is no text, or beyond MAX_CHARACTERS."""
    if not isinstance(description, str):  # a program may send any JSON
        raise DescriptionError("This is not a text: give the description of a product as a text.")
    if len(description) > MAX_CHARACTERS:
        raise DescriptionError(
            f"This text has {len(description):,} characters, and a model reads only the beginning of a description: "
            f"shorten it to {MAX_CHARACTERS:,}."
        )
    return encodable(description)


def check_upload(file: str) -> None:
    """Raise ItemsError if an uploaded file is beyond MAX_UPLOAD."""
    if Path(file).stat().st_size > MAX_UPLOAD:
        raise ItemsError(f"The file is larger than {MAX_UPLOAD // 1_000_000} MB: cut it to fewer rows.")


class RunSlots:
    """So many at once, of what `kind` names: whoever finds no slot free is told so instead of waiting."""

    def __init__(self, count: int = RUNS_AT_ONCE, kind: str = "tests") -> None:
        self._count, self._kind = count, kind
        self._free = BoundedSemaphore(count)

    def check(self) -> None:
        """Raise RunError if all slots are taken at this moment."""
        with self.slot():
            pass

    @contextmanager
    def slot(self) -> Iterator[None]:
        """A slot until the block ends, however it ends. Raises RunError if all are taken."""
        if not self._free.acquire(blocking=False):
            raise RunError(
                f"{self._count} {self._kind} are already running here. Try again in a minute; single prices still work."
            )
        try:
            yield
        finally:
            self._free.release()
