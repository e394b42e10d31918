"""Tab "Price" and the page around it, in a real Chromium over a fake pricer."""

import re
from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import DESKTOP, PHONE
from tests.support.fakes import FakePricer


class PagePricer(FakePricer):
    """A FakePricer that finds no number for a mystery, and whose model was meant to be another one."""

    def __init__(self) -> None:
        super().__init__()
        self.info = replace(self.info, banner="The 8B was meant to run here. The Hub does not answer.")

    def _shares(self, text: str, adapter: bool) -> dict[str, float]:
        if "mystery" in text:
            return {" the": 0.5, "\n": 0.2, "<b>": 0.1, "40": 0.01}
        if "half" in text:
            return {" the": 0.5, "40": 0.2, "<b>": 0.1}
        if "torn" in text:
            return {"10": 0.2, "12": 0.1, "300": 0.19, "310": 0.19, "320": 0.18}
        return super()._shares(text, adapter)


@pytest.fixture(scope="module")
def pricer() -> PagePricer:
    return PagePricer()


def price(page: Page, text: str) -> None:
    """Put `text` into the box and press the button."""
    page.fill("#description textarea", text)
    page.click("#price-button")


def part(page: Page, name: str):
    return page.locator(f'#price-card [data-part="{name}"]')


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_pasted_description_gets_a_price_with_its_candidates(visit, size):
    page = visit(size=size)
    price(page, "one two three")

    expect(part(page, "price")).to_have_text("$29")
    expect(part(page, "range")).to_have_text("$20 – $40")
    expect(part(page, "covered")).to_have_text("Together these 3 hold 80% of the probability.")
    expect(part(page, "tokens")).to_have_text("Read all 3 tokens.")
    bars = page.locator("#price-card .bar").all_inner_texts()
    assert [["30", "50%", "$30"], ["20", "20%", "$20"], ["40", "10%", "$40"]] == [bar.split("\n") for bar in bars]
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_what_was_taken_out_of_a_text_is_said_on_the_card_and_goes_with_the_next_price(visit):
    page = visit()

    price(page, "<h1>three words here</h1> Sale price is $59.99")
    expect(page.locator("#price-card")).to_contain_text("HTML was taken out, as a browser's copy would.")
    expect(page.locator("#price-card")).to_contain_text("The price in the text was taken out")

    price(page, "three words here")
    expect(page.locator("#price-card")).not_to_contain_text("was taken out")


def test_ctrl_and_enter_price_what_is_in_the_box(visit):
    page = visit()
    page.fill("#description textarea", "one two")
    page.press("#description textarea", "Control+Enter")

    expect(part(page, "price")).to_have_text("$18.75")
    assert page.input_value("#description textarea") == "one two"


def test_an_example_fills_the_box_and_is_priced(visit):
    page = visit()
    page.get_by_role("button", name="Electric guitar").click()

    expect(part(page, "price")).to_have_text("$399")
    assert page.input_value("#description textarea").startswith("Solid-body electric guitar")


def test_a_blank_description_is_refused_at_the_field_and_leaves_no_old_price(visit):
    page = visit()
    price(page, "one two three")
    expect(part(page, "price")).to_have_text("$29")
    price(page, "  \n ")

    expect(page.locator("#description-error")).to_contain_text("Type or paste a description first")
    expect(part(page, "price")).to_have_text("—")
    price(page, "one two three")
    expect(page.locator("#description-error")).to_have_text("")


def test_where_no_candidate_is_a_number_the_page_names_no_price(visit):
    page = visit()
    price(page, "a mystery")

    expect(part(page, "price")).to_have_text("No price")
    expect(part(page, "interval")).to_have_text(
        "None of the 3 most likely tokens is a price: the model does not say what this costs."
    )
    bars = page.locator("#price-card .bar").all_inner_texts()
    assert [["␣the", "50%", "no price"], ["⏎", "20%", "no price"]] == [bar.split("\n") for bar in bars[:2]]


def test_what_is_no_price_does_not_count_as_covered(visit):
    page = visit()
    price(page, "half a price")

    expect(part(page, "price")).to_have_text("$40")
    expect(part(page, "covered")).to_have_text("The one price among 3 candidates holds 20% of the probability.")


