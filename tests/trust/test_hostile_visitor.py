"""Markup in everything that a visitor may write, in a real Chromium: it is shown as text and nothing of it runs."""

import csv
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.support.fakes import FakeCompletion, FakePricer

RUN = "window.hacked = 1"
EVIL = (
    f'<img data-evil src=x onerror="{RUN}"><script data-evil>{RUN}</script><svg data-evil onload="{RUN}"></svg>'
    f"<a data-evil href=\"javascript:{RUN}\">link</a>${{{RUN}}}{{{{{RUN}}}}}\"' onmouseover='{RUN}' %{{x}}"
)
SHORT_EVIL = f'<b data-evil onclick="{RUN}">b</b>'
LINK = '<a href="//evil.test">x</a>'


class EvilPricer(FakePricer):
    """A FakePricer whose candidates and whose writing are markup as well."""

    def _shares(self, text: str, adapter: bool) -> dict[str, float]:
        return super()._shares(text, adapter) | {EVIL: 0.05, LINK: 0.15}

    def generate_all(self, descriptions, **_):
        return [FakeCompletion(EVIL, 5.0) for _ in descriptions]


@pytest.fixture(scope="module")
def pricer() -> EvilPricer:
    return EvilPricer()


@pytest.fixture
def guarded(visit):
    """`guarded(query)`: a page on which no dialog may open; `harmless(page)` looks whether anything came to life."""
    dialogs = []

    def open_page(query: str = "") -> Page:
        page = visit(query)
        page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
        return page

    yield open_page
    assert [] == dialogs


def harmless(page: Page) -> None:
    page.wait_for_timeout(200)  # what would run, runs at once
    assert page.evaluate("window.hacked") is None
    assert 0 == page.locator("[data-evil], [onerror], [onmouseover], a[href^='javascript:']").count()
    assert 0 == page.locator("a[href*='evil.test']").count()


def price(page: Page, text: str) -> None:
    page.fill("#description textarea", text)
    page.click("#price-button")
    expect(page.locator("#price-status")).to_contain_text("Priced in")


def test_markup_in_a_description_is_text_in_every_part_of_tab_price(guarded):
    page = guarded()
    price(page, f"{LINK}, {EVIL}")
    price(page, f"{EVIL}, a kettle. {SHORT_EVIL}, {LINK}")
    harmless(page)
    for section, button, answer in (
        ("#section-why", "#why-start", "#why"),
        ("#section-tuning", "#tuning-start", "#tuning"),
        ("#section-history", '#history button[data-action="beside"]', "#section-history .result table"),
    ):
        page.click(f"{section} > button")
        page.locator(button).first.click()
        expect(page.locator(answer)).to_contain_text("$")
    page.click("#section-all > button")
    expect(page.locator("#all-prices tbody")).to_contain_text("data-evil")
    expect(page.locator("#why")).to_contain_text(f"onmouseover='{RUN}'")  # the model reads no tags
    expect(page.locator("#tuning .written")).to_contain_text("<img␣data-evil")
    page.click("#section-read > button")
    page.locator("#read .phrase").first.hover()
    expect(page.locator("#read .told")).to_contain_text(f"onmouseover='{RUN}'")
    expect(page.locator("#history")).to_contain_text("<img data-evil")
    expect(page.locator("#beside-figure .legendtext").first).to_contain_text(LINK)
    harmless(page)


def test_markup_in_a_link_to_the_page_is_text(guarded):
    page = guarded("?text=A%20kettle%20%3Cimg%20data-evil%20src=x%20onerror=%22window.hacked=1%22%3E")
    expect(page.locator("#price-status")).to_contain_text("Priced in")

    assert page.input_value("#description textarea").startswith("A kettle <img data-evil")
    harmless(page)


