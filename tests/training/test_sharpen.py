"""Step "sharpen": the likeliest tokens come to say what the whole distribution says, on the real bundled model."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from peft import PeftModel
from safetensors.torch import load_file

from pricer.model.base import load_base
from pricer.model.engine import Pricer, left_padded
from pricer.model.loading import load
from pricer.model.registry import ROWS
from pricer.pricing.prompt import build_prompt
from pricer.training.__main__ import main
from pricer.training.last_position import LastPosition, inputs_of
from pricer.training.losses import sharpened
from tests.support.tiny_llama import CPU, asked_for, make_row

BUNDLED = ROWS["bundled"]
TEXTS = [
    "A stainless steel kettle of 1.7 liters with automatic shut-off",
    "Wireless over-ear headphones with noise cancelling and a case to carry them",
    "Oak bookcase with five shelves, 180 cm high",
    "Electric guitar of a solid body with two pickups and a padded bag",
    "Twelve pencils",
]


def test_half_of_a_distribution_stays_and_half_is_drawn_to_its_middle():
    """By the exponent 0.4, $1, $32 and $243 are 1, 4 and 9; shares of 3/8, 1/2, 1/8 have the mean 3.5, or $22.92."""
    shares, dollars = torch.tensor([[0.375, 0.5, 0.125]]), torch.tensor([1.0, 32.0, 243.0]) - 0.5
    target = sharpened(shares.log(), dollars)

    middle = math.log(3.5) / 0.4
    bell = [math.exp(-0.5 * ((math.log(price) - middle) / 0.2) ** 2) for price in (1, 32, 243)]
    drawn = [share * height for share, height in zip(shares[0].tolist(), bell, strict=True)]
    assert [share / 2 + one / sum(drawn) / 2 for share, one in zip(shares[0].tolist(), drawn, strict=True)] == (
        pytest.approx(target[0].tolist(), abs=1e-6)
    )
    assert [0.1875, 0.75, 0.0625] == pytest.approx(target[0].tolist(), abs=1e-4)  # $32 has all that is drawn


def test_what_a_model_leaves_unsaid_is_drawn_to_the_middle_too():
    """Half of the probability on numbers: a quarter stays, and what is drawn is a half."""
    target = sharpened(torch.tensor([[0.5]]).log(), torch.tensor([1.0]))

    assert 0.25 + 0.5 == pytest.approx(target.sum().item())


@pytest.fixture(scope="module")
def trained():
    """The bundled model as the step has it, and its tokenizer."""
    base, tokenizer = load_base(BUNDLED, CPU)
    return PeftModel.from_pretrained(base.dequantize().float(), BUNDLED.adapter, is_trainable=True), tokenizer


def test_the_end_of_the_model_says_from_what_was_kept_what_the_model_says(trained):
    model, tokenizer = trained
    prompts = [list(build_prompt(text, BUNDLED.frame, tokenizer).ids) for text in TEXTS]
    with torch.inference_mode():
        whole = model(**left_padded(prompts, tokenizer.pad_token_id), logits_to_keep=1).logits[:, -1]
        end = LastPosition(model)(inputs_of(model, prompts, tokenizer.pad_token_id))

    before, after = whole.softmax(-1), end.softmax(-1)
    assert (before - after).abs().sum(-1).max() < 0.05  # of 1: what was kept is rounded to half precision
    assert before.argmax(-1).tolist() == after.argmax(-1).tolist()


def test_only_the_matrices_of_the_adapter_learn_and_not_the_numbers_that_texts_hold_too(trained):
    learning = {name for name, one in LastPosition(trained[0]).named_parameters() if one.requires_grad}

    assert 2 * 4 == len(learning)
    assert all("lora_" in name for name in learning)


def test_another_architecture_is_refused(tiny):
    base, _ = load_base(make_row(tiny.base, None), CPU)

    with pytest.raises(ValueError, match="The base is a llama: only the end of a BERT is known here"):
        LastPosition(PeftModel.from_pretrained(base, tiny.adapter))


def middles_and_shares_near_them(adapter):
    """Of each text the mean of ln(price), and the probability within 15% of that price; what the product says."""
    logs = np.log(np.arange(1000) + 0.5)  # (1000,)
    pricer = Pricer(load(asked_for(replace(BUNDLED, adapter=str(adapter))), CPU))
    for estimate in pricer.estimate_all(TEXTS):
        shares = estimate.probabilities / estimate.mass  # (1000,)
        middle = float(shares @ logs)
        yield middle, float(shares[np.abs(logs - middle) < 0.15].sum())


def test_a_sharpened_adapter_says_the_same_price_and_is_more_decided(tmp_path):
    items = tmp_path / "items.csv"
    items.write_text("title,price\n" + "".join(f'"{text}",20\n' for text in TEXTS))
    options = ["--items", str(items), "--base", BUNDLED.base, "--from-adapter", BUNDLED.adapter]
    main(["sharpen", *options, "--texts", "256", "--steps", "20", "--out", str(tmp_path)])

    weights = load_file(tmp_path / "adapter" / "adapter_model.safetensors")
    assert {torch.float16} == {weight.dtype for weight in weights.values()}
    before = middles_and_shares_near_them(BUNDLED.adapter)
    after = middles_and_shares_near_them(tmp_path / "adapter")
    for (middle, near), (middle_after, near_after) in zip(before, after, strict=True):
        assert middle == pytest.approx(middle_after, abs=0.2)
        assert near < near_after
