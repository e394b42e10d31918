"""The benchmark: counts worked out by hand, the course's loop, and one small run of everything but the page."""

from __future__ import annotations

import json
import math

import pytest
import torch
from transformers import LlamaConfig

from pricer.bench import command, speed
from pricer.bench.ceilings import ceiling
from pricer.bench.command import Plan, measure
from pricer.bench.course import Course, load_course
from pricer.bench.random_llama import llama_8b_config, random_llama
from pricer.bench.roofline import LLAMA_8B, NF4_BYTES, Ceiling, Shape, shape_of, t4_estimate
from pricer.bench.serving import crowd, paste_during_test
from pricer.model.engine import Pricer
from pricer.model.machine import Machine
from pricer.model.registry import ROWS
from tests.support.fakes import FakePricer

TEXTS = ("Steel kettle, 1.7 litres", "Garden hose, 50 feet, with a brass nozzle and a holder for the wall")

# Two blocks of one layer, 4 inputs and 6 outputs, with a LoRA of rank 1; a head of 10 tokens.
TINY = Shape(
    layers=2,
    hidden=4,
    attention=4,
    vocabulary=10,
    linears=((4, 6, 1),),
    weight_bytes=4.0,
    adapter_bytes=4.0,
    head_bytes=2.0,
)


@pytest.fixture(scope="module")
def tiny_random():
    """A Llama of two blocks with random weights, on the CPU."""
    config = LlamaConfig(
        vocab_size=13_000,
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
    )
    return random_llama(config, Machine(), rank=8)


def test_a_token_costs_two_operations_for_each_weight_of_base_and_adapter():
    # 2 blocks x 2 x (4 x 6 + 1 x (4 + 6))
    assert 136 == TINY.block_operations


def test_attention_costs_grow_with_all_pairs_of_a_token_and_one_not_after_it():
    # 3 tokens: 6 pairs; scores and values, 2 x 4 operations each, in 2 blocks
    assert 192 == TINY.attention_operations(3)


def test_a_pass_with_logits_of_one_position_pays_for_one_row_of_the_head():
    assert 3 * 136 + 192 + 80 == TINY.operations(3)
    assert 3 * 136 + 192 + 3 * 80 == TINY.operations(3, positions=3)


def test_a_pass_reads_every_weight_once():
    # 2 x (24 + 10) weights of 4 bytes, 40 of the head of 2 bytes
    assert 352.0 == TINY.bytes


def test_the_least_time_is_the_longer_of_work_and_reading():
    assert 1360.0 == TINY.seconds(3, 2, Ceiling("slow at work", operations=1.0, bytes=1e9))
    assert 352.0 == TINY.seconds(3, 2, Ceiling("slow at reading", operations=1e9, bytes=1.0))


def test_the_shape_of_a_model_is_read_off_its_layers(tiny_random):
    shape = shape_of(tiny_random.model)

    assert (2, 64, 64, 13_000) == (shape.layers, shape.hidden, shape.attention, shape.vocabulary)
    attention, feed_forward = [(64, 64, 8), (64, 32, 8), (64, 32, 8), (64, 64, 8)], [(64, 128, 0)] * 2 + [(128, 64, 0)]
    assert sorted(attention + feed_forward) == sorted(shape.linears)
    assert (NF4_BYTES, 4.0, 4.0) == (shape.weight_bytes, shape.adapter_bytes, shape.head_bytes)


def test_the_shape_of_the_bundled_model_has_six_linear_layers_in_each_of_its_six_blocks(bundled_pricer):
    shape = shape_of(bundled_pricer._loaded.model)

    assert (6, 384, 384, 12_800) == (shape.layers, shape.hidden, shape.attention, shape.vocabulary)
    assert [(384, 384), (384, 384), (384, 384), (384, 384), (384, 1536), (1536, 384)] == sorted(
        (i, o) for i, o, _ in shape.linears
    )


def test_the_counted_shape_of_the_8b_is_that_of_its_configuration():
    config = llama_8b_config()

    expected = (config.num_hidden_layers, config.hidden_size, config.vocab_size)
    assert expected == (LLAMA_8B.layers, LLAMA_8B.hidden, LLAMA_8B.vocabulary)
    assert {config.intermediate_size, config.hidden_size, config.num_key_value_heads * config.head_dim} == {
        size for i, o, _ in LLAMA_8B.linears for size in (i, o)
    }
    # The course prints an adapter of 109 MB.
    adapter = LLAMA_8B.layers * sum(rank * (i + o) for i, o, rank in LLAMA_8B.linears) * LLAMA_8B.adapter_bytes
    assert 109 == round(adapter / 1e6)


