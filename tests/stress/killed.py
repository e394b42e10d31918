"""The command line killed by the system in the middle of a run of the real model, and its run resumed."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests import ROOT

SIZE = 160
_COMMAND = [sys.executable, "-m", "pricer", "--model", "bundled", "test"]


def finish(*arguments: str) -> None:
    subprocess.run([*_COMMAND, *arguments, "--quiet"], cwd=ROOT, capture_output=True, check=True)


def items_in(folder: Path) -> list[str]:
    """The items that are reported as done."""
    file = folder / "items.jsonl"
    return [line for line in file.read_text().splitlines(keepends=True) if line.endswith("\n")] if file.exists() else []


def without_times(file: Path) -> dict:
    report = json.loads(file.read_text())
    report["settings"].pop("started")
    return {name: value for name, value in report.items() if name not in ("seconds", "items_per_second")}


@pytest.mark.fault
def test_a_run_of_the_real_model_that_was_killed_resumes_to_the_identical_report(tmp_path):
    run = tmp_path / "run"
    ask = ["--items", "bundled", "--limit", str(SIZE)]
    process = subprocess.Popen([*_COMMAND, *ask, "--out", str(run)], cwd=ROOT, stdout=subprocess.DEVNULL)
    while len(items_in(run)) < 32 and process.poll() is None:
        time.sleep(0.01)
    process.kill()
    process.wait()
    before = items_in(run)

    finish("--resume", str(run), "--json", str(tmp_path / "resumed.json"))
    finish(*ask, "--json", str(tmp_path / "whole.json"))

    assert 32 <= len(before) < SIZE
    assert before == items_in(run)[: len(before)]
    assert without_times(tmp_path / "whole.json") == without_times(tmp_path / "resumed.json")
