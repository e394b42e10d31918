"""What holds for any text, any distribution, any item and any file: stated in words, tried with whatever may come."""

import csv
import io
import json
import math
import os
import re
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from transformers import AutoTokenizer

from pricer.cli.terminal import estimate_lines, report_lines, result_line
from pricer.errors import DescriptionError, ItemsError, ModelError
from pricer.items.item import Item, item_from_row
from pricer.items.load import Items, load_items
from pricer.items.prices import MAX_PRICE, parse_price
from pricer.model.registry import ROWS
from pricer.pricing.cleaning import clean_description, cleaned, for_tokenizer
from pricer.pricing.distribution import HIGHEST_PRICE, TEMPERATURES, Distribution
from pricer.pricing.estimate import DECODERS, Estimate, EstimatePair
from pricer.pricing.explain import Effect, Explanation, Phrase
from pricer.pricing.prompt import FRAMES, Prompt, build_prompt, extract_price
from pricer.runs import comparison, metrics, tester
from pricer.runs.folder import Run
from pricer.runs.report import METHODS, Report
from pricer.runs.result import Result
from pricer.runs.settings import settings_of
from pricer.ui.components import markup
from pricer.ui.components.assets import message
from pricer.ui.components.prompt import chips
from pricer.ui.session.prices import Entry, History
from pricer.views import price as page_of_estimate
from pricer.views import run_export as export
from pricer.views import run_feed as page_of_run
from pricer.views import run_tables as findings
from pricer.views.figures import comparison_figure, distribution_figure
from pricer.views.histogram import histogram
from pricer.views.run_figures import overlay_figure
from pricer.views.run_html import to_html
from pricer.views.run_item import item_page
from pricer.views.text import printable
from pricer.views.what_if import edit_sentence
from tests.support.fakes import FakePricer, distribution

_ANY = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
# The same cases every time in the ordinary suite; HYPOTHESIS_PROFILE=stress tries many more, and others each time.
settings.register_profile("pricer", max_examples=100, derandomize=True, **_ANY)
settings.register_profile("stress", max_examples=500, **_ANY)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "pricer"))

TOKENIZER = AutoTokenizer.from_pretrained(ROWS["bundled"].base)
WORDS = (
    "Price is $5",
    "price  is\n$",
    FRAMES["2024"].question,
    "[CLS]",
    "</s>",
    "<script>",
    "\u202e",
    "\ud800",
    "\0",
    "٣",
    "😀",
)

texts = st.one_of(
    st.text(st.characters(exclude_categories=()), max_size=300),  # lone surrogates and control characters too
    st.lists(st.one_of(st.sampled_from(WORDS), st.text(max_size=10)), max_size=60).map(" ".join),
    st.builds(lambda text, times: text * times, st.text(min_size=1, max_size=4), st.integers(1, 600)),
)
prices = st.floats(0.01, MAX_PRICE)
anything = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), texts, st.binary(max_size=9), st.lists(st.text())
)


# Prompt


@given(texts, st.sampled_from(sorted(FRAMES)))
@example("x" * 1_000_000, "2024")
@example("7" * 5_000, "2025")
@example("Price is $5 " * 10_000, "2024")
def test_any_text_becomes_one_whole_frame_or_is_refused(text, frame):
    frame = FRAMES[frame]
    try:
        prompt = build_prompt(text, frame, TOKENIZER)
    except DescriptionError:
        return

    assert frame.around(prompt.description) == prompt.text
    assert prompt.text.startswith(f"{frame.question}\n\n")
    assert prompt.text.endswith("\n\nPrice is $")
    assert 0 < prompt.tokens <= frame.max_tokens
    assert prompt.cut >= 0
    assert for_tokenizer(cleaned(text), TOKENIZER).text.startswith(prompt.description)
    assert 1 == prompt.ids.count(TOKENIZER.bos_token_id)
    assert 1 == prompt.text.lower().count("price is $")


@given(texts)
def test_cleaning_twice_is_cleaning_once(text):
    try:
        once = clean_description(text)
    except DescriptionError:
        return

    assert once == clean_description(once)
    assert once.encode()


@given(texts)
@example("9" * 400)
@example("." + "9" * 400)
def test_a_price_is_read_from_any_text_or_there_is_none(text):
    price = extract_price(f"Price is ${text}")

    assert price is None or (price >= 0 and math.isfinite(price))


# Estimate


@st.composite
def shares(draw):
    """Shares of the vocabulary for some tokens, numbers or not, that sum to at most one."""
    tokens = st.one_of(st.integers(0, HIGHEST_PRICE).map(str), st.sampled_from(["007", "00", "the", "$", "1000", "½"]))
    weights = draw(st.dictionaries(tokens, st.floats(1e-12, 1.0), min_size=1, max_size=60))
    total = math.fsum(weights.values()) * draw(st.sampled_from([1.0, 1.5, 1000.0]))
    return {token: weight / total for token, weight in weights.items()}


