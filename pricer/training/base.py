"""Step "base": a small causal language model of product texts, rounded to NF4.

Turns a pretrained BERT into a decoder that reads from left to right, gives it the trimmed vocabulary, trains it to
continue product texts, and saves it with its linear layers in 4 bits. It never sees a price after a dollar sign: what
things cost is the adapter's knowledge alone.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import torch
from transformers import (
    AutoConfig,
    AutoModelForCausalLM,
    DataCollatorForLanguageModeling,
    PreTrainedTokenizerFast,
    Trainer,
)

from pricer.model.base import nf4
from pricer.training import sources
from pricer.training.arguments import training_arguments
from pricer.training.tokenizer import BOS, EOS, NUMBERS

MAX_POSITIONS = 256  # the longest prompt has 160 tokens of description and some 20 around it


def untrained_base(raw: Path, tokenizer: PreTrainedTokenizerFast) -> Any:
    """BERT of the folder `raw` as a causal language model over `tokenizer`'s vocabulary; its head begins untrained."""
    config = AutoConfig.from_pretrained(raw)
    config.is_decoder = True
    config.tie_word_embeddings = True
    config.hidden_dropout_prob = config.attention_probs_dropout_prob = 0.0
    # Attention written out: on a CPU its backward pass in bf16 takes a third of the fused one's time.
    model = AutoModelForCausalLM.from_pretrained(raw, config=config, dtype=torch.float32, attn_implementation="eager")
    embeddings = model.bert.embeddings
    old = embeddings.word_embeddings.weight.data  # (old vocabulary, hidden)
    model.resize_token_embeddings(len(tokenizer), mean_resizing=False)
    with torch.no_grad():
        model.get_input_embeddings().weight.copy_(_embedding_rows(old, raw, tokenizer))
    _shorten_positions(embeddings, MAX_POSITIONS)
    model.config.max_position_embeddings = MAX_POSITIONS
    for settings in (model.config, model.generation_config):
        settings.bos_token_id = tokenizer.convert_tokens_to_ids(BOS)
        settings.eos_token_id = settings.pad_token_id = tokenizer.convert_tokens_to_ids(EOS)
    return model


def train_base(
    raw: Path, tokenizer: PreTrainedTokenizerFast, texts: Iterable[str], folder: Path, **options: Any
) -> Any:
    """Language modelling on `texts`, with checkpoints in `folder`; resumes from the last of them.

    `options` go to `training_arguments`. Returns the trained model in fp32.
    """
    model = untrained_base(raw, tokenizer)
    model.get_output_embeddings().bias.requires_grad_(True)
    encoded = tokenizer(list(texts), truncation=True, max_length=128, add_special_tokens=True)["input_ids"]
    eos = tokenizer.convert_tokens_to_ids(EOS)
    dataset = [{"input_ids": [*ids, eos] if len(ids) < 128 else ids} for ids in encoded]
    arguments, last = training_arguments(folder, **options)
    collator = DataCollatorForLanguageModeling(tokenizer, mlm=False)
    trainer = Trainer(model=model, args=arguments, train_dataset=dataset, data_collator=collator)
    trainer.train(resume_from_checkpoint=last)
    return model


def save_in_4_bits(full: Path, folder: Path) -> None:
    """Round the linear layers of the model in `full` to NF4, twice quantized as in the course, and save it.

    The head stays whole: it is the embedding, which the prices' rows are read from.
    """
    quantization = nf4(torch.float32, llm_int8_skip_modules=["cls.predictions.decoder"])
    model = AutoModelForCausalLM.from_pretrained(
        full, quantization_config=quantization, dtype=torch.float16, device_map="cpu"
    )
    model.save_pretrained(folder, max_shard_size="9MB")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this step."""
    sources.add_raw(parser)
    sources.add_items(parser)
    sources.add_texts(parser)
    sources.add_out(parser)
    parser.add_argument("--steps", type=int, default=420, help="optimizer steps, of 32 texts each")
    sources.add_seed(parser)


def run(options: argparse.Namespace) -> None:
    """Write the base, in 4 bits, beside the tokenizer in OUT/base; goes on from its last checkpoint."""
    from transformers import AutoTokenizer

    base = options.out / "base"
    if not (base / "tokenizer.json").exists():
        raise SystemExit(f"There is no tokenizer in {base}: run the step tokenizer first.")
    model = train_base(
        sources.raw_weights(options.raw),
        AutoTokenizer.from_pretrained(base),
        sources.product_texts(options),
        options.out / "base-run",
        max_steps=options.steps,
        learning_rate=5e-4,
        seed=options.seed,
    )
    model.save_pretrained(options.out / "base-full")
    save_in_4_bits(options.out / "base-full", base)


def _embedding_rows(old: torch.Tensor, raw: Path, tokenizer: PreTrainedTokenizerFast) -> torch.Tensor:
    """A row for each token: its old one; for a new number, between its nearest known neighbors; else its pieces' mean.

    Returns shape (new vocabulary, hidden).
    """
    from transformers import AutoTokenizer

    before = AutoTokenizer.from_pretrained(raw)
    ids = before.get_vocab()
    known = [int(number) for number in NUMBERS if number in ids]
    rows = torch.empty(len(tokenizer), old.shape[1])
    for token, index in tokenizer.get_vocab().items():
        if token in ids:
            rows[index] = old[ids[token]]
        elif token in NUMBERS:
            below = max(number for number in known if number < int(token))
            above = min((number for number in known if number > int(token)), default=below)
            share = (int(token) - below) / max(above - below, 1)
            rows[index] = (1 - share) * old[ids[str(below)]] + share * old[ids[str(above)]]
        else:
            rows[index] = old[before(token, add_special_tokens=False)["input_ids"]].mean(0)
    return rows


def _shorten_positions(embeddings: Any, count: int) -> None:
    """Keep the first `count` position embeddings."""
    embeddings.position_embeddings = torch.nn.Embedding.from_pretrained(
        embeddings.position_embeddings.weight.data[:count].clone(), freeze=False
    )
    embeddings.position_ids = embeddings.position_ids[:, :count]
    embeddings.token_type_ids = embeddings.token_type_ids[:, :count]
