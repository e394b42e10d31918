"""Writes the figures into docs/trust.md from build/stress.json, which `make stress` leaves.

Knows what each figure is called and how it is written, nothing of how it was measured. A run that was not as it should
be, or that left a part out, gives no figures.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

DOCS = Path(__file__).parent
PAGE = DOCS / "trust.md"
STRESS = DOCS.parent / "build" / "stress.json"
BEGIN, END = "<!-- figures -->\n", "<!-- end of figures -->"
PARTS = ("machine", "load", "memory", "faults", "minutes")


def _waited(kind: str) -> Callable[[dict], str]:
    def wait(run: dict) -> str:
        waits = run["load"]["waits"][kind]
        return f"{waits['median']:.1f} s, {waits['percentile_95']:.1f} s, {waits['longest']:.1f} s (n = {waits['n']:,})"

    return wait


def _held(what: str, at_most: str) -> Callable[[dict], str]:
    return lambda run: f"{run['load']['before'][what]}, {run['load'][at_most][what]}, {run['load']['after'][what]}"


ROWS: dict[str, Callable[[dict], str]] = {
    "Machine": lambda run: "{processor}, {cores} cores, load {load:.1f} before".format(**run["machine"]),
    "Visitors at once, for how long": lambda run: "{visitors}, {seconds:.0f} s".format(**run["load"]),
    "Answers compared with what the model says alone": lambda run: f"{run['load']['answers']:,}",
    "of them rows of tests": lambda run: f"{run['load']['of_them_rows_of_tests']:,}",
    "Wrong answers, errors": lambda run: "{wrong}, {errors}".format(**run["load"]),
    "Visits told to try again": lambda run: f"{run['load']['told_to_try_again']:,}",
    "Visits that left in the middle": lambda run: f"{run['load']['left_in_the_middle']:,}",
    "A pasted description: median, 95th percentile, longest": _waited("paste"),
    "A call of 1 to 8 descriptions: the same": _waited("program"),
    "A test of 50 items: the same": _waited("test"),
    "Threads before, at the most, after": _held("threads", "most_threads"),
    "Files and sockets before, then, after": _held("files", "most_threads"),
    "Memory over how many prices": lambda run: "{prices:,} after a warm-up of {warm_up:,}".format(**run["memory"]),
    "Memory at their beginning and end": lambda run: "{megabytes_first:,.0f} MB, {megabytes_last:,.0f} MB".format(
        **run["memory"]
    ),
    "Slope of a line through it (allowed)": lambda run: (
        "{megabytes_per_1000_prices:.2f} MB per 1,000 prices ({bound:.0f})".format(**run["memory"])
    ),
    "Fault tests": lambda run: re.sub(r"(, \d+ (deselected|warnings?))* in .*", "", run["faults"]["tests"]),
    "All of it": lambda run: f"{run['minutes']:.1f} minutes",
}


def figures(run: dict[str, Any] | None) -> str:
    """The table of one run; without one, with its places empty. Raises SystemExit if the run is not one to write."""
    if run is not None:
        lacking = ", ".join(part for part in PARTS if part not in run)
        has_failures = any(run[part].get("failures") for part in ("load", "memory", "faults") if part in run)
        if lacking or has_failures:
            reason = f"it lacks {lacking}" if lacking else "it has failures"
            raise SystemExit(f"The run in {STRESS.name} gives no figures: {reason}. Run `make stress` again.")
    rows = [f"| {name} | {write(run) if run else 'not measured yet'} |" for name, write in ROWS.items()]
    return "\n".join(["| what | figure |", "|---|---|", *rows, ""])


def with_figures(page: str, table: str) -> str:
    """`page` with `table` between its two markers."""
    before, _, rest = page.partition(BEGIN)
    return f"{before}{BEGIN}\n{table}\n{END}{rest.partition(END)[2]}"


def main() -> int:
    """Write the figures of the last run into the page."""
    if not STRESS.is_file():
        raise SystemExit(f"There is no {STRESS}: run `make stress` first.")
    table = figures(json.loads(STRESS.read_text(encoding="utf-8")))
    PAGE.write_text(with_figures(PAGE.read_text(encoding="utf-8"), table), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