@pytest.fixture
def evil_items(tmp_path) -> Path:
    """A CSV file that is markup wherever it can be: its name, columns, titles, texts, categories, prices."""
    path = tmp_path / f"{SHORT_EVIL.replace('/', '')}.csv"
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["title", "text", "price", "category", EVIL])
        for index in range(6):
            rows.writerow([f"{EVIL} {index}", f"{EVIL} word", 40 + index, f"{index % 3} {EVIL}", EVIL])
        rows.writerow([EVIL, "a word for $20.00", "$20.00", EVIL, EVIL])
        rows.writerow([EVIL, EVIL, EVIL[:20], EVIL, EVIL])
    return path


def choose(page: Page, path: Path) -> None:
    page.get_by_role("tab", name="Test").click()
    page.locator("#test-source input").click()
    page.get_by_role("option", name="A file").click()
    page.locator("#test-file input[type=file]").set_input_files(path)
    expect(page.locator("#test-columns")).to_be_visible()


def test_markup_in_a_file_of_items_is_text_in_every_part_of_tab_test(guarded, evil_items, browser):
    page = guarded()
    choose(page, evil_items)
    expect(page.locator("#test-preview")).to_contain_text("8 rows")
    harmless(page)
    page.get_by_label("Description column").click()
    expect(page.get_by_role("option").nth(5)).to_contain_text("<img data-evil")
    page.keyboard.press("Escape")
    page.click("#test-run")
    expect(page.locator(".run[data-state=finished]")).to_be_visible()
    expect(page.locator("#test-note")).to_contain_text("<img data-evil")
    harmless(page)

    dot = page.locator(".truth-plot .point").first
    dot.scroll_into_view_if_needed()
    dot.hover(force=True)
    expect(page.locator(".truth-plot .hoverlayer")).to_contain_text("<img data-evil")
    expect(page.locator(".scroller tr[data-index='0']")).to_contain_text("<img data-evil")
    expect(page.locator("#test-findings")).to_contain_text("<img data-evil")
    harmless(page)

    page.locator("#test-more button").first.click()
    page.get_by_label("Use the adapter").uncheck()  # so that the two runs differ
    page.click("#test-run")
    expect(page.locator("#test-runs tbody").first.locator("tr")).to_have_count(2)
    page.click("#runs-compare")
    expect(page.locator("#runs-difference")).to_contain_text("<img data-evil")
    dot = page.locator("#runs-overlay .point").first
    dot.scroll_into_view_if_needed()
    dot.hover(force=True)
    expect(page.locator("#runs-overlay .hoverlayer")).to_contain_text("<img data-evil")
    harmless(page)

    page.click("#runs-files")
    links = page.locator("#test-runs a[download]")
    expect(links).to_have_count(3)
    with page.expect_download() as download:
        links.nth(2).click()
    harmless(page)
    report = browser.new_page()
    report.goto(f"file://{download.value.path()}")
    report.set_content(Path(download.value.path()).read_text())  # the downloaded file has no ending
    expect(report.locator("body")).to_contain_text("<img data-evil")
    harmless(report)
    report.close()

    page.locator(".scroller tr[data-index='1']").click()
    expect(page.locator(".item .text")).to_contain_text(f"onmouseover='{RUN}'")
    harmless(page)
    page.get_by_role("button", name="Open in Price").click()
    expect(page.locator("#description textarea")).to_have_value(re.compile(f"onmouseover='{RUN}' .* word$"))
    harmless(page)


def test_markup_in_what_is_refused_is_text_in_the_sentence(guarded, tmp_path):
    path = tmp_path / "refused.csv"
    path.write_text(f'"{EVIL.replace(chr(34), chr(34) * 2)}",text\na,b\n')
    page = guarded()
    choose(page, path)
    page.click("#test-run")
    expect(page.locator("#test-problem")).to_contain_text("<img data-evil")
    harmless(page)

    page.locator("#test-source input").click()
    page.get_by_role("option", name="A data set of the Hub").click()
    page.get_by_role("textbox", name="Hub dataset").fill(EVIL)
    page.click("#test-run")
    expect(page.locator("#test-problem")).to_contain_text("names no data set")
    expect(page.locator("#test-problem")).to_contain_text("<img data-evil")
    harmless(page)
