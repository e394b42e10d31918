"""How the bundled model, or an adapter of one's own, is made: each step in miniature."""

import json
import math
import re
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from types import SimpleNamespace

import pytest
import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers
from torch import distributed
from transformers import AutoModelForCausalLM, BertConfig, BertForMaskedLM

from pricer.items.item import Item
from pricer.model.engine import Pricer
from pricer.model.loading import load
from pricer.model.number_tokens import number_tokens
from pricer.pricing.prompt import FRAMES
from pricer.training.__main__ import main
from pricer.training.adapter import PriceTrainer, train_adapter
from pricer.training.average import average
from pricer.training.base import save_in_4_bits, train_base
from pricer.training.batches import collate, encode, encode_together
from pricer.training.losses import edit_loss, reading_loss, soft_targets
from pricer.training.mixture import Edit, Example, Mixture, example_of, read_examples, sample, write_examples
from pricer.training.recipe import Recipe
from pricer.training.teacher import label
from pricer.training.tokenizer import NUMBERS, build_tokenizer
from tests.support.tiny_llama import CPU, asked_for, make_row, make_tokenizer

PLAIN = Mixture(per_source=1_000, price_power=0.0, long_weight=1.0, titles_only=0.0, sentence_dropout=0.0)


def item(price, text="A kettle", source=None, teacher_price=None):
    return Example(text.splitlines()[0], text, price, teacher_price, source)


# Which items a run sees


def test_every_item_is_drawn_as_often_as_any_other_where_nothing_is_weighed():
    drawn = sample([item(price) for price in (10, 20, 30)], 6, PLAIN, seed=0)

    assert {10: 2, 20: 2, 30: 2} == Counter(one.price for one in drawn)


def test_dear_items_are_drawn_by_the_power_of_their_price():
    """With the power 1/2, $1 and $16 weigh 1 and 4: of ten examples, two and eight."""
    drawn = sample([item(1), item(16)], 10, Mixture(price_power=0.5, long_weight=1.0), seed=0)

    assert {1: 2, 16: 8} == Counter(one.price for one in drawn)


def test_long_texts_are_drawn_more_often():
    mixture = Mixture(price_power=0.0, long_weight=3.0, long_text=20, titles_only=0.0)
    drawn = sample([item(1, "short"), item(2, "a text of twenty char")], 8, mixture, seed=0)

    assert {1: 2, 2: 6} == Counter(one.price for one in drawn)


def test_a_source_gives_no_more_items_than_its_share():
    items = [item(price, source="large") for price in range(1, 51)] + [item(900, source="small")]
    drawn = sample(items, 400, Mixture(per_source=3, price_power=0.0, long_weight=1.0), seed=0)

    assert 3 + 1 == len({one.price for one in drawn})
    assert 100 == sum(one.source == "small" for one in drawn)


def test_prices_that_are_no_single_token_are_left_out():
    prices = [0.49, 0.5, 999.49, 999.5, 5_000]

    assert {0.5, 999.49} == {one.price for one in sample([item(price) for price in prices], 10, PLAIN, seed=0)}
    with pytest.raises(ValueError, match="no item has a price"):
        sample([item(1_000)], 1, PLAIN, seed=0)


def test_a_text_without_a_price_is_weighed_by_its_teachers_price():
    drawn = sample([item(1), item(None, teacher_price=16.0)], 10, Mixture(price_power=0.5, long_weight=1.0), seed=0)

    assert {1: 2, None: 8} == Counter(one.price for one in drawn)


def test_a_text_with_neither_price_nor_teachers_price_is_refused():
    with pytest.raises(ValueError, match="“A kettle” has neither a price nor a teacher's price: leave it out"):
        sample([item(None)], 1, PLAIN, seed=0)


def test_some_long_texts_are_reduced_to_their_titles():
    long = item(5, "The title\n" + "a long text " * 30)
    drawn = sample([long], 400, Mixture(titles_only=0.25, sentence_dropout=0.0), seed=0)

    assert {"The title", long.text} == {one.text for one in drawn}
    assert 70 <= sum(one.text == "The title" for one in drawn) <= 130  # 100 expected, 8.7 standard deviation


