"""What an adapter is and what it learns, apart from its examples. Plain data."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Recipe:
    """LoRA's size and the targets' shape.

    A share `soft` of a price's target lies on neighbouring prices, as a bell over ln(dollars) of width `softness`; the
    rest on the rounded price alone, as in plain cross entropy. A teacher's opinion is a bell of width `doubt`, and has
    the share `trust` of the target beside a known price, or all of it. `train_numbers` trains the numbers' rows of the
    embedding along with the adapter.
    """

    rank: int = 96
    alpha: int = 96
    dropout: float = 0.0
    target_modules: str | tuple[str, ...] = "all-linear"
    train_numbers: bool = True
    soft: float = 0.6
    softness: float = 0.15
    trust: float = 0.6
    doubt: float = 0.35
