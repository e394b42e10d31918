"""One run of the Tester on the page, driven in a Chromium and measured from both ends: the wire and the server."""

from __future__ import annotations

import gc
import os
import shutil
import socket
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

from pricer.bench.page.goals import Measured
from pricer.bench.page.stand_in import TablePricer
from pricer.items.load import load_items
from pricer.runs import tester

CHROMIUM_ARGUMENTS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run")
CLICKS_EVERY = 0.7  # seconds
IDLE_CLICKS = 5
IDLE_SECONDS = 2.0
_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")

# The browser's own measure of an answer: from the press to the next frame on the screen.
_WATCH_CLICKS = """() => {
  window.clicks = [];
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (entry.name === "click") window.clicks.push(entry.duration);
  }).observe({ type: "event", durationThreshold: 16, buffered: false });
}"""


def find_chromium() -> str | None:
    """The path of a Chromium: PRICER_CHROMIUM or one on the PATH; None if there is none."""
    return os.environ.get("PRICER_CHROMIUM") or next(filter(None, map(shutil.which, _NAMES)), None)


@contextmanager
def served(pricer: TablePricer) -> Iterator[str]:
    """The page over `pricer` on a free port of this machine; gives its address."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    from pricer.ui import build_page, launch_options

    page = build_page(pricer)
    with socket.socket() as probe:  # a port that nothing else uses
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    where = {"server_name": "127.0.0.1", "server_port": port}
    _, address, _ = page.launch(prevent_thread_lock=True, quiet=True, **where, **launch_options(pricer))
    try:
        yield address
    finally:
        page.close(verbose=False)


def one_run(browser: Any, address: str, pricer: TablePricer, path: Path) -> Measured:
    """A fresh visitor tests all items of the file `path` while clicks go on."""
    size = len(load_items(str(path)).items)
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
    idle_share = _idle_share()
    pricer.reset()
    process = psutil.Process()
    gc.collect()
    wire.clear()
    memory_before = peak = process.memory_info().rss
    began, worked = time.monotonic(), _server_seconds()
    page.click("#test-run")
    page.wait_for_selector(".run:not([data-state=idle])")
    while page.locator(".run[data-state=running]").count():
        page.locator(".colours button").nth(1).click(no_wait_after=True)
        peak = max(peak, process.memory_info().rss)
        time.sleep(CLICKS_EVERY)
    page.wait_for_selector(f".run[data-drawn='{size}']")
    seconds = time.monotonic() - began
    page.wait_for_timeout(500)
    worked = _server_seconds() - worked - idle_share * (time.monotonic() - began)
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
        n=size,
        seconds=seconds,
        pricing_seconds=pricer.wall,
        showing_seconds=max(0.0, worked - alone),
        bytes_per_item=total / size,
        updates=updates,
        click_median_ms=statistics.median(clicks) if clicks else None,
        click_ms=max(clicks) if clicks else None,
        clicks=len(clicks),
        idle_click_ms=max(idle, default=None),
        memory_mb=(peak - memory_before) / 1e6,
        longest_draw_ms=longest,
        dots=dots,
    )


def _server_seconds() -> float:
    """Processor time of the server so far: of this process without this thread, which plays the visitor."""
    return time.process_time() - time.thread_time()


def _idle_share() -> float:
    """What the server takes of a processor while nobody does anything: it looks at its queue a thousand times a second.

    That goes on whether a run is shown or not, so that no run is charged with it.
    """
    began, worked = time.monotonic(), _server_seconds()
    time.sleep(IDLE_SECONDS)
    return (_server_seconds() - worked) / (time.monotonic() - began)


def _processor_seconds_alone(pricer: TablePricer, path: Path) -> float:
    """What the Tester takes of the processor for the same items with nobody looking."""
    items = load_items(str(path)).items
    began = time.thread_time()
    for _ in tester.run(pricer, items):
        pass
    return time.thread_time() - began


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
