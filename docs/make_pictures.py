"""Makes the pictures of the README: prices a product, opens what lies below, runs a test, photographs each.

Run it from the repository's root: `.venv/bin/python -m docs.make_pictures`. Needs a Chromium (`make browser`).
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

FOLDER = Path(__file__).parent / "pictures"
SECONDS = 1000
DESCRIPTION = """Over-ear wireless headphones with active noise cancelling
30 hours of battery life, fast charging by USB-C, touch controls, folding case included.
Two microphones for calls; connects to two devices at a time."""


def price(page: Page) -> None:
    """Tab "Price" with an answer, and its first section open."""
    page.fill("#description textarea", DESCRIPTION)
    page.click("#price-button")
    page.wait_for_function("document.querySelector('#price-card').innerText.includes('$')", timeout=60 * SECONDS)
    page.get_by_role("button", name="How sure is it?").click()
    page.wait_for_selector("#section-all .main-svg", timeout=30 * SECONDS)


def run_test(page: Page) -> None:
    """Tab "Test" after the course's 250 items."""
    page.get_by_role("tab", name="Test").click()
    page.click("#test-run")
    page.wait_for_function("document.body.innerText.includes('250 of 250')", timeout=300 * SECONDS)


def main() -> None:
    """Write the pictures, light and dark."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    from pricer.model.engine import open_pricer
    from pricer.ui import build_page, launch_options

    FOLDER.mkdir(exist_ok=True)
    pricer = open_pricer("bundled")
    demo = build_page(pricer)
    _, url, _ = demo.launch(server_name="127.0.0.1", prevent_thread_lock=True, quiet=True, **launch_options(pricer))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-background-networking"]
        )
        for theme in ("light", "dark"):
            for name, act in (("price", price), ("test", run_test)):
                page = browser.new_page(viewport={"width": 1200, "height": 800})
                page.goto(f"{url}?__theme={theme}")
                act(page)
                page.wait_for_timeout(2 * SECONDS)
                page.screenshot(path=FOLDER / f"{name}-{theme}.png", full_page=True)
                page.close()
        browser.close()
    demo.close()


if __name__ == "__main__":
    main()
