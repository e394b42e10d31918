"""A table in Python: texts, mappings and frames go in, the same rows with their prices come out."""

from __future__ import annotations

import datasets
import pandas
import pyarrow
import pytest

from pricer.catalogue.table import price_table
from tests.support.fakes import FakePricer

RECORDS = [{"sku": "A1", "text": "three words here", "price": 12.5}, {"sku": "A2", "text": "one", "price": 3.0}]


def test_texts_go_in_and_rows_with_their_prices_come_out():
    rows = list(price_table(["three words here", "one"], pricer=FakePricer()))

    assert [("three words here", 28.75), ("one", 11.67)] == [(row["text"], round(row["price"], 2)) for row in rows]


@pytest.mark.parametrize(
    "table",
    [
        RECORDS,
        iter(RECORDS),
        pandas.DataFrame(RECORDS),
        pandas.DataFrame(RECORDS, index=["x", "y"]),
        pyarrow.Table.from_pylist(RECORDS),
        datasets.Dataset.from_list(RECORDS),
    ],
    ids=["records", "iterator", "frame", "frame with an index", "arrow", "dataset"],
)
def test_every_kind_of_table_keeps_its_own_columns(table):
    rows = list(price_table(table, pricer=FakePricer()))

    assert [("A1", 12.5, 28.75), ("A2", 3.0, 11.67)] == [
        (row["sku"], row["source_price"], round(row["price"], 2)) for row in rows
    ]
    assert ["sku", "text", "source_price", "price"] == list(rows[0])[:4]


def test_the_description_stands_where_it_is_said_to_stand():
    [row] = price_table([{"name": "three words here"}], text="name", pricer=FakePricer())

    assert ("three words here", 28.75) == (row["name"], row["price"])


def test_a_row_without_a_text_keeps_its_place_with_the_reason():
    rows = list(price_table([{"text": None}, {"text": "one"}, {"text": 7}], pricer=FakePricer()))

    assert [None, 11.67, None] == [row["price"] and round(row["price"], 2) for row in rows]
    assert ["There is no text in this row.", None, "There is no text in this row."] == [row["error"] for row in rows]


def test_a_table_is_read_as_its_prices_are_asked_for():
    asked = []

    def rows():
        for number in range(1_000):
            asked.append(number)
            yield "some words"

    next(price_table(rows(), pricer=FakePricer()))

    assert len(asked) < 500
