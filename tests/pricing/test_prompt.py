"""The prompt: byte for byte the course's frame, only the description cut, and a price never shown to the model."""

import pytest
from transformers import AutoTokenizer

from pricer.errors import DescriptionError
from pricer.model.registry import ROWS
from pricer.pricing.cleaning import clean_description
from pricer.pricing.prompt import FRAMES, build_prompt, extract_price

FIRST, SECOND = FRAMES["2024"], FRAMES["2025"]


@pytest.fixture(scope="module")
def tokenizer():
    """The bundled model's own."""
    return AutoTokenizer.from_pretrained(ROWS["bundled"].base)


class WithoutBos:
    """A tokenizer of one token a character and no token for the beginning, as some models have it."""

    bos_token_id = None

    def __call__(self, text, return_offsets_mapping=False, **_):
        encoded = {"input_ids": [ord(character) for character in text]}
        return (
            encoded | {"offset_mapping": [(i, i + 1) for i in range(len(text))]} if return_offsets_mapping else encoded
        )


class Greedy:
    """A tokenizer that writes "ab" as one token, so that a beginning can take more tokens than it had in the whole."""

    bos_token_id = 1

    def __call__(self, text, return_offsets_mapping=False, **_):
        spans, at = [], 0
        while at < len(text):
            # A last letter alone takes two tokens, in the middle of a text one: like bytes of half a character.
            width = 2 if text[at : at + 2] == "ab" else 1
            spans += [(at, at + width)] * (2 if width == 1 and at + 1 == len(text) else 1)
            at += width
        return {"input_ids": [7] * len(spans)} | ({"offset_mapping": spans} if return_offsets_mapping else {})


def test_the_first_generation_frame_is_the_courses_byte_for_byte():
    expected = "How much does this cost to the nearest dollar?\n\nRed mug\nOf clay\n\nPrice is $"

    assert expected == FIRST.around("Red mug\nOf clay")


def test_the_second_generation_frame_has_its_own_question_and_cut():
    expected = "What does this cost to the nearest dollar?\n\nRed mug\n\nPrice is $"

    assert expected == SECOND.around("Red mug")
    assert 160 == FIRST.max_tokens
    assert 110 == SECOND.max_tokens


@pytest.mark.parametrize("frame", [FIRST, SECOND])
def test_two_newlines_stand_on_either_side_of_the_description_and_nothing_follows_the_dollar(frame, tokenizer):
    text = build_prompt("Red mug", frame, tokenizer).text

    assert 4 == text.count("\n")
    assert "\n\nRed mug\n\n" in text
    assert text.endswith("Price is $")


def test_the_ids_begin_with_one_bos_and_are_otherwise_those_of_the_text(tokenizer):
    prompt = build_prompt("Red mug of clay", FIRST, tokenizer)

    assert tokenizer.bos_token_id == prompt.ids[0]
    assert 1 == prompt.ids.count(tokenizer.bos_token_id)
    assert tuple(tokenizer(prompt.text, add_special_tokens=False)["input_ids"]) == prompt.ids[1:]
    assert "$" == tokenizer.decode([prompt.ids[-1]])


def test_a_tokenizer_without_bos_gets_none():
    prompt = build_prompt("mug", FIRST, WithoutBos())

    assert tuple(ord(character) for character in FIRST.around("mug")) == prompt.ids


def test_a_special_token_that_a_visitor_spells_out_is_only_text(tokenizer):
    prompt = build_prompt(f"{tokenizer.bos_token} mug {tokenizer.eos_token}", FIRST, tokenizer)

    assert 1 == prompt.ids.count(tokenizer.bos_token_id)
    assert 0 == prompt.ids.count(tokenizer.eos_token_id)


@pytest.mark.parametrize("frame", [FIRST, SECOND])
def test_only_the_description_is_cut_and_the_cut_is_counted(frame, tokenizer):
    words = ["mug"] * (frame.max_tokens + 25)

    prompt = build_prompt(" ".join(words), frame, tokenizer)

    assert " ".join(words[: frame.max_tokens]) == prompt.description
    assert frame.around(prompt.description) == prompt.text
    assert (frame.max_tokens, 25) == (prompt.tokens, prompt.cut)


def test_a_description_of_exactly_the_limit_is_not_cut(tokenizer):
    text = " ".join(["mug"] * 160)

    prompt = build_prompt(text, FIRST, tokenizer)

    assert text == prompt.description
    assert (160, 0) == (prompt.tokens, prompt.cut)


def test_a_cut_that_would_need_more_tokens_than_it_had_is_made_earlier():
    prompt = build_prompt("ab" * 159 + "c" * 3, FIRST, Greedy())

    # 159 "ab" and a "c" are 160 tokens of the whole, but the "c" alone at the end takes two.
    assert "ab" * 159 == prompt.description
    assert (159, 4) == (prompt.tokens, prompt.cut)


@pytest.mark.parametrize("blank", ["", " ", "\n\t \r\n", "\N{NO-BREAK SPACE}", "\N{IDEOGRAPHIC SPACE}"])
def test_a_blank_description_is_refused_with_a_sentence(blank):
    with pytest.raises(DescriptionError, match="Type or paste a description first"):
        clean_description(blank)


def test_a_description_that_the_tokenizer_makes_nothing_of_is_blank_too(tokenizer):
    with pytest.raises(DescriptionError, match="Type or paste a description first"):
        build_prompt("\N{ZERO WIDTH SPACE}\x00", FIRST, tokenizer)


@pytest.mark.parametrize(
    "text",
    [
        "Red mug\n\nPrice is $12.00",
        "Red mug Price is $",
        "Red mug PRICE IS $ 12",
        "Red mug price  is\n$12 Price is $13",
        "How much does this cost to the nearest dollar?\n\nRed mug\n\nPrice is $12.00",
        "What does this cost to the nearest dollar?\n\nRed mug\n\nPrice is $12.00",
    ],
)
def test_the_model_never_sees_a_price_that_the_text_gives_away(text, tokenizer):
    prompt = build_prompt(text, FIRST, tokenizer)

    assert "Red mug" == prompt.description
    assert "12" not in prompt.text
    assert 1 == prompt.text.count("Price is $")


def test_a_price_in_other_words_stays_as_the_visitor_wrote_it():
    assert "Red mug, was $20" == clean_description("Red mug, was $20")


def test_a_text_that_is_nothing_but_its_price_is_blank():
    with pytest.raises(DescriptionError, match="description first"):
        clean_description("Price is $12.00")


def test_a_lone_surrogate_becomes_a_replacement_character():
    assert "mug \N{REPLACEMENT CHARACTER}" == clean_description("mug \ud800")


def test_the_courses_example_of_extract_price():
    assert 899.99 == extract_price("Price is $a fabulous 899.99 or so")


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Price is $12.00", 12.0),
        ("How much?\n\nmug\n\nPrice is $1,299.00 and more", 1299.0),
        ("Price is $.99", 0.99),
        ("Price is $7. Price is $8", 7.0),
        ("Price is $0", 0.0),
        ("Price is $about nothing", None),
        ("It costs $12.00", None),
        ("", None),
    ],
)
def test_a_price_is_the_first_number_after_the_prefix_or_none(written, expected):
    assert expected == extract_price(written)
