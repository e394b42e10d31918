"""Loading, by the very path that the course's 8B takes, on a Llama in miniature."""

import json
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from bitsandbytes.functional import dequantize_4bit
from bitsandbytes.nn import Linear4bit, Linear8bitLt
from peft import IA3Config, get_peft_model
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM, LlamaForCausalLM

from pricer.errors import ModelError
from pricer.model.loading import load
from pricer.model.machine import Machine, compute_dtype, look_at_machine, machine_for
from pricer.model.number_tokens import number_tokens, price_tokens
from pricer.model.registry import ROWS
from tests.support.tiny_llama import (
    BOS,
    CPU,
    EOS,
    NUMBERS,
    VOCABULARY,
    asked_for,
    edit_json,
    make_adapter,
    make_base,
    make_row,
    make_tokenizer,
    store_in_4_bits,
)

GIGABYTE = 10**9


def loaded(base, adapter=None, machine=CPU, **fields):
    return load(asked_for(make_row(base, adapter, **fields)), machine)


def refusal(base, adapter=None, machine=CPU, **fields):
    """The sentence with which loading is refused."""
    with pytest.raises(ModelError) as refused:
        loaded(base, adapter, machine, **fields)
    sentence = str(refused.value)
    assert "\n" not in sentence
    return sentence


@pytest.fixture
def copy(tiny, tmp_path):
    """The tiny model in folders that a test may spoil."""
    return SimpleNamespace(
        base=Path(shutil.copytree(tiny.base, tmp_path / "base")),
        adapter=Path(shutil.copytree(tiny.adapter, tmp_path / "adapter")),
    )


@pytest.fixture(scope="module")
def model(tiny):
    return loaded(tiny.base, tiny.adapter)


# What is loaded


def test_every_linear_layer_but_the_head_is_rounded_to_nf4_twice_quantised(model):
    layers = [layer for layer in model.model.modules() if isinstance(layer, Linear4bit)]

    assert 2 * 7 == len(layers)
    assert {"nf4"} == {layer.weight.quant_type for layer in layers}
    assert {True} == {layer.weight.quant_state.nested for layer in layers}
    assert {torch.uint8} == {layer.weight.dtype for layer in layers}
    assert {torch.float32} == {layer.compute_dtype for layer in layers}
    assert not isinstance(model.model.get_output_embeddings(), Linear4bit)


def test_a_head_that_is_tied_to_the_embedding_stays_whole_and_tied(tmp_path):
    base = make_base(tmp_path / "base", tied=True)
    model = loaded(base, make_adapter(base, tmp_path / "adapter")).model

    assert torch.float32 == model.get_output_embeddings().weight.dtype
    assert model.get_output_embeddings().weight is model.get_input_embeddings().weight
    assert 2 * 7 == sum(isinstance(layer, Linear4bit) for layer in model.modules())


def test_the_info_says_what_is_loaded_and_why(model, tiny):
    info = model.info

    assert (tiny.row, "It was asked for.", "") == (info.row, info.reason, info.banner)
    assert ("4 bit (NF4, double quantization)", "float32", "CPU") == (
        info.quantization,
        info.compute_dtype,
        info.device,
    )
    assert (VOCABULARY, (VOCABULARY, 64)) == (info.vocabulary, info.head)
    assert 0 < info.load_seconds < 60


def test_the_info_describes_the_adapter(model, tiny):
    adapter = model.info.adapter

    assert (str(tiny.adapter), None) == (adapter.name, adapter.revision)
    assert (4, 8, 0.1) == (adapter.rank, adapter.alpha, adapter.dropout)
    assert ("k_proj", "o_proj", "q_proj", "v_proj") == adapter.target_modules
    assert 2 * 4 == adapter.layers


