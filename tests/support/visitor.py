"""A visitor without a browser: sends what the page sends and reads what it is sent, so that fifty cost next to nothing.

The page's own events are found by the component that they listen to, as the page finds them; a chain of them goes on
where one has ended, as in the page.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import AsyncIterator, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx

Answer = TypeVar("Answer")

BUSY = 503  # the status


class BusyError(Exception):
    """The server said that it is busy and to try again."""


@dataclass(frozen=True)
class Page:
    """What a page tells its visitors about itself."""

    components: dict[int, dict[str, Any]]
    events: list[dict[str, Any]]

    @classmethod
    def of(cls, config: dict[str, Any]) -> Page:
        return cls({part["id"]: part for part in config["components"]}, config["dependencies"])

    def id_of(self, elem_id: str) -> int:
        """The component with this name on the page."""
        return next(number for number, part in self.components.items() if part["props"].get("elem_id") == elem_id)

    def click_on(self, elem_id: str) -> dict[str, Any]:
        """The event that a click on this button begins and that waits in the queue for its turn."""
        target = [self.id_of(elem_id), "click"]
        return next(event for event in self.events if target in event["targets"] and event["queue"] and event["inputs"])

    def after(self, event: dict[str, Any], kind: str) -> dict[str, Any]:
        """The event that follows `event` by "then", "success" or "failure"."""
        return next(
            other
            for other in self.events
            if other["trigger_after"] == event["id"] and any(kind == name for _, name in other["targets"])
        )

    def values(self, event: dict[str, Any], changed: dict[str, Any]) -> list[Any]:
        """What the fields of `event` hold on a fresh page, but for those `changed`, by their names."""
        given = {self.id_of(name): value for name, value in changed.items()}
        return [given.get(number, self.components[number]["props"].get("value")) for number in event["inputs"]]


@dataclass
class Visitor:
    """One visit to the page at `address`, which ends with a slash."""

    http: httpx.AsyncClient
    address: str
    page: Page
    session: str = field(default_factory=lambda: secrets.token_hex(5))

    async def updates(self, event: dict[str, Any], values: list[Any]) -> AsyncIterator[dict[str, Any]]:
        """The messages that the server sends for an event, until it has ended. Raises BusyError if it was not taken."""
        body = {"data": values, "fn_index": event["id"], "session_hash": self.session, "trigger_id": None}
        joined = await self.http.post(f"{self.address}gradio_api/queue/join", json=body)
        if joined.status_code == BUSY:
            raise BusyError(joined.json()["detail"])
        joined.raise_for_status()
        mine = joined.json()["event_id"]
        source = f"{self.address}gradio_api/queue/data"
        async with self.http.stream("GET", source, params={"session_hash": self.session}) as stream:
            async for line in stream.aiter_lines():
                if not line.startswith("data: "):
                    continue
                said = json.loads(line.removeprefix("data: "))
                if said.get("event_id") == mine:
                    yield said
                if said["msg"] in ("close_stream", "unexpected_error"):
                    return

    async def send(self, event: dict[str, Any], values: list[Any]) -> list[dict[str, Any]]:
        """All messages of an event."""
        return [said async for said in self.updates(event, values)]

    @asynccontextmanager
    async def present(self) -> AsyncIterator[None]:
        """As long as the page is open it holds a connection by which the server knows that somebody is there."""
        async with self.http.stream("GET", f"{self.address}gradio_api/heartbeat/{self.session}"):
            yield


async def open_page(http: httpx.AsyncClient, address: str) -> Visitor:
    """Load the page as a browser does, first its markup and then what it is made of."""
    (await http.get(address)).raise_for_status()
    config = await http.get(f"{address}config")
    config.raise_for_status()
    return Visitor(http, address, Page.of(config.json()))


def wait_for(asking: Coroutine[Any, Any, Answer]) -> Answer:
    """What comes of `asking`, in a thread of its own: where a browser is open, this one has an event loop already."""
    with ThreadPoolExecutor(1) as elsewhere:
        return elsewhere.submit(asyncio.run, asking).result()


def written(messages: list[dict[str, Any]]) -> str:
    """All that the server said for an event, as one text to look for a sentence in."""
    return json.dumps(messages, ensure_ascii=False)


def succeeded(messages: list[dict[str, Any]]) -> bool:
    """Whether an event ended well."""
    return bool(messages) and messages[-1]["msg"] == "process_completed" and bool(messages[-1]["success"])
