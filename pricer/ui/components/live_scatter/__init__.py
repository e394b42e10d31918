"""A run of the Tester that grows on the page: scatter, running average and error table from one feed.

The value is the feed of `pricer.views.run_feed`, a text that only grows; Gradio sends what was appended. One Plotly div
lives through the run, so that zoom and hover survive. Knows nothing of runs or models.
"""

from __future__ import annotations

from typing import Any

import gradio as gr

from pricer.ui.components.assets import PLOTLY_HEAD, read, serve_plotly
from pricer.views import run_feed as report
from pricer.views import style

_SCRIPTS = ("look.js", "feed.js", "charts.js", "table.js", "main.js")


class LiveScatter(gr.HTML):
    """Feed in, picture out; `click` carries the run's id and the index of the item that was clicked."""

    def __init__(self, value: str = "", **props: Any) -> None:
        serve_plotly()
        super().__init__(
            value=value,
            html_template=read("components/live_scatter/template.html"),
            css_template=read("components/live_scatter/style.css"),
            js_on_load="\n".join(read(f"components/live_scatter/{name}") for name in _SCRIPTS),
            head=PLOTLY_HEAD,
            apply_default_css=False,
            **{
                "marks": report.marks(),
                "legend": report.legend(),
                "accent": style.ACCENT,
                "accent_soft": style.ACCENT_SOFT,
                **props,
            },
        )

    def postprocess(self, value: str | None) -> str | None:
        """The feed as it is: titles in it are data, never markup."""
        return value

    def api_info(self) -> dict[str, Any]:
        return {"type": "string"}
