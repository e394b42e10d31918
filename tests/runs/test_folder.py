"""Runs: plain files that are readable however the run ended, and resumable to the report of an unbroken run."""

import errno
import itertools
import json
import os
import resource
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from pricer.errors import RunError
from pricer.items.load import load_items
from pricer.model.info import ModelInfo
from pricer.pricing.prompt import FRAMES
from pricer.runs import tester
from pricer.runs.folder import FINISHED, RUNNING, STOPPED, Run, new_folder
from pricer.runs.result import Result
from pricer.runs.settings import ModelIdentity, Settings, settings_of
from tests import ROOT
from tests.support.fakes import FakePricer
from tests.support.runs import begin, kept, resumed, without_time
from tests.support.slow_run import ITEMS


def test_a_finished_run_reads_back_as_the_same_report(tmp_path):
    report = kept(tmp_path / "run")

    run = Run.read(tmp_path / "run")

    assert report == run.report
    assert ITEMS.items == run.items
    assert FINISHED == run.state


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

    for report in begin(tmp_path / "run", pricer).record(tester.run(pricer, ITEMS.items)):
        assert report.n == len((tmp_path / "run" / "items.jsonl").read_text().splitlines())


def test_a_run_says_that_it_is_running_until_it_is_not(tmp_path):
    pricer = FakePricer(batch_size=8)
    reports = begin(tmp_path / "run", pricer).record(tester.run(pricer, ITEMS.items))

    next(reports)
    during = Run.read(tmp_path / "run").state
    next(reports)
    reports.close()

    assert (RUNNING, STOPPED) == (during, Run.read(tmp_path / "run").state)
    assert 8 == Run.read(tmp_path / "run").report.n


@pytest.mark.parametrize("batches", [1, 5, 12])
def test_a_stopped_run_resumes_to_the_report_of_an_unbroken_one(tmp_path, batches):
    whole = kept(tmp_path / "whole")
    kept(tmp_path / "run", batches=batches)

    report = resumed(tmp_path / "run")

    assert without_time(whole) == without_time(report)
    assert report == Run.read(tmp_path / "run").report
    assert FINISHED == Run.read(tmp_path / "run").state


@pytest.mark.fault
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

    before = Run.read(tmp_path / "run")
    report = resumed(tmp_path / "run")

    assert RUNNING == before.state
    assert 24 <= before.report.n < 100
    assert without_time(kept(tmp_path / "whole")) == without_time(report)
    assert before.report.results == report.results[: before.report.n]


@pytest.mark.parametrize("cut", [1, 40, 300])
def test_a_line_that_was_cut_in_the_middle_is_done_again(tmp_path, cut):
    whole = kept(tmp_path / "whole")
    kept(tmp_path / "run", batches=3)
    path = tmp_path / "run" / "items.jsonl"
    path.write_bytes(path.read_bytes()[:-cut])

    before = Run.read(tmp_path / "run").report.n
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


@pytest.mark.fault
def test_a_disk_that_is_full_stops_the_run_with_a_sentence_and_keeps_what_was_done(tmp_path):
    pricer = FakePricer(batch_size=8)
    reports = begin(tmp_path / "run", pricer).record(tester.run(pricer, ITEMS.items))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    seen: list[int] = []
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, before[1]))
        with pytest.raises(RunError, match="What it held before is safe"):
            seen.extend(report.n for report in reports)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)

    assert 0 < seen[-1] < 100
    assert Run.read(tmp_path / "run").report.n >= seen[-1]
    assert without_time(kept(tmp_path / "whole")) == without_time(resumed(tmp_path / "run"))


def test_a_folder_without_a_run_is_a_sentence(tmp_path):
    with pytest.raises(RunError, match="holds no run: give a folder that `test --out` has written"):
        Run.read(tmp_path)


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
        Run.read(tmp_path / "run")


# The model that a run is resumed with


def begun_with(folder: Path, **adapter: str | None) -> Run:
    """A run that began with an adapter of this name, revision or fingerprint."""
    pricer = FakePricer()
    pricer.info = with_adapter(pricer.info, **adapter)
    begin(folder, pricer)
    return Run.read(folder)


def with_adapter(info: ModelInfo, **adapter: str | None) -> ModelInfo:
    return replace(info, adapter=replace(info.adapter, **adapter))


def with_row(info: ModelInfo, **row: Any) -> ModelInfo:
    return replace(info, row=replace(info.row, **row))


