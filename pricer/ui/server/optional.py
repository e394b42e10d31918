"""What a call leaves out: Gradio refuses fewer values than an endpoint has, whatever it says is optional."""

from __future__ import annotations

from typing import Any

import gradio as gr
from gradio.components.api_component import Api


class Page(gr.Blocks):
    """The page; what a call to an endpoint for programs leaves out at its end means the endpoint's own default."""

    async def preprocess_data(self, block_fn: Any, inputs: list[Any], *args: Any, **kwargs: Any) -> Any:
        """The values of a call as its endpoint takes them."""
        left_out = block_fn.inputs[len(inputs) :]
        if all(isinstance(block, Api) for block in block_fn.inputs):
            inputs = [*inputs, *(block.value for block in left_out)]
        return await super().preprocess_data(block_fn, inputs, *args, **kwargs)
