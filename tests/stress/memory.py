"""Memory over thousands of prices: the slope of what the server holds, by least squares, after a warm-up.

A process keeps much of what it once needed at the most. It takes a thousand prices and more until that has been
reached; only then is growth a leak.
"""

from __future__ import annotations

import asyncio
from statistics import linear_regression
from typing import Any

import httpx

from pricer.ui.server.limits import SESSIONS
from tests.stress.load import CENT, Known, call, paste
from tests.stress.server import Server
from tests.support.visitor import Visitor, open_page

VISITORS = 4  # at once
A_VISIT = 10  # prices: one is pasted into the page, the others are asked for by a program
WARM_UP = 500  # prices: as often as memory still grows by more than AT_REST meanwhile, but only so often
AT_REST = 5.0  # MB
WARM_UP_AT_MOST = 2000
SAMPLE_EVERY = 10  # visits
BOUND = 5.0  # MB for each 1,000 prices


async def _remembered(server: Server, known: Known) -> None:
    """As many visits as the server remembers, each with a price: from now on each new one makes another one's room."""
    async with httpx.AsyncClient(timeout=120) as http:
        page = (await open_page(http, server.address)).page
        texts = iter((known.texts * (1 + SESSIONS // len(known.texts)))[:SESSIONS])

        async def visitor() -> None:
            for text in texts:
                await paste(Visitor(http, server.address, page), text)

        await asyncio.gather(*(visitor() for _ in range(VISITORS)))


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


def _warmed_up(server: Server, known: Known) -> int:
    """After how many prices the server's memory was at rest, or is measured all the same."""
    prices = 0
    while prices < WARM_UP_AT_MOST:
        before = server.held().megabytes
        asyncio.run(_priced(server, known, WARM_UP))
        prices += WARM_UP
        if server.held().megabytes - before < AT_REST:
            break
    return prices


def run(server: Server, known: Known, prices: int) -> dict[str, Any]:
    """Price, and fit a line; figures and `failures`, sentences that say what was not as it should be."""
    asyncio.run(_remembered(server, known))
    warm_up = _warmed_up(server, known)
    samples, wrong = asyncio.run(_priced(server, known, prices))
    slope = linear_regression(*zip(*samples, strict=True)).slope * 1000
    failures = wrong[:5]
    if slope > BOUND:
        failures.append(f"memory grows by {slope:.2f} MB for each 1,000 prices; {BOUND} are allowed")
    return {
        "prices": prices,
        "warm_up": warm_up,
        "wrong": len(wrong),
        "megabytes_first": samples[0][1],
        "megabytes_last": samples[-1][1],
        "megabytes_per_1000_prices": round(slope, 3),
        "bound": BOUND,
        "failures": failures,
    }
