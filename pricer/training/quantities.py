"""Numbers with a unit in a product's text: "75 inch", "pack of 6", "14k"."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

# What a unit is called here, and how texts write it.
_WRITTEN = {
    "inch": r"inch(?:es)?|in\.|\"|''|”|″",
    "foot": r"ft\.?|feet|foot|'(?![\w'])|’(?!\w)",
    "cm": r"cm|centimeters?",
    "mm": r"mm|millimeters?",
    "meter": r"meters?|yards?|yds?",
    "ounce": r"fl\.? ?oz\.?|oz\.?|ounces?",
    "pound": r"lbs?\.?|pounds?",
    "gram": r"g|gr|grams?",
    "kilogram": r"kgs?|kilograms?",
    "milliliter": r"ml|milliliters?",
    "liter": r"liters?|litres?|ltr",
    "quart": r"qts?\.?|quarts?",
    "pint": r"pints?|pt\.",
    "cubic foot": r"cu\.? ?ft\.?|cubic (?:feet|foot|ft\.?)",
    "gallon": r"gal\.?|gallons?",
    "cup": r"cups?",
    "gigabyte": r"gb|gigabytes?",
    "terabyte": r"tb|terabytes?",
    "megahertz": r"mhz",
    "hertz": r"hz",
    "gigahertz": r"ghz",
    "megapixel": r"mp|megapixels?",
    "watt": r"w|watts?",
    "volt": r"v|volts?",
    "ampere": r"amps?|amperes?",
    "ampere-hour": r"ah|amp[- ]hours?",
    "milliampere-hour": r"mah",
    "horsepower": r"hp|horsepower",
    "btu": r"btus?",
    "psi": r"psi",
    "lumen": r"lumens?|lm",
    "carat": r"carats?|cttw|ctw|ct\.? ?tw\.?",
    "karat": r"k|kt|karats?",
    "piece": r"pcs?\.?|pieces?|pc\.? set",
    "count": r"ct\.?|counts?|sheets?|tablets?|capsules?|bags?|pods?|rolls?|pairs?|cans?|bottles?",
    "pack": r"packs?|pk\.?",
    "drawer": r"drawers?",
    "port": r"ports?",
    "bay": r"bays?",
    "person": r"persons?|people|seats?",
    "thread count": r"threads?(?: count)?|tc",
    "speed": r"speeds?",
    "core": r"cores?",
    "year": r"years?|yrs?",
    "step": r"steps?|tiers?|shelf|shelves|burners?|channels?|strings?",
    "key": r"keys?",
}
_NUMBER = r"(?<![\w.,/-])(?P<number>\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?)"
_AFTER = re.compile(
    _NUMBER
    + r"(?:[ -]?(?:"
    + "|".join(f"(?P<u{i}>{unit})" for i, unit in enumerate(_WRITTEN.values()))
    + r"))(?![\w'])",
    re.IGNORECASE,
)
_BEFORE = re.compile(r"\b(?:pack|set|box|case|lot|count)(?: of|:)? ?(?P<number>\d{1,4})\b", re.IGNORECASE)
_UNITS = tuple(_WRITTEN)


@dataclass(frozen=True)
class Quantity:
    """A number with its unit; it is written from character `start` to `end` of the text."""

    unit: str
    value: float
    start: int
    end: int


def quantities(text: str) -> Iterator[Quantity]:
    """Those of `text` that are above zero."""
    for found in _AFTER.finditer(text):
        unit = next(unit for i, unit in enumerate(_UNITS) if found[f"u{i}"])
        yield from _quantity(unit, found)
    for found in _BEFORE.finditer(text):
        yield from _quantity("pack", found)


def _quantity(unit: str, found: re.Match[str]) -> Iterator[Quantity]:
    value = float(found["number"].replace(",", ""))
    if value > 0:
        yield Quantity(unit, value, *found.span("number"))


_SIZES = 12  # classes of numbers, each twice the last
_COLUMNS = _SIZES + 2


def quantity_features(texts: Sequence[str]) -> Any:
    """A sparse matrix (N, units * 14): of each unit whether the text has it, its logarithm, and which class it is in.

    The first number of a unit counts. The weights are about as large as those of a word in a normalized TF-IDF row.
    """
    from scipy.sparse import csr_matrix

    rows, columns, weights = [], [], []
    for row, text in enumerate(texts):
        first: dict[str, float] = {}
        for one in quantities(text):
            first.setdefault(one.unit, one.value)
        for unit, value in first.items():
            start = _UNITS.index(unit) * _COLUMNS
            size = min(max(round(math.log2(value)) + 1, 0), _SIZES - 1)
            rows += [row] * 3
            columns += [start, start + 1, start + 2 + size]
            weights += [0.15, 0.06 * math.log(value), 0.1]
    shape = (len(texts), len(_UNITS) * _COLUMNS)
    return csr_matrix((np.array(weights, dtype=np.float32), (rows, columns)), shape=shape)
