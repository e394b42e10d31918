"""The model that comes with the package, by the path that the product takes."""

import json
import os
import re
import statistics
import subprocess
import sys
from html import escape
from itertools import cycle
from pathlib import Path

import pytest

from pricer.items.load import load_items
from pricer.model.registry import ROWS
from tests import ROOT
from tests.support import golden
from tests.support.fake_hub import fake_hub

BASE, ADAPTER = Path(ROWS["bundled"].base), Path(ROWS["bundled"].adapter)
MOST_BYTES_IN_A_FILE = 10_000_000  # what the Hub takes without large file storage

DESCRIPTIONS = (
    "USB-C charging cable, 6 feet, braided nylon",
    "Gaming laptop with a 16-inch display, 32 GB of memory, a 1 TB SSD and a powerful graphics card",
    "Stainless steel electric kettle, 1.7 litres",
    "mug",
)


def prices(pricer, descriptions):
    """Prices in dollars."""
    return [estimate.price for estimate in pricer.estimate_all(descriptions)]


def test_it_is_loaded_in_4_bits_with_its_adapter_apart(bundled_pricer):
    info = bundled_pricer.info

    assert ("bundled", "4 bit (NF4, double quantization), unpacked once to float32", "float32", "CPU", "") == (
        info.row.name,
        info.quantization,
        info.compute_dtype,
        info.device,
        info.banner,
    )
    assert info.adapter.layers > 0
    assert info.adapter.revision is None
    assert info.megabytes < 100
    assert 20_262_272 == info.parameters  # 15,823,232 of the base and 4,439,040 of the adapter
    assert "(query): lora.Linear4bit(" in info.tree
    assert "(base_layer): Linear4bit(in_features=384, out_features=384, bias=True)" in info.tree
    assert "(default): Linear(in_features=384, out_features=96, bias=False)" in info.tree
    assert "(base_layer): Linear(in_features=384, out_features=12800, bias=True)" in info.tree
    assert info.vocabulary == info.head[0]


def test_its_files_are_safetensors_and_json_alone_and_small_enough_for_a_plain_push():
    files = [file for folder in (BASE, ADAPTER) for file in folder.iterdir()]

    assert {".safetensors", ".json"} == {file.suffix for file in files}
    assert [] == [file.name for file in files if file.stat().st_size >= MOST_BYTES_IN_A_FILE]


def test_all_of_it_together_is_small_enough_to_be_cloned_by_anybody():
    assert sum(file.stat().st_size for file in BASE.parent.rglob("*") if file.is_file()) < 30_000_000


def test_its_adapter_names_no_path_of_the_machine_that_made_it():
    assert "base" == json.loads((ADAPTER / "adapter_config.json").read_text())["base_model_name_or_path"]


def test_a_batch_answers_as_one_by_one_to_the_cent(bundled_pricer):
    alone = pytest.approx([prices(bundled_pricer, [description])[0] for description in DESCRIPTIONS], abs=0.005)

    assert alone == prices(bundled_pricer, DESCRIPTIONS)
    assert alone == prices(bundled_pricer, DESCRIPTIONS[::-1])[::-1]


def test_it_knows_a_laptop_from_a_cable(bundled_pricer):
    cable, laptop, *_ = (estimate.median for estimate in bundled_pricer.estimate_all(DESCRIPTIONS))

    assert cable < laptop


def test_nearly_all_probability_lies_on_prices(bundled_pricer):
    assert min(estimate.mass for estimate in bundled_pricer.estimate_all(DESCRIPTIONS)) > 0.9


def test_what_things_cost_is_the_knowledge_of_the_adapter(bundled_pricer):
    with_adapter = bundled_pricer.estimate_all(DESCRIPTIONS)
    base_alone = bundled_pricer.estimate_all(DESCRIPTIONS, adapter=False)

    assert max(estimate.mass for estimate in base_alone) < min(estimate.mass for estimate in with_adapter)


def test_its_first_generated_token_is_the_likeliest_price(bundled_pricer):
    for estimate, completion in zip(
        bundled_pricer.estimate_all(DESCRIPTIONS), bundled_pricer.generate_all(DESCRIPTIONS), strict=True
    ):
        assert completion.text.split()[0].startswith(estimate.candidates[0].token)


