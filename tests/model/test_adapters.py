"""Adapters as people have them: mended, told, or refused with the remedy that helps."""

import hashlib
import math
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from peft import LoraConfig, get_peft_model
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM

from pricer.errors import ModelError
from pricer.model.loading import load
from tests.support.tiny_llama import CPU, VOCABULARY, asked_for, edit_json, make_row

IDS = torch.tensor([[1, 2, 3]])


def loaded(base, adapter):
    return load(asked_for(make_row(base, adapter)), CPU)


def refusal(base, adapter):
    """The sentence with which an adapter is refused; none of these is cured by another base."""
    with pytest.raises(ModelError) as refused:
        loaded(base, adapter)
    assert "choose the base" not in str(refused.value)
    return str(refused.value)


@pytest.fixture
def changed(tiny, tmp_path):
    """A copy of the tiny adapter whose weights went through `change`, a function from name and tensor to the same."""

    def changed(change):
        folder = Path(shutil.copytree(tiny.adapter, tmp_path / "adapter"))
        weights = load_file(folder / "adapter_model.safetensors")
        save_file(
            dict(change(name, weight) for name, weight in weights.items()),
            folder / "adapter_model.safetensors",
            {"format": "pt"},
        )
        return folder

    return changed


@pytest.fixture
def resized(tiny, tmp_path):
    """An adapter that was trained with one token more than the base has, and the model that was saved."""

    def resized(**options):
        torch.manual_seed(3)
        model = AutoModelForCausalLM.from_pretrained(tiny.base, dtype=torch.float32)
        model.resize_token_embeddings(VOCABULARY + 1)
        model = get_peft_model(
            model, LoraConfig(r=4, lora_alpha=8, target_modules=["q_proj"], task_type="CAUSAL_LM", **options)
        )
        for name, parameter in model.named_parameters():
            if "lora_B" in name or "modules_to_save" in name:
                torch.nn.init.normal_(parameter, std=0.3)
        model.save_pretrained(tmp_path / "resized")
        return SimpleNamespace(model=model.eval(), folder=tmp_path / "resized")

    return resized


@pytest.mark.parametrize("options", [{}, {"modules_to_save": ["lm_head"]}, {"modules_to_save": ["embed_tokens"]}])
def test_a_token_that_was_added_in_training_is_not_read_and_all_others_answer_as_saved(tiny, resized, options):
    saved = resized(**options)
    row = make_row(tiny.base, saved.folder, quantization="none")
    model = load(asked_for(row), CPU)

    assert (VOCABULARY, VOCABULARY + 1) == (model.model(IDS).logits.shape[-1], saved.model(IDS).logits.shape[-1])
    torch.testing.assert_close(saved.model(IDS).logits[..., :VOCABULARY], model.model(IDS).logits, rtol=0, atol=1e-4)
    assert "The adapter was trained with 1 token more than the base has, which is not read." in model.info.reason


def test_with_a_resized_adapter_off_the_base_alone_answers(tiny, resized):
    both, alone = loaded(tiny.base, resized().folder), loaded(tiny.base, None)

    with both.answering(adapter=False) as off:
        assert torch.equal(alone.model(IDS).logits, off(IDS).logits)


def test_names_of_a_compiled_model_are_mended(tiny, changed):
    compiled = changed(lambda name, weight: (name.replace("base_model.model.", "base_model.model._orig_mod."), weight))
    model = loaded(tiny.base, compiled)

    assert torch.equal(loaded(tiny.base, tiny.adapter).model(IDS).logits, model.model(IDS).logits)
    assert model.info.reason.endswith("The adapter was saved from a compiled model; its names were mended.")


def test_the_fingerprint_of_a_mended_adapter_is_that_of_its_own_file(tiny, changed):
    compiled = changed(lambda name, weight: (name.replace("base_model.model.", "base_model.model._orig_mod."), weight))

    assert (
        hashlib.sha256((compiled / "adapter_model.safetensors").read_bytes()).hexdigest()
        == loaded(tiny.base, compiled).info.adapter.fingerprint
    )


def test_an_adapter_whose_b_matrices_are_all_zero_is_said_to_change_nothing(tiny, changed):
    untrained = changed(lambda name, weight: (name, torch.zeros_like(weight) if "lora_B" in name else weight))
    model = loaded(tiny.base, untrained)

    assert torch.equal(loaded(tiny.base, None).model(IDS).logits, model.model(IDS).logits)
    assert "changes nothing: all its B matrices are zero" in model.info.reason
    assert "changes nothing" not in loaded(tiny.base, tiny.adapter).info.reason


def test_empty_matrices_are_told_as_such(tiny, changed):
    empty = changed(lambda name, _: (name, torch.zeros(0)))

    sentence = refusal(tiny.base, empty)
    assert "holds 16 empty matrices of 16" in sentence
    assert "Save it again with the weights gathered" in sentence


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_weights_that_are_not_finite_are_refused_at_load(tiny, changed, value):
    broken = changed(
        lambda name, weight: (name, torch.full_like(weight, value) if "0.self_attn.q_proj.lora_A" in name else weight)
    )

    assert "not finite in 1 of its 16 matrices: its training went astray" in refusal(tiny.base, broken)


@pytest.mark.parametrize("start", ["olora", "pissa", "pissa_niter_4"])
def test_an_adapter_that_changes_its_base_is_refused_with_the_way_to_convert_it(tiny, changed, start):
    adapter = changed(lambda name, weight: (name, weight))
    edit_json(adapter / "adapter_config.json", init_lora_weights=start)

    sentence = refusal(tiny.base, adapter)
    assert f"was begun as {start}, which changes the weights of the base too" in sentence
    assert "path_initial_model_for_weight_conversion" in sentence


def test_a_folder_that_holds_only_checkpoints_names_the_newest(tiny, tmp_path):
    run = tmp_path / "run"
    for step in (500, 1000, 90):
        shutil.copytree(tiny.adapter, run / f"checkpoint-{step}")

    assert refusal(tiny.base, run) == (
        f"The adapter {run} has no adapter_config.json, but holds checkpoint-90, checkpoint-500, checkpoint-1000: name "
        f"one of these folders, such as PRICER_ADAPTER={run}/checkpoint-1000."
    )
    assert 8 == loaded(tiny.base, run / "checkpoint-500").info.adapter.layers
