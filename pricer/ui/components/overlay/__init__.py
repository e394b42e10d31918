"""Two runs over each other in one scatter. The value is `pricer.views.run_tables.overlay` as JSON, or nothing."""

from __future__ import annotations

from typing import Any

import gradio as gr

from pricer.ui.components.assets import PLOTLY_HEAD, read, serve_plotly
from pricer.views import style

SECOND = "#c0577f"  # beside the accent, told apart by its shape as well


class Overlay(gr.HTML):
    """Columns in, scatter out."""

    def __init__(self, value: str = "", **props: Any) -> None:
        serve_plotly()
        super().__init__(
            value=value,
            html_template=read("components/overlay/template.html"),
            css_template=read("components/overlay/style.css"),
            js_on_load=read("components/live_scatter/look.js") + read("components/overlay/overlay.js"),
            head=PLOTLY_HEAD,
            apply_default_css=False,
            **{"accent": style.ACCENT, "second": SECOND, **props},
        )

    def postprocess(self, value: str | None) -> str | None:
        """The columns as they are: titles in them are data, never markup."""
        return value
