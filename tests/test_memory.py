"""Memory that is free is given back when visitors leave, and not for each of a crowd."""

import asyncio
import time

import httpx

from pricer.ui.memory import EVERY, FreeMemory, trim
from tests.browser import PATIENCE, served
from tests.fakes import FakePricer
from tests.visitor import open_page, wait_for


def test_a_crowd_that_leaves_at_once_is_tidied_up_after_once():
    now, trimmed = [100.0], []
    memory = FreeMemory(lambda: trimmed.append(now[0]), lambda: now[0])
    for seconds in (0, 1, EVERY - 2, 1, 1, EVERY):
        now[0] += seconds
        memory.give_back()

    assert [100.0, 100.0 + EVERY, 100.0 + 2 * EVERY + 1] == trimmed


def test_memory_is_given_back_when_a_visitor_leaves(monkeypatch):
    left = []
    monkeypatch.setattr("pricer.ui.page.FreeMemory.give_back", lambda _: left.append(1))

    async def come_and_go(address: str) -> None:
        async with httpx.AsyncClient(timeout=60) as http:
            visitor = await open_page(http, address)
            async with visitor.present():
                assert [] == left
        end = time.monotonic() + PATIENCE / 1000
        while not left and time.monotonic() < end:
            await asyncio.sleep(0.05)

    with served(FakePricer()) as address:
        wait_for(come_and_go(address))

    assert left


def test_giving_back_harms_nothing_whatever_the_machine():
    trim()
    trim()
