"""Files that the page is made of: what lies beside a component, and Plotly from its own package."""

from __future__ import annotations

from html import escape
from pathlib import Path

import gradio as gr
import plotly

_PLOTLY = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"

# Where the page finds Plotly: relative, so that it also holds behind a proxy.
PLOTLY = f"gradio_api/file={_PLOTLY.as_posix()}"


def beside(module: str, *names: str) -> str:
    """The text of the files of these names in the folder of `module`, a component's `__file__`, one after the other."""
    return "\n".join((Path(module).parent / name).read_text(encoding="utf-8") for name in names)


def serve_plotly() -> None:
    """Let the page fetch plotly.min.js from the installed package: no network beyond this server."""
    gr.set_static_paths([_PLOTLY])


def message(text: str, working: bool = False, alert: bool = False) -> str:
    """A line of text as markup: escaped, and announced to those who hear the page."""
    role = "alert" if alert else "status"
    return f'<p role="{role}"{" class=working" if working else ""}>{escape(text)}</p>'
