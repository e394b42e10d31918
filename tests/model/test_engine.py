"""The engine: one forward pass for a list of descriptions, read exactly as a plain pass over each would be."""

import math
import re
import threading
import time
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from transformers import AutoModelForCausalLM

from pricer.errors import DescriptionError, ModelError
from pricer.model import engine
from pricer.model.engine import Pricer, open_pricer
from pricer.model.info import short_name
from pricer.model.loading import load
from pricer.model.machine import Machine
from pricer.model.registry import ROWS
from pricer.pricing.intervals import Interval, TextKind
from pricer.pricing.prompt import FRAMES
from tests.support.tiny_llama import BOS, CPU, DESCRIPTIONS, asked_for, make_adapter, make_base, make_row

T4 = Machine(gpu="Tesla T4", gpu_gb=15.8, capability=(7, 5), memory_gb=16.0)


@pytest.fixture(scope="module")
def loaded(tiny):
    return load(asked_for(tiny.row), CPU)


@pytest.fixture
def pricer(loaded):
    """A pricer whose batches are smaller than the list of descriptions."""
    return Pricer(loaded, batch_size=2)


@pytest.fixture
def passes(loaded):
    """The shapes that reach the model and its output head, pass by pass."""
    seen = SimpleNamespace(ids=[], head=[], positions=[], masks=[])

    def entered(_, __, inputs):
        seen.ids.append(inputs["input_ids"])
        seen.masks.append(inputs["attention_mask"])
        seen.positions.append(inputs["position_ids"])

    model = loaded.model.get_base_model()
    hooks = [
        model.register_forward_pre_hook(entered, with_kwargs=True),
        model.get_output_embeddings().register_forward_pre_hook(lambda _, args: seen.head.append(tuple(args[0].shape))),
    ]
    yield seen
    for hook in hooks:
        hook.remove()


def plain_logits(model, pricer, description):
    """The last position's logits, shape (V,), of an unpadded pass over one prompt, without a mask or positions."""
    with torch.no_grad():
        return model(torch.tensor([pricer.prompt(description).ids])).logits[0, -1]


def shown(estimate):
    """All that an estimate says, in dollars."""
    return [estimate.price, estimate.mode, estimate.mean, estimate.median, estimate.low, estimate.high]


def to_the_cent(estimates):
    """What estimates say, to be compared with what others say: alike to the cent."""
    return pytest.approx([value for estimate in estimates for value in shown(estimate)], abs=0.005)


def all_shown(estimates):
    """What estimates say, one after the other."""
    return [value for estimate in estimates for value in shown(estimate)]


# The prompt


def test_a_prompt_begins_with_exactly_one_bos_token(pricer, loaded):
    ids = pricer.prompt("A kettle").ids
    bos = loaded.tokenizer.convert_tokens_to_ids(BOS)

    assert bos == ids[0]
    assert 1 == ids.count(bos)


def test_a_prompt_is_the_course_frame_token_by_token(pricer, loaded):
    question = ["How", "Ġmuch", "Ġdoes", "Ġthis", "Ġcost", "Ġto", "Ġthe", "Ġnearest", "Ġdollar"]
    expected = [BOS, *question, "?", "ĊĊ"]
    actual = loaded.tokenizer.convert_ids_to_tokens(pricer.prompt("128").ids)

    assert ["128", "ĊĊ", "Price", "Ġis", "Ġ$"] == actual[-5:]
    assert "".join(expected) == "".join(actual[:-5])


def test_special_tokens_that_a_description_spells_out_are_only_text(pricer, loaded):
    bos = loaded.tokenizer.convert_tokens_to_ids(BOS)
    prompt = pricer.prompt(f"A kettle {BOS} of steel")

    assert (bos, 1) == (prompt.ids[0], prompt.ids.count(bos))
    assert f"A kettle {BOS} of steel" in loaded.tokenizer.decode(prompt.ids[1:])


def test_a_prompt_never_ends_after_more_than_the_dollar_sign(pricer, loaded):
    dollar = loaded.tokenizer.convert_tokens_to_ids("Ġ$")

    assert {dollar} == {pricer.prompt(description).ids[-1] for description in DESCRIPTIONS}


