"""The prices of a visit: the last ten, newest first, and how each differs from the one before."""

import pytest

from pricer.ui.server.limits import PRICES_KEPT
from pricer.ui.session.prices import Entry, History
from tests.support.fakes import FakePricer


def entry(words: int) -> Entry:
    text = " ".join(["word"] * words)
    return Entry(text, FakePricer().estimate_all([text])[0])


def test_the_list_keeps_the_last_ten_prices_newest_first():
    seen = History()
    for words in range(1, 14):
        seen = seen.added(entry(words))

    assert PRICES_KEPT == len(seen.entries)
    assert 13 == seen.current.estimate.tokens
    assert 4 == seen.entries[-1].estimate.tokens


def test_the_difference_is_that_to_the_one_before():
    seen = History().added(entry(2)).added(entry(5))

    assert 30.0 == pytest.approx(seen.difference(0))
    assert seen.difference(1) is None


def test_the_same_text_priced_again_moves_to_the_top_and_stays_one_entry():
    seen = History().added(entry(2)).added(entry(5)).added(entry(2))

    assert [2, 5] == [entry.estimate.tokens for entry in seen.entries]


def test_an_entry_that_is_brought_back_is_the_current_one_and_the_order_stays():
    seen = History().added(entry(2)).added(entry(5)).showing(1)

    assert (2, [5, 2]) == (seen.current.estimate.tokens, [entry.estimate.tokens for entry in seen.entries])
    with pytest.raises(IndexError):
        seen.showing(2)
