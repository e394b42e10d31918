"""A Llama in miniature, made in a few seconds: everything that the course's 8B has but its size and its knowledge.

The tokenizer cuts and writes as that of Llama 3 does: byte-level BPE, digits in threes, every run of one to three
digits one token, a BOS token that its post-processor puts in front by itself. Weights are random and nothing is
downloaded.
"""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from peft import LoraConfig, get_peft_model
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, processors
from transformers import AutoModelForCausalLM, BitsAndBytesConfig, LlamaConfig, LlamaForCausalLM
from transformers import PreTrainedTokenizerFast as FastTokenizer

from pricer.items.load import BUNDLED
from pricer.model.choice import Choice
from pricer.model.machine import Machine
from pricer.model.registry import ModelRow
from pricer.pricing.prompt import FRAMES

BOS, EOS = "<|begin_of_text|>", "<|end_of_text|>"
WORDS = ("How", "Ġmuch", "Ġdoes", "Ġthis", "Ġcost", "Ġto", "Ġthe", "Ġnearest", "Ġdollar", "Price", "Ġis", "Ġ$", "ĊĊ")
NUMBERS = tuple(str(number).zfill(digits) for digits in (1, 2, 3) for number in range(10**digits))
VOCABULARY = 256 + len(WORDS) + len(NUMBERS) - 10 + 2  # single digits are bytes already

DESCRIPTIONS = (
    "A kettle",
    "Stainless steel water kettle, 1.7 litres, 2200 W, with a hose that does not leak",
    "Café crème 🫖",
    "Cordless drill with two batteries and 128 bits in a case",
    "x",
)

CPU = Machine(memory_gb=16.0)

_HIDDEN, _HEADS, _KEY_HEADS, _LAYERS = 64, 4, 2, 2
_DIGITS_IN_THREES = r"[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"


def make_tokenizer(folder: Path, numbers: tuple[str, ...] = NUMBERS, digits: str = _DIGITS_IN_THREES) -> FastTokenizer:
    """Save and return a tokenizer that writes `numbers` as single tokens, where `digits` does not cut them."""
    tokens = [*sorted(pre_tokenizers.ByteLevel.alphabet()), *WORDS, *numbers]
    vocabulary = {token: index for index, token in enumerate(dict.fromkeys(tokens))}
    tokenizer = Tokenizer(models.BPE(vocabulary, merges=[], ignore_merges=True))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(digits), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(BOS, special=True), AddedToken(EOS, special=True)])
    tokenizer.post_processor = processors.Sequence(
        [
            processors.ByteLevel(trim_offsets=False),
            processors.TemplateProcessing(single=f"{BOS} $A", special_tokens=[(BOS, tokenizer.token_to_id(BOS))]),
        ]
    )
    fast = FastTokenizer(
        tokenizer_object=tokenizer,
        bos_token=BOS,
        eos_token=EOS,
        clean_up_tokenization_spaces=True,
        model_input_names=["input_ids", "attention_mask"],
    )
    fast.save_pretrained(folder)
    return fast


def make_base(folder: Path, hidden: int = _HIDDEN, layers: int = _LAYERS, tied: bool = False, seed: int = 0) -> Path:
    """Save a random Llama in fp32 as safetensors, with its tokenizer; its logits differ enough to rank tokens."""
    tokenizer = make_tokenizer(folder)
    torch.manual_seed(seed)
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=hidden,
        intermediate_size=2 * hidden,
        num_hidden_layers=layers,
        num_attention_heads=_HEADS,
        num_key_value_heads=_KEY_HEADS,
        initializer_range=0.2,
        tie_word_embeddings=tied,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
    )
    LlamaForCausalLM(config).save_pretrained(folder)
    return folder


def make_adapter(base: Path, folder: Path, seed: int = 1, **options: Any) -> Path:
    """Save a LoRA for the base in `base` that changes its answers; `options` go to LoraConfig."""
    torch.manual_seed(seed)
    config = {
        "r": 4,
        "lora_alpha": 8,
        "lora_dropout": 0.1,
        "target_modules": ["q_proj", "k_proj", "v_proj", "o_proj"],
        "task_type": "CAUSAL_LM",
    }
    model = get_peft_model(
        AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32), LoraConfig(**config | options)
    )
    for name, parameter in model.named_parameters():
        if "lora_B" in name or "trainable_tokens_delta" in name:
            torch.nn.init.normal_(parameter, std=0.3)
    model.save_pretrained(folder, save_embedding_layers=False)
    return folder


def store_in_4_bits(base: Path, folder: Path, compute: torch.dtype = torch.bfloat16) -> Path:
    """Save the base in `base` rounded to NF4, computing in `compute`, as ready-made checkpoints of the Hub are."""
    quantization = BitsAndBytesConfig(
        load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_use_double_quant=True, bnb_4bit_compute_dtype=compute
    )
    model = AutoModelForCausalLM.from_pretrained(
        base, quantization_config=quantization, dtype=compute, device_map="cpu"
    )
    model.save_pretrained(folder)
    make_tokenizer(folder)
    return folder


def make_row(base: Path | str, adapter: Path | str | None, **fields: Any) -> ModelRow:
    """A row of the table for a model made here."""
    adapter = None if adapter is None else str(adapter)
    return ModelRow(
        **{"name": "tiny", "base": str(base), "adapter": adapter, "adapter_revision": None} | _FIXED | fields
    )


_FIXED = {"frame": FRAMES["2024"], "items": BUNDLED, "quantization": "4bit"}


def asked_for(row: ModelRow) -> Choice:
    """The choice of `row` by its name."""
    return Choice(row, "It was asked for.", automatic=False)


def edit_json(path: Path, **changes: Any) -> None:
    """Change fields of a JSON file."""
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    """Folders `base` and `adapter`, and their `row`."""
    folder = tmp_path_factory.mktemp("tiny")
    base = make_base(folder / "base")
    adapter = make_adapter(base, folder / "adapter")
    return SimpleNamespace(base=base, adapter=adapter, row=make_row(base, adapter))
