"""The head of the page and tab "Model", in a real Chromium, for each kind of model by the product's own path.

A small Hub serves tiny stand-ins for the course's bases, and an adapter that was trained on each: PRICER_ADAPTER alone
is set, as on a student's Space.
"""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from playwright.sync_api import Page, expect

from pricer.model import engine
from pricer.model.info import Adapter
from pricer.ui.components.header import markup
from tests import ROOT
from tests.support.browser import DESKTOP, PHONE, served
from tests.support.fake_hub import Repository, fake_hub
from tests.support.fakes import FakePricer
from tests.support.tiny_llama import CPU, edit_json, store_in_4_bits

TOKEN = "hf_PlantedTokenOfAStudent"
COMMIT = "1a2b3c4" + "0" * 33
FIRST = SimpleNamespace(
    adapter="you/generation-1",
    base="unsloth/Meta-Llama-3.1-8B-bnb-4bit",
    called="Llama 3.1 8B",
    data="ed-donner/pricer-data",
    prompt="How much does this cost to the nearest dollar?\n\nthe description\n\nPrice is $",
    cut="160 tokens",
    environ={},
)
SECOND = SimpleNamespace(
    adapter="you/generation-2",
    base="meta-llama/Llama-3.2-3B",
    called="Llama 3.2 3B",
    data="ed-donner/items_prompts_full",
    prompt="What does this cost to the nearest dollar?\n\nthe description\n\nPrice is $",
    cut="110 tokens",
    environ={"HF_TOKEN": TOKEN, "SPACE_ID": "you/price-is-right"},
)
# Words of letters and digits alone that stand on two lines.
BROKEN_WORDS = r"""() => {
  const root = document.querySelector("#model-facts"), broken = [];
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT), range = document.createRange();
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    for (const word of node.data.matchAll(/\w+/g)) {
      range.setStart(node, word.index);
      range.setEnd(node, word.index + word[0].length);
      const lines = new Set([...range.getClientRects()].map((box) => Math.round(box.top)));
      if (lines.size > 1) broken.push(word[0]);
    }
  }
  return broken;
}"""


@pytest.fixture(scope="module")
def hub(tiny, tmp_path_factory):
    folder = tmp_path_factory.mktemp("repositories")
    stored = store_in_4_bits(tiny.base, folder / "stored")
    with fake_hub() as hub:
        hub.known_tokens = {TOKEN}
        hub.repositories[FIRST.base] = Repository(stored)
        hub.repositories[SECOND.base] = Repository(tiny.base, readers={TOKEN})
        for generation in (FIRST, SECOND):
            adapter = Path(shutil.copytree(tiny.adapter, folder / generation.adapter))
            edit_json(adapter / "adapter_config.json", base_model_name_or_path=generation.base)
            revisions = {"main": COMMIT, COMMIT: COMMIT}
            hub.repositories[generation.adapter] = Repository(adapter, revisions=revisions)
        yield hub


@pytest.fixture(scope="module")
def addresses(hub, tmp_path_factory):
    """Where each generation's adapter is shown."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("HF_", "PRICER_", "SPACE_"))}
    environ |= {"HF_ENDPOINT": hub.address, "HF_HOME": str(tmp_path_factory.mktemp("home")), "HF_HUB_DISABLE_XET": "1"}
    variables = [{"PRICER_ADAPTER": generation.adapter} | generation.environ for generation in (FIRST, SECOND)]
    with subprocess.Popen(
        [sys.executable, "-m", "tests.support.serve_models", json.dumps(variables)],
        cwd=ROOT,
        env=environ,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        serving = (line.split()[1] for line in process.stdout if line.startswith("serving "))
        yield {generation.adapter: next(serving) for generation in (FIRST, SECOND)}
        process.stdin.close()


@pytest.fixture(scope="module")
def address():
    """Where the bundled model is shown, as on a machine on which nothing is set and no GPU was found."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "look_at_machine", lambda: CPU)
        for name in [name for name in os.environ if name.startswith("PRICER_")]:
            patch.delenv(name)
        with served(engine.open_pricer()) as url:
            yield url


def about(page: Page):
    """Tab "Model", by the way that the head of the page names."""
    page.get_by_role("button", name="About this model").click()
    facts = page.locator("#model-facts")
    expect(facts.get_by_role("heading", name="Adapter", exact=True)).to_be_visible()
    return facts


def links(page: Page) -> dict[str, str]:
    """Where the links of the head lead; each opens a tab of its own."""
    found = page.locator("#head a[target=_blank][rel=noopener]").all()
    assert page.locator("#head a").count() == len(found)
    return {link.inner_text(): link.get_attribute("href") for link in found}


