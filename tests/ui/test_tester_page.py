"""Tab "Test" in a real Chromium over a fake pricer: run, watch, stop, leave, open an item."""

import csv
import re
import struct
import time
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import DESKTOP, PHONE
from tests.support.fakes import FakePricer
from tests.support.pixels import color_at

LONG = 4000  # items: minutes of this pricer, so that no busy machine is through before it is stopped
HOSTILE = '<img src=x onerror="window.hacked = 1"><b>bold</b>'


class SlowPricer(FakePricer):
    """A FakePricer that takes a moment for each batch of ten, and breaks at a text that says so."""

    def __init__(self) -> None:
        super().__init__(batch_size=10, seconds=0.3)

    def estimate_all(self, descriptions, **options):
        if any("break" in text for text in descriptions):
            raise ZeroDivisionError("as a model that has a bug")
        return super().estimate_all(descriptions, **options)


@pytest.fixture(scope="module")
def pricer() -> SlowPricer:
    return SlowPricer()


@pytest.fixture
def items(tmp_path):
    """`items(n)`: a CSV file of n products of two to six words; each costs $10 more than the FakePricer says."""

    def write(count: int, title: str = "Product") -> str:
        path = tmp_path / f"{count}.csv"
        with path.open("w", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(["title", "text", "price"])
            for index in range(count):
                words = 2 + index % 5
                rows.writerow([f"{title} {index}", " ".join(["word"] * words), 10 * words - 1.25 + 10])
        return str(path)

    return write


def choose_file(page: Page, path: str) -> None:
    """Open the tab, choose a file of items and wait for what is found in it, which moves all that stands below."""
    page.get_by_role("tab", name="Test").click()
    page.locator("#test-source input").click()
    page.get_by_role("option", name="A file").click()
    page.locator("#test-file input[type=file]").set_input_files(path)
    expect(page.locator("#test-file")).to_contain_text(Path(path).stem)
    expect(page.locator("#test-preview")).to_be_visible()


def run(page: Page, path: str, size: int = 250) -> None:
    choose_file(page, path)
    page.fill("#test-size input", str(size))
    page.click("#test-run")


def figure(page: Page, name: str):
    return page.locator(f'.figures div:has(dt:text-is("{name}")) dd')


def done(page: Page) -> int:
    return int(page.locator("#test-live .run").get_attribute("data-drawn") or 0)


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_run_of_30_items_draws_30_dots_and_30_rows(visit, items, size):
    page = visit(size=size)
    run(page, items(30))

    expect(page.locator(".run[data-state=finished]")).to_be_visible()
    expect(page.locator(".run")).to_have_attribute("data-drawn", "30")
    expect(page.locator(".truth-plot .point")).to_have_count(30)
    expect(figure(page, "Progress")).to_have_text("30 / 30")
    expect(figure(page, "Average error")).to_have_text("$10.00 ± 0.00")
    expect(figure(page, "Green")).to_have_text("100%")
    expect(page.locator(".sentence")).to_contain_text("30 items in ")
    page.locator(".scroller").evaluate("element => { element.scrollTop = 0; }")
    cells = ["Product 0", "1", "$18.75", "$28.75", "$10", "0.17", "●" if size is PHONE else "● green"]
    expect(page.locator(".scroller tr[data-index='0'] > *")).to_have_text(cells)
    told = {True: ("Tap a dot", "drag to zoom"), False: ("drag to zoom", "Tap a dot")}[size is PHONE]
    assert told[0] in page.locator(".caption").first.inner_text()
    assert told[1] not in page.locator(".caption").first.inner_text()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_stop_takes_effect_within_a_batch_and_keeps_what_is_done(visit, items, pricer):
    page = visit()
    run(page, items(LONG), LONG)
    expect(page.locator(".truth-plot .point").first).to_be_visible()
    page.click("#test-stop")
    asked = len(pricer.batches)

    expect(page.locator(".run[data-state=stopped]")).to_be_visible()
    expect(page.locator("#test-run")).to_be_enabled()
    expect(page.locator("#test-stop")).to_be_disabled()
    assert len(pricer.batches) <= asked + 1
    assert 0 < done(page) < LONG
    told = re.compile(rf"^Stopped after (\d+) of {LONG:,} items\. Results so far are kept\.$")
    expect(page.locator(".sentence")).to_have_text(told)
    kept = told.match(page.locator(".sentence").inner_text()).group(1)
    expect(page.locator("#test-live .run")).to_have_attribute("data-drawn", kept)


def test_after_a_stop_another_run_begins_from_nothing(visit, items):
    page = visit()
    run(page, items(LONG), LONG)
    expect(page.locator(".truth-plot .point").first).to_be_visible()
    page.click("#test-stop")
    expect(page.locator("#test-run")).to_be_enabled()
    page.fill("#test-size input", "20")
    page.click("#test-run")

    expect(page.locator(".run[data-state=finished]")).to_be_visible()
    expect(page.locator(".truth-plot .point")).to_have_count(20)
    expect(figure(page, "Progress")).to_have_text("20 / 20")


def test_another_reading_may_be_chosen_while_a_run_goes(visit, items):
    page = visit()
    run(page, items(LONG), LONG)
    estimate = page.locator(".scroller tr[data-index='0'] > *").nth(2)
    expect(page.locator(".truth-plot .point").first).to_be_visible()
    page.locator("#test-method input").click()
    page.get_by_role("option", name="Median").click()

    page.wait_for_function("document.querySelector('.figures').textContent.includes('$8.75')")  # $28.75 less the median
    expect(page.locator(".run[data-state=running]")).to_be_visible()
    page.click("#test-stop")
    expect(page.locator(".run[data-state=stopped]")).to_be_visible()
    page.locator(".scroller").evaluate("element => { element.scrollTop = 0; }")
    expect(estimate).to_have_text("$20")
    expect(page.locator("#test-findings .marked")).to_contain_text("Median")


def test_one_div_lives_through_the_run_and_keeps_its_zoom(visit, items):
    page = visit()
    run(page, items(LONG), LONG)
    expect(page.locator(".truth-plot .point").first).to_be_visible()
    page.locator(".truth-plot").scroll_into_view_if_needed()
    page.evaluate("window.drawing = document.querySelector('.truth-plot .main-svg')")
    area = page.locator(".truth-plot .nsewdrag").first.bounding_box()
    left, bottom = area["x"], area["y"] + area["height"]
    page.mouse.move(left + 20, bottom - 20)
    page.mouse.down()
    page.mouse.move(left + 150, bottom - 150, steps=5)
    page.mouse.up()
    page.wait_for_function("document.querySelector('.truth-plot').layout.xaxis.range[0] > 0")
    zoomed, before = page.evaluate("document.querySelector('.truth-plot').layout.xaxis.range"), done(page)

    page.wait_for_function(f"Number(document.querySelector('.run').dataset.drawn) > {before}")
    assert zoomed == page.evaluate("document.querySelector('.truth-plot').layout.xaxis.range")
    assert page.evaluate("window.drawing === document.querySelector('.truth-plot .main-svg')")
    page.click("#test-stop")
    expect(page.locator(".run[data-state=stopped]")).to_be_visible()


def test_a_title_full_of_markup_is_only_text(visit, items):
    page = visit()
    run(page, items(3, title=HOSTILE))
    expect(page.locator(".truth-plot .point")).to_have_count(3)

    expect(page.locator("tr[data-index='0']")).to_have_attribute("title", f"{HOSTILE} 0")
    dot = page.locator(".truth-plot .point").first
    dot.scroll_into_view_if_needed()
    dot.hover(force=True)
    expect(page.locator(".truth-plot .hoverlayer")).to_contain_text("<b>bold</b>")
    expect(page.locator(".truth-plot .hoverlayer")).to_contain_text("actual price $28.75")
    assert page.evaluate("window.hacked") is None
    assert 0 == page.locator("#test-live img").count()


def test_a_clicked_dot_opens_its_item_beside_the_list(visit, items):
    page = visit()
    run(page, items(10))
    expect(page.locator(".run[data-state=finished]")).to_be_visible()
    dot = page.locator(".truth-plot .point").first
    dot.scroll_into_view_if_needed()
    box = dot.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)

    expect(page.locator(".item .text")).to_have_text("word word")
    expect(page.get_by_role("tab", name="Test")).to_have_attribute("aria-selected", "true")


