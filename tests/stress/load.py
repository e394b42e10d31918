"""Fifty visitors at once: half of them paste, some run tests, some are programs, some leave in the middle.

Every answer is compared with what the same model said of the same text before, in this process. Anything that is
neither the right answer nor the sentence that the server is busy is a failure.
"""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from statistics import quantiles
from typing import Any

import httpx

from tests.stress.server import Held, Server
from tests.support.visitor import BUSY, BusyError, Visitor, open_page, succeeded, written

TEST_SIZE = 50
CENT = 0.005 + 1e-9  # a price may stand between two cents
BUSY_SENTENCE = "Try again in a minute"
SETTLING = 90  # seconds at most until what visitors held is given back; idle threads live for ten
SHARES = {"paste": 0.5, "test": 0.14, "program": 0.2, "leave": 0.16}
SPARE = 2  # threads and files that may come and go by themselves


@dataclass
class Tally:
    """What the visitors met."""

    right: int = 0
    rows: int = 0  # of tests, each compared too
    wrong: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    busy: int = 0
    left: int = 0
    waits: dict[str, list[float]] = field(default_factory=lambda: {"paste": [], "test": [], "program": []})

    def compare(self, text: str, expected: float | None, found: float | None) -> None:
        """Count an answer as right or wrong."""
        if expected == found or (None not in (expected, found) and abs(expected - found) <= CENT):
            self.right += 1
        else:
            self.wrong.append(f"{text[:60]!r}: {found} instead of {expected}")


@dataclass(frozen=True)
class Known:
    """Texts and the prices that the same model gave for them, by text; and those of the items of a test, in order."""

    prices: dict[str, float | None]
    items: list[float | None]

    @property
    def texts(self) -> list[str]:
        return list(self.prices)


def known(pricer: Any, texts: list[str], items: list[str]) -> Known:
    """Ask the model beforehand."""
    asked = [*texts, *items]
    prices = [estimate.price for estimate in pricer.estimate_all(asked)]
    return Known(dict(zip(texts, prices, strict=False)), prices[len(texts) :])


async def paste(visitor: Visitor, text: str) -> float | None:
    """Paste a text, press the button, and read the price off the card."""
    event = visitor.page.event("price-button")
    messages = await visitor.send(event, visitor.page.form(event, description=text))
    if not succeeded(messages):
        raise RuntimeError(written(messages)[-500:])
    place = event["outputs"].index(visitor.page.id_of("price-card"))
    for message in messages:
        changes = message.get("output", {}).get("data") or []
        for change in changes[place] if len(changes) > place and isinstance(changes[place], list) else []:
            if change[1] == ["price"]:
                return change[2]
    raise RuntimeError("the card shows no price")


async def test(visitor: Visitor, size: int) -> list[float | None]:
    """Run a test of the first bundled items, and read the estimates out of its rows."""
    page = visitor.page
    event = page.event("test-run")
    messages = await visitor.send(event, page.form(event, test_size=size))
    _refuse_busy(messages)
    stream = page.after(event, "success")
    messages = await visitor.send(stream, page.form(stream))
    _refuse_busy(messages)
    place = stream["outputs"].index(page.id_of("test-live"))
    feed = ""
    for message in messages:
        changes = (message.get("output") or {}).get("data") or []
        value = changes[place] if len(changes) > place else None
        if isinstance(value, str):
            feed = value
        elif isinstance(value, list):
            feed += "".join(change[2] for change in value if change[0] == "append")
    return [row[2] for row in map(json.loads, feed.splitlines()) if isinstance(row, list)]


async def call(visitor: Visitor, texts: list[str]) -> list[float | None]:
    """Ask as a program does, by the endpoint /price_many."""
    calls = f"{visitor.address}gradio_api/call/price_many"
    joined = await visitor.http.post(calls, json={"data": [texts, 3]})
    if joined.status_code == BUSY:
        raise BusyError
    event = joined.raise_for_status().json()["event_id"]
    said = (await visitor.http.get(f"{calls}/{event}")).text
    if "event: complete" not in said:
        raise RuntimeError(said[-300:])
    [answers] = json.loads(said.split("event: complete\ndata: ")[1].splitlines()[0])
    return [answer["price"] for answer in answers]


def _refuse_busy(messages: list[dict[str, Any]]) -> None:
    if BUSY_SENTENCE in written(messages):
        raise BusyError
    if not succeeded(messages):
        raise RuntimeError(written(messages)[-500:])


