"""A Space's build: the Hub's own line of pip, with our pins beside what it asks for, resolved, not installed."""

import json
import subprocess
import sys

import pytest

from docs.make_licenses import pins
from tests import ROOT
from tests.trust.test_readme import header

# As the Hub's build logs have it for an SDK of Gradio's.
HUBS_OWN = ("torch<=2.13.0", "uvicorn>=0.14.0", "websockets>=10.4", "spaces==0.51.3")
PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", "--retries", "1", "--timeout", "15")
DRY = ("install", "--dry-run", "--ignore-installed")


@pytest.fixture(scope="module", autouse=True)
def index():
    """The tests need a package index; without one they are skipped."""
    looked = subprocess.run([*PIP, *DRY, "--no-deps", HUBS_OWN[-1]], capture_output=True, timeout=120, check=False)
    if looked.returncode:
        pytest.skip("no package index was reached: a Space's build was not resolved")


# 3.10, which ZeroGPU offers too, is older than what NumPy asks for, and older than our own code.
@pytest.mark.parametrize("python", [header("python_version").rpartition(".")[0], "3.11"])
def test_the_hub_s_own_line_resolves_with_our_pins(python, tmp_path):
    gradio = f"gradio[oauth,mcp]=={header('sdk_version')}"
    report, target = tmp_path / "report.json", ("--target", str(tmp_path / "nothing"))
    wheels = ("--python-version", python, "--only-binary", ":all:", *target, "--report", str(report))
    command = [*PIP, *DRY, *wheels, "-r", "requirements.txt", gradio, *HUBS_OWN]

    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)

    assert 0 == done.returncode, done.stderr[-2000:]
    found = [install["metadata"] for install in json.loads(report.read_text(encoding="utf-8"))["install"]]
    versions = {about["name"].lower().replace("_", "-"): about["version"].partition("+")[0] for about in found}
    ours = {name.lower().replace("_", "-"): number for name, number, _ in pins("requirements.txt")}
    assert ours == {name: versions[name] for name in ours}
