"""The sections below the price, in a real Chromium over a fake pricer."""

import math
from dataclasses import replace

import numpy as np
import pytest
from playwright.sync_api import CDPSession, Page, expect

from pricer.pricing.distribution import TEMPERATURES, Distribution
from pricer.pricing.estimate import Estimate
from pricer.views.figures import distribution_figure
from tests.support.browser import PHONE
from tests.support.fakes import FakePricer


class DensePricer(FakePricer):
    """A pricer with a logit for every price: a bell around ten dollars a word, and 2 % on words."""

    def estimate_all(self, descriptions, k=3, adapter=True):
        return [self._dense(estimate) for estimate in super().estimate_all(descriptions, k, adapter)]

    def _dense(self, estimate: Estimate) -> Estimate:
        prices = np.arange(1000)
        centre = 10 * estimate.tokens
        logits = -0.5 * ((prices - centre) / 9.0) ** 2 + 0.8 * (prices % 10 == 9)
        words = float(np.log(0.02 / 0.98 * np.exp(logits).sum()))
        top = sorted([(str(p), p, float(v)) for p, v in zip(prices, logits, strict=True)], key=lambda t: -t[2])[:19]
        partition = tuple(math.log(np.exp(logits / t).sum() + math.exp(words / t)) for t in TEMPERATURES)
        ranked = tuple(sorted([*top, (" the", 5000, words)], key=lambda t: -t[2]))
        return replace(estimate, distribution=Distribution(ranked, logits, prices, partition))


@pytest.fixture(scope="module")
def pricer() -> DensePricer:
    return DensePricer(batch_size=2)


def price(page: Page, text: str) -> None:
    page.fill("#description textarea", text)
    page.click("#price-button")
    expect(page.locator("#price-status")).to_contain_text("Priced in")


def unfold(page: Page, section: str) -> None:
    page.locator(f"#section-{section} button.label-wrap").click()


def slide(page: Page, part: str, value: float) -> None:
    page.locator(f'#all-prices [data-part="{part}"]').evaluate(
        "(slider, value) => { slider.value = value; slider.dispatchEvent(new Event('input')); }",
        value,
    )
    expect(page.locator(f'#all-prices [data-part="{part}-shown"]')).to_have_text(f"{value:g}")


def reading(page: Page) -> dict:
    """What the browser makes of the stored distribution."""
    return page.evaluate("window.pricer.shown.reading")


def thread_seconds(devtools: CDPSession) -> float:
    """Seconds of processor time that the page has used so far."""
    metrics = devtools.send("Performance.getMetrics")["metrics"]
    return next(metric["value"] for metric in metrics if metric["name"] == "TaskDuration")


def drawn(page: Page) -> list[dict]:
    """The traces that Plotly has on the screen."""
    page.wait_for_selector("#all-prices .plot .main-svg")
    return page.eval_on_selector(
        "#all-prices .plot", "plot => plot.data.map(({ x, y, name }) => ({ x: Array.from(x), y: Array.from(y), name }))"
    )


def test_the_browser_reweighs_as_python_does(visit, pricer):
    page = visit()
    price(page, "one two three four five")
    unfold(page, "all")
    [estimate] = pricer.estimate_all(["one two three four five"])
    for k, temperature in [(3, 1.0), (1, 1.0), (7, 0.5), (20, 2.0), (5, 0.2), (13, 1.35)]:
        slide(page, "k", k)
        slide(page, "temperature", temperature)
        expected, actual = estimate.reweighed(k, temperature), reading(page)

        assert expected.price == pytest.approx(actual["price"], abs=1e-9)
        assert expected.candidate_mass == pytest.approx(actual["covered"], abs=1e-12)
        assert expected.mean == pytest.approx(actual["mean"], abs=1e-9)
        assert (expected.low, expected.median, expected.high) == (actual["low"], actual["median"], actual["high"])
        assert expected.mode == actual["greedy"]
        assert expected.probabilities == pytest.approx(np.array(actual["probabilities"]), abs=1e-14)


