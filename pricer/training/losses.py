"""What an adapter is trained to make small, from the logits of the number tokens at the dollar sign."""

from __future__ import annotations

import torch

from pricer.pricing.distribution import HIGHEST_PRICE
from pricer.training.recipe import Recipe

_EXACT = 1e-4  # a density so narrow that one price has all of it
_LEADING = 3.0  # shares to this power: what little the other prices have no longer counts
_BELL = 0.2  # standard deviation, in ln(dollars), of the bell that draws the likeliest prices together
_EXPONENT = 0.4  # of the power mean it stands at
_NEAR = 0.1  # in ln(dollars): closer than that, an error counts by its square


def shares_of(logits: torch.Tensor, number_ids: torch.Tensor) -> torch.Tensor:
    """Log-probabilities of the number tokens, shape (B, N), among the whole vocabulary's, from its logits (B, V)."""
    return logits.float().log_softmax(-1)[:, number_ids.to(logits.device)]  # (B, V) -> (B, N)


def soft_targets(
    prices: torch.Tensor, teacher_prices: torch.Tensor, number_prices: torch.Tensor, recipe: Recipe
) -> torch.Tensor:
    """Target shares, shape (B, number tokens); each row sums to 1.

    `prices` and `teacher_prices` (B,) are in dollars; NaN where there is none, but not both of one row.
    """
    by_price = recipe.smoothing * _normal(prices, number_prices, recipe.smoothing_sigma)  # (B, N)
    rounded = prices.round().clamp(min=1, max=HIGHEST_PRICE)  # (B,)
    by_price += (1 - recipe.smoothing) * _normal(rounded, number_prices, _EXACT)  # (B, N)
    by_teacher = _normal(teacher_prices, number_prices, recipe.teacher_sigma)  # (B, N)
    weight = _teacher_weight(prices, teacher_prices, recipe)[:, None]  # (B, 1)
    return (1 - weight) * by_price.nan_to_num() + weight * by_teacher.nan_to_num()


def reading_loss(
    shares: torch.Tensor,
    prices: torch.Tensor,
    teacher_prices: torch.Tensor,
    number_prices: torch.Tensor,
    recipe: Recipe,
) -> torch.Tensor:
    """How far the leading prices lie from the known ones, in ln(dollars); the mean over the batch.

    Cross entropy alone is best served by a skewed distribution whose likeliest tokens lie below its middle, and it is
    these that the headline is read from. So the mean of ln(price) over shares ** 3, which is close to what three tokens
    say and can be differentiated, is held to the price and to the teacher's price by their weights (compare RAFT,
    arXiv 2403.04182, which takes the mean over all shares).

    `shares` (B, N) are log-probabilities of the number tokens; the rest is as in `soft_targets`.
    """
    logs = torch.log(number_prices + 0.5)  # (N,)
    leading = ((_LEADING * shares).softmax(-1) * logs).sum(-1)  # (B,)
    weight = _teacher_weight(prices, teacher_prices, recipe)  # (B,)
    of_price = _distance(leading, torch.log(prices + 0.5).where(prices.isfinite(), leading))  # (B,)
    of_teacher = _distance(leading, torch.log(teacher_prices + 0.5).where(teacher_prices.isfinite(), leading))  # (B,)
    return ((1 - weight) * of_price + weight * of_teacher).mean()


def sharpened(shares: torch.Tensor, number_prices: torch.Tensor) -> torch.Tensor:
    """Target shares, shape (B, number tokens): half of each distribution as it is, half of it drawn to its middle.

    The middle is the power mean of the price with `_EXPONENT`, between the median and the mean of the skewed
    distributions that prices have. What is drawn there are the same shares, times a bell around it: so the likeliest
    prices are still those that products have ($299 rather than $304). `shares` (B, N) are log-probabilities of the
    number tokens.
    """
    probabilities = shares.softmax(-1)  # (B, N)
    middle = (probabilities @ (number_prices + 0.5) ** _EXPONENT) ** (1 / _EXPONENT) - 0.5  # (B,)
    drawn = probabilities * _normal(middle, number_prices, _BELL)  # (B, N)
    return (shares.exp() + drawn / drawn.sum(-1, keepdim=True)) / 2  # (B, N)


def edit_loss(
    shares: torch.Tensor, of_edits: torch.Tensor, log_factors: torch.Tensor, number_prices: torch.Tensor
) -> torch.Tensor:
    """How far the price of an edited text is from its original's times the factor, in ln(dollars); the mean over edits.

    What the attribute is worth then no longer depends on how well the product's price is known. `shares` (B, N) are
    log-probabilities of the number tokens at originals, `of_edits` (B, N) at their edits, `log_factors` (B,).
    """
    logs = torch.log(number_prices + 0.5)  # (N,)
    before, after = (one.softmax(-1) @ logs for one in (shares, of_edits))  # (B,) each
    return _distance(after - before, log_factors).mean()


def _distance(one: torch.Tensor, other: torch.Tensor) -> torch.Tensor:
    return torch.nn.functional.smooth_l1_loss(one, other, beta=_NEAR, reduction="none")  # (B,)


def _teacher_weight(prices: torch.Tensor, teacher_prices: torch.Tensor, recipe: Recipe) -> torch.Tensor:
    weight = torch.full_like(prices, recipe.teacher_weight)  # (B,)
    return weight.where(teacher_prices.isfinite(), 0.0).where(prices.isfinite(), 1.0)


def _normal(dollars: torch.Tensor, number_prices: torch.Tensor, sigma: float) -> torch.Tensor:
    """Normal density over ln(dollars + 0.5) around `dollars` (B,), scaled to sum 1: (B, N).

    It is taken at each token and not over the dollar that the token stands for. So the likeliest price is `dollars`,
    and the median lies above it by `sigma` squared in ln(dollars): 13% at 0.35, 2% at 0.15.
    """
    distance = torch.log(number_prices + 0.5) - torch.log(dollars[:, None] + 0.5)  # (B, N)
    return (-0.5 * (distance / sigma) ** 2).softmax(-1)  # (B, N)
