"""`python -m tests.stress.catalogue`: a million rows are planned and 100,000 of them priced by a stand-in.

Says what each costs a row and how memory grows over them, by least squares; the model's own time is not in it.
"""

from __future__ import annotations

import csv
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from statistics import linear_regression
from tempfile import TemporaryDirectory

import psutil

from pricer.catalogue.job import model_of, price_shard
from pricer.catalogue.plan import Folder
from pricer.catalogue.planning import plan_source
from pricer.catalogue.shards import SourceRow
from pricer.catalogue.source import open_source
from tests.support.fakes import FakePricer, estimate

PLANNED, PRICED, LOOK_EVERY = 1_000_000, 100_000, 20_000  # rows
ANSWER = estimate({"20": 0.5, "30": 0.3, "40": 0.1})


class Instant(FakePricer):
    """Says the same of every text, at once."""

    def estimate_all(self, descriptions, **options):  # noqa: ARG002 - as the seam has it
        return [replace(ANSWER, description=text) for text in descriptions]


class Memory:
    """What this process holds, looked at now and then."""

    def __init__(self) -> None:
        self._process = psutil.Process()
        self.samples: list[tuple[int, float]] = []

    def look(self, rows: int) -> None:
        """Note the megabytes after so many rows."""
        self.samples.append((rows, self._process.memory_info().rss / 1e6))

    def said(self) -> str:
        """The slope over the second half, when what a process needs at the most has been reached, and the peak."""
        late = self.samples[len(self.samples) // 2 :]
        slope = linear_regression(*zip(*late, strict=True)).slope
        return f"{slope * 1e5:+.2f} MB for each 100,000 rows, peak {max(held for _, held in self.samples):.0f} MB"


def watched(rows: Iterator[SourceRow], memory: Memory) -> Iterator[SourceRow]:
    """The rows, with a look at memory every now and then."""
    for number, row in enumerate(rows):
        if number % LOOK_EVERY == 0:
            memory.look(number)
        yield row


def main() -> None:
    """Plan and price in a folder that is removed afterwards."""
    pricer = Instant(batch_size=64)
    with TemporaryDirectory(prefix="pricer-catalogue-") as name:
        path = Path(name) / "products.csv"
        with path.open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["sku", "description"])
            writer.writerows((number, f"Steel kettle {number}, 2 liters, with a lid") for number in range(PLANNED))
        folder, memory, began = Folder(Path(name) / "out"), Memory(), time.perf_counter()
        source = open_source(str(path))
        plan = plan_source(folder, replace(source, rows=watched(source.rows, memory)), model_of(pricer.info))
        took = time.perf_counter() - began
        print(f"planned {plan.rows:,} rows: {1e6 * took / plan.rows:.0f} µs a row; {memory.said()}")
        memory, began, priced = Memory(), time.perf_counter(), 0
        for number in range(PRICED // plan.shard_rows):
            priced += price_shard(pricer, folder, plan, number).rows
            memory.look(priced)
        took = time.perf_counter() - began
        print(f"priced {priced:,} rows: {1e6 * took / priced:.0f} µs a row besides the model; {memory.said()}")


if __name__ == "__main__":
    main()
