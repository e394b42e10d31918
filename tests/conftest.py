"""What holds for every test: no Hub, no telemetry, and a visible line where browser tests could not run."""

import os

# Before anything imports huggingface_hub or gradio, which read these once.
os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"

import pytest

from tests.support.browser import MISSING, find_chromium

pytest_plugins = ["tests.support.browser", "tests.support.bundled", "tests.support.tiny_llama"]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip browser tests where there is no browser, unless one is required."""
    wanted = [item for item in items if "browser" in getattr(item, "fixturenames", ())]
    if not wanted or find_chromium():
        return
    if os.environ.get("PRICER_REQUIRE_BROWSER") == "1":
        raise pytest.UsageError("PRICER_REQUIRE_BROWSER is 1 and no Chromium was found: `make browser` installs one.")
    for item in wanted:
        item.add_marker(pytest.mark.skip(reason=MISSING))
    config.stash[_SKIPPED] = len(wanted)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say what was skipped in one line that also a quiet run shows."""
    if config.stash.get(_SKIPPED, 0):
        terminalreporter.write_line(f"{MISSING} ({config.stash[_SKIPPED]} tests)", yellow=True)


_SKIPPED = pytest.StashKey[int]()
