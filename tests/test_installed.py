"""The package as people install it: a wheel in an environment of its own, used from another folder."""

import json
import os
import shutil
import site
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from zipfile import ZipFile

import pytest
from packaging.metadata import Metadata
from packaging.requirements import Requirement

import pricer
from tests import ROOT

BOTTLE = "Stainless steel water bottle, 32 oz, vacuum insulated, keeps drinks cold for 24 hours"
BUILT_FROM = ("pyproject.toml", "README.md", "LICENSE", "requirements*.txt")
NO_FILES_OF_OURS = shutil.ignore_patterns("__pycache__", "*.pyi")  # Python's and Gradio's


def run(*command: object, **options) -> str:
    """Standard output of a command that must succeed."""
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, timeout=120, check=False, **options)
    assert done.returncode == 0, done.stderr
    return done.stdout


def required(name: str) -> set[str]:
    """The requirements in one of the lists, as pip understands them."""
    lines = (line.partition("#")[0].strip() for line in (ROOT / name).read_text(encoding="utf-8").splitlines())
    return {str(Requirement(line)) for line in lines if line}


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The wheel, and the scripts of an environment that has it beside the packages of this one."""
    folder = tmp_path_factory.mktemp("installed")
    source = folder / "source"  # a build leaves files behind
    shutil.copytree(ROOT / "pricer", source / "pricer", ignore=NO_FILES_OF_OURS)
    for path in (path for pattern in BUILT_FROM for path in ROOT.glob(pattern)):
        shutil.copy(path, source)
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet")
    run(*pip, "wheel", "--no-index", "--no-deps", "--no-build-isolation", "--wheel-dir", folder, source)
    [wheel] = folder.glob("*.whl")
    run(sys.executable, "-m", "venv", "--without-pip", folder / "env")
    scripts = folder / "env" / "bin"
    packages = Path(run(scripts / "python", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip())
    lines = [f"import site; site.addsitedir({str(path)!r})" for path in site.getsitepackages()]
    (packages / "ours.pth").write_text("\n".join(lines))
    run(*pip, "--python", scripts / "python", "install", "--no-index", "--no-deps", wheel)
    return SimpleNamespace(wheel=wheel, scripts=scripts, packages=packages)


def test_the_wheel_holds_every_file_of_the_package_and_requires_what_the_lists_say(installed):
    files = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "pricer").rglob("*")
        if path.is_file() and path.suffix not in (".pyc", ".pyi")
    }
    with ZipFile(installed.wheel) as wheel:
        held = {name for name in wheel.namelist() if ".dist-info/" not in name}
        [about] = [name for name in wheel.namelist() if name.endswith(".dist-info/METADATA")]
        metadata = Metadata.from_email(wheel.read(about))

    def asked(extra: str) -> set[str]:
        return {
            str(requirement).partition(";")[0].strip()
            for requirement in metadata.requires_dist
            if (f'extra == "{extra}"' in str(requirement.marker)) == bool(extra)
            and (bool(extra) or requirement.marker is None)
        }

    assert files == held
    assert required("requirements.txt") == asked("")
    assert {"ray", "train"} == set(metadata.provides_extra)
    assert [required("requirements-ray.txt"), required("requirements-train.txt")] == [asked("ray"), asked("train")]


def test_the_command_prices_a_description_from_another_folder(installed, tmp_path):
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("PRICER_", "PYTHON"))}
    here = {"cwd": tmp_path, "env": environ}

    where = run(installed.scripts / "python", "-c", "import pricer; print(pricer.PACKAGE)", **here).strip()
    answer = json.loads(run(installed.scripts / "pricer", "--model", "bundled", "price", BOTTLE, "--json", **here))
    from_source = run(sys.executable, "-m", "pricer", "--model", "bundled", "price", BOTTLE, "--json", cwd=ROOT)

    assert installed.packages / "pricer" == Path(where)
    assert json.loads(from_source) == answer
    assert f"pricer {pricer.__version__}\n" == run(installed.scripts / "pricer", "--version", **here)
