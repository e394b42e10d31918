"""What a loaded model is called."""

from dataclasses import replace

import pytest

from pricer.model.info import Adapter, model_name
from pricer.model.registry import ROWS
from tests.support.fakes import FakePricer

INFO = FakePricer().info
ADAPTER = Adapter("you/your-adapter", "1a2b3c4" + "0" * 33, 32, 64, 0.1, ("q_proj",), 12, 5.0)


def on(base, adapter):
    """The title of a user's adapter on `base`."""
    return replace(INFO, row=replace(INFO.row, name="you/your-adapter", base=base), adapter=adapter).title


def test_a_fine_tuned_model_is_called_by_its_adapter_its_commit_and_its_base():
    assert "Fine-tuned by you/your-adapter @ 1a2b3c4 on Llama 3.2 3B" == on("meta-llama/Llama-3.2-3B", ADAPTER)


def test_an_adapter_in_a_folder_is_called_by_its_last_two_folders_alone():
    adapter = replace(ADAPTER, name="/home/somebody/runs/mine", revision=None)

    assert "Fine-tuned by runs/mine on Llama 3.1 8B" == on("unsloth/Meta-Llama-3.1-8B-bnb-4bit", adapter)


def test_a_base_alone_is_said_not_to_be_fine_tuned():
    assert "Llama 3.2 3B, not fine-tuned" == on("unsloth/Llama-3.2-3B-bnb-4bit", None)


@pytest.mark.parametrize("name", ["llama-3.1-8b", "llama-3.1-8b-mirror"])
def test_a_mirror_is_called_as_what_it_mirrors(name):
    assert "Llama 3.1 8B" == model_name(ROWS[name].base)
