"""Which items a training run sees, how often, and in what form.

Sources are capped so that none sets the price level alone; long texts and dear products are drawn more often, because
pasted descriptions are longer and dearer than shop listings. Knows nothing of tokens or models.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pricer.items import Item

HIGHEST = 999.49  # rounds to the last price that is one token
LOWEST = 0.5
_SENTENCE = re.compile(r".+?(?:[.!?]\s+|\n|\Z)", re.DOTALL)


@dataclass(frozen=True)
class Mixture:
    """How examples are drawn: at most `per_source` items of one source; weight price ** `price_power`, times
    `long_weight` from `long_text` characters on.

    A share `titles_only` of the long ones is reduced to the title; of the others a share `left_out` of the sentences
    after the first is left out, each time others, so that no text is learned by heart.
    """

    per_source: int = 8_000
    price_power: float = 0.2
    long_weight: float = 2.5
    long_text: int = 300
    titles_only: float = 0.15
    left_out: float = 0.25


def draw(items: Sequence[Item], count: int, mixture: Mixture, seed: int) -> list[Item]:
    """`count` examples; every pass over the weighted items begins anew, so that few items repeat before all had a turn.

    Raises ValueError if no item has a price that one token can name.
    """
    rng = random.Random(seed)
    pool = _capped([item for item in items if LOWEST <= item.price <= HIGHEST], mixture.per_source, rng)
    if not pool:
        raise ValueError("no item has a price between 0.50 and 999.49 dollars")
    weights = [_weight(item, mixture) for item in pool]
    # Systematic draw: item i comes floor or ceil of its expected number of times, in random order.
    scale, carried, drawn = count / sum(weights), rng.random(), []
    for item, weight in zip(pool, weights, strict=True):
        carried += weight * scale
        while carried >= 1:
            drawn.append(item)
            carried -= 1
    rng.shuffle(drawn)
    return [_form(item, mixture, rng) for item in drawn]


def _capped(items: Sequence[Item], limit: int, rng: random.Random) -> list[Item]:
    kept: list[Item] = []
    counts: Counter[str | None] = Counter()
    for item in rng.sample(items, len(items)):
        if item.source is None or counts[item.source] < limit:
            kept.append(item)
            counts[item.source] += 1
    return kept


def _weight(item: Item, mixture: Mixture) -> float:
    return item.price**mixture.price_power * (mixture.long_weight if len(item.text) >= mixture.long_text else 1.0)


def _form(item: Item, mixture: Mixture, rng: random.Random) -> Item:
    if len(item.text) < mixture.long_text:
        return item
    if rng.random() < mixture.titles_only:
        return replace(item, text=item.title)
    first, *others = _SENTENCE.findall(item.text)
    return replace(item, text="".join([first, *(one for one in others if rng.random() >= mixture.left_out)]))
