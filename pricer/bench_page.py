"""The page under load: what a long run of the Tester costs a visitor's connection, browser and patience.

Serves the page over a pricer that answers at once, drives it with a real Chromium and measures what went over the wire,
how long a click takes, how the server's memory grows and what showing costs. Says nothing about any model.
"""

from __future__ import annotations

import argparse
import gc
import json
import math
import os
import random
import socket
import statistics
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from pricer import tester
from pricer.estimate import TEMPERATURES, Distribution, Estimate
from pricer.items import load_items
from pricer.models import ROWS, ModelInfo

SIZES = (250, 1_000, 10_000)
GOALS = {"bytes_per_item": 400, "click_ms": 200, "memory_mb": 50, "showing": 0.1}
CLICKS_EVERY = 0.7  # seconds
IDLE_CLICKS = 5
_CHROMIUM_ARGUMENTS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run")
_WORDS = ("steel", "oak", "brass", "garden", "office", "kettle", "chair", "lamp", "filter", "hose", "shelf", "keyboard")


class InstantPricer:
    """No model: answers from a table, after as long as a batch takes on a fast GPU. Keeps its times."""

    batch_size = 16

    def __init__(self, items_per_second: float) -> None:
        self._seconds = self.batch_size / items_per_second
        self._lock = threading.Lock()
        self._prices = [_distribution(price) for price in range(10, 1000, 10)]
        self.reset()
        self.info = ModelInfo(
            row=ROWS["bundled"],
            reason="Nothing is priced here: the page is measured.",
            quantization="none",
            compute_dtype="none",
            device="none",
            base_megabytes=0.0,
            vocabulary=1000,
            head=(1000, 1),
            adapter=None,
            load_seconds=0.0,
        )

    def reset(self) -> None:
        """Forget what was asked so far."""
        self.began, self.ended = math.inf, 0.0

    def estimate_all(self, descriptions: Sequence[str], k: int = 3, adapter: bool = True) -> list[Estimate]:  # noqa: ARG002
        began = time.monotonic()
        with self._lock:
            estimates = [
                Estimate(text, len(text.split()), 0, "none", self._prices[len(text) % len(self._prices)], k)
                for text in descriptions
            ]
            time.sleep(max(0.0, began + self._seconds - time.monotonic()))
        self.ended = time.monotonic()
        self.began = min(self.began, began)
        return estimates

    def generate_all(self, descriptions: Sequence[str], adapter: bool = True) -> list[Any]:
        raise NotImplementedError("the page is measured with one pass an item")

    @property
    def wall(self) -> float:
        """Seconds from the first batch to the last."""
        return self.ended - self.began


