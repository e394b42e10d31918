"""Makes the pictures of the README and of links to the page: prices a product, runs a test, photographs each.

Run it from the repository's root: `.venv/bin/python -m docs.make_pictures`. Needs a Chromium (`make browser`).
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from pricer.ui.server.preview import PICTURE, PICTURE_SIZE

FOLDER = Path(__file__).parent / "pictures"
SECONDS = 1000
DESCRIPTION = """Over-ear wireless headphones with active noise cancelling
30 hours of battery life, fast charging by USB-C, touch controls, folding case included.
Two microphones for calls; connects to two devices at a time."""
_OF_LINK = """
#head p, .tab-wrapper, .examples, footer, .block:has(> button.label-wrap), #copy-link { display: none !important; }
.gradio-container main { padding-top: 40px !important; } #head h1 { font-size: 44px !important; }
"""


def answer(page: Page) -> None:
    """Tab "Price" with an answer."""
    page.fill("#description textarea", DESCRIPTION)
    page.click("#price-button")
    page.locator("#price-card .bars .bar").first.wait_for(timeout=60 * SECONDS)


def price(page: Page) -> None:
    """Tab "Price" with an answer, and its first section open."""
    answer(page)
    page.get_by_role("button", name="How sure is it?").click()
    page.wait_for_selector("#section-all .main-svg", timeout=30 * SECONDS)


def run_test(page: Page) -> None:
    """Tab "Test" after the course's 250 items."""
    page.get_by_role("tab", name="Test").click()
    page.click("#test-run")
    page.locator(".run[data-state=finished]").wait_for(timeout=300 * SECONDS)


def preview(page: Page) -> None:
    """The picture that stands for a link: description and answer alone."""
    answer(page)
    page.add_style_tag(content=_OF_LINK)
    page.wait_for_timeout(SECONDS)
    page.screenshot(path=PICTURE, quality=70)


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
        width, height = PICTURE_SIZE
        page = browser.new_page(viewport={"width": width, "height": height})
        page.goto(f"{url}?__theme=light")
        preview(page)
        browser.close()
    demo.close()


if __name__ == "__main__":
    main()
