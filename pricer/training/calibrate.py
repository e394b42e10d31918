"""Step "calibrate": between which quantiles eight of ten held-out prices lie, for each kind of text.

A model's own 10 % and 90 % quantiles hold 80 % of the prices only if it knows how sure it may be. So the pair of
quantiles is chosen on held-out items. Its coverage is measured on others: each half by the quantiles of the other.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from pricer.items.load import load_items
from pricer.model.engine import open_pricer
from pricer.pricing.estimate import Estimate
from pricer.pricing.intervals import Interval, TextKind, kind_of

SHARE = 0.8


def calibrated_quantiles(
    estimates: Sequence[Estimate], truths: Sequence[float], share: float = SHARE
) -> tuple[float, float]:
    """The quantiles that leave (1 - share) / 2 of the true prices, in dollars, below and as many above.

    With finite samples counted as in split conformal prediction: of n held-out items, floor((n + 1) * tail) may lie
    outside on either side.
    """
    below, up_to = zip(*(_ranks(e, truth) for e, truth in zip(estimates, truths, strict=True)), strict=True)
    outside = math.floor((len(below) + 1) * (1 - share) / 2)
    # The interval holds the truth while its lower level is at most the probability up to and with it, and its upper
    # level above the probability below it.
    low = float(np.sort(up_to)[outside])
    high = float(np.sort(below)[::-1][outside])
    # To three digits, and towards the outside: a level that is met exactly must not lose the price it was read from.
    low, high = round(low * 1000, 6), round(high * 1000, 6)
    return max(math.ceil(low) - 1, 0) / 1000, min(math.floor(high) + 1, 1000) / 1000


def coverage(estimates: Sequence[Estimate], truths: Sequence[float], quantiles: tuple[float, float]) -> float:
    """The share of true prices, to the nearest dollar, that lie in the interval between `quantiles`."""
    inside = 0
    for estimate, truth in zip(estimates, truths, strict=True):
        interval = replace(estimate, quantiles=quantiles)
        inside += interval.low <= math.floor(truth + 0.5) <= interval.high
    return inside / len(truths)


def by_kind(
    estimates: Sequence[Estimate], truths: Sequence[float]
) -> dict[TextKind, tuple[list[Estimate], list[float]]]:
    """The estimates and true prices of each kind of text that there is."""
    found: dict[TextKind, tuple[list[Estimate], list[float]]] = {}
    for estimate, truth in zip(estimates, truths, strict=True):
        own = found.setdefault(kind_of(estimate.description, estimate.tokens), ([], []))
        own[0].append(estimate)
        own[1].append(truth)
    return found


def calibrated_interval(kind: TextKind, estimates: Sequence[Estimate], truths: Sequence[float]) -> Interval:
    """The quantiles by all items of a kind, two or more, and what they hold of items unseen."""
    return Interval(kind, calibrated_quantiles(estimates, truths), held_out_coverage(estimates, truths))


def held_out_coverage(estimates: Sequence[Estimate], truths: Sequence[float]) -> float:
    """The share of true prices in their intervals, each half of the items by the quantiles chosen on the other."""
    held = 0.0
    for half in (0, 1):
        quantiles = calibrated_quantiles(estimates[1 - half :: 2], truths[1 - half :: 2])
        unseen, prices = estimates[half::2], truths[half::2]
        held += coverage(unseen, prices, quantiles) * len(prices)
    return held / len(truths)


def _ranks(estimate: Estimate, truth: float) -> tuple[float, float]:
    """The numbers' probability below the true price, and that below and on it, as shares of all numbers'."""
    dollars = min(math.floor(truth + 0.5), len(estimate.probabilities) - 1)
    cumulated = np.cumsum(estimate.probabilities) / estimate.mass  # (1000,)
    return float(cumulated[dollars - 1]) if dollars else 0.0, float(cumulated[dollars])


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this step."""
    parser.add_argument("items", nargs="+", metavar="ITEMS", help="held-out items: files, hub:… or `bundled`")
    parser.add_argument("--model", help="a name of `python -m pricer models`; if not given, what suits this machine")


def run(options: argparse.Namespace) -> None:
    """Print each kind's quantiles, and how many of the items they hold."""
    items = [item for source in options.items for item in load_items(source).items]
    truths = [item.price for item in items]
    estimates = open_pricer(options.model).estimate_all([item.text for item in items])
    for kind, of_kind in by_kind(estimates, truths).items():
        interval = calibrated_interval(kind, *of_kind)
        print(
            f"{len(of_kind[0])} texts {kind.value}: {interval.quantiles}, held {interval.coverage:.1%} of those unseen."
        )
