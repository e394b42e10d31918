"""One run of the Tester on the page, driven in a Chromium and measured from both ends: the wire and the server.

Clicks go on while the run is shown, because a page that shows everything and answers nobody would be no use.
"""

from __future__ import annotations

import gc
import statistics
import time
from pathlib import Path

import psutil
from playwright.sync_api import Browser, CDPSession

from pricer.bench.page.goals import Measured
from pricer.bench.page.stand_in import TablePricer
from pricer.items.load import load_items
from pricer.runs import tester

CLICKS_EVERY = 0.7  # seconds
IDLE_CLICKS = 5
IDLE_SECONDS = 2.0

# The browser's own measure of an answer: from the press to the next frame on the screen.
_WATCH_CLICKS = """() => {
  window.clicks = [];
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (entry.name === "click") window.clicks.push(entry.duration);
  }).observe({ type: "event", durationThreshold: 16, buffered: false });
}"""


def one_run(browser: Browser, address: str, pricer: TablePricer, path: Path) -> Measured:
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
        page.locator(".colors button").nth(1).click(no_wait_after=True)
        peak = max(peak, process.memory_info().rss)
        time.sleep(CLICKS_EVERY)
    page.wait_for_selector(f".run[data-drawn='{size}']")
    seconds = time.monotonic() - began
    page.wait_for_timeout(500)
    worked = _server_seconds() - worked - idle_share * (time.monotonic() - began)
    clicks = page.evaluate("window.clicks.splice(0)")
    for _ in range(IDLE_CLICKS):
        page.locator(".colors button").nth(1).click(no_wait_after=True)
        time.sleep(CLICKS_EVERY)
    idle = page.evaluate("window.clicks")
    dots = page.evaluate("document.querySelector('.truth-plot').data.find(({ name }) => name === 'red').type")
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


def _count_bytes(session: CDPSession) -> list[int]:
    """A list that grows by the size of each piece of data that the browser receives from events, in bytes."""
    sizes: list[int] = []
    streams: set[str] = set()
    session.send("Network.enable")

    def requested(event: dict) -> None:
        if "/queue/" in event["request"]["url"]:
            streams.add(event["requestId"])

    def received(event: dict) -> None:
        if event["requestId"] in streams:
            sizes.append(event["dataLength"])

    session.on("Network.requestWillBeSent", requested)
    session.on("Network.dataReceived", received)
    return sizes
