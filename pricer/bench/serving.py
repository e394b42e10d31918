"""What serving adds to a pass: the page asked by programs, one after the other and many at the same moment.

A fast engine helps nobody if the page around it is slow, or if a crowd waits in line. The page is the product's own, on
a free port of this machine, asked through gradio_client as anybody's program would ask it.
"""

from __future__ import annotations

import os
import socket
import statistics
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

from pricer.pricing.estimator import Estimator

Ask = Callable[[str], object]  # asks the price of one description


@dataclass(frozen=True)
class Latency:
    """Milliseconds of one price: the bare forward pass, the engine, and the page through gradio_client."""

    bare: float
    engine: float
    page: float
    page_95: float


@dataclass(frozen=True)
class LoadResult:
    """So many callers at the same moment, each asking one price after the other; latencies in milliseconds."""

    callers: int
    where: str
    per_second: float
    median: float
    slowest: float


@contextmanager
def served(pricer: Estimator) -> Iterator[str]:
    """The page over `pricer` on a free port of this machine; gives its address."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    from pricer.ui import build_page, launch_options

    page = build_page(pricer)
    where = {"server_name": "127.0.0.1", "server_port": free_port()}
    _, address, _ = page.launch(**where, prevent_thread_lock=True, quiet=True, **launch_options(pricer))
    try:
        yield address
    finally:
        page.close(verbose=False)


def free_port() -> int:
    """A port of this machine that nothing listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def latency(asks: Mapping[str, Ask], texts: Sequence[str]) -> Latency:
    """One price after the other, each asked of "bare", "engine" and "page" in turn."""
    took: dict[str, list[float]] = {name: [] for name in asks}
    for turn, text in enumerate([texts[0], *texts]):
        for name, ask in asks.items():
            milliseconds = _milliseconds(lambda ask=ask, text=text: ask(text))
            if turn:  # the first call warms up
                took[name].append(milliseconds)
    medians = {name: statistics.median(each) for name, each in took.items()}
    page = sorted(took["page"])
    return Latency(**medians, page_95=page[min(len(page) - 1, int(0.95 * len(page)))])


def load_result(ask: Ask, where: str, texts: Sequence[str], callers: int, each: int) -> LoadResult:
    """`callers` threads that start together and ask `each` prices one after the other."""
    start = threading.Barrier(callers)

    def caller(number: int) -> list[float]:
        start.wait()
        mine = [texts[(number * each + turn) % len(texts)] for turn in range(each)]
        return [_milliseconds(lambda text=text: ask(text)) for text in mine]

    with ThreadPoolExecutor(callers) as threads:
        began = time.perf_counter()
        took = [one for many in threads.map(caller, range(callers)) for one in many]
        seconds = time.perf_counter() - began
    return LoadResult(callers, where, len(took) / seconds, statistics.median(took), max(took))


def paste_during_test(pricer: Estimator, texts: Sequence[str], pastes: int) -> tuple[float, float]:
    """Milliseconds of the longest batch of a long run beside us, and of the slowest single price during it."""
    stop, batches = threading.Event(), []

    def tester() -> None:
        while not stop.is_set():
            batches.append(_milliseconds(lambda: pricer.estimate_all(texts[: pricer.batch_size])))

    with ThreadPoolExecutor(1) as threads:
        running = threads.submit(tester)
        try:
            while not batches and not running.done():
                time.sleep(0.01)
            took = []
            for number in range(pastes):
                time.sleep(0.05)
                took.append(_milliseconds(lambda number=number: pricer.estimate_all([texts[number % len(texts)]])))
        finally:
            stop.set()
        running.result()  # raises what the run raised
    return max(batches), max(took)


def _milliseconds(task: Callable[[], object]) -> float:
    began = time.perf_counter()
    task()
    return 1000 * (time.perf_counter() - began)
