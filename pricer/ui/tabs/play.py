"""Tab "Play": ten products, and who is closer, a person or the model.

Layout and wiring alone: `session.game` keeps the game, `views.played` says what is shown of it. The price of a product
leaves the server with the answer to its guess, and not before.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gradio as gr

from pricer.errors import PricerError, RunError
from pricer.pricing.estimator import Estimator
from pricer.runs.played import price_of
from pricer.ui.components import findings
from pricer.ui.components.figure import figure
from pricer.ui.components.findings import Findings
from pricer.ui.components.play import play
from pricer.ui.events import QUIET, refusing
from pricer.ui.session.game import VisitorGame
from pricer.ui.session.runs import runs_folder
from pricer.views import played, run_tables
from pricer.views.run_figures import overlay_figure

_Shown = dict[gr.Component, Any]


@dataclass(frozen=True)
class _Parts:
    """The game, and what stands beneath it when it is over."""

    game: gr.HTML
    result: gr.Column
    found: Findings
    scatter: gr.HTML
    files: gr.File
    pricer: Estimator

    @property
    def all(self) -> list[Any]:
        """What an event of the game changes."""
        return [self.game, self.result, self.found, self.scatter, self.files]

    def question(self, visitor: VisitorGame, problem: str = "") -> _Shown:
        """The next product; where there is none, what the game came to."""
        game = visitor.game
        if game.item is not None:
            return {self.game: played.question(game, problem), self.result: gr.update(visible=False)}
        compared = game.comparison
        return {
            self.game: played.ending(game, visitor.settings.identity.title),
            self.result: gr.update(visible=True),
            self.found: findings.table(played.table(game), run_tables.differences(compared)),
            self.scatter: overlay_figure(compared),
            self.files: gr.update(visible=False),
        }

    def answer(self, visitor: VisitorGame, note: str = "") -> _Shown:
        """What the product guessed last costs."""
        return {self.game: played.answer(visitor.game, visitor.estimate) | {"note": note}}


_Handler = Callable[[_Parts, VisitorGame, gr.EventData], _Shown]


def play_tab(pricer: Estimator) -> None:
    """Build the tab inside the open gr.Blocks."""
    visitor = gr.State(VisitorGame(), delete_callback=VisitorGame.forget)
    game = play(elem_id="play")
    with gr.Column(visible=False, elem_id="play-result") as result:
        found = Findings(elem_id="play-findings")
        scatter = figure("play-scatter", "Your guesses and the model's against the actual prices", square=True)
        keep = gr.Button("Download files", size="sm", scale=0, min_width=150, elem_id="play-files")
        files = gr.File(
            label="CSV, JSON and a standalone HTML report", file_count="multiple", visible=False, height=150
        )
    parts = _Parts(game, result, found, scatter, files, pricer)
    for event, handler in ((game.start, _start), (game.resume, _next), (game.next, _next), (game.guess, _guess)):
        # Each tells the server all it needs, so that a lost one may be sent again and a doubled one changes nothing.
        event(_with_reason(parts, handler), visitor, parts.all, trigger_mode="multiple", **QUIET)
    keep.click(_files, visitor, files, **QUIET)


def _with_reason(parts: _Parts, handler: _Handler) -> Callable[..., _Shown]:
    """`handler`, with the reason in the place of the game where it cannot go on."""

    def answered(visitor: VisitorGame, event: gr.EventData) -> _Shown:
        try:
            return handler(parts, visitor, event)
        except PricerError as error:
            return {parts.game: {"stage": "intro", "note": str(error)}}

    return answered


def _start(parts: _Parts, visitor: VisitorGame, _: gr.EventData) -> _Shown:
    visitor.begin(parts.pricer.info)
    return parts.question(visitor)


def _next(parts: _Parts, visitor: VisitorGame, event: gr.EventData) -> _Shown:
    visitor.resume(parts.pricer, event.kept)
    return parts.question(visitor)


def _guess(parts: _Parts, visitor: VisitorGame, event: gr.EventData) -> _Shown:
    """Price the product as the visitor and the model do; a guess that is no price gets a sentence at the field."""
    visitor.resume(parts.pricer, event.kept)
    if visitor.awaits(event.index):
        try:
            price = price_of(event.written)
        except ValueError as reason:
            return parts.question(visitor, problem=str(reason))
        try:
            visitor.guess(parts.pricer, price, runs_folder())
        except RunError as error:  # the game itself is whole
            return parts.answer(visitor, note=str(error))
    return parts.answer(visitor) if visitor.answered(event.index) else parts.question(visitor)


def _files(visitor: VisitorGame) -> Any:
    with refusing():
        return gr.update(value=[str(path) for path in visitor.files()], visible=True)