def test_at_k_3_and_temperature_1_the_price_is_the_course_s_and_reset_leads_back(visit, pricer):
    page = visit()
    price(page, "one two three four")
    [estimate] = pricer.estimate_all(["one two three four"])
    course = page.inner_text('#price-card [data-part="price"]')
    assert f"${estimate.price:,.0f}" == course
    unfold(page, "all")
    slide(page, "k", 12)
    slide(page, "temperature", 1.8)
    expect(page.locator('#price-card [data-part="label"]')).to_have_text("With k 12 and temperature 1.8")

    page.get_by_role("button", name="Reset", exact=True).click()

    assert course == page.inner_text('#price-card [data-part="price"]')
    assert estimate.price == pytest.approx(reading(page)["price"], abs=1e-12)


def test_the_chart_moves_with_the_sliders_to_where_python_would_draw_it(visit, pricer):
    page = visit()
    price(page, "one two three four five six")
    unfold(page, "all")
    slide(page, "k", 9)
    slide(page, "temperature", 0.5)
    [estimate] = pricer.estimate_all(["one two three four five six"])
    figure = distribution_figure(estimate.reweighed(9, 0.5))["data"]
    page.wait_for_function(
        "name => document.querySelector('#all-prices .plot').data?.[2].name === name", arg=figure[2]["name"]
    )

    for expected, actual in zip(figure, drawn(page), strict=True):
        assert expected["name"] == actual["name"]
        assert expected["x"] == pytest.approx(actual["x"], abs=1e-9)
        assert expected["y"] == pytest.approx(actual["y"], abs=1e-12)


def test_a_slider_is_answered_within_a_tenth_of_a_second_and_without_the_server(visit):
    page = visit()
    price(page, "one two three four five six")
    unfold(page, "all")
    drawn(page)
    requests = []
    page.on("request", lambda request: requests.append(request.url))
    # The time of the page's own thread, so that whatever else runs on this machine is not counted.
    devtools = page.context.new_cdp_session(page)
    devtools.send("Performance.enable", {"timeDomain": "threadTicks"})
    before = thread_seconds(devtools)
    moves = page.evaluate(
        """async () => {
          const slider = document.querySelector('#all-prices [data-part="k"]');
          const holder = document.querySelector('#all-prices .plot');
          const moves = [4, 9, 15, 2, 20, 7, 12, 3];
          for (const k of moves) {
            const drawn = new Promise((done) => holder.once('plotly_afterplot', done));
            slider.value = k;
            slider.dispatchEvent(new Event('input'));
            await drawn;
          }
          return moves.length;
        }"""
    )
    each = (thread_seconds(devtools) - before) / moves
    print(f"from slider to redrawn chart: {1000 * each:.0f} ms")

    assert each < 0.1
    assert [] == requests


def test_the_table_holds_the_twenty_candidates_with_their_shares(visit):
    page = visit()
    price(page, "one two three")
    unfold(page, "all")
    rows = page.locator("#all-prices tbody tr")
    expect(rows).to_have_count(20)

    assert "29" == rows.nth(0).locator("code").inner_text()
    shares = rows.locator("td:nth-child(4)").all_inner_texts()
    assert 3 == sum(share != "–" for share in shares)
    expect(page.locator('#all-prices [data-part="words"]')).to_contain_text("went to tokens that are not prices")


def test_what_moves_the_price_is_shown_for_each_phrase_and_never_unasked(visit, pricer):
    page = visit()
    price(page, "one two, three <b>. four")
    unfold(page, "why")
    before = len(pricer.batches)
    page.wait_for_timeout(500)
    assert before == len(pricer.batches)

    page.click("#why-start")

    expect(page.locator("#why-status")).to_have_text("3 of 3 phrases")
    expect(page.locator("#why .phrases mark")).to_have_count(3)
    expect(page.locator("#why .effects th").first).to_have_text("one two,")
    assert 0 == page.locator("#why b").count()


