"""The demo as it is served, and what its process holds."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.support.program import running


@dataclass(frozen=True)
class Held:
    """What a process holds at a moment."""

    threads: int
    files: int  # open files, sockets among them
    megabytes: float  # resident


@dataclass(frozen=True)
class Server:
    """A server at work; `address` ends with a slash."""

    address: str
    process: psutil.Process
    log: Path

    def held(self) -> Held:
        """What it holds now."""
        with self.process.oneshot():
            return Held(
                self.process.num_threads(), self.process.num_fds(), round(self.process.memory_info().rss / 1e6, 1)
            )

    def tracebacks(self) -> int:
        """Errors that nobody turned into a sentence."""
        return self.log.read_text(errors="replace").count("Traceback (most recent call last)")


@contextmanager
def serving(folder: Path) -> Iterator[Server]:
    """`app.py` on the bundled model, until the block ends."""
    settings = {
        "GRADIO_ANALYTICS_ENABLED": "False",
        "GRADIO_TEMP_DIR": str(folder / "uploads"),
        "HF_HUB_OFFLINE": "1",
    }
    with running(folder / "server.log", os.environ | settings) as program:
        yield Server(program.address, psutil.Process(program.pid), program.log)
