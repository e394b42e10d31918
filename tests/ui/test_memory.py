"""Memory that is free is given back when visitors leave, and not for each of a crowd."""

import asyncio
import platform
import subprocess
import sys
import time

import httpx
import pytest

from pricer.ui.server.process import TRIM_PAUSE, MemoryTrimmer, trim
from tests.support.browser import PATIENCE, served
from tests.support.fakes import FakePricer
from tests.support.visitor import open_page, wait_for


def test_a_crowd_that_leaves_at_once_is_tidied_up_after_once():
    now, trimmed = [100.0], []
    memory = MemoryTrimmer(lambda: trimmed.append(now[0]), lambda: now[0])
    for seconds in (0, 1, TRIM_PAUSE - 2, 1, 1, TRIM_PAUSE):
        now[0] += seconds
        memory.give_back()

    assert [100.0, 100.0 + TRIM_PAUSE, 100.0 + 2 * TRIM_PAUSE + 1] == trimmed


def test_memory_is_given_back_when_a_visitor_leaves(monkeypatch):
    left = []
    monkeypatch.setattr("pricer.ui.page.MemoryTrimmer.give_back", lambda _: left.append(1))

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


# Prints how many heaps twelve threads at once have made: each reserves an address range that nobody may touch yet.
HEAPS = """
import sys, threading
from pathlib import Path
from pricer.ui.server.process import share_heaps
if sys.argv[1] == "together":
    share_heaps()
reserved = lambda: Path("/proc/self/maps").read_text().count("---p")
before, together = reserved(), threading.Barrier(13)
def work():
    held = [bytes(20_000) for _ in range(50)]
    together.wait()
    together.wait()
threads = [threading.Thread(target=work) for _ in range(12)]
for thread in threads:
    thread.start()
together.wait()
print(reserved() - before - 12)  # without the threads' own stacks, each with a page that guards it
together.wait()
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another C library keeps memory in other ways")
def test_threads_share_a_few_heaps():
    def heaps(how: str) -> int:
        command = [sys.executable, "-c", HEAPS, how]
        return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)

    assert heaps("together") <= 2 < heaps("apart")
