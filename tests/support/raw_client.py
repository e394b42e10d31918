"""A client that speaks the page's own protocol and keeps to none of its rules: any value, any file, any event."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import httpx


@dataclass(frozen=True)
class Answer:
    """What came back: `values` of the components, or the `error` that the visitor is shown (None: no words)."""

    values: list[Any] | None
    error: str | None = None


class RawClient:
    """One visitor (a session of the page), whoever that is."""

    def __init__(self, address: str, session: str) -> None:
        self.http = httpx.Client(base_url=address, timeout=60)
        self._session = session
        self.config = self.http.get("config").json()
        self._components = {part["id"]: part for part in self.config["components"]}

    def event(self, name: str, trigger: str | None = None) -> dict:
        """The event of this handler, or the one that is triggered by the component with this elem_id."""
        [found] = [
            event
            for event in filter(lambda event: event["backend_fn"], self.config["dependencies"])
            if (trigger is None and event["api_name"] == name)
            or any(self._elem_id(target) == trigger and kind == name for target, kind in event["targets"] if trigger)
        ][-1:]
        return found

    def form(self, event: dict, **changed: Any) -> list[Any]:
        """The inputs of `event` as the page first shows them, but for those `changed`, by the beginning of a label."""
        parts = [self._components[number]["props"] for number in event["inputs"]]
        return [
            next((value for label, value in changed.items() if _plain(part).startswith(label)), part.get("value"))
            for part in parts
        ]

    def ask(self, event: dict, data: list[Any], event_data: Any = None) -> Answer:
        """Run the handler of `event` with these values."""
        asked = {"data": data, "fn_index": event["id"], "session_hash": self._session, "event_data": event_data}
        # In ASCII, as a browser spells a lone surrogate.
        headers = {"Content-Type": "application/json"}
        joined = self.http.post("gradio_api/queue/join", content=json.dumps(asked), headers=headers)
        if joined.status_code != 200:
            return Answer(None, joined.text)
        values = None
        with self.http.stream("GET", "gradio_api/queue/data", params={"session_hash": self._session}) as lines:
            for line in lines.iter_lines():
                said = json.loads(line.removeprefix("data:")) if line.startswith("data:") else {}
                if said.get("msg") == "process_generating" and values is None:
                    values = said["output"].get("data")
                if said.get("msg") == "process_completed":
                    output = said["output"]
                    return (
                        Answer(output.get("data", values), None) if said["success"] else Answer(None, output["error"])
                    )
        raise AssertionError("the server ended without an answer")

    def upload(self, name: str, content: bytes) -> httpx.Response:
        """Send a file as a visitor's browser does."""
        return self.http.post("gradio_api/upload", files={"files": (name, content)})

    def _elem_id(self, number: int | None) -> str | None:
        return self._components[number]["props"].get("elem_id") if number in self._components else None


def file_data(path: str, **more: Any) -> dict[str, Any]:
    """An uploaded file as the page names it."""
    return {"path": path, "meta": {"_type": "gradio.FileData"}, **more}


def _plain(part: dict) -> str:
    return str(part.get("label") or "").lower().replace(" ", "_")
