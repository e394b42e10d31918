"""Section "Price a list" in a real Chromium: a spreadsheet in, prices out; stopped, refused, offered, reloaded."""

import csv
import io
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import DESKTOP, PHONE
from tests.support.fakes import FakePricer

HOSTILE = '<img src=x onerror="window.hacked = 1">'


class SlowPricer(FakePricer):
    """A FakePricer that takes a moment for each batch of ten."""

    def __init__(self) -> None:
        super().__init__(batch_size=10, seconds=0.2)


@pytest.fixture(scope="module")
def pricer() -> SlowPricer:
    return SlowPricer()


@pytest.fixture
def products(tmp_path):
    """`products(n)`: a workbook of a shop, below its name; product i has 1 + i % 5 words, the last row has none."""

    def write(count: int) -> str:
        book = openpyxl.Workbook()
        sheet = book.active
        sheet.append(["The corner shop, price list"])
        sheet.append(["SKU", "Product name", "Stock", "Note"])
        for index in range(count - 1):
            name = " ".join([f"Product{index}", *["word"] * (index % 5)])
            sheet.append([f"00{index}", name, index, "+1 on order"])
        sheet.append([f"00{count - 1}", None, 0, HOSTILE])
        path = tmp_path / f"products{count}.xlsx"
        book.save(path)
        return str(path)

    return write


def open_section(page: Page) -> None:
    page.click("#section-list > button")
    expect(page.locator("#list-lines textarea")).to_be_visible()


def choose(page: Page, path: str) -> None:
    page.locator("#list-file input[type=file]").set_input_files(path)


def download(page: Page, kind: str) -> bytes:
    with page.expect_download() as begun:
        page.click(f"#list-{kind}")
    assert f"prices.{kind}" == begun.value.suggested_filename
    return Path(begun.value.path()).read_bytes()


def titles(page: Page) -> list[str]:
    return page.locator("#list-table tbody th").all_inner_texts()


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_spreadsheet_of_100_products_comes_back_priced_with_its_own_columns(visit, products, size):
    page = visit(size=size)
    open_section(page)
    choose(page, products(100))
    found = page.locator("#list-found")
    expect(found).to_contain_text("100 rows of products100.xlsx: text: 'Product name'")
    expect(found).to_be_visible()
    expect(found.locator("tbody tr")).to_have_count(5)
    expect(found.locator("tbody tr").nth(1)).to_contain_text("Product1 word")
    page.click("#list-run")

    expect(page.locator(".priced[data-state=finished]")).to_be_visible()
    expect(page.locator(".priced .sentence")).to_contain_text("100 products in")
    expect(page.locator(".priced .sentence")).to_contain_text("1 row without a price")
    expect(page.locator(".priced .sentence")).to_be_in_viewport()
    rows = page.locator("#list-table tbody tr")
    expect(rows).to_have_count(100)
    # Five words: (50 * 0.5 + 40 * 0.2 + 60 * 0.1) / 0.8
    cells = ["Product4 word word word word", "$49", "$40 – $60", "fairly sure", "–"]
    assert cells == rows.nth(4).locator("th, td").all_inner_texts()
    expect(rows.nth(99)).to_contain_text("the text is empty")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert page.locator("#section-list").evaluate("""section => [...section.querySelectorAll("button, p, table")].every(
        (part) => part.getBoundingClientRect().right <= section.getBoundingClientRect().right)""")
    assert page.locator(".priced .rows").evaluate("box => box.scrollWidth <= box.clientWidth")

    written = list(csv.DictReader(io.StringIO(download(page, "csv").decode("utf-8-sig"))))
    assert [f"00{index}" for index in range(100)] == [row["SKU"] for row in written]
    assert ["SKU", "Product name", "Stock", "Note", "price", "low", "high"] == list(written[0])[:7]
    assert ("48.75", "'+1 on order") == (written[4]["price"], written[4]["Note"])
    assert ("", True) == (written[99]["price"], "the text is empty" in written[99]["error"])
    sheet = openpyxl.load_workbook(io.BytesIO(download(page, "xlsx"))).active
    assert ("004", 4, "+1 on order", 48.75) == tuple(sheet.cell(6, column).value for column in (1, 3, 4, 5))
    assert 101 == sheet.max_row
    assert page.evaluate("window.hacked") is None


def test_the_table_sorts_by_a_click_or_a_key_and_goes_back_to_the_order_of_the_list(visit):
    page = visit()
    open_section(page)
    page.fill("#list-lines textarea", "one two three\none\none two\n")
    page.click("#list-run")
    expect(page.locator(".priced[data-state=finished]")).to_be_visible()
    heading = page.locator("#list-table th", has_text="Price")

    heading.locator("button").click()
    expect(heading).to_have_attribute("aria-sort", "ascending")
    assert ["one", "one two", "one two three"] == titles(page)
    page.keyboard.press("Enter")
    expect(heading).to_have_attribute("aria-sort", "descending")
    assert ["one two three", "one two", "one"] == titles(page)
    page.keyboard.press("Enter")
    assert ["one two three", "one", "one two"] == titles(page)


