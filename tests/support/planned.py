"""Catalogues that tests price: a plan of a few small shards, with a fake or with a pricer that is slow or dies."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from pricer.catalogue import job, shards
from pricer.catalogue.plan import Folder, Plan, in_one_step
from tests.support.fakes import FakePricer

SHARD_ROWS = 10


def text_of(row: int) -> str:
    """One to seven words, by the row's number."""
    return " ".join(["word"] * (row % 7 + 1))


def planned(path: Path, rows: int = 45, form: str = "csv", problems: Sequence[int] = ()) -> tuple[Folder, Plan]:
    """A plan of `rows` rows for the fake pricer; those in `problems` have no text."""
    folder, own = Folder(path), ("sku", "price")
    plan = Plan("mine.csv", "abc", "text: 'name'", own, job.model_of(FakePricer().info), rows, form, SHARD_ROWS)
    for shard in range(plan.shards):
        numbers = range(shard * SHARD_ROWS, shard * SHARD_ROWS + plan.rows_of(shard))
        found = [
            shards.SourceRow(
                number,
                None if number in problems else text_of(number),
                "the text is empty" if number in problems else None,
                {"sku": f"A{number}", "price": number},
            )
            for number in numbers
        ]
        with in_one_step(folder.shard(shard)) as beside:
            shards.write_shard(beside, own, found)
    folder.write(plan)
    return folder, plan


def price(folder: Folder, pricer: FakePricer | None = None, numbers: range | None = None) -> list[job.ShardDone]:
    """Price what is open in this process."""
    plan = folder.read_existing()
    open_shards = folder.open_shards(plan, numbers)
    return list(job.one_by_one(pricer or FakePricer(), folder, plan, open_shards, lambda: False))


def joined(folder: Folder) -> bytes:
    """All parts as one file's bytes."""
    plan = folder.read_existing()
    path = folder.path / f"all.{plan.format}"
    job.join(folder, plan, path)
    return path.read_bytes()


class Deadly(FakePricer):
    """Ends its process, as a machine that goes does, on the first text of five words; a file says that it did."""

    def __init__(self, died: Path) -> None:
        super().__init__()
        self._died = died

    def estimate_all(self, descriptions, k=3, adapter=True):
        if any(len(text.split()) == 5 for text in descriptions) and not self._died.exists():
            self._died.touch()
            os._exit(1)
        return super().estimate_all(descriptions, k, adapter)
