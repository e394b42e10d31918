"""What holds for every test: no Hub, no telemetry, and the fixtures of `tests/support`."""

import os

# Before anything imports huggingface_hub or gradio, which read these once.
os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"

pytest_plugins = ["tests.support.browser", "tests.support.bundled", "tests.support.tiny_llama"]
