"""Prices as people write them: dollars out of a cell, or the reason why it says none.

A file is read as it writes its numbers: "1.299" is $1.30 beside prices in ".99", and $1,299 beside those in ",90".
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Any

from pricer.items.chats import answered, is_chat
from pricer.pricing.prompt import PRICE_PREFIX

MAX_PRICE = 1_000_000.0
_LONGEST_PRICE = 60  # characters
_NUMBER = r"[0-9][0-9.,'’\s]*|[.,][0-9]+"
_PRICE = re.compile(
    rf"""(?:(?:from|now|only|price(?:\s+is)?:?|starting\s+at|ab|nur|dès|desde|vanaf|fra|från|da|od)\s+)?  # of shops
    (?P<before>US\s?\$|USD\s?\$?|\$|[^\W\d_]{{1,4}}\.?\s?\$?|[€£¥₹₽₩₺₴₫฿])?\s*
    (?P<sign>-?)\s*(?P<number>{_NUMBER}?)(?:[.,][-–—]{{1,2}})?\s*
    (?P<after>US\s?\$|\$|USD|US\s+dollars?|dollars?|[€£¥₹₽₩₺₴₫฿]|(?!ea\b|each|item|pc\b|unit|per\b)[A-Za-zł]{{2,4}})?
    (?:\s*(?:/\s*|per\s+)?(?:ea|each|item|piece|pc|unit)\.?)?        # of one
    (?:\s*\(\s*\$?[0-9.,]+\s*/[^()]*\))?""",  # "($0.42 / Ounce)"
    re.I | re.X,
)
_OTHER = r"[^0-9–—-]{0,6}"
_EVERYDAY = re.compile(r"\$?[0-9]{1,7}(?:\.[0-9]{1,2})?")  # most prices, read at once
_RANGE = re.compile(rf"{_OTHER}(?:{_NUMBER}){_OTHER}(?:-|–|—|\bto\b){_OTHER}(?:{_NUMBER})\D{{0,6}}", re.I)
_DOLLARS = frozenset(
    ("", "$", "us", "us$", "usd", "usd$", "dollar", "dollars", "us dollar", "us dollars", "u.s. dollars")
)
_POINTS = re.compile(r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]*)?|\.[0-9]+")
_COMMAS = re.compile(r"(?:[0-9]{1,3}(?:\.[0-9]{3})+|[0-9]+)(?:,[0-9]{1,2})?")
_SPACED = re.compile(r"(?<=[0-9])[\s'’](?=[0-9]{3}(?![0-9]))")
_MISSING = ("", "none", "null", "nan", "n/a", "na", "-")
_VALUES = (
    *("value", "amount", "price", "current", "current_price", "lowprice"),
    *("$numberdouble", "$numberdecimal", "$numberint", "$numberlong"),
)
_MOST_OFFERS = 100
_DEEPEST = 3  # prices within offers within lists
_CURRENCIES = ("currency", "currencycode", "currency_code", "pricecurrency", "unit")


class Decimals(Enum):
    """How a file writes cents."""

    POINT = "."
    COMMA = ","
    UNKNOWN = "?"  # nothing but whole numbers was seen


def decimals_of(cells: Iterable[Any]) -> Decimals:
    """How most of these cells write cents, if any does."""
    points = commas = 0
    for cell in cells:
        match = _PRICE.fullmatch(cell.strip()) if isinstance(cell, str) and len(cell) <= _LONGEST_PRICE else None
        number = _SPACED.sub("", match["number"].strip()) if match else ""
        points += bool(re.fullmatch(r"[0-9,]*\.[0-9]{1,2}", number)) or number.count(",") > 1
        commas += bool(re.fullmatch(r"[0-9.]*,[0-9]{1,2}", number)) or number.count(".") > 1
    if not points and not commas:
        return Decimals.UNKNOWN
    return Decimals.COMMA if commas > points else Decimals.POINT


def parse_price(value: Any, decimals: Decimals = Decimals.POINT) -> float:
    """Dollars from a number or from text such as "$1,299.00". Raises ValueError with the reason."""
    value = _within(value)
    if value is None or value != value or (isinstance(value, str) and value.strip().casefold() in _MISSING):
        raise ValueError("the price is missing")
    if isinstance(value, str):
        value = _number(value.strip(), decimals)
    if isinstance(value, (bool, bytes)):
        raise ValueError(f"{value!r:.30} is no price in dollars")
    try:
        price = float(value)
    except (TypeError, ValueError, OverflowError):
        raise ValueError(f"{value!r:.30} is no price in dollars") from None
    if not math.isfinite(price) or price <= 0 or price > MAX_PRICE:
        raise ValueError(f"{price:g} is no price: it must be above 0 and at most {MAX_PRICE:,.0f} dollars")
    return price


def check_currency(written: Any) -> None:
    """Raises ValueError if a cell of a currency column names another currency than dollars; a blank one names none."""
    if isinstance(written, str) and written.strip().casefold() not in _DOLLARS:
        raise ValueError(f"its currency is {written.strip()[:20]}, not US dollars")


def is_price(value: Any) -> bool:
    """Whether a cell says a price at all, in dollars or not, however it writes its cents."""
    value = _within(value, lenient=True)
    if isinstance(value, str):
        value = value.strip().strip('"')
        return len(value) <= _LONGEST_PRICE and bool(_PRICE.fullmatch(value) or _RANGE.fullmatch(value))
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _within(value: Any, lenient: bool = False, depth: int = 0) -> Any:
    """The price inside of {"value": ..., "currency": ...}, of the answer in a chat, of offers or variants that agree.

    Raises ValueError where it is in another currency or offers differ, unless `lenient`.
    """
    if is_chat(value):
        return answered(value)
    if depth > _DEEPEST or not isinstance(value, (list, Mapping)):
        return value
    if isinstance(value, Mapping):
        named = {str(name).casefold(): cell for name, cell in value.items()}
        if not lenient:
            for name in _CURRENCIES:
                check_currency(named.get(name))
        found = next((named[name] for name in _VALUES if named.get(name) is not None), None)
        return _within(found, lenient, depth + 1)
    found = [_within(offer, lenient, depth + 1) for offer in value[:_MOST_OFFERS]]
    if found and not lenient and any(offer != found[0] for offer in found):
        raise ValueError("it has several prices and not one price")
    return found[0] if found else None


def _number(text: str, decimals: Decimals) -> str:
    """The number of a written price, as Python writes it."""
    if decimals is Decimals.POINT and _EVERYDAY.fullmatch(text):
        return text.removeprefix("$")
    # Looked at only if it is short: on a megabyte of spaces the pattern would try for hours.
    short = text.strip('"').strip() if len(text) <= _LONGEST_PRICE else ""
    short = short.removeprefix(PRICE_PREFIX)
    match = _PRICE.fullmatch(short) if short else None
    if match is None:
        if short and _RANGE.fullmatch(short):
            raise ValueError(f"{text[:30]!r} is a range of prices and not one price")
        raise ValueError(f"{text[:30]!r} is no price in dollars")
    for named in (match["before"], match["after"]):
        if named and " ".join(named.casefold().split()).replace(" $", "$") not in _DOLLARS:
            raise ValueError(f"{text[:30]!r} is no price in dollars: its currency is {named.strip()}")
    number = _SPACED.sub("", match["number"].strip())
    if decimals is Decimals.UNKNOWN:
        decimals = decimals_of([number])
        if decimals is Decimals.UNKNOWN and re.fullmatch(r"[0-9]{1,3}\.[0-9]{3}", number):
            raise ValueError(f"{text[:30]!r} can be read in two ways, as thousands and as a decimal point")
        decimals = Decimals.POINT if decimals is Decimals.UNKNOWN else decimals
    if decimals is Decimals.COMMA and _COMMAS.fullmatch(number):
        return match["sign"] + number.replace(".", "").replace(",", ".")
    if decimals is Decimals.POINT and _POINTS.fullmatch(number):
        return match["sign"] + number.replace(",", "")
    raise ValueError(f"{text[:30]!r} is no price in dollars as this file writes its numbers")
