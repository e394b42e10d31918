"""The page for programs: endpoints through a real gradio client, and the same as tools through a real MCP client."""

import ast
import json
import subprocess
from concurrent.futures import ThreadPoolExecutor

import anyio
import httpx
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError
from mcp import ClientSession
from mcp.client.streamable_http import streamablehttp_client

from pricer.ui.api import PriceAnswer
from pricer.ui.server.limits import MAX_DESCRIPTIONS
from tests import ROOT


def called(address: str, endpoint: str, body: dict):
    """What a program without a client of Gradio is answered."""
    begun = httpx.post(f"{address}gradio_api/call/{endpoint}", json=body, timeout=60)
    said = httpx.get(f"{address}gradio_api/call/{endpoint.removeprefix('v2/')}/{begun.json()['event_id']}", timeout=60)
    answer = json.loads(said.text.rpartition("data: ")[2])
    return answer[0] if isinstance(answer, list) else answer


@pytest.fixture(scope="module")
def client(address) -> Client:
    return Client(address, verbose=False)


def test_price_answers_with_what_the_command_line_prints(client, pricer):
    answer = client.predict("one two three", api_name="/price")
    [expected] = pricer.estimate_all(["one two three"])

    assert expected.as_dict() == answer
    assert set(PriceAnswer.__annotations__) == set(answer)
    assert 28.75 == pytest.approx(answer["price"])


def test_price_takes_another_number_of_candidates(client):
    assert 30.0 == client.predict("one two three", k=1, api_name="/price")["price"]


@pytest.mark.parametrize(
    ("endpoint", "body"),
    [
        ("price", {"data": ["one two three"]}),
        ("price", {"data": ["one two three", None]}),  # as the client for JavaScript writes what is left out
        ("v2/price", {"description": "one two three"}),
        ("price_many", {"data": [["one two three"]]}),
        ("price_many", {"data": [["one two three"], None]}),
    ],
)
def test_k_that_is_left_out_or_null_means_the_default(address, endpoint, body):
    answer = called(address, endpoint, body)

    answer = answer[0] if endpoint == "price_many" else answer
    assert 28.75 == pytest.approx(answer["price"])


def test_a_call_without_any_value_is_refused_with_a_sentence(address):
    assert "This is not a text" in called(address, "price", {"data": []})["error"]


def test_a_blank_among_many_says_which(client):
    with pytest.raises(AppError, match="Description 2 of 3: Type or paste a description first"):
        client.predict(["one", " ", "two"], api_name="/price_many")


def test_the_lines_for_a_shell_in_the_readme_give_a_price(address):
    block = (ROOT / "README.md").read_text().partition("```sh\nCALL=")[2].partition("```")[0]
    lines = f"CALL={block}".replace("http://127.0.0.1:7860/", address)

    said = subprocess.run(["bash", "-ec", lines], capture_output=True, text=True, check=True, timeout=60).stdout
    assert "event: complete" in said
    assert '"candidates"' in said


def test_price_many_keeps_the_order_of_its_descriptions(client):
    answers = client.predict(["one two three", "one two"], api_name="/price_many")

    assert [28.75, 18.75] == [pytest.approx(answer["price"]) for answer in answers]


def test_explain_names_each_phrase_and_its_dollars(client):
    answer = client.predict("one two, three. four", api_name="/explain")

    assert 38.75 == pytest.approx(answer["price"])
    assert [("one two,", 20.0), ("three.", 10.0), ("four", 10.0)] == [
        (phrase["phrase"], pytest.approx(phrase["dollars"])) for phrase in answer["phrases"]
    ]


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        ({"description": " ", "api_name": "/price"}, "description first"),
        ({"description": "x" * 20_001, "api_name": "/price"}, "shorten it to 20,000"),
        ({"description": "one", "k": 21, "api_name": "/price"}, "a whole number from 1 to 20"),
        ({"descriptions": ["one"] * (MAX_DESCRIPTIONS + 1), "api_name": "/price_many"}, "1 to 64 descriptions"),
        ({"descriptions": [], "api_name": "/price_many"}, "1 to 64 descriptions"),
        ({"description": "one", "api_name": "/explain"}, "nothing can be left out"),
    ],
)
def test_what_cannot_be_answered_is_refused_with_a_sentence(client, call, sentence):
    with pytest.raises(AppError, match=sentence):
        client.predict(**call)


def test_the_endpoints_are_the_documented_ones_and_no_others(client):
    described = client.view_api(return_format="dict", print_info=False)["named_endpoints"]

    assert {"/price", "/price_many", "/explain"} == set(described)
    [returned] = described["/price"]["returns"]
    assert {"price", "covered", "candidates", "low", "high", "model"} <= set(returned["type"]["properties"])


def test_every_parameter_has_a_name_a_description_and_an_example_that_can_be_sent(client):
    described = client.view_api(return_format="dict", print_info=False)["named_endpoints"]

    for name, endpoint in described.items():
        sent = {each["parameter_name"]: each["example_input"] for each in endpoint["parameters"]}
        assert list(sent) == [each["label"] for each in endpoint["parameters"]]
        assert all(each["python_type"]["description"].endswith(".") for each in endpoint["parameters"])
        assert client.predict(**sent, api_name=name)
    described_k = described["/price"]["parameters"][1]
    assert ("k", 3) == (described_k["label"], described_k["example_input"])
    assert "1 to 20; the usual number is 3." in described_k["python_type"]["description"]


def test_an_mcp_client_finds_the_tools_and_gets_a_price(address):
    async def ask() -> tuple[dict, dict]:
        async with (
            streamablehttp_client(f"{address}gradio_api/mcp/") as (read, write, _),
            ClientSession(read, write) as session,
        ):
            await session.initialize()
            tools = {tool.name: tool for tool in (await session.list_tools()).tools}
            result = await session.call_tool("price", {"description": "one two three"})
            assert not result.isError
            # Gradio hands a tool's result over as the text of a Python value.
            return tools, ast.literal_eval(result.content[0].text)

    # In a thread of its own: where a browser is open, this thread has an event loop already.
    with ThreadPoolExecutor(1) as elsewhere:
        tools, answer = elsewhere.submit(anyio.run, ask).result()

    assert {"price", "price_many", "explain"} == set(tools)
    assert "what a product costs" in tools["price"].description
    assert "its name, then what it is" in tools["price"].inputSchema["properties"]["description"]["description"]
    assert 28.75 == pytest.approx(answer["price"])


def test_gradio_keeps_no_history_of_what_was_asked(client, address):
    """Its own record of calls, in the browser or in a bucket, which is on unless it is switched off."""
    paths = ("runs", "runs/", "run-history/connect")

    assert [404, 404, 404] == [httpx.get(f"{address}gradio_api/{path}").status_code for path in paths]
    assert 404 == httpx.post(f"{address}gradio_api/run-history/connect", json={}).status_code
    assert client.config["run_history"] is False
