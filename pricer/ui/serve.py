"""The page as a program: built around a pricer and served until it is interrupted."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from pricer.model.engine import Pricer
from pricer.ui.page import build_page, launch_options
from pricer.ui.server import zerogpu
from pricer.ui.server.process import PlainStream, share_heaps


def serve(open_pricer: Callable[[], Pricer]) -> None:
    """Open a pricer and serve the page over it. Raises PricerError if its model cannot be had."""
    sys.stderr = PlainStream(sys.stderr)
    share_heaps()
    pricer = zerogpu.on_this_machine(open_pricer())
    page = build_page(pricer)
    # A Space sets its own host and port by variables of Gradio's; elsewhere only this machine may ask.
    host = None if os.environ.get("SPACE_ID") else os.environ.get("GRADIO_SERVER_NAME", "127.0.0.1")
    page.launch(server_name=host, **launch_options(pricer))
