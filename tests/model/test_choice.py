"""The table of models and the choice among its rows."""

import subprocess
import sys

import pytest

from pricer.errors import ModelError
from pricer.model.choice import choose
from pricer.model.machine import Machine
from pricer.model.registry import ROWS
from pricer.pricing.prompt import FRAMES

T4 = Machine(gpu="Tesla T4", gpu_gb=15.8, capability=(7, 5))
SMALL_GPU = Machine(gpu="GTX 1050", gpu_gb=4.2, capability=(6, 1))
NO_GPU = Machine()


def chosen(base=None, **environ):
    """The choice that these variables lead to on a machine without a GPU, for an adapter that names `base`."""
    return choose(environ, NO_GPU, base_of=lambda *_: base)


def own(base="meta-llama/Meta-Llama-3.1-8B", **environ):
    """Its row."""
    return chosen(base, **environ).row


def test_a_gpu_and_a_token_choose_the_course_8b_and_say_why():
    choice = choose({"HF_TOKEN": "hf_x"}, T4)

    assert ROWS["llama-3.1-8b"] == choice.row
    assert "This machine has a GPU with 16 GB (Tesla T4) and HF_TOKEN is set." == choice.reason
    assert choice.automatic


def test_a_gpu_without_a_token_chooses_the_ungated_mirror_and_says_why():
    choice = choose({}, T4)

    assert ROWS["llama-3.1-8b-mirror"] == choice.row
    assert choice.reason.endswith("HF_TOKEN is not set, so the ungated mirror of the base is used.")
    assert choice.automatic


def test_exactly_eight_gigabytes_are_enough_for_the_8b():
    assert "llama-3.1-8b-mirror" == choose({}, Machine(gpu="A GPU", gpu_gb=8.0)).row.name
    assert "bundled" == choose({}, Machine(gpu="A GPU", gpu_gb=7.99)).row.name


def test_a_gpu_that_is_too_small_chooses_the_bundled_model_and_says_how_much_is_needed():
    choice = choose({"HF_TOKEN": "hf_x"}, SMALL_GPU)

    assert ROWS["bundled"] == choice.row
    assert choice.reason.startswith("The GPU (GTX 1050) has 4 GB, and the 8B needs 8 GB.")
    assert choice.automatic


def test_a_machine_without_a_gpu_chooses_the_bundled_model_with_or_without_a_token():
    for environ in ({}, {"HF_TOKEN": "hf_x"}):
        choice = choose(environ, NO_GPU)

        assert ROWS["bundled"] == choice.row
        assert "No GPU was found." == choice.reason
        assert choice.automatic


@pytest.mark.parametrize("accelerator", ["t4-small", "nvidia-t4", "gpu"])
def test_a_space_whose_gpu_torch_does_not_see_says_exactly_that_and_how_to_mend_it(accelerator):
    machine = Machine(accelerator=accelerator)
    choice = choose({}, machine)

    assert ROWS["bundled"] == choice.row
    assert machine.hidden_gpu == choice.reason
    assert f"a GPU ({accelerator}) that the installed torch does not see" in choice.reason
    assert "requirements.txt" in choice.reason


@pytest.mark.parametrize("accelerator", [None, "", "none", "cpu", "CPU", "cpu-basic", "cpu-upgrade"])
def test_a_space_without_a_gpu_hides_none(accelerator):
    assert Machine(accelerator=accelerator).hidden_gpu is None


def test_zerogpu_has_sentences_of_its_own_and_none_is_about_a_driver():
    seen = choose({}, Machine(gpu="RTX PRO 6000", gpu_gb=102.0, capability=(12, 0), lent=True))
    unseen = choose({}, Machine(accelerator="zero-a10g", lent=True))

    assert "ZeroGPU lends this Space a GPU (RTX PRO 6000); HF_TOKEN is not set, so the ungated mirror" in seen.reason
    assert unseen.reason.startswith("This Space runs on ZeroGPU, which shows its GPU only to a program that imports")
    assert ["llama-3.1-8b-mirror", "bundled"] == [seen.row.name, unseen.row.name]


