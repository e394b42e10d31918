"""`python -m pricer bench`: measure everything in one run, print the table, write the JSON."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch

from pricer.bench import cold_start as start
from pricer.bench import speed
from pricer.bench.ceilings import ceiling, describe, seconds_of
from pricer.bench.course import Course, load_course
from pricer.bench.random_llama import llama_8b_config, random_llama
from pricer.bench.roofline import shape_of
from pricer.bench.serving import CALLERS, crowd, latency, paste_during_test, served
from pricer.bench.summary import Report, Roofline
from pricer.errors import ModelError, PricerError
from pricer.items.load import BUNDLED, load_items
from pricer.model.choice import Choice, choose
from pricer.model.engine import Pricer
from pricer.model.loading import LoadedModel, load
from pricer.model.machine import Machine, look_at_machine, machine_for
from pricer.model.registry import ROWS


@dataclass(frozen=True)
class Plan:
    """How much is measured; `texts` are descriptions, `loop` how many of them the course's loops get."""

    texts: tuple[str, ...]
    batches: tuple[int, ...] = (1, 4, 8, 16, 32, 64)
    lengths: tuple[int, ...] = speed.LENGTHS
    loop: int = 24
    rounds: int = 3
    singles: int = 40
    each: int = 4


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print; 0, or 2 with a sentence if the model cannot be had."""
    options = _parser().parse_args(argv)
    try:
        plan = _plan(options.quick)
        machine, choice = look_at_machine(), None
        if options.random_8b:
            if machine.gpu is None:
                raise ModelError("--random-8b needs a GPU with 8 GB or more: leave it out to measure on the CPU.")
            loaded = random_llama(llama_8b_config(), machine)
        else:
            choice = choose(os.environ, machine, options.model)
            machine = machine_for(choice.row, machine)
            loaded = load(choice, machine)
        report = measure(loaded, choice, machine, plan, beside=not options.engine_only, tell=_tell)
    except PricerError as error:
        print(error, file=sys.stderr)
        return 2
    print("\n".join(report.lines()))
    if options.json:
        options.json.write_text(report.as_json(), encoding="utf-8")
    return 0


def measure(
    loaded: LoadedModel,
    choice: Choice | None,
    machine: Machine,
    plan: Plan,
    beside: bool = True,
    tell: Callable[[str], None] = lambda _: None,
) -> Report:
    """The whole benchmark; without `beside`, the engine alone: no page and no fresh processes.

    On a GPU the course's loop runs over the same model as ours, for memory; on a CPU over one of its own, in 4 bits
    and unprepared. Without a choice (random weights) it is always the same model.
    """
    described = describe()
    tell("machine")
    pricer = Pricer(loaded)
    dtype = getattr(torch, loaded.info.compute_dtype)
    limit = ceiling(loaded.number_ids.device, dtype)
    shared = Course(loaded.model, loaded.tokenizer)
    own = choice is not None and machine.gpu is None
    tell("prices")
    exact = load_course(choice.row, machine, exact=True) if own else shared
    same = speed.same_prices(pricer, exact, plan.texts[: plan.loop])
    tell("speed")
    course = load_course(choice.row, machine) if own else shared
    as_run = speed.same_prices(pricer, course, plan.texts[: plan.loop]) if own else None
    speeds = speed.against_course(pricer, course, plan.texts, plan.batches, plan.rounds, plan.loop)
    tell("lengths")
    batch = pricer.batch_size
    lengths = speed.of_length(pricer, loaded.tokenizer, plan.texts, plan.lengths, batch, plan.rounds)
    counts = [len(pricer.prompt(text).ids) for text in plan.texts]
    info = loaded.info
    report = Report(
        model=info.row.name,
        quantization=info.quantization,
        compute_dtype=info.compute_dtype,
        base_megabytes=info.base_megabytes,
        adapter_megabytes=info.adapter.megabytes if info.adapter else 0.0,
        machine=described,
        ceiling=limit,
        shape=shape_of(loaded.model),
        speeds=tuple(speeds),
        same=same,
        as_run=as_run,
        lengths=lengths,
        sorting=speed.sorting(pricer, plan.texts, batch, plan.rounds),
        padding={
            "sorted": speed.padding(counts, batch),
            "in order": speed.padding(counts, batch, in_order=True),
        },
        roofline=_roofline(pricer, loaded, plan, limit),
    )
    return _with_serving(report, pricer, loaded, choice, plan, tell) if beside else report


def _with_serving(
    report: Report, pricer: Pricer, loaded: LoadedModel, choice: Choice | None, plan: Plan, tell: Callable[[str], None]
) -> Report:
    def bare(text: str) -> None:
        ids = torch.tensor([pricer.prompt(text).ids], device=loaded.number_ids.device)
        with torch.inference_mode():
            loaded.model(input_ids=ids, logits_to_keep=1, use_cache=False).logits[:, -1].float().cpu()

    tell("page")
    texts = plan.texts
    with served(pricer) as client:
        seen = latency(bare, pricer, client, texts[: plan.singles])
        asks = {
            "engine": lambda text: pricer.estimate_all([text]),
            "page": lambda text: client.predict(text, api_name="/price"),
        }
        crowds = [crowd(ask, where, texts, n, plan.each) for where, ask in asks.items() for n in CALLERS]
    paste = paste_during_test(pricer, texts, pastes=plan.each * 2)
    report = replace(report, latency=seen, crowds=tuple(crowds), paste=paste)
    if choice is None or choice.row.name not in ROWS:  # fresh processes know the table's names alone
        return report
    tell("cold start")
    name = choice.row.name
    return replace(
        report,
        start=start.cold_start(name),
        course_start=start.cold_start(name, "course"),
        app=start.app_start(name),
    )


def _roofline(pricer: Pricer, loaded: LoadedModel, plan: Plan, limit: Any) -> Roofline:
    """A full batch of prompts that are all of one length, so that nothing is padding."""
    tokens = min(80, loaded.info.row.frame.max_tokens)
    batch = pricer.batch_size
    whole = "\n".join(plan.texts)
    text = speed.text_of_length(loaded.tokenizer, loaded.info.row.frame, whole, tokens)
    ids = len(pricer.prompt(text).ids)
    took = min(seconds_of(lambda: pricer.estimate_all([text] * batch)) for _ in range(plan.rounds + 1))
    shape = shape_of(loaded.model)
    return Roofline(ids, batch, batch * shape.operations(ids), shape.bytes, shape.seconds(ids, batch, limit), took)


def _plan(quick: bool) -> Plan:
    if quick:
        texts = tuple(item.text for item in load_items(BUNDLED, 48).items)
        return Plan(texts, batches=(1, 16, 32), lengths=(20, 160), loop=10, rounds=1, singles=10, each=2)
    return Plan(tuple(item.text for item in load_items(BUNDLED, 128).items))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m pricer bench", description=__doc__)
    parser.add_argument("--model", help="one of `models`; without it, what suits this machine")
    parser.add_argument("--random-8b", action="store_true", help="Llama 3.1 8B with random weights, without the Hub")
    parser.add_argument("--quick", action="store_true", help="under three minutes on two cores, and rougher")
    parser.add_argument("--engine-only", action="store_true", help="neither the page nor cold starts")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write everything as JSON")
    return parser


def _tell(what: str) -> None:
    print(f"measuring: {what}", file=sys.stderr, flush=True)
