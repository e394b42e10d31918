"""One palette: text in it can be read on both themes, marks are told apart without color."""

import pytest

from pricer.views.style import DARK_PAPER, PALETTE, VERDICTS, css_variables


def luminance(color: str) -> float:
    """The relative luminance of WCAG 2."""
    channels = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(color: str, paper: str) -> float:
    dark, light = sorted((luminance(color), luminance(paper)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("name", PALETTE)
def test_text_in_a_color_of_the_palette_has_the_contrast_that_wcag_asks_for(name):
    color = PALETTE[name]

    assert contrast(color.light, "#ffffff") >= 4.5
    assert contrast(color.dark, DARK_PAPER) >= 4.5
    assert min(contrast(color.mark, "#ffffff"), contrast(color.mark, DARK_PAPER)) >= 2.5


def test_verdicts_differ_by_form_wherever_they_are_drawn():
    for form in ("symbol", "sign", "svg", "color"):
        assert len(VERDICTS) == len({getattr(verdict, form) for verdict in VERDICTS.values()})


def test_the_palette_is_written_as_variables_with_the_text_of_the_theme():
    assert "--green:#2f9e62;--green-text:#18794e;" in css_variables("light")
    assert "--green:#2f9e62;--green-text:#4cc38a;" in css_variables("dark")
