"""The page for programs: endpoints through a real gradio client, and the same as tools through a real MCP client."""

import ast
from concurrent.futures import ThreadPoolExecutor

import anyio
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError
from mcp import ClientSession
from mcp.client.streamable_http import streamablehttp_client

from pricer.ui.api import PriceAnswer
from pricer.ui.server.limits import MAX_DESCRIPTIONS


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
