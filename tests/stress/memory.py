"""Memory over thousands of prices: the slope of what the server holds, by least squares, after a warm-up."""

from __future__ import annotations

import asyncio
from statistics import linear_regression
from typing import Any

import httpx

from pricer.ui.page import SESSIONS
from tests.stress.load import CENT, Known, call, paste
from tests.stress.server import Server
from tests.visitor import open_page

VISITORS = 4  # at once
A_VISIT = 10  # prices: one is pasted into the page, the others are asked for by a program
WARM_UP = 400  # prices
SAMPLE_EVERY = 10  # visits
BOUND = 5.0  # MB for each 1,000 prices


async def _remembered(server: Server) -> None:
    """As many visits as the server remembers: from now on each makes another one's room."""
    async with httpx.AsyncClient(timeout=120) as http:
        page = (await open_page(http, server.address)).page
        light = next(event["id"] for event in page.events if event["api_name"] == "_touched")
        for number in range(SESSIONS):
            event = {"data": [None], "fn_index": light, "session_hash": f"remembered{number}"}
            (await http.post(f"{server.address}gradio_api/run/predict", json=event)).raise_for_status()


async def _priced(server: Server, known: Known, prices: int) -> tuple[list[tuple[int, float]], list[str]]:
    """Prices by visitors who come and go; (prices so far, megabytes) on the way, and the answers that were wrong."""
    samples, wrong = [(0, server.held().megabytes)], []
    visits = iter(range(prices // A_VISIT))

    async def visitor() -> None:
        for number in visits:
            texts = [known.texts[(number * A_VISIT + offset) % len(known.texts)] for offset in range(A_VISIT)]
            async with httpx.AsyncClient(timeout=120) as http:
                visit = await open_page(http, server.address)
                async with visit.present():
                    found = [await paste(visit, texts[0]), *await call(visit, texts[1:])]
            for text, price in zip(texts, found, strict=True):
                if abs(price - known.prices[text]) > CENT:
                    wrong.append(f"{text[:60]!r}: {price} instead of {known.prices[text]}")
            if number % SAMPLE_EVERY == 0:
                samples.append((number * A_VISIT, server.held().megabytes))

    await asyncio.gather(*(visitor() for _ in range(VISITORS)))
    return samples, wrong


def run(server: Server, known: Known, prices: int) -> dict[str, Any]:
    """Price, and fit a line; figures and `failures`, sentences that say what was not as it should be."""
    asyncio.run(_remembered(server))
    asyncio.run(_priced(server, known, WARM_UP))
    samples, wrong = asyncio.run(_priced(server, known, prices))
    slope = linear_regression(*zip(*samples, strict=True)).slope * 1000
    failures = wrong[:5]
    if slope > BOUND:
        failures.append(f"memory grows by {slope:.2f} MB for each 1,000 prices; {BOUND} are allowed")
    return {
        "prices": prices,
        "wrong": len(wrong),
        "megabytes_first": samples[0][1],
        "megabytes_last": samples[-1][1],
        "megabytes_per_1000_prices": round(slope, 3),
        "bound": BOUND,
        "failures": failures,
    }
