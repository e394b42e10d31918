"""What an adapter is and what it learns, apart from its examples. Plain data."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Recipe:
    """LoRA's size and the shape of the targets.

    A share `smoothing` of a price's target lies on neighboring prices, as a normal density over ln(dollars) with the
    standard deviation `smoothing_sigma`; the rest on the rounded price alone, as in plain cross entropy. A teacher's
    price is a density with `teacher_sigma`; it has the share `teacher_weight` of the target beside a known price, and
    all of it where no price is known. `train_numbers` trains the numbers' rows of the embedding along with the adapter.
    `reading_weight` and `edit_weight` are what `losses.reading_loss` and `losses.edit_loss` count beside cross entropy.
    """

    rank: int = 96
    alpha: int = 96
    dropout: float = 0.0
    target_modules: str | tuple[str, ...] = "all-linear"
    train_numbers: bool = True
    smoothing: float = 0.6
    smoothing_sigma: float = 0.15
    teacher_weight: float = 0.6
    teacher_sigma: float = 0.35
    reading_weight: float = 0.0
    edit_weight: float = 0.0
