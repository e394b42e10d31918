"""What a model of the bundled base's kind does after its last attention, at the last position alone.

What comes before depends on the text and on matrices that may well stay as they are. So it is computed once for each
text and kept: two vectors, from which logits are a few small products away. Training sees thousands of texts a second.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

import torch
from torch import nn

from pricer.model.adapter import merged
from pricer.model.engine import left_padded

_AT_ONCE = 32  # texts in a pass


class LastPosition(nn.Module):
    """The end of `model`, a BERT with an adapter: its own modules, of which the adapter's matrices alone learn.

    Raises ValueError for a model of another architecture.
    """

    def __init__(self, model: Any) -> None:
        super().__init__()
        base = model.get_base_model()
        if base.config.model_type != "bert":
            raise ValueError(
                f"The base is a {base.config.model_type}: only the end of a BERT is known here. Leave this step out."
            )
        last = base.bert.encoder.layer[-1]
        self.attended, self.widened, self.narrowed = last.attention.output, last.intermediate, last.output
        self.head = base.cls
        for name, parameter in self.named_parameters():
            # The rows of the numbers are the head's, but stand at the beginning of the model too.
            parameter.requires_grad_("lora_" in name)

    def forward(self, before: torch.Tensor) -> torch.Tensor:
        """Logits of the whole vocabulary, shape (B, V), from what `inputs_of` gives, shape (B, 2, hidden)."""
        attention, residual = before.float().unbind(1)  # (B, hidden) each
        attended = self.attended(attention, residual)  # (B, hidden)
        return self.head(self.narrowed(self.widened(attended), attended))  # (B, V)


@torch.inference_mode()
def inputs_of(model: Any, prompts: Sequence[Sequence[int]], pad: int) -> torch.Tensor:
    """What the last block of `model` has at the last position of each prompt, shape (prompts, 2, hidden), in fp16:

    the output of its attention before that is projected, and what it is added to. `prompts` are token ids.
    """
    plain = merged(copy.deepcopy(model)).to(torch.bfloat16).eval()
    end, seen = plain.bert.encoder.layer[-1].attention.output, {}
    end.register_forward_pre_hook(lambda _, given: seen.update(last=torch.stack(given, dim=1)[:, :, -1]))
    found = torch.empty(len(prompts), 2, plain.config.hidden_size, dtype=torch.float16)
    # Prompts of like length go together, to save padding.
    for rows in torch.tensor(sorted(range(len(prompts)), key=lambda row: len(prompts[row]))).split(_AT_ONCE):
        batch = {name: one.to(plain.device) for name, one in left_padded([prompts[row] for row in rows], pad).items()}
        plain(**batch, logits_to_keep=1, use_cache=False)
        found[rows] = seen["last"].to(found)  # (rows, 2, hidden)
    return found