def test_a_gpu_that_torch_sees_is_not_hidden():
    assert Machine(gpu="Tesla T4", gpu_gb=15.8, accelerator="t4-small").hidden_gpu is None


@pytest.mark.parametrize("name", ROWS)
def test_every_row_can_be_asked_for_by_name_and_by_variable(name):
    by_name, by_variable = choose({}, NO_GPU, name), choose({"PRICER_MODEL": name}, T4)

    assert (ROWS[name], "It was asked for.", False) == (by_name.row, by_name.reason, by_name.automatic)
    assert (ROWS[name], f"PRICER_MODEL is {name}.", False) == (
        by_variable.row,
        by_variable.reason,
        by_variable.automatic,
    )


def test_a_name_goes_before_every_variable():
    environ = {"PRICER_MODEL": "llama-3.2-3b", "PRICER_ADAPTER": "me/mine", "PRICER_PROMPT": "2025"}

    assert ROWS["bundled"] == choose(environ, T4, "bundled").row


@pytest.mark.parametrize("ask", [{"name": "gpt-9"}, {"environ": {"PRICER_MODEL": "gpt-9"}}])
def test_an_unknown_name_is_refused_with_the_list(ask):
    with pytest.raises(ModelError) as refused:
        choose(ask.get("environ", {}), NO_GPU, ask.get("name"))

    assert str(refused.value) == (
        "There is no model 'gpt-9': choose one of bundled, llama-3.1-8b, llama-3.1-8b-mirror, llama-3.2-3b, "
        "llama-3.2-3b-mirror."
    )


def test_empty_variables_count_as_unset():
    names = ("PRICER_MODEL", "PRICER_BASE_MODEL", "PRICER_ADAPTER", "PRICER_ADAPTER_REVISION", "PRICER_PROMPT")
    environ = dict.fromkeys((*names, "PRICER_DATASET", "PRICER_QUANTIZATION", "HF_TOKEN"), "")

    assert choose({}, T4) == choose(environ, T4)


def test_an_adapter_for_the_8b_takes_the_question_cut_and_items_of_the_first_generation():
    choice = chosen("meta-llama/Meta-Llama-3.1-8B", PRICER_ADAPTER="me/mine", HF_TOKEN="hf_x")
    row = choice.row

    assert ("me/mine", "meta-llama/Meta-Llama-3.1-8B", "me/mine") == (row.name, row.base, row.adapter)
    assert row.adapter_revision is None
    assert (FRAMES["2024"], "hub:ed-donner/pricer-data", "4bit", 7.0) == (
        row.frame,
        row.items,
        row.quantization,
        row.memory_gb,
    )
    assert "llama-3.1-8b-mirror" == row.mirror
    assert () == row.reported
    assert (
        "PRICER_ADAPTER is set: it was trained on meta-llama/Meta-Llama-3.1-8B, so base, question, cut and test items "
        "are those of llama-3.1-8b."
    ) == choice.reason
    assert not choice.automatic


@pytest.mark.parametrize(
    "base",
    [
        "meta-llama/Llama-3.2-3B",
        "unsloth/Llama-3.2-3B",
        "unsloth/llama-3.2-3b-bnb-4bit",
        "unsloth/Llama-3.2-3B-unsloth-bnb-4bit",
        "/content/drive/MyDrive/Llama-3.2-3B",
    ],
)
def test_an_adapter_for_the_3b_takes_those_of_the_second_generation_and_its_mirror_without_a_token(base):
    choice = chosen(base, PRICER_ADAPTER="me/mine")
    row = choice.row

    assert ("unsloth/Llama-3.2-3B-bnb-4bit", FRAMES["2025"], "hub:ed-donner/items_prompts_full") == (
        row.base,
        row.frame,
        row.items,
    )
    assert f"it was trained on {base}, so base, question" in choice.reason
    assert choice.reason.endswith("HF_TOKEN is not set, so the ungated mirror of the base is used.")
    assert "meta-llama/Llama-3.2-3B" == own(base, PRICER_ADAPTER="me/mine", HF_TOKEN="hf_x").base


