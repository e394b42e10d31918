"""The command `catalogue`: a price for every row of a source, stopped and gone on with at will."""

from __future__ import annotations

import signal
import sys
import time
from argparse import ArgumentParser, ArgumentTypeError
from argparse import Namespace as Arguments
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from pricer.catalogue.plan import FORMATS, SHARD_ROWS, Folder, Plan, shard_range
from pricer.cli.commands import INTERRUPTED, OK, OpenPricer, opened, tell
from pricer.errors import UsageError
from pricer.words import counted

if TYPE_CHECKING:
    from pricer.catalogue.job import Progress, ShardDone
    from pricer.catalogue.planning import Source

SECONDS_BETWEEN_LINES = 60.0  # where no terminal shows a line that is written over
_HERE = ""  # the address of a cluster that is started on this machine


def add_arguments(parser: ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument(
        "source", metavar="SOURCE", help="a file, or hub:owner/name[@revision][:split]; prices not needed"
    )
    parser.add_argument("out", metavar="OUT", type=Path, help="the folder of the job; an unfinished job there goes on")
    parser.add_argument("--format", choices=FORMATS, help="of the parts and the joined file (default: parquet)")
    parser.add_argument("--join", type=Path, metavar="FILE", help="when all is priced, write one file in this place")
    parser.add_argument("--text-column", metavar="NAME", help="the column that holds the description")
    parser.add_argument("--encoding", metavar="NAME", help="how a text file is encoded, if it is not found by itself")
    parser.add_argument(
        "--shard-rows", type=int, default=SHARD_ROWS, metavar="N", help="rows of a shard (default 1,024)"
    )
    parser.add_argument("--shards", type=_shards, metavar="A-B", help="price only these shards, as one of several jobs")
    parser.add_argument(
        "--ray",
        nargs="?",
        const=_HERE,
        metavar="ADDRESS",
        help="spread the work by Ray over this machine or a cluster",
    )
    parser.add_argument("--cpus-per-actor", type=int, default=2, metavar="N", help="with --ray and no GPU (default 2)")


def price_catalogue(options: Arguments, open_pricer: OpenPricer) -> int:
    """Price every row of a file or data set; stop and go on at will, on one machine or many."""
    from pricer.catalogue import job  # Arrow, which help need not wait for
    from pricer.catalogue.source import open_source

    form = _format(options)
    source = open_source(options.source, options.text_column, options.encoding)
    folder = Folder(options.out)
    with ending_softly() as stopping:
        plan, work = (_on_ray if options.ray is not None else _here)(options, open_pricer, source, folder, form)
        numbers = options.shards or range(plan.shards)
        if numbers.stop > plan.shards:
            raise UsageError(f"The last shard is {plan.shards - 1}: --shards asks for more.")
        open_shards = folder.open_shards(plan, numbers)
        _begin(plan, len(numbers) - len(open_shards))
        progress = job.work(plan, work(open_shards, stopping.is_set), numbers, job.rows_in(plan, open_shards))
        last = _watch(progress)
    left = folder.open_shards(plan, numbers)
    if last.without_price:
        tell(f"{counted(last.without_price, 'row')} without a price; the column 'error' says why.")
    if left:
        why = "Stopped" if stopping.is_set() else "A worker was lost"
        tell(f"{why}: {len(left):,} of {counted(len(numbers), 'shard')} left open. The same command goes on with them.")
        return INTERRUPTED
    if options.join:
        job.join(folder, plan, options.join)
        tell(f"{counted(plan.rows, 'row')} written to {options.join}.")
    else:
        tell(f"The prices are in {folder.path / 'parts'}; --join FILE makes one file of them.")
    return OK


Work = Callable[[list[int], Callable[[], bool]], Iterable["ShardDone"]]


def _here(options: Arguments, open_pricer: OpenPricer, source: Source, folder: Folder, form: str) -> tuple[Plan, Work]:
    from pricer.catalogue import job
    from pricer.catalogue.planning import plan_source

    pricer = opened(open_pricer, options.model)
    plan = plan_source(folder, source, job.model_of(pricer.info), form, options.shard_rows)
    job.check_model(plan, pricer.info)
    return plan, lambda numbers, stopped: job.one_by_one(pricer, folder, plan, numbers, stopped)


def _on_ray(
    options: Arguments, open_pricer: OpenPricer, source: Source, folder: Folder, form: str
) -> tuple[Plan, Work]:
    """The same by Ray. The model is opened where it will run alone: this machine may have no GPU."""
    from pricer.catalogue.on_ray import Workers, model_on_ray, on_ray
    from pricer.catalogue.planning import plan_source

    workers = Workers(options.ray or None, options.cpus_per_actor)
    begun = folder.read()
    model = begun.model if begun else model_on_ray(workers, options.model, open_pricer)
    plan = plan_source(folder, source, model, form, options.shard_rows)
    return plan, lambda numbers, stopped: on_ray(workers, folder, numbers, options.model, open_pricer, stopped)


def _format(options: Arguments) -> str:
    """The form that was asked for, or that the name of the joined file says."""
    said = options.join.suffix.removeprefix(".").lower() if options.join else None
    form = options.format or (said if said in FORMATS else "parquet")
    if said and said != form:
        raise UsageError(f"{options.join.name} does not end in .{form}: name it so, or choose another --format.")
    return form


def _begin(plan: Plan, done: int) -> None:
    tell(f"{counted(plan.rows, 'row')} in {counted(plan.shards, 'shard')}; {plan.columns}.")
    for remark in plan.remarks:
        tell(remark)
    if done:
        tell(f"{counted(done, 'shard')} priced before.")


def _watch(progress: Iterator[Progress]) -> Progress:
    """The last of `progress`, shown on the way: a bar on a terminal, a line a minute elsewhere."""
    from tqdm import tqdm

    last = next(progress)
    bar = tqdm(total=last.of, initial=last.rows, unit="row", disable=not sys.stderr.isatty(), leave=False)
    next_line = time.monotonic() + SECONDS_BETWEEN_LINES
    with bar:
        for grown in progress:
            bar.update(grown.rows - last.rows)
            last = grown
            if bar.disable and time.monotonic() >= next_line:
                tell(_line(last))
                next_line = time.monotonic() + SECONDS_BETWEEN_LINES
    if last.priced_here:
        tell(_line(last))
    return last


def _line(progress: Progress) -> str:
    left = progress.seconds_left
    rest = f", {left / 60:,.0f} minutes left" if left else ""
    return f"{progress.rows:,} of {progress.of:,} rows, {progress.rows_per_second:,.1f} a second{rest}."


@contextmanager
def ending_softly() -> Iterator[Event]:
    """An event that Ctrl-C or SIGTERM sets, so that the shard in hand is not lost; a second Ctrl-C ends at once."""
    stopping = Event()

    def stop(number: int, _: object) -> None:
        if stopping.is_set() and number == signal.SIGINT:
            raise KeyboardInterrupt
        stopping.set()
        tell("Ending after the shard in hand; Ctrl-C again ends at once.")

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stopping
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _shards(text: str) -> range:
    try:
        return shard_range(text)
    except ValueError as error:
        raise ArgumentTypeError(str(error)) from error
