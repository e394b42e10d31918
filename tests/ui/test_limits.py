"""What a public page gives everybody: so many tests at once, files that go away, and a sentence where it is busy."""

import asyncio
import gc
import json
import time
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError
from gradio_client.utils import QueueError
from playwright.sync_api import expect

from pricer.errors import ModelError, RunError
from pricer.runs import folder
from pricer.runs.folder import Run
from pricer.ui import build_page
from pricer.ui.server.limits import RUNS_AT_ONCE, RunSlots
from pricer.ui.session.runs import RunRequest, VisitorRuns, feed_in_slot
from tests.support.browser import PATIENCE, served
from tests.support.fakes import FakePricer
from tests.support.visitor import Visitor, open_page, succeeded, wait_for, written

BUSY = "4 tests are already running here. Try again in a minute; single prices still work."


class BreakingPricer(FakePricer):
    """A FakePricer that ends every pass with `error`."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    def estimate_all(self, *_, **__):
        raise self.error


def begin(pricer: FakePricer | None = None, visitor: VisitorRuns | None = None, **request):
    return (visitor or VisitorRuns()).begin(RunRequest(size=20, **request), (pricer or FakePricer()).info)


def all_free(slots: RunSlots) -> bool:
    """Whether as many can begin as if nobody had ever been there."""
    with ExitStack() as taken:
        for _ in range(RUNS_AT_ONCE):
            taken.enter_context(slots.slot())
    return True


# Tests at once


def test_a_test_too_many_ends_with_a_sentence_and_asks_the_model_nothing():
    slots, pricer = RunSlots(), FakePricer(batch_size=5)
    going = [feed_in_slot(pricer, begin(), slots) for _ in range(RUNS_AT_ONCE)]
    for run in going:
        next(run)
    late, asked = begin(), len(pricer.batches)

    [told] = feed_in_slot(pricer, late, slots)

    assert BUSY in told
    assert ["failed", told, asked] == [late.state, late.feed, len(pricer.batches)]
    with pytest.raises(RunError, match="Try again in a minute"):
        slots.check()


def test_a_place_is_free_again_when_a_test_is_done():
    slots = RunSlots()
    list(feed_in_slot(FakePricer(), begin(), slots))

    assert all_free(slots)


def test_a_place_is_free_again_when_a_test_is_stopped():
    slots, run = RunSlots(), begin()
    updates = feed_in_slot(FakePricer(batch_size=5), run, slots)
    next(updates)
    run.stop.set()
    list(updates)

    assert "stopped" == run.state
    assert all_free(slots)


def test_a_place_is_free_again_when_the_page_is_closed():
    slots = RunSlots()
    updates = feed_in_slot(FakePricer(batch_size=5), begin(), slots)
    next(updates)
    updates.close()

    assert all_free(slots)


def test_a_place_is_free_again_when_the_model_says_why_it_cannot_go_on():
    slots, run = RunSlots(), begin()
    list(feed_in_slot(BreakingPricer(ModelError("Too little memory.")), run, slots))

    assert "failed" == run.state
    assert "Too little memory." in run.feed
    assert all_free(slots)


def test_a_place_is_free_again_when_the_model_breaks():
    slots = RunSlots()
    with pytest.raises(ZeroDivisionError):
        list(feed_in_slot(BreakingPricer(ZeroDivisionError()), begin(), slots))

    assert all_free(slots)


def test_a_test_that_never_began_to_be_fed_takes_no_place():
    slots = RunSlots()
    abandoned = [feed_in_slot(FakePricer(), begin(), slots) for _ in range(2 * RUNS_AT_ONCE)]

    assert all_free(slots)
    assert abandoned


def test_on_the_page_the_fifth_test_is_refused_until_a_visitor_leaves_in_the_middle():
    async def go(address: str) -> tuple[str, bool]:
        async with httpx.AsyncClient(timeout=60) as http:
            runners = [await open_page(http, address) for _ in range(RUNS_AT_ONCE)]
            going = [asyncio.create_task(run_test(runner, 400)) for runner in runners]
            late = await open_page(http, address)
            refused = await until(lambda: begun(late, 20), lambda messages: BUSY in written(messages))
            for task in going:
                task.cancel()
            await asyncio.gather(*going, return_exceptions=True)
            accepted = await until(lambda: begun(late, 20), lambda messages: BUSY not in written(messages))
            return written(refused), succeeded(accepted)

    with served(FakePricer(batch_size=10, seconds=0.3)) as address:
        said, accepted = wait_for(go(address))

    assert BUSY in said
    assert accepted


async def begun(visitor: Visitor, size: int) -> list[dict]:
    """Ask for a test, as the button does."""
    event = visitor.page.event("test-run")
    return await visitor.send(event, visitor.page.form(event, test_size=size))


async def run_test(visitor: Visitor, size: int) -> list[dict]:
    """Ask for a test and watch it; what the server said of it."""
    await begun(visitor, size)
    stream = visitor.page.after(visitor.page.event("test-run"), "success")
    return await visitor.send(stream, visitor.page.form(stream))


async def until(ask, found) -> list[dict]:
    """Ask again until the answer is the expected one, for as long as a busy machine may need."""
    for _ in range(200):
        messages = await ask()
        if found(messages):
            return messages
        await asyncio.sleep(0.1)
    raise AssertionError(written(messages))


# A queue that is full


@pytest.fixture
def full_page(monkeypatch):
    """A page in whose queue there is no room at all."""
    monkeypatch.setattr("pricer.ui.server.limits.QUEUE_SIZE", 0)
    with served(FakePricer()) as address:
        yield address


def test_a_visitor_of_a_full_page_is_told_to_try_again(full_page, browser):
    page = browser.new_page()
    page.goto(full_page)
    page.fill("#description textarea", "one two three")
    page.click("#price-button")

    expect(page.get_by_text("This application is currently busy. Please try again.").first).to_be_visible(
        timeout=PATIENCE
    )
    page.close()


def test_a_program_is_told_that_the_queue_is_full_and_to_try_again(full_page):
    with pytest.raises((QueueError, AppError), match=r"Queue is full! Please try again\."):
        Client(full_page, verbose=False).predict("one two three", api_name="/price")


# Readiness


def test_a_page_whose_model_is_loaded_says_that_it_is_ready_and_which_model_answers():
    with served(FakePricer()) as address:
        answer = httpx.get(f"{address}health")

    assert 200 == answer.status_code
    assert {"status": "ready", "model": "bundled", "title": "The bundled model"} == answer.json()


def test_the_statistics_that_gradio_keeps_of_events_stay_few_and_are_seldom_summed_up():
    queue = build_page(FakePricer())._queue

    assert (100, 1000) == (queue.ANALYTICS_MAX_EVENTS, queue.ANAYLTICS_CACHE_FREQUENCY)


# Files of visitors


def files_in(folder: Path) -> list[str]:
    """Files that hold something."""
    return [path.name for path in folder.rglob("*") if path.is_file() and path.stat().st_size]


def wait_until(true) -> bool:
    """Whether it comes true while there is patience."""
    end = time.monotonic() + PATIENCE / 1000
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.1)
    return False


@pytest.fixture
def forgetful(tmp_path, monkeypatch):
    """A page that looks every second for files older than one, and the folders that it writes to."""
    monkeypatch.setattr("pricer.ui.server.limits.FILES_LOOKED_AT_EVERY", 1)
    monkeypatch.setattr("pricer.ui.server.limits.FILES_STAY", 1)
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "uploads"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with served(FakePricer()) as address:
        yield address, tmp_path / "uploads"


def test_an_upload_is_removed_after_a_while_also_if_nobody_used_it(forgetful):
    address, folder = forgetful
    [path] = httpx.post(
        f"{address}gradio_api/upload", files={"files": ("mine.csv", b"text,price\nA kettle,20\n")}
    ).json()
    there = Path(path).exists()

    assert there
    assert folder in Path(path).parents
    assert wait_until(lambda: not files_in(folder))


def test_a_test_of_a_file_that_was_removed_asks_for_the_file_again(forgetful, browser, tmp_path):
    address, folder = forgetful
    (tmp_path / "mine.csv").write_text("text,price\nA kettle,20\n")
    page = browser.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(address)
    page.get_by_role("tab", name="Test").click()
    page.locator("#test-source input").click()
    page.get_by_role("option", name="A file").click()
    page.locator("#test-file input[type=file]").set_input_files(str(tmp_path / "mine.csv"))
    assert wait_until(lambda: files_in(folder))
    expect(page.locator("#test-file")).to_contain_text("mine", timeout=PATIENCE)
    assert wait_until(lambda: not files_in(folder))
    page.click("#test-run")

    expect(page.locator("#test-problem")).to_contain_text("choose the file again", timeout=PATIENCE)
    expect(page.locator("#test-run")).to_be_enabled()
    page.close()


def test_the_files_of_a_run_go_when_the_visit_is_forgotten(monkeypatch, tmp_path):
    monkeypatch.setattr("pricer.ui.server.limits.RUNS_STAY", 3)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    async def go(address: str) -> list[str]:
        async with httpx.AsyncClient(timeout=60) as http:
            visitor = await open_page(http, address)
            feed = written(await run_test(visitor, 20))
            run_id = json.loads(json.loads(feed)[2]["output"]["data"][0].split("\n")[0])["run"]
            event = visitor.page.event("runs-files")
            await visitor.send(event, visitor.page.form(event, runs_first=run_id))
            touch = visitor.page.event("test-run", queue=False)
            await http.post(
                f"{address}gradio_api/run/predict",
                json={"data": [None], "fn_index": touch["id"], "session_hash": visitor.session},
            )
            return made()

    def made() -> list[str]:
        return [path.name for folder in tmp_path.glob("pricer-*") for path in folder.iterdir()]

    with served(FakePricer()) as address:
        before = wait_for(go(address))
        gone = wait_until(lambda: not made())

    assert {"run-1.csv", "run-1.json", "run-1.html"} == set(before)
    assert gone


def test_a_visit_that_makes_room_for_another_takes_its_files_along(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    visitor = VisitorRuns()
    run = begin(visitor=visitor)
    list(feed_in_slot(FakePricer(), run, RunSlots()))
    folder = visitor.files(run)[0].parent
    there = folder.exists()
    del visitor, run
    gc.collect()

    assert there
    assert not folder.exists()


@pytest.mark.fault
def test_a_disk_that_is_full_is_a_sentence_where_the_files_of_a_run_are_wanted(monkeypatch):
    visitor = VisitorRuns()
    run = begin(visitor=visitor)
    list(feed_in_slot(FakePricer(), run, RunSlots()))

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.write_bytes", full)
    with pytest.raises(RunError, match=r"No space left on device\): try again later"):
        visitor.files(run)
    assert 20 == run.report.n


@pytest.mark.fault
def test_a_disk_that_is_full_ends_a_run_of_the_page_with_a_sentence_and_keeps_what_was_done(tmp_path, monkeypatch):
    monkeypatch.setattr("pricer.ui.session.pace.SHORTEST_PAUSE", 0.0)
    monkeypatch.setattr("pricer.ui.session.pace.SHARE_OF_SHOWING", 1e9)
    pricer = FakePricer(batch_size=5)
    run = VisitorRuns().begin(RunRequest(size=20), pricer.info, tmp_path)
    updates = feed_in_slot(pricer, run, RunSlots())
    next(updates)
    while run.report.n < 10:
        next(updates)
    write = folder._line

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(folder, "_line", full)
    list(updates)
    monkeypatch.setattr(folder, "_line", write)

    assert "failed" == run.state
    assert "No space left on device" in run.feed
    assert 10 <= Run.read(run.kept.folder).report.n < 20
