"""Items per second: the product's engine against the course's two methods, on the same items, by turns.

Methods are measured by turns in one process, so that whatever else the machine does is shared by all; the median round
counts. Knows how to ask, not what to compare: that is the report's.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch

from pricer.bench.ceilings import seconds_of
from pricer.bench.course import Course
from pricer.pricing.estimate import Estimate
from pricer.pricing.prompt import Frame, build_prompt

ONE_PASS, GENERATE = "course, one pass", "course, generate"
LENGTHS = (20, 40, 80, 120, 160)


@dataclass(frozen=True)
class Speed:
    """One method at one batch size (1 for a loop), items per second; `rounds` are the seconds of each round."""

    method: str
    batch: int
    items: int
    rounds: tuple[float, ...]
    gpu_peak_megabytes: float | None = None

    @property
    def per_second(self) -> float:
        return self.items / statistics.median(self.rounds)


@dataclass(frozen=True)
class Same:
    """How far the product's prices lie from the course's one pass over the same items, in dollars."""

    items: int
    largest: float
    median: float
    dtype: str


def by_turns(tasks: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, list[float]]:
    """Seconds of each task, one round after the other, after a round that warms up and is not counted."""
    seconds: dict[str, list[float]] = {name: [] for name in tasks}
    for turn in range(rounds + 1):
        for name, task in tasks.items():
            took = seconds_of(task)
            if turn:
                seconds[name].append(took)
    return seconds


def against_course(
    pricer: Any, course: Course, texts: Sequence[str], batches: Sequence[int], rounds: int, loop_items: int
) -> list[Speed]:
    """Ours at each batch size over all texts; the course's loops over the first `loop_items`, which are enough."""
    prompts = [pricer.prompt(text).text for text in texts[:loop_items]]
    sizes = {f"{batch}": len(texts) if batch > 1 else loop_items for batch in batches}
    tasks: dict[str, Callable[[], object]] = {
        GENERATE: lambda: [course.generate(prompt) for prompt in prompts],
        ONE_PASS: lambda: [course.one_pass(prompt) for prompt in prompts],
    }
    for batch in batches:
        sized = pricer.with_batch_size(batch)
        tasks[f"{batch}"] = lambda batch=batch, sized=sized: at_batch(sized, texts[: sizes[f"{batch}"]])
    peaks = {name: _gpu_peak(task) for name, task in tasks.items()}
    seconds = by_turns(tasks, rounds)
    return [
        Speed(
            method=name if name not in sizes else "ours",
            batch=int(name) if name in sizes else 1,
            items=sizes.get(name, len(prompts)),
            rounds=tuple(took),
            gpu_peak_megabytes=peaks[name],
        )
        for name, took in seconds.items()
    ]


def at_batch(pricer: Any, texts: Sequence[str]) -> list[Estimate]:
    """Estimates of all texts in passes of the pricer's own size; one by one where that is 1, as a loop asks."""
    if pricer.batch_size == 1:
        return [pricer.estimate_all([text])[0] for text in texts]
    return pricer.estimate_all(texts)


def same_prices(pricer: Any, course: Course, texts: Sequence[str]) -> Same:
    """Compare price by price, ours from batches and the course's one by one. A price that only one has is infinitely far."""  # noqa: E501
    ours = [estimate.price for estimate in pricer.estimate_all(texts)]
    theirs = [course.one_pass(pricer.prompt(text).text) for text in texts]
    gaps = [_gap(first, second) for first, second in zip(ours, theirs, strict=True)]
    return Same(len(texts), max(gaps), statistics.median(gaps), pricer.info.compute_dtype)


def of_length(
    pricer: Any, tokenizer: Any, texts: Sequence[str], lengths: Sequence[int], batch: int, rounds: int
) -> dict[int, float]:
    """Items per second at `batch` for descriptions of so many tokens each; `tokenizer` is the pricer's."""
    whole, sized = "\n".join(texts), pricer.with_batch_size(batch)
    tasks = {}
    for length in lengths:
        starts = [whole[place * len(whole) // (2 * batch) :] for place in range(batch)]
        cut = [text_of_length(tokenizer, pricer.info.row.frame, start, length) for start in starts]
        tasks[f"{length}"] = lambda cut=cut: at_batch(sized, cut)
    seconds = by_turns(tasks, rounds)
    return {length: batch / statistics.median(seconds[f"{length}"]) for length in lengths}


def text_of_length(tokenizer: Any, frame: Frame, text: str, tokens: int) -> str:
    """The beginning of `text` that is `tokens` long."""
    return build_prompt(text, replace(frame, max_tokens=tokens), tokenizer).description


def padding(lengths: Sequence[int], batch: int, in_order: bool = False) -> float:
    """Share of positions that are padding when prompts of these lengths are cut into batches, sorted or in order."""
    ordered = list(lengths) if in_order else sorted(lengths)
    batches = [ordered[start : start + batch] for start in range(0, len(ordered), batch)]
    spent = sum(max(some) * len(some) for some in batches)
    return 1 - sum(lengths) / spent


def sorting(pricer: Any, texts: Sequence[str], batch: int, rounds: int) -> dict[str, float]:
    """Items per second sorted by length over the whole list (as the engine does) and in batches of their own order."""
    sized = pricer.with_batch_size(batch)
    groups = [texts[start : start + batch] for start in range(0, len(texts), batch)]
    tasks = {
        "sorted": lambda: at_batch(sized, texts),
        "in order": lambda: [at_batch(sized, group) for group in groups],
    }
    return {name: len(texts) / statistics.median(took) for name, took in by_turns(tasks, rounds).items()}


def _gap(first: float | None, second: float | None) -> float:
    if first is None or second is None:
        return 0.0 if first is second else float("inf")
    return abs(first - second)


def _gpu_peak(task: Callable[[], object]) -> float | None:
    """The most memory of the GPU that torch held while the task ran, in MB; None without one."""
    if not torch.cuda.is_available():
        return None
    torch.cuda.reset_peak_memory_stats()
    task()
    return torch.cuda.max_memory_allocated() / 1e6
