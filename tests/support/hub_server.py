"""What the two small Hubs share: a server on this machine that notes who asks for what, and answers as the Hub does."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple, Protocol, TypeVar


class Request(NamedTuple):
    """What was asked for ("GET /path"), and by which token."""

    line: str
    token: str | None

    @property
    def path(self) -> str:
        return self.line.split(" ", 1)[1]


class Hub(Protocol):
    """What a handler answers from."""

    address: str
    requests: list[Request]


AnyHub = TypeVar("AnyHub", bound=Hub)


class HubHandler(BaseHTTPRequestHandler):
    """Answers from `self.hub`; a subclass says what, in `answer(token)`."""

    protocol_version = "HTTP/1.1"

    @property
    def hub(self) -> Any:
        return self.server.hub

    def answer(self, token: str | None) -> None:
        raise NotImplementedError

    def do_GET(self) -> None:
        token = (self.headers.get("Authorization") or "").removeprefix("Bearer ") or None
        self.hub.requests.append(Request(f"{self.command} {self.path}", token))
        self.answer(token)

    do_HEAD = do_GET  # noqa: N815

    def send(self, status: int, body: bytes, headers: dict[str, str], breaks_off: bool = False) -> None:
        """The whole answer; one that `breaks_off` promises `body` and hangs up after half of it."""
        self.send_response(status)
        for name, value in (headers | {"Content-Length": str(len(body))}).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body[: len(body) // 2] if breaks_off else body)
            self.close_connection = breaks_off

    def send_value(self, value: object) -> None:
        """A value as JSON."""
        self.send(200, json.dumps(value).encode(), {"Content-Type": "application/json"})

    def refuse(self, status: int, code: str | None = None, message: str | None = None) -> None:
        """A refusal, with the code and the sentence by which the Hub's client tells why."""
        headers = {"X-Error-Code": code, "X-Error-Message": message or HTTPStatus(status).phrase}
        self.send(status, b"", {name: value for name, value in headers.items() if value})

    def hang_up(self) -> None:
        """No answer at all."""
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Say nothing: the requests are recorded."""


@contextmanager
def serving(hub: AnyHub, handler: type[HubHandler]) -> Iterator[AnyHub]:
    """`hub`, served on a free port until the block ends; its `address` says where."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    server.hub = hub
    hub.address = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
