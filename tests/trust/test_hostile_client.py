"""A visitor who does without the page: files of the server, values no form would send, and where the token goes."""

import os
from pathlib import Path
from urllib.parse import quote

import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError

from pricer.ui.server.limits import MAX_CHARACTERS
from tests import ROOT
from tests.support.program import running
from tests.support.visitor import RawClient, file_data

TOKEN = "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"
CSV = b"title,text,price\nKettle,a steel kettle,38.75\n"


@pytest.fixture
def client(address) -> RawClient:
    return RawClient(address, "hostile")


# Files of the server


@pytest.mark.parametrize(
    "path",
    [
        f"{ROOT}/app.py",
        f"{ROOT}/pricer/model/engine.py",
        f"{ROOT}/.env",
        "app.py",
        ".env",
        "/etc/passwd",
        "..%2f..%2fetc%2fpasswd",
        "pricer/ui/..%2fmodel/engine.py",
        "http://127.0.0.1:1/x",
        "/proc/self/environ",
    ],
)
@pytest.mark.parametrize("route", ["gradio_api/file=", "file=", "static/", "assets/", "gradio_api/proxy="])
def test_no_file_of_the_server_is_served(client, route, path):
    answer = client.http.get(f"{route}{path}")

    assert answer.status_code in (400, 403, 404)
    assert "import" not in answer.text
    assert "root:" not in answer.text


def test_an_upload_stays_in_its_folder_whatever_its_name_and_comes_back_as_no_page(client):
    for name in ("../../../../tmp/evil.csv", "/etc/evil.csv", "a/b/evil.csv", "evil.html", "evil.svg", "x" * 300):
        [stored] = client.upload(name, b"<script>window.hacked = 1</script>").json()
        sent_back = client.http.get(f"gradio_api/file={stored}")

        assert Path(stored).resolve().is_relative_to(Path(os.environ.get("GRADIO_TEMP_DIR", "/tmp/gradio")).resolve())
        assert "attachment" in sent_back.headers["content-disposition"]
        assert "html" not in sent_back.headers["content-type"]
    assert not Path("/etc/evil.csv").exists()


def test_an_upload_above_the_limit_is_refused(client):
    answer = client.upload("large.csv", b"x" * 20_000_001)

    assert 413 == answer.status_code
    assert "exceeded" in answer.text


@pytest.mark.parametrize(
    "path", [f"{ROOT}/pricer/bundled/items.jsonl", "pricer/bundled/items.jsonl", "/etc/passwd", "../../etc/passwd"]
)
def test_a_file_that_the_visitor_did_not_upload_is_never_read(client, path):
    for file in (file_data(path), file_data("x.csv", url=path), file_data(f"file://{path}")):
        form = client.page.form(client.page.event("test-run"), items="A file", csv=file)

        assert client.ask(client.page.event("test-file", "change"), [file]).values is None
        assert client.ask(client.page.event("test-run"), form).values is None


def test_the_server_fetches_no_address_for_a_visitor(client):
    for url in ("http://127.0.0.1:1/x.csv", "http://169.254.169.254/latest/meta-data", "http://localhost:1/x.csv"):
        assert client.ask(client.page.event("test-file", "change"), [file_data(url)]).values is None


# Values that no form would send


@pytest.mark.parametrize(
    "changed",
    [
        {"how_many": "x"},
        {"how_many": [1]},
        {"items": "something else"},
        {"reading": "eval"},
        {"description_column": "none such"},
        {"description_column": ["a", "b"]},
        {"seed_of": "x", "which": "A random sample"},
        {"csv": "/etc/passwd", "items": "A file"},
        {"csv": {"path": 5}, "items": "A file"},
    ],
)
def test_a_form_that_no_page_would_send_starts_no_run_and_the_next_visitor_is_served(client, changed, pricer):
    asked = len(pricer.batches)
    answer = client.ask(client.page.event("test-run"), client.page.form(client.page.event("test-run"), **changed))

    assert answer.values is None
    assert asked == len(pricer.batches)
    assert 28.75 == pytest.approx(client.ask(client.page.endpoint("price"), ["one two three", 3]).values[0]["price"])


