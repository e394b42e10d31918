"""How much a visitor may send at once, how much all of them may keep the server busy, and how long their files stay."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from pricer.errors import DescriptionError, RunError
from pricer.pricing.cleaning import encodable

RUNS_AT_ONCE = 4  # tests in the whole process; with more, each would crawl and a description wait behind all of them
FILES_STAY = 3600  # seconds: uploads and files to download
FILES_LOOKED_AT_EVERY = 600  # seconds
VISIT_STAYS = 24 * 3600  # seconds after its last run, though its page may still be open; an hour once that is closed
MAX_CHARACTERS = 20_000
MAX_LINK_CHARACTERS = 2_000  # of the description in a link: what browsers and servers carry without complaint


def checked(description: object) -> str:
    """`description` as a message can carry it. Raises DescriptionError if it is no text, or beyond MAX_CHARACTERS."""
    if not isinstance(description, str):  # a program may send any JSON
        raise DescriptionError("This is not a text: give the description of a product as a text.")
    if len(description) > MAX_CHARACTERS:
        raise DescriptionError(
            f"This text has {len(description):,} characters, and a model reads only the beginning of a description: "
            f"shorten it to {MAX_CHARACTERS:,}."
        )
    return encodable(description)


class Places:
    """So many tests at once: whoever finds no place free is told so instead of waiting without a word."""

    def __init__(self, count: int = RUNS_AT_ONCE) -> None:
        self._count = count
        self._free = BoundedSemaphore(count)

    def check(self) -> None:
        """Raise RunError if all places are taken at this moment."""
        with self.taken():
            pass

    @contextmanager
    def taken(self) -> Iterator[None]:
        """A place until the block ends, however it ends. Raises RunError if all are taken."""
        if not self._free.acquire(blocking=False):
            raise RunError(
                f"{self._count} tests are running on this server, and it does no more at once: try again in a minute. "
                "Prices are answered meanwhile."
            )
        try:
            yield
        finally:
            self._free.release()
