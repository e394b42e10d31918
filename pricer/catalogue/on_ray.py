"""The work on a plan by Ray Data: one actor a GPU, or a few CPU cores each, on one machine or a cluster.

Ray moves numbers of shards alone: rows are read and parts are put in place by the actors, so OUT must be a folder that
all machines share. Order, resuming and what is lost are the plan's business: an actor or a node that dies leaves its
shard open, and a driver that dies leaves all that are not done. Ray is an option: `pip install ray==2.60.0`.
"""

from __future__ import annotations

import logging
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pricer.catalogue.job import ShardDone, check_model, model_of, price_shard
from pricer.catalogue.plan import Folder
from pricer.errors import CatalogueError, PricerError
from pricer.pricing.estimator import Estimator

CPUS_PER_ACTOR = 2
ACTOR_STARTS = 3  # a node may be lost while a large model loads

OpenEstimator = Callable[[str | None], Estimator]


@dataclass(frozen=True)
class Workers:
    """How the work is spread: `address` of a cluster (None: one is started here), CPU cores of each actor."""

    address: str | None = None
    cpus_per_actor: int = CPUS_PER_ACTOR


class ShardPricer:
    """An actor: a model that is loaded once, and prices the shards whose numbers it is given."""

    def __init__(self, folder: str, model: str | None, open_estimator: OpenEstimator) -> None:
        self._folder = Folder(Path(folder))
        self._plan = self._folder.read_existing()
        self._pricer = open_estimator(model)
        check_model(self._plan, self._pricer.info)

    def __call__(self, batch: dict[str, Any]) -> dict[str, list[Any]]:
        """One shard; an error that a user can mend travels back as its sentence."""
        [number] = batch["shard"].to_pylist()
        try:
            done = price_shard(self._pricer, self._folder, self._plan, number)
        except PricerError as error:
            return {"shard": [number], "rows": [0], "without_price": [0], "seconds": [0.0], "error": [str(error)]}
        row = {name: [value] for name, value in vars(done).items()}
        return row | {"error": [""]}


def on_ray(
    workers: Workers,
    folder: Folder,
    numbers: Sequence[int],
    model: str | None,
    open_estimator: OpenEstimator,
    stopped: Callable[[], bool],
) -> Iterator[ShardDone]:
    """The shards as they come, in any order; ends early once `stopped` says so.

    Raises CatalogueError where Ray is missing or has no room for an actor, or where a part cannot be written.
    """
    with _cluster(workers) as ray:
        _be_patient(ray)
        gpus, actors = _actors(ray, workers)
        found = ray.data.from_items(
            [{"shard": number} for number in numbers], override_num_blocks=max(1, len(numbers))
        ).map_batches(
            ShardPricer,
            batch_size=1,
            batch_format="pyarrow",
            num_gpus=1 if gpus else None,
            num_cpus=None if gpus else workers.cpus_per_actor,  # Ray gives an actor as many threads
            compute=ray.data.ActorPoolStrategy(
                min_size=1, max_size=actors, initial_size=actors, max_tasks_in_flight_per_actor=2
            ),
            fn_constructor_args=(str(folder.path.resolve()), model, open_estimator),
        )
        with closing(_rows(ray, found)) as rows:
            for row in rows:
                error = row.pop("error")
                if error:
                    raise CatalogueError(f"Shard {row['shard']} stays open. {error}")
                yield ShardDone(**row)
                if stopped():
                    return


def _rows(ray: Any, dataset: Any) -> Iterator[dict[str, Any]]:
    """The rows of a data set as they come; once this is closed, nothing of Ray works on them.

    Not `iter_rows`: that reads ahead in threads which outlive it, and a thread that asks Ray for anything after
    `ray.shutdown` ends the whole process, without a word.
    """
    for bundle in dataset.iter_internal_ref_bundles():
        for block in bundle.block_refs:
            yield from ray.get(block).to_pylist()


def model_on_ray(workers: Workers, model: str | None, open_estimator: OpenEstimator) -> dict[str, str | None]:
    """What a plan says of the model that the cluster opens: it is opened there once, for this machine may not carry it.

    Raises as `on_ray`, and the error of the model where it cannot be opened.
    """
    with _cluster(workers) as ray:
        gpus, _ = _actors(ray, workers)
        needs = {"num_gpus": 1} if gpus else {"num_cpus": workers.cpus_per_actor}
        describe = ray.remote(**needs)(lambda: model_of(open_estimator(model).info))
        try:
            return ray.get(describe.remote())
        except ray.exceptions.RayTaskError as error:
            if isinstance(error.cause, PricerError):
                raise error.cause from error
            raise


@contextmanager
def _cluster(workers: Workers) -> Iterator[Any]:
    """Ray, connected to the cluster until the block ends; signals stay this program's own."""
    ray = _ray()
    logging.getLogger("ray").setLevel(logging.ERROR)  # what a command prints is its own progress
    handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    ray.init(address=workers.address or "local", include_dashboard=False, log_to_driver=False, logging_level="ERROR")
    for number, handler in handlers.items():
        signal.signal(number, handler)
    try:
        yield ray
    finally:
        ray.shutdown()


def _ray() -> Any:
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # Ray reports its use to its makers otherwise
    try:
        import ray
        import ray.data
    except ImportError as error:
        raise CatalogueError("Ray is not installed: pip install ray==2.60.0, or leave --ray out.") from error
    return ray


def _be_patient(ray: Any) -> None:
    """A large model takes long to load, a machine may go, and a block that is lost is only a shard that stays open."""
    context = ray.data.DataContext.get_current()
    context.enable_progress_bars = False
    context.execution_options.preserve_order = False
    context.execution_no_progress_timeout_s = -1  # by default half an hour: less than a slow download of the 8B
    context.actor_init_retry_on_errors, context.actor_init_max_retries = True, ACTOR_STARTS
    context.max_consecutive_actor_init_deaths = ACTOR_STARTS
    context.retried_map_errors, context.max_map_retries = ["CUDA out of memory"], 2
    context.max_errored_blocks = -1


def _actors(ray: Any, workers: Workers) -> tuple[int, int]:
    """GPUs of the cluster, and how many actors it has room for."""
    has = ray.cluster_resources()
    gpus = int(has.get("GPU", 0))
    actors = gpus or int(has.get("CPU", 0)) // workers.cpus_per_actor
    if not actors:
        raise CatalogueError(
            f"The cluster has {has.get('CPU', 0):g} CPU cores and no GPU, and an actor needs {workers.cpus_per_actor} "
            "cores: give a smaller --cpus-per-actor."
        )
    return gpus, actors
