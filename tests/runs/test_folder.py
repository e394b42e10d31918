"""Runs: plain files that are readable however the run ended, and resumable to the report of an unbroken run."""

import json
import resource
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from pricer.errors import RunError
from pricer.items.load import load_items
from pricer.runs import folder as runs
from pricer.runs import tester
from pricer.runs.report import Report
from pricer.runs.settings import settings_of
from tests import ROOT
from tests.support.fakes import FakePricer
from tests.support.slow_run import ITEMS


def begin(folder: Path, pricer: FakePricer, **how) -> runs.Run:
    return runs.create(folder, settings_of(pricer.info, ITEMS, **how), ITEMS)


def kept(folder: Path, pricer: FakePricer | None = None, batches: int | None = None) -> Report:
    """Run ITEMS into `folder`, all of them or the first batches, and give the last report."""
    pricer = pricer or FakePricer(batch_size=8)
    reports = runs.keep(begin(folder, pricer), tester.run(pricer, ITEMS.items))
    report = next(reports)
    for number, grown in enumerate(reports, start=1):
        report = grown
        if number == batches:
            break
    reports.close()
    return report


def resumed(folder: Path, pricer: FakePricer | None = None) -> Report:
    run = runs.read(folder)
    return list(runs.keep(run, tester.run(pricer or FakePricer(batch_size=8), run.items, done=run.report)))[-1]


def without_time(report: Report) -> dict:
    return {key: value for key, value in report.as_dict().items() if key not in ("seconds", "items_per_second")}


def test_a_finished_run_reads_back_as_the_same_report(tmp_path):
    report = kept(tmp_path / "run")

    run = runs.read(tmp_path / "run")

    assert report == run.report
    assert ITEMS.items == run.items
    assert runs.FINISHED == run.state


def test_the_summary_says_what_was_run_on_what_and_with_which_versions(tmp_path):
    report = kept(tmp_path / "run")

    said = json.loads((tmp_path / "run" / "summary.json").read_text())

    assert report.mae == said["mae"]
    assert {"source", "seed", "model", "adapter_revision", "versions", "started"} <= said["settings"].keys()
    assert "transformers" in said["settings"]["versions"]
    assert "finished" == said["state"]
    assert "results" not in said


def test_every_item_that_was_reported_as_done_is_in_the_folder_already(tmp_path):
    pricer = FakePricer(batch_size=8)

    for report in runs.keep(begin(tmp_path / "run", pricer), tester.run(pricer, ITEMS.items)):
        assert report.n == len((tmp_path / "run" / "items.jsonl").read_text().splitlines())


def test_a_run_says_that_it_is_running_until_it_is_not(tmp_path):
    pricer = FakePricer(batch_size=8)
    reports = runs.keep(begin(tmp_path / "run", pricer), tester.run(pricer, ITEMS.items))

    next(reports)
    during = runs.read(tmp_path / "run").state
    next(reports)
    reports.close()

    assert (runs.RUNNING, runs.STOPPED) == (during, runs.read(tmp_path / "run").state)
    assert 8 == runs.read(tmp_path / "run").report.n


@pytest.mark.parametrize("batches", [1, 5, 12])
def test_a_stopped_run_resumes_to_the_report_of_an_unbroken_one(tmp_path, batches):
    whole = kept(tmp_path / "whole")
    kept(tmp_path / "run", batches=batches)

    report = resumed(tmp_path / "run")

    assert without_time(whole) == without_time(report)
    assert report == runs.read(tmp_path / "run").report
    assert runs.FINISHED == runs.read(tmp_path / "run").state