def test_the_estimate_for_a_t4_never_says_that_a_batch_is_slower_than_a_single_prompt():
    estimate = t4_estimate()

    assert estimate["course, generate"] < estimate["course, one pass"] < estimate["ours, batch 1"]
    assert estimate["ours, batch 1"] < estimate["ours, batch 16"] < estimate["ours, batch 32"]


def test_the_machine_is_seen_to_multiply_and_to_copy():
    limit = ceiling(torch.device("cpu"), torch.float32, rounds=1)

    assert limit.operations > 1e8
    assert limit.bytes > 1e7


def test_a_random_llama_answers_through_the_engine(tiny_random):
    [estimate] = Pricer(tiny_random).estimate_all([TEXTS[0]])

    assert 20 == len(estimate.distribution.top)
    assert "float32" == tiny_random.info.compute_dtype


def test_the_courses_loop_and_the_product_name_the_same_price(bundled_pricer):
    course = load_course(ROWS["bundled"], Machine(), exact=True)

    same = speed.same_prices(bundled_pricer, course, TEXTS)

    if same.largest > 0.01:  # the engine too must compute in fp32 for this
        pytest.fail(f"prices lie ${same.largest:.2f} apart")
    written = [course.generate(bundled_pricer.prompt(text).text) for text in TEXTS]
    assert [completion.price for completion in bundled_pricer.generate_all(TEXTS)] == written


def test_a_price_that_only_one_of_two_methods_has_is_infinitely_far():
    class Silent:
        def one_pass(self, prompt: str) -> None:
            """No price."""

    class WithPrompts(FakePricer):
        def prompt(self, text: str):
            return type("Prompt", (), {"text": text})

    assert math.inf == speed.same_prices(WithPrompts(), Silent(), TEXTS).largest


def test_padding_is_the_share_of_positions_that_hold_no_token():
    # in order: (3, 1) and (3, 1) are padded to 3, 3; sorted: (1, 1) and (3, 3) not at all
    assert 1 / 3 == pytest.approx(speed.padding([3, 1, 3, 1], batch=2, in_order=True))
    assert 0.0 == speed.padding([3, 1, 3, 1], batch=2)


def test_tasks_take_turns_and_the_first_round_is_not_counted():
    order: list[str] = []

    seconds = speed.by_turns({"a": lambda: order.append("a"), "b": lambda: order.append("b")}, rounds=2)

    assert ["a", "b", "a", "b", "a", "b"] == order
    assert {"a": 2, "b": 2} == {name: len(took) for name, took in seconds.items()}


def test_a_batch_size_of_one_asks_for_one_description_after_the_other_as_a_loop_does():
    loop, batches = FakePricer(batch_size=1), FakePricer(batch_size=4)

    assert len(TEXTS) == len(speed.at_batch(loop, TEXTS)) == len(speed.at_batch(batches, TEXTS))
    assert [[text] for text in TEXTS] == loop.batches
    assert [list(TEXTS)] == batches.batches


def test_every_caller_of_a_crowd_gets_its_answers():
    asked: list[str] = []

    found = crowd(asked.append, "engine", TEXTS, callers=4, each=3)

    assert 12 == len(asked)
    assert (4, "engine") == (found.callers, found.where)


def test_a_paste_during_a_test_is_timed_beside_its_batches():
    batch, paste = paste_during_test(FakePricer(seconds=0.02), TEXTS, pastes=2)

    assert batch >= 20.0
    assert paste >= 20.0


def test_a_whole_run_gives_a_table_and_json(tiny_random):
    plan = Plan(TEXTS, batches=(1, 2), lengths=(5,), loop=2, rounds=1)

    report = measure(tiny_random, None, Machine(), plan, beside=False)

    assert ["course, generate", "course, one pass", "ours", "ours"] == [speed.method for speed in report.speeds]
    assert report.same.largest < 0.01
    assert any("ESTIMATE" in line for line in report.lines())
    plain = json.loads(report.as_json())
    assert plain["figures"]["ours over the course's generate"] > 0
    assert 0 < plain["roofline"]["share"] <= 1.5


def test_eight_billion_weights_are_refused_where_there_is_no_gpu(monkeypatch, capsys):
    monkeypatch.setattr(command, "look_at_machine", Machine)

    assert 2 == command.main(["--random-8b"])
    assert "needs a GPU" in capsys.readouterr().err


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
