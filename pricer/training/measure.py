"""Step "measure": a trained model against a constant, TF-IDF with ridge regression and its teacher, on held-out items.

Prints a table in Markdown and writes the same figures as JSON. The simple methods learn from the same training items;
the constant is the best one there is for the items measured (their median), a bound that nobody can know beforehand.
"""

from __future__ import annotations

import argparse
import json
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from pricer.items.item import Item
from pricer.items.load import load_items
from pricer.model.engine import Pricer, open_pricer
from pricer.pricing.estimate import DECODERS
from pricer.runs import tester
from pricer.runs.report import Report
from pricer.runs.result import Result
from pricer.training import sources
from pricer.training.teacher import TextNetworks


def measure(pricer: Pricer, train: Sequence[Item], held_out: Sequence[str], folder: Path) -> dict[str, list[Report]]:
    """A report of every method for each source in `held_out`; written to `folder`/measured.json and printed as a table.

    A report's `method` is what the method is called in the table.
    """
    found: dict[str, list[Report]] = {}
    simple = {"TF-IDF ridge": TextRidge(train), "networks on words": TextNetworks(train)} if train else {}
    for source in held_out:
        items = load_items(source).items
        texts = [item.text for item in items]
        constant = statistics.median(item.price for item in items)
        found[Path(source).name.split(".")[0]] = [
            _report("best constant", items, [constant] * len(items)),
            *(_report(method, items, model.estimate_all(texts)) for method, model in simple.items()),
            *_model_reports(pricer, items),
        ]
    folder.mkdir(parents=True, exist_ok=True)
    rows = [{"items": name} | report.figures() for name, reports in found.items() for report in reports]
    (folder / "measured.json").write_text(json.dumps(rows, indent=1) + "\n")
    print(table(found))
    return found


def table(found: Mapping[str, Sequence[Report]]) -> str:
    """The reports in Markdown, and what share of the prices the model's interval held."""
    lines = ["| items | N | method | MAE ± standard error | RMSLE | hits |", "|---|---|---|---|---|---|"]
    covered = {}
    for name, reports in found.items():
        for report in reports:
            without = report.n - len(report.priced)
            unpriced = f" ({without} without a price)" if without else ""
            lines.append(
                f"| {name} | {report.n:,} | {report.method}{unpriced} | ${report.mae:.2f} ± {report.mae_stderr:.2f} "
                f"| {report.rmsle:.3f} | {report.hits:.1%} |"
            )
            if report.coverage is not None:
                covered.setdefault(name, report.coverage)  # the first is with the adapter
    return "\n".join([*lines, "", *(f"The interval held {share:.1%} of {name}." for name, share in covered.items())])


class TextRidge:
    """TF-IDF of words and word pairs, ridge regression on the logarithm of the price."""

    def __init__(self, items: Sequence[Item]) -> None:
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.linear_model import Ridge
        from sklearn.pipeline import make_pipeline

        words = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True, dtype=np.float32)
        self._pipeline = make_pipeline(words, Ridge(alpha=1.0, solver="sparse_cg"))
        self._pipeline.fit([item.text for item in items], np.log1p([item.price for item in items]))

    def estimate_all(self, descriptions: Sequence[str]) -> list[float]:
        """Dollars, at least 1 cent."""
        return [max(float(price), 0.01) for price in np.expm1(self._pipeline.predict(list(descriptions)))]


def _model_reports(pricer: Pricer, items: Sequence[Item]) -> list[Report]:
    *_, tuned = tester.run(pricer, items)
    *_, base = tester.run(pricer, items, adapter=False)
    return [
        *(replace(tuned.by(decoder), method=f"model, {decoder}") for decoder in DECODERS),
        *(replace(base.by(decoder), method=f"adapter off, {decoder}") for decoder in ("mean", "median")),
    ]


def _report(method: str, items: Sequence[Item], prices: Sequence[float]) -> Report:
    results = [Result(index, item, price) for index, (item, price) in enumerate(zip(items, prices, strict=True))]
    return Report(method, len(items), tuple(results))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this step."""
    parser.add_argument("held_out", nargs="+", metavar="ITEMS", help="held-out items: files, hub:… or `bundled`")
    sources.add_items(parser)
    parser.add_argument("--model", help="a name of `python -m pricer models`; if not given, what suits this machine")
    sources.add_out(parser)


def run(options: argparse.Namespace) -> None:
    """Print the table; with --items or --dataset, the simple methods learn from those and are in it."""
    train = sources.priced_items(options.items, options.dataset) if options.items or options.dataset else []
    measure(open_pricer(options.model), train, options.held_out, options.out)
