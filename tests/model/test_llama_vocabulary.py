"""The real vocabulary of Llama 3: the tokenizer file that Meta ships in its package, as transformers writes with it."""

from pathlib import Path

import pytest
from tokenizers import processors
from transformers import PreTrainedTokenizerFast
from transformers.convert_slow_tokenizer import TikTokenConverter

from pricer.model.number_tokens import number_tokens
from pricer.pricing.prompt import FRAMES, build_prompt

meta = pytest.importorskip(
    "llama_models.llama3.tokenizer", reason="Llama's vocabulary is not here: pip install -r requirements-dev.txt"
)
BOS, EOS = "<|begin_of_text|>", "<|end_of_text|>"
CHAIR = "Ergonomic office chair with lumbar support, mesh back, adjustable armrests and a headrest, 300 lb capacity."


@pytest.fixture(scope="module")
def llama():
    """Meta's own tokenizer, which shares no code with transformers."""
    return meta.Tokenizer(Path(meta.__file__).parent / "tokenizer.model")


@pytest.fixture(scope="module")
def tokenizer(llama):
    """The same file as a tokenizer of transformers, with a BOS token in front as Llama's own has it."""
    special = sorted(llama.special_tokens, key=llama.special_tokens.get)
    file = str(Path(meta.__file__).parent / "tokenizer.model")
    converted = TikTokenConverter(file, pattern=llama.pat_str, extra_special_tokens=special).converted()
    begin = processors.TemplateProcessing(single=f"{BOS} $A", special_tokens=[(BOS, llama.bos_id)])
    converted.post_processor = processors.Sequence([processors.ByteLevel(trim_offsets=False), begin])
    return PreTrainedTokenizerFast(tokenizer_object=converted, bos_token=BOS, eos_token=EOS)


def test_each_of_0_to_999_is_one_token_of_the_128_256(tokenizer, llama):
    ids, prices = number_tokens(tokenizer, "Llama 3")

    assert (128_256, 128_256) == (len(tokenizer), llama.n_words)
    assert set(range(1000)) == set(prices.tolist())
    assert [[id_] for id_ in ids.tolist()] == [
        llama.encode(tokenizer.decode([id_]), bos=False, eos=False) for id_ in ids.tolist()
    ]
    assert 2 == len(llama.encode("1000", bos=False, eos=False))


@pytest.mark.parametrize("year", FRAMES)
@pytest.mark.parametrize("description", [CHAIR, "Café crème 🫖, 2 x 250 ml\nfor €12", "x"])
def test_the_ids_of_a_prompt_are_those_of_the_course(tokenizer, llama, description, year):
    asked = {"2024": "How much does this cost", "2025": "What does this cost"}[year]
    text = f"{asked} to the nearest dollar?\n\n{description}\n\nPrice is $"

    prompt = build_prompt(description, FRAMES[year], tokenizer)

    assert tuple(llama.encode(text, bos=True, eos=False)) == prompt.ids == tuple(tokenizer(text)["input_ids"])
    assert [128_000, 128_000 in prompt.ids[1:]] == [prompt.ids[0], False]


def test_a_long_text_is_cut_at_exactly_160_tokens(tokenizer, llama):
    text = " ".join([CHAIR] * 20)
    whole = llama.encode(text, bos=False, eos=False)

    prompt = build_prompt(text, FRAMES["2024"], tokenizer)

    assert (160, len(whole) - 160) == (prompt.tokens, prompt.cut)
    assert whole[:160] == llama.encode(prompt.description, bos=False, eos=False)
    assert 175 <= len(prompt.ids) <= 177
