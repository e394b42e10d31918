"""Directions: shares worked out by hand from a pricer that asks ten dollars a word."""

from __future__ import annotations

from collections import Counter

import pytest

from pricer.training.directions import APART, CHOOSE, REPORT, Pair, PricedPair, price_pairs, read_pairs, table
from tests.support.fakes import FakePricer


def pair(less, more, attribute="size"):
    return Pair("tools", attribute, REPORT, 50, less, more)


def test_the_better_description_is_right_where_it_costs_more_and_apart_from_a_ratio_on():
    """By the median, two words are $20, three $30, four $40."""
    priced = price_pairs(
        FakePricer(),
        [pair("a b", "a b c"), pair("a b c", "a b c d"), pair("a b", "a b"), pair("a b c", "a b")],
        "median",
    )

    assert [(20, 30), (30, 40), (20, 20), (30, 20)] == [(one.less, one.more) for one in priced]
    assert [True, True, False, False] == [one.right for one in priced]
    assert [True, False, False, False] == [one.apart for one in priced]
    assert 1.5 == APART


def test_a_pair_with_a_missing_price_is_not_right():
    assert not PricedPair(pair("a", "b"), None, 5.0).right
    assert not PricedPair(pair("a", "b"), 5.0, None).apart


def test_the_table_has_shares_with_their_standard_errors_for_each_attribute_and_all():
    """Two of four right is 50 % with a standard error of sqrt(0.5 * 0.5 / 4) = 25 %; one of three 33 ± 27 %."""
    priced = [
        PricedPair(pair("", "", "count"), 10.0, 15.0),
        PricedPair(pair("", ""), 10.0, 11.0),
        PricedPair(pair("", ""), 10.0, 10.0),
        PricedPair(pair("", ""), 10.0, 9.0),
    ]

    assert [
        "| count | 1 | 100% ± 0% | 100% ± 0% |",
        "| size | 3 | 33% ± 27% | 0% ± 0% |",
        "| all | 4 | 50% ± 25% | 25% ± 22% |",
    ] == list(table(priced))[2:]


def test_the_pairs_are_as_many_and_as_mixed_as_they_should_be():
    pairs = read_pairs()
    uses = Counter(one.use for one in pairs)

    assert len(pairs) >= 120
    assert abs(uses[CHOOSE] - uses[REPORT]) <= 1
    assert len({one.category for one in pairs}) >= 12
    assert sum(one.around > 300 for one in pairs) >= len(pairs) / 3
    assert len(pairs) == len({(one.less, one.more) for one in pairs})


@pytest.mark.parametrize("one", read_pairs(), ids=lambda one: one.more[:40])
def test_the_descriptions_of_a_pair_differ_in_one_place(one):
    """What stands before and after the attribute is the same: the rest is some of the words of each."""
    less, more = one.less.split(), one.more.split()
    same = 0
    while less and more and less[0] == more[0]:
        less, more, same = less[1:], more[1:], same + 1
    while less and more and less[-1] == more[-1]:
        less, more, same = less[:-1], more[:-1], same + 1

    assert less != more
    assert same >= 1


def test_the_pairs_for_one_use_are_read_alone():
    assert {CHOOSE} == {one.use for one in read_pairs(CHOOSE)}