@given(shares(), st.integers(1, 20), st.sampled_from(TEMPERATURES))
def test_a_price_lies_between_its_candidates_and_shares_never_exceed_the_whole(given_shares, k, temperature):
    found = Estimate("a", 1, 0, "fake", distribution(given_shares), k, temperature)
    positive = [candidate.price for candidate in found.candidates if candidate.price]

    assert (found.price is None) == (not positive)
    if positive:
        assert min(positive) * (1 - 1e-9) <= found.price <= max(positive) * (1 + 1e-9)
    assert 0 <= found.candidate_mass <= 1 + 1e-9
    assert 0 <= found.mass <= 1 + 1e-9
    assert math.fsum(candidate.probability for candidate in found.candidates) <= 1 + 1e-9
    assert [c.probability for c in found.candidates] == sorted((c.probability for c in found.candidates), reverse=True)


@given(shares())
@example({"5": 1.0})
@example({"007": 0.5, "00": 0.3})
@example({"the": 1.0})
def test_the_ends_of_the_interval_are_prices_that_the_model_gave_a_share(given_shares):
    found = Estimate("a", 1, 0, "fake", distribution(given_shares))
    likely = [price for price in range(HIGHEST_PRICE + 1) if found.probabilities[price] > 0]

    assert math.fsum(found.probabilities) <= 1 + 1e-9
    if not likely:
        assert (None, None) == (found.low, found.high)
    else:
        assert {found.low, found.median, found.high, found.mode} <= set(likely)
        assert likely[0] <= found.low <= found.high <= likely[-1]
        assert likely[0] - 1e-6 <= found.mean <= likely[-1] + 1e-6


@given(shares())
def test_quantiles_are_in_order_and_everything_said_is_json(given_shares):
    found = Estimate("a", 1, 0, "fake", distribution(given_shares))

    if found.mass:
        assert 0 <= found.low <= found.median <= found.high <= HIGHEST_PRICE
        assert found.low <= found.mode or found.mode <= found.high
        assert 0 <= found.mean <= HIGHEST_PRICE + 1e-6
    for decoder in DECODERS:
        assert found.by(decoder) is None or 0 <= found.by(decoder) <= HIGHEST_PRICE + 1e-6
    assert json.dumps(found.as_dict(), allow_nan=False)
    assert all("\n" not in line for line in estimate_lines(found))


@given(st.lists(st.floats(), min_size=1, max_size=20), st.floats())
def test_logits_are_all_finite_or_refused(logits, partition):
    numbers = np.array(logits)
    try:
        made = Distribution((("5", 5, logits[0]),), numbers, np.arange(len(logits)), (partition,) * len(TEMPERATURES))
    except ModelError:
        assert not (np.isfinite(numbers).all() and math.isfinite(partition))
    else:
        assert np.isfinite(made.number_logits).all()


# Metrics

pairs = st.lists(st.tuples(prices, st.floats(0, 1e6)), max_size=40)


@given(pairs)
def test_no_metric_is_ever_nan_infinite_or_negative(rows):
    truths, guesses = [truth for truth, _ in rows], [guess for _, guess in rows]
    errors = [abs(truth - guess) for truth, guess in rows]
    found = [
        *(metrics.mean(errors), metrics.median(errors), metrics.standard_error(errors)),
        *(metrics.rmse(truths, guesses), metrics.rmsle(truths, guesses)),
    ]

    assert all(value is None or (math.isfinite(value) and value >= 0) for value in found)
    explained = metrics.r_squared(truths, guesses)
    assert explained is None or explained <= 1


@given(st.lists(st.tuples(prices, st.floats(0, 1e6)), min_size=1, max_size=40))
def test_an_average_lies_between_the_smallest_and_the_largest_error(rows):
    truths, guesses = [truth for truth, _ in rows], [guess for _, guess in rows]
    errors = [abs(truth - guess) for truth, guess in rows]

    for average in (metrics.mean(errors), metrics.median(errors), metrics.rmse(truths, guesses)):
        assert min(errors) * (1 - 1e-9) <= average <= max(errors) * (1 + 1e-9)
    assert metrics.mean(errors) <= metrics.rmse(truths, guesses) * (1 + 1e-9)


@given(prices, st.floats(0, 1e6))
def test_the_nearer_estimate_never_has_the_worse_color(truth, error):
    ranks = [metrics.COLORS.index(metrics.color(error * part, truth)) for part in (0, 0.25, 0.5, 1)]

    assert ranks == sorted(ranks)


# Tester


