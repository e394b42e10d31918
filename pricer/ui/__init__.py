"""The page: layout and wiring only."""

from pricer.ui.page import build_page, launch_options

__all__ = ["build_page", "launch_options"]
