"""Cold start and memory, each in a process of its own: what was imported or loaded here before must not count.

`python -m pricer.bench.cold_start price MODEL` and `... course MODEL` are those processes: they print times as JSON.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from pricer.bench.serving import free_port

DESCRIPTION = "Stainless steel water bottle, 32 oz, vacuum insulated, keeps drinks cold for 24 hours"
_ROOT = Path(__file__).parent.parent.parent
_LONGEST = 1800.0  # seconds: the first start of a large model fetches it


@dataclass(frozen=True)
class Start:
    """Seconds from the start of a Python process, and its memory in MB (10⁶ bytes), at its end and at its peak."""

    imports: float
    load: float
    first_price: float
    resident_megabytes: float
    peak_megabytes: float

    @property
    def total(self) -> float:
        return self.imports + self.load + self.first_price


@dataclass(frozen=True)
class AppStart:
    """Seconds from `python app.py` to the first answered page and to the first price, and its memory in MB then."""

    page: float
    price: float
    resident_megabytes: float


def cold_start(model: str, how: str = "price") -> Start:
    """A fresh process that prices one description; `how` is "price" for ours, "course" for its one pass."""
    command = [sys.executable, "-m", "pricer.bench.cold_start", how, model]
    done = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, check=True, timeout=_LONGEST)
    return Start(**json.loads(done.stdout.strip().splitlines()[-1]))


def app_start(model: str) -> AppStart:
    """Start the demo as a visitor's Space would, ask for its page until it answers, then for one price."""
    import psutil
    from gradio_client import Client

    port = free_port()
    settings = {"GRADIO_SERVER_NAME": "127.0.0.1", "GRADIO_SERVER_PORT": str(port), "PRICER_MODEL": model}
    address = f"http://127.0.0.1:{port}"
    began = time.perf_counter()
    app = subprocess.Popen(
        [sys.executable, "app.py"],
        cwd=_ROOT,
        env=os.environ | settings | {"GRADIO_ANALYTICS_ENABLED": "False"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(address, app, began + _LONGEST)
        page = time.perf_counter() - began
        Client(address, verbose=False, analytics_enabled=False).predict(DESCRIPTION, api_name="/price")
        price = time.perf_counter() - began
        resident = psutil.Process(app.pid).memory_info().rss / 1e6
    finally:
        app.terminate()
        app.wait()
    return AppStart(page, price, resident)


def _wait_for(address: str, app: subprocess.Popen, until: float) -> None:
    while time.perf_counter() < until:
        if app.poll() is not None:
            raise RuntimeError(f"app.py ended with exit code {app.returncode} before it answered.")
        try:
            with urllib.request.urlopen(address, timeout=30) as answer:
                answer.read()
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.05)
    raise RuntimeError("app.py did not answer.")


def _price(model: str) -> Start:
    began = time.perf_counter()
    from pricer.model.engine import open_pricer

    _import_libraries()
    imported = time.perf_counter()
    pricer = open_pricer(model)
    loaded = time.perf_counter()
    pricer.estimate_all([DESCRIPTION])
    return _measured(began, imported, loaded, time.perf_counter())


def _course(model: str) -> Start:
    began = time.perf_counter()
    from pricer.bench.course import load_course
    from pricer.model.machine import look_at_machine
    from pricer.model.registry import ROWS
    from pricer.pricing.prompt import build_prompt

    _import_libraries()
    imported = time.perf_counter()
    row = ROWS[model]
    course = load_course(row, look_at_machine())
    loaded = time.perf_counter()
    course.one_pass(build_prompt(DESCRIPTION, row.frame, course.tokenizer).text)
    return _measured(began, imported, loaded, time.perf_counter())


def _import_libraries() -> None:
    """What loading imports in its course is imported before, so that it counts as imports."""
    from peft import PeftModel  # noqa: F401
    from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer, BitsAndBytesConfig  # noqa: F401


def _measured(began: float, imported: float, loaded: float, priced: float) -> Start:
    import psutil

    resident = psutil.Process().memory_info().rss
    return Start(imported - began, loaded - imported, priced - loaded, resident / 1e6, _peak() / 1e6)


def _peak() -> float:
    """Bytes. Linux tells the peak of a process; its `ru_maxrss` would begin at that of the process that started it."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:  # not Linux
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return 1024 * float(status.split("VmHWM:")[1].split()[0])


if __name__ == "__main__":
    from dataclasses import asdict

    _, how, model = sys.argv
    print(json.dumps(asdict({"price": _price, "course": _course}[how](model))))
