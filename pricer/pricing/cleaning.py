"""Cleaning: what of a pasted text a model may see, and what is said of the rest.

A model was trained on plain descriptions without their price. Whatever else people paste (markup, the price itself,
signs that its tokenizer does not know) would move its answer, so it is taken out here, and never without a word.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Any

from pricer.errors import DescriptionError
from pricer.pricing.markup import without_markup

NOTHING_TO_PRICE = "Type or paste a description first."
MARKUP_REMARK = "HTML was taken out, as a browser's copy would."
PRICE_REMARK = "The price in the text was taken out: the model must not see it."

# The questions that the course put before a description, in training and in chats.
QUESTIONS = (
    "How much does this cost to the nearest dollar?",
    "What does this cost to the nearest dollar?",
    "How much does this cost?",
    "Estimate the price of this product. Respond with the price, no explanation",
)
_LEADING_QUESTIONS = re.compile(rf"\A(?:\s*(?:{'|'.join(map(re.escape, QUESTIONS))})\.?)+")
_OWN_PRICE = re.compile(r"[^\S\n]*price\s+is\s*\$\s*(?:[0-9][0-9,]*(?:\.[0-9]+)?|\.[0-9]+)?(?:[.!,;](?=\s|$))?", re.I)
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
# Of one word, for a pattern of many would try every way to divide a text among them.
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|(?:[\w-]+\.)+(?:com|org|net|shop|co\.uk|de)(?:/\S*)?", re.I)
_CODE = re.compile(r"(?=\S*[0-9])[A-Za-z0-9][A-Za-z0-9._/-]*", re.ASCII)
# What stands around a product on the page of a shop.
_FURNITURE = re.compile(
    r"(?:free (?:delivery|shipping|returns)|[0-9.,]+ out of 5 stars|[0-9][0-9.,]*K?\+? (?:ratings|reviews|bought)|"
    r"add to (?:cart|basket)|sponsored|in stock)\b",
    re.I,
)
_QUESTION = re.compile(r"[^\n]{1,120}[?؟？]\s*")
_OF_EMOJI = "\N{VARIATION SELECTOR-16}\N{COMBINING ENCLOSING KEYCAP}"
_SHOWN = 8  # signs that a remark names
_UNREADABLE = 0.3  # share of the letters from which on a remark is due
_TOKENS_A_LETTER = 0.75  # a word of another script that is spelled out letter by letter is not read as a word


@dataclass(frozen=True)
class Cleaning:
    """A text that a model may see, and sentences about what was taken out of it or makes it hard to price."""

    text: str
    remarks: tuple[str, ...] = ()


def encodable(text: str) -> str:
    """`text` with U+FFFD for every lone surrogate: halves of characters, which no file and no message can carry."""
    return text if text.isascii() else _LONE_SURROGATE.sub("\N{REPLACEMENT CHARACTER}", text)


def clean_description(text: str) -> str:
    """The part of `text` that any model may see. Raises DescriptionError if nothing is left."""
    return cleaned(text).text


def cleaned(text: str) -> Cleaning:
    """`text` without markup, without "Price is $..." wherever it stands, and without the course's question before it.

    Raises DescriptionError if nothing is left.
    """
    remarks = []
    text = encodable(text)
    plain = without_markup(text)
    if plain != text:
        remarks.append(MARKUP_REMARK)
    text = encodable(plain).strip()
    unpriced = _without_price(text) if "$" in text else text
    if unpriced != text:
        remarks.append(PRICE_REMARK)
    text = _LEADING_QUESTIONS.sub("", unpriced.strip()).strip()
    if not text:
        raise DescriptionError(NOTHING_TO_PRICE)
    return Cleaning(text, tuple(remarks))


def _without_price(text: str) -> str:
    """Until there is none: what stood on both sides of a price may spell one again."""
    while (shorter := _OWN_PRICE.sub("", text)) != text:
        text = shorter
    return text


def for_tokenizer(cleaning: Cleaning, tokenizer: Any) -> Cleaning:
    """`cleaning` without the signs that `tokenizer` does not know, and with remarks on what it cannot read.

    Letters and digits are never taken out. A tokenizer that spells everything in bytes knows every sign.
    """
    text, remarks = cleaning.text, list(cleaning.remarks)
    unknown = getattr(tokenizer, "unk_token_id", None)
    if unknown is not None and not text.isascii():
        signs = [sign for sign in dict.fromkeys(text) if _is_sign(sign) and _is_unknown(sign, tokenizer)]
        if signs:
            text = _left_out(text, signs)
            named = [sign for sign in signs if sign not in _OF_EMOJI] or ["emoji"]
            shown = " ".join(named[:_SHOWN]) + (" ..." if len(named) > _SHOWN else "")
            remarks.append(f"Signs that the model does not know were left out: {shown}")
        if not text:
            raise DescriptionError(NOTHING_TO_PRICE)
        if _unreadable_share(text, tokenizer, unknown) >= _UNREADABLE:
            unread = "Much of this is in a script that the model cannot read: describe the product in English."
            return Cleaning(text, (*remarks, unread))  # which may be one without blanks between words
    return Cleaning(text, (*remarks, *_hints(text)))


def _hints(text: str) -> tuple[str, ...]:
    """What is said of a text from which no person could tell a price."""
    words = text.split()
    if all(map(_ADDRESS.fullmatch, words)):
        return ("This is a web address, which the model cannot open: paste the description that stands there.",)
    if all(map(_CODE.fullmatch, words)):
        return ("This is a bare code: say what the product is.",)
    if _QUESTION.fullmatch(text):
        return ("This reads like a question: describe the product instead, as a shop would.",)
    if _FURNITURE.match(text):
        return ("This begins with what stands around a product on its page: begin with the product's name.",)
    if len(words) < 3:
        return ("Under three words say little: the name of the product and what it is make a better price.",)
    return ()


def _is_sign(character: str) -> bool:
    """Whether it is neither ASCII, letter, number, blank nor a mark that belongs to a letter."""
    if character.isascii() or character.isspace():
        return False
    return unicodedata.category(character)[0] not in "LNM" or character in _OF_EMOJI


def _is_unknown(sign: str, tokenizer: Any) -> bool:
    return sign in _OF_EMOJI or tokenizer.unk_token_id in _ids(sign, tokenizer)


def _left_out(text: str, signs: list[str]) -> str:
    """A blank in the place of each run of signs, none at the ends of lines."""
    run = f"[{re.escape(''.join(signs))}]"
    text = re.sub(rf"[^\S\n]*{run}(?:[^\S\n]|{run})*", " ", text)
    return "\n".join(line.strip(" ") for line in text.split("\n")).strip()


def _unreadable_share(text: str, tokenizer: Any, unknown: int) -> float:
    """Share of letters in words of other scripts that are unknown or only spelled out."""
    letters = unread = 0
    for word in text.split()[:400]:
        count = sum(map(str.isalpha, word))
        letters += count
        foreign = [letter for letter in word if letter.isalpha() and not _is_latin(letter)]
        if foreign:
            ids = _ids("".join(foreign), tokenizer)
            if unknown in ids or len(ids) >= _TOKENS_A_LETTER * len(foreign):
                unread += len(foreign)
    return unread / letters if letters else 0.0


def _is_latin(letter: str) -> bool:
    return letter.isascii() or unicodedata.name(letter, "").startswith("LATIN")


def _ids(text: str, tokenizer: Any) -> list[int]:
    return tokenizer(text, add_special_tokens=False, split_special_tokens=True, verbose=False)["input_ids"]