@pytest.mark.parametrize("base", ["me/llama", "somebody/Llama-3.2-3B", "meta-llama/Llama-3.2-3B-Instruct"])
def test_an_adapter_for_any_other_base_takes_it_by_its_name_and_says_which_question_is_assumed(base):
    choice = chosen(base, PRICER_ADAPTER="me/mine")

    assert (base, FRAMES["2024"], None, 0.0) == (
        choice.row.base,
        choice.row.frame,
        choice.row.mirror,
        choice.row.memory_gb,
    )
    assert choice.reason.startswith(f"PRICER_ADAPTER is set: it was trained on {base}. Nothing says which question")
    assert "PRICER_PROMPT=2025 asks the other" in choice.reason
    assert "Nothing says" not in chosen(base, PRICER_ADAPTER="me/mine", PRICER_PROMPT="2025").reason


@pytest.mark.parametrize(
    ("base", "said"), [(None, "names no base"), ("base", "names the base 'base', which is not here")]
)
def test_an_adapter_that_names_no_base_that_can_be_found_is_said_to_get_the_8b(base, said):
    choice = chosen(base, PRICER_ADAPTER="me/mine", HF_TOKEN="hf_x")

    assert "meta-llama/Meta-Llama-3.1-8B" == choice.row.base
    assert f"it {said}, so meta-llama/Meta-Llama-3.1-8B is assumed: PRICER_BASE_MODEL names another." in choice.reason


def test_what_was_chosen_by_variables_is_not_said_to_be_inferred():
    settings = {"PRICER_ADAPTER": "me/mine", "PRICER_PROMPT": "2024", "PRICER_DATASET": "bundled", "HF_TOKEN": "hf_x"}
    choice = chosen("meta-llama/Llama-3.2-3B", **settings)

    assert (FRAMES["2024"], "bundled") == (choice.row.frame, choice.row.items)
    assert choice.reason.endswith("so base is that of llama-3.2-3b.")


@pytest.mark.parametrize(
    ("written", "adapter", "revision"),
    [
        (" me/mine\n", "me/mine", None),
        ("https://huggingface.co/me/mine", "me/mine", None),
        ("huggingface.co/me/mine/", "me/mine", None),
        ("https://huggingface.co/me/mine/tree/abc123", "me/mine", "abc123"),
        ("https://huggingface.co/me/mine/tree/main/checkpoint-500", "me/mine/checkpoint-500", "main"),
        ("me/mine/checkpoint-500", "me/mine/checkpoint-500", None),
    ],
)
def test_blanks_and_addresses_of_pages_are_understood_as_ids(written, adapter, revision):
    row = own(PRICER_ADAPTER=written)

    assert (adapter, revision) == (row.adapter, row.adapter_revision)


def test_an_own_adapter_without_a_token_goes_on_the_mirror():
    row = own(PRICER_ADAPTER="me/mine")

    assert ("unsloth/Meta-Llama-3.1-8B-bnb-4bit", None) == (row.base, row.mirror)


def test_an_own_adapter_takes_its_own_revision():
    assert "abc123" == own(PRICER_ADAPTER="me/mine", PRICER_ADAPTER_REVISION="abc123").adapter_revision


def test_a_revision_alone_is_another_checkpoint_of_the_course_adapter():
    row = choose({"PRICER_ADAPTER_REVISION": "abc123"}, T4).row

    assert ("ed-donner/pricer-2024-09-13_13.04.39", "abc123") == (row.adapter, row.adapter_revision)


def test_an_own_base_comes_without_the_course_adapter_which_would_not_fit():
    row = own(PRICER_BASE_MODEL="me/base", HF_TOKEN="hf_x")

    assert ("me/base", "me/base", None, None) == (row.name, row.base, row.adapter, row.adapter_revision)
    assert (None, 0.0) == (row.mirror, row.memory_gb)


