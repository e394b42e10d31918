"""The engine: descriptions in, estimates out, by one forward pass for each batch.

Every price of page, command line and Tester is read here. Knows nothing about true prices.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import torch

from pricer.errors import ModelError
from pricer.model.batching import DynamicBatcher, Unshared
from pricer.model.choice import Choice, choose
from pricer.model.info import ModelInfo
from pricer.model.loading import LoadedModel, load
from pricer.model.machine import is_out_of_memory, look_at_machine
from pricer.model.registry import ROWS
from pricer.pricing.distribution import TEMPERATURES, Distribution
from pricer.pricing.estimate import MAX_K, TOP_K, Estimate
from pricer.pricing.estimator import Completion
from pricer.pricing.intervals import interval_for
from pricer.pricing.prompt import PRICE_PREFIX, Prompt, build_prompt, extract_price

_LOG = logging.getLogger(__name__)

BATCH_SIZE = 16
GENERATED_TOKENS = 3  # as in the course
_Reading = Callable[[Any, Sequence[Prompt]], list[Any]]  # from a model and a batch to an answer for each prompt


class Pricer:
    """A loaded model that prices lists of descriptions, `batch_size` in a pass. Safe to share between threads."""

    def __init__(self, loaded: LoadedModel, batch_size: int = BATCH_SIZE) -> None:
        self.info: ModelInfo = loaded.info
        self.batch_size = batch_size
        self._loaded = loaded
        # One pass at a time, and none while the adapter is off for another. A loan of a GPU is one caller's alone.
        self._passes = Unshared(self._run) if loaded.lent else DynamicBatcher(self._run, lambda: self.batch_size)

    @property
    def lent(self) -> bool:
        """Whether its GPU is lent for each call: then it may only be asked through `pricer.ui.server.zerogpu`."""
        return self._loaded.lent

    def prompt(self, description: str) -> Prompt:
        """The prompt that the model reads. Raises DescriptionError for a blank description."""
        return build_prompt(description, self.info.row.frame, self._loaded.tokenizer)

    def estimate_all(self, descriptions: Sequence[str], k: int = TOP_K, adapter: bool = True) -> list[Estimate]:
        """An estimate for each description, in their order; with `adapter=False` by the base model alone.

        Raises DescriptionError, before any pass, if one of them is blank.
        """
        return [
            self._estimate(prompt, distribution, k, adapter)
            for prompt, distribution in self._ask(descriptions, self._read, adapter)
        ]

    def _estimate(self, prompt: Prompt, distribution: Distribution, k: int, adapter: bool) -> Estimate:
        row = self.info.row
        interval = interval_for(row.intervals if adapter else (), prompt.description, prompt.tokens)
        return Estimate(
            *(prompt.description, prompt.tokens, prompt.cut, row.name, distribution, k),
            quantiles=interval.quantiles,
            coverage=interval.coverage,
            remarks=prompt.remarks,
        )

    def generate_all(self, descriptions: Sequence[str], adapter: bool = True) -> list[Completion]:
        """The course's first method: three tokens, greedily, and the number in them. Raises as `estimate_all`."""
        return [completion for _, completion in self._ask(descriptions, self._write, adapter)]

    def _ask(self, descriptions: Sequence[str], read: _Reading, adapter: bool) -> list[tuple[Prompt, Any]]:
        """Prompts and what `read` makes of them, in order; prompts of like length go together, to save padding."""
        prompts = [self.prompt(description) for description in descriptions]
        order = sorted(range(len(prompts)), key=lambda index: len(prompts[index].ids))
        answers: dict[int, Any] = {}
        while order:
            batch, order = order[: self.batch_size], order[self.batch_size :]
            answers |= zip(batch, self._passes.ask([prompts[i] for i in batch], (read, adapter)), strict=True)
        return [(prompt, answers[index]) for index, prompt in enumerate(prompts)]

    def _run(self, prompts: Sequence[Prompt], kind: tuple[_Reading, bool]) -> list[Any]:
        """One pass over a batch. If memory runs out: passes over its halves, and from then on none is larger."""
        read, adapter = kind
        try:
            with torch.inference_mode(), self._loaded.answering(adapter) as model:
                return read(model, prompts)
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise
            if len(prompts) == 1:
                raise ModelError(
                    "There is too little memory for even one description: close what else uses it, or choose "
                    "PRICER_MODEL=bundled."
                ) from error
            self.batch_size = half = (len(prompts) + 1) // 2
            _LOG.warning("%d descriptions do not fit into memory at once: from now on at most %d.", len(prompts), half)
        torch.cuda.empty_cache()
        return [*self._run(prompts[:half], kind), *self._run(prompts[half:], kind)]

    def _read(self, model: Any, prompts: Sequence[Prompt]) -> list[Distribution]:
        """The next-token distribution of each prompt, by one forward pass."""
        loaded = self._loaded
        output = model(**self._inputs(prompts), logits_to_keep=1, use_cache=False)
        logits = output.logits[:, -1].float()  # (B, V)
        top = logits.topk(min(MAX_K, logits.shape[1]))  # (B, 20)
        top_logits, top_ids = top.values.tolist(), top.indices.tolist()
        numbers = logits[:, loaded.number_ids].cpu().double().numpy()  # (B, number tokens)
        partitions = torch.stack([(logits / t).logsumexp(-1) for t in TEMPERATURES], dim=-1).tolist()  # (B, temps)
        return [
            Distribution(
                top=tuple(
                    (loaded.tokenizer.decode([token]), token, logit)
                    for token, logit in zip(top_ids[row], top_logits[row], strict=True)
                ),
                number_logits=numbers[row],
                number_prices=loaded.number_prices,
                log_partition=tuple(partitions[row]),
            )
            for row in range(len(prompts))
        ]

    def _write(self, model: Any, prompts: Sequence[Prompt]) -> list[Completion]:
        """Three tokens after each prompt, greedily."""
        inputs = self._inputs(prompts)
        del inputs["position_ids"]
        written = model.generate(**inputs, max_new_tokens=GENERATED_TOKENS, do_sample=False)  # (B, T + 3)
        written = written[:, inputs["input_ids"].shape[1] :]  # (B, 3)
        texts = self._loaded.tokenizer.batch_decode(written, skip_special_tokens=True)
        return [Completion(text, extract_price(PRICE_PREFIX + text)) for text in texts]

    def _inputs(self, prompts: Sequence[Prompt]) -> dict[str, torch.Tensor]:
        tokenizer, device = self._loaded.tokenizer, self._loaded.number_ids.device
        padded = left_padded([prompt.ids for prompt in prompts], tokenizer.pad_token_id)
        return {name: tensor.to(device) for name, tensor in padded.items()}


