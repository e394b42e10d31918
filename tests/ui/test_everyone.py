"""The page for everyone: by keyboard, by ear, on a phone, in high contrast. Tabs and sections are found on the page, so
that a new one is tested as well."""

from collections.abc import Callable, Iterator
from itertools import pairwise

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from tests.support.browser import DESKTOP, PATIENCE, PHONE
from tests.support.pixels import Eye

GRADIO_S_OWN = {
    ("image-redundant-alt", 'img[alt="Settings"]'),  # the picture in the footer says what the word beside it says
}
NARROWEST = {"width": 320, "height": 640}


def price(page: Page, text: str) -> None:
    page.fill("#description textarea", text)
    page.click("#price-button")
    expect(page.locator("#price-card .range")).not_to_be_empty()
    expect(page.locator("#price-status .working")).to_have_count(0)


def tabs(page: Page) -> list[Locator]:
    return page.locator("#tabs [role=tab]:visible").all()


def unfold(page: Page) -> None:
    """Open every section of the tab on show, and those within."""
    page.evaluate(UNFOLD)
    expect(page.locator('#tabs button[aria-expanded="false"]:visible')).to_have_count(0)


UNFOLD = """async () => {
  const heads = '#tabs :is(button.label-wrap:not(.open), details:not([open]) > summary)';
  const closed = () => [...document.querySelectorAll(heads)].find((head) => head.checkVisibility());
  while (closed()) {
    closed().click();
    await new Promise((done) => setTimeout(done, 100));
  }
}"""

# What is seen beyond the edge of the window, but for what can be scrolled to.
STICKS_OUT = """[...document.querySelectorAll("body *")].filter((e) => {
  const { left, right, width } = e.getBoundingClientRect();
  const cut = (box) => box && (/auto|scroll/.test(getComputedStyle(box).overflowX) || cut(box.parentElement));
  const seen = width && e.checkVisibility({ visibilityProperty: true }) && !e.closest("svg, .unseen");
  return seen && (right > innerWidth + 1 || left < -1) && !cut(e.parentElement);
}).map((e) => e.outerHTML.slice(0, 120))"""

# Of all that has an edge and is neither a pill nor a small mark.
RADII = """[...document.querySelectorAll("#tabs *")].filter((e) => {
  const { height, width } = e.getBoundingClientRect();
  const { borderTopWidth, borderLeftWidth, borderTopStyle, borderTopLeftRadius } = getComputedStyle(e);
  const edged = borderTopWidth === "1px" && borderLeftWidth === "1px" && borderTopStyle === "solid";
  return edged && height > 30 && width > 30 && e.checkVisibility() && parseFloat(borderTopLeftRadius) < 900;
}).map((e) => getComputedStyle(e).borderRadius)"""

# How far text is from either edge of its element.
INK = """(elements) => elements.map((e) => {
  const text = document.createRange();
  text.selectNodeContents(e);
  const [ink, box] = [text, e].map((part) => part.getBoundingClientRect());
  return { left: Math.round(ink.left - box.left), right: Math.round(box.right - ink.right) };
})"""

BLUR = "document.activeElement.blur()"
WITHOUT = "(track) => { track.firstElementChild.style.visibility = 'hidden'; }"  # a track without its bar

# Names of all that can be used, which each then carries; of what looks alike the kind is the same.
CONTROLS = """() => {
  const stops = [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex="0"]')];
  return stops.filter((e, index) => {
    const says = (e.getAttribute("aria-label") || e.textContent || e.type || "").trim().slice(0, 40);
    e.dataset.stop = e.matches("tr[data-index]") ? "a row" : `${index} ${e.tagName} ${e.id} ${says}`;
    e.dataset.kind = [e.tagName, e.type, e.role, ...e.classList].join(" ");
    const hidden = !e.checkVisibility({ visibilityProperty: true }) || e.closest('[inert], [aria-hidden="true"]');
    const inGroup = e.type === "radio" && !e.checked; // the arrow keys reach it
    return !hidden && !inGroup && !e.disabled && e.type !== "file";
  }).map((e) => e.dataset.stop);
}"""

