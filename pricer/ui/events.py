"""How the events of the page are wired: without a spinner over what is on show, and refusing with a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import gradio as gr

from pricer.errors import PricerError

# For every event that is part of the page and no endpoint for programs: the page itself says what it is doing.
QUIET = {"show_progress": "hidden", "api_visibility": "private"}


@contextmanager
def refusing() -> Iterator[None]:
    """Turn a PricerError of the block into the message that Gradio shows to whoever asked; no traceback is logged."""
    try:
        yield
    except PricerError as error:
        raise gr.Error(str(error), print_exception=False) from error