def test_sentences_after_the_first_of_a_long_text_are_left_out_now_and_then_and_the_others_keep_their_order():
    long = item(5, "A kettle.\nIt holds 1.7 l. It is red! Is it quick? Yes")
    drawn = sample([long], 400, Mixture(long_text=20, titles_only=0.0, sentence_dropout=0.25), seed=0)
    sentences = ["It holds 1.7 l. ", "It is red! ", "Is it quick? ", "Yes"]
    counts = {sentence: sum(sentence in one.text for one in drawn) for sentence in sentences}

    assert all(one.text.startswith("A kettle.\n") for one in drawn)
    assert all(260 <= count <= 340 for count in counts.values())  # 300 expected, 8.7 standard deviation
    assert long.text in {one.text for one in drawn}
    assert 2**4 == len({one.text for one in drawn})


def test_the_same_seed_draws_the_same_examples():
    items = [item(price) for price in range(1, 100)]

    assert sample(items, 50, Mixture(), seed=1) == sample(items, 50, Mixture(), seed=1)
    assert sample(items, 50, Mixture(), seed=1) != sample(items, 50, Mixture(), seed=2)


# What a teacher thinks of them


def kettles(prices):
    return [Item("A kettle", f"A {color} kettle", price) for color, prices in prices.items() for price in prices]


def test_a_teacher_that_never_saw_an_items_price_thinks_what_like_items_cost():
    items = kettles({"red": [10.0] * 59 + [500.0], "blue": [90.0] * 60})
    labeled = label(items, ["A blue kettle", "A red kettle"], seed=0)
    odd, *unpriced = [one for one in labeled if one.price in (500.0, None)]

    assert [one.text for one in items] + ["A blue kettle", "A red kettle"] == [one.text for one in labeled]
    assert [one.price for one in items] + [None, None] == [one.price for one in labeled]
    assert 5 < odd.teacher_price < 30
    assert 60 < unpriced[0].teacher_price < 130
    assert 5 < unpriced[1].teacher_price < 30


def test_examples_are_read_as_they_were_written(tmp_path):
    examples = [
        item(5.0, "A kettle\nof “copper”", "shop", 6.5),
        item(None, teacher_price=3.0),
        example_of(Item("A", "B", 2.0)),
    ]
    write_examples(examples, tmp_path / "distilled.jsonl.gz")

    assert examples == read_examples(tmp_path / "distilled.jsonl.gz")
    assert ["distilled.jsonl.gz"] == [file.name for file in tmp_path.iterdir()]


# What it learns


def targets(prices, number_prices, recipe, teacher_prices=None):
    none = [math.nan] * len(prices)
    prices, teacher_prices, number_prices = (
        torch.tensor(one).float() for one in (prices, teacher_prices or none, number_prices)
    )
    return soft_targets(prices, teacher_prices, number_prices, recipe)


def test_a_soft_target_is_normal_over_the_logarithm_and_the_rest_on_the_price():
    """$0, $1 and $4 lie at 0.5, 1.5 and 4.5, a factor of 3 apart; sigma is chosen to give the density 1/2, 1, 1/2."""
    sigma = math.log(3) / math.sqrt(2 * math.log(2))
    target = targets([1.0], [0.0, 1.0, 4.0], Recipe(smoothing=0.6, smoothing_sigma=sigma))

    # The density is 1/4, 1/2, 1/4 of 0.6; the other 0.4 lies on $1.
    assert [0.15, 0.7, 0.15] == pytest.approx(target[0].tolist())


def test_a_price_that_two_tokens_write_is_shared_between_them():
    target = targets([7.2], [7.0, 7.0, 8.0], Recipe(smoothing=0.0))

    assert [0.5, 0.5, 0.0] == pytest.approx(target[0].tolist())


def test_prices_below_one_and_above_999_dollars_lie_on_the_ends():
    target = targets([0.5, 4_000.0], range(1000), Recipe(smoothing=0.0))

    assert [1, 999] == target.argmax(-1).tolist()


def test_every_soft_target_sums_to_one():
    target = targets([0.5, 1.0, 19.99, 500.0, 999.49], range(1000), Recipe())

    assert [1.0] * 5 == pytest.approx(target.sum(-1).tolist())
    assert [1, 1, 20, 500, 999] == target.argmax(-1).tolist()