# A row of items may be another element by now: the list draws those in view anew whenever it scrolls.
STOP = """() => {
  const e = document.activeElement;
  return e.dataset.stop || (e.matches("tr[data-index]") ? "a row" : null);
}"""


def controls(page: Page) -> set[str]:
    """What a visitor can use here, by names under which `next_control` finds it again."""
    return set(page.evaluate(CONTROLS))


def next_control(page: Page, seen: set[str]) -> str | None:
    """Where the Tab key leads next; None once it has gone round."""
    for _ in range(2):  # between the last control and the first lies the browser itself
        page.keyboard.press("Tab")
        name = page.evaluate(STOP)
        if name:
            break
    if name in seen:
        return None
    seen.add(name)
    return name


def overlap(a: dict[str, float], b: dict[str, float]) -> bool:
    return (
        a["x"] < b["x"] + b["width"] - 1
        and b["x"] < a["x"] + a["width"] - 1
        and a["y"] < b["y"] + b["height"] - 1
        and b["y"] < a["y"] + a["height"] - 1
    )


def changed(page: Page, eye: Eye, element: Locator, act: Callable[[], object], around: int = 0) -> int:
    """How many pixels of an element, and of as many around it, are another color after `act`."""
    element.scroll_into_view_if_needed()
    box, size = element.bounding_box(), page.viewport_size
    left, top = max(0, box["x"] - around), max(0, box["y"] - around)
    right, bottom = (
        min(size["width"], box["x"] + box["width"] + around),
        min(size["height"], box["y"] + box["height"] + around),
    )
    clip = {"x": left, "y": top, "width": right - left, "height": bottom - top}
    before = page.screenshot(clip=clip)
    act()
    return eye.differing(before, page.screenshot(clip=clip))


@pytest.fixture(scope="module")
def opened(browser: Browser, address: str) -> Iterator[Page]:
    """A page in use: two prices, one beside the other, every answer asked for, two runs compared, all sections open."""
    context = browser.new_context(viewport=DESKTOP, reduced_motion="reduce")
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(f"{address}?__theme=light")
    price(page, "one two, three four")
    price(page, "one two, three four, five")
    for tab in tabs(page):
        tab.click()
        unfold(page)
    tabs(page)[0].click()
    for name in ("#why-start", "#tuning-start", "#history [data-action=beside]"):
        page.click(name)
    expect(page.locator("#why .effects tr")).to_have_count(3)
    for drawn in ("#tuning-figure", "#beside-figure"):
        expect(page.locator(f"{drawn} .main-svg").first).to_be_visible()
    page.get_by_role("tab", name="Test", exact=True).click()
    for run in (1, 2):
        page.click("#test-run")
        expect(page.locator("#test-runs tbody").first.locator("tr")).to_have_count(run)
    page.click("#runs-compare")
    expect(page.locator("#runs-overlay .main-svg").first).to_be_visible()
    yield page
    context.close()


@pytest.fixture(scope="module")
def eye(browser: Browser) -> Iterator[Eye]:
    looking = Eye(browser)
    yield looking
    looking.close()


@pytest.fixture(autouse=True)
def _as_it_was(request: pytest.FixtureRequest) -> Iterator[None]:
    """Each test finds the opened page wide and light."""
    yield
    if "opened" in request.fixturenames:
        page = request.getfixturevalue("opened")
        page.set_viewport_size(DESKTOP)
        page.emulate_media(forced_colors="none")
        wear(page, "light")


def wear(page: Page, theme: str) -> None:
    page.evaluate("theme => document.body.classList.toggle('dark', theme === 'dark')", theme)


