"""Prices of many texts: every row keeps its place and its columns, and one that cannot be priced spoils no other."""

from __future__ import annotations

import pytest

from pricer.catalogue.prices import COLUMNS, NO_PRICE, own_names, price_all
from pricer.errors import ModelError
from tests.support.fakes import FakePricer, estimate


class Failing(FakePricer):
    """Fails on the texts that hold a word, as a model does whose numbers are not finite for them."""

    def __init__(self, word: str) -> None:
        super().__init__()
        self._word = word

    def estimate_all(self, descriptions, k=3, adapter=True):
        if any(self._word in text for text in descriptions):
            raise ModelError("The numbers are not finite.")
        return super().estimate_all(descriptions, k, adapter)


class Silent(FakePricer):
    """Names no price for anything."""

    def estimate_all(self, descriptions, k=3, adapter=True):  # noqa: ARG002
        return [estimate({"the": 0.9, "a": 0.05}, text, k) for text in descriptions]


def test_prices_come_in_the_order_of_the_texts():
    priced = price_all(FakePricer(), ["three words here", "one", "two words"])

    assert [28.75, 11.67, 18.75] == [round(row.estimate.price, 2) for row in priced]


def test_a_blank_text_keeps_its_place_with_the_reason_and_the_others_their_prices():
    priced = price_all(FakePricer(), ["one", " ", "two words"])

    assert [None, None] == [priced[0].error, priced[2].error]
    assert priced[1].estimate is None
    assert "description first" in priced[1].error


def test_a_text_on_which_the_model_fails_keeps_its_place_with_the_reason():
    priced = price_all(Failing("poison"), ["one", "some poison", "two words"])

    assert [None, "The numbers are not finite.", None] == [row.error for row in priced]


def test_a_model_that_fails_on_every_text_is_an_error_and_no_column_of_reasons():
    with pytest.raises(ModelError, match="not finite"):
        price_all(Failing("word"), ["a word", "two words"])


def test_a_row_for_which_the_model_names_no_price_says_so_beside_its_tokens():
    [row] = price_all(Silent(), ["a thing"])

    assert (None, "the", NO_PRICE) == tuple(row.as_columns()[name] for name in ("price", "token_1", "error"))


def test_a_row_has_every_column_whether_it_was_priced_or_not():
    whole, blank = price_all(FakePricer(), ["three words here", ""])

    assert list(COLUMNS) == list(whole.as_columns())
    assert set(COLUMNS) == set(blank.as_columns())
    assert [("30", 0.5), ("20", 0.2)] == [
        (whole.as_columns()[f"token_{rank}"], round(whole.as_columns()[f"probability_{rank}"], 6)) for rank in (1, 2)
    ]


def test_own_columns_keep_their_names_unless_ours_have_them():
    assert ["sku", "source_price", "source_source_price"] == own_names(["sku", "price", "source_price"])
