"""A game against the model: ten items one at a time, and what a person guesses that each costs.

A person is one more predictor, beside those that read the model's pass: a game is a report by GUESS, so that every
figure, comparison, folder and file of a run is one of a game too.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace

from pricer.items.item import Item
from pricer.items.load import BUNDLED, Items, load_items
from pricer.items.prices import Decimals, parse_price
from pricer.pricing.distribution import HIGHEST_PRICE
from pricer.pricing.estimate import Estimate
from pricer.runs.comparison import Comparison, compare
from pricer.runs.report import GUESS, Report
from pricer.runs.tester import result_of

SIZE = 10
MODEL = "top3"  # how the model's price is read: as in every headline
NAMES = ("Your guess", "The model")
SEEDS = 1_000_000


@dataclass(frozen=True)
class Game:
    """The items of a game, a random sample by its seed, and the guesses made so far as a report by GUESS."""

    items: Items
    report: Report

    @classmethod
    def of(cls, seed: int) -> Game:
        """The game of this seed, nothing guessed yet."""
        items = load_items(BUNDLED, SIZE, seed)
        return cls(items, Report(GUESS, len(items.items)))

    @classmethod
    def new(cls, before: Game | None = None) -> Game:
        """A game by chance, with none of the items of the game `before` it."""
        game = cls.of(secrets.randbelow(SEEDS))
        while before and set(game.items.items) & set(before.items.items):
            game = cls.of(secrets.randbelow(SEEDS))
        return game

    @property
    def item(self) -> Item | None:
        """The item that is to be guessed; None when the game is over."""
        return self.items.items[self.report.n] if self.report.n < self.report.size else None

    @property
    def guesses(self) -> list[float]:
        """What was guessed so far, in dollars."""
        return [result.estimates[GUESS] for result in self.report.results]

    @property
    def model(self) -> Report:
        """The model on the items guessed so far."""
        return self.report.by(MODEL)

    @property
    def comparison(self) -> Comparison:
        """The guesses and the model, item by item."""
        return compare(self.report, self.model, NAMES)

    def guessed(self, price: float, estimate: Estimate, seconds: float = 0.0) -> Game:
        """With a guess of `price` dollars for `item`, beside the model's `estimate`, which took it `seconds`."""
        result = result_of(self.report.n, self.item, estimate, {GUESS: price}).by(GUESS)
        report = replace(self.report, results=(*self.report.results, result), seconds=self.report.seconds + seconds)
        return replace(self, report=report)


def price_of(written: str) -> float:
    """Dollars of a guess as a person writes it: "40", "$40", "12.50", "12,50". Raises ValueError with a sentence."""
    if not written.strip():
        raise ValueError("Name a price first: type a number of dollars or move the slider.")
    try:
        price = round(parse_price(written, Decimals.UNKNOWN), 2)
    except ValueError:
        price = 0.0
    if not 1 <= price < HIGHEST_PRICE + 1:
        raise ValueError(
            f"“{written.strip()[:20]}” cannot be the price: everything here costs from $1 to ${HIGHEST_PRICE}. Write "
            "dollars, such as 40 or 12.50."
        )
    return price