@dataclass(frozen=True)
class Measured:
    """One run: bytes over the wire for chart and table together, clicks in milliseconds, memory in MB (10⁶ bytes).

    A click is None where the browser answered within 16 ms, too fast to be told; `idle_click_ms` is the slowest of a
    few clicks after the run, what the machine itself needs. `showing` is the server's
    processor time beyond that of the same run without a page, as a share of the run's time.
    """

    n: int
    seconds: float
    bytes_per_item: float
    updates: int
    click_median_ms: float | None
    click_ms: float | None
    clicks: int
    idle_click_ms: float | None
    memory_mb: float
    showing: float
    longest_draw_ms: float
    dots: str


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print; exit code 0 if the goals are met, 1 if not, 2 without a Chromium."""
    parser = argparse.ArgumentParser(prog="python -m pricer bench page", description=__doc__.split("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES), help="items of each run")
    parser.add_argument("--speed", type=float, default=400.0, help="items a second that the pricer answers")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    options = parser.parse_args(argv)
    chromium = _chromium()
    if chromium is None:
        print("No Chromium was found: name one by PRICER_CHROMIUM, or run `make browser`.")
        return 2
    print("The page over a pricer that answers from a table: this measures showing, not pricing.\n")
    measured = measure(chromium, options.sizes, options.speed)
    if options.json:
        options.json.write_text(json.dumps([asdict(run) for run in measured], indent=2) + "\n", encoding="utf-8")
    return 0 if _meets_goals(measured) else 1


def measure(chromium: str, sizes: Sequence[int], speed: float) -> list[Measured]:
    """Run the Tester on the page once for each size, after a small run that warms everything up."""
    from playwright.sync_api import sync_playwright

    pricer = InstantPricer(speed)
    measured = []
    with tempfile.TemporaryDirectory() as folder, _served(pricer) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(_CHROMIUM_ARGUMENTS))
        _one_run(browser, address, pricer, _items(Path(folder), 250))
        for size in sizes:
            run = _one_run(browser, address, pricer, _items(Path(folder), size))
            measured.append(run)
            print(_line(run))
        browser.close()
    return measured


def _one_run(browser: Any, address: str, pricer: InstantPricer, items: tuple[Path, int]) -> Measured:
    path, size = items
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.set_default_timeout(60_000)
    wire = _count_bytes(context.new_cdp_session(page))
    page.goto(address)
    page.get_by_role("tab", name="Test").click()
    page.locator("#test-source input").click()
    page.get_by_role("option", name="A file").click()
    page.locator("#test-file input[type=file]").set_input_files(str(path))
    page.wait_for_selector("#test-file table")
    page.fill("#test-size input", str(size))
    page.evaluate(_WATCH_CLICKS)
    alone = _processor_seconds_alone(pricer, path)
    pricer.reset()
    process = psutil.Process()
    gc.collect()
    wire.clear()
    memory_before = peak = process.memory_info().rss
    began, worked = time.monotonic(), time.process_time()
    page.click("#test-run")
    page.wait_for_selector(".run:not([data-state=idle])")
    while page.locator(".run[data-state=running]").count():
        page.locator(".colours button").nth(1).click(no_wait_after=True)
        peak = max(peak, process.memory_info().rss)
        time.sleep(CLICKS_EVERY)
    seconds = time.monotonic() - began
    page.wait_for_selector(f".run[data-drawn='{size}']")
    page.wait_for_timeout(500)
    worked = time.process_time() - worked
    clicks = page.evaluate("window.clicks.splice(0)")
    for _ in range(IDLE_CLICKS):
        page.locator(".colours button").nth(1).click(no_wait_after=True)
        time.sleep(CLICKS_EVERY)
    idle = page.evaluate("window.clicks")
    dots = page.evaluate("document.querySelector('.truth-plot').data.at(-1).type")
    longest = page.evaluate("Number(document.querySelector('.run').dataset.longestDraw)")
    total, updates = sum(wire), len(wire)
    context.close()
    return Measured(
        size,
        seconds,
        total / size,
        updates,
        statistics.median(clicks) if clicks else None,
        max(clicks) if clicks else None,
        len(clicks),
        max(idle, default=None),
        (peak - memory_before) / 1e6,
        max(0.0, worked - alone) / pricer.wall,
        longest,
        dots,
    )


def _processor_seconds_alone(pricer: InstantPricer, path: Path) -> float:
    """What the Tester takes of the processor for the same items with nobody looking."""
    items = load_items(str(path)).items
    began = time.process_time()
    for _ in tester.run(pricer, items):
        pass
    return time.process_time() - began


# The browser's own measure of an answer: from the press to the next frame on the screen.
_WATCH_CLICKS = """() => {
  window.clicks = [];
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (entry.name === "click") window.clicks.push(entry.duration);
  }).observe({ type: "event", durationThreshold: 16, buffered: false });
}"""


def _count_bytes(session: Any) -> list[int]:
    """A list that grows by the size of each piece of data that the browser receives from events, in bytes."""
    sizes: list[int] = []
    streams: set[str] = set()
    session.send("Network.enable")

    def requested(event: dict[str, Any]) -> None:
        if "/queue/" in event["request"]["url"]:
            streams.add(event["requestId"])

    def received(event: dict[str, Any]) -> None:
        if event["requestId"] in streams:
            sizes.append(event["dataLength"])

    session.on("Network.requestWillBeSent", requested)
    session.on("Network.dataReceived", received)
    return sizes


@contextmanager
def _served(pricer: InstantPricer) -> Any:
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    from pricer.ui import build_page, launch_options

    page = build_page(pricer)
    with socket.socket() as probe:  # a port that nothing else uses
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    where = {"server_name": "127.0.0.1", "server_port": port}
    _, address, _ = page.launch(prevent_thread_lock=True, quiet=True, **where, **launch_options())
    try:
        yield address
    finally:
        page.close(verbose=False)


def _items(folder: Path, size: int) -> tuple[Path, int]:
    """A file of made-up products whose titles are as long as those of a shop, some 60 characters."""
    rng = random.Random(size)
    path = folder / f"{size}.jsonl"
    with path.open("w", encoding="utf-8") as file:
        for number in range(size):
            title = f"{' '.join(rng.choices(_WORDS, k=9)).title()} {number}"
            text = f"{title}\n{' '.join(rng.choices(_WORDS, k=rng.randrange(20, 60)))}"
            price = round(math.exp(rng.gauss(4.5, 1.0)), 2)
            file.write(json.dumps({"title": title, "text": text, "price": min(price, 999.0)}) + "\n")
    return path, size


def _distribution(price: int) -> Distribution:
    prices = np.arange(max(1, price - 20), min(1000, price + 20))
    logits = -((prices - price) ** 2) / 50.0
    ranked = sorted(zip(logits, prices, strict=True), reverse=True)[:20]
    return Distribution(
        top=tuple((str(token), int(token), float(logit)) for logit, token in ranked),
        number_logits=logits,
        number_prices=prices,
        log_partition=tuple(float(np.log(np.exp(logits / t).sum())) + 0.1 for t in TEMPERATURES),
    )


def _chromium() -> str | None:
    import shutil

    names = ("chromium", "chromium-browser", "google-chrome", "chrome")
    return os.environ.get("PRICER_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


def _line(run: Measured) -> str:
    click = (
        "none over 16 ms" if run.click_ms is None else f"{run.click_median_ms:.0f} ms, at most {run.click_ms:.0f} ms"
    )
    return (
        f"{run.n:>7,} items in {run.seconds:.1f} s: {run.bytes_per_item:.0f} bytes an item in {run.updates:,} pieces; "
        f"{run.clicks} clicks, {click} (after it {run.idle_click_ms or 16:.0f} ms); memory +{run.memory_mb:.0f} MB; "
        f"showing {100 * run.showing:.1f} % of the time; longest redraw {run.longest_draw_ms:.0f} ms ({run.dots})"
    )


def _meets_goals(measured: Sequence[Measured]) -> bool:
    print()
    met = True
    for name, goal in GOALS.items():
        worst = max(getattr(run, name) or 0.0 for run in measured)
        met &= worst < goal
        print(f"{name}: {worst:.3g}, goal under {goal}: {'met' if worst < goal else 'NOT MET'}")
    return met


if __name__ == "__main__":
    raise SystemExit(main())
