"""The demo as it is served: `app.py` in a process of its own, and what that process holds."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil

from tests.support.browser import free_port

ROOT = Path(__file__).parent.parent.parent
PATIENCE = 300  # seconds until a busy machine has loaded the model


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
    """Start `app.py` on the bundled model, wait until it says that it is ready, and end it with the block."""
    port, log = free_port(), folder / "server.log"
    settings = {
        "PRICER_MODEL": "bundled",
        "GRADIO_SERVER_PORT": str(port),
        "GRADIO_ANALYTICS_ENABLED": "False",
        "GRADIO_TEMP_DIR": str(folder / "uploads"),
        "HF_HUB_OFFLINE": "1",
    }
    with log.open("w") as written:
        process = subprocess.Popen(
            [sys.executable, "app.py"], cwd=ROOT, env=os.environ | settings, stdout=written, stderr=subprocess.STDOUT
        )
    address = f"http://127.0.0.1:{port}/"
    try:
        _wait_until_ready(f"{address}health", process, log)
        yield Server(address, psutil.Process(process.pid), log)
    finally:
        process.kill()
        process.wait()


def _wait_until_ready(health: str, process: subprocess.Popen, log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if process.poll() is not None:
            break
        try:
            if httpx.get(health).status_code == 200:
                return
        except httpx.TransportError:  # it does not listen yet
            pass
        time.sleep(0.2)
    raise SystemExit(f"The server did not become ready:\n{log.read_text(errors='replace')[-2000:]}")