def test_megabytes_are_those_of_all_weights(model):
    # Of one layer, q and o are 64 x 64, k and v 32 x 64, the three of the MLP 128 x 64: half a byte a weight.
    linear = 2 * (2 * 64 * 64 + 2 * 32 * 64 + 3 * 128 * 64) / 2
    embedding_and_head = 2 * VOCABULARY * 64 * 4
    norms, rotary = 5 * 64 * 4, 2 * 8 * 4
    # LoRA of rank 4: 64 inputs; 64 outputs of q and o, 32 of k and v.
    lora = 2 * 4 * (2 * (64 + 64) + 2 * (64 + 32)) * 4

    assert (linear + embedding_and_head + norms + rotary) / 1e6 == pytest.approx(model.info.base_megabytes)
    assert lora / 1e6 == pytest.approx(model.info.adapter.megabytes)
    assert model.info.base_megabytes + model.info.adapter.megabytes == model.info.megabytes


def test_padding_is_set_up_as_in_the_course(model):
    end = model.tokenizer.convert_tokens_to_ids(EOS)

    assert (EOS, end) == (model.tokenizer.pad_token, model.tokenizer.pad_token_id)
    assert "right" == model.tokenizer.padding_side
    assert end == model.model.generation_config.pad_token_id


def test_the_adapter_is_not_merged_into_the_rounded_weights(model, tiny):
    adapted = [module for module in model.model.modules() if hasattr(module, "lora_A")]
    stored = load_file(tiny.adapter / "adapter_model.safetensors")
    name = "base_model.model.model.layers.1.self_attn.v_proj.lora_B"

    assert 8 == len(adapted)
    assert {False} == {module.merged for module in adapted}
    assert torch.equal(stored[f"{name}.weight"], model.model.get_submodule(name)["default"].weight)


def test_dropout_is_inactive(model):
    ids = torch.tensor([[1, 2, 3]])
    dropouts = [module for module in model.model.modules() if isinstance(module, torch.nn.Dropout)]

    assert {0.1} == {module.p for module in dropouts}
    assert {False} == {module.training for module in model.model.modules()}
    assert torch.equal(model.model(ids).logits, model.model(ids).logits)


def test_number_tokens_are_all_runs_of_one_to_three_digits(model):
    ids = model.tokenizer.convert_tokens_to_ids(["0", "7", "07", "007", "999"])
    prices = dict(zip(model.number_ids.tolist(), model.number_prices.tolist(), strict=True))

    assert 10 + 100 + 1000 == len(NUMBERS) == len(prices)
    assert [0, 7, 7, 7, 999] == [prices[index] for index in ids]


def test_a_price_is_written_without_zeros_in_front_and_its_tokens_stand_in_the_order_of_prices(model):
    ids = price_tokens(model.tokenizer, "made here")

    assert [str(price) for price in range(1000)] == [model.tokenizer.decode([index]) for index in ids.tolist()]


def test_a_model_without_an_adapter_is_the_base_alone(tiny):
    model = loaded(tiny.base)

    assert model.info.adapter is None
    assert isinstance(model.model, LlamaForCausalLM)
    assert model.info.base_megabytes == model.info.megabytes


def test_rows_of_the_embedding_can_be_trained_along(tiny, tmp_path):
    adapter = make_adapter(tiny.base, tmp_path / "adapter", trainable_token_indices=[10, 11])
    model = loaded(tiny.base, adapter)

    lora = 2 * 4 * (2 * (64 + 64) + 2 * (64 + 32)) * 4
    assert (lora + 2 * 64 * 4) / 1e6 == pytest.approx(model.info.adapter.megabytes)
    assert 8 == model.info.adapter.layers


def test_an_adapter_that_the_peft_of_2024_saved_is_loaded(copy, model):
    """The settings that it knew, and a base that is not asked for again."""
    known = (
        "bias",
        "fan_in_fan_out",
        "inference_mode",
        "init_lora_weights",
        "loftq_config",
        "lora_alpha",
        "lora_dropout",
    )
    known += (
        "modules_to_save",
        "peft_type",
        "r",
        "rank_pattern",
        "target_modules",
        "task_type",
        "use_dora",
        "use_rslora",
    )
    file = copy.adapter / "adapter_config.json"
    settings = json.loads(file.read_text())
    base = {"base_model_name_or_path": "meta-llama/Meta-Llama-3.1-8B", "revision": None}
    file.write_text(json.dumps({name: settings[name] for name in known} | base))
    ids = torch.tensor([[1, 2, 3]])

    assert torch.equal(model.model(ids).logits, loaded(copy.base, copy.adapter).model(ids).logits)


# Checkpoints that are stored quantized, other quantizations