class Crowd:
    """Visitors at work until `end`, all counting in one tally."""

    def __init__(self, address: str, known: Known, end: float, seed: int) -> None:
        self.tally = Tally()
        self._address, self._known, self._end = address, known, end
        self._chance = random.Random(seed)

    async def visit(self, kind: str) -> None:
        """One person who comes back again and again, each time as somebody new."""
        habit = {"paste": self._paste, "test": self._test, "program": self._program, "leave": self._leave}[kind]
        while time.monotonic() < self._end:
            # Connections of its own, as a browser's are: they end with the visit.
            async with httpx.AsyncClient(timeout=120) as http:
                try:
                    visitor = await open_page(http, self._address)
                    async with visitor.present():
                        await habit(visitor)
                except BusyError:
                    self.tally.busy += 1
                    await asyncio.sleep(2)
                except (httpx.HTTPError, RuntimeError, KeyError, ValueError) as error:
                    self.tally.errors.append(f"{kind}: {type(error).__name__}: {error}"[:300])
                    await asyncio.sleep(1)

    async def _timed(self, kind: str, asking: Awaitable[Any]) -> Any:
        began = time.monotonic()
        answer = await asking
        self.tally.waits[kind].append(time.monotonic() - began)
        return answer

    async def _paste(self, visitor: Visitor) -> None:
        for _ in range(self._chance.randint(3, 8)):
            text = self._chance.choice(self._known.texts)
            found = await self._timed("paste", paste(visitor, text))
            self.tally.compare(text, self._known.prices[text], found)
            await asyncio.sleep(self._chance.uniform(1, 4))
            if time.monotonic() > self._end:
                return

    async def _test(self, visitor: Visitor) -> None:
        rows = await self._timed("test", test(visitor, TEST_SIZE))
        if len(rows) != TEST_SIZE:
            self.tally.errors.append(f"test: {len(rows)} rows of {TEST_SIZE}")
        for number, (expected, found) in enumerate(zip(self._known.items, rows, strict=False)):
            self.tally.rows += 1
            self.tally.compare(f"item {number}", expected, found)
        await asyncio.sleep(self._chance.uniform(1, 4))

    async def _program(self, visitor: Visitor) -> None:
        texts = self._chance.sample(self._known.texts, self._chance.randint(1, 8))
        answers = await self._timed("program", call(visitor, texts))
        for text, found in zip(texts, answers, strict=True):
            self.tally.compare(text, self._known.prices[text], found)
        await asyncio.sleep(self._chance.uniform(1, 4))

    async def _leave(self, visitor: Visitor) -> None:
        what = test(visitor, 400) if self._chance.random() < 0.5 else paste(visitor, self._known.texts[0])
        try:
            await asyncio.wait_for(what, self._chance.uniform(0.05, 2))
        except TimeoutError:
            self.tally.left += 1
        await asyncio.sleep(self._chance.uniform(0.2, 1))


def kinds(visitors: int) -> list[str]:
    """What each visitor does."""
    counts = {kind: round(share * visitors) for kind, share in SHARES.items()}
    some = [kind for kind, count in counts.items() for _ in range(count)]
    return (some + ["paste"] * visitors)[:visitors]


async def _gather(crowd: Crowd, visitors: int) -> None:
    await asyncio.gather(*(crowd.visit(kind) for kind in kinds(visitors)))


async def _settle(server: Server, text: str, is_settled: Callable[[Held], bool]) -> Held:
    """Ask for a price now and then, which lets idle threads end, until all is given back or patience is over."""
    end = time.monotonic() + SETTLING
    held = server.held()
    while time.monotonic() < end:
        async with httpx.AsyncClient(timeout=60) as http:
            await paste(await open_page(http, server.address), text)
        await asyncio.sleep(6)  # a connection that is kept alive lives for five
        held = server.held()
        if is_settled(held):
            break
    return held


def run(server: Server, known: Known, visitors: int, minutes: float, seed: int = 0) -> dict[str, Any]:
    """Let them in; figures and `failures`, sentences that say what was not as it should be."""
    warm = Crowd(server.address, known, time.monotonic() + 8, seed)
    asyncio.run(_gather(warm, min(visitors, 10)))
    quiet = time.monotonic() + 25
    before = asyncio.run(_settle(server, known.texts[0], lambda _: time.monotonic() > quiet))
    crowd = Crowd(server.address, known, time.monotonic() + 60 * minutes, seed + 1)
    began, at_most = time.monotonic(), before

    async def watched() -> None:
        nonlocal at_most
        gathered = asyncio.ensure_future(_gather(crowd, visitors))
        while not gathered.done():
            await asyncio.wait([gathered], timeout=5)
            held = server.held()
            at_most = max(at_most, held, key=lambda held: held.threads)
        await gathered

    asyncio.run(watched())
    seconds = time.monotonic() - began
    after = asyncio.run(
        _settle(
            server,
            known.texts[0],
            lambda held: held.threads <= before.threads + SPARE and held.files <= before.files + SPARE,
        )
    )
    tally = crowd.tally
    failures = [*tally.errors[:5], *tally.wrong[:5]]
    if not tally.right or not tally.rows or not tally.left:
        failures.append(f"too little was done: {tally.right} answers, {tally.rows} rows, {tally.left} left")
    if after.threads > before.threads + SPARE or after.files > before.files + SPARE:
        failures.append(f"not given back: {before} before, {after} after")
    if server.tracebacks():
        failures.append(f"{server.tracebacks()} tracebacks in the server's log")
    return {
        "visitors": visitors,
        "seconds": round(seconds, 1),
        "answers": tally.right,
        "of_them_rows_of_tests": tally.rows,
        "wrong": len(tally.wrong),
        "errors": len(tally.errors),
        "told_to_try_again": tally.busy,
        "left_in_the_middle": tally.left,
        "waits": {kind: _waiting(waits) for kind, waits in tally.waits.items()},
        "before": vars(before),
        "most_threads": vars(at_most),
        "after": vars(after),
        "failures": failures,
    }


def _waiting(seconds: list[float]) -> dict[str, float]:
    if len(seconds) < 2:
        return {"n": len(seconds)}
    cuts = quantiles(seconds, n=20, method="inclusive")
    return {
        "n": len(seconds),
        "median": round(cuts[9], 3),
        "percentile_95": round(cuts[18], 3),
        "longest": round(max(seconds), 3),
    }
