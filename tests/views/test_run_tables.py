"""What a run found, as tables and bars: worked out by hand, and escaped on the page."""

from html import unescape

import pytest

from pricer.cli.terminal import report_lines
from pricer.items.item import Item
from pricer.items.load import Items
from pricer.runs.comparison import compare
from pricer.runs.report import Report
from pricer.runs.result import Result
from pricer.runs.settings import settings_of
from pricer.ui.components import findings as page
from pricer.views import run_tables as findings
from pricer.views.run_html import to_html
from tests.support.fakes import FakePricer


def result(index: int, truth: float, estimate: float | None, category: str = "Kitchen", **decoded: float) -> Result:
    estimates = {"top3": estimate, **decoded}
    return Result(index, Item(f"Item {index}", f"text {index}", truth, category), estimate, estimates=estimates)


def report(*results: Result, method: str = "top3") -> Report:
    return Report(method, len(results), results, seconds=1.0)


def test_decoders_stand_side_by_side_with_the_best_constant_beneath():
    both = report(result(0, 100.0, 90.0, median=100.0), result(1, 200.0, 260.0, median=230.0))

    table = findings.decoders(both)

    assert ["Weighted top 3", "Median", "Always $150"] == [row[0] for row in table.rows]
    # Errors 10 and 60: mean 35, deviation 35.36, standard error 25. The constant errs by 50 on both.
    assert ["$35.00 ± 25.00", "$15.00 ± 15.00", "$50.00"] == [row[1] for row in table.rows]
    assert 0 == table.marked
    assert {len(findings.DECODER_HEADS)} == {len(row) for row in table.rows}


def test_errors_are_given_by_price_band_and_by_category():
    run = report(result(0, 5.0, 7.0, "Tools"), result(1, 150.0, 100.0, "Toys"), result(2, 160.0, 180.0, "Tools"))

    assert [("below $10", "1"), ("$100 to $200", "2")] == [row[:2] for row in findings.by_price(run).rows]
    assert [("Tools", "2"), ("Toys", "1")] == [row[:2] for row in findings.by_category(run).rows]


def test_only_the_largest_categories_are_shown_and_it_says_so():
    run = report(*(result(index, 10.0, 11.0, f"Category {index % 15:02}") for index in range(40)))

    table = findings.by_category(run)

    assert findings.MOST_CATEGORIES == len(table.rows)
    assert "The largest 12 of 15 categories." == table.remark


def test_the_course_s_figures_are_marked_as_reported():
    [table] = findings.reported("bundled")

    assert ("GPT-4o", "$76.00") == table.rows[0]
    assert "not measured here" in table.remark


def test_two_runs_are_compared_item_by_item():
    first = report(result(0, 100.0, 90.0), result(1, 100.0, 80.0))
    second = report(result(0, 100.0, 95.0), result(1, 100.0, 95.0))
    comparison = compare(first, second, ("Run 1", "Run 2"))

    rows = findings.compared(comparison).rows

    # Differences -5 and -15: mean -10, standard error 5.
    assert ["$15.00", "$5.00", "−$10.00 ± 5.00"] == [row[1] for row in rows]
    assert ["Item 1", "Item 0"] == [row[0] for row in findings.differences(comparison).rows]


def test_what_comes_from_a_product_is_escaped():
    markup = page.found(report(result(0, 100.0, 90.0, "<b>A</b>"), result(1, 100.0, 90.0, "B")), "a.csv")

    assert "&lt;b&gt;A&lt;/b&gt;" in markup
    assert "<b>" not in markup


def test_before_the_first_item_nothing_is_found():
    assert "" == page.found(Report("top3", 10), "a.csv")


@pytest.mark.parametrize(
    ("source", "who"),
    [
        ("hub:ed-donner/pricer-data", ["GPT-4o", "Human", "Base Llama 3.1 8B, 4-bit"]),
        ("hub:ed-donner/pricer-data@main:test", ["GPT-4o", "Human", "Base Llama 3.1 8B, 4-bit"]),
        ("hub:ed-donner/pricer-data:train", []),
        ("hub:another/pricer-data", []),
        ("bundled", []),
        ("mine.csv", []),
    ],
)
def test_what_the_course_reports_stands_beside_its_own_items_alone(source, who):
    tables = findings.found(report(result(0, 100.0, 90.0)), source)

    assert who == [row[0] for table in tables if table.heading == "Reported by the course" for row in table.rows]
    assert bool(who) == ("Reported by the course" in page.found(report(result(0, 100.0, 90.0)), source))


def test_one_item_is_spoken_of_as_one():
    comparison = compare(report(result(0, 100.0, 90.0), result(1, 50.0, None)), report(result(0, 100.0, 95.0)))

    assert findings.compared(comparison).remark.endswith("1 item has a price in both. 1 other was left out.")


def test_items_on_which_two_runs_are_alike_are_no_differences():
    first = report(result(0, 100.0, 90.0), result(1, 100.0, 80.0))
    second = report(result(0, 100.0, 90.001), result(1, 100.0, 95.0))

    assert ["Item 1"] == [row[0] for row in findings.differences(compare(first, second)).rows]


def test_items_stand_worst_first_with_sign_and_color_of_their_verdict():
    table = findings.items(report(result(0, 100.0, 90.0), result(1, 100.0, 300.0), result(2, 5.0, None)))

    assert [("Item 2", "no price"), ("Item 1", "✕ red"), ("Item 0", "● green")] == [
        (row[0], row[-1]) for row in table.rows
    ]
    assert (None, "red", "green") == table.verdicts


def test_the_same_tables_are_written_to_terminal_file_and_page():
    run = report(result(0, 100.0, 90.0, "Tools"), result(1, 300.0, 90.0, "Toys", median=80.0))
    settings = settings_of(FakePricer().info, Items("hub:ed-donner/pricer-data", ()))
    tables = findings.found(run, settings.source)
    written = (
        "\n".join(report_lines(run, settings.source)),
        unescape(to_html(run, settings)),
        unescape(page.found(run, settings.source)),
    )

    assert 4 == len(tables)
    for text in written:
        for table in tables:
            assert table.heading in text
            assert all(cell in text for row in (table.heads, *table.rows) for cell in row)
