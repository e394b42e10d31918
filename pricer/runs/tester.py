"""The Tester: items with known prices go through a pricer in batches, and a report grows.

A generator hands out a finished Report after every batch and holds nothing in between, so that a run can be stopped at
any of them and keeps what is done. One pass for each item answers for every decoder. An item's price never reaches the
pricer. Knows nothing of files, pages or terminals.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from pricer.errors import DescriptionError
from pricer.items.item import Item
from pricer.pricing.estimate import DECODERS
from pricer.pricing.estimator import Estimator
from pricer.runs.report import GENERATE, METHODS, Report
from pricer.runs.result import NO_PRICE, Result

DEFAULT_SIZE = 250  # the course's N


def run(
    pricer: Estimator,
    items: Sequence[Item],
    method: str = "top3",
    *,
    generate: bool = False,
    adapter: bool = True,
    done: Report | None = None,
) -> Iterator[Report]:
    """Price `items` with one of METHODS, a batch at a time, yielding the grown report after each.

    The first report is empty, so that a page can show that the run has begun; or it is `done`, a report of the first of
    these items, which the run then continues as if it had never stopped. `generate` adds the course's first method to
    those that answer; `adapter=False` asks the base model alone.
    """
    if method not in METHODS:
        raise ValueError(f"method {method!r} is none of {', '.join(METHODS)}")
    report = done or Report(method, len(items))
    yield report
    if report.n == len(items):
        return
    # Batches are cut at the same places whether or not the run was interrupted: a model's last digits may depend on
    # what else is in a batch.
    size = pricer.batch_size  # a pricer that runs out of memory may lower its own on the way
    for start in range(report.n // size * size, len(items), size):
        batch = items[start : start + size]
        began = time.perf_counter()
        answers = _answers(pricer, [item.text for item in batch], generate or method == GENERATE, adapter)
        seconds = report.seconds + time.perf_counter() - began
        results = [
            Result(
                start + offset,
                item.title,
                item.text,
                item.category,
                item.price,
                answer.estimates.get(method),
                answer.reason or ("" if answer.estimates.get(method) is not None else NO_PRICE),
                answer.estimates,
                answer.low,
                answer.high,
            )
            for offset, (item, answer) in enumerate(zip(batch, answers, strict=True))
        ]
        report = Report(method, len(items), (*report.results, *results[report.n - start :]), seconds)
        yield report


@dataclass(frozen=True)
class _Answer:
    """What is kept of an estimate: a few numbers, so that 10,000 items are a few megabytes."""

    estimates: Mapping[str, float | None] = field(default_factory=dict)
    low: float | None = None
    high: float | None = None
    reason: str = ""


def _answers(pricer: Estimator, texts: list[str], generate: bool, adapter: bool) -> list[_Answer]:
    """An answer for each text; a text that cannot be priced does not spoil its batch."""
    try:
        estimates = pricer.estimate_all(texts, adapter=adapter)
        written = [answer.price for answer in pricer.generate_all(texts, adapter=adapter)] if generate else None
    except DescriptionError as error:
        if len(texts) == 1:
            return [_Answer(reason=str(error))]
        return [answer for text in texts for answer in _answers(pricer, [text], generate, adapter)]
    return [
        _Answer(
            {decoder: estimate.decoded(decoder) for decoder in DECODERS}
            | ({GENERATE: written[index]} if written is not None else {}),
            estimate.low,
            estimate.high,
        )
        for index, estimate in enumerate(estimates)
    ]
