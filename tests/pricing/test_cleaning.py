"""Cleaning: a pasted text as a browser would copy it, without its price and unknown signs, and a word on each."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from transformers import AutoTokenizer

from pricer.errors import DescriptionError
from pricer.model.registry import ROWS
from pricer.pricing.cleaning import MARKUP_REMARK, PRICE_REMARK, Cleaning, cleaned, for_tokenizer
from pricer.pricing.markup import without_markup
from pricer.pricing.prompt import FRAMES, build_prompt


@pytest.fixture(scope="module")
def tokenizer():
    """The bundled model's own."""
    return AutoTokenizer.from_pretrained(ROWS["bundled"].base)


@pytest.mark.parametrize(
    ("pasted", "expected"),
    [
        (
            "<p>Stoneware <strong>vase</strong>.</p><ul><li>24&nbsp;cm</li><li>Matte</li></ul>",
            "Stoneware vase.\n24 cm\nMatte",
        ),
        ('<div class="a-section"><span class="a-list-item">1000 watts</span></div>', "1000 watts"),
        ("Pots &amp; pans", "Pots & pans"),
        ("&lt;p&gt;Soft hoodie&lt;/p&gt;", "Soft hoodie"),
        ("Mug<br>red<BR/>of clay", "Mug\nred\nof clay"),
        ("<style>p {color: red}</style>Mug<script>track()</script> red", "Mug red"),
        ("Mug <!-- a note --> red", "Mug red"),
        ("I <3 this mug, width < 5 in, 7 > 5", "I <3 this mug, width < 5 in, 7 > 5"),
        ("A <Brand> mug for AT&T", "A <Brand> mug for AT&T"),
        ("Mug <script> red", "Mug red"),
        ("<b>Mug of <Brand></b>", "Mug of <Brand>"),
    ],
)
def test_markup_is_taken_out_as_a_browsers_copy_would(pasted, expected):
    assert expected == without_markup(pasted).replace("\N{NO-BREAK SPACE}", " ")


@given(st.lists(st.sampled_from(["red", "<", ">", "&", "a<5", "<3", "</", "&amp", "x>y", ";", "<Brand>", "5", "\n"])))
def test_cleaning_never_removes_a_letter_outside_markup(words):
    text = " ".join(words)

    assert text == without_markup(text)


@given(st.lists(st.tuples(st.sampled_from(["<p>", "</p>", "<li>", "<b>", "<script>", "<br>", ""]), st.text("ab \n"))))
def test_letters_between_tags_stay(parts):
    text = "".join(f"{tag}{word}" for tag, word in parts)
    letters = "".join(word for _, word in parts)

    assert sum(map(letters.count, "ab")) == sum(map(without_markup(text).count, "ab"))


@pytest.mark.parametrize(
    ("pasted", "expected"),
    [
        ("Sale price is $59.99 this week only. Countertop blender", "Sale this week only. Countertop blender"),
        ("Price is $59.99 this week only. Countertop blender", "this week only. Countertop blender"),
        ("Blender, our low price is $1,089.99. 72 oz pitcher", "Blender, our low 72 oz pitcher"),
        ("Red mug Price is $12.00", "Red mug"),
    ],
)
def test_a_price_is_taken_out_wherever_it_stands_and_the_rest_is_kept(pasted, expected):
    assert Cleaning(expected, (PRICE_REMARK,)) == cleaned(pasted)


def test_what_was_taken_out_is_told_and_a_plain_text_is_told_nothing(tokenizer):
    assert (MARKUP_REMARK,) == build_prompt("<p>A red mug of clay</p>", FRAMES["2024"], tokenizer).remarks
    assert () == build_prompt("A red mug of clay", FRAMES["2024"], tokenizer).remarks


def test_signs_that_the_tokenizer_does_not_know_are_left_out_and_named(tokenizer):
    found = for_tokenizer(Cleaning("🔥【1000 WATTS】Ninja blender\n✅ 72 OZ pitcher™"), tokenizer)

    assert found.text.startswith("1000 WATTS Ninja blender\n72 OZ pitcher")
    assert all(sign in found.remarks[0] for sign in "🔥【】✅")


@pytest.mark.parametrize(
    "text",
    [
        "स्टेनलेस स्टील इलेक्ट्रिक केतली",
        "不锈钢电热水壶",
        "ステンレス製の電気ケトル",
        "스테인리스 전기 주전자",
        "غلاية كهربائية من الفولاذ",
        "электрический чайник из стали",
    ],
)
def test_words_of_a_script_that_it_cannot_read_are_kept_with_one_remark(tokenizer, text):
    found = for_tokenizer(Cleaning(text), tokenizer)

    assert text == found.text
    assert ["Much of this is in a script that the model cannot read: describe the product in English."] == list(
        found.remarks
    )


@pytest.mark.parametrize(
    ("text", "remark"),
    [
        ("https://example.com/dp/B0000003", "a web address"),
        ("shop.example.com/dp/B0000003", "a web address"),
        ("https://example.com/a https://example.com/b", "a web address"),
        ("B08N5WRWNW", "a bare code"),
        ("978-0-13-110362-7 B08N5WRWNW", "a bare code"),
        ("Hello, how are you?", "reads like a question"),
        ("FREE delivery tomorrow. 4.6 out of 5 stars. Steel kettle, 2 liters", "begin with the product's name"),
        ("8K+ bought in past month\nSteel kettle, 2 liters", "begin with the product's name"),
        ("mug", "Under three words"),
        ("red mug", "Under three words"),
    ],
)
def test_a_text_from_which_nobody_could_tell_a_price_gets_a_remark(text, remark, tokenizer):
    assert remark in " ".join(build_prompt(text, FRAMES["2024"], tokenizer).remarks)


@pytest.mark.parametrize(
    "text",
    [
        "Antenna 144/440/900/1200MHz 2M/70cm/33cm/25cm 1234567890/1234567890/1234567890/1234567890 wideband",
        "1" * 19_000 + " cable",
        "12/34 " * 3_000 + "cable",
        "www.x" * 3_800 + " cable",
        "com." * 4_800 + " cable",
        "https://example.com " * 900 + "cable",
        "a" * 19_000 + " ?!",
        " " * 9_500 + "cable" + " " * 9_500 + "!",
        "🔥 " * 9_500 + "cable",
        "price is $" * 1_900,
    ],
)
def test_no_text_takes_long_to_read_however_it_is_made(text, tokenizer):
    """As long as a visitor's may be: 20,000 characters."""
    begun = time.monotonic()
    build_prompt(f"A {text}", FRAMES["2024"], tokenizer)
    build_prompt(f"{text} of", FRAMES["2024"], tokenizer)

    assert time.monotonic() - begun < 5


def test_signs_alone_are_nothing_to_price(tokenizer):
    with pytest.raises(DescriptionError, match="description first"):
        build_prompt("🔥 🔥", FRAMES["2024"], tokenizer)