# Presses a button; tells how many frames came before the chart is drawn anew, and whether it looks pressed by then.
PRESS = """(button) => new Promise((drawn) => {
  const { react } = Plotly;
  let frames = 0;
  Plotly.react = (...given) => {
    Plotly.react = react;
    drawn([frames, button.ariaPressed]);
    return react(...given);
  };
  button.click();
  requestAnimationFrame(() => { frames += 1; });
})"""


@pytest.mark.parametrize("button", [".colors button >> nth=1", "[data-scale=log]"])
def test_a_press_is_seen_before_the_chart_is_drawn_anew(visit, items, button):
    page = visit()
    run(page, items(10))
    expect(page.locator(".run[data-drawn='10']")).to_be_visible()
    pressed = "false" if "colors" in button else "true"

    assert [1, pressed] == page.locator(button).evaluate(PRESS)


def test_a_closed_page_ends_its_run_soon(visit, items, pricer):
    page = visit()
    run(page, items(LONG), LONG)
    expect(page.locator(".truth-plot .point").first).to_be_visible()
    page.close()
    seen = [-1, len(pricer.batches)]
    for _ in range(10):  # a busy server may take seconds to notice
        time.sleep(2)
        seen.append(len(pricer.batches))
        if seen[-1] == seen[-2]:
            break

    assert seen[-2] == seen[-1] < LONG // 10


