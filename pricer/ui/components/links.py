"""Links that leave the page, always into a tab of their own: a Space stands in a frame, and the Hub refuses to."""

from __future__ import annotations

from html import escape


def link(text: str, address: str | None) -> str:
    """`text` as a link to `address`; by itself where there is none, as for a folder of this machine."""
    if not address:
        return escape(text)
    return f'<a href="{escape(address)}" target="_blank" rel="noopener">{escape(text)}</a>'