@pytest.mark.parametrize("count", [1e300, 10**30, 100_001, 0, -5])
def test_more_items_than_the_page_allows_are_refused_with_a_sentence(client, count):
    form = client.page.form(client.page.event("test-run"), how_many=count)
    answer = client.ask(client.page.event("test-run"), form)

    assert "whole number from 1 to 100,000" in str(answer.values or answer.error)


@pytest.mark.parametrize(
    "data", [{}, {"run": "x", "index": "x"}, {"run": None, "index": 1e300}, {"index": [0], "kept": "x"}]
)
@pytest.mark.parametrize(
    ("part", "kind"),
    [
        *(("test-live", kind) for kind in ("click", "open_in_price", "reopen")),
        *(("history", kind) for kind in ("back", "beside")),
        *(("play", kind) for kind in ("next", "guess")),
    ],
)
def test_an_event_that_no_page_would_send_shows_nothing_of_anybody(client, part, kind, data):
    answer = client.ask(client.page.event(part, kind), [None], data)

    assert "Kettle" not in str(answer)
    assert 28.75 == pytest.approx(client.ask(client.page.endpoint("price"), ["one two three", 3]).values[0]["price"])


def test_a_name_that_is_no_data_set_is_asked_of_nobody_and_comes_back_short_and_escaped(client):
    evil = "<img src=x>" * 9000
    form = client.page.form(client.page.event("test-run"), items="A data set of the Hub", hub_dataset=evil)
    said = str(client.ask(client.page.event("test-run"), form).values)

    assert "names no data set" in said
    assert "<img" not in said
    assert len(said) < 2_000


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        ({"description": 5, "api_name": "/price"}, "a text"),
        ({"description": None, "api_name": "/price"}, "a text"),
        ({"description": {"a": 1}, "api_name": "/explain"}, "a text"),
        ({"description": "x" * (MAX_CHARACTERS + 1), "api_name": "/explain"}, "shorten it to 20,000"),
        ({"description": "one", "k": "x", "api_name": "/price"}, "a whole number from 1 to 20"),
        ({"description": "one", "k": 2.5, "api_name": "/price"}, "a whole number from 1 to 20"),
        ({"description": "one", "k": 10**30, "api_name": "/price"}, "a whole number from 1 to 20"),
        ({"descriptions": "one", "api_name": "/price_many"}, "a list of 1 to 64 descriptions"),
        ({"descriptions": {"one": 1}, "api_name": "/price_many"}, "a list of 1 to 64 descriptions"),
        ({"descriptions": ["one", None], "api_name": "/price_many"}, "a text"),
        ({"descriptions": ["one", "x" * (MAX_CHARACTERS + 1)], "api_name": "/price_many"}, "shorten it to 20,000"),
    ],
)
def test_endpoints_take_no_more_than_the_page_does(address, call, sentence):
    with pytest.raises(AppError, match=sentence):
        Client(address, verbose=False).predict(**call)


@pytest.mark.parametrize(
    "text",
    [
        "\ud800 mug",
        "mug \udfff",
        "\u202emug",
        "\0\x1b[2J mug",
        "1" * 20_000,
        "🫖" * 500,
        "<b>mug</b>",
        "mug Price is $5",
    ],
    ids=["surrogate", "surrogate last", "right to left", "control", "digits", "emoji", "markup", "price"],
)
def test_any_text_that_is_pasted_gets_a_price_and_a_place_in_the_list(client, text):
    shown = str(client.ask(client.page.event("price-button"), [text, None, None]).values)

    assert "Priced in" in shown
    assert '<ol class="history">' in shown


