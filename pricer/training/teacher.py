"""Step "teacher": a price for every training item by small networks that never saw its own (cross-fitting).

A network on words, letters and quantities learns prices in minutes where a language model needs hours. Its price,
beside the known one, tells the language model what is chance in the latter; texts without a price teach by the
teacher's alone.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from multiprocessing import get_context
from typing import Any

import numpy as np
import torch
from torch import nn

from pricer.items.item import Item
from pricer.runs.metrics import mean, rmsle
from pricer.training import sources
from pricer.training.mixture import HIGHEST, LOWEST, Example, example_of, write_examples
from pricer.training.quantities import quantity_features

FOLDS = 4
HIDDEN = 64
_BATCHES = (512, 1024, 2048, 4096)  # one pass over the items with each: growing batches take the place of a decay


class TextNetwork(nn.Module):
    """TF-IDF of words and word pairs, with `letters` also of pieces of words, and numbers by their units; on it, two
    hidden layers of 64.

    Learns the logarithm of the price by least squares, in its own standard units.
    """

    def __init__(self, texts: Sequence[str], prices: Sequence[float], letters: bool, seed: int) -> None:
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.pipeline import make_union
        from sklearn.preprocessing import FunctionTransformer

        super().__init__()
        options: dict[str, Any] = {"binary": True, "dtype": np.float32}
        words = TfidfVectorizer(ngram_range=(1, 2), min_df=2, **options)
        pieces = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), min_df=8, **options)
        numbers = FunctionTransformer(quantity_features)
        self._tfidf = make_union(words, pieces, numbers) if letters else make_union(words, numbers)
        features = self._tfidf.fit_transform(texts).tocsr()  # (N, words), sparse
        torch.manual_seed(seed)
        self._words = nn.EmbeddingBag(features.shape[1], HIDDEN, mode="sum", sparse=True)
        nn.init.normal_(self._words.weight, std=0.05)
        self._layers = nn.Sequential(nn.ReLU(), nn.Linear(HIDDEN, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, 1))
        logs = torch.log1p(torch.tensor(prices, dtype=torch.float32))  # (N,)
        self._mean, self._deviation = logs.mean(), logs.std()
        self._learn(features, (logs - self._mean) / self._deviation)

    def _learn(self, features: Any, targets: torch.Tensor) -> None:
        sparse = torch.optim.SparseAdam(self._words.parameters(), lr=3e-3)
        dense = torch.optim.Adam(self._layers.parameters(), lr=3e-3)
        for size in _BATCHES:
            few = -(-len(targets) // 16)  # of few items, a pass is sixteen batches
            for rows in torch.randperm(len(targets)).split(min(size, few)):
                loss = (self(features[rows.numpy()]) - targets[rows]).square().mean()
                sparse.zero_grad()
                dense.zero_grad()
                loss.backward()
                sparse.step()
                dense.step()

    def forward(self, features: Any) -> torch.Tensor:
        """Standardized logarithms of prices, (N,), for a sparse matrix (N, words)."""
        words, starts, weights = (torch.from_numpy(one) for one in (features.indices, features.indptr, features.data))
        return self._layers(self._words(words, starts[:-1], per_sample_weights=weights))[:, 0]  # (N,)

    @torch.inference_mode()
    def log_prices(self, texts: Sequence[str]) -> np.ndarray:
        """Natural logarithms of dollars, (N,)."""
        logs = self(self._tfidf.transform(texts).tocsr()) * self._deviation + self._mean  # (N,)
        return torch.log(torch.expm1(logs).clamp(LOWEST, HIGHEST)).numpy()


class TextNetworks:
    """The two kinds of network, both trained on all of `items`; their prices are combined by their geometric mean."""

    def __init__(self, items: Sequence[Item], seed: int = 0) -> None:
        texts, prices = [item.text for item in items], [item.price for item in items]
        self._networks = [TextNetwork(texts, prices, letters, seed) for letters in (True, False)]

    def log_prices(self, texts: Sequence[str]) -> np.ndarray:
        """Natural logarithms of dollars, (N,)."""
        return np.mean([network.log_prices(texts) for network in self._networks], axis=0)

    def estimate_all(self, descriptions: Sequence[str]) -> list[float]:
        """Dollars."""
        return np.exp(self.log_prices(descriptions)).tolist()


def label(items: Sequence[Item], texts: Sequence[str], seed: int) -> list[Example]:
    """`items` and `texts` as examples with the teacher's price of each.

    An item is priced by the networks that learned from the other folds; a text without a price by all of them, combined
    by their geometric mean.
    """
    folds = np.random.default_rng(seed).integers(FOLDS, size=len(items))  # (items,)
    held_out = [folds == fold for fold in range(FOLDS)]
    of_items, of_texts = np.zeros(len(items)), np.zeros(len(texts))  # logarithms
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        fitted = pool.map(partial(_cross_fit, items, texts, seed), held_out)
        for unseen, (priced, unpriced) in zip(held_out, fitted, strict=True):
            of_items[unseen] = priced
            of_texts += unpriced / FOLDS
    teacher_prices = np.exp(np.concatenate([of_items, of_texts])).round(2).tolist()
    examples = [example_of(item) for item in items]
    examples += [Example(text.strip().partition("\n")[0], text, None) for text in texts]
    return [replace(example, teacher_price=price) for example, price in zip(examples, teacher_prices, strict=True)]


def _cross_fit(
    items: Sequence[Item], texts: Sequence[str], seed: int, held_out: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Natural logarithms of dollars for the items held out and for the texts, by networks that learned the others."""
    torch.set_num_threads(1)  # a fold per core
    networks = TextNetworks([item for item, out in zip(items, held_out, strict=True) if not out], seed)
    unseen = [item.text for item, out in zip(items, held_out, strict=True) if out]
    return networks.log_prices(unseen), networks.log_prices(texts)


DISTILLED = "distilled.jsonl.gz"  # the examples with the teacher's prices, in the folder of results


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this step."""
    sources.add_items(parser)
    sources.add_texts(parser)
    sources.add_out(parser)
    sources.add_seed(parser)


def run(options: argparse.Namespace) -> None:
    """Write OUT/distilled.jsonl.gz and print how far the teacher is from the prices that it had not seen."""
    options.out.mkdir(parents=True, exist_ok=True)
    items = sources.priced_items(options.items, options.dataset)
    examples = label(items, sources.unpriced_texts(options.texts), options.seed)
    write_examples(examples, options.out / DISTILLED)
    pairs = [(one.price, one.teacher_price) for one in examples if one.price is not None]
    mae = mean([abs(price - guess) for price, guess in pairs])
    error = rmsle(*zip(*pairs, strict=True))
    print(f"On items that it had not seen, the teacher's MAE is ${mae:.2f}, its RMSLE {error:.3f}.")
