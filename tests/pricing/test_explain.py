"""What moves a price, what fine-tuning did, and the list of a visit."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pricer.errors import DescriptionError
from pricer.pricing.estimate import EstimatePair
from pricer.pricing.explain import MAX_PHRASES, explain, fine_tuning, split_phrases
from pricer.ui.server.limits import PRICES_KEPT
from pricer.ui.session.prices import Entry, History
from tests.support.fakes import FakePricer, estimate


def texts(description: str, limit: int = MAX_PHRASES) -> list[str]:
    return [phrase.text for phrase in split_phrases(description, limit)]


def test_phrases_end_at_lines_sentences_and_commas_but_not_inside_numbers():
    assert ["Drill, ", "20V.\n", "Weighs 3.5 kg; ", "costs 1,000 less! ", "New"] == texts(
        "Drill, 20V.\nWeighs 3.5 kg; costs 1,000 less! New"
    )


def test_a_bullet_stays_with_its_line():
    assert ["Drill\n", "- fast\n", "- light"] == texts("Drill\n- fast\n- light")


def test_too_many_phrases_are_merged_commas_first_and_the_shortest_first():
    assert ["aa, b, ", "cccc. ", "d, e\n", "f"] == texts("aa, b, cccc. d, e\nf", limit=4)
    assert ["aa, b, cccc. ", "d, e\n", "f"] == texts("aa, b, cccc. d, e\nf", limit=3)


@given(st.text(alphabet="ab1,.!\n -", max_size=200), st.integers(1, MAX_PHRASES))
def test_phrases_are_the_whole_text_and_never_more_than_the_limit(text, limit):
    phrases = split_phrases(text, limit)

    assert text == "".join(phrase.text for phrase in phrases)
    assert len(phrases) <= limit
    assert all(text[phrase.start : phrase.end] == phrase.text for phrase in phrases)


def test_a_phrase_s_effect_is_the_price_with_it_less_the_price_without():
    # Ten dollars a word: 28.75 for three words, 18.75 for two.
    *_, explanation = explain(FakePricer(), "one, two. three")

    assert [("one, ", 18.75, 10.0), ("two. ", 18.75, 10.0), ("three", 18.75, 10.0)] == [
        (effect.phrase.text, pytest.approx(effect.without), pytest.approx(effect.dollars))
        for effect in explanation.effects
    ]


def test_an_explanation_grows_by_batches_and_can_be_left_at_any_of_them():
    pricer = FakePricer(batch_size=2)
    growing = explain(pricer, "one, two, three, four, five")
    grown = list(itertools.islice(growing, 3))
    growing.close()

    assert [0, 2, 4] == [len(explanation.effects) for explanation in grown]
    assert [1, 2, 2] == [len(batch) for batch in pricer.batches]
    assert not grown[-1].done


def test_effects_can_be_read_off_the_median_as_well():
    *_, explanation = explain(FakePricer(), "one, two. three", "median")

    assert (30, [10, 10, 10]) == (explanation.price, [effect.dollars for effect in explanation.effects])


def test_the_largest_effect_comes_first_whatever_its_sign():
    class Dislikes(FakePricer):
        """Ten dollars a word, and fifty more for what is not rusty."""

        def _shares(self, text, adapter):
            return {str(10 * len(text.split()) + (0 if "rusty" in text else 50)): 0.9} if adapter else {}

    *_, explanation = explain(Dislikes(), "a fine thing. rusty, too")

    assert [("rusty, ", -40.0), ("a fine thing. ", 30.0), ("too", 10.0)] == [
        (effect.phrase.text, pytest.approx(effect.dollars)) for effect in explanation.largest_first
    ]


def test_a_phrase_without_which_there_is_no_price_has_no_dollars():
    class Picky(FakePricer):
        def _shares(self, text, adapter):
            return super()._shares(text, adapter) if "drill" in text else {" the": 0.9}

    *_, explanation = explain(Picky(), "red drill, blue")

    assert [None, 10.0] == [effect.dollars for effect in explanation.effects]
    assert "red drill, " == explanation.largest_first[-1].phrase.text


@pytest.mark.parametrize("description", ["", " \n", "one phrase alone"])
def test_a_description_that_cannot_be_taken_apart_is_refused_with_a_sentence(description):
    with pytest.raises(DescriptionError, match=r"description first|nothing can be left out"):
        list(explain(FakePricer(), description))


def test_fine_tuning_is_the_difference_between_the_base_alone_and_the_adapter():
    compared = fine_tuning(FakePricer(), "one two three")

    assert (7.0, 28.75, 21.75) == pytest.approx((compared.first.price, compared.second.price, compared.difference))


def test_there_is_no_difference_to_an_estimate_without_a_price():
    assert EstimatePair("a", estimate({"the": 0.9}), "b", estimate({"7": 0.9})).difference is None


def entry(words: int) -> Entry:
    text = " ".join(["word"] * words)
    return Entry(text, FakePricer().estimate_all([text])[0])


def test_the_list_keeps_the_last_ten_prices_newest_first():
    seen = History()
    for words in range(1, 14):
        seen = seen.added(entry(words))

    assert PRICES_KEPT == len(seen.entries)
    assert 13 == seen.current.estimate.tokens
    assert 4 == seen.entries[-1].estimate.tokens


def test_the_difference_is_that_to_the_one_before():
    seen = History().added(entry(2)).added(entry(5))

    assert 30.0 == pytest.approx(seen.difference(0))
    assert seen.difference(1) is None


def test_the_same_text_priced_again_moves_to_the_top_and_stays_one_entry():
    seen = History().added(entry(2)).added(entry(5)).added(entry(2))

    assert [2, 5] == [entry.estimate.tokens for entry in seen.entries]


def test_an_entry_that_is_brought_back_is_the_current_one_and_the_order_stays():
    seen = History().added(entry(2)).added(entry(5)).showing(1)

    assert (2, [5, 2]) == (seen.current.estimate.tokens, [entry.estimate.tokens for entry in seen.entries])
    with pytest.raises(IndexError):
        seen.showing(2)