# Batches


def test_a_batch_answers_as_one_by_one_to_the_cent(loaded):
    together = Pricer(loaded, batch_size=len(DESCRIPTIONS)).estimate_all(DESCRIPTIONS)
    alone = [Pricer(loaded).estimate_all([description])[0] for description in DESCRIPTIONS]

    assert to_the_cent(alone) == all_shown(together)
    for one, other in zip(alone, together, strict=True):
        np.testing.assert_allclose(one.distribution.number_logits, other.distribution.number_logits, atol=1e-4, rtol=0)


def test_estimates_come_in_the_order_of_their_descriptions(pricer):
    estimates = pricer.estimate_all(DESCRIPTIONS)

    assert list(DESCRIPTIONS) == [estimate.description for estimate in estimates]
    assert len(DESCRIPTIONS) == len({estimate.price for estimate in estimates})


def test_the_same_list_in_another_order_gives_the_same_prices(pricer):
    forwards, backwards = pricer.estimate_all(DESCRIPTIONS), pricer.estimate_all(DESCRIPTIONS[::-1])

    assert to_the_cent(forwards) == all_shown(backwards[::-1])


@pytest.mark.parametrize(("count", "batches"), [(0, []), (1, [1]), (2, [2]), (3, [2, 1]), (5, [2, 2, 1])])
def test_a_list_is_cut_into_batches(pricer, passes, count, batches):
    assert count == len(pricer.estimate_all(DESCRIPTIONS[:count]))
    assert batches == [len(ids) for ids in passes.ids]


def test_only_one_row_of_logits_is_computed_for_each_description(pricer, passes):
    pricer.estimate_all(DESCRIPTIONS)

    assert [(2, 1, 64), (2, 1, 64), (1, 1, 64)] == passes.head


def test_prompts_are_padded_on_the_left_and_count_their_own_positions(loaded, passes):
    pricer = Pricer(loaded)
    short, long = pricer.prompt("x").ids, pricer.prompt("A kettle").ids
    pad = len(long) - len(short)
    pricer.estimate_all(["A kettle", "x"])

    assert pad > 0
    assert [[loaded.tokenizer.pad_token_id] * pad + list(short), list(long)] == passes.ids[0].tolist()
    assert [[0] * pad + [1] * len(short), [1] * len(long)] == passes.masks[0].tolist()
    assert [[0] * pad + list(range(len(short))), list(range(len(long)))] == passes.positions[0].tolist()


def test_prompts_of_like_length_share_a_batch(pricer, passes):
    pricer.estimate_all(["x" * 50, "x", "x" * 49, "xx"])

    assert [1, 1] == [int((masks == 0).sum()) for masks in passes.masks]


# What is read from the pass


def test_an_estimate_equals_one_worked_out_from_a_plain_pass(pricer, loaded):
    [estimate] = pricer.estimate_all(["Café crème 🫖"])

    shares = plain_logits(loaded.model, pricer, "Café crème 🫖").softmax(-1)
    top = shares.topk(3)
    tokens = [loaded.tokenizer.decode([index]) for index in top.indices]
    priced = [(int(token), share.item()) for token, share in zip(tokens, top.values, strict=True) if token.isdigit()]
    assert tokens == [candidate.token for candidate in estimate.candidates]
    assert top.values.tolist() == pytest.approx([candidate.probability for candidate in estimate.candidates], abs=1e-6)
    assert sum(price * share for price, share in priced) / sum(share for _, share in priced) == pytest.approx(
        estimate.price, abs=0.01
    )

    # All tokens that are written with digits alone, "007" among them, are prices.
    dollars = np.zeros(1000)
    for token, index in loaded.tokenizer.get_vocab().items():
        if re.fullmatch("[0-9]+", token):
            dollars[int(token)] += shares[index].item()
    cumulated = dollars.cumsum() / dollars.sum()
    assert dollars.sum() == pytest.approx(estimate.mass, abs=1e-5)
    assert dollars.argmax() == estimate.mode
    assert (dollars * np.arange(1000)).sum() / dollars.sum() == pytest.approx(estimate.mean, abs=0.01)
    assert [int((cumulated < share).sum()) for share in (0.1, 0.5, 0.9)] == [
        estimate.low,
        estimate.median,
        estimate.high,
    ]


