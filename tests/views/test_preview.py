"""A look at a file before it is run, and at one item of a run: plain data, worked out by hand."""

import pytest

from pricer.items.item import Item
from pricer.items.preview import preview
from pricer.items.source import open_source
from pricer.runs.result import Result
from pricer.views.preview import preview_table
from pricer.views.run_item import item_page


@pytest.fixture
def source(tmp_path):
    """`source(rows, price="Price")`: an open file of kettles; the second has no price that could be used."""

    def written(count: int, price: str = "Price"):
        path = tmp_path / "mine.csv"
        rows = [f"A kettle of steel {index},{'free' if index == 1 else 20 + index}" for index in range(count)]
        path.write_text("\n".join([f"What it is,{price}", *rows]))
        return open_source(str(path))

    return written


def test_a_look_gives_the_number_of_rows_the_columns_and_the_first_rows_as_they_were_understood(source):
    seen = preview(source(30))

    assert "30 rows; text: 'What it is', price: 'Price', 29 of 30 rows." == seen.sentence
    table = preview_table(seen)
    assert ("Text", "Price") == table.heads
    assert [("A kettle of steel 0", "$20.00"), ("A kettle of steel 2", "$22.00")] == [table.rows[0], table.rows[2]]
    assert "'free'" in table.rows[1][1]


def test_rows_are_counted_up_to_a_limit(source):
    assert preview(source(30), max_rows=10).sentence.startswith("More than 10 rows; ")
    assert preview(source(30), max_rows=30).sentence.startswith("30 rows; ")


def test_without_a_column_of_prices_there_are_texts_alone(source):
    seen = preview(source(3, price="Color"), rows=2)

    assert "no price" in seen.sentence
    assert (("Text",), 2) == (preview_table(seen).heads, len(preview_table(seen).rows))


def test_an_item_is_shown_with_what_each_way_of_reading_makes_of_it():
    estimates = {"top3": 90.0, "median": 80.0, "greedy": None}
    page = item_page(
        "ab12", Result(6, Item("Kettle", "a kettle", 100.0, "Kitchen"), 90.0, "", estimates, 50, 150), "top3"
    )

    assert ("ab12", 6, "Kettle", "a kettle", "green", "● green") == tuple(
        page[key] for key in ("run", "index", "title", "text", "color", "verdict")
    )
    assert [
        ("Estimate (weighted top 3)", "$90"),
        ("Actual price", "$100"),
        ("Error", "$10"),
        ("Likely range", "$50 – $150"),
        ("Median", "$80"),
        ("Most likely", "no price"),
        ("Category", "Kitchen"),
    ] == page["facts"]
