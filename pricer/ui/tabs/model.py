"""Tab "Model": what is loaded and why, the modules it is made of, and how to show another adapter here."""

from __future__ import annotations

import os

from pricer.model.info import ModelInfo
from pricer.ui.components.model_facts import model_facts

MODEL = "model"  # the id of the tab


def model_tab(info: ModelInfo) -> None:
    """Build the tab inside the open gr.Blocks."""
    model_facts(info, os.environ, elem_id="model-facts")
