"""The page as a whole: head, banner and tabs. Building is not launching, and no model is loaded here."""

from __future__ import annotations

from html import escape
from typing import Any

import gradio as gr

from pricer.model.info import ModelInfo
from pricer.pricing.estimator import Estimator
from pricer.ui.api import Endpoints
from pricer.ui.components import assets, shared
from pricer.ui.server import limits
from pricer.ui.server.health import health_route
from pricer.ui.server.process import MemoryTrimmer, limit_statistics
from pricer.ui.tabs.model import model_tab
from pricer.ui.tabs.price import TAB_ID, price_tab
from pricer.ui.tabs.tester import tester_tab
from pricer.ui.theme import palette, theme

TITLE = "The Price Is Right"


def build_page(pricer: Estimator) -> gr.Blocks:
    """The page over `pricer`; hand `launch_options` to its `launch`."""
    assets.serve_plotly()
    limit_statistics()
    stay = (limits.FILES_LOOKED_AT_EVERY, limits.FILES_STAY)
    with gr.Blocks(title=TITLE, analytics_enabled=False, fill_width=False, delete_cache=stay) as page:
        gr.HTML(_head(pricer.info), elem_id="head", apply_default_css=False)
        with gr.Tabs(elem_id="tabs") as tabs:
            with gr.Tab("Price", id=TAB_ID):
                price = price_tab(pricer, tabs)
            with gr.Tab("Test", id="test"):
                tester_tab(pricer, price)
            with gr.Tab("Model", id="model"):
                model_tab(pricer.info)
        price.reopen_on(page.load)
        page.unload(MemoryTrimmer().give_back)
        Endpoints(pricer).serve()
    # Several at once, so that one visitor's test does not make another's description wait.
    return page.queue(max_size=limits.QUEUE_SIZE, default_concurrency_limit=limits.EVENTS_AT_ONCE)


def launch_options(pricer: Estimator) -> dict[str, Any]:
    """What `launch` needs besides an address: looks, scripts, readiness and the limits of a public page."""
    return {
        "theme": theme(),
        "css": assets.beside(__file__, "page.css"),
        "head": palette() + shared.head(),
        "footer_links": ["api", "gradio", "settings"],
        "state_session_capacity": limits.SESSIONS,
        "ssr_mode": False,
        "max_file_size": limits.MAX_UPLOAD,
        "mcp_server": True,
        "app_kwargs": {"routes": [health_route(pricer.info.row.name)]},
    }


def _head(info: ModelInfo) -> str:
    banner = f'<p class="banner" role="alert">{escape(info.banner)}</p>' if info.banner else ""
    return (
        f"{banner}<h1>{TITLE}</h1><p>Paste a product description and see what a language model thinks it costs. "
        "Instead of writing text, the model scores every whole-dollar price from $0 to $999 at once.</p>"
        f'<p class="small">Answered by <strong>{escape(info.title)}</strong>. {escape(info.reason)}</p>'
    )
