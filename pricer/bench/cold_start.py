"""Cold start: what a visitor waits for after a Space woke up, and the memory that the app then holds.

Measured on `python app.py` in a process of its own, because what this process has already imported must not count.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import psutil
from gradio_client import Client

from pricer.bench.serving import free_port

_DESCRIPTION = "Stainless steel water bottle, 32 oz, vacuum insulated, keeps drinks cold for 24 hours"
_ROOT = Path(__file__).parent.parent.parent
_LONGEST = 1800.0  # seconds: the first start of a large model fetches it


@dataclass(frozen=True)
class ColdStart:
    """Seconds from `python app.py` to the first answered page and to the first price, and its memory in MB then."""

    page: float
    price: float
    resident_megabytes: float


def cold_start(model: str) -> ColdStart:
    """Start the demo with a model of the table, ask for its page until it answers, then for one price.

    Raises RuntimeError if the app ends or does not answer.
    """
    port = free_port()
    settings = {"GRADIO_SERVER_NAME": "127.0.0.1", "GRADIO_SERVER_PORT": str(port), "PRICER_MODEL": model}
    address = f"http://127.0.0.1:{port}"
    began = time.perf_counter()
    app = subprocess.Popen(
        [sys.executable, "app.py"],
        cwd=_ROOT,
        env=os.environ | settings | {"GRADIO_ANALYTICS_ENABLED": "False"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(address, app, began + _LONGEST)
        page = time.perf_counter() - began
        Client(address, verbose=False, analytics_enabled=False).predict(_DESCRIPTION, api_name="/price")
        price = time.perf_counter() - began
        resident = psutil.Process(app.pid).memory_info().rss / 1e6
    finally:
        app.terminate()
        app.wait()
    return ColdStart(page, price, resident)


def _wait_for(address: str, app: subprocess.Popen, until: float) -> None:
    while time.perf_counter() < until:
        if app.poll() is not None:
            raise RuntimeError(f"app.py ended with exit code {app.returncode} before it answered.")
        try:
            with urllib.request.urlopen(address, timeout=30) as answer:
                answer.read()
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.05)
    raise RuntimeError("app.py did not answer.")
