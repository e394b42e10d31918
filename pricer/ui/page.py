"""The page as a whole: head, banner and tabs. Building is not launching, and no model is loaded here."""

from __future__ import annotations

import json
import os
from html import escape
from typing import Any

import gradio as gr

from pricer.items.load import MAX_UPLOAD
from pricer.model.info import ModelInfo
from pricer.ui.api import Endpoints
from pricer.ui.components import assets
from pricer.ui.server.health import health_route
from pricer.ui.server.limits import FILES_LOOKED_AT_EVERY, FILES_STAY
from pricer.ui.server.memory import FreeMemory
from pricer.ui.tabs.model import model_tab
from pricer.ui.tabs.price import TAB_ID, price_tab
from pricer.ui.tabs.tester import tester_tab
from pricer.ui.theme import theme

TITLE = "The Price Is Right"
QUEUE_SIZE = 64
# After each event Gradio sums up the last 10,000 of them, for a page of statistics that nobody opens here: so seldom,
# and of so few, that no visitor waits for it.
_STATISTICS = {"GRADIO_ANALYTICS_CACHE_FREQUENCY": "1000", "GRADIO_ANALYTICS_MAX_EVENTS": "100"}
SESSIONS = 500  # visits whose lists are kept; the oldest makes room


def build_page(pricer: Any) -> gr.Blocks:
    """The page over `pricer`, a Pricer or anything that answers like one; hand `launch_options` to its `launch`."""
    assets.serve_plotly()
    for name, value in _STATISTICS.items():
        os.environ.setdefault(name, value)
    stay = (FILES_LOOKED_AT_EVERY, FILES_STAY)
    with gr.Blocks(title=TITLE, analytics_enabled=False, fill_width=False, delete_cache=stay) as page:
        gr.HTML(_head(pricer.info), elem_id="head", apply_default_css=False)
        with gr.Tabs(elem_id="tabs") as tabs:
            with gr.Tab("Price", id=TAB_ID):
                price = price_tab(pricer)
            with gr.Tab("Test", id="test"):
                tester_tab(pricer, price=price, tabs=tabs)
            with gr.Tab("Model", id="model"):
                model_tab(pricer.info)
        page.load(price.open_link, price.inputs[-1:], price.outputs, show_progress="hidden", api_visibility="private")
        page.unload(FreeMemory().give_back)
        Endpoints(pricer).serve()
    # One visitor's test run must not make another's description wait: the pricer's lock lets them take turns.
    return page.queue(max_size=QUEUE_SIZE, default_concurrency_limit=8)


def launch_options(pricer: Any) -> dict[str, Any]:
    """What `launch` needs besides an address: looks, scripts, readiness and the limits of a public page."""
    scripts = "\n".join(assets.read(f"components/shared/{name}.js") for name in ("reweigh", "page", "plot"))
    return {
        "theme": theme(),
        "css": assets.read("page.css"),
        "head": f"<script>\nconst PLOTLY = {json.dumps(assets.PLOTLY)};\n{scripts}\n</script>",
        "footer_links": ["api", "gradio", "settings"],
        "state_session_capacity": SESSIONS,
        "ssr_mode": False,
        "max_file_size": MAX_UPLOAD,
        "mcp_server": True,
        "app_kwargs": {"routes": [health_route(lambda: pricer.info.row.name)]},
    }


def _head(info: ModelInfo) -> str:
    banner = f'<p class="banner" role="alert">{escape(info.banner)}</p>' if info.banner else ""
    return (
        f"{banner}<h1>{TITLE}</h1><p>Paste the description of a product, and a language model says what it costs. "
        "It writes nothing: one pass gives a probability for every price from $0 to $999.</p>"
        f'<p class="small">Answered by <strong>{escape(info.title)}</strong>. {escape(info.reason)}</p>'
    )