@st.composite
def results(draw):
    """Results as a run may give them, some without a price."""
    estimates = st.one_of(st.none(), st.floats(0, 999))
    return [
        Result(
            index,
            Item(draw(st.text(max_size=9)), f"text {index % 7}", truth, draw(st.sampled_from([None, "", "a", "b"]))),
            guess,
        )
        for index, (truth, guess) in enumerate(draw(st.lists(st.tuples(prices, estimates), max_size=30)))
    ]


@given(results())
def test_the_groups_of_a_report_are_the_whole_report(found):
    whole = Report("top3", len(found), tuple(found), 1.0)

    for groups in (whole.by_price(), whole.by_category()):
        assert len(found) == sum(group.n for group in groups.values())
        if whole.priced:
            total = math.fsum(group.mae * len(group.priced) for group in groups.values() if group.priced)
            assert whole.mae == pytest.approx(total / len(whole.priced), abs=1e-9)
    if whole.priced:
        assert pytest.approx(1.0) == sum(whole.share(color) for color in metrics.COLORS)


@given(results())
def test_every_report_can_be_written_in_every_form_without_a_nan(found):
    report = Report("top3", len(found) + 1, tuple(found))
    how = settings_of(FakePricer().info, Items("<a>", ()))

    assert json.loads(export.to_json(report, how))["n"] == len(found)
    assert len(found) == len(list(csv.DictReader(io.StringIO(export.to_csv(report, how), newline=""))))
    # Without the titles, which may be any word: what stands in this page is ours alone.
    page = to_html(
        replace(report, results=tuple(replace(result, item=replace(result.item, title="a")) for result in found)), how
    )
    assert not any(f"{unit}{word}" in page for unit in ("$", "± ", ">") for word in ("nan", "inf", "None"))
    assert all("\n" not in line for line in report_lines(report, how.source))


@given(results(), results())
def test_a_comparison_is_the_other_way_round_with_the_sign_turned(one, other):
    first, second = Report("top3", len(one), tuple(one)), Report("top3", len(other), tuple(other))
    there, back = comparison.compare(first, second), comparison.compare(second, first)

    assert (there.n, there.unmatched) == (back.n, back.unmatched)
    if there.n:
        assert there.difference == pytest.approx(-back.difference, abs=1e-6)


@given(st.lists(st.tuples(texts, prices), max_size=12), st.integers(1, 5), st.integers(0, 12), st.sampled_from(METHODS))
def test_a_run_of_parts_is_the_run_of_the_whole(rows, batch_size, done, method):
    items = [Item("a", text, price) for text, price in rows]
    whole = list(tester.run(FakePricer(batch_size=64), items, method))[-1]

    begun = Report(method, len(items), whole.results[:done])
    parts = list(tester.run(FakePricer(batch_size=batch_size), items, method, done=begun))[-1]

    assert whole.results == parts.results
    assert all(result.estimate is not None or result.reason for result in whole.results)


@given(st.lists(st.tuples(texts, texts, prices), max_size=6), st.integers(0, 6))
def test_a_run_reads_back_from_its_folder_as_it_was(rows, stop):
    items = Items("a", tuple(Item(_encodable(title), _encodable(text), price) for title, text, price in rows))
    pricer = FakePricer(batch_size=2)
    with tempfile.TemporaryDirectory() as folder:
        run = Run.create(Path(folder), settings_of(pricer.info, items), items)
        reports = run.record(tester.run(pricer, items.items))
        report = next(reports)
        for _, report in zip(range(stop), reports, strict=False):  # noqa: B007
            pass
        reports.close()

        assert report == Run.read(Path(folder)).report


# Charts


def strict(value) -> str:
    """JSON that a browser reads: NaN and infinities are an error."""
    return json.dumps(value, allow_nan=False)


@given(shares(), texts, st.one_of(st.none(), prices))
@example({"the": 1.0}, "a", 5.0)
@example({"0": 1.0}, "\ud800", None)
@example({"999": 1.0}, "%{x}<b>", MAX_PRICE)
def test_no_number_that_json_lacks_reaches_the_page_of_an_estimate(given_shares, text, truth):
    found = Estimate(text, 1, 0, "fake", distribution(given_shares))
    beside = EstimatePair(text, found, "other", Estimate("a", 1, 0, "fake", distribution({"20": 0.5})))

    calibrated = replace(found, coverage=0.8)
    assert strict(page_of_estimate.page_data(calibrated, truth, edit_sentence(beside.second, found)))
    assert strict(distribution_figure(found, truth))
    assert strict(comparison_figure(beside))
    for words in (
        page_of_estimate.sentence(found),
        page_of_estimate.comparison_sentence(replace(beside, first_name="one")),
    ):
        assert not is_no_number(words)
    names = [trace["name"] for trace in comparison_figure(beside)["data"]]
    assert not any("<" in name or "%{" in name for name in names)


