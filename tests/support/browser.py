"""A real page in a real browser: fixtures for tests that look at what a visitor sees.

The Chromium is the one that pricer/bench/page/chromium.py finds. Where there is none, these tests are skipped under
one visible line; with PRICER_REQUIRE_BROWSER=1 they fail instead.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, expect

from pricer.bench.page.chromium import chromium, find_chromium
from pricer.ui import build_page, launch_options
from tests.support.fakes import FakePricer
from tests.support.program import free_port

MISSING = "no Chromium was found: browser tests were skipped; `make browser` installs one"
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
PATIENCE = 30_000  # milliseconds: test machines are busy
_SKIPPED = pytest.StashKey[int]()

expect.set_options(timeout=PATIENCE)


@contextmanager
def served(pricer: object) -> Iterator[str]:
    """A page over `pricer` on a free port of this machine; gives its address, ending in a slash."""
    page = build_page(pricer)
    _, address, _ = page.launch(
        server_name="127.0.0.1", server_port=free_port(), prevent_thread_lock=True, quiet=True, **launch_options(pricer)
    )
    try:
        yield address
    finally:
        page.close(verbose=False)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip browser tests where there is no browser, unless one is required."""
    wanted = [item for item in items if "browser" in getattr(item, "fixturenames", ())]
    if not wanted or find_chromium():
        return
    if os.environ.get("PRICER_REQUIRE_BROWSER") == "1":
        raise pytest.UsageError("PRICER_REQUIRE_BROWSER is 1 and no Chromium was found: `make browser` installs one.")
    for item in wanted:
        item.add_marker(pytest.mark.skip(reason=MISSING))
    config.stash[_SKIPPED] = len(wanted)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say what was skipped in one line that also a quiet run shows."""
    if config.stash.get(_SKIPPED, 0):
        terminalreporter.write_line(f"{MISSING} ({config.stash[_SKIPPED]} tests)", yellow=True)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium(find_chromium()) as running:
        yield running


@pytest.fixture(scope="module")
def pricer() -> FakePricer:
    """Whose answers the page shows; a module of tests may have its own."""
    return FakePricer()


@pytest.fixture(scope="module")
def address(pricer: object) -> Iterator[str]:
    """Where the page is served for this module of tests."""
    with served(pricer) as url:
        yield url


@pytest.fixture
def visit(browser: Browser, address: str) -> Iterator[Callable[..., Page]]:
    """`visit(query="", size=DESKTOP)`: a fresh visitor's page, failing the test on an uncaught error in the browser."""
    contexts = []
    errors: list[str] = []

    def open_page(query: str = "", size: dict[str, int] = DESKTOP) -> Page:
        context = browser.new_context(viewport=size, has_touch=size is PHONE, is_mobile=size is PHONE)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"{address}{query}")
        page.wait_for_selector("#description textarea")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert [] == errors
