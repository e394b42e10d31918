"""What serving adds to a pass: the page asked by programs, one after the other and many at the same moment.

The page is the product's own, on a free port of this machine, asked through gradio_client as anybody's program would.
"""

from __future__ import annotations

import os
import socket
import statistics
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

CALLERS = (1, 8, 32)


@dataclass(frozen=True)
class Latency:
    """Milliseconds of one price: the bare forward pass, the engine, and the page through gradio_client."""

    bare: float
    engine: float
    page: float
    page_95: float

    @property
    def engine_ratio(self) -> float:
        return self.engine / self.bare

    @property
    def overhead(self) -> float:
        """What the page adds to the engine, in milliseconds."""
        return self.page - self.engine


@dataclass(frozen=True)
class Crowd:
    """So many callers at the same moment, each asking one price after the other; latencies in milliseconds."""

    callers: int
    where: str
    per_second: float
    median: float
    slowest: float


@contextmanager
def served(pricer: Any) -> Iterator[Any]:
    """A gradio_client connected to the page over `pricer`."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    from gradio_client import Client

    from pricer.ui import build_page, launch_options

    page = build_page(pricer)
    where = {"server_name": "127.0.0.1", "server_port": free_port()}
    _, address, _ = page.launch(**where, prevent_thread_lock=True, quiet=True, **launch_options(pricer))
    try:
        yield Client(address, verbose=False, analytics_enabled=False)
    finally:
        page.close(verbose=False)


def free_port() -> int:
    """A port of this machine that nothing listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def latency(bare: Callable[[str], object], pricer: Any, client: Any, texts: Sequence[str]) -> Latency:
    """One price after the other, each asked of all three in turn."""
    tasks: dict[str, Callable[[str], object]] = {
        "bare": bare,
        "engine": lambda text: pricer.estimate_all([text]),
        "page": lambda text: client.predict(text, api_name="/price"),
    }
    took: dict[str, list[float]] = {name: [] for name in tasks}
    for turn, text in enumerate([texts[0], *texts]):
        for name, task in tasks.items():
            milliseconds = _timed(task, text)
            if turn:  # the first call warms up
                took[name].append(milliseconds)
    medians = {name: statistics.median(each) for name, each in took.items()}
    return Latency(medians["bare"], medians["engine"], medians["page"], _percentile(took["page"], 0.95))


def crowd(ask: Callable[[str], object], where: str, texts: Sequence[str], callers: int, each: int) -> Crowd:
    """`callers` threads that start together and ask `each` prices one after the other."""
    start = threading.Barrier(callers)

    def caller(number: int) -> list[float]:
        start.wait()
        return [_timed(ask, texts[(number * each + turn) % len(texts)]) for turn in range(each)]

    with ThreadPoolExecutor(callers) as threads:
        began = time.perf_counter()
        took = [one for many in threads.map(caller, range(callers)) for one in many]
        seconds = time.perf_counter() - began
    return Crowd(callers, where, len(took) / seconds, statistics.median(took), max(took))


def paste_during_test(pricer: Any, texts: Sequence[str], pastes: int) -> tuple[float, float]:
    """Milliseconds of the longest batch of a long run beside us, and of the slowest single price during it."""
    stop, batches = threading.Event(), []

    def tester() -> None:
        while not stop.is_set():
            batches.append(_timed(pricer.estimate_all, texts[: pricer.batch_size]))

    thread = threading.Thread(target=tester, daemon=True)
    thread.start()
    while not batches:
        time.sleep(0.01)
    took = []
    for number in range(pastes):
        time.sleep(0.05)
        took.append(_timed(pricer.estimate_all, [texts[number % len(texts)]]))
    stop.set()
    thread.join()
    return max(batches), max(took)


def _timed(task: Callable[[Any], object], argument: Any) -> float:
    began = time.perf_counter()
    task(argument)
    return 1000 * (time.perf_counter() - began)


def _percentile(values: Sequence[float], share: float) -> float:
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, int(share * len(ranked)))]
