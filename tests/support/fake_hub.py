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
import re
import time
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.hub_server import HubHandler, Request, serving

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
class FakeHub:
    """The repositories by name, the requests so far, and a status that every answer has instead, if one is set.

    `files_fail_with` is such a status for files alone. A hub that `breaks_off` sends half of every file.
    """

    address: str = ""
    repositories: dict[str, Repository] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)
    fails_with: int | None = None
    files_fail_with: int | None = None
    breaks_off: bool = False
    known_tokens: set[str] = field(default_factory=set)

    @property
    def paths(self) -> list[str]:
        """The paths of all requests so far."""
        return [request.path for request in self.requests]


def fake_hub() -> AbstractContextManager[FakeHub]:
    """A Hub that serves until the block ends."""
    return serving(FakeHub(), _Handler)


class _Handler(HubHandler):
    def answer(self, token: str | None) -> None:
        hub: FakeHub = self.hub
        api, file = _API.match(self.path), _FILE.match(self.path)
        asked = (api or file or _NOTHING).groupdict()
        repository = hub.repositories.get(asked.get("name"))
        if hub.fails_with or (file and hub.files_fail_with):
            return self.refuse(hub.fails_with or hub.files_fail_with)
        if token and token not in hub.known_tokens:
            return self.refuse(401, message="Invalid credentials in Authorization header")
        if repository is None:
            return self.refuse(404 if token else 401, "RepoNotFound")
        commit = repository.revisions.get(asked["revision"])
        if commit is None:
            return self.refuse(404, "RevisionNotFound")
        if api:
            return self._api(asked, repository, commit)
        if repository.readers is not None and token not in repository.readers:
            return self.refuse(403 if token else 401, "GatedRepo")
        return self._file(repository.folder / asked["file"], commit)

    def _api(self, asked: dict[str, str], repository: Repository, commit: str) -> None:
        if asked["what"] == "revision":
            return self.send_value({"id": asked["name"], "sha": commit})
        if asked["what"] == "xet-read-token":
            expiry = {"X-Xet-Token-Expiration": str(int(time.time()) + 3600)}
            return self.send(200, b"", {"X-Xet-Cas-Url": repository.storage, "X-Xet-Access-Token": "none"} | expiry)
        files = [file for file in sorted(repository.folder.rglob("*")) if file.is_file()]
        return self.send_value([_entry(file, repository) for file in files])

    def _file(self, file: Path, commit: str) -> None:
        if not file.is_file():
            return self.refuse(404, "EntryNotFound")
        headers = {"ETag": f'"{_tag(file)}"', "X-Repo-Commit": commit}
        return self.send(200, file.read_bytes(), headers, self.hub.breaks_off)


_NOTHING = re.match("", "")


def _entry(file: Path, repository: Repository) -> dict[str, object]:
    path, size = file.relative_to(repository.folder).as_posix(), file.stat().st_size
    entry = {"type": "file", "path": path, "size": size, "oid": _tag(file)}
    if repository.storage is None or file.suffix != ".safetensors":
        return entry
    return entry | {"lfs": {"oid": "ab" * 32, "size": size, "pointerSize": 100}, "xetHash": "ab" * 32}


def _tag(file: Path) -> str:
    return hashlib.sha1(file.read_bytes()).hexdigest()
