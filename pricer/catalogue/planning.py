"""Planning: a source is read once, through the reader that the Tester uses, into numbered shards on disk.

A row that cannot be used keeps its number and carries its reason, so that the result has as many rows as the source.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib.metadata import version
from itertools import islice

from pricer.catalogue.plan import SHARD_ROWS, Folder, Plan, in_one_step
from pricer.catalogue.shards import SourceRow, write_shard
from pricer.errors import CatalogueError

_PACKAGES = ("torch", "transformers", "peft", "bitsandbytes", "pyarrow")
_MEANS = {"source": "source", "fingerprint": "content of the source", "own": "columns"}


@dataclass(frozen=True)
class Source:
    """What is to be priced, opened but not read: see `Plan` for its parts. `rows` can be gone through once."""

    name: str
    fingerprint: str
    columns: str
    own: tuple[str, ...]
    rows: Iterator[SourceRow]
    remarks: tuple[str, ...] = ()


def plan_source(
    folder: Folder,
    source: Source,
    model: dict[str, str | None],
    form: str = "parquet",
    shard_rows: int = SHARD_ROWS,
) -> Plan:
    """The plan in `folder`: the one that is there if it is of this source, else a new one in an empty folder.

    Raises CatalogueError if the folder holds another plan, or something else.
    """
    wanted = Plan(source.name, source.fingerprint, source.columns, source.own, model, 0, form, shard_rows)
    begun = folder.read()
    if begun is not None:
        _check_same(folder, begun, wanted)
        return begun
    _check_empty(folder)
    rows = shards = 0
    while block := list(islice(source.rows, shard_rows)):
        with in_one_step(folder.shard(shards)) as beside:
            write_shard(beside, source.own, block)
        rows, shards = rows + len(block), shards + 1
    if not rows:
        raise CatalogueError(f"{source.name} holds no rows: give a source with a row for each product.")
    versions = {package: version(package) for package in _PACKAGES}
    plan = replace(wanted, rows=rows, remarks=source.remarks, versions=versions)
    folder.write(plan)
    return plan


def _check_same(folder: Folder, begun: Plan, wanted: Plan) -> None:
    differ = [what for name, what in _MEANS.items() if getattr(begun, name) != getattr(wanted, name)]
    if begun.format != wanted.format:
        differ.append(f"format ({begun.format})")
    if differ:
        raise CatalogueError(
            f"{folder.path} holds the plan of another job, of {begun.source}, made on {begun.made}: "
            f"{' and '.join(differ)} differ. Choose an empty folder, or go on with the source as it was."
        )


def _check_empty(folder: Folder) -> None:
    """A folder that holds shards without a plan was left while it was planned: they are written anew."""
    others = [path.name for path in folder.path.iterdir() if path.name != "in"] if folder.path.is_dir() else []
    if others:
        raise CatalogueError(
            f"The folder {folder.path} is not empty (it holds {others[0]}): choose another, so that nothing is lost."
        )