def test_a_paste_is_answered_while_another_visitor_runs_a_test(visit, items):
    runner, paster = visit(), visit()
    run(runner, items(LONG), LONG)
    expect(runner.locator(".truth-plot .point").first).to_be_visible()
    paster.fill("#description textarea", "one two three")
    paster.click("#price-button")

    expect(paster.locator("#price-card")).to_contain_text("$29")
    expect(runner.locator(".run[data-state=running]")).to_be_visible()
    assert done(runner) < LONG
    runner.click("#test-stop")
    expect(runner.locator("#test-run")).to_be_enabled()


def test_a_mistake_is_a_sentence_at_the_fields_and_the_buttons_come_back(visit, tmp_path):
    page = visit()
    page.get_by_role("tab", name="Test").click()
    page.locator("#test-source input").click()
    page.get_by_role("option", name="A file").click()
    page.click("#test-run")
    expect(page.locator("#test-problem")).to_contain_text("Choose a file first")
    expect(page.locator("#test-run")).to_be_enabled()

    path = tmp_path / "no_prices.csv"
    path.write_text("title,text\nKettle,A kettle\n")
    page.locator("#test-file input[type=file]").set_input_files(str(path))
    expect(page.locator("#test-preview")).to_contain_text("1 row; text: 'text', no price")
    expect(page.locator("#test-preview")).to_contain_text("Choose the column of prices.")
    page.click("#test-run")
    expect(page.locator("#test-problem")).to_contain_text("has no prices")
    expect(page.locator("#test-run")).to_be_enabled()
    expect(page.locator("#test-stop")).to_be_disabled()


def test_a_model_that_breaks_is_said_to_have_failed_and_what_was_done_is_kept(visit, tmp_path):
    path = tmp_path / "breaks.csv"
    path.write_text("title,text,price\n" + "Fine,one two,20\n" * 10 + "Bad,break,20\n")
    page = visit()
    run(page, str(path))

    expect(page.locator(".run[data-state=failed]")).to_be_visible()
    expect(page.locator(".sentence")).to_contain_text("The model failed at this point")
    expect(figure(page, "Progress")).to_have_text("10 / 11")
    expect(page.locator("#test-run")).to_be_enabled()
    expect(page.locator("#test-stop")).to_be_disabled()


def test_after_a_run_its_findings_appear_beneath(visit, items):
    page = visit()
    run(page, items(30))

    findings = page.locator("#test-findings")
    expect(findings).to_contain_text("Ways to read the price")
    expect(findings.locator(".marked")).to_contain_text("Weighted top 3")
    expect(findings).to_contain_text("By price")
    expect(findings).to_contain_text("30 too low, 0 right or too high")
    expect(findings).not_to_contain_text("Reported by the course")


