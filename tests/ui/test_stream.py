"""The stream on which a visitor's events are answered, in a real Chromium: it closes, and no press is lost by it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.browser import PATIENCE

# Holds back the word that the stream closes until `let_go()`, as a line may on which it comes later than an answer.
HOLD_BACK = """
const ask = window.fetch;
const held = new Promise((letGo) => { window.let_go = letGo; });
window.closing = 0;
window.fetch = async (...request) => {
  const response = await ask(...request);
  if (!String(request[0].url || request[0]).includes("/queue/data")) return response;
  const late = new TransformStream({
    async transform(chunk, out) {
      if (new TextDecoder().decode(chunk).includes("close_stream")) {
        window.closing += 1;
        await held;
      }
      out.enqueue(chunk);
    },
  });
  return new Response(response.body.pipeThrough(late), response);
};
"""


@pytest.fixture
def slow_page(browser: Browser, address: str) -> Iterator[Page]:
    """A visitor's page whose first events are answered; that their stream closes is still on its way."""
    context = browser.new_context()
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.add_init_script(HOLD_BACK)
    page.goto(address)
    page.wait_for_function("window.closing === 1")
    yield page
    context.close()


def press(page: Page) -> None:
    """Price a text; back when the server has taken it up."""
    page.fill("#description textarea", "one two three")
    with page.expect_response("**/queue/join**"):
        page.click("#price-button")


def test_a_press_is_answered_though_the_stream_closes_while_it_is_taken_up(slow_page):
    press(slow_page)
    slow_page.evaluate("window.let_go()")

    expect(slow_page.locator('#price-card [data-part="price"]')).to_have_text("$29")


def test_a_stream_that_was_opened_again_closes_once_all_is_answered(slow_page):
    press(slow_page)
    slow_page.evaluate("window.let_go()")

    slow_page.wait_for_function("window.closing === 2")