def test_k_says_how_many_candidates_are_weighted(pricer):
    assert [1, 3, 20] == [len(pricer.estimate_all(["x"], k=k)[0].candidates) for k in (1, 3, 20)]


def test_an_estimate_counts_the_tokens_read_and_cut_and_names_its_model(pricer):
    [short, long] = pricer.estimate_all(["x", "x" * 400])

    assert (1, 0, "tiny") == (short.tokens, short.cut, short.model)
    assert (160, 240, "x" * 160) == (long.tokens, long.cut, long.description)


def test_the_interval_lies_at_the_quantiles_of_the_row_for_the_kind_of_text(tiny):
    intervals = (Interval(TextKind.LINE, (0.25, 0.75), 0.6), Interval(TextKind.SHORT, (0.2, 0.7), 0.5))
    pricer = Pricer(load(asked_for(make_row(tiny.base, tiny.adapter, intervals=intervals, frame=FRAMES["2025"])), CPU))

    line, short, page = pricer.estimate_all(["A kettle", "A kettle\nIt whistles", "x" * 120])

    assert (line.quantile(0.25), line.quantile(0.75), 0.6) == (line.low, line.high, line.coverage)
    assert (short.quantile(0.2), short.quantile(0.7), 0.5) == (short.low, short.high, short.coverage)
    assert (page.quantile(0.1), page.quantile(0.9), None) == (page.low, page.high, page.coverage)


def test_without_the_adapter_the_interval_promises_nothing(tiny):
    row = make_row(tiny.base, tiny.adapter, intervals=(Interval(TextKind.LINE, (0.25, 0.75), 0.6),))

    [base] = Pricer(load(asked_for(row), CPU)).estimate_all(["A kettle"], adapter=False)

    assert ((0.1, 0.9), None) == (base.quantiles, base.coverage)


@pytest.mark.parametrize("blank", ["", "  \n", "Price is $20"])
def test_a_blank_description_is_refused_before_any_pass(pricer, passes, blank):
    for ask in (pricer.estimate_all, pricer.generate_all):
        with pytest.raises(DescriptionError, match="description first"):
            ask(["A kettle", blank])

    assert [] == passes.ids


def test_the_same_description_gives_the_same_price_on_every_call_and_after_a_restart(pricer, tiny):
    first, again = pricer.estimate_all(["A kettle"]), pricer.estimate_all(["A kettle"])
    restarted = Pricer(load(asked_for(tiny.row), CPU)).estimate_all(["A kettle"])

    assert first[0].as_dict() == again[0].as_dict() == restarted[0].as_dict()


def test_logits_that_are_not_finite_are_refused_with_a_sentence(tiny):
    broken = load(asked_for(tiny.row), CPU)
    broken.model.get_output_embeddings().weight.data[0] = math.nan

    with pytest.raises(ModelError, match="not finite"):
        Pricer(broken).estimate_all(["A kettle"])


# With and without the adapter


def test_without_the_adapter_the_base_alone_answers(pricer, tiny):
    base = load(asked_for(make_row(tiny.base, None)), CPU)
    off = pricer.estimate_all(DESCRIPTIONS, adapter=False)

    for description, estimate in zip(DESCRIPTIONS, off, strict=True):
        logits = plain_logits(base.model, pricer, description)
        np.testing.assert_allclose(
            logits[base.number_ids].numpy(), estimate.distribution.number_logits, atol=1e-4, rtol=0
        )


def test_the_adapter_is_on_again_afterwards(pricer):
    before = [shown(estimate) for estimate in pricer.estimate_all(DESCRIPTIONS)]
    off = [shown(estimate) for estimate in pricer.estimate_all(DESCRIPTIONS, adapter=False)]
    after = [shown(estimate) for estimate in pricer.estimate_all(DESCRIPTIONS)]

    assert before == after
    assert before != off


