"""Runs as figures: what Plotly is told to draw."""

from pricer.items.item import Item
from pricer.runs.comparison import compare
from pricer.runs.report import Report
from pricer.runs.result import Result
from pricer.views.run_figures import average_figure, overlay_figure, truth_figure
from pricer.views.style import VERDICTS


def report(*estimates: float | None, title: str = "Item") -> Report:
    """A run over items that cost $100 each."""
    items = [Item(f"{title} {index}", "text", 100.0) for index in range(len(estimates))]
    results = [Result(index, item, value) for index, (item, value) in enumerate(zip(items, estimates, strict=True))]
    return Report("top3", len(results), tuple(results))


def test_two_runs_lie_over_each_other_with_the_diagonal_to_the_highest_price():
    figure = overlay_figure(compare(report(90.0, 80.0, None), report(95.0, 200.0, 95.0)))
    diagonal, joined, first, second = figure["data"]

    assert [0, 208.0] == diagonal["x"] == diagonal["y"]
    assert ["Item 0", "Item 1"] == first["text"] == second["text"]
    assert [100.0, 100.0] == first["x"] == second["x"]
    assert ([90.0, 80.0], [95.0, 200.0]) == (first["y"], second["y"])
    assert first["marker"]["symbol"] != second["marker"]["symbol"]
    assert [100.0, 100.0, None] * 2 == joined["x"]
    assert [90.0, 95.0, None, 80.0, 200.0, None] == joined["y"]


def test_a_title_is_no_markup_for_plotly():
    figure = overlay_figure(compare(report(90.0, title="<b>%{x}"), report(95.0, title="<b>%{x}")))

    assert ["&lt;b&gt;&#37;{x} 0"] == figure["data"][2]["text"]


def test_two_runs_without_a_common_price_are_no_figure():
    assert overlay_figure(compare(report(None), report(95.0))) is None


def test_a_run_has_a_trace_for_each_verdict_and_a_line_within_its_band():
    *bands, _, green, orange, red, ring = truth_figure()["data"]
    traces = (green, orange, red)
    upper, lower, line = average_figure()["data"]

    assert [("orange", -1), ("orange", 1), ("green", -1), ("green", 1)] == [
        (band["meta"]["verdict"], band["meta"]["side"]) for band in bands
    ]
    assert "circle-open" == ring["marker"]["symbol"]
    assert list(VERDICTS) == [trace["name"] for trace in traces]
    assert len(VERDICTS) == len({trace["marker"]["symbol"] for trace in traces})
    assert ("tonexty", "fill" in upper, "fill" in line) == (lower["fill"], False, False)
