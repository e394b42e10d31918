"""The Tester: items with known prices go through a pricer in batches, and a report grows.

A generator hands out a finished Report after every batch and holds nothing in between, so that a run can be stopped at
any of them and keeps what is done. One pass for each item answers for every decoder. An item's price never reaches the
pricer.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence

from pricer.errors import DescriptionError
from pricer.items.item import Item
from pricer.pricing.estimate import DECODERS, Estimate
from pricer.pricing.estimator import Estimator
from pricer.runs.report import GENERATE, METHODS, Report
from pricer.runs.result import Result

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
        batch = list(enumerate(items[start : start + size], start))
        began = time.perf_counter()
        results = _priced(pricer, batch, generate or method == GENERATE, adapter)
        seconds = report.seconds + time.perf_counter() - began
        added = [result.by(method) for result in results[report.n - start :]]
        report = Report(method, len(items), (*report.results, *added), seconds)
        yield report


def result_of(index: int, item: Item, estimate: Estimate, also: Mapping[str, float | None]) -> Result:
    """What every decoder says of one item, and what others say `also`; which of them counts is open, `by` chooses.

    Of an estimate only a few numbers are kept, so that 10,000 results are a few megabytes.
    """
    return Result(
        index,
        item,
        estimate=None,
        estimates={decoder: estimate.by(decoder) for decoder in DECODERS} | also,
        low=estimate.low,
        high=estimate.high,
    )


def _priced(pricer: Estimator, batch: Sequence[tuple[int, Item]], generate: bool, adapter: bool) -> list[Result]:
    """What every method says of each item; a text that cannot be priced does not spoil its batch."""
    texts = [item.text for _, item in batch]
    try:
        estimates = pricer.estimate_all(texts, adapter=adapter)
        written = [{GENERATE: said.price} for said in pricer.generate_all(texts, adapter=adapter)] if generate else None
    except DescriptionError as error:
        if len(batch) == 1:
            return [Result(index, item, None, str(error)) for index, item in batch]
        return [result for one in batch for result in _priced(pricer, [one], generate, adapter)]
    return [
        result_of(index, item, estimate, also)
        for (index, item), estimate, also in zip(batch, estimates, written or [{}] * len(batch), strict=True)
    ]
