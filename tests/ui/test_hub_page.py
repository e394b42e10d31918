"""A data set of the Hub through the page, in a real Chromium: streamed, and every refusal a sentence at the field.

The page is served by a process of its own, because huggingface_hub reads the Hub's address once.
"""

import os
import subprocess
import sys

import pytest
from playwright.sync_api import Page, expect

from tests import ROOT
from tests.support.fake_datasets import COMMIT, course_rows, fake_datasets, parquet_bytes

ROWS = 20_000
PROMPTS = [
    {"prompt": f"What does this cost to the nearest dollar?\n\nItem {n}\n\nPrice is $", "completion": f"{n}.00"}
    for n in range(1, 21)
]


@pytest.fixture(scope="module")
def hub():
    repositories = {
        "course/items": {"train": parquet_bytes(course_rows(50)), "test": parquet_bytes(course_rows(ROWS))},
        "course/prompts": {"val": parquet_bytes(PROMPTS)},
    }
    with fake_datasets(repositories) as serving:
        yield serving


@pytest.fixture(scope="module")
def address(hub, tmp_path_factory):
    """Where the page is served that takes `hub` for the Hub."""
    home = {"HF_HOME": str(tmp_path_factory.mktemp("hub")), "HF_ENDPOINT": hub.address, "HF_HUB_OFFLINE": "0"}
    environ = {name: value for name, value in os.environ.items() if name != "HF_TOKEN"} | home
    with subprocess.Popen(
        [sys.executable, "-m", "tests.support.serve_page"],
        cwd=ROOT,
        env=environ,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield next(line for line in process.stdout if line.startswith("serving ")).removeprefix("serving ").strip()
        process.stdin.close()


@pytest.fixture
def page(visit):
    """A visitor's page with the Hub chosen."""
    page = visit()
    page.get_by_role("tab", name="Test").click()
    page.locator("#test-source input").click()
    page.get_by_role("option", name="A data set of the Hub").click()
    return page


def run(page: Page, dataset: str, size: int) -> None:
    page.get_by_label("Hub dataset").fill(dataset)
    page.fill("#test-size input", str(size))
    page.click("#test-run")


def title(page: Page, index: int):
    return page.locator(f".scroller tr[data-index='{index}'] .title")


def test_a_few_rows_of_a_large_data_set_are_streamed_and_run(page, hub):
    hub.sent = 0
    run(page, f"course/items@{COMMIT}:test", 20)

    expect(page.locator(".run[data-state=finished]")).to_have_attribute("data-drawn", "20")
    expect(title(page, 19)).to_have_text("Item 20")
    expect(page.locator("#test-runs")).to_contain_text("hub:course/items")
    assert 0 < hub.sent < len(hub.repositories["course/items"]["test"]) / 2  # a busy machine reads further ahead


def test_prompts_and_completions_are_run_from_the_split_that_is_named(page):
    run(page, "course/prompts:val", 5)

    expect(page.locator(".run[data-state=finished]")).to_have_attribute("data-drawn", "5")
    expect(page.locator(".scroller tr[data-index='2'] > *")).to_contain_text(["Item 3", "3", "", "$3", "", "", ""])


def test_what_the_hub_refuses_is_a_sentence_at_the_field_and_the_next_try_runs(page, hub):
    problem = page.locator("#test-problem")
    run(page, "course/none", 5)
    expect(problem).to_contain_text("The Hub shows no data set course/none")
    run(page, "course/items:nope", 5)
    expect(problem).to_contain_text("has no split 'nope': it has 'train', 'test'")
    run(page, "course/items@nope", 5)
    expect(problem).to_contain_text("has no revision nope")
    run(page, "no name", 5)
    expect(problem).to_contain_text("names no data set: write hub:owner/name")
    hub.gated = True
    run(page, "course/items", 5)
    expect(problem).to_contain_text("is gated and HF_TOKEN is not set: accept its terms on its page on the Hub")
    hub.gated, hub.hangs_up = False, True
    run(page, "course/items", 5)
    expect(problem).to_contain_text("The Hub could not be reached for the data set course/items: check the network")
    hub.hangs_up = False
    run(page, "course/items:train", 5)

    expect(page.locator(".run[data-state=finished]")).to_have_attribute("data-drawn", "5")
    expect(problem).to_be_hidden()
