"""How much a visitor may send at once."""

from __future__ import annotations

from pricer.errors import DescriptionError

MAX_CHARACTERS = 20_000
MAX_LINK_CHARACTERS = 2_000  # of the description in a link: what browsers and servers carry without complaint


def checked(description: str) -> str:
    """`description` as it is. Raises DescriptionError if it is longer than MAX_CHARACTERS."""
    if len(description) > MAX_CHARACTERS:
        raise DescriptionError(
            f"This text has {len(description):,} characters, and a model reads only the beginning of a description: "
            f"shorten it to {MAX_CHARACTERS:,}."
        )
    return description
