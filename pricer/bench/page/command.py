"""`python -m pricer bench page`: measure runs of several sizes on the page, print a line for each, judge by the goals.

The table answers at the pace of a model on this machine, measured first in a process of its own: by default the bundled
one, the fastest run that a visitor without a GPU can start, and the one whose time showing must not take. What begins
and ends a run (a dozen events, the findings) costs the same however short it is; so each line also says how fast a
model may be before that cost exceeds the goal, and `--speed` measures at any other pace.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from argparse import Namespace
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from pricer.bench.page import drive
from pricer.bench.page.chromium import chromium, find_chromium
from pricer.bench.page.goals import Measured, goal_lines, met
from pricer.bench.page.stand_in import TablePricer, write_items
from pricer.bench.serving import served
from pricer.errors import ModelError, UsageError

WARM_UP = 250  # items of a first run that is not counted: imports and caches


def run(options: Namespace) -> int:
    """Measure and print; 0 if the goals are met, 1 if not. Raises UsageError without a Chromium, ModelError."""
    if options.quick or options.engine_only or options.random:
        raise UsageError("`bench page` has options of its own: see `python -m pricer bench page --help`.")
    path = find_chromium()
    if path is None:
        raise UsageError("No Chromium was found: run `make browser`, or name one by PRICER_CHROMIUM.")
    model = options.model or "bundled"
    speed = options.speed or _pace(model)
    named = "as was asked for" if options.speed else f"as {model} on this machine"
    print(f"The page over an estimator that answers from a table, {speed:.0f} items a second, {named}: this measures")
    print("showing, not pricing.\n", flush=True)
    measured = measure(path, options.sizes, speed)
    if options.json:
        figures = [asdict(run) | {"showing": run.showing, "fastest": run.fastest, "speed": speed} for run in measured]
        options.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    print("\n" + "\n".join(goal_lines(measured)))
    return 0 if met(measured) else 1


def measure(path: str, sizes: Sequence[int], speed: float) -> list[Measured]:
    """Run the Tester on the page once for each size, after a run that warms everything up."""
    pricer, measured = TablePricer(speed), []
    with tempfile.TemporaryDirectory() as name, served(pricer) as address, chromium(path) as browser:
        folder = Path(name)
        drive.one_run(browser, address, pricer, write_items(folder, WARM_UP))
        for size in sizes:
            measured.append(drive.one_run(browser, address, pricer, write_items(folder, size)))
            print(measured[-1].line, flush=True)
    return measured


def _pace(model: str) -> float:
    """Items a second of a model. In a process of its own: its memory is no matter of this one."""
    command = [sys.executable, "-m", "pricer", "test", "--model", model, "--items", "bundled", "--limit", "250"]
    run = subprocess.run([*command, "--json", "-"], stdout=subprocess.PIPE, text=True, check=False)
    if run.returncode != 0:
        raise ModelError(f"The pace of {model} could not be measured (see above): give one by --speed.")
    return json.loads(run.stdout)["items_per_second"]
