"""A game against the model as people look at it: plain values for the page, the table at its end, the text to share."""

from __future__ import annotations

from typing import Any

from pricer.items.item import Item
from pricer.pricing.estimate import Estimate
from pricer.runs.metrics import COLORS, GREEN
from pricer.runs.played import NAMES, Game
from pricer.runs.report import Report
from pricer.runs.result import Result
from pricer.views.figures import guess_figure
from pricer.views.style import VERDICTS
from pricer.views.table import Table
from pricer.views.text import cents, dollars, price_words, signed_cents, with_error
from pricer.words import counted

_SQUARES = dict(zip(COLORS, "🟩🟧🟥", strict=True))
_NO_PRICE = "⬜"


def question(game: Game, problem: str = "") -> dict[str, Any]:
    """The item that is to be guessed, without its price, and what is wrong with the last guess."""
    return _place(game, "question", game.report.n) | _told(game.item) | {"problem": problem}


def answer(game: Game, estimate: Estimate) -> dict[str, Any]:
    """What the item guessed last costs, beside the guess and the model's `estimate`."""
    guess, model = game.report.results[-1], game.model.results[-1]
    return (
        _place(game, "answer", guess.index)
        | _told(guess.item)
        | {
            "rows": [*map(_row, NAMES, (guess, model)), ["Actual price", dollars(guess.truth), "", ""]],
            "closer": _closer(guess, model),
            "figure": guess_figure(estimate, guess.estimate, guess.truth),
            "last": game.item is None,
        }
    )


def ending(game: Game, title: str) -> dict[str, Any]:
    """What the whole game came to; `title` is what the model is called."""
    return _place(game, "end", game.report.n) | {"sentence": game.comparison.sentence, "share": share_text(game, title)}


def table(game: Game) -> Table:
    """Average error and hits of both on the same items, and the paired difference."""
    compared = game.comparison
    difference = with_error(compared.difference, compared.difference_stderr, signed_cents) if compared.n else "–"
    rows = (
        (NAMES[0], cents(compared.first_mae), _hits(game.report)),
        (NAMES[1], cents(compared.second_mae), _hits(game.model)),
        ("Paired difference", difference, ""),
    )
    without = compared.unmatched // 2
    left_out = f" Without {counted(without, 'item')} for which the model named no price." if without else ""
    remark = f"A hit is {_green()}.{left_out}"
    return Table("You against the model", ("Who", "Average error", "Hits"), rows, remark)


def share_text(game: Game, title: str) -> str:
    """Both rows of verdicts as squares and as words, and nothing on the items."""
    lines = (
        f"The Price Is Right: {counted(game.report.size, 'product')}, me against {title}",
        *_shared("Me", game.report),
        *_shared("Model", game.model),
        f"Green is {_green()}.",
    )
    return "\n".join(lines)


def _place(game: Game, stage: str, index: int) -> dict[str, Any]:
    """Where the game stands, and what the browser keeps of it: enough to go on with, and no price of an item."""
    kept = {"seed": game.items.seed, "guesses": game.guesses}
    return {"stage": stage, "index": index, "size": game.report.size, "kept": kept, "score": _score(game)}


def _told(item: Item) -> dict[str, str]:
    """What is told of an item: what a model may see of it, the first line as its title."""
    title, _, text = item.text.partition("\n")
    return {"title": title, "text": text}


def _score(game: Game) -> str:
    if not game.report.n:
        return ""
    return f"Average error so far: you {dollars(game.report.mae)}, the model {dollars(game.model.mae)}."


def _row(name: str, result: Result) -> list[str]:
    """Who, which price, how far off with the sign of the verdict, and the verdict."""
    if result.estimate is None:
        return [name, price_words(None), "", ""]
    off = f"{VERDICTS[result.color].sign} {result.color}, off by {dollars(result.error)}"
    return [name, dollars(result.estimate), off, result.color]


def _closer(guess: Result, model: Result) -> str:
    if model.error is None:
        return "The model named no price: this one is yours."
    if round(guess.error, 2) == round(model.error, 2):
        return "You and the model are equally close."
    return "You are closer." if guess.error < model.error else "The model is closer."


def _hits(report: Report) -> str:
    return f"{sum(result.color == GREEN for result in report.priced)} of {report.n}"


def _shared(name: str, report: Report) -> tuple[str, str]:
    """The squares, and the same in words."""
    colors = [result.color for result in report.results]
    squares = "".join(_SQUARES.get(color, _NO_PRICE) for color in colors)
    counts = ", ".join(f"{colors.count(color)} {color}" for color in COLORS)
    return f"{name} {squares}", f"{counts}; off by {dollars(report.mae)} on average"


def _green() -> str:
    return f"an error {VERDICTS[GREEN].meaning} of the truth"
