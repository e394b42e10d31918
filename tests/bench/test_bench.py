"""The benchmark: counts and tables worked out by hand, the course's loop, one small run of the engine."""

from __future__ import annotations

import json
import math
import re
from argparse import Namespace
from contextlib import contextmanager
from types import SimpleNamespace

import pytest
import torch
from transformers import LlamaConfig, LlamaForCausalLM

from pricer.bench import speed
from pricer.bench.command import Plan, measure
from pricer.bench.course import Course, load_course
from pricer.bench.hardware import MachineInfo, matrix_product_rate, operations_of
from pricer.bench.page import chromium
from pricer.bench.page import command as page_command
from pricer.bench.random_llama import llama_config, load_random, random_llama
from pricer.bench.serving import load_result, paste_during_test
from pricer.bench.speed import Arithmetic, PriceGap, Speed
from pricer.bench.summary import Summary
from pricer.errors import ModelError, UsageError
from pricer.model.base import four_bit_layers
from pricer.model.engine import Pricer
from pricer.model.machine import Machine
from pricer.model.registry import ROWS
from tests.support.fakes import FakePricer

TEXTS = ("Steel kettle, 1.7 liters", "Garden hose, 50 feet, with a brass nozzle and a holder for the wall")
TINY = {
    "vocab_size": 13_000,
    "hidden_size": 64,
    "intermediate_size": 128,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
}


@pytest.fixture(scope="module")
def tiny_random():
    """A Llama of two blocks with random weights, on the CPU."""
    return random_llama(LlamaConfig(**TINY), Machine(), ROWS["llama-3.1-8b"], rank=8)


def test_a_token_costs_two_operations_for_each_weight_of_base_and_adapter_and_the_head_is_paid_once(tiny_random):
    # a block: q and o 64 x 64, k and v 64 x 32, three of 64 x 128; LoRA of rank 8 on the first four
    base = 2 * 64 * 64 + 2 * 64 * 32 + 3 * 64 * 128
    adapter = 8 * (2 * (64 + 64) + 2 * (64 + 32))
    head = 64 * 13_000

    assert 2 * (2 * (base + adapter) * 5 + head) == operations_of(tiny_random.model, 5)


def test_whole_weights_that_hold_what_the_adapter_adds_are_paid_for_once(bundled_pricer):
    # 6 blocks: four of 384 x 384, 384 x 1536 and back; a head of 384 x 384 and of 12,800 tokens
    block = 4 * 384 * 384 + 2 * 384 * 1536

    assert 2 * (6 * block * 80 + 384 * 384 + 384 * 12_800) == operations_of(bundled_pricer._loaded.model, 80)


@pytest.mark.parametrize(("name", "parameters"), [("llama-3.1-8b", 8_030_261_248), ("llama-3.2-3b", 3_212_749_824)])
def test_a_random_llama_has_as_many_weights_as_the_real_one(name, parameters):
    with torch.device("meta"):
        model = LlamaForCausalLM(llama_config(name))

    assert parameters == sum(weight.numel() for weight in model.parameters())


def test_an_8b_with_the_courses_adapter_spends_14_billion_operations_on_a_token():
    """Worked out from its shape; the course prints an adapter of 109 MB, four bytes a weight."""
    with torch.device("meta"):
        model = LlamaForCausalLM(llama_config("llama-3.1-8b"))
    linear = operations_of(model, 2) - operations_of(model, 1)
    adapter = 32 * 32 * (2 * (4096 + 4096) + 2 * (4096 + 1024))

    assert 109 == round(4 * adapter / 1e6)
    assert 14.0 == round((linear + 2 * adapter) / 1e9, 1)


def test_a_head_that_is_tied_to_the_embedding_stays_so():
    config = LlamaConfig(**{**TINY, "tie_word_embeddings": True})

    model = random_llama(config, Machine(), ROWS["llama-3.2-3b"], rank=8).model

    assert model.get_input_embeddings().weight is model.get_output_embeddings().weight


def test_the_machine_is_seen_to_multiply():
    assert matrix_product_rate(torch.device("cpu"), torch.float32, rounds=1) > 1e8


def test_a_random_llama_answers_through_the_engine(tiny_random):
    [estimate] = Pricer(tiny_random).estimate_all([TEXTS[0]])

    assert 20 == len(estimate.distribution.top)
    assert "float32" == tiny_random.info.compute_dtype
    [layer] = {(layer.compute_dtype, layer.support_avx512bf16_for_cpu) for layer in four_bit_layers(tiny_random.model)}
    assert (torch.float32, False) == layer  # as the product computes, whatever the CPU could do faster


def test_the_courses_loop_and_the_product_name_the_same_price(bundled_pricer):
    course = load_course(ROWS["bundled"], Machine(), exact=True)

    gap = speed.price_gap(bundled_pricer, course, TEXTS)

    if gap.largest > 0.01:  # the engine too must compute in fp32 for this
        pytest.fail(f"prices lie ${gap.largest:.2f} apart")
    written = [course.generate(bundled_pricer.prompt(text).text) for text in TEXTS]
    assert [completion.price for completion in bundled_pricer.generate_all(TEXTS)] == written


def test_a_price_that_only_one_of_two_methods_has_is_infinitely_far():
    class Silent:
        def one_pass(self, prompt: str) -> None:
            """No price."""

    class WithPrompts(FakePricer):
        def prompt(self, text: str):
            return type("Prompt", (), {"text": text})

    assert math.inf == speed.price_gap(WithPrompts(), Silent(), TEXTS).largest


