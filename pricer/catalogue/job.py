"""The work on a plan: open shards are priced one by one, and each part is put in place as soon as it is whole.

One loop here, an actor for each GPU under Ray, or a range of shards on a machine of a cluster: all call `price_shard`,
so that what is computed never depends on who computes it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pricer.catalogue import shards
from pricer.catalogue.plan import Folder, Plan, in_one_step
from pricer.catalogue.prices import ROWS_AT_ONCE, Priced, price_all
from pricer.errors import CatalogueError
from pricer.model.info import ModelInfo
from pricer.pricing.estimator import Estimator


@dataclass(frozen=True)
class ShardDone:
    """A shard that is priced: its number, its rows, those among them without a price, and the seconds it took."""

    shard: int
    rows: int
    without_price: int
    seconds: float


@dataclass(frozen=True)
class Progress:
    """How far a job is, in rows of the shards that it was asked for."""

    rows: int
    of: int
    priced_here: int
    without_price: int
    seconds: float

    @property
    def rows_per_second(self) -> float:
        """The rate of this process since it began."""
        return self.priced_here / self.seconds if self.seconds else 0.0

    @property
    def seconds_left(self) -> float | None:
        """What the rest takes at this rate; None before the first shard."""
        return (self.of - self.rows) / self.rows_per_second if self.rows_per_second else None


def price_shard(pricer: Estimator, folder: Folder, plan: Plan, number: int) -> ShardDone:
    """Price one shard and put its part in place.

    Raises CatalogueError where the shard cannot be read or its part not be written, ModelError where the model fails.
    """
    began = time.perf_counter()
    path = folder.shard(number)
    try:
        shard = shards.read_shard(path)
    except (OSError, shards.ArrowException) as error:
        raise CatalogueError(
            f"The rows of shard {number} cannot be read ({error}): {path} was changed or removed. Plan the "
            "source again in an empty folder."
        ) from error
    texts, problems = shard.column("text").to_pylist(), shard.column("problem").to_pylist()
    whole = [index for index, problem in enumerate(problems) if problem is None]
    priced = [Priced(None, problem) for problem in problems]
    for start in range(0, len(whole), ROWS_AT_ONCE):
        block = whole[start : start + ROWS_AT_ONCE]
        for index, found in zip(block, price_all(pricer, [texts[index] for index in block]), strict=True):
            priced[index] = found
    with in_one_step(folder.part(number, plan.format)) as beside:
        shards.write_part(beside, plan.format, shards.part_table(shard, plan.own, priced))
    without = sum(row.estimate is None or row.estimate.price is None for row in priced)
    return ShardDone(number, len(priced), without, time.perf_counter() - began)


def model_of(info: ModelInfo) -> dict[str, str | None]:
    """What the prices of a plan depend on; the device is left out, for a cluster may have several."""
    adapter = info.adapter
    return {
        "name": info.row.name,
        "base": info.row.base,
        "quantization": info.quantization,
        "adapter": adapter and adapter.name,
        "adapter_fingerprint": adapter and adapter.fingerprint,
    }


def check_model(plan: Plan, info: ModelInfo) -> None:
    """Raise CatalogueError unless `info` describes the model of the plan."""
    loaded = model_of(info)
    differ = [name for name, value in plan.model.items() if loaded.get(name) != value]
    if differ:
        raise CatalogueError(
            f"This catalogue was begun with another model ({_told(plan.model, differ)}; loaded: "
            f"{_told(loaded, differ)}): go on with that one, or choose an empty folder."
        )


def work(
    plan: Plan, done: Iterable[ShardDone], numbers: range, open_rows: int, clock: Callable[[], float] = time.monotonic
) -> Iterator[Progress]:
    """How far the job is after each of the shards that are `done` as they come, in whatever order.

    `numbers` are the shards that were asked for, `open_rows` the rows of those among them without a part.
    """
    began, of = clock(), rows_in(plan, numbers)
    rows, here, without = of - open_rows, 0, 0
    yield Progress(rows, of, here, without, 0.0)
    for shard in done:
        rows, here, without = rows + shard.rows, here + shard.rows, without + shard.without_price
        yield Progress(rows, of, here, without, clock() - began)


def one_by_one(
    pricer: Estimator, folder: Folder, plan: Plan, numbers: Iterable[int], stopped: Callable[[], bool]
) -> Iterator[ShardDone]:
    """The shards in this process; ends after the shard in hand once `stopped` says so."""
    for number in numbers:
        if stopped():
            return
        yield price_shard(pricer, folder, plan, number)


def rows_in(plan: Plan, numbers: Iterable[int]) -> int:
    """The rows of these shards."""
    return sum(plan.rows_of(number) for number in numbers)


def join(folder: Folder, plan: Plan, path: Path) -> None:
    """All parts as one file in the source's order. Raises CatalogueError while shards are open, or `path` cannot be."""
    missing = folder.open_shards(plan)
    if missing:
        raise CatalogueError(
            f"{len(missing):,} of {plan.shards:,} shards are still open, the first is {missing[0]}: run the same "
            "command again to price them, then join."
        )
    parts = (folder.part(number, plan.format) for number in range(plan.shards))
    with in_one_step(path) as beside:
        shards.join(beside, plan.format, parts, shards.part_schema(plan.own))


def _told(model: Mapping[str, str | None], names: Iterable[str]) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {model.get(name) or 'none'}" for name in names)