def test_a_checkpoint_stored_for_bf16_computes_in_the_dtype_of_this_machine(tiny, tmp_path):
    stored = store_in_4_bits(tiny.base, tmp_path / "stored", torch.bfloat16)
    assert (
        "bfloat16" == json.loads((stored / "config.json").read_text())["quantization_config"]["bnb_4bit_compute_dtype"]
    )

    model = loaded(stored, tiny.adapter, quantization="8bit")  # which such a checkpoint ignores

    layers = [layer for layer in model.model.modules() if isinstance(layer, Linear4bit)]
    assert 14 == len(layers)
    assert {torch.float32} == {layer.compute_dtype for layer in layers}
    assert {torch.float32} == {layer.weight.quant_state.dtype for layer in layers}
    assert {torch.float32, torch.uint8} == {parameter.dtype for parameter in model.model.parameters()}
    assert ("4 bit (NF4, double quantization)", "float32") == (model.info.quantization, model.info.compute_dtype)


@pytest.mark.parametrize("stored", [False, True])
def test_on_a_cpu_every_4_bit_layer_computes_in_fp32_also_where_the_cpu_has_bf16(tiny, tmp_path, stored):
    base = store_in_4_bits(tiny.base, tmp_path / "stored") if stored else tiny.base
    model = loaded(base, tiny.adapter).model
    torch.manual_seed(0)
    with torch.inference_mode():
        model(torch.tensor([[1, 2, 3]]))  # the pass in which bitsandbytes would go over to bf16
        for layer in (layer for layer in model.modules() if isinstance(layer, Linear4bit)):
            weights = dequantize_4bit(layer.weight.data, layer.weight.quant_state)  # (out, in)
            inputs = torch.randn(3, layer.in_features)

            assert torch.float32 == weights.dtype
            torch.testing.assert_close(inputs @ weights.T, layer(inputs), rtol=0, atol=1e-5)


def test_a_stored_checkpoint_answers_as_the_same_weights_rounded_at_load(model, tiny, tmp_path):
    stored = loaded(store_in_4_bits(tiny.base, tmp_path / "stored", torch.float32), tiny.adapter)
    ids = torch.tensor([[1, 2, 3]])

    torch.testing.assert_close(model.model(ids).logits, stored.model(ids).logits, rtol=0, atol=1e-4)


def test_a_checkpoint_of_another_kind_of_quantisation_is_refused(copy):
    edit_json(copy.base / "config.json", quantization_config={"quant_method": "gptq", "bits": 4})

    assert f"The base model {copy.base} is stored as gptq, which cannot be read here" in refusal(copy.base)


def test_without_quantization_the_weights_are_the_stored_ones(tiny):
    model, stored = loaded(tiny.base, quantization="none"), LlamaForCausalLM.from_pretrained(tiny.base)
    ids = torch.tensor([[1, 2, 3]])

    assert "none" == model.info.quantization
    assert torch.equal(stored(ids).logits, model.model(ids).logits)


def test_8_bit_works_on_the_cpu_too_and_stays_near_the_whole_weights(tiny):
    model, whole = (
        loaded(tiny.base, tiny.adapter, quantization="8bit"),
        loaded(tiny.base, tiny.adapter, quantization="none"),
    )
    ids = torch.tensor([[1, 2, 3]])
    difference = (model.model(ids).logits - whole.model(ids).logits).abs().mean()

    assert "8 bit" == model.info.quantization
    assert 14 == sum(isinstance(layer, Linear8bitLt) for layer in model.model.modules())
    assert difference < 0.1 * whole.model(ids).logits.std()


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
@pytest.mark.parametrize("stored", [False, True])
def test_half_precision_as_on_a_gpu_reaches_every_weight_and_stays_near_fp32(
    model, tiny, tmp_path, monkeypatch, dtype, stored
):
    base = store_in_4_bits(tiny.base, tmp_path / "stored", torch.bfloat16) if stored else tiny.base
    for module in ("base", "loading"):
        monkeypatch.setattr(f"pricer.model.{module}.compute_dtype", lambda _: dtype)
    half = loaded(base, tiny.adapter)

    base_dtypes = {weight.dtype for name, weight in half.model.named_parameters() if "lora_" not in name}
    lora_dtypes = {weight.dtype for name, weight in half.model.named_parameters() if "lora_" in name}
    layers = [layer for layer in half.model.modules() if isinstance(layer, Linear4bit)]
    assert ({dtype, torch.uint8}, {torch.float32}) == (base_dtypes, lora_dtypes)
    assert {dtype} == {layer.compute_dtype for layer in layers}
    assert str(dtype) == f"torch.{half.info.compute_dtype}"

    ids = torch.tensor([[1, 2, 3]])
    logits, whole = half.model(ids).logits, model.model(ids).logits
    assert dtype == logits.dtype
    assert (logits.float() - whole).abs().mean() < 0.1 * whole.std()


