"""What the scripts of all components share: the estimate on show, its arithmetic, numbers as text, and Plotly."""

from __future__ import annotations

import json

from pricer.ui.components.assets import PLOTLY, beside


def head() -> str:
    """The scripts as markup for the page's head, before any component loads."""
    scripts = beside(__file__, "reweigh.js", "page.js", "address.js", "kept.js", "plot.js")
    return f"<script>\nconst PLOTLY = {json.dumps(PLOTLY)};\n{scripts}\n</script>"