def test_a_student_runs_twice_compares_by_name_and_takes_a_picture_along(visit, items):
    page = visit()
    run(page, items(20))
    runs = page.locator("#test-runs tbody").first.locator("tr")
    expect(runs).to_have_count(1)
    page.locator("#test-more button").first.click()
    page.get_by_label("Use the adapter").uncheck()
    page.click("#test-run")
    expect(runs).to_have_count(2)
    expect(runs.nth(1)).to_contain_text("adapter off")
    page.click("#runs-compare")

    # The texts have 2 to 6 words and cost 28.75 to 68.75. With the adapter off all is said to cost $7: the errors are
    # 21.75 to 61.75, the mean 41.75 instead of 10.
    expect(page.locator("#runs-difference")).to_contain_text("+$31.75")
    expect(page.locator("#runs-overlay .point")).to_have_count(40)
    with page.expect_download() as download:
        page.get_by_role("button", name="Save picture").click()
    assert "run-2-the-bundled-model-adapter-off-on-20-csv.png" == download.value.suggested_filename
    picture = Path(download.value.path()).read_bytes()
    assert (2000, 2000) == struct.unpack(">II", picture[16:24])  # width and height, where a PNG has them
    assert [255, 255, 255, 255] == color_at(page, picture, 3, 3)
    assert "Run 2 · adapter off · $42" == page.locator("#runs-first input").input_value()
    assert "Run 1 · $10" == page.locator("#runs-second input").input_value()
    expect(page.locator("#runs-overlay .legendtext")).to_have_text(["Run 1", "Run 2"])


def test_the_files_of_a_run_can_be_kept(visit, items):
    page = visit()
    run(page, items(10))
    expect(page.locator("#test-runs")).to_be_visible()
    page.click("#runs-files")
    links = page.locator("#test-runs a[download]")
    expect(links).to_have_count(3)

    with page.expect_download() as download:
        links.first.click()
    rows = list(csv.DictReader(Path(download.value.path()).read_text().splitlines()))
    assert 10 == len(rows)
    assert "Product 0" == rows[0]["title"]


def test_a_random_sample_shows_its_seed_and_a_leak_is_named(visit, tmp_path):
    path = tmp_path / "leaks.csv"
    path.write_text("title,text,price\nOne,a kettle,20\nTwo,a lamp for $20 today,20\nThree,a chair,30\n")
    page = visit()
    choose_file(page, str(path))
    page.locator("#test-more button").first.click()
    page.get_by_label("A random sample").check()
    page.locator("#test-seed input").fill("7")
    page.click("#test-run")

    expect(page.locator("#test-note")).to_contain_text("A random sample with seed 7.")
    expect(page.locator("#test-note")).to_contain_text("1 item with the price in the text (Two)")


def test_columns_chosen_of_a_file_that_is_gone_spoil_no_further_run(visit, tmp_path):
    path = tmp_path / "named.csv"
    path.write_text("what,cost,other\na kettle of steel,48.75,1\n")
    page = visit()
    choose_file(page, str(path))
    for name, column in (("Description column", "what"), ("Price column", "cost")):
        page.get_by_label(name).click()
        page.get_by_role("option", name=column, exact=True).click()
        page.keyboard.press("Escape")
        expect(page.get_by_role("option")).to_have_count(0)
    page.locator("#test-file").get_by_role("button", name="Clear").click()
    expect(page.locator("#test-columns")).to_be_hidden()
    page.locator("#test-source input").click()
    page.get_by_role("option", name="Bundled items").click()
    page.fill("#test-size input", "10")
    page.click("#test-run")

    expect(figure(page, "Progress")).to_have_text("10 / 10")