@pytest.mark.parametrize(("theme", "size"), [("light", DESKTOP), ("dark", DESKTOP), ("light", NARROWEST)])
def test_axe_finds_nothing_on_any_tab_with_all_sections_open(opened, theme, size):
    opened.set_viewport_size(size)
    wear(opened, theme)
    found = []
    for tab in tabs(opened):
        tab.click()
        opened.wait_for_timeout(300)  # colors fade
        found += [
            (tab.inner_text(), violation["id"], *node["target"], node["any"][0]["message"] if node["any"] else "")
            for violation in Axe().run(opened).response["violations"]
            for node in violation["nodes"]
        ]

    assert [] == [violation for violation in found if violation[1:3] not in GRADIO_S_OWN]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_keyboard_reaches_every_control_and_is_seen_where_it_is(opened, eye, theme):
    wear(opened, theme)
    for tab in tabs(opened):
        tab.click()
        wanted, seen, kinds = controls(opened), set(), {}
        while next_control(opened, seen):
            kind = opened.evaluate("document.activeElement.dataset.kind")
            if kind not in kinds:
                kinds[kind] = changed(opened, eye, opened.locator(":focus"), lambda: opened.evaluate(BLUR), around=6)

        assert set() == wanted - seen, tab.inner_text()
        assert {} == {kind: pixels for kind, pixels in kinds.items() if pixels < 100}, tab.inner_text()


def test_headings_go_from_the_page_over_the_tab_to_its_parts(opened):
    levels = "[...document.querySelectorAll('h1, h2, h3, h4')].filter((h) => h.checkVisibility()).map((h) => h.tagName)"
    for tab in tabs(opened):
        tab.click()
        depths = [int(name[1]) for name in opened.evaluate(levels)]

        assert ([1, 2], 1) == (depths[:2], depths.count(1)), tab.inner_text()
        assert 1 == max(lower - upper for upper, lower in pairwise(depths)), tab.inner_text()


@pytest.mark.parametrize("width", [320, 390])
def test_on_a_phone_nothing_sticks_out_and_nothing_lies_over_another(opened, width):
    opened.set_viewport_size({"width": width, "height": 844})
    for tab in tabs(opened):
        tab.click()
        opened.wait_for_timeout(300)
        assert opened.evaluate("document.documentElement.scrollWidth") == width
        assert [] == opened.evaluate(STICKS_OUT), tab.inner_text()

    tabs(opened)[0].click()
    rows = opened.locator("#history li")
    for row in rows.all():
        spans = [
            span.bounding_box() for span in row.locator("span, button[data-action=beside]").all() if span.is_visible()
        ]
        assert not [(a, b) for i, a in enumerate(spans) for b in spans[i + 1 :] if overlap(a, b)]
    status, button = (opened.locator(name).bounding_box() for name in ("#why-status", "#why-stop"))
    assert status["y"] >= button["y"] + button["height"] - 1
    assert status["width"] > 0.7 * opened.locator("#why").bounding_box()["width"]


def test_in_forced_colors_bars_and_what_is_chosen_are_still_seen(opened, eye):
    opened.emulate_media(forced_colors="active")
    tab = opened.get_by_role("tab", name="Price", exact=True)
    tab.click()
    radios = opened.locator("#why-decoder input")
    radios.nth(0).check()
    bar, effect = opened.locator("#price-card .track").first, opened.locator(".effects .bar").first

    assert changed(opened, eye, bar, lambda: bar.evaluate(WITHOUT)) > 100
    assert changed(opened, eye, effect, lambda: effect.evaluate(WITHOUT)) > 100
    assert changed(opened, eye, radios.nth(0), lambda: radios.nth(1).check()) > 20
    assert changed(opened, eye, tab, opened.get_by_role("tab", name="Test", exact=True).click) > 100
    progress, choice = opened.locator("#test-live .progress"), opened.locator("#test-more input[type=checkbox]").first
    assert changed(opened, eye, progress, lambda: progress.evaluate(WITHOUT)) > 100
    assert changed(opened, eye, choice, choice.click) > 20


