"""Step "tokenizer": a WordPiece vocabulary for product texts in which every whole number 0-999 is one token.

Trims the vocabulary of a pretrained BERT to the tokens that product texts use and adds the missing numbers. Which rows
of the embedding are kept follows from the tokens' spelling.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from tokenizers import Tokenizer, models, pre_tokenizers, processors
from transformers import PreTrainedTokenizerFast

from pricer.pricing.prompt import FRAMES
from pricer.training import sources

PAD, UNKNOWN, BOS, EOS = "[PAD]", "[UNK]", "[CLS]", "[SEP]"
NUMBERS = tuple(str(number) for number in range(1000))

# In half precision one embedding of 384 floats takes 768 bytes: this many stay under 10 MB in one file.
VOCABULARY_SIZE = 12_800
NEW_WORDS = 1_500


def build_tokenizer(raw: Path, texts: Iterable[str], size: int = VOCABULARY_SIZE) -> PreTrainedTokenizerFast:
    """The tokenizer of `raw` (a folder with BERT's tokenizer.json), trimmed to `size` tokens.

    It keeps the special tokens, single ASCII characters, the numbers, the questions' words, and of the rest what is
    most frequent in `texts`. It adds words of `texts` that the old vocabulary can write only in pieces ("headphones"),
    those first that save the most tokens. Digits are split from letters: "128GB" holds the number 128.
    """
    texts = list(texts)
    tokenizer = Tokenizer.from_file(str(raw / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.BertPreTokenizer(), pre_tokenizers.Digits(individual_digits=False)]
    )
    old = json.loads((raw / "tokenizer.json").read_text())["model"]["vocab"]
    words = _words_in_pieces(tokenizer, texts)[:NEW_WORDS]
    vocabulary = _trim(sorted(old, key=old.get), _count(tokenizer, texts), size - len(words)) + words
    tokenizer.model = models.WordPiece(
        {token: index for index, token in enumerate(vocabulary)}, unk_token=UNKNOWN, max_input_chars_per_word=100
    )
    # Saved anew, so that special tokens of the old vocabulary take their new ids.
    data = json.loads(tokenizer.to_str())
    data["added_tokens"] = []
    tokenizer = Tokenizer.from_str(json.dumps(data | {"post_processor": None}))
    tokenizer.add_special_tokens([PAD, UNKNOWN, BOS, EOS])
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{BOS} $A", special_tokens=[(BOS, vocabulary.index(BOS))]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token=PAD,
        unk_token=UNKNOWN,
        bos_token=BOS,
        eos_token=EOS,
        model_input_names=["input_ids", "attention_mask"],
        clean_up_tokenization_spaces=False,
    )


def _count(tokenizer: Tokenizer, texts: list[str]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for encoding in tokenizer.encode_batch(texts, add_special_tokens=False):
        counts.update(encoding.tokens)
    return counts


def _words_in_pieces(tokenizer: Tokenizer, texts: list[str]) -> list[str]:
    """Words that are written in several tokens, by the number of tokens that one token for each would save."""
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(re.findall(r"(?<![a-z0-9])[a-z]{4,}(?![a-z0-9])", text.lower()))
    words = [word for word, count in counts.items() if count >= 50]
    encodings = tokenizer.encode_batch(words, add_special_tokens=False)
    saved = {word: counts[word] * (len(encoding) - 1) for word, encoding in zip(words, encodings, strict=True)}
    return sorted((word for word in words if saved[word]), key=lambda word: (-saved[word], word))


def _trim(old: list[str], counts: Counter[str], size: int) -> list[str]:
    """`size` tokens: special ones, numbers, ASCII characters, then the most frequent; each group in its old order."""
    special = [PAD, UNKNOWN, BOS, EOS]
    characters = [token for token in old if len(token.removeprefix("##")) == 1 and token.isascii()]
    questions = re.findall(r"\w+", " ".join(frame.around("") for frame in FRAMES.values()).lower())
    fixed = list(dict.fromkeys([*special, *NUMBERS, *characters, *(word for word in questions if word in old)]))
    # Of numbers that begin with a zero, such as "050", none: each would be a second way to write a price.
    rest = [t for t, _ in counts.most_common() if t not in set(fixed) and not re.fullmatch(r"0[0-9]+", t)]
    chosen = set(rest[: size - len(fixed)])
    return [*fixed, *(token for token in old if token in chosen)]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this step."""
    sources.add_raw(parser)
    sources.add_items(parser)
    sources.add_texts(parser)
    sources.add_out(parser)
    sources.add_seed(parser)


def run(options: argparse.Namespace) -> None:
    """Write the tokenizer to OUT/base."""
    raw = sources.raw_weights(options.raw)
    build_tokenizer(raw, sources.product_texts(options)).save_pretrained(options.out / "base")
