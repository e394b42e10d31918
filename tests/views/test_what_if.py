"""An edited text priced again: what changed, and what it did."""

import pytest

from pricer.pricing.estimate import Estimate
from pricer.views.what_if import change_words, edit_sentence, edited_words
from tests.support.fakes import estimate


def priced(description: str, price: int | None) -> Estimate:
    return estimate({"the": 0.9} if price is None else {str(price): 0.9}, description)


def test_the_words_that_were_changed_stand_beside_the_difference():
    before, after = priced("A red mug of clay", 12), priced("A blue mug of clay", 15)

    assert "$3 more than the previous one: “red” → “blue”" == edit_sentence(before, after)
    assert "$3 less than the previous one: “blue” → “red”" == edit_sentence(after, before)


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("red mug", "red mug of clay", "“of clay” added"),
        ("red mug of clay", "mug of clay", "“red” left out"),
        ("a b c d e f g h", "a X c X e X g X", "“b” → “X”, “d” → “X”, “f” → “X”, 1 more"),
        ("red mug", "red mug", ""),
        ("mug", f"mug {'long ' * 20}", "“long long long long long long long long…” added"),
    ],
)
def test_changes_are_named_word_by_word_and_not_without_end(before, after, words):
    assert words == edited_words(before, after)


def test_two_different_products_are_not_compared():
    assert "" == edit_sentence(priced("Garden hose 50 ft", 30), priced("Electric guitar with a maple neck", 300))
    assert "" == edit_sentence(priced("a red mug", None), priced("a blue mug", 12))
    assert "the same as the previous one" == change_words(priced("a red mug", 12), priced("a blue mug", 12))


def test_a_difference_is_taken_between_the_prices_as_they_are_shown():
    # Thirds of a dollar: (10 + 10 + 11) / 3 is shown as $10.33, (30 + 31 + 31) / 3 as $31.
    ten = estimate({"10": 0.4, "11": 0.2}, "a mug")
    thirty = estimate({"30": 0.2, "31": 0.4}, "a red mug")

    assert "$21 more than the previous one" == change_words(ten, thirty)
    assert "$0.33 more than the previous one" == change_words(priced("a mug", 10), ten)
