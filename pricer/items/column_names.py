"""What columns are called by shops, data sets and the course, in a few languages, likeliest names first.

Names alone; whether a column that is called so holds anything is asked in `pricer.items.columns`.
"""

from __future__ import annotations

import re
from functools import cache

CHATS = ("messages", "conversations", "conversation")
PROMPTS = ("text", "prompt", *CHATS, "input", "question")
DESCRIPTIONS = (
    *("description", "product description", "item description", "body", "body html", "content", "long description"),
    *("beschreibung", "produktbeschreibung", "descripción", "descripcion", "descrizione", "descrição", "omschrijving"),
    *("summary", "full", "about product", "about item", "short description", "kurzbeschreibung", "product details"),
)
JOINED = ("features", "bullet points", "details")  # what the course joined to a description, in its order
TITLES = (
    *("title", "name", "product name", "product title", "item name", "product display name", "product", "item"),
    *("titel", "produktname", "bezeichnung", "artikel", "titre", "nom", "título", "titulo", "nombre", "titolo", "nome"),
)
CATEGORIES = ("category", "categories", "main category", "product category", "department", "group", "type", "kategorie")
CURRENCIES = ("currency", "currency code", "price currency", "currency id", "ccy", "währung", "waehrung", "devise")

_PLAIN_PRICES = ("price", "price usd", "usd price", "price $", "price us$", "price dollars", "usd", "price in usd")
_OTHER_PRICES = (
    *("completion", "truth", "amount", "cost", *CHATS, "answer", "output", "response", "offers", "pricing", "variants"),
    *("msrp", "rrp", "uvp", "mrp"),
)
_PRICE_WORDS = re.compile(
    r"price|preis|\bprix\b|precio|prezzo|preço|preco|\bprijs\b|\bpris\b|\bcena\b|\bvalor\b|\bmsrp\b"
)
_CURRENT = frozenset(
    ("sale", "selling", "discounted", "final", "current", "our", "now", "offer", "special", "deal", "discount", "new")
)
_LISTED = frozenset(
    (
        *("list", "regular", "retail", "msrp", "rrp", "uvp", "mrp", "original", "initial", "actual", "market"),
        *("compare", "was", "before", "old", "strike", "base", "max", "high"),
    )
)
_NO_PRICES = frozenset(
    ("id", "type", "currency", "date", "range", "count", "code", "per", "history", "label", "without", "by")
)
_HUNDREDTHS = frozenset(("cents", "cent"))
_FOREIGN = re.compile(
    r"\b(rs|inr|eur|euro|gbp|jpy|cny|rmb|cad|aud|chf|sek|nok|dkk|pln|brl|try|mxn|krw|czk|huf)\b|[€£¥₹₽₩₺]"
)


def plain(name: str) -> str:
    """A column's name without case and with single spaces for what stands between words, productPrice as two words."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name.strip()) if name.isascii() else name
    return " ".join(re.split(r"[\s_\-()./:]+", spaced.casefold())).strip()


def rank(name: str, names: tuple[str, ...]) -> int | None:
    """The place of a column's name in one of the lists above; None where it is not there."""
    known = plain(name)
    return names.index(known) if known in names else None


def price_rank(name: str) -> int | None:
    """How likely a name means what is paid now, 0 likeliest: plain prices, current ones, others, list prices, cents.

    None where it means no price.
    """
    known = plain(name)
    words = set(known.split())
    if known in _PLAIN_PRICES:
        return 0
    if known in _OTHER_PRICES:
        return 4 if known in _LISTED else 3
    if not _PRICE_WORDS.search(known) or words & _NO_PRICES:
        return None
    if words & _HUNDREDTHS:
        return 5
    if words & _LISTED:
        return 4
    return 1 if words & _CURRENT else 2


@cache  # asked for every row
def foreign_currency(name: str) -> str:
    """The currency other than dollars that a column's name says, as it is written there; empty where it says none."""
    found = _FOREIGN.search(plain(name))
    return found.group() if found else ""


@cache
def is_in_cents(name: str) -> bool:
    """Whether a column's name says that its prices are cents and not dollars."""
    return price_rank(name) == 5


def is_known(name: str) -> bool:
    """Whether a column's name says that it holds a text, a title or a price."""
    texts = (PROMPTS, DESCRIPTIONS, TITLES, JOINED)
    return price_rank(name) is not None or any(rank(name, names) is not None for names in texts)
