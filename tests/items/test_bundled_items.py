"""The form of the bundled test items: real products with their US list price at launch."""

import collections
import itertools
import json
import re

import pytest

from tests import ROOT

PATH = ROOT / "pricer" / "bundled" / "items.jsonl"

# Lower bounds of the price bands; the last band ends with 999 (inclusive).
BANDS = [5, 15, 30, 60, 120, 250, 500]

MONEY = re.compile(r"[$€£¥]|\b(usd|dollars?|bucks?|pric\w*|msrp|cheap\w*|afford\w*|expensive)\b", re.IGNORECASE)
NUMBER = re.compile(r"(?<![\w.])\d[\d,]*(?:\.\d+)?(?!\w)")


@pytest.fixture(scope="module")
def items():
    lines = PATH.read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def normalised(title):
    return " ".join(re.findall(r"\w+", title.lower()))


def band(price):
    return max(bound for bound in BANDS if bound <= price)


def described(item):
    """All that a model sees: the title stands in the text's first line."""
    return item["text"]


def own_price_in(item):
    """The item's own price where it stands as a number in its title or text."""
    price = item["price"]
    if price < 20:  # small numbers are counts and sizes
        return []
    forms = {float(int(price)), float(round(price)), price}
    numbers = [number.replace(",", "") for number in NUMBER.findall(described(item))]
    return [number for number in numbers if float(number) in forms]


def test_there_are_at_least_four_hundred_items(items):
    assert True is (len(items) >= 400)


def test_every_item_has_exactly_the_expected_keys(items):
    odd = [item for item in items if set(item) != {"title", "text", "category", "price", "year"}]
    assert [] == odd


def test_every_text_begins_with_its_title(items):
    odd = [item["title"] for item in items if not item["text"].startswith(item["title"] + "\n")]
    assert [] == odd


def test_every_value_has_the_expected_type(items):
    types = {"title": str, "text": str, "category": str, "price": float, "year": int}
    odd = [(item["title"], key) for item in items for key, expected in types.items() if type(item[key]) is not expected]
    assert [] == odd


def test_title_text_and_category_are_not_blank(items):
    odd = [item for item in items if not (item["title"].strip() and item["text"].strip() and item["category"].strip())]
    assert [] == odd


def test_no_title_text_or_category_has_space_around_it(items):
    odd = [
        (item["title"], key)
        for item in items
        for key in ("title", "text", "category")
        if item[key] != item[key].strip()
    ]
    assert [] == odd


def test_every_title_is_a_single_line(items):
    assert [] == [item["title"] for item in items if "\n" in item["title"]]


def test_every_text_has_fifteen_to_a_hundred_and_fifty_words(items):
    odd = [item["title"] for item in items if not 15 <= len(item["text"].split()) <= 150]
    assert [] == odd


def test_titles_are_unique_after_normalisation(items):
    counts = collections.Counter(normalised(item["title"]) for item in items)
    assert [] == [title for title, count in counts.items() if count > 1]


def test_texts_are_unique(items):
    counts = collections.Counter(item["text"] for item in items)
    assert [] == [text for text, count in counts.items() if count > 1]


def test_there_are_at_least_twelve_categories(items):
    assert True is (len({item["category"] for item in items}) >= 12)


def test_every_category_has_at_least_ten_items(items):
    counts = collections.Counter(item["category"] for item in items)
    assert {} == {category: count for category, count in counts.items() if count < 10}


def test_prices_lie_between_5_and_999(items):
    assert [] == [item["title"] for item in items if not 5 <= item["price"] <= 999]


def test_prices_are_in_whole_cents(items):
    odd = [item["title"] for item in items if round(item["price"], 2) != item["price"]]
    assert [] == odd


def test_every_price_band_holds_at_least_five_percent(items):
    counts = collections.Counter(band(item["price"]) for item in items)
    assert [] == [bound for bound in BANDS if counts[bound] < 0.05 * len(items)]


def test_years_lie_between_1970_and_2025(items):
    assert [] == [item["title"] for item in items if not 1970 <= item["year"] <= 2025]


def test_no_title_or_text_speaks_of_money(items):
    odd = [(item["title"], found.group()) for item in items if (found := MONEY.search(described(item)))]
    assert [] == odd


def test_no_title_or_text_gives_its_own_price_away(items):
    odd = [(item["title"], own_price_in(item)) for item in items if own_price_in(item)]
    assert [] == odd


@pytest.mark.parametrize("text", ["Sold for 349.", "349.99 or less", "about 350", "1 of 349, new"])
def test_a_price_given_away_would_be_found(text):
    assert 1 == len(own_price_in({"title": "Camera", "text": text, "price": 349.99}))


@pytest.mark.parametrize("text", ["X349 camera", "34.9 oz", "3,490 shots", "349mm lens"])
def test_a_model_number_or_a_larger_number_is_not_taken_for_the_price(text):
    assert [] == own_price_in({"title": "Camera", "text": text, "price": 349.99})


def test_neighbouring_items_are_of_different_categories(items):
    odd = [
        (first["title"], second["title"])
        for first, second in itertools.pairwise(items)
        if first["category"] == second["category"]
    ]
    assert [] == odd
