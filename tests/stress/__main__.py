"""`python -m tests.stress`: load, memory and faults in turn; figures at the end and in build/stress.json."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pricer.bench.hardware import describe
from pricer.items.load import load_items
from pricer.model.engine import open_pricer
from tests import ROOT
from tests.stress import load, memory
from tests.stress.server import serving

OUT = ROOT / "build" / "stress.json"
# `make test` passes these as well, but for `killed.py`, in which the real model works for minutes.
FAULTS = ("-m", "fault", "-o", "python_files=test_*.py killed.py")


def main() -> int:
    """0 if all went as it should, else 1 and what did not."""
    options = _options()
    began, results = time.monotonic(), {"machine": vars(describe())}
    if {"load", "memory"} & set(options.only):
        known = _known()
        with TemporaryDirectory(prefix="pricer-stress-") as folder, serving(Path(folder)) as server:
            if "load" in options.only:
                results["load"] = load.run(server, known, options.visitors, options.minutes)
                _say("load", results["load"])
            if "memory" in options.only:
                results["memory"] = memory.run(server, known, options.prices)
                _say("memory", results["memory"])
    if "faults" in options.only:
        results["faults"] = _faults()
        _say("faults", results["faults"])
    results["minutes"] = round((time.monotonic() - began) / 60, 1)
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps(results, indent=2) + "\n")
    failures = [sentence for part in options.only for sentence in results[part]["failures"]]
    print(f"{results['minutes']} minutes; figures are in {OUT.relative_to(ROOT)}.")
    print("\n".join(["Not as it should be:", *failures]) if failures else "All as it should be.")
    return 1 if failures else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.stress", description=__doc__)
    minutes = float(os.environ.get("STRESS_MINUTES", "5"))
    parser.add_argument("--minutes", type=float, default=minutes, help="of load (default 5, or STRESS_MINUTES)")
    parser.add_argument("--visitors", type=int, default=50)
    parser.add_argument("--prices", type=int, default=5000, help="over which memory is watched")
    parts = ("load", "memory", "faults")
    parser.add_argument("--only", nargs="+", choices=parts, default=list(parts))
    options = parser.parse_args()
    if options.prices < 200:
        parser.error("--prices: give at least 200, for a line through memory needs more than one point")
    return options


def _known() -> load.Known:
    items = [item.text for item in load_items("bundled", limit=10_000).items]
    pricer = open_pricer("bundled")
    return load.known(pricer, items, items[: load.TEST_SIZE])


def _faults() -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-o", "addopts=", "-p", "no:cacheprovider", *FAULTS],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    last = done.stdout.strip().splitlines()[-1].strip("= ")
    return {"tests": last, "failures": [] if done.returncode == 0 else [done.stdout[-3000:]]}


def _say(part: str, result: dict[str, Any]) -> None:
    print(f"{part}: " + json.dumps({name: value for name, value in result.items() if name != "failures"}), flush=True)


if __name__ == "__main__":
    sys.exit(main())
