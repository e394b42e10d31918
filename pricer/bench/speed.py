"""Items per second: the product's engine against the course's two methods, on the same items, by turns.

The question behind it: what does somebody gain who uses the engine instead of the loop that the course teaches? All
methods run in one process, one after the other in each round, so that whatever else the machine does is shared by all;
the median round counts. Prices are compared as well, because a faster answer must still be the same answer.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import torch

from pricer.bench.course import Course
from pricer.bench.hardware import gpu_peak_megabytes, matrix_product_rate, operations_of, seconds_of
from pricer.model.engine import Pricer
from pricer.model.loading import LoadedModel
from pricer.pricing.prompt import build_prompt

GENERATE, ONE_PASS, OURS = "course, generate", "course, one pass", "ours"


@dataclass(frozen=True)
class Speed:
    """One method at one batch size (1 for a loop); `rounds` are the seconds of each round over all `items`."""

    method: str
    batch: int
    items: int
    rounds: tuple[float, ...]
    gpu_peak_megabytes: float | None = None

    @property
    def per_second(self) -> float:
        """Items per second in the median round."""
        return self.items / statistics.median(self.rounds)


@dataclass(frozen=True)
class PriceGap:
    """How far the engine's prices lie from those of the course's one pass over the same items, in dollars."""

    items: int
    largest: float
    median: float
    dtype: str


@dataclass(frozen=True)
class Arithmetic:
    """A batch of equal prompts, its operations and seconds, and the operations per second that the machine can do."""

    batch: int
    tokens: int
    operations: int
    seconds: float
    limit: float

    @property
    def share(self) -> float:
        """Share of the machine's limit that the batch reaches."""
        return self.operations / self.seconds / self.limit


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
    loaded: LoadedModel, course: Course, texts: Sequence[str], batches: Sequence[int], rounds: int, loop_items: int
) -> list[Speed]:
    """The engine at each batch size over all texts; the loops, and batch 1, over the first `loop_items`: enough.

    A batch that does not fit into memory is reported at the size to which the engine then lowered it.
    """
    few = texts[:loop_items]
    pricers = {f"{OURS} {batch}": Pricer(loaded, batch_size=batch) for batch in batches}
    asked = {name: few if pricer.batch_size == 1 else texts for name, pricer in pricers.items()}
    prompts = [build_prompt(text, loaded.info.row.frame, loaded.tokenizer).text for text in few]
    tasks: dict[str, Callable[[], object]] = {
        GENERATE: lambda: [course.generate(prompt) for prompt in prompts],
        ONE_PASS: lambda: [course.one_pass(prompt) for prompt in prompts],
    }
    for name, pricer in pricers.items():
        tasks[name] = lambda name=name, pricer=pricer: pricer.estimate_all(asked[name])
    peaks = {name: gpu_peak_megabytes(task) for name, task in tasks.items()}
    seconds = {name: tuple(took) for name, took in by_turns(tasks, rounds).items()}
    loops = [Speed(name, 1, len(few), seconds[name], peaks[name]) for name in (GENERATE, ONE_PASS)]
    engine = [
        Speed(OURS, pricer.batch_size, len(asked[name]), seconds[name], peaks[name]) for name, pricer in pricers.items()
    ]
    return loops + engine


def price_gap(pricer: Pricer, course: Course, texts: Sequence[str]) -> PriceGap:
    """Compare price by price, ours from batches and the course's one by one; infinite where only one has a price."""
    ours = [estimate.price for estimate in pricer.estimate_all(texts)]
    theirs = [course.one_pass(pricer.prompt(text).text) for text in texts]
    gaps = [_gap(first, second) for first, second in zip(ours, theirs, strict=True)]
    return PriceGap(len(texts), max(gaps), statistics.median(gaps), pricer.info.compute_dtype)


def by_length(loaded: LoadedModel, texts: Sequence[str], lengths: Sequence[int], rounds: int) -> dict[int, float]:
    """Items per second of a full batch of descriptions of so many tokens each."""
    pricer, whole = Pricer(loaded), "\n".join(texts)
    starts = [whole[place * len(whole) // (2 * pricer.batch_size) :] for place in range(pricer.batch_size)]
    tasks = {}
    for length in lengths:
        frame = replace(loaded.info.row.frame, max_tokens=length)
        cut = [build_prompt(start, frame, loaded.tokenizer).description for start in starts]
        tasks[f"{length}"] = lambda cut=cut: pricer.estimate_all(cut)
    seconds = by_turns(tasks, rounds)
    return {length: len(starts) / statistics.median(seconds[f"{length}"]) for length in lengths}


def arithmetic(loaded: LoadedModel, texts: Sequence[str], dtype: torch.dtype, rounds: int) -> Arithmetic:
    """How near a full batch of one prompt, the one of median length, comes to what the machine can multiply."""
    pricer = Pricer(loaded)
    lengths = {text: len(pricer.prompt(text).ids) for text in texts}
    text = sorted(texts, key=lengths.__getitem__)[len(texts) // 2]
    seconds = [seconds_of(lambda: pricer.estimate_all([text] * pricer.batch_size)) for _ in range(rounds + 1)]
    return Arithmetic(
        batch=pricer.batch_size,
        tokens=lengths[text],
        operations=pricer.batch_size * operations_of(loaded.model, lengths[text]),
        seconds=min(seconds[1:]),
        limit=matrix_product_rate(loaded.number_ids.device, dtype),
    )


def _gap(first: float | None, second: float | None) -> float:
    if first is None or second is None:
        return 0.0 if first is second else float("inf")
    return abs(first - second)
