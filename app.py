"""The demo, as a Space starts it: the page over the pricer that fits this machine."""

from __future__ import annotations

import sys
from importlib.util import find_spec

if find_spec("spaces"):  # only ZeroGPU needs it, and there it must come before torch and Gradio
    import spaces  # noqa: F401

from pricer.errors import PricerError
from pricer.model.engine import open_pricer
from pricer.ui.serve import serve


def main() -> int:
    """Serve until interrupted; 2 and a sentence if the model that was asked for cannot be had."""
    try:
        serve(open_pricer)
    except PricerError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