def test_a_prompt_begins_with_exactly_one_bos_token(bundled_pricer):
    ids = bundled_pricer.prompt("[CLS] a mug [CLS]").ids
    bos = bundled_pricer._loaded.tokenizer.bos_token_id

    assert (bos, 1) == (ids[0], ids.count(bos))


@pytest.mark.parametrize(
    "text",
    [
        "word " * 5_000,
        "1" * 3_000,
        "mug " + "🫖" * 500,
        "إبريق شاي",
        "\ud800 mug",
        "a" * 1_000_000,
        "[SEP] [PAD] mug",
        "<b>mug</b>",
    ],
    ids=["long", "digits", "emoji", "right to left", "surrogate", "megabyte", "special tokens", "markup"],
)
def test_any_text_fits_the_model_and_gets_a_price(bundled_pricer, text):
    [estimate] = bundled_pricer.estimate_all([text])

    assert 0 < estimate.price <= 999
    assert estimate.tokens <= 160


def test_the_bundled_items_are_priced_without_their_prices(bundled_pricer):
    items = load_items("bundled", limit=8).items
    prompts = [bundled_pricer.prompt(item.text).text for item in items]

    assert all(prompt.endswith("\n\nPrice is $") for prompt in prompts)
    assert all(estimate.price is not None for estimate in bundled_pricer.estimate_all([item.text for item in items]))


def test_it_answers_without_asking_any_server_anything(tmp_path):
    program = "from pricer import open_pricer; print(open_pricer('bundled').estimate_all(['A mug'])[0].price > 0)"
    with fake_hub() as hub:
        environ = {"HF_ENDPOINT": hub.address, "HF_HOME": str(tmp_path), "HF_HUB_OFFLINE": "0", "OMP_NUM_THREADS": "1"}
        done = subprocess.run(
            [sys.executable, "-c", program],
            cwd=ROOT,
            env=dict(os.environ) | environ,
            capture_output=True,
            text=True,
            timeout=300,
            check=True,
        )

        assert "True" == done.stdout.strip()
        assert [] == hub.requests


# What it said when it was made. With new weights: `python -m tests.support.golden`


def test_its_weights_are_those_that_the_kept_prices_are_of(bundled_pricer):
    assert golden.kept()["adapter"] == bundled_pricer.info.adapter.fingerprint


def test_the_price_of_a_description_is_the_same_today_as_when_the_model_was_made(bundled_pricer):
    today = golden.said(bundled_pricer)

    assert [pytest.approx(kept, abs=0.005) for kept in golden.kept()["said"]] == today


def test_a_description_alone_has_the_price_that_it_was_given_in_a_batch_when_the_model_was_made(bundled_pricer):
    alone = [golden.said(bundled_pricer, [description])[0] for description in golden.DESCRIPTIONS]

    assert [pytest.approx(kept, abs=0.005) for kept in golden.kept()["said"]] == alone


def as_a_page_of_a_shop(phrases):
    rows = (f'<li class="a-spacing-mini"><span class="a-list-item">{escape(phrase)}</span></li>' for phrase in phrases)
    return f'<div class="a-section"><ul class="a-unordered-list a-vertical">{"".join(rows)}</ul></div>'


def with_emoji(phrases):
    return " ".join(f"{sign} {phrase}" for sign, phrase in zip(cycle("✅🔥🎁"), phrases, strict=False))


def in_brackets(phrases):
    return " ".join(re.sub(r"^\S+(?: \S+)?", "【\\g<0>】", phrase) for phrase in phrases)


@pytest.mark.parametrize("written", [as_a_page_of_a_shop, with_emoji, in_brackets])
def test_the_same_words_cost_the_same_however_they_are_pasted(bundled_pricer, written):
    plain = [item.text for item in load_items("bundled").items[::4]]
    pasted = [written(re.split(r"(?<=[.;,])\s+", text)) for text in plain]

    assert all(one != other for one, other in zip(plain, pasted, strict=True))
    pairs = zip(prices(bundled_pricer, plain), prices(bundled_pricer, pasted), strict=True)
    assert 0.01 > statistics.median(abs(one - other) / one for one, other in pairs)