def test_tasks_take_turns_and_the_first_round_is_not_counted():
    order: list[str] = []

    seconds = speed.by_turns({"a": lambda: order.append("a"), "b": lambda: order.append("b")}, rounds=2)

    assert ["a", "b", "a", "b", "a", "b"] == order
    assert {"a": 2, "b": 2} == {name: len(took) for name, took in seconds.items()}


def test_a_batch_that_does_not_fit_is_reported_at_the_size_that_did(tiny_random):
    def small_memory(_, ids):
        if len(ids[0]) > 2:
            raise torch.OutOfMemoryError

    hook = tiny_random.model.get_input_embeddings().register_forward_pre_hook(small_memory)
    course = Course(tiny_random.model, tiny_random.tokenizer)

    speeds = speed.against_course(tiny_random, course, TEXTS * 2, batches=(1, 4), rounds=1, loop_items=1)

    hook.remove()
    assert [("ours", 1, 1), ("ours", 2, 4)] == [(each.method, each.batch, each.items) for each in speeds[2:]]


def test_every_caller_of_a_crowd_gets_all_answers():
    asked: list[str] = []

    found = load_result(asked.append, "engine", TEXTS, callers=4, each=3)

    assert 12 == len(asked)
    assert (4, "engine") == (found.callers, found.where)


def test_a_paste_during_a_test_is_timed_beside_its_batches():
    batch, paste = paste_during_test(FakePricer(seconds=0.02), TEXTS, pastes=2)

    assert batch >= 20.0
    assert paste >= 20.0


def test_a_whole_run_gives_a_table_and_json(tiny_random):
    plan = Plan(TEXTS, batches=(1, 2), lengths=(5,), loop=2, rounds=1)

    summary = measure(tiny_random, None, Machine(), plan, beside=False)

    assert ["course, generate", "course, one pass", "ours", "ours"] == [speed.method for speed in summary.speeds]
    assert summary.gap.largest < 0.01
    plain = json.loads(summary.as_json())
    assert plain["figures"]["ours over the course's generate"] > 0
    assert 0 < plain["arithmetic"]["share"] <= 1.5
    lines = list(summary.lines())
    assert "llama-3.1-8b, random weights: 4 bit (NF4, double quantization), computed in float32" == lines[0]
    assert ["ours", "1"] == next(line for line in lines if line.startswith("ours ")).split()[:2]


@pytest.mark.parametrize("name", ["llama-3.1-8b", "llama-3.2-3b"])
def test_billions_of_weights_are_refused_where_there_is_no_gpu(name):
    with pytest.raises(ModelError, match="need a GPU with"):
        load_random(name, Machine())


def test_figures_that_missed_their_goal_say_so():
    machine = MachineInfo("a processor", 2, 2, 8.0, None, "2.13", "3.11", 0.1)
    speeds = (Speed("course, generate", 1, 10, (1.0,)), Speed("course, one pass", 1, 20, (1.0,)))
    summary = Summary(
        model="bundled",
        quantization="4 bit",
        compute_dtype="float32",
        base_megabytes=50.0,
        adapter_megabytes=1.0,
        machine=machine,
        speeds=(*speeds, Speed("ours", 1, 30, (1.0,)), Speed("ours", 16, 60, (1.2, 1.0, 0.9))),
        gap=PriceGap(10, math.inf, 0.0, "float32"),
        gap_as_run=None,
        lengths={20: 90.0},
        arithmetic=Arithmetic(batch=16, tokens=80, operations=2_000, seconds=2.0, limit=4_000.0),
    )

    cells = [re.split("  +", line) for line in summary.lines()]

    assert ["ours over the course's generate", "6", "at least 5", "met"] in cells
    assert "MISSED" == next(row[-1] for row in cells if row[:1] == ["largest difference of a price, $"])
    assert ["a large matrix product", "0 G a second: 25% of it reached"] in cells
    assert json.loads(summary.as_json())["figures"]["largest difference of a price, $"] is None


def test_a_page_benchmark_without_a_browser_is_told_how_to_get_one(monkeypatch):
    monkeypatch.setattr(page_command, "find_chromium", lambda: None)
    options = Namespace(quick=False, engine_only=False, random=None, model=None, speed=10.0, sizes=[1], json=None)

    with pytest.raises(UsageError, match="run `make browser`"):
        page_command.run(options)


def test_the_browser_that_playwright_installed_is_found_where_none_is_on_the_path(monkeypatch, tmp_path):
    installed = tmp_path / "chrome"
    installed.touch()

    @contextmanager
    def playwright():
        yield SimpleNamespace(chromium=SimpleNamespace(executable_path=str(installed)))

    monkeypatch.delenv("PRICER_CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(chromium, "sync_playwright", playwright)

    assert str(installed) == chromium.find_chromium()
    installed.unlink()
    assert chromium.find_chromium() is None


def test_the_loop_reads_a_price_off_logits_of_all_positions(tiny_random):
    """Not of the last alone: that is what the product spares."""
    positions = []
    hook = tiny_random.model.get_output_embeddings().register_forward_hook(
        lambda _, __, logits: positions.append(logits.shape[1])
    )
    course = Course(tiny_random.model, tiny_random.tokenizer)

    course.one_pass("How much does this cost?\n\nA kettle\n\nPrice is $")

    hook.remove()
    assert positions[0] > 5