def test_the_built_in_model_says_once_why_it_runs_and_what_it_is_made_of(visit):
    page = visit()
    expect(page.locator("#head")).to_contain_text(
        "Running the small built-in model (20 M parameters), because no GPU was found."
    )
    expect(page.locator("#head")).to_contain_text("Nothing you paste is stored on this server or sent on.")
    assert {"LLM Engineering": "https://github.com/ed-donner/llm_engineering"} == links(page)
    expect(page.locator("#form-hint")).to_have_count(0)
    facts = about(page)

    assert 1 == page.locator("body").inner_text().lower().count("no gpu was found")
    tree = facts.locator("details pre")
    expect(tree).to_be_hidden()
    facts.locator("summary").click()
    for line in ("lora.Linear4bit(", "Linear4bit(in_features=384", "(lora_A)", "(lora_B)", "out_features=12800"):
        expect(tree).to_contain_text(line)
    own = facts.locator(".own")
    expect(own.get_by_role("row", name="PRICER_ADAPTER ", exact=False).first).to_contain_text("not set")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    own.get_by_role("button", name="Copy").click()
    expect(own.get_by_role("button", name="Copied")).to_be_visible()
    assert "PRICER_ADAPTER=YOU/your-adapter" == page.evaluate("navigator.clipboard.readText()")


@pytest.mark.parametrize("generation", [FIRST, SECOND], ids=["first", "second"])
def test_a_students_adapter_is_named_with_its_base_its_data_its_modules_and_its_prompt(
    addresses, browser, hub, generation
):
    page = browser.new_page(viewport=DESKTOP)
    page.goto(addresses[generation.adapter])
    head = page.locator("#head")
    adapter = generation.adapter
    expect(head).to_contain_text(f"Fine-tuned by {adapter} @ 1a2b3c4 on {generation.called}.")
    expected = {
        f"{adapter} @ 1a2b3c4": f"{hub.address}/{adapter}/tree/{COMMIT}",
        generation.called: f"{hub.address}/{generation.base}",
        "LLM Engineering": "https://github.com/ed-donner/llm_engineering",
        generation.data: f"{hub.address}/datasets/{generation.data}",
    }
    if generation is SECOND:
        space = f"{hub.address}/spaces/you/price-is-right"
        expected |= {"Duplicate this Space": f"{space}?duplicate=true", "Source": f"{space}/tree/main"}
    assert expected == links(page)
    facts = about(page)

    for value in (f"it was trained on {generation.base}", generation.cut, f"hub:{generation.data}", "4 bit (NF4"):
        expect(facts).to_contain_text(value)
    assert generation.prompt == facts.locator(".prompt").inner_text()
    facts.locator("summary").click()
    for line in (
        "(base_layer): Linear4bit(in_features=64, out_features=64, bias=False)",
        "(default): Dropout(p=0.1, inplace=False)",
        "(default): Linear(in_features=64, out_features=4, bias=False)",
        "(default): Linear(in_features=4, out_features=64, bias=False)",
        "(lm_head): Linear(in_features=64, out_features=1371, bias=False)",
    ):
        expect(facts.locator("details pre")).to_contain_text(line)
    expect(facts.locator(".copy pre")).to_have_text(f"PRICER_ADAPTER={adapter}")
    assert TOKEN not in page.content()
    page.set_viewport_size(PHONE)
    assert [] == page.evaluate(BROKEN_WORDS)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.close()


def test_an_adapter_of_the_second_generation_offers_its_form_which_takes_in_what_was_typed(addresses, browser):
    page = browser.new_page()
    page.goto(addresses[SECOND.adapter])
    expect(page.locator("#form-hint")).to_contain_text(
        "trained on rewritten text: Title, Category, Brand, Description, Details."
    )
    box = page.locator("#description textarea")
    box.fill("A red mug for coffee")
    page.get_by_role("button", name="Use the template").click()

    form = "Title: \nCategory: \nBrand: \nDescription: A red mug for coffee\nDetails: "
    expect(box).to_have_value(form)
    expect(box).to_be_focused()
    page.get_by_role("button", name="Use the template").click()
    page.click("#price-button")
    expect(page.locator('#price-card [data-part="tokens"]')).to_contain_text("tokens.")
    expect(box).to_have_value(form)
    page.goto(addresses[FIRST.adapter])
    expect(box).to_be_visible()
    expect(page.locator("#form-hint")).to_have_count(0)
    page.close()


def test_the_head_gives_any_reason_for_the_built_in_model_as_the_end_of_its_sentence():
    info = FakePricer().info

    def said(reason: str) -> str:
        head = markup(replace(info, reason=reason), space="", runs_are_kept=False)
        return head.partition("parameters), ")[2].partition(" <button")[0]

    assert "because the GPU has 4 GB." == said("The GPU has 4 GB.")
    assert "because PRICER_MODEL is bundled." == said("PRICER_MODEL is bundled.")
    assert "because a &lt;b&gt; was asked for." == said("A <b> was asked for.")


def test_a_folder_is_no_link_and_a_run_that_is_kept_is_said_to_be():
    info = FakePricer().info
    row = replace(info.row, name="runs/mine", base="/models/Llama-3.2-3B", items="mine.csv")
    mine = replace(info, row=row, adapter=Adapter("/home/somebody/runs/mine", None, 32, 64, 0.1, ("q_proj",), 12, 5.0))
    head = markup(mine, space="", runs_are_kept=True)

    assert "Fine-tuned by <strong>runs/mine</strong> on Llama 3.2 3B." in head
    assert 1 == head.count("<a ")
    assert "stored on this server or sent on. Test runs are kept on it." in head
    assert "somebody" not in head