def test_a_token_that_looks_like_markup_is_shown_as_text(visit):
    page = visit()
    price(page, "a mystery")

    expect(page.locator("#price-card .token").nth(2)).to_have_text("<b>")
    assert page.locator("#price-card .token b").count() == 0


def test_the_reason_and_the_banner_stand_on_top(visit):
    page = visit()

    expect(page.locator("#head .banner")).to_have_text("The 8B was meant to run here. The Hub does not answer.")
    expect(page.locator("#head")).to_contain_text("A fake was asked for.")


def test_tab_model_shows_what_is_loaded_and_why(visit):
    page = visit()
    page.get_by_role("tab", name="Model").click()
    facts = page.locator("#model-facts")

    for value in ("A fake was asked for.", "4bit", "float32", "cpu", "20.0 MB", "5.0 MB", "25.0 MB", "12,800 × 384"):
        expect(facts).to_contain_text(value)
    for value in ("fake/adapter", "32", "64", "0.1", "query, value", "12", "GPT-4o", "on other items"):
        expect(facts).to_contain_text(value)


def test_where_the_median_is_far_from_the_price_it_stands_beside_it_and_the_bars_are_of_all_probability(visit):
    page = visit()
    price(page, "one two three")
    expect(part(page, "price")).to_have_text("$29")
    expect(part(page, "others")).to_be_hidden()
    price(page, "torn")

    # The three likeliest are $10, $300 and $310: (2 + 57 + 58.9) / 0.58. The mean is 176.7 / 0.86, the median $300.
    expect(part(page, "price")).to_have_text("$203")
    expect(part(page, "others")).to_have_text("median $300 · mean $205")
    expect(part(page, "doubt")).to_contain_text("Prices cluster around")
    widths = page.locator("#price-card .fill").evaluate_all("bars => bars.map((bar) => bar.style.width)")
    assert ["20%", "19%", "19%"] == widths


@pytest.mark.parametrize("begin", ["button", "example"])
def test_on_a_phone_the_price_comes_into_view(visit, begin):
    page = visit(size={"width": 390, "height": 664})
    if begin == "button":
        price(page, "one two three")
    else:
        page.get_by_role("button", name="Window air conditioner").click()

    expect(part(page, "price")).to_contain_text("$")
    expect(part(page, "range")).not_to_be_empty()
    expect(part(page, "price")).to_be_in_viewport()


def test_what_was_typed_and_priced_is_there_after_a_reload(visit):
    page = visit()
    price(page, "one two")
    expect(part(page, "price")).to_have_text("$18.75")
    price(page, "one two three")
    expect(part(page, "price")).to_have_text("$29")
    expect(page).to_have_url(re.compile(r"\?text=one\+two\+three$"))
    page.fill("#description textarea", "half a thought")
    page.reload()

    expect(part(page, "price")).to_have_text("$29")
    expect(page.locator("#description textarea")).to_have_value("half a thought")
    page.click("#section-history > button")
    expect(page.locator("#history li")).to_have_count(2)


def test_a_lost_line_is_said_at_the_button_until_it_is_back(visit):
    page = visit()
    page.fill("#description textarea", "one two three")
    page.context.set_offline(True)
    page.click("#price-button")
    line = page.get_by_text("No connection; what you typed is kept.")
    expect(line).to_be_visible()
    page.context.set_offline(False)

    expect(line).to_be_hidden()
    expect(page.locator("#description textarea")).to_have_value("one two three")


def test_the_field_in_which_one_writes_is_seen_to_have_the_focus(visit):
    page = visit()
    page.focus("#description textarea")
    page.keyboard.press("Shift")

    outline = page.locator("#description textarea").evaluate("box => getComputedStyle(box).outlineWidth")
    assert "2px" == outline


def test_sections_say_whether_they_are_open_and_sliders_what_they_are(visit):
    page = visit()
    price(page, "one two three")
    section = page.get_by_role("button", name="How sure is it?")
    expect(section).to_have_attribute("aria-expanded", "false")
    section.click()

    expect(section).to_have_attribute("aria-expanded", "true")
    expect(page.get_by_role("slider", name="Top k")).to_be_visible()
    expect(page.get_by_role("slider", name="Temperature")).to_be_visible()
