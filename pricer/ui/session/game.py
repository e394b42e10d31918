"""The game of one visitor: begun, gone on with after a reload, guessed at, kept."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pricer.errors import RunError
from pricer.model.info import ModelInfo
from pricer.pricing.estimate import Estimate
from pricer.pricing.estimator import Estimator
from pricer.runs.folder import Run, new_folder
from pricer.runs.played import SEEDS, SIZE, Game, price_of
from pricer.runs.report import GUESS
from pricer.runs.settings import Settings, settings_of
from pricer.ui.session.runs import LiveRun, VisitorRuns


@dataclass
class VisitorGame:
    """The game of one visitor; `estimate` is the model's for the item that was guessed last."""

    game: Game | None = None
    settings: Settings | None = None
    estimate: Estimate | None = None
    runs: VisitorRuns = field(default_factory=VisitorRuns)  # for files to download

    def awaits(self, index: int) -> bool:
        """Whether the item at `index` is the one to be guessed."""
        return self.game.item is not None and index == self.game.report.n

    def answered(self, index: int) -> bool:
        """Whether the item at `index` is the one guessed last."""
        return self.estimate is not None and index == self.game.report.n - 1

    def begin(self, info: ModelInfo) -> None:
        """Begin a game, with other items than the last."""
        self._take(Game.new(before=self.game), info)

    def resume(self, pricer: Estimator, kept: Any) -> None:
        """Go on with the game that the browser `kept`, where the server has forgotten it or knows another.

        What was kept is the seed and the guesses: the model is asked once more, in one batch. Raises RunError if it is
        no game.
        """
        seed, guesses = _checked(kept)
        if self.game and self.game.items.seed == seed and self.game.report.n >= len(guesses):
            return
        self._take(Game.of(seed), pricer.info)
        texts = [item.text for item in self.game.items.items[: len(guesses)]]
        began = time.perf_counter()
        estimates = pricer.estimate_all(texts) if texts else []
        seconds = (time.perf_counter() - began) / max(1, len(texts))  # each took its share of the pass
        for guess, estimate in zip(guesses, estimates, strict=True):
            self.game, self.estimate = self.game.guessed(guess, estimate, seconds), estimate

    def guess(self, pricer: Estimator, price: float, parent: Path | None = None) -> None:
        """Guess `price` dollars for the item that is to be guessed, and ask the model.

        The last guess ends the game, which is then kept in a folder under `parent`, if one is given. Raises RunError
        where that cannot be written.
        """
        began = time.perf_counter()
        [estimate] = pricer.estimate_all([self.game.item.text])
        self.game = self.game.guessed(price, estimate, time.perf_counter() - began)
        self.estimate = estimate
        if parent and self.game.item is None:
            self._keep(parent)

    def files(self) -> list[Path]:
        """The game as the three files of any run. Raises RunError where they cannot be written."""
        return self.runs.files(LiveRun("Game", self.game.items, self.settings, self.game.report))

    def forget(self) -> None:
        """Remove the files to download."""
        self.runs.forget()

    def _take(self, game: Game, info: ModelInfo) -> None:
        self.game, self.settings, self.estimate = game, settings_of(info, game.items, GUESS), None

    def _keep(self, parent: Path) -> None:
        run = Run.create(new_folder(parent, self.settings), self.settings, self.game.items)
        deque(run.record(iter([run.report, self.game.report])), maxlen=0)


def _checked(kept: Any) -> tuple[int, list[float]]:
    """Seed and guesses of whatever a browser sends as a game that it kept. Raises RunError if it is none."""
    try:
        seed, guesses = int(kept["seed"]), [price_of(str(guess)) for guess in kept["guesses"]]
    except (TypeError, KeyError, ValueError, OverflowError) as error:
        raise RunError("The game that your browser kept cannot be read: begin another.") from error
    if not 0 <= seed < SEEDS or len(guesses) > SIZE:
        raise RunError("The game that your browser kept is not one of these: begin another.")
    return seed, guesses