def test_a_teachers_price_has_its_share_beside_a_price_and_all_of_the_target_where_there_is_none():
    """Price $1 and a teacher's $4, each on one token: 1/4 and 3/4; without the price, all on $4."""
    recipe = Recipe(smoothing=0.0, teacher_weight=0.75, teacher_sigma=1e-3)
    both, teacher, price = targets([1.0, math.nan, 1.0], [1.0, 2.0, 4.0], recipe, [4.0, 4.0, math.nan])

    assert [0.25, 0.0, 0.75] == pytest.approx(both.tolist())
    assert [0.0, 0.0, 1.0] == pytest.approx(teacher.tolist())
    assert [1.0, 0.0, 0.0] == pytest.approx(price.tolist())


def test_a_teachers_price_is_normal_over_the_logarithm():
    """$0, $1 and $4 lie a factor of 3 apart; sigma is chosen to give the density 1/2, 1, 1/2."""
    sigma = math.log(3) / math.sqrt(2 * math.log(2))
    [target] = targets([math.nan], [0.0, 1.0, 4.0], Recipe(teacher_sigma=sigma), [1.0])

    assert [0.25, 0.5, 0.25] == pytest.approx(target.tolist())


def losses_of(shares, prices, recipe, teacher_prices=None):
    """`reading_loss` of one distribution over $0.50 and $7.50, one ln(8) apart."""
    return reading_loss(
        torch.tensor(shares).log(),
        torch.tensor(prices),
        torch.tensor(teacher_prices or [math.nan] * len(prices)),
        torch.tensor([0.5, 7.5]),
        recipe,
    ).item()


def test_what_the_leading_prices_say_is_held_to_the_price():
    """Shares 1/3 and 2/3 cubed are as 1 to 8: 8/9 of the way from ln 1 to ln 8. Up to 0.1, an error counts by its
    square and stays 0.05 below its size beyond that.
    """
    low = losses_of([[1 / 3, 2 / 3]], [0.5], Recipe())
    high = losses_of([[1 / 3, 2 / 3]], [7.5], Recipe())

    assert 8 / 9 * math.log(8) - 0.05 == pytest.approx(low)
    assert 1 / 9 * math.log(8) - 0.05 == pytest.approx(high)


def test_leading_prices_are_held_to_a_teachers_price_by_its_weight_and_by_all_of_it_where_there_is_no_other():
    sure, recipe = [[1.0 - 1e-6, 1e-6]], Recipe(teacher_weight=0.25)
    far = math.log(8) - 0.05

    assert 0.25 * far == pytest.approx(losses_of(sure, [0.5], recipe, [7.5]), abs=1e-5)
    assert far == pytest.approx(losses_of(sure, [math.nan], recipe, [7.5]), abs=1e-5)
    assert 0.0 == pytest.approx(losses_of(sure, [0.5], recipe), abs=1e-5)


def test_a_half_and_a_half_made_dearer_by_the_factor_that_is_due_costs_nothing():
    """From ln 1 at all to ln 8 at a third is ln 2; if ln 4 was due, ln 2 is missing."""
    before, after = torch.tensor([[1.0 - 1e-9, 1e-9]]).log(), torch.tensor([[2 / 3, 1 / 3]]).log()
    prices = torch.tensor([0.5, 7.5])

    assert 0.0 == pytest.approx(edit_loss(before, after, torch.tensor([2.0]).log(), prices).item(), abs=1e-6)
    missing = edit_loss(before, after, torch.tensor([4.0]).log(), prices).item()
    assert math.log(2) - 0.05 == pytest.approx(missing, abs=1e-6)


def test_the_price_is_the_likeliest_of_a_bell_and_its_middle_lies_above_by_the_width_squared():
    opinion = Recipe(teacher_sigma=0.35)
    [target] = soft_targets(torch.tensor([math.nan]), torch.tensor([100.0]), torch.arange(1000.0), opinion)

    assert 100 == target.argmax()
    assert math.log(100.5) + 0.35**2 == pytest.approx(math.log((target.cumsum(0) < 0.5).sum() + 0.5), abs=0.005)


HALF = [math.log(0.5) if index == 3 else math.log(0.5 / 7) for index in range(8)]
LOGITS = torch.tensor([[[0.0] * 8, HALF], [[5.0, *[0.0] * 7], [0.0] * 8]])  # (B, T, V): only the last row counts


