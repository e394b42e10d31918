"""Tab "Test" with the model that comes with the package, in a real Chromium: one visit, from run to report."""

import csv
import json
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from pricer.items.load import load_items

N, SEED = 60, 7
ITEMS = load_items("bundled", N, SEED).items


@pytest.fixture(scope="module")
def pricer(bundled_pricer):
    """The page of this module answers by the bundled model."""
    return bundled_pricer


def run(page: Page, size: int = N) -> None:
    page.fill("#test-size input", str(size))
    page.click("#test-run")


def ended(page: Page, runs: int) -> None:
    """Wait until so many runs have ended."""
    expect(page.locator("#test-runs tbody").first.locator("tr")).to_have_count(runs)
    expect(page.locator("#test-run")).to_be_enabled()


def drawn(page: Page) -> int:
    return int(page.locator("#test-live .run").get_attribute("data-drawn") or 0)


def zoom(page: Page) -> list[float]:
    """Draw a box over the lower half of the scatter; gives the range of the axis that is left."""
    page.locator(".truth-plot").scroll_into_view_if_needed()
    area = page.locator(".truth-plot .nsewdrag").first.bounding_box()
    left, bottom = area["x"], area["y"] + area["height"]
    page.mouse.move(left + 10, bottom - 10)
    page.mouse.down()
    page.mouse.move(left + 170, bottom - 170, steps=4)
    page.mouse.up()
    page.wait_for_function("document.querySelector('.truth-plot').layout.xaxis.range[0] > 0")
    return page.evaluate("document.querySelector('.truth-plot').layout.xaxis.range")


def choose_sample(page: Page) -> None:
    page.get_by_role("tab", name="Test").click()
    page.locator("#test-more button").first.click()
    page.get_by_label("A random sample").check()
    page.locator("#test-seed input").fill(str(SEED))


def test_a_visit_runs_compares_keeps_and_opens_what_it_tested(visit, browser, tmp_path):
    page = visit()
    choose_sample(page)
    page.get_by_label("Reading").click()
    page.get_by_role("option", name="Median").click()  # which every item has, with or without the adapter
    run(page)
    ended(page, 1)
    expect(page.locator("#test-live .run")).to_have_attribute("data-drawn", str(N))
    expect(page.locator("#test-note")).to_contain_text(f"A random sample with seed {SEED}.")
    decoders = page.locator("#test-findings section", has_text="Ways to read the price").locator("tbody tr")
    rows = ["Weighted top 3", "Most likely", "Mean", "Median", "Always $"]
    expect(decoders.locator("th")).to_contain_text(rows)
    first_error = page.locator("#test-runs tbody").first.locator("tr").nth(0).locator("td").nth(3).inner_text()

    page.get_by_label("Use the adapter").uncheck()
    run(page)
    ended(page, 2)
    expect(page.locator("#test-runs tbody").first.locator("tr").nth(1)).to_contain_text("adapter off")
    page.click("#runs-compare")
    expect(page.locator("#runs-overlay .point")).to_have_count(2 * N)
    difference = page.locator("#runs-difference")
    expect(difference).to_contain_text("Paired difference")
    expect(difference).to_contain_text(f"{N} items have a price in both.")
    expect(difference).to_contain_text(first_error.split(" ")[0])  # the same error as in the list

    page.locator(".scroller").evaluate("scroller => { scroller.scrollTop = scroller.scrollHeight; }")
    page.locator(f".scroller tr[data-index='{N - 1}']").click()
    page.get_by_role("button", name="Open in Price").click()
    expect(page.locator("#description textarea")).to_have_value(ITEMS[-1].text)
    expect(page.locator("#price-card")).to_contain_text(f"${ITEMS[-1].price:,.2f}".removesuffix(".00"))

    page.get_by_role("tab", name="Test").click()
    page.click("#runs-files")
    links = page.locator("#test-runs a[download]")
    expect(links).to_have_count(3)
    kept = {}
    for link in links.all():
        with page.expect_download() as download:
            link.click()
        path = tmp_path / download.value.suggested_filename
        download.value.save_as(path)
        kept[path.suffix] = path
    assert [item.title for item in ITEMS] == [row["title"] for row in csv.DictReader(kept[".csv"].open())]
    told = json.loads(kept[".json"].read_text())
    assert (SEED, False, N) == (told["settings"]["seed"], told["settings"]["adapter"], told["n"])
    check_report(browser, kept[".html"])


def check_report(browser, path: Path) -> None:
    """The report opens with no network, says nothing to the console and draws all its dots."""
    context = browser.new_context(offline=True)
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(path.as_uri())
    expect(page.locator("svg.scatter g[class]")).to_have_count(N)
    expect(page.locator("h1")).to_contain_text("adapter off")
    context.close()
    assert [] == said


def test_a_run_can_be_zoomed_while_it_goes_on_and_stopped(visit):
    page = visit()
    choose_sample(page)
    run(page, len(load_items("bundled").items))
    expect(page.locator(".truth-plot .point").first).to_be_visible()
    zoomed, before = zoom(page), drawn(page)
    page.wait_for_function(f"Number(document.querySelector('.run').dataset.drawn) > {before}")
    assert zoomed == page.evaluate("document.querySelector('.truth-plot').layout.xaxis.range")

    page.click("#test-stop")
    ended(page, 1)
    expect(page.locator(".run[data-state=stopped]")).to_be_visible()
    expect(page.locator(".sentence")).to_contain_text("Results so far are kept")
    expect(page.locator("#test-findings")).to_contain_text("Ways to read the price")
