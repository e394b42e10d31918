"""How the page looks: one accent color, one radius, the system's own fonts. Details stand in page.css."""

from __future__ import annotations

import gradio as gr

from pricer.views import style

_WASH = "rgba(128, 139, 156, 0.14)"  # behind bars and under the pointer, on either theme
_DIM = "color-mix(in srgb, var(--accent) 50%, var(--block-background-fill))"  # of bars that do not count


def palette() -> str:
    """The colors of charts and verdicts as CSS variables, for the head of the page: styles name no color themselves."""
    once = f"--accent-soft:{style.ACCENT_SOFT};--wash:{_WASH};--warn:var(--orange);"
    themes = {":root": style.css_variables("light") + once, ".dark": style.css_variables("dark")}
    derived = f"--alert:var(--red-text);--accent-dim:{_DIM};"
    rules = "".join(f"{where}{{{colors}{derived}}}\n" for where, colors in themes.items())
    return f"<style>\n{rules}</style>\n"


def theme() -> gr.themes.Base:
    """The theme for `launch`; its accent is that of the charts."""
    return gr.themes.Base(
        primary_hue="blue",
        secondary_hue="blue",
        neutral_hue="slate",
        text_size="md",
        radius_size="lg",
        font=("system-ui", "-apple-system", "Segoe UI", "Roboto", "Helvetica Neue", "Arial", "sans-serif"),
        font_mono=("ui-monospace", "SF Mono", "Cascadia Mono", "Menlo", "Consolas", "monospace"),
    ).set(
        body_background_fill="#fafbfd",
        body_background_fill_dark="#0f141d",
        background_fill_primary="white",
        background_fill_primary_dark="#171d29",
        block_background_fill="white",
        block_background_fill_dark="#171d29",
        block_border_width="1px",
        block_border_color="#e6eaf1",
        block_border_color_dark="#273042",
        border_color_primary="#e1e6ee",
        border_color_primary_dark="#2a3447",
        block_shadow="none",
        block_padding="14px var(--inset)",
        block_radius="*radius_lg",
        block_title_text_color="*body_text_color_subdued",
        block_title_text_color_dark="*body_text_color_subdued",
        checkbox_label_padding="6px 12px 6px 0",
        container_radius="*radius_lg",
        table_radius="*radius_lg",
        button_large_radius="*radius_lg",
        button_medium_radius="*radius_lg",
        button_small_radius="999px",
        button_small_padding="6px 14px",
        input_radius="*radius_sm",
        input_padding="6px 0",
        block_label_background_fill="transparent",
        block_label_background_fill_dark="transparent",
        body_text_color="#1d2736",
        body_text_color_dark="#e7ebf3",
        body_text_color_subdued="#5f6c80",
        body_text_color_subdued_dark="#98a5ba",
        input_background_fill="white",
        input_background_fill_dark="*block_background_fill",
        input_placeholder_color="*body_text_color_subdued",
        input_placeholder_color_dark="*body_text_color_subdued",
        button_primary_background_fill="*primary_600",
        button_primary_background_fill_hover="*primary_700",
        button_primary_background_fill_dark="*primary_600",
        button_primary_background_fill_hover_dark="*primary_500",
        button_primary_text_color="white",
        button_secondary_background_fill="transparent",
        button_secondary_background_fill_dark="transparent",
        button_secondary_background_fill_hover="*neutral_100",
        button_secondary_background_fill_hover_dark="*neutral_800",
        button_secondary_border_color="*border_color_primary",
        button_border_width="1px",
    )