def trainer_loss(recipe, originals=(), log_factors=(), asked=None):
    """The Trainer's loss where LOGITS are what the model says and the prices $20 and $10 are tokens 3 and 2."""
    trainer = SimpleNamespace(
        _number_ids=torch.tensor([2, 3]), _number_prices=torch.tensor([10.0, 20.0]), _recipe=recipe
    )

    def model(**inputs):
        (asked if asked is not None else {}).update(inputs)
        return SimpleNamespace(logits=LOGITS)

    inputs = {
        "input_ids": torch.zeros(2, 2),
        "prices": torch.tensor([20.0, 10.0]),
        "teacher_prices": torch.tensor([math.nan] * 2),
        "originals": torch.tensor(originals, dtype=torch.long),
        "log_factors": torch.tensor(log_factors),
    }
    return PriceTrainer.compute_loss(trainer, model, inputs).item()


def test_the_loss_is_the_cross_entropy_at_the_dollar_sign_over_the_whole_vocabulary():
    """Half the probability on the right token costs ln 2; an eighth each on eight tokens ln 8; the mean is 2 ln 2."""
    asked = {}
    loss = trainer_loss(Recipe(smoothing=0.0), asked=asked)

    assert 2 * math.log(2) == pytest.approx(loss)
    assert 1 == asked["logits_to_keep"]
    assert {"input_ids", "logits_to_keep", "use_cache"} == asked.keys()


def test_the_other_losses_count_by_their_weights():
    """Of the numbers, the first row has 1/8 and 7/8, the second halves: 3/8 of ln(20.5 / 10.5) apart."""
    plain, far = trainer_loss(Recipe(smoothing=0.0)), math.log(20.5 / 10.5)
    with_reading = trainer_loss(Recipe(smoothing=0.0, reading_weight=2.0))
    with_edits = trainer_loss(Recipe(smoothing=0.0, edit_weight=2.0), [0], [0.0])

    cubes = 1 / (1 + 7**3)  # the first row's share of the wrong price
    first, second = (far * cubes) ** 2 / 0.2, far / 2 - 0.05
    assert 2 * (first + second) / 2 == pytest.approx(with_reading - plain, abs=1e-5)
    assert 2 * (3 / 8 * far - 0.05) == pytest.approx(with_edits - plain, abs=1e-5)
    assert plain == trainer_loss(Recipe(smoothing=0.0, edit_weight=2.0))


def test_examples_are_the_prompts_of_the_product_without_the_price(tmp_path):
    tokenizer = make_tokenizer(tmp_path)
    told = item(64.0, "A kettle\n\nPrice is $64.00")
    edited = replace(item(64.0), edit=Edit("Two kettles", 1.5))
    [one, other, third] = encode([told, item(64.0), edited, item(5.0, " ")], FRAMES["2024"], tokenizer)

    assert one["input_ids"] == other["input_ids"] == third["input_ids"]
    assert tokenizer.decode(one["input_ids"]).endswith("A kettle\n\nPrice is $")
    assert [told, item(64.0), edited] == [each["example"] for each in (one, other, third)]
    assert [None, None] == [one["edit_ids"], other["edit_ids"]]
    assert tokenizer.decode(third["edit_ids"]).endswith("Two kettles\n\nPrice is $")


def encoded_in_a_process(rank, folder):
    """What one of two processes has in the end."""
    rendezvous = f"file://{folder / 'rendezvous'}"
    distributed.init_process_group("gloo", init_method=rendezvous, rank=rank, world_size=2)
    examples = [item(float(dollars), f"A kettle of {dollars} liters") for dollars in range(1, 6)]
    encoded = encode_together(examples, FRAMES["2024"], make_tokenizer(folder / str(rank)), processes=2)
    distributed.destroy_process_group()
    return [one["example"].price for one in encoded]


def test_processes_of_one_run_encode_a_share_each_and_all_get_the_whole(tmp_path):
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        first, second = pool.map(encoded_in_a_process, (0, 1), [tmp_path] * 2)

    assert [1.0, 3.0, 5.0, 2.0, 4.0] == first == second


def test_a_batch_is_padded_on_the_left_and_counts_its_own_positions():
    first = {"example": item(1.0), "input_ids": [5, 6], "edit_ids": None}
    second = {"example": item(None, teacher_price=2.0), "input_ids": [7, 8, 9], "edit_ids": None}
    batch = collate([first, second], pad=0)

    assert [[0, 5, 6], [7, 8, 9]] == batch["input_ids"].tolist()
    assert [[0, 1, 1], [1, 1, 1]] == batch["attention_mask"].tolist()
    assert [[0, 0, 1], [0, 1, 2]] == batch["position_ids"].tolist()
    assert [1.0, math.nan] == pytest.approx(batch["prices"].tolist(), nan_ok=True)
    assert [math.nan, 2.0] == pytest.approx(batch["teacher_prices"].tolist(), nan_ok=True)
    assert [] == batch["originals"].tolist() == batch["log_factors"].tolist()