def test_a_run_is_resumed_with_its_own_model_alone(tmp_path):
    kept(tmp_path / "run", batches=1)
    run, info = Run.read(tmp_path / "run"), FakePricer().info

    run.check_same_model(info)
    with pytest.raises(RunError, match="Resume it with the model that it began with, or begin a new run"):
        run.check_same_model(with_adapter(info, revision="another"))


@pytest.mark.parametrize("spelled", ["{}/", "{}/.", "{}/../good", "{}/./"])
@pytest.mark.parametrize("fingerprint", ["f" * 64, None])
def test_a_folder_of_an_adapter_is_the_same_however_it_is_spelled(tmp_path, spelled, fingerprint):
    folder = tmp_path / "good"
    folder.mkdir()
    run = begun_with(tmp_path / "run", name=str(folder), fingerprint=fingerprint)

    run.check_same_model(with_adapter(FakePricer().info, name=spelled.format(folder), fingerprint=fingerprint))


@pytest.mark.parametrize("spelled", ["{}/", "{}/./", "{}/../base"])
def test_a_folder_of_a_base_is_the_same_however_it_is_spelled(tmp_path, spelled):
    (tmp_path / "base").mkdir()
    pricer = FakePricer()
    pricer.info = with_row(pricer.info, base=spelled.format(tmp_path / "base"))
    run = begin(tmp_path / "run", pricer)

    run.check_same_model(with_row(pricer.info, base=str(tmp_path / "base")))


def test_an_adapter_that_was_moved_or_renamed_is_known_by_its_weights(tmp_path):
    run = begun_with(tmp_path / "run", name="/gone/good", revision="1a2b", fingerprint="f" * 64)

    run.check_same_model(with_adapter(FakePricer().info, name="/elsewhere/better", fingerprint="f" * 64))


def test_a_run_of_a_users_adapter_is_called_by_adapter_and_base_also_where_it_was_kept_as_own(tmp_path):
    pricer = FakePricer()
    pricer.info = with_row(pricer.info, name="own", base="meta-llama/Llama-3.2-3B")
    run = begin(tmp_path / "run", pricer)
    now = with_row(pricer.info, name="fake/adapter")

    run.check_same_model(now)
    assert "fake/adapter (Llama 3.2 3B) on" in run.settings.title
    assert "fake/adapter (Llama 3.2 3B)" == ModelIdentity.of(now).title


def test_what_really_differs_is_named_and_nothing_else(tmp_path):
    pricer = FakePricer()
    pricer.info = with_adapter(pricer.info, fingerprint="a" * 64)
    run = begin(tmp_path / "run", pricer)

    def said(info: ModelInfo) -> str:
        with pytest.raises(RunError) as refused:
            run.check_same_model(info)
        return str(refused.value).partition("another model: ")[2].partition(". Resume it")[0]

    assert "the base is owner/other and was pricer/bundled/base" == said(with_row(pricer.info, base="owner/other"))
    assert "the weights are none and were 4bit" == said(replace(pricer.info, quantization="none"))
    assert (
        "the question is “What does this cost to the nearest dollar?” and was “How much does this cost to the nearest "
        "dollar?”"
    ) == said(with_row(pricer.info, frame=FRAMES["2025"]))
    assert "the adapter is none and was fake/adapter at no revision" == said(replace(pricer.info, adapter=None))
    assert (
        "the adapter's weights are those of fake/adapter at no revision (SHA-256 bbbbbbbbbbbb…) and were those of "
        "fake/adapter at no revision (SHA-256 aaaaaaaaaaaa…)"
    ) == said(with_adapter(pricer.info, fingerprint="b" * 64))


SUMMARY_OF_BEFORE = """{
  "settings": {
    "source": "items.csv",
    "items_revision": null,
    "seed": 7,
    "method": "median",
    "generate": false,
    "adapter": true,
    "model": "bundled",
    "base": "pricer/bundled/base",
    "adapter_name": "fake/adapter",
    "adapter_revision": null,
    "quantization": "4bit",
    "compute_dtype": "float32",
    "device": "cpu",
    "adapter_fingerprint": "cb5fd8af7d8a2b1ad4b8ee8f5a9b5d1a7bb4c6a1b43a4d5c2d3e1f0a9b8c7d6e",
    "started": "2026-11-24T18:03:11+00:00",
    "versions": {"python": "3.11.9", "torch": "2.13.0"}
  },
  "state": "stopped",
  "method": "median",
  "n": 1,
  "mae": 2.5,
  "size": 2,
  "seconds": 0.25
}
"""


