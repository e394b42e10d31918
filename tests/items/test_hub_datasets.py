"""Items of a data set of the Hub: streamed, pinned to a commit, and every refusal a sentence of its own.

One process asks all the questions, because huggingface_hub reads its environment once and takes seconds to import.
"""

import json
import os
import subprocess
import sys

import pytest

from tests import ROOT
from tests.support.fake_datasets import COMMIT, course_rows, fake_datasets, parquet_bytes

TOKEN = "hf_PlantedTokenOfAReader"
ROWS = 20_000

ANSWER = """
import json, os, sys, time
time.sleep = lambda seconds: None  # waiting between attempts is the business of huggingface_hub
from pricer.errors import ItemsError
from pricer.items.load import load_items
for line in sys.stdin:
    question = json.loads(line)
    os.environ.pop("HF_TOKEN", None)
    os.environ.update(question.pop("environ"))
    try:
        items = load_items(**question)
        answer = {"items": [vars(item) for item in items.items], "note": items.note, "revision": items.revision}
    except ItemsError as error:
        answer = {"error": str(error)}
    print(json.dumps(answer), flush=True)
"""


class Asker:
    """Asks the process for items of the fake Hub."""

    def __init__(self, hub, process) -> None:
        self.hub, self._process = hub, process

    def __call__(self, source, token=None, **how) -> dict:
        environ = {"HF_TOKEN": token} if token else {}
        self._process.stdin.write(json.dumps({"source": source, "environ": environ, **how}) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def refusal(self, source, **how) -> str:
        return self(source, limit=5, **how)["error"]


@pytest.fixture(scope="module")
def process_and_hub(tmp_path_factory):
    prompts = [
        {"prompt": f"What does this cost to the nearest dollar?\n\nItem {n}\n\nPrice is $", "completion": f"{n}.00"}
        for n in range(1, 21)
    ]
    repositories = {
        "course/items": {"train": parquet_bytes(course_rows(50)), "test": parquet_bytes(course_rows(ROWS))},
        "course/prompts": {"val": parquet_bytes(prompts)},
        "course/pictures": {"test.png": b"\x89PNG"},
        "course/archive": {"test.tar": b"", "test.zip": b"PK"},
        "course/pickled": {"test.pkl": b"cos\nsystem\n(S'touch sprung'\ntR."},
        "course/damaged": {"test": b"PAR1 nothing of the kind PAR1"},
    }
    with fake_datasets(repositories) as hub:
        home = {"HF_HOME": str(tmp_path_factory.mktemp("hub")), "HF_ENDPOINT": hub.address, "HF_HUB_OFFLINE": "0"}
        with subprocess.Popen(
            [sys.executable, "-c", ANSWER],
            cwd=ROOT,
            env=os.environ | home,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            yield process, hub
            process.stdin.close()


@pytest.fixture
def ask(process_and_hub):
    process, hub = process_and_hub
    before = dict(vars(hub))
    hub.sent, hub.requests = 0, []
    yield Asker(hub, process)
    vars(hub).update(before)


def test_the_test_split_is_the_default_and_the_commit_is_told(ask):
    answer = ask("hub:course/items", limit=3)

    assert [("Item 1", 1.99), ("Item 2", 2.99), ("Item 3", 3.99)] == [(i["title"], i["price"]) for i in answer["items"]]
    assert COMMIT == answer["revision"]
    assert "" == answer["note"]


def test_a_few_rows_of_many_are_not_the_whole_file(ask):
    ask("hub:course/items", limit=250)

    assert 0 < ask.hub.sent < len(ask.hub.repositories["course/items"]["test"]) / 2


def test_another_split_and_a_revision_can_be_named(ask):
    assert 50 == len(ask("hub:course/items:train")["items"])
    assert COMMIT == ask(f"hub:course/items@{COMMIT}:train", limit=1)["revision"]


def test_prompts_and_completions_are_the_second_generations_names(ask):
    (item,) = ask("hub:course/prompts:val", limit=1)["items"]

    assert ("Item 1", "Item 1", 1.0) == (item["title"], item["text"], item["price"])


def test_a_sample_is_drawn_from_the_first_ten_thousand_rows_with_its_seed(ask):
    first, again = (ask("hub:course/items", limit=20, seed=1) for _ in range(2))

    assert first == again
    assert first["items"] != ask("hub:course/items", limit=20)["items"]
    assert all(item["price"] < 10_001 for item in first["items"])
    assert "Only the first 10,000 rows were read." == first["note"]


def test_the_token_is_sent_from_the_environment_and_none_without(ask):
    ask("hub:course/items:train", limit=1)
    assert {None} == {token for _, token in ask.hub.requests}

    ask.hub.requests, ask.hub.token = [], TOKEN
    assert 1 == len(ask("hub:course/items:train", limit=1, token=TOKEN)["items"])
    assert {TOKEN} >= {token for path, token in ask.hub.requests if "course/items" in path}


def test_a_data_set_that_is_not_there_or_is_private(ask):
    expected = "The Hub shows no data set other/items: check the spelling, and if it is private, set HF_TOKEN"

    assert ask.refusal("hub:other/items").startswith(expected)
    ask.hub.token = TOKEN
    assert "The Hub shows no data set course/items" in ask.refusal("hub:course/items")
    assert "hf_Another" not in ask.refusal("hub:course/items", token="hf_Another")


def test_a_gated_data_set(ask):
    ask.hub.gated = True

    assert ask.refusal("hub:course/items") == (
        "The data set course/items is gated and HF_TOKEN is not set: accept its terms on its page on the Hub and set "
        "HF_TOKEN to a token of your account, or use the bundled items."
    )
    assert "the account of HF_TOKEN has no access" in ask.refusal("hub:course/items", token=TOKEN)


def test_a_revision_that_is_not_there(ask):
    assert "The data set course/items has no revision nope: give a commit or branch" in ask.refusal(
        "hub:course/items@nope"
    )


def test_a_split_that_is_not_there_is_told_with_those_that_are(ask):
    sentence = ask.refusal("hub:course/items:nope")

    assert "The data set course/items has no split 'nope': it has 'train', 'test'." in sentence


@pytest.mark.fault
@pytest.mark.parametrize("status", [500, 502, 503])
def test_a_hub_that_fails(ask, status):
    ask.hub.status = status

    assert f"The Hub answered with status {status} when it was asked for the data set course/items" in ask.refusal(
        "hub:course/items"
    )


@pytest.mark.fault
@pytest.mark.parametrize(
    ("status", "remedy"), [(429, "try again in a few minutes"), (403, "set HF_TOKEN to a valid token")]
)
def test_a_hub_that_refuses(ask, status, remedy):
    ask.hub.status = status

    sentence = ask.refusal("hub:course/items")

    assert f"status {status}" in sentence
    assert remedy in sentence


def test_a_hub_that_cannot_be_reached(ask):
    ask.hub.hangs_up = True

    assert "The Hub could not be reached for the data set course/items: check the network" in ask.refusal(
        "hub:course/items"
    )


@pytest.mark.fault
@pytest.mark.parametrize("status", [500, 503, 429, 401, 403, 404, None])
def test_a_hub_that_fails_or_hangs_up_in_the_middle_of_the_rows_and_is_back_later(ask, status):
    ask.hub.fails_after, ask.hub.late_status = 6_000_000, status

    sentence = ask("hub:course/items")["error"]

    assert ask.hub.sent >= 6_000_000
    assert (f"status {status}" if status else "could not be reached") in sentence
    ask.hub.fails_after = None
    assert 250 == len(ask("hub:course/items", limit=250)["items"])


@pytest.mark.parametrize("name", ["pictures", "archive", "pickled"])
def test_a_data_set_of_pictures_archives_or_pickles_is_refused_before_a_file_is_fetched(ask, name):
    assert f"The data set course/{name} cannot be read as rows" in ask.refusal(f"hub:course/{name}")
    fetched = [request for request, _ in ask.hub.requests if request.startswith(f"GET /datasets/course/{name}/resolve")]
    assert [] == [request for request in fetched if "/data/" in request]
    assert not (ROOT / "sprung").exists()


def test_a_file_that_is_no_parquet_is_a_sentence(ask):
    assert "The data set course/damaged cannot be read as rows" in ask.refusal("hub:course/damaged")


@pytest.mark.parametrize(
    "address",
    [
        "https://huggingface.co/datasets/course/items",
        "hub:https://huggingface.co/datasets/course/items/viewer/default/test?row=3",
        " hub:hf.co/datasets/course/items/tree/main/data",
        "hub:datasets/course/items@main:test",
    ],
)
def test_the_address_of_a_page_of_the_hub_is_its_data_set(ask, address):
    assert ask("hub:course/items", limit=5) == ask(address, limit=5)


@pytest.mark.parametrize(
    "address",
    ["", "items", "course/items/more", "../items", "course/..", "course/items@../x", "a/b:c/d", "a/b@:c d", "/a"],
)
def test_an_address_that_is_none_is_refused_before_anything_is_asked(ask, address):
    assert "names no data set: write hub:owner/name" in ask.refusal(f"hub:{address}")
    assert [] == ask.hub.requests
