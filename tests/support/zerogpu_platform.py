"""ZeroGPU's device interface in miniature: a server on this machine that lends a GPU and notes every request.

It answers the four requests that the package `spaces` makes: the report at the start, and for each loan its schedule,
the process that gets the GPU, and the release.
"""

from __future__ import annotations

import base64
import json
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

from tests.support.hub_server import HubHandler, serving


@dataclass
class Platform:
    """What was asked of it, in order: (path, its parameters). With `left`, a visitor has so many seconds of quota.

    `processes` got a GPU; the real platform ends them with the Space.
    """

    address: str = ""
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    left: int | None = None
    processes: list[int] = field(default_factory=list)
    idle: bool = False  # whether a process that had the GPU before keeps it

    def asked(self, path: str) -> list[dict[str, str]]:
        return [parameters for asked, parameters in self.requests if asked == path]


class _Handler(HubHandler):
    def do_POST(self) -> None:  # noqa: N802 -- as Python's server calls it
        address = urlsplit(self.path)
        self.hub.requests.append((address.path, {key: value for key, [value] in parse_qs(address.query).items()}))
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if address.path == "/allow":
            self.hub.processes.append(int(self.hub.requests[-1][1]["pid"]))
        if address.path != "/schedule":
            return self.send(200, b"", {})
        if self.hub.left is not None:
            refusal = {"left": self.hub.left, "wait": "PT3H"}
            headers = {"Content-Type": "application/json", "X-Approve-Result": "quota-exceeded"}
            return self.send(429, json.dumps(refusal).encode(), headers | {"X-Authenticated": "regular"})
        loan = f"loan-{len(self.hub.asked('/schedule'))}"
        return self.send_value({"idle": self.hub.idle, "nvidiaIndex": 0, "nvidiaUUID": "GPU-0", "allowToken": loan})


@contextmanager
def lending() -> Iterator[Platform]:
    """The platform, served until the block ends."""
    with serving(Platform(), _Handler) as platform:
        try:
            yield platform
        finally:
            for process in platform.processes:
                with suppress(ProcessLookupError):
                    os.kill(process, signal.SIGKILL)


def visitor_token(name: str) -> str:
    """What the platform's proxy puts into the header X-IP-Token of a visitor's requests."""
    payload = base64.urlsafe_b64encode(json.dumps({"user": name}).encode()).decode().rstrip("=")
    return f"header.{payload}.signature"
