"""A small Hub on this machine: it serves folders by the few endpoints that loading a model uses, and fails as told.

    GET  /api/models/OWNER/NAME/revision/REVISION   the commit of a revision
    GET  /api/models/OWNER/NAME/tree/COMMIT         the files of a commit
    HEAD /OWNER/NAME/resolve/COMMIT/FILE            size and tag of a file
    GET  /OWNER/NAME/resolve/COMMIT/FILE            a file
    GET  /api/models/OWNER/NAME/xet-read-token/COMMIT   where large files are, for repositories that store them apart

As on the real one, everybody may list the files of a gated repository and only its readers may fetch them.
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

_API = re.compile(r"/api/models/(?P<name>[^/]+/[^/]+)/(?P<what>revision|tree|xet-read-token)/(?P<revision>[^/?]+)")
_FILE = re.compile(r"/(?P<name>[^/]+/[^/]+)/resolve/(?P<revision>[^/]+)/(?P<file>.+)")


@dataclass
class Repository:
    """A folder under a name; `readers` are the tokens that may fetch its files, None where everybody may.

    `revisions` maps branches and commits to commits. `storage` is where large files are, if not here.
    """

    folder: Path
    readers: set[str] | None = None
    revisions: dict[str, str] = field(default_factory=lambda: {"main": "a" * 40, "a" * 40: "a" * 40})
    storage: str | None = None


@dataclass
class Request:
    """What was asked for, and by which token."""

    method: str
    path: str
    token: str | None


class FakeHub:
    """The repositories by name, the requests so far, and a status that every answer has instead, if one is set.

    `files_fail_with` is such a status for files alone. A hub that `breaks_off` sends half of every file.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        self.repositories: dict[str, Repository] = {}
        self.requests: list[Request] = []
        self.fails_with: int | None = None
        self.files_fail_with: int | None = None
        self.breaks_off = False
        self.known_tokens: set[str] = set()

    @property
    def paths(self) -> list[str]:
        """The paths of all requests so far."""
        return [request.path for request in self.requests]


@contextmanager
def fake_hub() -> Iterator[FakeHub]:
    """A Hub that serves until the block ends."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    server.hub = FakeHub(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server.hub
    finally:
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        hub, token = self.server.hub, (self.headers.get("Authorization") or "").removeprefix("Bearer ") or None
        hub.requests.append(Request(self.command, self.path, token))
        api, file = _API.match(self.path), _FILE.match(self.path)
        asked = (api or file or _NOTHING).groupdict()
        repository = hub.repositories.get(asked.get("name"))
        if hub.fails_with or (file and hub.files_fail_with):
            return self._answer(hub.fails_with or hub.files_fail_with)
        if token and token not in hub.known_tokens:
            return self._answer(401, message="Invalid credentials in Authorization header")
        if repository is None:
            return self._answer(404 if token else 401, "RepoNotFound")
        commit = repository.revisions.get(asked["revision"])
        if commit is None:
            return self._answer(404, "RevisionNotFound")
        if api:
            return self._api(asked, repository, commit)
        if repository.readers is not None and token not in repository.readers:
            return self._answer(403 if token else 401, "GatedRepo")
        return self._file(repository.folder / asked["file"], commit)

    do_HEAD = do_GET  # noqa: N815

    def _api(self, asked: dict[str, str], repository: Repository, commit: str) -> None:
        if asked["what"] == "revision":
            return self._json({"id": asked["name"], "sha": commit})
        if asked["what"] == "xet-read-token":
            expiry = {"X-Xet-Token-Expiration": str(int(time.time()) + 3600)}
            return self._send(200, b"", {"X-Xet-Cas-Url": repository.storage, "X-Xet-Access-Token": "none"} | expiry)
        files = [file for file in sorted(repository.folder.rglob("*")) if file.is_file()]
        return self._json([_entry(file, repository) for file in files])

    def _file(self, file: Path, commit: str) -> None:
        if not file.is_file():
            return self._answer(404, "EntryNotFound")
        return self._send(200, file.read_bytes(), {"ETag": f'"{_tag(file)}"', "X-Repo-Commit": commit})

    def _json(self, value: object) -> None:
        self._send(200, json.dumps(value).encode(), {"Content-Type": "application/json"})

    def _answer(self, status: int, code: str | None = None, message: str | None = None) -> None:
        headers = {"X-Error-Code": code, "X-Error-Message": message or HTTPStatus(status).phrase}
        self._send(status, b"", {name: value for name, value in headers.items() if value})

    def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in (headers | {"Content-Length": str(len(body))}).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            half = self.server.hub.breaks_off and "/resolve/" in self.path
            self.wfile.write(body[: len(body) // 2] if half else body)
            self.close_connection = half

    def log_message(self, *_: object) -> None:
        """Say nothing: the requests are recorded."""


_NOTHING = re.match("", "")


def _entry(file: Path, repository: Repository) -> dict[str, object]:
    path, size = file.relative_to(repository.folder).as_posix(), file.stat().st_size
    entry = {"type": "file", "path": path, "size": size, "oid": _tag(file)}
    if repository.storage is None or file.suffix != ".safetensors":
        return entry
    return entry | {"lfs": {"oid": "ab" * 32, "size": size, "pointerSize": 100}, "xetHash": "ab" * 32}


def _tag(file: Path) -> str:
    return hashlib.sha1(file.read_bytes()).hexdigest()
