"""The list of what can go wrong names tests that are there, leaves out none, and shows figures of a real run."""

import re

import pytest

from docs.make_trust import BEGIN, END, PAGE, ROWS, figures, with_figures
from tests import ROOT

TESTS = ROOT / "tests"
TRUST = PAGE.read_text(encoding="utf-8")
NAMED = re.findall(r"`([\w/]+\.py)::(test_\w+)`", TRUST)
# Modules that were written for these cases: each of their tests stands in the list.
WRITTEN_FOR_IT = (
    "trust/test_hostile_client.py",
    "trust/test_hostile_files.py",
    "trust/test_hostile_visitor.py",
    "trust/test_faults.py",
    "ui/test_limits.py",
    "ui/test_memory.py",
    "trust/test_privacy.py",
    "trust/test_properties.py",
)
RUN = {
    "machine": {"processor": "A processor", "cores": 2, "load": 0.04},
    "load": {
        **{
            "visitors": 50,
            "seconds": 301.2,
            "answers": 12_345,
            "of_them_rows_of_tests": 9_000,
            "wrong": 0,
            "errors": 0,
        },
        **{"told_to_try_again": 31, "left_in_the_middle": 400, "failures": []},
        "waits": {
            kind: {"n": 1_200, "median": 0.51, "percentile_95": 2.26, "longest": 4.04}
            for kind in ("paste", "program", "test")
        },
        "before": {"threads": 13, "files": 10, "megabytes": 880.1},
        "most_threads": {"threads": 34, "files": 26, "megabytes": 926.5},
        "after": {"threads": 14, "files": 11, "megabytes": 990.1},
    },
    "memory": {
        **{"prices": 5_000, "warm_up": 500, "wrong": 0, "megabytes_first": 1051.5, "megabytes_last": 1058.4},
        **{"megabytes_per_1000_prices": 0.914, "bound": 5.0, "failures": []},
    },
    "faults": {"tests": "43 passed, 1106 deselected, 43 warnings in 89.25s (0:01:29)", "failures": []},
    "minutes": 9.44,
}


def names_in(file: str) -> set[str]:
    return set(re.findall(r"^def (test_\w+)", (TESTS / file).read_text(encoding="utf-8"), re.MULTILINE))


def test_every_test_that_is_named_is_there():
    assert len(NAMED) > 100
    assert [] == [f"{file}::{name}" for file, name in NAMED if name not in names_in(file)]


@pytest.mark.parametrize("file", [*WRITTEN_FOR_IT, "trust/test_supply_chain.py"])
def test_no_test_that_was_written_for_it_is_left_out(file):
    assert set() == names_in(file) - {name for named, name in NAMED if named == file}


def test_every_case_has_its_behaviour_and_its_test():
    rows = [line for line in TRUST.partition(BEGIN)[0].splitlines() if line.startswith("| ")]
    rows += [line for line in TRUST.partition(END)[2].splitlines() if line.startswith("| ")]
    cases = [row.strip("| ").split(" | ") for row in rows if not row.startswith("| what may happen")]

    assert len(cases) > 40
    assert [] == [case[0] for case in cases if len(case) != 3 or "::test_" not in case[2]]


def test_every_figure_has_its_place_on_the_page():
    between = TRUST.partition(BEGIN)[2].partition(END)[0]

    assert list(ROWS) == re.findall(r"^\| (.+?) \| ", between, re.MULTILINE)[1:]


def test_figures_are_those_of_the_run():
    table = figures(RUN)

    assert "| Visitors at once, for how long | 50, 301 s |" in table
    assert "| A pasted description: median, 95th percentile, longest | 0.5 s, 2.3 s, 4.0 s (n = 1,200) |" in table
    assert "| Threads before, at the most, after | 13, 34, 14 |" in table
    assert "| Slope of a line through it (allowed) | 0.91 MB per 1,000 prices (5) |" in table
    assert "| Fault tests | 43 passed |" in table
    assert "not measured" not in table


def test_figures_take_the_place_of_those_before_and_leave_the_rest():
    once = with_figures(TRUST, figures(RUN))

    assert once == with_figures(with_figures(once, figures(None)), figures(RUN))
    assert TRUST.partition(BEGIN)[0] == once.partition(BEGIN)[0]
    assert TRUST.partition(END)[2] == once.partition(END)[2]


@pytest.mark.parametrize(
    ("run", "reason"),
    [
        ({name: part for name, part in RUN.items() if name != "memory"}, "it lacks memory"),
        (RUN | {"faults": {"tests": "1 failed in 3s", "failures": ["a test failed"]}}, "it has failures"),
    ],
)
def test_a_run_that_is_not_whole_or_not_as_it_should_be_gives_no_figures(run, reason):
    with pytest.raises(SystemExit, match=f"{reason}. Run `make stress` again"):
        figures(run)