def test_base_and_adapter_of_ones_own_are_both_named_in_the_reason():
    choice = choose({"PRICER_BASE_MODEL": "me/base", "PRICER_ADAPTER": "me/mine"}, T4)

    assert ("me/base", "me/mine") == (choice.row.base, choice.row.adapter)
    assert choice.reason.startswith("PRICER_BASE_MODEL and PRICER_ADAPTER are set. Nothing says which question")


def test_an_own_adapter_takes_base_frame_and_data_set_of_the_model_that_is_named():
    choice = choose({"PRICER_MODEL": "llama-3.2-3b", "PRICER_ADAPTER": "me/mine"}, T4)

    assert ("meta-llama/Llama-3.2-3B", "me/mine", None) == (
        choice.row.base,
        choice.row.adapter,
        choice.row.adapter_revision,
    )
    assert (FRAMES["2025"], "hub:ed-donner/items_prompts_full") == (choice.row.frame, choice.row.items)
    assert "PRICER_MODEL is llama-3.2-3b. PRICER_ADAPTER is set." == choice.reason


def test_what_was_measured_of_the_bundled_adapter_is_not_said_of_ones_own():
    row = own(PRICER_MODEL="bundled", PRICER_ADAPTER="me/mine")

    assert ((), ()) == (row.reported, row.intervals)


def test_the_frame_is_chosen_by_its_year():
    assert FRAMES["2025"] == own(PRICER_ADAPTER="me/mine", PRICER_PROMPT="2025").frame


def test_an_unknown_frame_is_refused_with_the_list():
    with pytest.raises(ModelError) as refused:
        own(PRICER_PROMPT="2023")

    assert "PRICER_PROMPT is '2023': set it to one of 2024, 2025." == str(refused.value)


@pytest.mark.parametrize("quantization", ["4bit", "8bit", "none"])
def test_the_quantization_is_chosen_by_its_name(quantization):
    assert quantization == own(PRICER_BASE_MODEL="me/base", PRICER_QUANTIZATION=quantization).quantization


def test_an_unknown_quantization_is_refused_with_the_list():
    with pytest.raises(ModelError) as refused:
        own(PRICER_QUANTIZATION="2bit")

    assert "PRICER_QUANTIZATION is '2bit': set it to one of 4bit, 8bit, none." == str(refused.value)


def test_a_data_set_is_the_bundled_one_a_file_or_a_name_on_the_hub(tmp_path):
    file = tmp_path / "mine.csv"
    file.write_text("text,price\nA kettle,30\n")

    assert "bundled" == own(PRICER_DATASET="bundled").items
    assert str(file) == own(PRICER_DATASET=str(file)).items
    assert "hub:me/items" == own(PRICER_DATASET="me/items").items
    assert "hub:me/items" == own(PRICER_DATASET="https://huggingface.co/datasets/me/items").items
    assert "hub:me/items@abc" == own(PRICER_DATASET="hub:me/items@abc").items


def test_generations_are_not_mixed():
    for name, frame, items in (
        ("bundled", "2024", "bundled"),
        ("llama-3.1-8b", "2024", "hub:ed-donner/pricer-data"),
        ("llama-3.1-8b-mirror", "2024", "hub:ed-donner/pricer-data"),
        ("llama-3.2-3b", "2025", "hub:ed-donner/items_prompts_full"),
        ("llama-3.2-3b-mirror", "2025", "hub:ed-donner/items_prompts_full"),
    ):
        assert (FRAMES[frame], items) == (ROWS[name].frame, ROWS[name].items)


def test_adapters_of_the_course_are_pinned_to_a_commit():
    revisions = [row.adapter_revision for row in ROWS.values() if row.name != "bundled"]

    assert [40, 40, 40, 40] == [len(revision) for revision in revisions]


def test_the_bundled_model_lies_in_the_package_and_needs_no_token():
    row = ROWS["bundled"]

    assert row.base.endswith("/pricer/bundled/base")
    assert row.adapter.endswith("/pricer/bundled/adapter")
    assert row.mirror is None


def test_choosing_imports_neither_torch_nor_peft_nor_transformers():
    program = "import sys, pricer.model.choice; print({'torch', 'peft', 'transformers'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert "set()" == done.stdout.strip()