# The machine


def test_the_compute_dtype_follows_the_compute_capability():
    assert torch.bfloat16 == compute_dtype(Machine(gpu="H100", capability=(9, 0)))
    assert torch.bfloat16 == compute_dtype(Machine(gpu="A100", capability=(8, 0)))
    assert torch.float16 == compute_dtype(Machine(gpu="Tesla T4", capability=(7, 5)))
    assert torch.float32 == compute_dtype(Machine())


def test_a_machine_is_what_torch_sees_and_what_a_space_says(monkeypatch):
    monkeypatch.setenv("ACCELERATOR", "t4-small")
    monkeypatch.delenv("SPACES_ZERO_GPU", raising=False)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    without = look_at_machine()
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(
        torch.cuda, "get_device_properties", lambda _: SimpleNamespace(name="Tesla T4", total_memory=15 * GIGABYTE)
    )
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda _: (7, 5))
    with_gpu = look_at_machine()
    monkeypatch.setenv("SPACES_ZERO_GPU", "true")
    lent = look_at_machine()

    assert (None, 0.0, "t4-small") == (without.gpu, without.gpu_gb, without.accelerator)
    assert 0.1 < without.memory_gb < 10_000
    assert ("Tesla T4", 15.0, (7, 5)) == (with_gpu.gpu, with_gpu.gpu_gb, with_gpu.capability)
    assert [False, False, True] == [without.lent, with_gpu.lent, lent.lent]
    assert [True, False] == [machine_for(ROWS[row], lent).lent for row in ("llama-3.1-8b", "bundled")]


def test_too_little_memory_is_said_before_anything_is_loaded():
    row = ROWS["llama-3.1-8b-mirror"]

    with pytest.raises(
        ModelError, match=r"llama-3\.1-8b-mirror needs about 7 GB and this machine's main memory has 3\.0 GB"
    ):
        load(asked_for(row), Machine(memory_gb=3.0))
    with pytest.raises(ModelError, match=r"this machine's GPU GTX 1050 has 4\.2 GB: choose a larger machine"):
        load(asked_for(row), Machine(gpu="GTX 1050", gpu_gb=4.2, memory_gb=64.0))


@pytest.mark.parametrize("error", [torch.OutOfMemoryError("CUDA out of memory."), MemoryError()])
def test_memory_that_runs_out_while_loading_is_a_sentence(tiny, monkeypatch, error):
    def fail(*_, **__):
        raise error

    monkeypatch.setattr(AutoModelForCausalLM, "from_pretrained", fail)

    assert refusal(tiny.base).startswith("There is too little memory for tiny: close what else uses it")


def test_main_memory_that_torch_cannot_get_is_the_same_sentence(tiny, monkeypatch):
    monkeypatch.setattr(AutoModelForCausalLM, "from_pretrained", lambda *_, **__: torch.empty(2**60))

    assert refusal(tiny.base).startswith("There is too little memory for tiny")


# What is refused, each with its own sentence


def test_a_tokenizer_that_writes_digit_by_digit_is_refused(copy):
    make_tokenizer(copy.base, digits=r"\p{N}|[^\p{N}]+")

    sentence = refusal(copy.base, copy.adapter)

    assert f"The tokenizer of {copy.base} does not write 10 as one token after a dollar sign" in sentence
    assert "choose a base that writes 0-999 as single tokens, as Llama 3 does" in sentence


