"""Makes the pictures of the README: starts the demo, prices a product, runs a test, and photographs both tabs.

Run it from the repository's root: `.venv/bin/python docs/make_pictures.py`. Needs a Chromium (`make browser`).
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")

from playwright.sync_api import Page, sync_playwright

from pricer.engine import open_pricer
from pricer.ui import build_page, launch_options

FOLDER = Path(__file__).parent / "pictures"
DESCRIPTION = """Over-ear wireless headphones with active noise cancelling
30 hours of battery life, fast charging by USB-C, touch controls, folding case included.
Two microphones for calls; connects to two devices at a time."""


def price(page: Page) -> None:
    """Tab "Price" with an answer."""
    page.get_by_label("Description").first.fill(DESCRIPTION)
    page.get_by_role("button", name="Price it").click()
    page.wait_for_selector("text=/\\$[0-9]+/", timeout=60_000)
    page.wait_for_timeout(1500)


def run_test(page: Page) -> None:
    """Tab "Test" after a run."""
    page.get_by_role("tab", name="Test").click()
    page.get_by_role("button", name="Run the test").click()
    page.wait_for_selector("text=/250 of 250|done/i", timeout=180_000)
    page.wait_for_timeout(1500)


def main() -> None:
    """Write the pictures, light and dark."""
    FOLDER.mkdir(exist_ok=True)
    demo = build_page(open_pricer("bundled"))
    _, url, _ = demo.launch(server_name="127.0.0.1", prevent_thread_lock=True, quiet=True, **launch_options())
    with sync_playwright() as playwright:
        chromium = shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for theme in ("light", "dark"):
            for name, act in (("price", price), ("test", run_test)):
                page = browser.new_page(viewport={"width": 1280, "height": 900})
                page.goto(f"{url}?__theme={theme}")
                act(page)
                page.screenshot(path=FOLDER / f"{name}-{theme}.png")
                page.close()
        browser.close()
    demo.close()


if __name__ == "__main__":
    main()