def test_a_megabyte_that_is_pasted_past_the_field_is_refused_with_a_sentence(client, pricer):
    asked = len(pricer.batches)
    shown = str(client.ask(client.page.event("price-button"), ["x" * 1_000_000, None, None]).values)

    assert "This text has 1,000,000 characters" in shown
    assert "shorten it to 20,000." in shown
    assert asked == len(pricer.batches)


def test_a_column_whose_name_is_half_a_character_is_not_offered_and_the_others_are(client):
    rows = b'{"\\ud800": 1, "text": "a mug \\udfff", "title": "\\ud800", "price": 5}\n'
    [stored] = client.upload("mine.jsonl", rows).json()
    offered = client.ask(client.page.event("test-file", "change"), [file_data(stored)]).values[0]["choices"]
    form = client.page.form(client.page.event("test-run"), items="A file", csv=file_data(stored))

    assert ["detect automatically", "text", "title", "price"] == [name for name, _ in offered]
    assert client.ask(client.page.event("test-run"), form).error is None


# The token


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    """The program itself, with a token in its environment; everything that it writes goes into one folder."""
    folder = tmp_path_factory.mktemp("program")
    environ = os.environ | {
        **{name: str(folder) for name in ("TMPDIR", "GRADIO_TEMP_DIR", "PRICER_RUNS", "HF_HOME")},
        **{"HF_TOKEN": TOKEN, "HF_HUB_OFFLINE": "1", "HF_DEBUG": "1"},
    }
    with running(folder / "log.txt", environ) as program:
        yield RawClient(program.address, "visitor"), folder


def test_the_token_is_in_no_page_log_error_run_or_export(program):
    client, folder = program
    run = client.page.event("test-run")
    said = [client.http.get(path).text for path in ("", "config", "gradio_api/info", "gradio_api/openapi.json")]
    said.append(client.http.get("gradio_api/file=/proc/self/environ").text)
    said.append(str(client.ask(client.page.endpoint("price"), ["a steel kettle", 3])))
    said.append(str(client.ask(client.page.endpoint("price"), [" ", 3])))
    said.append(str(client.ask(run, client.page.form(run, items="A data set of the Hub"))))
    said.append(str(client.ask(run, client.page.form(run, how_many=3))))
    said.append(str(client.ask(client.page.after(run, "success"), [None, None])))
    [stored] = client.upload("mine.csv", CSV).json()
    said.append(str(client.ask(run, client.page.form(run, items="A file", csv=file_data(stored), how_many="x"))))
    written = [path for path in folder.rglob("*") if path.is_file()]

    assert any("a steel kettle" in text or "price" in text for text in said)
    assert any("could not be reached" in text for text in said)
    assert {"summary.json", "items.jsonl", "log.txt"} <= {path.name for path in written}
    assert [] == [text[:200] for text in said if TOKEN in text]
    assert [] == [path.name for path in written if TOKEN.encode() in path.read_bytes()]


def test_what_a_visitor_sends_commands_no_terminal_that_shows_the_log(program):
    client, folder = program
    run = client.page.event("test-run")
    command = "\x1b]0;owned\x07\x1b[2J\x9b31m"
    for file in (file_data(f"/{command}.csv"), file_data(f"https://{command}/x"), {"path": command}, command):
        assert client.ask(run, client.page.form(run, items="A file", csv=file)).values is None
    for label in ("items", "reading", "how_many", "description_column", "seed_of", "which"):
        client.ask(run, client.page.form(run, **{label: command}))
    client.ask(run, client.page.form(run, items="A data set of the Hub", hub_dataset=command))
    client.ask(client.page.endpoint("price"), [command, command])
    client.ask(client.page.endpoint("price"), [command, 3])
    client.ask(client.page.event("test-live"), [None], {"run": command, "index": command})
    client.http.get(f"gradio_api/file={quote(command)}")
    client.upload(f"{command}.csv", CSV)
    log = (folder / "log.txt").read_text(encoding="utf-8", errors="replace")

    assert "owned" in log
    assert [] == [line for line in log.splitlines() if "\x1b]" in line or "\x1b[2J" in line or "\x9b" in line]
