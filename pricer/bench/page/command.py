"""`python -m pricer bench page`: measure runs of several sizes on the page, print a line for each, judge by the goals.

The table answers at the pace of the bundled model on this machine, measured first in a process of its own: that is the
fastest run that a visitor without a GPU can start, and the one whose time showing must not take. What begins and ends a
run (a dozen events, the findings) costs the same however short it is; so each line also says how fast a model may be
before that cost exceeds the goal, and `--speed` measures at any other pace.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from pricer.bench.page import drive
from pricer.bench.page.goals import Measured, goal_lines, met
from pricer.bench.page.stand_in import TablePricer, write_items

SIZES = (250, 1_000, 10_000)
WARM_UP = 250  # items of a first run that is not counted: imports and caches
_PACE = ("test", "--model", "bundled", "--items", "bundled", "--limit", "250", "--json", "-")


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print; exit code 0 if the goals are met, 1 if not, 2 if nothing can be measured."""
    parser = argparse.ArgumentParser(prog="python -m pricer bench page", description=__doc__.split("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES), help="items of each run")
    parser.add_argument("--speed", type=float, help="items a second; without it, as many as the bundled model prices")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures to this file")
    options = parser.parse_args(argv)
    chromium = drive.find_chromium()
    if chromium is None:
        print("No Chromium was found: name one by PRICER_CHROMIUM, or run `make browser`.")
        return 2
    speed = options.speed or _pace()
    if speed is None:
        print("The bundled model could not be measured (see above): give a pace by --speed.")
        return 2
    named = "as was asked for" if options.speed else "as the bundled model on this machine"
    print(f"The page over a pricer that answers from a table, {speed:.0f} items a second, {named}: this measures")
    print("showing, not pricing.\n", flush=True)
    measured = measure(chromium, options.sizes, speed)
    if options.json:
        figures = [asdict(run) | {"showing": run.showing, "fastest": run.fastest, "speed": speed} for run in measured]
        options.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    print("\n" + "\n".join(goal_lines(measured)))
    return 0 if met(measured) else 1


def measure(chromium: str, sizes: Sequence[int], speed: float) -> list[Measured]:
    """Run the Tester on the page once for each size, after a run that warms everything up."""
    from playwright.sync_api import sync_playwright

    pricer = TablePricer(speed)
    measured = []
    with tempfile.TemporaryDirectory() as name, drive.served(pricer) as address, sync_playwright() as playwright:
        folder = Path(name)
        browser = playwright.chromium.launch(executable_path=chromium, args=list(drive.CHROMIUM_ARGUMENTS))
        drive.one_run(browser, address, pricer, write_items(folder, WARM_UP))
        for size in sizes:
            measured.append(drive.one_run(browser, address, pricer, write_items(folder, size)))
            print(measured[-1].line, flush=True)
        browser.close()
    return measured


def _pace() -> float | None:
    """Items a second of the bundled model; None if it cannot be had. Its memory is no matter of this process."""
    run = subprocess.run([sys.executable, "-m", "pricer", *_PACE], stdout=subprocess.PIPE, text=True, check=False)
    return json.loads(run.stdout)["items_per_second"] if run.returncode == 0 else None
