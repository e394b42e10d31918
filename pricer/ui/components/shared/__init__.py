"""What the scripts of all components share: the stream of answers, the estimate on show, numbers as text, Plotly."""

from __future__ import annotations

import json

from pricer.ui.components.assets import PLOTLY, beside
from pricer.views.text import CENTS_BELOW


def head() -> str:
    """The scripts as markup for the page's head, before any component loads."""
    scripts = beside(
        __file__, "stream.js", "reweigh.js", "page.js", "address.js", "kept.js", "plot.js", "feed.js", "list.js"
    )
    return f"<script>\nconst PLOTLY = {json.dumps(PLOTLY)}, CENTS_BELOW = {CENTS_BELOW};\n{scripts}\n</script>"