@given(results(), results())
@example([Result(0, Item("a", "a", MAX_PRICE), 0.0)], [Result(0, Item("a", "a", MAX_PRICE), 999.0)])
@example([Result(0, Item("a", "a", 5.0), 5.0)], [Result(0, Item("a", "a", 5.0), None)])
def test_no_number_that_json_lacks_reaches_the_page_of_a_run(found, other):
    report, second = (Report("top3", len(rows) + 1, tuple(rows), 1.0) for rows in (found, other))
    opening = page_of_run.opening(settings_of(FakePricer().info, Items("a.csv", ())), 3, run="a", name="b", slug="c")
    fed = opening + page_of_run.rows(found) + page_of_run.status(report, "finished", "a sentence")

    assert len(found) + 2 == len([json.loads(line, parse_constant=pytest.fail) for line in fed.split("\n")[:-1]])
    tables = [findings.decoders(report), findings.by_price(report), findings.by_category(report)]
    compared = comparison.compare(report, second)
    tables += [findings.compared(compared), findings.differences(compared)]
    # The first cell names a group, which may be called anything.
    assert not any(is_no_number(cell) for table in tables for row in table.rows for cell in row[1:])
    assert strict(overlay_figure(compared))
    assert strict([item_page("a", result, "top3") for result in found])
    bars = histogram(report)
    assert len(report.priced) == sum(part.count for part in bars)
    assert not any(is_no_number(part.label) or math.isnan(part.share) for part in bars)


@given(texts, texts)
def test_what_is_made_into_markup_holds_no_tag_of_its_text(text, other):
    words = f"{text}<i data-evil>{other}"
    found = Estimate(words, 1, 0, "fake", distribution({"20": 0.5, "<i data-evil>": 0.2}))
    phrase = Phrase(words, 0, len(words))
    entries = History().added(Entry(words, found)).added(Entry(other, found))
    explanation = Explanation(found, (phrase,), "top3", (Effect(phrase, 5.0, 4.0),))
    prompt = Prompt(words, words, (5,), 1, 3, unread=words, spans=((0, len(words)),))
    pieces = [
        chips(prompt),
        chips(prompt, explanation),
        markup.history(entries),
        markup.comparison(EstimatePair(words, found, other, found)),
        markup.completion(words, 5.0),
        markup.phrases(explanation),
        message(words),
    ]

    assert not any("data-evil>" in piece.replace("&lt;i data-evil&gt;", "") for piece in pieces)


def is_no_number(words: str) -> bool:
    return re.search(r"\b(nan|inf|None)\b", words) is not None


# Items


@given(anything)
def test_any_price_is_positive_dollars_or_a_reason(value):
    try:
        price = parse_price(value)
    except ValueError as error:
        price, reason = None, str(error)
    else:
        reason = ""

    assert reason if price is None else 0 < price <= MAX_PRICE


@example({"text": "a", "price": 5, "title": "\ud800", "category": "\udfff", "source": "\ud800"})
@given(st.dictionaries(st.sampled_from(["text", "price", "title", "category", "prompt", "Price", ""]), anything))
def test_any_row_is_an_item_that_can_be_shown_or_a_reason(row):
    try:
        item = item_from_row(row)
    except (ValueError, ItemsError) as error:
        reason = str(error)
    else:
        reason = "none needed"
        assert item.text == clean_description(item.text)
        assert "\n" not in item.title
        assert item.leaks in (True, False)
        assert f"{item.title}{item.category}{item.source}".encode()
    assert reason


@given(
    st.sampled_from(["a.csv", "a.tsv", "a.jsonl", "a.parquet", "a.csv.gz", "a.jsonl.gz"]),
    st.one_of(
        st.binary(max_size=400),
        st.text(st.sampled_from('text,price;"\n\r\t|${}[]:19.\\ é😀\0'), max_size=200).map(str.encode),
        st.lists(st.tuples(st.text(), anything), max_size=5).map(
            lambda rows: "".join(json.dumps({"text": t, "price": str(p)}) + "\n" for t, p in rows).encode()
        ),
    ),
)
def test_any_file_gives_items_or_a_sentence(name, content):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        try:
            items = load_items(str(path), 5)
        except ItemsError as error:
            items, sentence = None, str(error)

    if items is None:
        assert sentence.endswith(".")
    else:
        assert items.items
        assert all(0 < item.price <= MAX_PRICE for item in items.items)


# Terminal


@given(texts, prices, st.one_of(st.none(), st.floats(0, 999)))
def test_a_line_of_a_run_is_one_line_that_commands_no_terminal(title, truth, guess):
    line = result_line(Result(0, Item(title, "a", truth), guess), colors=False)

    assert 1 == len(line.splitlines())
    assert all(character.isprintable() for character in printable(title))


def _encodable(text: str) -> str:
    """As items are: a text that came through `clean_description`."""
    return text.encode(errors="replace").decode()