def test_a_killed_run_keeps_what_it_reported_and_resumes_to_the_report_of_an_unbroken_one(tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.support.slow_run", str(tmp_path / "run")],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    told = 0
    while told < 24:
        told = int(process.stdout.readline())
    process.kill()
    process.wait()

    before = runs.read(tmp_path / "run")
    report = resumed(tmp_path / "run")

    assert runs.RUNNING == before.state
    assert 24 <= before.report.n < 100
    assert without_time(kept(tmp_path / "whole")) == without_time(report)
    assert before.report.results == report.results[: before.report.n]


@pytest.mark.parametrize("cut", [1, 40, 300])
def test_a_line_that_was_cut_in_the_middle_is_done_again(tmp_path, cut):
    whole = kept(tmp_path / "whole")
    kept(tmp_path / "run", batches=3)
    path = tmp_path / "run" / "items.jsonl"
    path.write_bytes(path.read_bytes()[:-cut])

    before = runs.read(tmp_path / "run").report.n
    report = resumed(tmp_path / "run")

    assert before < 24
    assert without_time(whole) == without_time(report)
    assert 100 == len(path.read_text().splitlines())


def test_a_finished_run_can_be_resumed_and_does_nothing(tmp_path):
    whole = kept(tmp_path / "run")
    pricer = FakePricer(batch_size=8)

    assert whole == resumed(tmp_path / "run", pricer)
    assert [] == pricer.batches


def test_a_folder_that_holds_something_is_not_written_over(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")

    with pytest.raises(RunError, match="is not empty: choose another"):
        begin(tmp_path, FakePricer())

    assert ["mine.txt"] == [path.name for path in tmp_path.iterdir()]


def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path):
    (tmp_path / "file").write_text("")

    with pytest.raises(RunError, match=r"cannot be written to .* free some space or choose another folder"):
        begin(tmp_path / "file" / "run", FakePricer())


def test_a_disk_that_is_full_stops_the_run_with_a_sentence_and_keeps_what_was_done(tmp_path):
    pricer = FakePricer(batch_size=8)
    reports = runs.keep(begin(tmp_path / "run", pricer), tester.run(pricer, ITEMS.items))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    seen: list[int] = []
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, before[1]))
        with pytest.raises(RunError, match="What it held before is safe"):
            seen.extend(report.n for report in reports)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)

    assert 0 < seen[-1] < 100
    assert runs.read(tmp_path / "run").report.n >= seen[-1]
    assert without_time(kept(tmp_path / "whole")) == without_time(resumed(tmp_path / "run"))


def test_a_folder_without_a_run_is_a_sentence(tmp_path):
    with pytest.raises(RunError, match="holds no run: give a folder that `test --out` has written"):
        runs.read(tmp_path)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("summary.json", "{}"),
        ("summary.json", "[]"),
        ("summary.json", "{oops"),
        ("items.jsonl", '{"index": 0}\n'),
        ("items.jsonl", "5\n"),
        ("items.jsonl", "oops\n"),
        ("plan.jsonl", '{"nothing": 1}\n'),
        ("plan.jsonl", ""),
    ],
)
def test_a_damaged_run_is_a_sentence(tmp_path, name, content):
    kept(tmp_path / "run", batches=1)
    (tmp_path / "run" / name).write_text(content)

    with pytest.raises(RunError, match="is damaged"):
        runs.read(tmp_path / "run")


def test_a_run_is_resumed_with_its_own_model_alone(tmp_path):
    kept(tmp_path / "run", batches=1)
    run, info = runs.read(tmp_path / "run"), FakePricer().info

    runs.check_same_model(run, info)
    with pytest.raises(RunError, match="resume it with the model that it began with"):
        runs.check_same_model(run, replace(info, adapter=replace(info.adapter, revision="another")))


def test_folders_get_names_of_their_own(tmp_path):
    settings = settings_of(FakePricer().info, ITEMS)
    first = runs.new_folder(tmp_path, settings)
    first.mkdir()

    second = runs.new_folder(tmp_path, settings)

    assert first != second
    assert first.name.endswith("-bundled")
    assert f"{first.name}-2" == second.name


def test_no_file_of_a_run_holds_the_token(tmp_path, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", "hf_planted_for_this_test")

    kept(tmp_path / "run")

    assert not [path for path in (tmp_path / "run").iterdir() if "hf_planted" in path.read_text()]


def test_the_bundled_model_resumes_in_the_middle_of_a_batch_to_the_identical_report(bundled_pricer, tmp_path):
    items = load_items("bundled", limit=bundled_pricer.batch_size + 4)
    run = runs.create(tmp_path / "run", settings_of(bundled_pricer.info, items), items)
    whole = list(runs.keep(run, tester.run(bundled_pricer, items.items)))[-1]
    path = tmp_path / "run" / "items.jsonl"
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:3]))

    report = resumed(tmp_path / "run", bundled_pricer)

    assert without_time(whole) == without_time(report)
