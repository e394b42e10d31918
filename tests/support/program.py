"""The program that serves the page, in a process of its own: started, waited for, and ended."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests import ROOT

READY_WITHIN = 300  # seconds until a busy machine has loaded the model


@dataclass(frozen=True)
class Program:
    """A program at work: `address` ends with a slash, `log` holds all that it writes."""

    address: str
    pid: int
    log: Path


def free_port() -> int:
    """A port that nobody listens on, far from the one where somebody's own demo may run."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def running(log: Path, environ: Mapping[str, str], command: tuple[str, ...] = ("app.py",)) -> Iterator[Program]:
    """Start Python with `command` on the bundled model and a free port, and wait until it says that it is ready.

    Raises SystemExit with the end of its log if it does not become so.
    """
    port = free_port()
    address = f"http://127.0.0.1:{port}/"
    environ = dict(environ) | {"PRICER_MODEL": "bundled", "GRADIO_SERVER_PORT": str(port), "PYTHONUNBUFFERED": "1"}
    with (
        log.open("w") as output,
        subprocess.Popen(
            [sys.executable, *command], cwd=ROOT, env=environ, stdout=output, stderr=subprocess.STDOUT
        ) as process,
    ):
        try:
            _wait_until_ready(f"{address}health", process, log)
            yield Program(address, process.pid, log)
        finally:
            process.kill()


def _wait_until_ready(health: str, process: subprocess.Popen, log: Path) -> None:
    end = time.monotonic() + READY_WITHIN
    while time.monotonic() < end and process.poll() is None:
        try:
            if httpx.get(health).status_code == 200:
                return
        except httpx.TransportError:  # it does not listen yet
            pass
        time.sleep(0.2)
    raise SystemExit(f"The server did not become ready:\n{log.read_text(errors='replace')[-2000:]}")
