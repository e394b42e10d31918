"""Step "directions": whether the better of two descriptions gets the higher price.

An average error says little about what a model reads: the kind of thing sets most of a price. So each of these pairs
differs in one attribute alone (size, count, material, brand …), and it is known which of the two costs more. Half of
the pairs are for choosing between models, half only for reporting.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pricer import PACKAGE
from pricer.model.engine import open_pricer
from pricer.pricing.estimate import DECODERS
from pricer.pricing.estimator import Estimator
from pricer.runs import metrics

PAIRS = PACKAGE / "bundled" / "directions.jsonl"
CHOOSE, REPORT = "choose", "report"
APART = 1.5  # the ratio from which two prices count as clearly apart


@dataclass(frozen=True)
class Pair:
    """Two descriptions, of which `more` costs more, roughly `around` dollars; `use` is CHOOSE or REPORT."""

    category: str
    attribute: str
    use: str
    around: int
    less: str
    more: str


@dataclass(frozen=True)
class PricedPair:
    """A pair with a model's prices in dollars; None where the model gave none."""

    pair: Pair
    less: float | None
    more: float | None

    @property
    def right(self) -> bool:
        """Whether the better one is priced higher; a missing price is not right."""
        return self.less is not None and self.more is not None and self.more > self.less

    @property
    def apart(self) -> bool:
        """Whether it is priced higher by the factor APART or more."""
        return self.right and self.more >= APART * self.less


def read_pairs(use: str | None = None, path: Path = PAIRS) -> list[Pair]:
    """The pairs of the file, or those for one use."""
    pairs = [Pair(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]
    return [pair for pair in pairs if use in (None, pair.use)]


def price_pairs(pricer: Estimator, pairs: Sequence[Pair], decoder: str) -> list[PricedPair]:
    """The pairs with the prices that `pricer` gives, read by `decoder`."""
    estimates = pricer.estimate_all([text for pair in pairs for text in (pair.less, pair.more)])
    prices = [estimate.by(decoder) for estimate in estimates]
    return [PricedPair(*one) for one in zip(pairs, prices[::2], prices[1::2], strict=True)]


def table(priced: Sequence[PricedPair]) -> Iterator[str]:
    """Lines of Markdown: shares with their standard errors for each attribute and for all."""
    yield f"| attribute | N | right | apart by {APART} or more |"
    yield "|---|---|---|---|"
    for attribute in sorted({one.pair.attribute for one in priced}):
        yield _line(attribute, [one for one in priced if one.pair.attribute == attribute])
    yield _line("all", priced)


def _line(name: str, priced: Sequence[PricedPair]) -> str:
    right, apart = _share([one.right for one in priced]), _share([one.apart for one in priced])
    return f"| {name} | {len(priced)} | {right} | {apart} |"


def _share(found: Sequence[bool]) -> str:
    share = metrics.mean(found)
    return f"{share:.0%} ± {math.sqrt(share * (1 - share) / len(found)):.0%}"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this step."""
    parser.add_argument("--model", help="a name of `python -m pricer models`; if not given, what suits this machine")
    parser.add_argument("--use", choices=(CHOOSE, REPORT), default=REPORT, help="the half of the pairs to price")
    parser.add_argument("--decoder", choices=DECODERS, default="top3", help="how a price is read from the distribution")
    parser.add_argument("--wrong", action="store_true", help="also list the pairs that are not priced right")


def run(options: argparse.Namespace) -> None:
    """Print the table."""
    priced = price_pairs(open_pricer(options.model), read_pairs(options.use), options.decoder)
    print("\n".join(table(priced)))
    for one in priced:
        if options.wrong and not one.right:
            less, more = (f"${price:.0f}" if price is not None else "no price" for price in (one.less, one.more))
            print(f"{less} {one.pair.less} | {more} {one.pair.more}")
