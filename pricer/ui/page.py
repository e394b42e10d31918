"""The page as a whole: head, banner and tabs. Building is not launching, and no model is loaded here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import gradio as gr
from starlette.middleware import Middleware

from pricer.pricing.estimator import Estimator
from pricer.ui.api import Endpoints
from pricer.ui.components import assets, shared
from pricer.ui.components.header import TITLE, header
from pricer.ui.events import QUIET
from pricer.ui.server import limits, preview
from pricer.ui.server.health import health_route
from pricer.ui.server.optional import Page
from pricer.ui.server.process import MemoryTrimmer, limit_statistics
from pricer.ui.session.runs import runs_folder
from pricer.ui.tabs.model import MODEL, model_tab
from pricer.ui.tabs.play import play_tab
from pricer.ui.tabs.price import TAB_ID, price_tab
from pricer.ui.tabs.tester import tester_tab
from pricer.ui.theme import palette, theme


def build_page(pricer: Estimator) -> gr.Blocks:
    """The page over `pricer`; hand `launch_options` to its `launch`."""
    assets.serve_plotly()
    limit_statistics()
    stay = (limits.FILES_LOOKED_AT_EVERY, limits.FILES_STAY)
    with Page(title=TITLE, analytics_enabled=False, fill_width=False, delete_cache=stay) as page:
        head = header(pricer.info, runs_are_kept=runs_folder() is not None)
        with gr.Tabs(elem_id="tabs") as tabs:
            with _tab("Price", TAB_ID):
                price = price_tab(pricer, tabs)
            with _tab("Test", "test"):
                tester_tab(pricer, price)
            with _tab("Play", "play"):
                play_tab(pricer)
            with _tab("Model", MODEL):
                model_tab(pricer.info)
        head.about(lambda: gr.Tabs(selected=MODEL), outputs=tabs, queue=False, **QUIET)
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
        "run_history": False,  # neither the browser nor a bucket keeps what was asked
        "max_file_size": limits.MAX_UPLOAD,
        "mcp_server": True,
        "favicon_path": str(preview.ICON),
        "app_kwargs": {
            "routes": [health_route(pricer.info), preview.picture_route()],
            "middleware": [Middleware(preview.LinkPreview)],
        },
    }


@contextmanager
def _tab(name: str, tab_id: str) -> Iterator[None]:
    """A tab under a heading of its name, for those who go through the page by its headings."""
    with gr.Tab(name, id=tab_id):
        gr.HTML(f"<h2>{name}</h2>", elem_classes="unseen", apply_default_css=False)
        yield
