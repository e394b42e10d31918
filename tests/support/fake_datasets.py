"""A small Hub on this machine for data sets: one Parquet file a split, by the few endpoints that streaming uses.

Ranges are honored and counted, so that a test can see how much was fetched. It fails as it is told to.
"""

from __future__ import annotations

import io
import random
import re
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

import pyarrow
from pyarrow import parquet

from tests.support.hub_server import HubHandler, Request, serving

COMMIT = "0123456789abcdef0123456789abcdef01234567"
_ROUTE = re.compile(
    r"/api/datasets/(?P<id>\w+/\w+)(?P<what>.*)|/datasets/(?P<of>\w+/\w+)/resolve/(?P<at>\w+)/(?P<file>.*)"
)


@dataclass
class FakeDatasets:
    """`repositories` hold the file of each split; the other fields say how the Hub fails."""

    repositories: dict[str, dict[str, bytes]]
    address: str = ""
    token: str | None = None  # wanted of everybody, if set
    gated: bool = False
    status: int | None = None  # of every answer, if set
    hangs_up: bool = False
    fails_after: int | None = None  # bytes of data after which every answer is `late_status`
    late_status: int | None = 503  # None: it hangs up
    sent: int = 0  # bytes of data
    requests: list[Request] = field(default_factory=list)


def parquet_bytes(rows: list[dict], rows_in_a_group: int = 100) -> bytes:
    """A Parquet file as the Hub keeps them, in groups of rows that can be fetched alone."""
    written = io.BytesIO()
    parquet.write_table(pyarrow.Table.from_pylist(rows), written, row_group_size=rows_in_a_group)
    return written.getvalue()


def course_rows(count: int) -> list[dict]:
    """Rows like those of the course's test split; every text is its own and does not compress."""
    chance = random.Random(0)
    return [{"text": f"Item {n}\n{chance.randbytes(1000).hex()}", "price": n + 0.99} for n in range(1, count + 1)]


def fake_datasets(repositories: dict[str, dict[str, bytes]]) -> AbstractContextManager[FakeDatasets]:
    """A Hub that serves until the block ends."""
    return serving(FakeDatasets(repositories), _Handler)


class _Handler(HubHandler):
    def answer(self, token: str | None) -> None:
        hub: FakeDatasets = self.hub
        route = _ROUTE.match(self.path)
        name = route and (route["id"] or route["of"])
        if hub.hangs_up:
            return self.hang_up()
        if hub.status:
            return self.refuse(hub.status)
        if hub.token and token != hub.token:
            return self.refuse(401, "RepoNotFound")
        if name not in hub.repositories:
            return self.refuse(404, "RepoNotFound")
        if hub.gated and (route["of"] or route["what"] == "/auth-check"):
            return self.refuse(403 if token else 401, "GatedRepo")
        if route["of"]:
            return self._file(hub, hub.repositories[name], route["file"])
        return self._api(name, hub.repositories[name], route["what"])

    def _api(self, name: str, splits: dict[str, bytes], what: str) -> None:
        revision = re.match(r"/revision/([^/?]+)", what)
        if revision and revision[1] not in ("main", COMMIT):
            return self.refuse(404, "RevisionNotFound")
        if what == "" or revision:
            siblings = [{"rfilename": _file(split)} for split in splits]
            return self.send_value({"id": name, "sha": COMMIT, "siblings": siblings})
        if what == "/auth-check":
            return self.send_value({})
        if what.startswith("/tree/"):
            folder = what.split("?")[0].removeprefix("/tree/").partition("/")[2]
            entries = [_entry(split, data) for split, data in splits.items()]
            folders = [{"type": "directory", "path": "data", "oid": "d" * 40, "size": 0}]
            return self.send_value(entries if folder == "data" or "recursive=True" in what else folders)
        return self.refuse(404, "EntryNotFound")

    def _file(self, hub: FakeDatasets, splits: dict[str, bytes], file: str) -> None:
        data = next((data for split, data in splits.items() if _file(split) == file), None)
        if data is None:
            self.refuse(404, "EntryNotFound")
        elif hub.fails_after is not None and hub.sent >= hub.fails_after:
            self.hang_up() if hub.late_status is None else self.refuse(hub.late_status)
        else:
            self._part(hub, data)

    def _part(self, hub: FakeDatasets, data: bytes) -> None:
        """The range of `data` that was asked for, or all of it."""
        headers = {"ETag": '"e"', "X-Repo-Commit": COMMIT, "Accept-Ranges": "bytes"}
        ranged = re.match(r"bytes=(\d+)-(\d*)", self.headers.get("Range") or "")
        start, end = (int(ranged[1]), min(int(ranged[2] or len(data)), len(data) - 1)) if ranged else (0, len(data) - 1)
        if ranged:
            headers["Content-Range"] = f"bytes {start}-{end}/{len(data)}"
        self.send(206 if ranged else 200, data[start : end + 1], headers)
        if self.command == "GET":
            hub.sent += end + 1 - start


def _file(split: str) -> str:
    """The file of a split; a split with an ending is a file of that name."""
    return f"data/{split}" if "." in split else f"data/{split}-00000-of-00001.parquet"


def _entry(split: str, data: bytes) -> dict[str, object]:
    return {"type": "file", "path": _file(split), "size": len(data), "oid": "f" * 40}
