"""`python -m pricer bench`: everything but the browser, measured in one run.

One run, because figures are only worth comparing if the same machine gave them within the same minutes: the engine and
the course's loop over one model, then the page around that engine, then a fresh process.
"""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Callable
from dataclasses import dataclass, replace

import torch
from gradio_client import Client

from pricer.bench import cold_start, serving, speed
from pricer.bench.course import Course, load_course
from pricer.bench.hardware import describe
from pricer.bench.random_llama import load_random
from pricer.bench.summary import Summary
from pricer.errors import UsageError
from pricer.items.load import BUNDLED, load_items
from pricer.model.choice import Choice, choose
from pricer.model.engine import Pricer
from pricer.model.loading import LoadedModel, load
from pricer.model.machine import Machine, look_at_machine, machine_for
from pricer.model.registry import ROWS


@dataclass(frozen=True)
class Plan:
    """How much is measured.

    `texts` are descriptions, `loop` how many of them the course's loops get, `lengths` tokens of a description;
    `singles` prices are asked one after the other, and each of `callers` asks `each` of them.
    """

    texts: tuple[str, ...]
    batches: tuple[int, ...] = (1, 4, 8, 16, 32, 64)
    lengths: tuple[int, ...] = (20, 40, 80, 120, 160)
    loop: int = 24
    rounds: int = 3
    singles: int = 40
    callers: tuple[int, ...] = (1, 8, 32)
    each: int = 4


def run(options: Namespace) -> int:
    """Measure, print the tables and write the JSON; 0. Raises ModelError if the model cannot be had."""
    machine, choice = look_at_machine(), None
    if options.random:
        if options.model:
            raise UsageError("Random weights have no --model: give one of the two.")
        loaded = load_random(options.random, machine)
    else:
        choice = choose(os.environ, machine, options.model)
        machine = machine_for(choice.row, machine)
        loaded = load(choice, machine)
    summary = measure(loaded, choice, machine, _plan(options.quick), beside=not options.engine_only, tell=_tell)
    print("\n".join(summary.lines()))
    if options.json:
        options.json.write_text(summary.as_json(), encoding="utf-8")
    return 0


def measure(
    loaded: LoadedModel,
    choice: Choice | None,
    machine: Machine,
    plan: Plan,
    beside: bool = True,
    tell: Callable[[str], None] = lambda _: None,
) -> Summary:
    """The whole benchmark; without `beside`, the engine alone: no page and no fresh process.

    On a GPU the course's loop runs over the same model as ours, for memory; on a CPU over one of its own, in 4 bits
    and unprepared. Without a choice (random weights) it is always the same model.
    """
    described, info, pricer = describe(), loaded.info, Pricer(loaded)
    shared = Course(loaded.model, loaded.tokenizer)
    own = choice is not None and machine.gpu is None
    few = plan.texts[: plan.loop]
    tell("prices")
    gap = speed.price_gap(pricer, load_course(choice.row, machine, exact=True) if own else shared, few)
    course = load_course(choice.row, machine) if own else shared
    gap_as_run = speed.price_gap(pricer, course, few) if own else None
    tell("speed")
    speeds = speed.against_course(loaded, course, plan.texts, plan.batches, plan.rounds, plan.loop)
    tell("lengths")
    summary = Summary(
        model=info.row.name,
        quantization=info.quantization,
        compute_dtype=info.compute_dtype,
        base_megabytes=info.base_megabytes,
        adapter_megabytes=info.adapter.megabytes if info.adapter else 0.0,
        machine=described,
        speeds=tuple(speeds),
        gap=gap,
        gap_as_run=gap_as_run,
        lengths=speed.by_length(loaded, plan.texts, plan.lengths, plan.rounds),
        arithmetic=speed.arithmetic(loaded, plan.texts, getattr(torch, info.compute_dtype), plan.rounds),
    )
    if not beside:
        return summary
    tell("page")
    summary = _with_serving(summary, pricer, loaded, plan)
    if choice is None or choice.row.name not in ROWS:  # a fresh process knows the table's names alone
        return summary
    tell("cold start")
    return replace(summary, cold_start=cold_start.cold_start(choice.row.name))


def _with_serving(summary: Summary, pricer: Pricer, loaded: LoadedModel, plan: Plan) -> Summary:
    def bare(text: str) -> None:
        ids = torch.tensor([pricer.prompt(text).ids], device=loaded.number_ids.device)  # (1, T)
        with torch.inference_mode():
            loaded.model(input_ids=ids, logits_to_keep=1, use_cache=False).logits[:, -1].float().cpu()  # (1, V)

    texts = plan.texts
    with serving.served(pricer) as address:
        client = Client(address, verbose=False, analytics_enabled=False)
        asks: dict[str, serving.Ask] = {
            "engine": lambda text: pricer.estimate_all([text]),
            "page": lambda text: client.predict(text, api_name="/price"),
        }
        latency = serving.latency({"bare": bare, **asks}, texts[: plan.singles])
        loads = tuple(
            serving.load_result(ask, where, texts, callers, plan.each)
            for where, ask in asks.items()
            for callers in plan.callers
        )
    paste = serving.paste_during_test(pricer, texts, pastes=plan.each * 2)
    return replace(summary, latency=latency, loads=loads, paste=paste)


def _plan(quick: bool) -> Plan:
    texts = tuple(item.text for item in load_items(BUNDLED, 48 if quick else 128).items)
    if quick:
        return Plan(texts, batches=(1, 16, 32), lengths=(20, 160), loop=10, rounds=1, singles=10, each=2)
    return Plan(texts)


def _tell(what: str) -> None:
    print(f"measuring: {what}", file=sys.stderr, flush=True)