def test_a_tokenizer_that_lacks_a_single_number_is_refused(copy):
    make_tokenizer(copy.base, numbers=tuple(number for number in NUMBERS if number != "737"))

    assert "does not write 737 as one token" in refusal(copy.base)


def test_a_tokenizer_that_joins_dollar_sign_and_number_is_refused(copy):
    make_tokenizer(copy.base, numbers=(*NUMBERS, "Ġ$5"), digits=r" ?\$?\p{N}{1,3}| ?[^\p{N}]+?(?= |$)")

    assert "does not write" in refusal(copy.base)


def test_an_adapter_whose_matrices_have_other_shapes_is_refused(tiny, tmp_path):
    wider = make_base(tmp_path / "wider", hidden=128)

    sentence = refusal(tiny.base, make_adapter(wider, tmp_path / "adapter"))

    assert f"The adapter {tmp_path / 'adapter'} does not fit the base model {tiny.base}" in sentence
    assert "size mismatch" in sentence
    assert sentence.endswith("choose the base that it was trained on (PRICER_BASE_MODEL).")


@pytest.mark.parametrize("layers", [1, 3])
def test_an_adapter_for_fewer_or_more_layers_is_refused(tiny, tmp_path, layers):
    other = make_base(tmp_path / "other", layers=layers)

    assert "(their layers differ)" in refusal(tiny.base, make_adapter(other, tmp_path / "adapter"))


def test_an_adapter_for_layers_of_other_names_is_refused(tiny, copy):
    edit_json(copy.adapter / "adapter_config.json", target_modules=["query", "value"])

    assert "does not fit the base model" in refusal(tiny.base, copy.adapter)


@pytest.mark.parametrize("kept", [0.5, 0.01, 0.0])
def test_an_adapter_that_was_cut_short_is_refused(copy, kept):
    weights = copy.adapter / "adapter_model.safetensors"
    data = weights.read_bytes()
    weights.write_bytes(data[: int(kept * len(data))])

    sentence = refusal(copy.base, copy.adapter)

    assert sentence.startswith(f"The adapter {copy.adapter} is damaged")
    assert sentence.endswith("fetch it again.")


def test_an_adapter_with_pickled_weights_alone_is_refused_and_the_pickle_is_not_opened(copy):
    weights = copy.adapter / "adapter_model.safetensors"
    torch.save(load_file(weights), copy.adapter / "adapter_model.bin")
    weights.unlink()

    assert (
        f"The adapter {copy.adapter} has no adapter_model.safetensors: save it with save_pretrained again."
        == refusal(copy.base, copy.adapter)
    )


def test_an_adapter_without_its_settings_is_refused(copy):
    (copy.adapter / "adapter_config.json").unlink()

    assert "has no adapter_config.json" in refusal(copy.base, copy.adapter)


def test_an_adapter_whose_settings_are_no_json_is_refused(copy):
    (copy.adapter / "adapter_config.json").write_text("{")

    assert "is damaged" in refusal(copy.base, copy.adapter)


def test_an_adapter_that_is_no_lora_is_refused(tiny, tmp_path):
    kind = IA3Config(target_modules=["k_proj"], feedforward_modules=[], task_type="CAUSAL_LM")
    get_peft_model(LlamaForCausalLM.from_pretrained(tiny.base), kind).save_pretrained(tmp_path / "adapter")

    assert f"The adapter {tmp_path / 'adapter'} is of the kind IA3: choose a LoRA adapter." == refusal(
        tiny.base, tmp_path / "adapter"
    )


def test_a_base_without_a_tokenizer_is_refused(copy):
    for file in copy.base.glob("tokenizer*"):
        file.unlink()

    assert f"The base model {copy.base} could not be loaded" in refusal(copy.base, copy.adapter)


def test_a_base_without_weights_is_refused(copy):
    (copy.base / "model.safetensors").unlink()

    assert f"The base model {copy.base} could not be loaded" in refusal(copy.base, copy.adapter)


def test_a_base_with_pickled_weights_alone_is_refused(copy):
    torch.save(load_file(copy.base / "model.safetensors"), copy.base / "pytorch_model.bin")
    (copy.base / "model.safetensors").unlink()

    assert f"The base model {copy.base} could not be loaded" in refusal(copy.base, copy.adapter)