def test_a_list_that_is_stopped_keeps_its_prices_and_every_row_in_its_place(visit, pricer):
    page = visit()
    open_section(page)
    page.fill("#list-lines textarea", "\n".join(f"product {index}" for index in range(1_500)))
    page.click("#list-run")
    expect(page.locator("#list-table tbody tr").first).to_be_visible()
    expect(page.locator(".priced .done")).to_contain_text("of 1,500 products priced")
    page.click("#list-stop")
    asked = len(pricer.batches)

    expect(page.locator(".priced[data-state=stopped]")).to_be_visible()
    expect(page.locator(".priced .sentence")).to_contain_text("of 1,500 products. They are kept.")
    assert len(pricer.batches) <= asked + 1
    expect(page.locator("#list-run")).to_be_enabled()
    written = list(csv.DictReader(io.StringIO(download(page, "csv").decode("utf-8-sig"))))
    assert [f"product {index}" for index in range(1_500)] == [row["product"] for row in written]
    assert "18.75" == written[0]["price"]
    assert ["", "The list ended before this row was priced."] == [written[-1]["price"], written[-1]["error"]]


def test_a_file_that_is_no_list_is_refused_with_the_remedy_and_another_column_can_be_chosen(visit, tmp_path):
    page = visit()
    open_section(page)
    picture = tmp_path / "picture.png"
    picture.write_bytes(b"\x89PNG")
    choose(page, str(picture))
    expect(page.locator("#list-problem")).to_contain_text("picture.png is none of .csv")
    page.click("#list-run")
    expect(page.locator("#list-problem")).to_contain_text("picture.png is none of .csv")
    expect(page.locator("#list-run")).to_be_enabled()
    page.locator("#list-file").get_by_role("button", name="Clear").click()
    expect(page.locator("#list-problem")).to_be_hidden()

    named = tmp_path / "named.csv"
    named.write_text("name,remark\nkettle,one two three four\nlamp,one two\n")
    choose(page, str(named))
    expect(page.locator("#list-found")).to_contain_text("text: 'name'")
    page.locator("#list-column input").click()
    page.get_by_role("option", name="remark", exact=True).click()
    expect(page.locator("#list-found")).to_contain_text("text: 'remark'")
    page.click("#list-run")
    expect(page.locator("#list-table tbody tr").first).to_contain_text("$39")


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_list_in_the_box_for_one_product_is_offered_to_be_priced_line_by_line(visit, size):
    page = visit(size=size)
    offer = page.get_by_text("This looks like a list. Price each line?")
    page.fill("#description textarea", "one\ntwo words")
    expect(offer).to_be_hidden()
    for one_product in (
        f"one\ntwo words\n{'a long story ' * 20}",
        "A lamp\nBrand: Acme\nbrass",
        "A lamp\nFolds flat.\nbrass",
    ):
        page.fill("#description textarea", one_product)
        expect(offer).to_be_hidden()
    page.fill("#description textarea", "one\ntwo words\nthree more words")
    expect(offer).to_be_visible()
    page.get_by_role("button", name="Price each line").click()

    expect(page.locator("#list-lines textarea")).to_have_value("one\ntwo words\nthree more words")
    expect(page.locator("#list-lines textarea")).to_be_in_viewport()
    expect(page.get_by_text("3 rows of pasted lines: one product a line.")).to_be_visible()
    page.click("#list-run")
    expect(page.locator("#list-table tbody tr")).to_have_count(3)
    expect(page.locator("#list-table tbody tr").nth(2)).to_contain_text("$29")


def test_the_offer_of_a_list_holds_where_its_row_is_drawn_anew_and_an_older_change_is_told_late(visit):
    page = visit()
    page.fill("#description textarea", "one\ntwo words\nthree more words")
    take = page.get_by_role("button", name="Price each line")
    expect(take).to_be_visible()

    page.eval_on_selector("#list-offer", "row => row.className = 'row'")
    page.evaluate("window.pricer.list.offer('one')")
    expect(take).to_be_visible()
    page.fill("#description textarea", "one")
    expect(take).to_be_hidden()


def test_lines_and_prices_are_still_to_be_seen_after_a_reload(visit):
    page = visit()
    open_section(page)
    page.fill("#list-lines textarea", "one\none two\n")
    page.click("#list-run")
    expect(page.locator(".priced[data-state=finished]")).to_be_visible()
    page.reload()
    open_section(page)

    expect(page.locator("#list-table tbody tr")).to_have_count(2)
    expect(page.locator(".priced .sentence")).to_contain_text("price it again to download it")
    expect(page.locator("#list-lines textarea")).to_have_value("one\none two\n")
    page.click("#list-run")
    expect(page.locator(".priced .sentence")).not_to_contain_text("before the page")
    expect(page.locator("#list-csv")).to_be_visible()
