"""Step "measure": a trained model against a constant, TF-IDF with ridge regression and its teacher, on held-out items.

Prints a table in Markdown and writes the same figures as JSON. The simple methods learn from the same training items;
the constant is the best one there is for the items measured (their median), a bound that nobody can know beforehand.
"""

from __future__ import annotations

import argparse
import json
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from pricer.items.item import Item
from pricer.items.load import load_items
from pricer.model.engine import Pricer, open_pricer
from pricer.pricing.estimate import DECODERS
from pricer.runs import metrics
from pricer.training import sources
from pricer.training.calibrate import coverage
from pricer.training.teacher import TextNetworks


@dataclass(frozen=True)
class Row:
    """One method on one set of items: dollars for `mae` and its standard error, shares for `hits` and `coverage`."""

    items: str
    n: int
    method: str
    mae: float
    mae_stderr: float
    rmsle: float
    hits: float
    unpriced: int = 0
    coverage: float | None = None


def measure(pricer: Pricer, train: Sequence[Item], held_out: Sequence[str], folder: Path) -> list[Row]:
    """Rows for every source in `held_out`; written to `folder`/measured.json and printed as a table."""
    rows: list[Row] = []
    simple = {"TF-IDF ridge": TextRidge(train), "networks on words": TextNetworks(train)} if train else {}
    for source in held_out:
        items = load_items(source).items
        name = Path(source).name.split(".")[0]
        truths = [item.price for item in items]
        rows.append(_row(name, "best constant", truths, [statistics.median(truths)] * len(items)))
        for method, model in simple.items():
            rows.append(_row(name, method, truths, model.estimate_all([item.text for item in items])))
        rows += _model_rows(name, pricer, items)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "measured.json").write_text(json.dumps([asdict(row) for row in rows], indent=1) + "\n")
    print(table(rows))
    return rows


def table(rows: Sequence[Row]) -> str:
    """The rows in Markdown."""
    lines = ["| items | N | method | MAE ± standard error | RMSLE | hits |", "|---|---|---|---|---|---|"]
    for row in rows:
        unpriced = f" ({row.unpriced} without a price)" if row.unpriced else ""
        lines.append(
            f"| {row.items} | {row.n:,} | {row.method}{unpriced} | ${row.mae:.2f} ± {row.mae_stderr:.2f} "
            f"| {row.rmsle:.3f} | {row.hits:.1%} |"
        )
    covered = {row.items: row.coverage for row in rows if row.coverage is not None}
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


def _model_rows(name: str, pricer: Pricer, items: Sequence[Item]) -> list[Row]:
    truths = [item.price for item in items]
    rows = []
    for adapter in (True, False):
        estimates = pricer.estimate_all([item.text for item in items], adapter=adapter)
        for decoder in DECODERS if adapter else ("mean", "median"):
            label = f"model, {decoder}" if adapter else f"adapter off, {decoder}"
            covered = coverage(estimates, truths, pricer.info.row.levels) if adapter and decoder == "top3" else None
            rows.append(_row(name, label, truths, [estimate.decoded(decoder) for estimate in estimates], covered))
    return rows


def _row(
    items: str, method: str, truths: Sequence[float], prices: Sequence[float | None], coverage: float | None = None
) -> Row:
    pairs = [(truth, price) for truth, price in zip(truths, prices, strict=True) if price is not None]
    errors = [abs(truth - price) for truth, price in pairs]
    return Row(
        items=items,
        n=len(truths),
        method=method,
        mae=metrics.mean(errors),
        mae_stderr=metrics.standard_error(errors),
        rmsle=metrics.rmsle([truth for truth, _ in pairs], [price for _, price in pairs]),
        hits=metrics.mean(
            [metrics.colour(error, truth) == metrics.GREEN for error, (truth, _) in zip(errors, pairs, strict=True)]
        ),
        unpriced=len(truths) - len(pairs),
        coverage=coverage,
    )


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