def test_edits_follow_the_texts_of_a_batch_with_their_prices_and_whose_they_are():
    plain = {"example": item(1.0), "input_ids": [5], "edit_ids": None}
    example = replace(item(10.0, teacher_price=20.0), edit=Edit("Two kettles", 1.5))
    batch = collate([plain, {"example": example, "input_ids": [6], "edit_ids": [7]}], pad=0)

    assert [[5], [6], [7]] == batch["input_ids"].tolist()
    assert [1.0, 10.0, 15.0] == batch["prices"].tolist()
    assert [math.nan, 20.0, 30.0] == pytest.approx(batch["teacher_prices"].tolist(), nan_ok=True)
    assert [1] == batch["originals"].tolist()
    assert [math.log(1.5)] == pytest.approx(batch["log_factors"].tolist())


# The whole way


ITEMS = [item(price, f"A kettle of {price} liters and more") for price in (5, 20, 100, 700)]
SHORT = {"per_device_train_batch_size": 2, "save_steps": 1, "disable_tqdm": True}
QUICK = SHORT | {"torch_compile": False}  # which takes longer than the steps; one test compiles as a real run does


def test_an_adapter_is_trained_saved_loaded_and_makes_a_difference(tiny, tmp_path):
    row = make_row(tiny.base, None)
    train_adapter(row, ITEMS, tmp_path / "run", tmp_path / "adapter", Recipe(rank=4, alpha=8), max_steps=2, **SHORT)
    pricer = Pricer(load(asked_for(make_row(tiny.base, tmp_path / "adapter")), CPU))
    adapter = pricer.info.adapter

    assert (4, 8, 2 * 7) == (adapter.rank, adapter.alpha, adapter.layers)
    [with_adapter], [alone] = pricer.estimate_all(["A kettle"]), pricer.estimate_all(["A kettle"], adapter=False)
    assert with_adapter.mass != alone.mass

    files = {file.name for file in (tmp_path / "adapter").iterdir()}
    assert {"adapter_config.json", "adapter_model.safetensors"} <= files
    assert "base" == json.loads((tmp_path / "adapter" / "adapter_config.json").read_text())["base_model_name_or_path"]


def saved_adapter(folder, weights, name):
    """An adapter of the one matrix `lora_A`, saved as PEFT saves one."""
    folder.mkdir()
    save_file({"lora_A": torch.tensor(weights)}, folder / "adapter_model.safetensors")
    (folder / "adapter_config.json").write_text(json.dumps({"name": name}))
    return folder


def test_the_average_of_adapters_has_the_mean_of_their_weights_and_the_configuration_of_the_last(tmp_path):
    first, last = saved_adapter(tmp_path / "a", [1.0, -2.0], "a"), saved_adapter(tmp_path / "b", [2.0, 4.0], "b")
    main(["average", str(first), str(last), "--out", str(tmp_path)])
    weights = load_file(tmp_path / "adapter" / "adapter_model.safetensors")

    assert [1.5, 1.0] == weights["lora_A"].tolist()
    assert torch.float16 == weights["lora_A"].dtype
    assert {"name": "b"} == json.loads((tmp_path / "adapter" / "adapter_config.json").read_text())


def test_adapters_of_other_shapes_or_a_single_one_are_not_averaged(tmp_path):
    first, other = saved_adapter(tmp_path / "a", [1.0, -2.0], "a"), saved_adapter(tmp_path / "b", [2.0], "b")

    with pytest.raises(ValueError, match="give checkpoints of one run"):
        average([first, other], tmp_path / "mean")
    with pytest.raises(SystemExit, match="name two or more folders"):
        main(["average", str(first), "--out", str(tmp_path)])


def test_an_interrupted_run_goes_on_where_it_was(tiny, tmp_path):
    row, recipe = make_row(tiny.base, None), Recipe(rank=4, train_numbers=False, target_modules=("q_proj",))
    train_adapter(row, ITEMS, tmp_path / "run", tmp_path / "first", recipe, max_steps=1, **QUICK)
    train_adapter(row, ITEMS, tmp_path / "run", tmp_path / "second", recipe, max_steps=3, **QUICK)
    history = json.loads((tmp_path / "run" / "checkpoint-3" / "trainer_state.json").read_text())

    assert 3 == history["global_step"]
    assert 2 == len(list((tmp_path / "run").glob("checkpoint-*")))