def test_trained_rows_of_the_embedding_are_off_with_their_adapter(tmp_path):
    base = make_base(tmp_path / "base", tied=True)
    adapter = make_adapter(base, tmp_path / "adapter", trainable_token_indices=list(range(300, 310)))
    pricer = Pricer(load(asked_for(make_row(base, adapter)), CPU))
    alone = Pricer(load(asked_for(make_row(base, None)), CPU))

    assert shown(alone.estimate_all(["A kettle"])[0]) == shown(pricer.estimate_all(["A kettle"], adapter=False)[0])
    assert shown(alone.estimate_all(["A kettle"])[0]) != shown(pricer.estimate_all(["A kettle"])[0])


def test_a_model_without_an_adapter_answers_alike_with_the_adapter_on_and_off(tiny):
    pricer = Pricer(load(asked_for(make_row(tiny.base, None)), CPU))

    on, off = pricer.estimate_all(["A kettle"]), pricer.estimate_all(["A kettle"], adapter=False)
    assert on[0].as_dict() == off[0].as_dict()


def test_threads_with_the_adapter_on_and_off_never_disturb_each_other(loaded):
    pricer = Pricer(loaded, batch_size=1)
    expected = {
        adapter: [shown(e) for e in pricer.estimate_all(DESCRIPTIONS, adapter=adapter)] for adapter in (True, False)
    }
    wrong = []

    def ask(adapter):
        for _ in range(4):
            if expected[adapter] != [shown(e) for e in pricer.estimate_all(DESCRIPTIONS, adapter=adapter)]:
                wrong.append(adapter)

    threads = [threading.Thread(target=ask, args=(adapter,)) for adapter in (True, False, True, False)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [] == wrong


def test_between_two_batches_of_a_long_list_another_description_has_its_turn(loaded, passes):
    pricer = Pricer(loaded, batch_size=1)
    other = threading.Thread(target=pricer.estimate_all, args=(["x"],), kwargs={"adapter": False})

    def come_in_between(*_):
        if not other.ident:
            other.start()
            time.sleep(0.3)  # while this pass runs, the other waits for its end

    hook = loaded.model.get_base_model().register_forward_pre_hook(come_in_between)
    pricer.estimate_all(["xx", "xxx", "xxxx"])
    other.join()
    hook.remove()

    shortest = len(pricer.prompt("x").ids)
    assert [2, 1, 3, 4] == [ids.shape[1] - shortest + 1 for ids in passes.ids]


# Too little memory for a batch


@pytest.fixture(
    params=[
        torch.OutOfMemoryError("CUDA out of memory."),
        RuntimeError("[enforce fail] . DefaultCPUAllocator: can't allocate memory: you tried to allocate 64 bytes."),
    ],
    ids=["gpu", "main"],
)
def room(loaded, request):
    """How many prompts fit into memory at once; more run out of it, as on a GPU."""
    room = SimpleNamespace(prompts=16, error=request.param)

    def check(_, __, inputs):
        if len(inputs["input_ids"]) > room.prompts:
            raise room.error

    hook = loaded.model.get_base_model().register_forward_pre_hook(check, with_kwargs=True)
    yield room
    hook.remove()


def test_a_batch_that_does_not_fit_into_memory_is_halved_and_none_is_so_large_again(loaded, room, passes):
    pricer = Pricer(loaded, batch_size=5)
    before = pricer.estimate_all(DESCRIPTIONS)
    room.prompts = 2
    passes.ids.clear()

    assert to_the_cent(before) == all_shown(pricer.estimate_all(DESCRIPTIONS))
    assert 2 == pricer.batch_size
    passes.ids.clear()
    assert to_the_cent(before) == all_shown(pricer.estimate_all(DESCRIPTIONS))
    assert [2, 2, 1] == [len(ids) for ids in passes.ids]


def test_a_smaller_batch_is_reported(loaded, room, caplog):
    room.prompts = 2
    Pricer(loaded, batch_size=4).estimate_all(DESCRIPTIONS[:4])

    assert ["4 descriptions do not fit into memory at once: from now on at most 2."] == caplog.messages


def test_generate_is_halved_too(loaded, room):
    before = Pricer(loaded).generate_all(DESCRIPTIONS)
    room.prompts = 1

    assert before == Pricer(loaded).generate_all(DESCRIPTIONS)


def test_a_single_description_that_does_not_fit_is_a_sentence_and_leaves_the_adapter_on(loaded, room):
    pricer = Pricer(loaded)
    before = shown(pricer.estimate_all(["x"])[0])
    room.prompts = 0
    with pytest.raises(ModelError, match="too little memory for even one description"):
        pricer.estimate_all(["x"], adapter=False)
    room.prompts = 1

    assert before == shown(pricer.estimate_all(["x"])[0])


# The course's first method


def test_generate_writes_what_generate_by_hand_writes(pricer, loaded):
    completions = pricer.generate_all(DESCRIPTIONS)

    for description, completion in zip(DESCRIPTIONS, completions, strict=True):
        ids = torch.tensor([pricer.prompt(description).ids])
        written = loaded.model.generate(
            input_ids=ids, attention_mask=torch.ones_like(ids), max_new_tokens=3, do_sample=False
        )
        assert loaded.tokenizer.decode(written[0, ids.shape[1] :]) == completion.text


def test_generate_writes_at_most_three_tokens_and_reads_the_number_in_them(pricer):
    for completion in pricer.generate_all(DESCRIPTIONS):
        digits = "".join(character for character in completion.text if character in "0123456789")
        assert 0 < len(digits) <= 9
        assert completion.price is not None
        assert str(int(completion.price)) in completion.text


def test_the_first_token_of_generate_is_the_likeliest_candidate(pricer):
    estimates, completions = pricer.estimate_all(DESCRIPTIONS), pricer.generate_all(DESCRIPTIONS)

    for estimate, completion in zip(estimates, completions, strict=True):
        assert completion.text.startswith(estimate.candidates[0].token)


def test_generate_without_the_adapter_is_the_base_alone(pricer, tiny):
    alone = Pricer(load(asked_for(make_row(tiny.base, None)), CPU))

    assert alone.generate_all(DESCRIPTIONS) == pricer.generate_all(DESCRIPTIONS, adapter=False)
    assert alone.generate_all(DESCRIPTIONS) != pricer.generate_all(DESCRIPTIONS)


def test_text_without_a_number_has_no_price(pricer, monkeypatch, loaded):
    letters = torch.tensor([loaded.tokenizer.convert_tokens_to_ids(["a", "b", "c"])])
    monkeypatch.setattr(
        loaded.model, "generate", lambda input_ids, **_: torch.cat([input_ids, letters], dim=-1), raising=False
    )

    [completion] = pricer.generate_all(["A kettle"])
    assert ("abc", None) == (completion.text, completion.price)


# Opening: for this machine, or what was asked for


@pytest.fixture
def bundled_is_tiny(tiny, monkeypatch):
    """The tiny model in the place of the bundled one, and no wish of the environment."""
    row = make_row(tiny.base, tiny.adapter, name="bundled", cpu_only=True)
    monkeypatch.setitem(ROWS, "bundled", row)
    for name in ("MODEL", "BASE_MODEL", "ADAPTER", "ADAPTER_REVISION", "PROMPT", "DATASET", "QUANTIZATION"):
        monkeypatch.delenv(f"PRICER_{name}", raising=False)
    monkeypatch.delenv("HF_TOKEN", raising=False)
    return row


def test_a_machine_without_a_gpu_opens_the_bundled_model_without_a_banner(bundled_is_tiny, monkeypatch):
    monkeypatch.setattr(engine, "look_at_machine", lambda: CPU)
    info = open_pricer().info

    assert (bundled_is_tiny, "") == (info.row, info.banner)
    assert "No GPU was found." == info.reason


def test_a_gpu_whose_model_cannot_be_had_opens_the_bundled_model_under_a_banner(bundled_is_tiny, monkeypatch):
    monkeypatch.setattr(engine, "look_at_machine", lambda: T4)
    pricer = open_pricer()
    info = pricer.info

    assert (bundled_is_tiny, "CPU", "float32") == (info.row, info.device, info.compute_dtype)
    assert "llama-3.1-8b-mirror could not be loaded." == info.reason
    assert info.banner.startswith("llama-3.1-8b-mirror was meant to run here. The Hub could not be reached")
    assert info.banner.endswith("Until then the small bundled model answers.")
    assert pricer.estimate_all(["A kettle"])[0].price is not None


def test_the_bundled_model_runs_on_the_cpu_also_where_there_is_a_gpu(bundled_is_tiny, monkeypatch):
    too_small = Machine(gpu="GTX 1050", gpu_gb=4.2, capability=(6, 1))
    for machine, name in ((T4, "bundled"), (too_small, None)):
        monkeypatch.setattr(engine, "look_at_machine", lambda machine=machine: machine)
        info = open_pricer(name).info

        assert (bundled_is_tiny, "CPU", "float32", "") == (info.row, info.device, info.compute_dtype, info.banner)


@pytest.mark.usefixtures("bundled_is_tiny")
@pytest.mark.parametrize("ask", ["name", "variable"])
def test_a_model_that_was_asked_for_and_cannot_be_had_stops_with_the_sentence(monkeypatch, ask):
    monkeypatch.setattr(engine, "look_at_machine", lambda: T4)
    if ask == "variable":
        monkeypatch.setenv("PRICER_MODEL", "llama-3.1-8b-mirror")

    with pytest.raises(ModelError, match="The Hub could not be reached for the base model unsloth"):
        open_pricer("llama-3.1-8b-mirror" if ask == "name" else None)


@pytest.mark.usefixtures("bundled_is_tiny")
def test_an_own_adapter_that_cannot_be_had_stops_with_the_sentence(tiny, tmp_path, monkeypatch):
    monkeypatch.setattr(engine, "look_at_machine", lambda: CPU)
    monkeypatch.setenv("PRICER_BASE_MODEL", str(tiny.base))
    monkeypatch.setenv("PRICER_ADAPTER", str(tmp_path / "nowhere"))

    with pytest.raises(ModelError, match="is neither a folder nor an id on the Hub"):
        open_pricer()


@pytest.mark.usefixtures("bundled_is_tiny")
def test_a_bundled_model_that_is_damaged_is_tried_once_and_stops_with_the_sentence(tmp_path, monkeypatch):
    loads = []
    monkeypatch.setitem(ROWS, "bundled", make_row(tmp_path, None, name="bundled"))
    monkeypatch.setattr(engine, "look_at_machine", lambda: CPU)
    monkeypatch.setattr(engine, "load", lambda *arguments: loads.append(1) or load(*arguments))

    with pytest.raises(ModelError, match="could not be loaded"):
        open_pricer()
    assert [1] == loads


@pytest.mark.usefixtures("bundled_is_tiny")
def test_a_model_of_ones_own_is_opened_by_variables(tiny, monkeypatch):
    monkeypatch.setattr(engine, "look_at_machine", lambda: CPU)
    monkeypatch.setenv("PRICER_BASE_MODEL", str(tiny.base))
    monkeypatch.setenv("PRICER_ADAPTER", str(tiny.adapter))
    monkeypatch.setenv("PRICER_PROMPT", "2025")
    monkeypatch.setenv("PRICER_QUANTIZATION", "none")
    pricer = open_pricer()

    assert (short_name(str(tiny.adapter)), "none", 8) == (
        pricer.info.row.name,
        pricer.info.quantization,
        pricer.info.adapter.layers,
    )
    assert pricer.prompt("A kettle").text.startswith("What does this cost")
    whole = AutoModelForCausalLM.from_pretrained(tiny.base, dtype=torch.float32)
    np.testing.assert_allclose(
        plain_logits(whole, pricer, "A kettle").topk(20).values.numpy(),
        [logit for _, _, logit in pricer.estimate_all(["A kettle"], adapter=False)[0].distribution.top],
        atol=1e-4,
    )