def left_padded(prompts: Sequence[Sequence[int]], pad: int) -> dict[str, torch.Tensor]:
    """Ids, mask and positions, each (B, T), padded on the left so that every prompt ends at the last position."""
    longest = max(len(ids) for ids in prompts)
    ids = torch.tensor([[pad] * (longest - len(prompt)) + list(prompt) for prompt in prompts])  # (B, T)
    mask = torch.tensor([[0] * (longest - len(prompt)) + [1] * len(prompt) for prompt in prompts])  # (B, T)
    positions = (mask.cumsum(-1) - 1).clamp(min=0)  # (B, T); generate() makes them itself, a plain pass does not
    return {"input_ids": ids, "attention_mask": mask, "position_ids": positions}


def open_pricer(name: str | None = None) -> Pricer:
    """The pricer for this machine: `name`, or what the environment asks for, or what the machine can carry.

    Where the choice was automatic and its model cannot be loaded, the bundled one serves under a banner that says why.
    Raises ModelError where the model was asked for.
    """
    machine = look_at_machine()
    choice = choose(os.environ, machine, name)
    try:
        return Pricer(load(choice, machine))
    except ModelError as error:
        bundled = ROWS["bundled"]
        if not choice.automatic or choice.row.name == bundled.name:
            raise
        fallback = Choice(bundled, f"{choice.row.name} could not be loaded.", automatic=True)
        loaded = load(fallback, machine)
        banner = f"{choice.row.name} was meant to run here. {error} Until then the small bundled model answers."
        return Pricer(replace(loaded, info=replace(loaded.info, banner=banner)))
