"""Numbers and words as people read them: dollars, shares, lines that command no terminal."""

from __future__ import annotations

import unicodedata


def printable(text: str) -> str:
    """`text` on one line, without characters that a terminal would obey instead of show."""
    shown = (" " if c.isspace() else c for c in text if c.isspace() or unicodedata.category(c) not in _OBEYED)
    return " ".join("".join(shown).split())


_OBEYED = {"Cc", "Cf", "Cs", "Co", "Cn"}


def dollars(value: float | None) -> str:
    """Dollars and cents, or a dash for none."""
    return "–" if value is None else f"${value:,.2f}"


def whole_dollars(value: float | None) -> str:
    """Whole dollars, or a dash for none."""
    return "–" if value is None else f"${value:,.0f}"


def percent(share: float | None) -> str:
    """A share as per cent, or a dash for none."""
    return "–" if share is None else f"{100 * share:.1f} %"


def number(value: float | None) -> str:
    """A bare number, or a dash for none."""
    return "–" if value is None else f"{value:.3f}"


def with_error(value: float | None, error: float | None) -> str:
    """Dollars with their standard error."""
    return dollars(value) if error is None else f"{dollars(value)} ± {error:,.2f}"


def counted(count: int, noun: str) -> str:
    """ "1 row", "2,000 rows": so many of something, as people say it."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
