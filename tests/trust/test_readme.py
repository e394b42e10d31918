"""What can drift in the README and the lists of versions is held here."""

from __future__ import annotations

import re
import tomllib

from packaging.specifiers import SpecifierSet

from pricer.model.registry import ROWS
from pricer.pricing.distribution import HIGHEST_PRICE
from pricer.pricing.prompt import FRAMES
from pricer.ui.server.zerogpu import AT_ONCE, seconds
from tests import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
PINS = dict(
    re.match(r"([\w-]+)(?:\[\w+\])?==([\w.]+)", line).groups()
    for line in (ROOT / "requirements.txt").read_text().splitlines()
    if line and not line.startswith("#")
)


def header(key: str) -> str:
    """A value of the Space's header."""
    front = README.split("---")[1]
    return re.search(rf'^{key}: "?([^"\n]+)"?$', front, re.MULTILINE).group(1)


def test_the_space_gets_the_gradio_that_is_pinned():
    assert PINS["gradio"] == header("sdk_version")


def test_the_space_starts_a_file_that_is_there():
    assert (ROOT / header("app_file")).is_file()


def test_the_python_of_the_space_is_one_that_zerogpu_offers_and_the_package_accepts():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

    assert header("python_version") in ("3.10.13", "3.12.12")
    assert SpecifierSet(project["requires-python"]).contains(header("python_version"))


def test_the_readme_says_what_a_visitor_s_quota_pays():
    section = README.partition("\n## Put it on a Space")[2].partition("\n## ")[0]
    test = [seconds("estimate_all", range(min(AT_ONCE, 250 - start)), {}) for start in range(0, 250, AT_ONCE)]
    one, many = (seconds("estimate_all", range(count), {}) for count in (1, AT_ONCE))

    assert f"a price asks for a loan of {one} seconds, a call of {AT_ONCE} descriptions for {many}," in section
    assert (4, f"of 250 items for four loans of together {sum(test)}." in section) == (len(test), True)


def test_what_the_user_asked_for_is_pinned():
    asked = {"gradio", "torch", "transformers", "peft", "bitsandbytes", "huggingface_hub", "datasets", "plotly"}

    assert set() == asked - set(PINS)


def test_the_readme_names_every_model_of_the_table():
    named = set(re.findall(r"^\| `([\w.-]+)` \| ", README, re.MULTILINE))

    assert set(ROWS) <= named


def test_every_variable_that_the_readme_names_is_read_by_the_code():
    named = set(re.findall(r"`(PRICER_[A-Z_]+|HF_TOKEN)`", README))
    code = "\n".join(path.read_text() for path in (ROOT / "pricer").rglob("*.py"))

    assert set() == {name for name in named if f'"{name}"' not in code}


def test_every_file_that_the_readme_links_to_is_there():
    linked = re.findall(r"\]\((?!http)([^)#]+)\)", README)

    assert [] == [name for name in linked if not (ROOT / name).exists()]


def test_the_limits_say_what_the_model_does_not_know_what_is_stored_and_what_is_sent():
    limits = README.partition("\n## Limits\n")[2].partition("\n## ")[0]
    read, read_by_the_second = (FRAMES[year].max_tokens for year in ("2024", "2025"))
    expected = [
        *("prices from its training data", "inflation since", "used goods", "other currencies"),
        f"A price is at most ${HIGHEST_PRICE}",
        f"{read} tokens ({read_by_the_second} for generation 2)",
        *("What is stored: ", "What is sent elsewhere: "),
    ]

    assert [] == [words for words in expected if words not in limits]


def test_no_file_is_too_large_for_a_space_without_large_file_storage():
    bundled = [path for path in (ROOT / "pricer" / "bundled").rglob("*") if path.is_file()]

    assert [] == [path.name for path in bundled if path.stat().st_size >= 10_000_000]
    assert sum(path.stat().st_size for path in bundled) < 30_000_000


def test_the_map_has_a_line_for_each_folder_of_the_package():
    named = re.findall(r"^\| `(pricer/\w+)` \| ", README, re.MULTILINE)
    folders = {path.relative_to(ROOT).as_posix() for path in (ROOT / "pricer").iterdir() if path.is_dir()}

    assert len(named) == len(set(named))
    assert folders - {"pricer/__pycache__"} == set(named)


def test_the_design_names_files_and_functions_that_are_there():
    design = (ROOT / "docs" / "design.md").read_text(encoding="utf-8")
    named = re.findall(r"`(pricer/[\w/]+\.py)::(\w+)`", design)

    assert len(named) > 10
    assert [] == [
        f"{file}::{name}"
        for file, name in named
        if not re.search(rf"^\s*(?:def|class) {name}\b", (ROOT / file).read_text(encoding="utf-8"), re.MULTILINE)
    ]


def test_the_layers_that_the_design_draws_are_those_of_the_contract():
    design = (ROOT / "docs" / "design.md").read_text(encoding="utf-8").partition("## Layers")[2]
    contract = (ROOT / "pyproject.toml").read_text(encoding="utf-8").partition("layers = [")[2].partition("]")[0]

    drawn = [line.strip() for line in design.splitlines() if line.startswith("    ")]
    assert [layer for layer in re.findall(r'"([^"]+)"', contract) if layer != "__main__"] == drawn
