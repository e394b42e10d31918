"""Files that the page is made of: styles, scripts and templates of this folder, and Plotly from its own package."""

from __future__ import annotations

from html import escape
from pathlib import Path

import gradio as gr
import plotly

from pricer import PACKAGE

_FOLDER = PACKAGE / "ui"
_PLOTLY = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"

# Where the page finds Plotly: relative, so that it also holds behind a proxy.
PLOTLY = f"gradio_api/file={_PLOTLY.as_posix()}"
# For the `head` of a component that draws with it: loaded once, when the first such component is shown.
PLOTLY_HEAD = f'<script src="{PLOTLY}"></script>'


def read(name: str) -> str:
    """The text of a file of this page, such as "components/price_card/card.js"."""
    return (_FOLDER / name).read_text(encoding="utf-8")


def serve_plotly() -> None:
    """Let the page fetch plotly.min.js from the installed package: no network beyond this server."""
    gr.set_static_paths([_PLOTLY])


def message(text: str, working: bool = False, alert: bool = False) -> str:
    """A line of text as markup: escaped, and announced to those who hear the page."""
    role = "alert" if alert else "status"
    return f'<p role="{role}"{" class=working" if working else ""}>{escape(text)}</p>'
