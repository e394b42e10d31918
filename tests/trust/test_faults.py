"""What breaks in the middle of a run: the state before and after, and nothing lost that was reported as done."""

import hashlib
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

from pricer.errors import ModelError, RunError
from pricer.items.item import Item
from pricer.items.load import Items
from pricer.model.choice import Choice
from pricer.model.engine import Pricer
from pricer.model.loading import load
from pricer.runs import tester
from pricer.runs.folder import FINISHED, STOPPED, Run
from pricer.runs.settings import settings_of
from tests import ROOT
from tests.support.fakes import FakePricer
from tests.support.runs import begin, kept, resumed, without_time
from tests.support.slow_run import ITEMS
from tests.support.tiny_llama import CPU, make_adapter, make_row

pytestmark = pytest.mark.fault

PRODUCTS = Items("a test", tuple(Item(f"Item {n}", f"a product number {n} of steel", 10.0 + n) for n in range(20)))


def open_tiny(tiny, adapter: Path | None = None) -> Pricer:
    return Pricer(load(Choice(make_row(tiny.base, adapter or tiny.adapter), "A test.", False), CPU), batch_size=8)


# Memory


@pytest.fixture
def small(tiny):
    """A pricer and the number of prompts that fit into memory at once; more run out of it, as on a GPU."""
    pricer = open_tiny(tiny)
    room = SimpleNamespace(prompts=8)

    def check(_, __, inputs):
        if len(inputs["input_ids"]) > room.prompts:
            raise torch.OutOfMemoryError("CUDA out of memory.")

    pricer._loaded.model.get_base_model().register_forward_pre_hook(check, with_kwargs=True)
    return pricer, room


def to_the_cent(report) -> list:
    return [(result.index, result.item.title, round(result.estimate, 2)) for result in report.results]


def test_memory_that_runs_out_in_the_middle_of_a_run_loses_no_item_and_changes_no_price(small):
    pricer, room = small
    *_, whole = tester.run(pricer, PRODUCTS.items)
    reports = tester.run(pricer, PRODUCTS.items)
    next(reports), next(reports)
    room.prompts = 3

    *_, report = reports

    assert 2 == pricer.batch_size
    assert to_the_cent(whole) == to_the_cent(report)
    assert list(range(20)) == [result.index for result in report.results]


def test_memory_for_not_even_one_description_ends_the_run_with_a_sentence_and_it_resumes_to_the_same_report(
    small, tmp_path
):
    pricer, room = small
    *_, whole = tester.run(pricer, PRODUCTS.items)
    run = Run.create(tmp_path / "run", settings_of(pricer.info, PRODUCTS), PRODUCTS)
    reports = run.record(tester.run(pricer, PRODUCTS.items))
    next(reports), next(reports)
    room.prompts = 0
    with pytest.raises(ModelError, match="too little memory for even one description: close what else uses it"):
        next(reports)
    before = Run.read(tmp_path / "run")
    room.prompts, pricer.batch_size = 8, 8

    report = resumed(tmp_path / "run", pricer)

    assert (8, STOPPED) == (before.report.n, before.state)
    assert before.report.results == report.results[:8]
    assert to_the_cent(whole) == to_the_cent(report)


# Two processes, one run