def test_a_double_click_on_a_dot_shows_the_whole_chart_again_and_opens_nothing(visit, items):
    page = visit()
    page.fill("#description textarea", "what the visitor typed")
    run(page, items(10))
    expect(page.locator(".run[data-state=finished]")).to_be_visible()
    expect(page.locator(".run")).to_have_attribute("data-drawn", "10")
    plot = page.locator(".truth-plot")
    plot.scroll_into_view_if_needed()
    area = page.locator(".truth-plot .nsewdrag").first.bounding_box()
    page.mouse.move(area["x"] + 5, area["y"] + area["height"] - 5)
    page.mouse.down()
    page.mouse.move(area["x"] + 0.9 * area["width"], area["y"] + 0.1 * area["height"], steps=5)
    page.mouse.up()
    expect(page.get_by_role("button", name="Reset zoom")).to_be_visible()
    page.wait_for_timeout(500)  # or the end of the drag would count as a click
    dot = page.locator(".truth-plot .point").nth(3).bounding_box()
    page.mouse.dblclick(dot["x"] + dot["width"] / 2, dot["y"] + dot["height"] / 2)

    expect(page.get_by_role("button", name="Reset zoom")).to_be_hidden()
    assert 0 == plot.evaluate("plot => plot.layout.xaxis.range[0]")
    page.wait_for_timeout(800)
    expect(page.get_by_role("tab", name="Test")).to_have_attribute("aria-selected", "true")
    assert "what the visitor typed" == page.input_value("#description textarea")


def test_a_number_of_items_that_cannot_be_is_refused_by_its_own_name_and_the_last_run_steps_back(visit, items):
    page = visit()
    run(page, items(10))
    expect(page.locator(".run[data-state=finished]")).to_be_visible()
    page.fill("#test-size input", "0")
    page.click("#test-run")

    expect(page.locator("#test-problem")).to_contain_text("a whole number from 1 to 100,000")
    expect(page.locator("#test-problem")).not_to_contain_text("file")
    for part in ("#test-live", "#test-findings"):
        assert "0.55" == page.locator(part).evaluate("element => getComputedStyle(element).opacity")


def test_on_a_phone_a_run_that_begins_and_an_item_that_opens_come_into_view(visit, items):
    page = visit(size=PHONE)
    run(page, items(30))
    expect(page.locator(".run[data-state=finished]")).to_be_visible()
    expect(page.locator(".figures")).to_be_in_viewport()
    page.locator("#test-live .scroller").evaluate("element => { element.scrollTop = 0; }")
    page.locator("tr[data-index='1']").click()
    expect(page.locator(".item")).to_contain_text("$38.75")
    expect(page.locator(".item h3")).to_be_in_viewport()
    page.get_by_role("button", name="Open in Price").click()

    expect(page.locator('#price-card [data-part="price"]')).to_have_text("$29")
    expect(page.locator('#price-card [data-part="price"]')).to_be_in_viewport()


def test_the_keyboard_stops_at_the_table_once_and_goes_through_it_by_arrows(visit, items):
    page = visit()
    run(page, items(50))
    expect(page.locator(".run[data-state=finished]")).to_be_visible()
    assert 1 == page.locator(".scroller [tabindex='0']").count()
    page.locator(".scroller [tabindex='0']").focus()
    page.keyboard.press("Home")
    for key in ("ArrowDown", "ArrowDown", "ArrowUp"):
        page.keyboard.press(key)
    expect(page.locator("tr:focus")).to_have_attribute("data-index", "1")
    page.keyboard.press("End")
    expect(page.locator("tr:focus")).to_have_attribute("data-index", "49")
    page.keyboard.press("Enter")
    expect(page.locator(".item")).to_be_focused()
    expect(page.locator(".item h3")).to_have_text("Product 49")
    page.keyboard.press("ArrowDown")  # there is no next one
    page.keyboard.press("ArrowUp")
    expect(page.locator(".item h3")).to_have_text("Product 48")
    page.keyboard.press("Escape")
    expect(page.locator(".item")).to_be_hidden()
    expect(page.locator("tr:focus")).to_have_attribute("data-index", "48")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Open in Price").press("Enter")

    expect(page.locator("#description textarea")).to_have_value("word word word word word")
    expect(page.locator("#price-card .card")).to_be_focused()


