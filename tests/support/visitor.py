"""A visitor without a browser, over the page's own protocol: what the page sends is sent, what it is sent is read.

`Visitor` is one of many who come at once, and fifty cost next to nothing. `RawClient` waits for each answer and keeps
to none of the page's rules: any value, any file, any event. Events are found by the component that they listen to, and
a chain of them goes on where one has ended, as in the page.
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

Result = TypeVar("Result")

BUSY = 503  # the status


class BusyError(Exception):
    """The server said that it is busy and to try again."""


@dataclass(frozen=True)
class Page:
    """What a page tells its visitors about itself: its components and the events that call the server."""

    components: dict[int, dict[str, Any]]
    events: list[dict[str, Any]]

    @classmethod
    def of(cls, config: dict[str, Any]) -> Page:
        events = [event for event in config["dependencies"] if event["backend_fn"]]
        return cls({part["id"]: part["props"] for part in config["components"]}, events)

    def id_of(self, elem_id: str) -> int:
        """The component with this name on the page."""
        return next(number for number, props in self.components.items() if props.get("elem_id") == elem_id)

    def event(self, elem_id: str, kind: str = "click", queue: bool | None = None) -> dict[str, Any]:
        """What a click on this component, or another event of it, begins; of several, the last.

        With `queue`, only those that wait in the queue for their turn, or only those that do not.
        """
        target = [self.id_of(elem_id), kind]
        return [event for event in self.events if target in event["targets"] and queue in (None, event["queue"])][-1]

    def endpoint(self, name: str) -> dict[str, Any]:
        """What programs call by this name."""
        return next(event for event in self.events if event["api_name"] == name)

    def after(self, event: dict[str, Any], kind: str) -> dict[str, Any]:
        """The event that follows `event` by "then", "success" or "failure"."""
        return next(
            other
            for other in self.events
            if other["trigger_after"] == event["id"] and any(kind == name for _, name in other["targets"])
        )

    def form(self, event: dict[str, Any], **changed: Any) -> list[Any]:
        """What the fields of `event` hold on a fresh page, but for those `changed`.

        A field goes by the name of its component or by the beginning of its label, in lower case with underscores.
        """
        return [self._value(self.components[number], changed) for number in event["inputs"]]

    def _value(self, props: dict[str, Any], changed: dict[str, Any]) -> Any:
        name, label = (str(props.get(key) or "").lower().replace(" ", "_") for key in ("elem_id", "label"))
        given = (value for key, value in changed.items() if name.replace("-", "_") == key or label.startswith(key))
        return next(given, props.get("value"))


@dataclass
class Visitor:
    """One visit to the page at `address`, which ends with a slash."""

    http: httpx.AsyncClient
    address: str
    page: Page
    session: str = field(default_factory=lambda: secrets.token_hex(5))

    async def updates(
        self, event: dict[str, Any], values: list[Any], event_data: Any = None
    ) -> AsyncIterator[dict[str, Any]]:
        """The messages that the server sends for an event, until it has ended.

        Raises BusyError if the server is too busy to take it, httpx.HTTPStatusError if it refuses it.
        """
        asked = {"data": values, "fn_index": event["id"], "session_hash": self.session, "event_data": event_data}
        joined = await self.http.post(
            f"{self.address}gradio_api/queue/join",
            content=json.dumps(asked),  # in ASCII, as a browser spells a lone surrogate
            headers={"Content-Type": "application/json"},
        )
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

    async def send(self, event: dict[str, Any], values: list[Any], event_data: Any = None) -> list[dict[str, Any]]:
        """All messages of an event."""
        return [said async for said in self.updates(event, values, event_data)]

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


@dataclass(frozen=True)
class Answer:
    """What came back: `values` of the components, or the `error` that the visitor is shown (None: no words)."""

    values: list[Any] | None
    error: str | None = None

    @classmethod
    def of(cls, messages: list[dict[str, Any]]) -> Answer:
        outputs = [said["output"] for said in messages if said["msg"] == "process_generating"]
        [ended] = [said for said in messages if said["msg"] == "process_completed"]
        if not ended["success"]:
            return cls(None, ended["output"]["error"])
        return cls(next(output["data"] for output in [ended["output"], *outputs] if "data" in output))


class RawClient:
    """A visitor who waits for each answer, whatever he sends."""

    def __init__(self, address: str, session: str) -> None:
        self.http = httpx.Client(base_url=address, timeout=60)
        self.page = Page.of(self.http.get("config").json())
        self._address, self._session = address, session

    def ask(self, event: dict[str, Any], values: list[Any], event_data: Any = None) -> Answer:
        """Run the handler of `event` with these values."""

        async def messages() -> list[dict[str, Any]]:
            async with httpx.AsyncClient(timeout=60) as http:
                return await Visitor(http, self._address, self.page, self._session).send(event, values, event_data)

        try:
            return Answer.of(wait_for(messages()))
        except httpx.HTTPStatusError as refused:
            return Answer(None, refused.response.text)

    def upload(self, name: str, content: bytes) -> httpx.Response:
        """Send a file as a visitor's browser does."""
        return self.http.post("gradio_api/upload", files={"files": (name, content)})


def file_data(path: str, **more: Any) -> dict[str, Any]:
    """An uploaded file as the page names it."""
    return {"path": path, "meta": {"_type": "gradio.FileData"}, **more}


def wait_for(asking: Coroutine[Any, Any, Result]) -> Result:
    """What comes of `asking`, in a thread of its own: where a browser is open, this one has an event loop already."""
    with ThreadPoolExecutor(1) as elsewhere:
        return elsewhere.submit(asyncio.run, asking).result()


def written(messages: list[dict[str, Any]]) -> str:
    """All that the server said for an event, as one text to look for a sentence in."""
    return json.dumps(messages, ensure_ascii=False)


def succeeded(messages: list[dict[str, Any]]) -> bool:
    """Whether an event ended well."""
    return bool(messages) and messages[-1]["msg"] == "process_completed" and bool(messages[-1]["success"])