def test_boxes_have_one_radius_and_begin_their_text_at_one_line(opened):
    for tab in tabs(opened):
        tab.click()
        assert {"12px"} == set(opened.evaluate(RADII)), tab.inner_text()

    tabs(opened)[0].click()
    left = opened.locator("#description").bounding_box()["x"]
    starts = [
        opened.locator(name).first.evaluate(
            "e => e.getBoundingClientRect().x + parseFloat(getComputedStyle(e).paddingLeft)"
        )
        for name in ("#description span[data-testid=block-info]", "#description textarea", "#section-all .label-wrap")
    ]
    assert [left + 18] * 3 == [round(start) for start in starts]


def test_a_section_opens_wherever_its_head_is_clicked_and_says_so(visit):
    page = visit()
    section = page.locator("#section-all")
    head = section.locator("button").first
    width = section.bounding_box()["width"]
    for x, y, state in [(4, 4, "true"), (width - 5, 40, "false"), (width / 2, 46, "true")]:
        section.click(position={"x": x, "y": y})  # once it stands still
        expect(head).to_have_attribute("aria-expanded", state)


def test_an_empty_page_offers_examples_and_nothing_that_leads_nowhere(visit):
    wide, phone = visit(), visit(size=PHONE)
    card = wide.locator("#price-card .card").bounding_box()
    last = wide.locator(".examples").bounding_box()
    assert card["y"] + card["height"] == pytest.approx(last["y"] + last["height"], abs=2)
    assert phone.locator(".examples").bounding_box()["y"] < phone.locator("#price-card").bounding_box()["y"]
    expect(wide.locator(".keys")).to_be_visible()
    expect(phone.locator(".keys")).to_be_hidden()
    expect(wide.locator("#price-card .bars .bar")).to_have_count(0)

    for page in (wide, phone):
        expect(page.locator("#copy-link")).to_be_hidden()
        page.fill("#description textarea", "one two")
        expect(page.locator("#copy-link")).to_be_visible()


def test_a_refusal_goes_when_one_types_and_what_found_no_room_is_told(visit):
    page = visit("?text=" + "x" * 2500)
    error = page.locator("#description-error")
    expect(error).to_have_text("The link was too long: its first 2,000 characters are here.")
    page.fill("#description textarea", " ")
    page.click("#price-button")
    expect(error.locator("[role=alert]")).to_be_visible()
    page.locator("#description textarea").press_sequentially("a")
    expect(error).to_be_hidden()

    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.evaluate("navigator.clipboard.writeText('x'.repeat(21000))")
    page.locator("#description textarea").press("Control+A")
    page.locator("#description textarea").press("Control+V")
    expect(error).to_have_text("Too long: the last 1,000 characters were left out.")
    assert 20_000 == len(page.input_value("#description textarea"))
    page.locator("#description textarea").press("Backspace")
    expect(error).to_be_hidden()


def test_right_to_left_text_starts_at_the_right_and_prices_of_the_list_line_up(visit, eye):
    page = visit()
    price(page, "زجاجة ماء من الفولاذ")
    price(page, "one two three, a much longer name of a product than the other one has")
    page.locator("#section-history button").first.click()
    expect(page.locator("#history li")).to_have_count(2)
    english, arabic = page.locator("#history .title").evaluate_all(INK)
    ends = page.locator("#history .worth").evaluate_all("prices => prices.map((e) => e.getBoundingClientRect().right)")

    assert [0, 0] == [english["left"], arabic["right"]]
    assert ends[0] == ends[1]
    box = page.locator("#description textarea")
    area = box.bounding_box()
    right = {"x": area["x"] + area["width"] / 2, "y": area["y"], "width": area["width"] / 2, "height": 40}
    box.fill(".")
    before = page.screenshot(clip=right)
    box.fill("زجاجة ماء")
    assert eye.differing(before, page.screenshot(clip=right)) > 100
