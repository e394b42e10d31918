"""What the model read, chip by chip: worked out by hand on a tokenizer of words."""

import pytest

from pricer.pricing.explain import Explanation, explain
from pricer.pricing.prompt import FRAMES, Prompt, build_prompt
from pricer.ui.components.prompt import chips
from pricer.views.prompt import UNREAD_SHOWN, Chip, effect_sentence, reading_sentence, runs, unread_text
from tests.support.fakes import FakePricer, WordTokenizer


def prompt(description: str) -> Prompt:
    return build_prompt(description, FRAMES["2024"], WordTokenizer())


def explained(description: str) -> Explanation:
    *_, explanation = explain(FakePricer(), description)
    return explanation


def text(run) -> str:
    return "".join(chip.text for chip in run.chips)


def test_the_chips_are_the_whole_prompt_and_only_the_description_is_no_frame():
    before, read, after = runs(prompt("Red mug\nof clay"))

    assert ("BOSHow␣much␣does␣this␣cost␣to␣the␣nearest␣dollar?⏎⏎", True) == (text(before), before.framing)
    assert ("Red␣mug⏎of␣clay", False) == (text(read), read.framing)
    assert ("⏎⏎Price␣is␣$", True) == (text(after), after.framing)
    assert Chip("Red", 110) == read.chips[0]  # nine words and a line break stand before it


def test_a_token_belongs_to_the_phrase_of_its_first_sign():
    _, one, two, three, _ = runs(prompt("one two, three. four"), explained("one two, three. four"))

    assert ["one␣two,", "␣three.", "␣four"] == [text(run) for run in (one, two, three)]
    assert "Without “one two,”: $18.75, $20 less." == effect_sentence(one.effect)


def test_phrases_that_were_not_asked_about_yet_stay_plain():
    growing = explain(FakePricer(batch_size=1), "one, two, three")
    next(growing)
    first = next(growing)

    assert [False, True, False] == [run.effect is not None for run in runs(prompt("one, two, three"), first)][:3]


def test_what_no_token_covers_is_kept_as_it_is_and_told():
    gapped = Prompt("a  b", "a  b", (7, 8, 8), 3, 0, spans=((0, 1), (3, 4), (3, 4)), unknown=8)
    [run] = runs(gapped)

    assert (Chip("a", 7), Chip("b", 8, "  ", "not in the vocabulary"), "·") == (*run.chips[:2], run.chips[2].text)
    assert "3 tokens: 3 of the description" in reading_sentence(gapped)
    assert "this model does not read them" in reading_sentence(gapped)
    assert "does not read" not in reading_sentence(prompt("Red mug"))


def test_what_was_cut_is_the_end_of_the_text_and_told_up_to_a_limit():
    words = [f"word{index:04}" for index in range(1, 3_001)]
    long = prompt(" ".join(words))
    shown, said = unread_text(long)

    assert " ".join(words) == long.description + long.unread
    assert long.unread[:UNREAD_SHOWN] == shown
    assert shown.startswith(" word0161 word0162")
    assert said.startswith("The last 2,840 tokens were cut and not read; 24,560 more characters")
    assert ("", "") == unread_text(prompt("Red mug"))
    assert chips(long).count("<code") == 160 + 10 + 4 + 1


@pytest.mark.parametrize("description", ["one two, three", "one, two. three\nfour"])
def test_every_token_of_the_prompt_is_a_chip_once(description):
    read = prompt(description)

    shown = [chip.token_id for run in runs(read, explained(description)) for chip in run.chips]
    assert list(read.ids) == shown
