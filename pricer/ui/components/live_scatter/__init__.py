"""A run of the Tester that grows on the page: scatter, running average and error table from one feed.

The value is the feed of `pricer.views.run_feed`, a text that only grows; Gradio sends what was appended. One Plotly div
lives through the run, so that zoom and hover survive.
"""

from __future__ import annotations

from typing import Any

import gradio as gr

from pricer.ui.components.assets import beside
from pricer.views import run_feed
from pricer.views.run_figures import WEBGL_FROM, average_figure, truth_figure

_SCRIPTS = ("filter.js", "scatter.js", "average.js", "picture.js", "table.js", "item.js", "main.js")


class LiveScatter(gr.HTML):
    """Feed in, picture out; its property `item`, as `run_item.item_page` gives it, is shown beside the list.

    `click` asks for an item and `open_in_price` for it in tab "Price", by the run's id and the item's index; `reopen`
    asks for an earlier run, by the id of one of that visit and the name of the one wanted.
    """

    def __init__(self, value: str = "", **props: Any) -> None:
        super().__init__(
            value=value,
            html_template=beside(__file__, "template.html"),
            css_template=beside(__file__, "style.css"),
            js_on_load=beside(__file__, *_SCRIPTS),
            apply_default_css=False,
            **{
                "marks": run_feed.marks(),
                "legend": run_feed.legend(),
                "truth": truth_figure(),
                "average": average_figure(),
                "webgl_from": WEBGL_FROM,
                "item": None,
                **props,
            },
        )

    def postprocess(self, value: str | None) -> str | None:
        """The feed as it is: titles in it are data, never markup."""
        return value

    def api_info(self) -> dict[str, Any]:
        return {"type": "string"}