@pytest.fixture
def other_process(tmp_path):
    """Another process that is at work on the run in the folder "run" and has done a part of it."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.support.slow_run", str(tmp_path / "run")],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    while int(process.stdout.readline()) < 16:
        pass
    yield process
    process.kill()
    process.wait()


def test_a_run_that_another_process_has_in_hand_cannot_be_resumed_and_is_left_as_it_is(other_process, tmp_path):
    run, pricer = Run.read(tmp_path / "run"), FakePricer(batch_size=8)
    with pytest.raises(RunError, match=r"Another process is at work on the run in .*: wait until it is done, or stop"):
        list(run.record(tester.run(pricer, run.items, done=run.report)))
    assert [] == pricer.batches
    other_process.wait()

    after = Run.read(tmp_path / "run")

    assert (FINISHED, 100) == (after.state, after.report.n)
    assert without_time(kept(tmp_path / "whole")) == without_time(after.report)


def test_a_process_that_was_killed_has_a_run_in_hand_no_more(other_process, tmp_path):
    other_process.kill()
    other_process.wait()

    report = resumed(tmp_path / "run")

    assert without_time(kept(tmp_path / "whole")) == without_time(report)


def test_a_run_that_went_on_since_it_was_read_is_not_written_twice(tmp_path):
    kept(tmp_path / "run", batches=2)
    early = Run.read(tmp_path / "run")
    whole = resumed(tmp_path / "run")

    with pytest.raises(RunError, match="has gone on since it was read: --resume it again"):
        list(early.record(tester.run(FakePricer(batch_size=8), early.items, done=early.report)))

    assert whole == Run.read(tmp_path / "run").report
    assert FINISHED == Run.read(tmp_path / "run").state


def test_a_run_that_was_stopped_can_be_resumed_by_the_same_process(tmp_path):
    pricer = FakePricer(batch_size=8)
    reports = begin(tmp_path / "run", pricer).record(tester.run(pricer, ITEMS.items))
    next(reports), next(reports)
    reports.close()

    assert 100 == resumed(tmp_path / "run").n


# Weights that changed


def test_the_fingerprint_of_an_adapter_is_the_sha_256_of_its_weights(tiny):
    weights = Path(tiny.adapter) / "adapter_model.safetensors"

    assert hashlib.sha256(weights.read_bytes()).hexdigest() == open_tiny(tiny).info.adapter.fingerprint


def test_a_run_is_not_resumed_with_other_weights_under_the_same_name(tiny, tmp_path):
    folder = make_adapter(tiny.base, tmp_path / "adapter")
    pricer = open_tiny(tiny, folder)
    Run.create(tmp_path / "run", settings_of(pricer.info, PRODUCTS), PRODUCTS)
    run = Run.read(tmp_path / "run")
    run.check_same_model(pricer.info)
    make_adapter(tiny.base, folder, seed=5)

    with pytest.raises(
        RunError, match=r"the adapter's weights are those of .* \(SHA-256 .* and were those of .* \(SHA-256 .*Resume it"
    ):
        run.check_same_model(open_tiny(tiny, folder).info)


def test_a_run_of_before_fingerprints_were_kept_can_still_be_resumed(tmp_path):
    whole = kept(tmp_path / "whole")
    kept(tmp_path / "run", batches=1)
    summary = tmp_path / "run" / "summary.json"
    said = json.loads(summary.read_text())
    del said["settings"]["adapter_fingerprint"]
    summary.write_text(json.dumps(said))
    run, info = Run.read(tmp_path / "run"), FakePricer().info

    run.check_same_model(replace(info, adapter=replace(info.adapter, fingerprint="f" * 64)))

    assert without_time(whole) == without_time(resumed(tmp_path / "run"))


# The same price every day


def test_another_process_gives_the_same_prices_to_the_cent_with_one_thread_as_with_several():
    program = (
        "import json, sys; from pricer import open_pricer; texts = json.loads(sys.argv[1]); "
        "pricer = open_pricer('bundled'); alone = [pricer.estimate_all([text])[0].price for text in texts]; "
        "print(json.dumps([alone, [estimate.price for estimate in pricer.estimate_all(texts)]]))"
    )
    texts = ["USB-C charging cable, 6 feet", "Gaming laptop, 16-inch display, 32 GB of memory", "mug", "A " * 200]

    def ask(threads: str) -> list[list[float]]:
        done = subprocess.run(
            [sys.executable, "-c", program, json.dumps(texts)],
            cwd=ROOT,
            env={**os.environ, "OMP_NUM_THREADS": threads},
            capture_output=True,
            text=True,
            timeout=300,
            check=True,
        )
        return json.loads(done.stdout)

    first, again = ask("1"), ask("2")

    assert pytest.approx(first[0], abs=0.005) == first[1]
    assert [pytest.approx(prices, abs=0.005) for prices in first] == again
