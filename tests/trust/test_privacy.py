"""What is stored and what is sent elsewhere, looked for where it would be: in files, in sockets, in a browser."""

import os

import pytest
from playwright.sync_api import expect

from pricer.ui.server.limits import FILES_LOOKED_AT_EVERY, FILES_STAY
from tests import ROOT
from tests.support.browser import PATIENCE
from tests.support.program import running
from tests.support.visitor import RawClient, file_data

SECRET = "a samovar that nobody else has ever described"
HERE = {"127.0.0.1", "localhost", "::1"}
UNSET = {"HF_TOKEN", "HF_HUB_OFFLINE", "GRADIO_ANALYTICS_ENABLED", "PRICER_RUNS"}  # by these it could be made quiet


@pytest.fixture(scope="module")
def served_and_left(tmp_path_factory):
    """The program as it is started by hand, visited and ended: the hosts that it asked, and the folder it wrote to."""
    folder = tmp_path_factory.mktemp("program")
    hosts = folder / "hosts"
    environ = {name: value for name, value in os.environ.items() if name not in UNSET}
    environ |= {name: str(folder) for name in ("TMPDIR", "GRADIO_TEMP_DIR", "HF_HOME", "XDG_CACHE_HOME")}
    with running(folder / "log.txt", environ, ("-m", "tests.support.watched_app", str(hosts))) as program:
        _visit(RawClient(program.address, "visitor"))
    return set(hosts.read_text().split("\n")) - {""}, folder


def _visit(client: RawClient) -> None:
    """Paste, ask as a program, and begin a test of a file."""
    assert "Priced in" in str(client.ask(client.page.event("price-button"), [SECRET, None, None]).values)
    assert client.ask(client.page.endpoint("price_many"), [[SECRET], 3]).values
    [stored] = client.upload("mine.csv", f"text,price\n{SECRET.upper()},5\n".encode()).json()
    run = client.page.event("test-run")
    assert client.ask(run, client.page.form(run, items="A file", csv=file_data(stored))).values


def test_the_program_asks_no_host_but_its_own_anything(served_and_left):
    hosts, _ = served_and_left

    assert hosts
    assert set() == hosts - HERE


def test_a_description_is_in_no_file_and_no_log(served_and_left):
    _, folder = served_and_left
    written = {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    assert {"log.txt", "mine.csv"} <= written.keys()
    assert [] == [name for name, content in written.items() if SECRET.encode() in content]


def test_what_was_uploaded_is_in_its_own_file_alone(served_and_left):
    _, folder = served_and_left
    files = [path for path in folder.rglob("*") if path.is_file() and SECRET.upper().encode() in path.read_bytes()]

    assert ["mine.csv"] == [path.name for path in files]


def test_the_page_in_a_browser_asks_no_host_but_its_own_anything(address, browser):
    asked = []
    page = browser.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address)
    page.fill("#description textarea", "one two three")
    page.click("#price-button")
    expect(page.locator("#price-status")).to_contain_text("Priced in", timeout=PATIENCE)
    page.click("#section-all > button")
    page.get_by_role("tab", name="Test").click()
    page.click("#test-run")
    expect(page.locator(".run[data-state=finished]")).to_be_visible(timeout=PATIENCE)
    page.close()

    assert any("plotly" in url for url in asked)
    assert [] == [url for url in asked if not url.startswith((address, "data:", "blob:"))]


def test_the_readme_says_how_long_files_of_visitors_stay():
    minutes = (FILES_STAY + FILES_LOOKED_AT_EVERY) // 60

    assert f"after {minutes} minutes at the latest" in (ROOT / "README.md").read_text(encoding="utf-8")
