"""Tab "Play" in a real Chromium over a fake pricer and ten products worked out by hand."""

import csv
import re

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import DESKTOP, PHONE
from tests.support.game import GUESSES, MODEL_ERROR, SENTENCE, TRUTHS, ten_items

FIELD, NEXT = "#play-guess", '#play [data-action="next"]'


@pytest.fixture(scope="module", autouse=True)
def ten():
    """The products of this module's page."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pricer.runs.played.load_items", lambda _, __, seed: ten_items(seed))
        yield


def part(page: Page, name: str):
    return page.locator(f'#play [data-part="{name}"]')


def tab_to(page: Page, target) -> None:
    """Press Tab until `target` has the focus."""
    for _ in range(40):
        if target.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError("no number of Tabs leads there")


def begin(page: Page) -> None:
    """Open the tab and begin a game by the keyboard alone."""
    tab = page.get_by_role("tab", name="Play")
    tab_to(page, tab)
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_role("button", name="Play", exact=True))
    page.keyboard.press("Enter")
    expect(page.locator(FIELD)).to_be_focused()


def guess(page: Page, price: object) -> None:
    """Guess where the focus is, and see that it goes to the button to go on."""
    page.keyboard.type(str(price))
    page.keyboard.press("Enter")
    expect(page.locator(NEXT)).to_be_focused()


def go_on(page: Page) -> None:
    page.keyboard.press("Enter")
    expect(page.locator(FIELD)).to_be_focused()


def test_a_whole_game_by_keyboard_with_a_reload_in_the_middle_ends_with_the_figures_worked_out_by_hand(visit, tmp_path):
    page = visit()
    begin(page)
    guess(page, GUESSES[0])
    expect(part(page, "rows").locator("tr")).to_have_text(
        ["Your guess$118.27● green, off by $1", "The model$18.75✕ red, off by $100.52", "Actual price$119.27"]
    )
    expect(part(page, "closer")).to_have_text("You are closer.")
    expect(page.locator("#play .legendtext")).to_have_text(
        ["your guess $118.27", "the model's price $18.75", "actual price $119.27"]
    )
    go_on(page)
    guess(page, GUESSES[1])
    title = part(page, "title").inner_text()

    page.reload()
    page.get_by_role("tab", name="Play").click()
    expect(part(page, "invitation")).to_contain_text("Your game is kept: you had guessed 2 of 10 products")
    page.get_by_role("button", name="Go on").press("Enter")
    expect(page.locator(FIELD)).to_be_focused()
    expect(part(page, "title")).to_have_text(f"{title.split(' ')[0]} 4")
    expect(part(page, "score")).to_have_text("Average error so far: you $28.25, the model $100.52.")
    for price in GUESSES[2:9]:
        guess(page, price)
        go_on(page)
    guess(page, GUESSES[9])
    expect(page.locator(NEXT)).to_have_text("See the result")
    page.keyboard.press("Enter")

    expect(part(page, "sentence")).to_be_focused()
    expect(part(page, "sentence")).to_have_text(SENTENCE)
    expect(page.locator("#play-findings section").first.locator("tbody tr")).to_have_text(
        ["Your guess$28.255 of 10", "The model$100.520 of 10", "Paired difference+$72.27 ± 9.08"]
    )
    expect(page.locator("#play-findings section").last.locator("tbody tr")).to_have_count(10)
    expect(page.locator("#play-scatter .point")).to_have_count(20)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy", exact=True).press("Enter")
    expect(part(page, "copied")).to_have_text("Copied.")
    shared = page.evaluate("navigator.clipboard.readText()")
    assert "Me 🟩🟧🟩🟧🟩🟧🟩🟧🟩🟧\n5 green, 5 orange, 0 red; off by $28.25 on average" in shared

    page.click("#play-files")
    links = page.locator("#play-result a[download]")
    expect(links).to_have_count(3)
    with page.expect_download() as download:
        links.first.click()
    download.value.save_as(tmp_path / "game.csv")
    rows = list(csv.DictReader((tmp_path / "game.csv").open()))
    assert [(guess, truth) for guess, truth in zip(GUESSES, TRUTHS, strict=True)] == [
        (float(row["guess"]), float(row["truth"])) for row in rows
    ]
    assert [MODEL_ERROR] * 10 == pytest.approx([float(row["truth"]) - float(row["top3"]) for row in rows])

    page.get_by_role("button", name="Play again").press("Enter")
    expect(page.locator(FIELD)).to_be_focused()
    expect(part(page, "title")).to_have_text({"Kettle": "Lamp", "Lamp": "Kettle"}[title.split(" ")[0]] + " 2")
    expect(page.locator("#play-result")).to_be_hidden()


def test_no_price_is_on_the_page_or_in_any_answer_of_the_server_before_it_is_guessed(visit, address):
    page = visit()
    answers: dict[str, list[str]] = {}

    def read(route) -> None:
        answer = route.fetch()
        answers.setdefault(route.request.url, []).append(answer.text())
        route.fulfill(response=answer)

    # All but the scripts and fonts of the libraries, which are the same for everybody and full of numbers, and the
    # stream without an end that says nothing but that somebody is there.
    page.route(re.compile(r"^(?!.*(/assets/|plotly|/heartbeat/|\.woff2))"), read)
    page.reload()
    page.wait_for_selector("#description textarea")
    for path in ("gradio_api/info", "gradio_api/openapi.json"):
        answers[path] = [page.request.get(f"{address}{path}").text()]
        assert "price_many" in answers[path][0]
    begin(page)

    def told() -> str:
        bodies = [text for texts in answers.values() for text in texts]
        return "\n".join([*bodies, page.content(), page.evaluate("JSON.stringify({...sessionStorage})")])

    for place, price in enumerate(GUESSES[:4]):
        assert [] == [truth for truth in TRUTHS[place:] if str(truth) in told()]
        guess(page, price)
        assert str(TRUTHS[place]) in "".join(
            text for url, texts in answers.items() if "queue/data" in url for text in texts
        )
        go_on(page)


def test_field_and_slider_are_in_step_and_what_is_no_price_is_said_at_the_field(visit):
    page = visit()
    begin(page)
    slider = page.locator("#play input[type=range]")
    page.keyboard.press("Enter")
    expect(part(page, "problem")).to_have_text("Name a price first: type a number of dollars or move the slider.")
    for written in ("0", "10000"):
        page.fill(FIELD, written)
        page.keyboard.press("Enter")
        expect(part(page, "problem")).to_contain_text(f"“{written}” cannot be the price")
        expect(page.locator(FIELD)).to_be_focused()
        expect(page.locator(FIELD)).to_have_value(written)

    page.fill(FIELD, "$ 31,50")
    expect(slider).to_have_attribute("aria-valuetext", "$31.50")
    assert 500 == pytest.approx(int(slider.input_value()), abs=2)  # √999 is 31.6: the middle
    slider.press("ArrowRight")
    expect(page.locator(FIELD)).to_have_value("32")
    slider.press("ArrowLeft")
    expect(page.locator(FIELD)).to_have_value("31")
    slider.press("End")
    expect(page.locator(FIELD)).to_have_value("999")
    slider.press("Home")
    expect(page.locator(FIELD)).to_have_value("1")
    slider.press("ArrowRight")
    expect(slider).to_have_attribute("aria-valuetext", "$2")
    page.fill(FIELD, "12,50")
    slider.press("Enter")
    expect(part(page, "rows").locator("tr").first).to_contain_text("Your guess$12.50")


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_the_answer_is_in_view(visit, size):
    page = visit(size=size)
    page.get_by_role("tab", name="Play").click()
    page.get_by_role("button", name="Play", exact=True).click()
    page.fill(FIELD, "40")
    page.get_by_role("button", name="Guess").click()
    expect(page.locator("#play .plot .main-svg").first).to_be_visible()

    for seen in (part(page, "rows"), page.locator(NEXT), part(page, "plot")):
        expect(seen).to_be_in_viewport(ratio=1)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_kept_game_that_is_none_is_said_to_be_none_and_another_can_begin(visit):
    page = visit()
    page.evaluate("""sessionStorage.setItem("pricer", '{"game": {"seed": -1, "guesses": [5]}}')""")
    page.reload()
    page.get_by_role("tab", name="Play").click()
    page.get_by_role("button", name="Go on").click()
    expect(part(page, "note")).to_have_text(re.compile("The game that your browser kept .* begin another"))
    page.get_by_role("button", name="Play", exact=True).click()

    expect(part(page, "progress")).to_have_text("Product 1 of 10.")
    expect(part(page, "note")).to_be_hidden()