def test_a_base_that_was_cut_short_is_refused(copy):
    weights = copy.base / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:100_000])

    sentence = refusal(copy.base, copy.adapter)

    assert f"The base model {copy.base} could not be loaded" in sentence
    assert "fetch them again" in sentence


@pytest.mark.parametrize("quantization", ["4bit", "none"])
def test_a_base_that_lacks_weights_is_refused_and_none_are_made_up(copy, quantization):
    weights = load_file(copy.base / "model.safetensors")
    del weights["lm_head.weight"], weights["model.norm.weight"]
    save_file(weights, copy.base / "model.safetensors", metadata={"format": "pt"})

    assert f"The base model {copy.base} lacks 2 of its weights" in refusal(copy.base, quantization=quantization)


@pytest.mark.parametrize(
    "changes",
    [
        {"hidden_size": "many"},
        {"num_attention_heads": 0},
        {"num_attention_heads": 3},
        {"vocab_size": 100},
        {"num_hidden_layers": 3},
        {"model_type": "t5"},
        {"quantization_config": {"load_in_4bit": True}},
    ],
)
def test_a_base_whose_settings_do_not_fit_its_weights_is_refused(copy, changes):
    edit_json(copy.base / "config.json", **changes)

    assert f"The base model {copy.base}" in refusal(copy.base)


@pytest.mark.parametrize(
    "changes", [{"r": 8}, {"r": 0}, {"r": "many"}, {"peft_type": "NEW"}, {"trainable_token_indices": [10**9]}]
)
def test_an_adapter_whose_settings_do_not_fit_its_weights_is_refused(copy, changes):
    edit_json(copy.adapter / "adapter_config.json", **changes)

    assert f"The adapter {copy.adapter}" in refusal(copy.base, copy.adapter)


def test_a_fault_of_ours_is_not_told_as_a_damaged_file(tiny, monkeypatch):
    def fail(*_):
        raise AttributeError("'Linear4bit' object has no attribute 'compute_type_is_set'")

    monkeypatch.setattr("pricer.model.base.set_compute_dtype", fail)
    with pytest.raises(AttributeError, match="compute_type_is_set"):
        loaded(tiny.base, tiny.adapter)

    monkeypatch.undo()
    monkeypatch.setattr("pricer.model.adapter.is_adapter", fail)
    with pytest.raises(AttributeError, match="compute_type_is_set"):
        loaded(tiny.base, tiny.adapter)


def test_a_base_that_brings_code_of_its_own_is_refused_without_asking(copy, monkeypatch):
    edit_json(copy.base / "config.json", model_type="mine", auto_map={"AutoConfig": "mine.Mine"})
    (copy.base / "mine.py").write_text("raise SystemExit('this must not run')")
    monkeypatch.setattr("builtins.input", lambda *_: pytest.fail("transformers asked at the terminal"))

    assert f"The base model {copy.base} could not be loaded" in refusal(copy.base)


def test_a_folder_that_is_an_adapter_is_refused_as_a_base(tiny):
    assert f"The base model {tiny.adapter} could not be loaded" in refusal(tiny.adapter)


def test_a_tokenizer_without_an_end_token_is_refused(copy):
    tokenizer = json.loads((copy.base / "tokenizer_config.json").read_text())
    del tokenizer["eos_token"]
    (copy.base / "tokenizer_config.json").write_text(json.dumps(tokenizer))

    assert "has no fast version or no end token" in refusal(copy.base)


def test_a_revision_of_a_folder_is_not_claimed(tiny):
    assert loaded(tiny.base, tiny.adapter, adapter_revision="abc123").info.adapter.revision is None


def test_the_tokenizer_puts_its_bos_token_in_front_by_itself(model):
    """Which is why the prompt must not be tokenised with special tokens and given one as well."""
    assert [BOS, "x"] == model.tokenizer.convert_ids_to_tokens(model.tokenizer("x")["input_ids"])


def test_number_tokens_name_the_base_that_they_refuse(tmp_path):
    tokenizer = make_tokenizer(tmp_path, numbers=())

    with pytest.raises(ModelError, match="The tokenizer of me/base does not write 10 as one token"):
        number_tokens(tokenizer, "me/base")