def test_a_run_of_an_older_version_is_read_and_goes_on(tmp_path):
    (tmp_path / "summary.json").write_text(SUMMARY_OF_BEFORE)
    (tmp_path / "plan.jsonl").write_text(
        '{"title": "Mug", "text": "one two three", "price": 32.5, "category": "Kitchen", "source": null}\n'
        '{"title": "Hose", "text": "one two", "price": 18.0, "category": null, "source": null}\n'
    )
    (tmp_path / "items.jsonl").write_text(
        '{"index": 0, "title": "Mug", "truth": 32.5, "estimate": 30, "error": 2.5, "squared_log_error": 0.006, '
        '"color": "green", "category": "Kitchen", "reason": "", "estimates": {"top3": 28.75, "median": 30}, '
        '"low": 20, "high": 40, "seconds": 0.25}\n'
    )
    info = with_adapter(FakePricer().info, fingerprint=json.loads(SUMMARY_OF_BEFORE)["settings"]["adapter_fingerprint"])

    run = Run.read(tmp_path)
    run.check_same_model(info)
    report = list(run.record(tester.run(FakePricer(), run.items, "median", done=run.report)))[-1]

    assert ("the bundled model on items.csv, sampled with seed 7", "stopped") == (run.settings.title, run.state)
    assert Result(0, run.items[0], 30, "", {"top3": 28.75, "median": 30}, 20, 40) == run.report.results[0]
    assert [30, 20] == [result.estimate for result in report.results]
    assert json.loads(SUMMARY_OF_BEFORE)["settings"].items() <= Run.read(tmp_path).settings.as_dict().items()


def test_the_settings_read_back_as_they_were(tmp_path):
    run = begun_with(tmp_path / "run", fingerprint="f" * 64)

    assert run.settings == Settings.from_dict(json.loads(json.dumps(run.settings.as_dict())))


def test_a_lock_file_that_a_dead_process_left_behind_locks_nothing(tmp_path):
    kept(tmp_path / "run", batches=2)
    (tmp_path / "run" / "lock").write_text("4711")

    assert 100 == resumed(tmp_path / "run").n


def test_a_run_whose_folder_has_no_lock_file_can_be_resumed(tmp_path):
    kept(tmp_path / "run", batches=2)
    (tmp_path / "run" / "lock").unlink()

    assert 100 == resumed(tmp_path / "run").n


def test_a_disk_that_knows_no_locks_holds_up_no_run(tmp_path, monkeypatch):
    def no_locks(*_):
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr("filelock._unix.lock_fd_nonblocking", no_locks)

    assert 100 == kept(tmp_path / "run").n


def test_each_step_of_a_run_may_be_taken_in_another_thread_and_the_lock_goes_at_the_end(tmp_path):
    pricer = FakePricer(batch_size=50)
    reports = begin(tmp_path / "run", pricer).record(tester.run(pricer, ITEMS.items))
    done = []
    for _ in range(4):
        step = Thread(target=lambda: done.extend(report.n for report in itertools.islice(reports, 1)))
        step.start()
        step.join()

    assert [0, 50, 100] == done
    assert 100 == resumed(tmp_path / "run").n


def test_folders_get_names_of_their_own(tmp_path):
    settings = settings_of(FakePricer().info, ITEMS)
    first = new_folder(tmp_path, settings)
    first.mkdir()

    second = new_folder(tmp_path, settings)

    assert first != second
    assert first.name.endswith("-bundled")
    assert f"{first.name}-2" == second.name


def test_no_file_of_a_run_holds_the_token(tmp_path, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", "hf_planted_for_this_test")

    kept(tmp_path / "run")

    assert not [path for path in (tmp_path / "run").iterdir() if "hf_planted" in path.read_text()]


def test_the_bundled_model_resumes_in_the_middle_of_a_batch_to_the_identical_report(bundled_pricer, tmp_path):
    items = load_items("bundled", limit=bundled_pricer.batch_size + 4)
    run = Run.create(tmp_path / "run", settings_of(bundled_pricer.info, items), items)
    whole = list(run.record(tester.run(bundled_pricer, items.items)))[-1]
    path = tmp_path / "run" / "items.jsonl"
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:3]))

    report = resumed(tmp_path / "run", bundled_pricer)

    assert without_time(whole) == without_time(report)