TEXTS = [f"Wireless headphones with {number} GB of memory" for number in range(60)]


@pytest.fixture(scope="module")
def raw(tmp_path_factory):
    """A BERT in miniature: it knows some numbers, single letters, pieces, and a few words."""
    folder = tmp_path_factory.mktemp("raw")
    characters = [chr(code) for code in range(33, 127) if not chr(code).isupper()]
    words = re.findall(r"\w+", " ".join(frame.around("with of memory gb") for frame in FRAMES.values()).lower())
    numbers = [*map(str, range(10, 31)), "100", "500", "1000"]
    tokens = [
        "[PAD]",
        "[UNK]",
        "[CLS]",
        "[SEP]",
        "[MASK]",
        *characters,
        *(f"##{c}" for c in characters),
        *numbers,
        *words,
    ]
    tokenizer = Tokenizer(
        models.WordPiece({token: index for index, token in enumerate(dict.fromkeys(tokens))}, unk_token="[UNK]")
    )
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "tokenizer_config.json").write_text(
        '{"tokenizer_class": "PreTrainedTokenizerFast", "unk_token": "[UNK]"}'
    )
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=tokenizer.get_vocab_size(),
        hidden_size=64,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=64,
    )
    BertForMaskedLM(config).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def tokenizer(raw):
    return build_tokenizer(raw, TEXTS, size=1_300)


def test_every_whole_number_to_999_is_one_token(tokenizer):
    _, prices = number_tokens(tokenizer, "made here")

    assert set(range(1000)) == set(prices.tolist())


def test_the_vocabulary_has_at_most_the_size_that_was_asked_for(tokenizer):
    assert len(NUMBERS) < len(tokenizer) <= 1_300


def test_digits_are_split_from_letters(tokenizer):
    assert ["memory", "128", "gb"] == tokenizer.tokenize("memory 128GB")


def test_a_frequent_word_that_was_written_in_pieces_becomes_one_token(tokenizer):
    assert ["wireless", "headphones"] == tokenizer.tokenize("Wireless headphones")
    assert 1 < len(tokenizer.tokenize("zeppelin"))


def test_texts_begin_with_one_bos_token_and_get_no_end(tokenizer):
    assert ["[CLS]", "price", "is", "$"] == tokenizer.convert_ids_to_tokens(tokenizer("Price is $")["input_ids"])


def test_tokenizer_base_and_adapter_make_a_model_that_the_product_loads(raw, tokenizer, tmp_path):
    tokenizer.save_pretrained(tmp_path / "base")
    model = train_base(raw, tokenizer, TEXTS, tmp_path / "run", max_steps=2, **QUICK)
    model.save_pretrained(tmp_path / "whole")
    save_in_4_bits(tmp_path / "whole", tmp_path / "base")
    row = make_row(tmp_path / "base", None)
    train_adapter(row, ITEMS, tmp_path / "run-2", tmp_path / "adapter", Recipe(rank=4), max_steps=2, **QUICK)
    pricer = Pricer(load(asked_for(make_row(tmp_path / "base", tmp_path / "adapter")), CPU))
    estimates = pricer.estimate_all(["A kettle", "Wireless headphones", "word " * 300])

    assert "4 bit (NF4, double quantization)" == pricer.info.quantization
    assert (len(tokenizer), 64) == pricer.info.head
    assert all(0 < estimate.mass <= 1 for estimate in estimates)
    assert [160] == [estimate.tokens for estimate in estimates if estimate.cut]


def test_a_new_number_begins_between_its_neighbors(raw, tokenizer):
    from pricer.training.base import untrained_base

    before = AutoModelForCausalLM.from_pretrained(raw, is_decoder=True).get_input_embeddings().weight
    after = untrained_base(raw, tokenizer).get_input_embeddings().weight
    old = Tokenizer.from_file(str(raw / "tokenizer.json")).token_to_id
    new = tokenizer.convert_tokens_to_ids

    torch.testing.assert_close(before[old("25")], after[new("25")])
    # $200 lies a quarter of the way from 100 to 500, the numbers that were known around it.
    torch.testing.assert_close(0.75 * before[old("100")] + 0.25 * before[old("500")], after[new("200")])
