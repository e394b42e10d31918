"""The demo: open the pricer that fits this machine, build the page around it, serve it."""

from __future__ import annotations

import os
import sys

from pricer.errors import PricerError
from pricer.model.engine import open_pricer
from pricer.ui import build_page, launch_options
from pricer.ui.server.process import PlainStream, share_heaps


def main() -> int:
    """Serve until interrupted; 2 and a sentence if the model that was asked for cannot be had."""
    sys.stderr = PlainStream(sys.stderr)
    share_heaps()
    try:
        pricer = open_pricer()
    except PricerError as error:
        print(error, file=sys.stderr)
        return 2
    demo = build_page(pricer)
    # A Space sets its own host and port by variables of Gradio's; elsewhere only this machine may ask.
    host = None if os.environ.get("SPACE_ID") else os.environ.get("GRADIO_SERVER_NAME", "127.0.0.1")
    demo.launch(server_name=host, **launch_options(pricer))
    return 0


if __name__ == "__main__":
    sys.exit(main())
