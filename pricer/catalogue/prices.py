"""Prices of many texts as columns: what a catalogue says of each row.

One text that cannot be priced keeps its place with a reason and spoils nobody else's batch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pricer.errors import DescriptionError, ModelError
from pricer.pricing.estimate import TOP_K, Estimate
from pricer.pricing.estimator import Estimator

ROWS_AT_ONCE = 256  # texts that are sorted by length together: enough to spare padding, few enough to stop soon


@dataclass(frozen=True)
class Priced:
    """One row's price: its estimate, or None and the `error` that says why there is none."""

    estimate: Estimate | None
    error: str | None = None

    def as_columns(self) -> dict[str, Any]:
        """The row under COLUMNS: dollars, probabilities as shares of the whole vocabulary, counts of tokens."""
        found = self.estimate
        if found is None:
            return dict.fromkeys(COLUMNS) | {"error": self.error}
        candidates = [*found.candidates[:TOP_K], *[None] * (TOP_K - len(found.candidates))]
        return {
            "price": found.price,
            "low": found.low,
            "high": found.high,
            "median": found.median,
            "mean": found.mean,
            **{
                f"{what}_{rank}": candidate and getattr(candidate, what)
                for rank, candidate in enumerate(candidates, start=1)
                for what in ("token", "probability")
            },
            "mass": found.mass,
            "tokens": found.tokens,
            "cut": found.cut,
            "error": self.error,
        }


# What is said of each row, and what kind of value it is.
COLUMNS: dict[str, type] = {
    **{"price": float, "low": float, "high": float, "median": float, "mean": float},
    **{
        f"{what}_{rank}": kind
        for rank in range(1, TOP_K + 1)
        for what, kind in (("token", str), ("probability", float))
    },
    **{"mass": float, "tokens": int, "cut": int, "error": str},
}
NO_PRICE = "The model named no price."
NO_TEXT = "There is no text in this row."


def price_all(pricer: Estimator, texts: Sequence[object]) -> list[Priced]:
    """A price or a reason for each text, in their order; a cell that is no text has its reason too.

    Raises ModelError where the model answers for none of them: then the model is at fault and not a text.
    """
    priced = [Priced(None, NO_TEXT)] * len(texts)
    whole = {index: text for index, text in enumerate(texts) if isinstance(text, str)}
    answers = _answers(pricer, list(whole.values()))
    failures = [answer for answer in answers if isinstance(answer, ModelError)]
    if failures and len(failures) == len(answers):
        raise failures[0]
    for index, answer in zip(whole, answers, strict=True):
        failed = isinstance(answer, DescriptionError | ModelError)
        priced[index] = Priced(None, str(answer)) if failed else _priced(answer)
    return priced


def beside(own: Mapping[str, Any], priced: Priced) -> dict[str, Any]:
    """A row's own columns, then ours."""
    return dict(zip(own_names(list(own)), own.values(), strict=True)) | priced.as_columns()


def own_names(names: Sequence[str]) -> list[str]:
    """What a source's columns are called beside ours: as they are, or `source_NAME` where the name is taken."""
    taken = {"row", *COLUMNS}
    given = []
    for name in names:
        while name in taken:
            name = f"source_{name}"
        taken.add(name)
        given.append(name)
    return given


def _priced(estimate: Estimate) -> Priced:
    return Priced(estimate, NO_PRICE if estimate.price is None else None)


def _answers(pricer: Estimator, texts: list[str]) -> list[Estimate | DescriptionError | ModelError]:
    """An estimate or its error for each text: where a batch fails, its halves are asked, until the text is found."""
    if not texts:
        return []
    try:
        return list(pricer.estimate_all(texts))
    except (DescriptionError, ModelError) as error:
        if len(texts) == 1:
            return [error]
    half = len(texts) // 2
    return [*_answers(pricer, texts[:half]), *_answers(pricer, texts[half:])]
