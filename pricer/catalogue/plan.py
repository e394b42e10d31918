"""The plan of a catalogue: what is to be priced, by which model, cut into numbered shards on disk.

    OUT/plan.json            what the source and the model are; written last, so that a plan is whole or not there
    OUT/in/0000/00000000.parquet      the rows of shard 0: their number, text or problem, and the source's own columns
    OUT/parts/0000/00000000.parquet   the same rows with their prices, put in place in one step

The folder is the whole state. A shard without a part is open, whoever left it so; two processes at work on one plan
waste effort and never harm. A thousand shards share a folder, so that no listing grows without end, and the plan
itself does not grow with the rows.
"""

from __future__ import annotations

import json
import os
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pricer.errors import CatalogueError

PLAN = "plan.json"
FORMATS = ("parquet", "csv", "jsonl")
SHARD_ROWS = 1_024  # rows: some ten seconds of the bundled model, two minutes of the 8B on a T4
SHARDS_IN_A_FOLDER = 1_000
_FORMAT_VERSION = 1
_RANGE = re.compile(r"(\d+)(?:-(\d+))?")


@dataclass(frozen=True)
class Plan:
    """A catalogue as its folder tells it.

    `source` is told by its name, and known by its `fingerprint`: the SHA-256 of a file, the commit of a data set.
    `columns` says in a sentence which columns were recognized; `own` are the names of the source's columns. `model` is
    what the prices depend on, by name and fingerprint.
    """

    source: str
    fingerprint: str
    columns: str
    own: tuple[str, ...]
    model: dict[str, Any]
    rows: int
    format: str = "parquet"
    shard_rows: int = SHARD_ROWS
    remarks: tuple[str, ...] = ()
    versions: dict[str, str] = field(default_factory=dict)
    made: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))
    version: int = _FORMAT_VERSION

    @property
    def shards(self) -> int:
        """How many shards there are."""
        return -(-self.rows // self.shard_rows)

    def rows_of(self, shard: int) -> int:
        """How many rows a shard has: all have the same number but the last."""
        return min(self.shard_rows, self.rows - shard * self.shard_rows)


@dataclass(frozen=True)
class Folder:
    """Where a plan, its shards and its parts lie."""

    path: Path

    def shard(self, number: int) -> Path:
        """The rows of a shard."""
        return self._numbered("in", number, "parquet")

    def part(self, number: int, form: str) -> Path:
        """The prices of a shard, in one of FORMATS."""
        return self._numbered("parts", number, form)

    def open_shards(self, plan: Plan, wanted: range | None = None) -> list[int]:
        """The shards without a part, of those `wanted` (None: of all), lowest first."""
        wanted = range(plan.shards) if wanted is None else wanted
        done: set[int] = set()
        for group in range(wanted.start // SHARDS_IN_A_FOLDER, -(-wanted.stop // SHARDS_IN_A_FOLDER)):
            folder = self.part(group * SHARDS_IN_A_FOLDER, plan.format).parent
            parts = folder.glob(f"*.{plan.format}") if folder.is_dir() else ()
            done.update(int(part.stem) for part in parts)
        return [number for number in wanted if number not in done]

    def read(self) -> Plan | None:
        """The plan, None where there is none yet. Raises CatalogueError if it is damaged or of another version."""
        file = self.path / PLAN
        try:
            found = json.loads(file.read_text(encoding="utf-8"))
            if found.get("version") != _FORMAT_VERSION:
                raise ValueError(f"it is of version {found.get('version')!r}, and this program reads {_FORMAT_VERSION}")
            return Plan(**found | {"own": tuple(found["own"]), "remarks": tuple(found["remarks"])})
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise CatalogueError(
                f"The plan in {self.path} cannot be read ({error}): its file was changed by something else. Choose "
                "another folder, or restore the file."
            ) from error

    def read_existing(self) -> Plan:
        """The plan. Raises CatalogueError where there is none."""
        plan = self.read()
        if plan is None:
            raise CatalogueError(f"{self.path} holds no plan: begin with `pricer catalogue SOURCE {self.path}`.")
        return plan

    def write(self, plan: Plan) -> None:
        """Put the plan in place."""
        with in_one_step(self.path / PLAN) as beside:
            beside.write_text(json.dumps(asdict(plan), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")

    def _numbered(self, kind: str, number: int, suffix: str) -> Path:
        return self.path / kind / f"{number // SHARDS_IN_A_FOLDER:04d}" / f"{number:08d}.{suffix}"


@contextmanager
def in_one_step(path: Path) -> Iterator[Path]:
    """A file beside `path` to be written, which then takes its place: whoever looks finds a whole file or none.

    Raises CatalogueError if the disk is full or may not be written; nothing is left beside `path` then.
    """
    beside = path.with_name(f"{path.name}.{uuid.uuid4().hex[:8]}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield beside
        with beside.open("rb+") as file:
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        raise CatalogueError(
            f"{path} cannot be written ({error.strerror or error}): free some space or choose another folder. The "
            "parts that are there stay, and the same command goes on from them."
        ) from error
    finally:
        with suppress(OSError):  # where the folder itself is none, there is nothing to remove
            beside.unlink(missing_ok=True)


def shard_range(text: str) -> range:
    """The shards that "A-B" or "A" names, both ends among them. Raises ValueError if it names none."""
    found = _RANGE.fullmatch(text.strip())
    first, last = (int(found[1]), int(found[2] or found[1])) if found else (1, 0)
    if first > last:
        raise ValueError(f"{text!r} is no range of shards: write 0-99, or 7 for one")
    return range(first, last + 1)