def test_a_look_at_a_file_comes_before_its_run_and_follows_the_columns_that_are_chosen(visit, tmp_path):
    path = tmp_path / "named.csv"
    path.write_text("what,cost,other\na kettle of steel,48.75,1\na lamp,20,2\n")
    page = visit()
    choose_file(page, str(path))
    look = page.locator("#test-preview")
    expect(look).to_contain_text("2 rows; text: 'what', price: 'cost', 2 of 2 rows.")
    expect(look.locator("tbody tr")).to_have_count(2)
    expect(look.locator("tbody tr").first).to_contain_text("$48.75")
    expect(page.locator("#test-size")).to_contain_text("How many (of 2)")
    page.get_by_label("Price column").click()
    page.get_by_role("option", name="other", exact=True).click()
    expect(look).to_contain_text("price: 'other'")
    expect(look.locator("tbody tr").first).to_contain_text("$1.00")
    page.fill("#test-size input", "1000")
    page.press("#test-size input", "Enter")

    expect(figure(page, "Progress")).to_have_text("2 / 2")
    expect(page.locator("#test-note")).to_contain_text("1,000 were asked for, and there are 2.")
    expect(page.locator("tr[data-index='0']")).to_contain_text("$38.75")
    page.locator("#test-source input").click()
    page.get_by_role("option", name="Bundled items").click()
    expect(look).to_be_hidden()
    expect(page.locator("#test-size")).to_contain_text("How many (of 475)")


def test_an_engineer_sorts_filters_reads_again_and_finds_an_item_by_its_address_after_a_reload(visit, tmp_path):
    path = tmp_path / "mixed.csv"
    path.write_text("title,text,price\nKettle steel,one two,20\nKettle red,one two,500\nLamp,one two,85\n")
    page = visit()
    run(page, str(path))
    expect(page.locator(".run[data-state=finished]")).to_have_attribute("data-drawn", "3")
    titles, dots = page.locator(".scroller tr[data-index] .title"), page.locator(".truth-plot .point")
    expect(titles).to_have_text(["Kettle steel", "Kettle red", "Lamp"])

    page.get_by_role("button", name="Error", exact=True).press("Enter")  # errors 1.25, 481.25 and 66.25
    expect(titles).to_have_text(["Kettle red", "Lamp", "Kettle steel"])
    expect(page.locator("th.error").first).to_have_attribute("aria-sort", "descending")
    page.locator("input.words").fill("kettle")
    expect(titles).to_have_text(["Kettle red", "Kettle steel"])
    expect(dots).to_have_count(2)
    page.locator(".colors button", has_text="red").click()
    expect(titles).to_have_text(["Kettle steel"])
    expect(dots).to_have_count(1)
    expect(page.locator(".shown")).to_have_text("1 of 3 items shown.")
    page.locator(".colors button", has_text="red").click()
    page.locator("input.words").fill("")

    page.get_by_role("button", name="Logarithmic").click()
    page.wait_for_function("document.querySelector('.truth-plot').layout.xaxis.type === 'log'")
    expect(dots).to_have_count(3)
    page.locator("tr[data-index='1']").click()
    expect(page.locator(".item h3")).to_have_text("Kettle red")
    page.get_by_role("button", name="Next item").click()  # as the list is sorted
    expect(page.locator(".item h3")).to_have_text("Lamp")
    expect(page.locator(".item .place")).to_have_text("Item 3 · 2 of 3 shown")
    assert page.url.endswith("?run=run-1&item=3")

    page.locator("#test-method input").click()
    page.get_by_role("option", name="Median").click()
    expect(page.locator(".item dl")).to_contain_text("Estimate (median)$20")
    expect(figure(page, "Average error")).to_have_text("$181.67 ± 150.34")  # 0, 480 and 65
    expect(page.locator(".sentence")).to_contain_text("using the median price")
    expect(page.locator("#test-findings .marked")).to_contain_text("Median")
    expect(page.locator("#test-runs tbody").first).to_contain_text("Median")

    page.reload()
    expect(page.locator(".item h3")).to_have_text("Lamp")
    expect(page.locator(".item dl")).to_contain_text("Estimate (median)$20")
    expect(page.locator("#test-method input")).to_have_value("Median")
    page.get_by_role("button", name="Open in Price").click()
    expect(page.locator("#price-card")).to_contain_text("$85")

    # What the server has forgotten can still be looked at.
    page.evaluate("sessionStorage.pricer = JSON.stringify({ ...JSON.parse(sessionStorage.pricer), last: 'forgotten' })")
    page.reload()
    expect(page.locator(".sentence")).to_contain_text("from before the page was loaded again")
    expect(dots).to_have_count(3)
    expect(page.locator("#test-runs")).to_be_hidden()
    run(page, str(path), 2)
    expect(dots).to_have_count(2)
    expect(page.locator(".sentence")).not_to_contain_text("before")
    assert "run=" not in page.url
