"""How numbers and names are written for people, the same in the terminal, in files and on the page.

In a sentence or on a card, whole dollars go without cents ("$30", "$28.75") and a share has the digits that mean
something ("74%", "3.4%"). Down a column of a table, every cell has as many decimals as the next (`cents`, `percent`
with `places`). There is no space before a percent sign, a negative number has a true minus, a dash stands for none.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from html import escape

METHOD_NAMES = {
    "top3": "Weighted top 3",
    "greedy": "Most likely",
    "mean": "Mean",
    "median": "Median",
    "generate": "Generated",
}
PREDICTOR_NAMES = {"guess": "A person", **METHOD_NAMES}
NONE = "–"
CENTS_BELOW = 20  # dollars: on an estimate above, cents would claim more than any model knows
_OBEYED = {"Cc", "Cf", "Cs", "Co", "Cn"}  # Unicode categories that a terminal would obey instead of show


def cents(value: float | None) -> str:
    """Dollars and cents: "$1,299.50", "$30.00", "−$4.20"."""
    if value is None:
        return NONE
    rounded = round(value, 2)
    return f"{'−' if rounded < 0 else ''}${abs(rounded):,.2f}"


def dollars(value: float | None) -> str:
    """Dollars, whole ones without cents: "$1,299.50", "$30"."""
    return cents(value).removesuffix(".00")


def price_words(value: float | None) -> str:
    """A price, or that there is none."""
    return "no price" if value is None else dollars(value)


def estimate_words(value: float | None) -> str:
    """An estimate as the card shows it: "$18.75", but "$205"."""
    return price_words(value if value is None or value < CENTS_BELOW else round(value))


def price_range(low: float | None, high: float | None) -> str:
    """An interval of prices: "$20 – $40"."""
    return NONE if low is None or high is None else f"{dollars(low)} – {dollars(high)}"


def signed_cents(value: float) -> str:
    """A difference in dollars and cents with its sign: "+$38.00", "−$4.20", "±$0.00"."""
    rounded = round(value, 2)
    return f"{'+' if rounded > 0 else '' if rounded else '±'}{cents(rounded)}"


def signed_dollars(value: float) -> str:
    """A difference in dollars with its sign, whole ones without cents: "+$38", "−$4.20", "±$0"."""
    return signed_cents(value).removesuffix(".00")


def with_error(value: float | None, error: float | None, written: Callable[[float | None], str] = cents) -> str:
    """Dollars with their standard error: "$35.00 ± 25.00"."""
    return written(value) if value is None or error is None else f"{written(value)} ± {error:,.2f}"


def percent(share: float | None, places: int | None = None) -> str:
    """A share from 0 to 1 as per cent, with `places` decimals or those that mean something: "62%", "3.4%", "0.04%"."""
    if share is None:
        return NONE
    value = 100 * share
    if places is None:
        if 0 < value < 0.01:
            return "under 0.01%"
        places = 0 if value >= 10 or value == 0 else 1 if value >= 1 else 2
    return f"{value:.{places}f}%"


def number(value: float | None) -> str:
    """A bare number with three decimals."""
    return NONE if value is None else f"{value:.3f}".replace("-", "−")


def short_count(count: int) -> str:
    """A large count with the two digits that matter: "20 M", "3.2 B", "950"."""
    for size, unit in ((1e9, " B"), (1e6, " M")):
        if count >= size:
            return f"{count / size:.{0 if count >= 10 * size else 1}f}{unit}"
    return f"{count:,}"


def printable(text: str) -> str:
    """`text` on one line, without characters that a terminal would obey instead of show."""
    shown = (" " if c.isspace() else c for c in text if c.isspace() or unicodedata.category(c) not in _OBEYED)
    return " ".join("".join(shown).split())


def shortened(text: str, length: int) -> str:
    """`text` on one line, cut after `length` characters with a sign that it goes on."""
    line = " ".join(text.split())
    return line if len(line) <= length else f"{line[:length]}…"


def plain(text: str) -> str:
    """`text` for a name or a hover text of Plotly, which reads both as markup and fills in what stands in %{}."""
    return escape(text, quote=False).replace("%{", "&#37;{")