def test_an_explanation_can_be_stopped_and_keeps_what_it_found(visit, pricer):
    page = visit()
    price(page, ", ".join(f"part{i}" for i in range(20)))
    unfold(page, "why")
    pricer.seconds = 0.7
    try:
        page.click("#why-start")
        expect(page.locator("#why-status")).to_contain_text("phrases")
        page.click("#why-stop")
        expect(page.locator("#why-status")).to_have_text("Stopped. Results so far are kept.")
    finally:
        pricer.seconds = 0.0

    expect(page.locator("#why-start")).to_be_enabled()
    assert page.locator("#why .effects tr").count() < 20


def test_before_and_after_fine_tuning_stand_in_one_figure(visit):
    page = visit()
    price(page, "one two three")
    unfold(page, "tuning")
    page.click("#tuning-start")

    expect(page.locator("#tuning")).to_contain_text("Base model")
    expect(page.locator("#tuning-figure .main-svg").first).to_be_visible()
    assert 4 == page.eval_on_selector("#tuning-figure .plot", "plot => plot.data.length")


def test_the_last_prices_come_back_and_the_difference_is_shown(visit):
    page = visit()
    price(page, "one two")
    first = page.inner_text('#price-card [data-part="price"]')
    price(page, "one two three four")
    expect(page.locator('#price-card [data-part="change"]')).to_have_text("$20 more than the previous one")
    unfold(page, "history")
    entries = page.locator("#history li")
    expect(entries).to_have_count(2)

    entries.nth(1).locator(".back").click()

    expect(page.locator('#price-card [data-part="price"]')).to_have_text(first)
    expect(page.locator("#description textarea")).to_have_value("one two")
    entries.nth(0).get_by_text("Compare").click()
    expect(page.locator("#section-history p.words")).to_contain_text("$20 less")


def test_a_second_visitor_never_sees_the_first_one_s_list(visit):
    first = visit()
    price(first, "a secret of the first visitor")
    second = visit()
    unfold(second, "history")

    expect(second.locator("#history")).to_have_text("Your recent prices appear here.")
    price(second, "one two")
    expect(second.locator("#history li")).to_have_count(1)


def test_what_the_model_would_have_written_stands_beside_the_weighted_price(visit):
    page = visit()
    price(page, "one two three")
    unfold(page, "written")
    page.click("#written-start")

    expect(page.locator("#written .written")).to_contain_text("30.00")
    expect(page.locator("#written .pair")).to_contain_text("$30")


def test_a_link_opens_the_page_with_its_description_priced(visit):
    page = visit("?text=one%20two%20%3Cb%3E%20%24%7B1%2B1%7D")

    expect(page.locator("#price-status")).to_contain_text("Priced in")
    expect(page.locator("#description textarea")).to_have_value("one two <b> ${1+1}")


def test_copy_link_makes_such_a_link(visit, address):
    page = visit()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.fill("#description textarea", "one & two")
    page.click("#copy-link")

    expect(page.locator("#price-status")).to_have_text("Link copied.")
    assert f"{address}?text=one+%26+two" == page.evaluate("navigator.clipboard.readText()")


def test_every_section_fits_a_phone(visit):
    page = visit(size=PHONE)
    price(page, "one two, three. four")
    for section in ("all", "why", "tuning", "history", "written"):
        unfold(page, section)
    page.click("#why-start")
    page.click("#tuning-start")
    expect(page.locator("#tuning-figure .main-svg").first).to_be_visible()

    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_new_price_ends_an_explanation_of_the_old_one(visit, pricer):
    page = visit()
    price(page, ", ".join(f"part{i}" for i in range(20)))
    unfold(page, "why")
    pricer.seconds = 0.5
    try:
        page.click("#why-start")
        expect(page.locator("#why-status")).to_contain_text("phrases")
        price(page, "one two")
    finally:
        pricer.seconds = 0.0

    expect(page.locator("#why-start")).to_be_enabled()
    expect(page.locator("#why-stop")).to_be_disabled()
    page.wait_for_timeout(1500)
    expect(page.locator("#why mark")).to_have_count(0)
