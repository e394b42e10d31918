"""A list of products that grows on the page as a table that sorts, from the feed of `pricer.views.price_list`."""

from __future__ import annotations

from typing import Any

import gradio as gr

from pricer.ui.components.assets import beside


class PriceListTable(gr.HTML):
    """Feed in, table out."""

    def __init__(self, value: str = "", **props: Any) -> None:
        super().__init__(
            value=value,
            html_template=beside(__file__, "template.html"),
            css_template=beside(__file__, "style.css"),
            js_on_load=beside(__file__, "script.js"),
            apply_default_css=False,
            **props,
        )

    def postprocess(self, value: str | None) -> str | None:
        """The feed as it is: titles in it are data, never markup."""
        return value

    def api_info(self) -> dict[str, Any]:
        return {"type": "string"}
