"""What `import pricer` promises: its public names, and a price in time for what asks for none of them."""

import json
import subprocess
import sys

import pytest

import pricer
from pricer.catalogue import table
from pricer.model import engine
from pricer.pricing import estimate
from tests import ROOT

HEAVY = {"torch", "transformers", "gradio", "numpy"}
# Seconds of the processor that an import takes, which wait for no other process, and which modules it brought along.
TIMED = """
import json, sys, time
began = time.process_time()
import pricer
print(json.dumps([time.process_time() - began, sorted({name.partition(".")[0] for name in sys.modules})]))
"""


def imported() -> tuple[float, set[str]]:
    """Seconds, and the names of the modules that are there afterwards."""
    done = subprocess.run([sys.executable, "-c", TIMED], cwd=ROOT, capture_output=True, text=True, check=True)
    seconds, modules = json.loads(done.stdout)
    return seconds, set(modules)


def test_importing_the_package_costs_under_50_milliseconds_and_loads_nothing_heavy():
    # The fastest of a few: a busy machine makes any one of them slow, and none of them fast.
    tries = [imported() for _ in range(5)]

    assert set() == tries[0][1] & HEAVY
    assert min(seconds for seconds, _ in tries) < 0.05


def test_the_public_names_are_these_and_each_is_there():
    assert ["Estimate", "Pricer", "open_pricer", "price_table"] == sorted(pricer.__all__)
    assert pricer.__all__ == [name for name in pricer.__all__ if callable(getattr(pricer, name))]


def test_the_public_names_are_those_of_the_modules_that_define_them():
    assert (engine.Pricer, engine.open_pricer) == (pricer.Pricer, pricer.open_pricer)
    assert (estimate.Estimate, table.price_table) == (pricer.Estimate, pricer.price_table)


def test_a_name_that_is_not_there_is_an_error_as_of_any_module():
    with pytest.raises(AttributeError, match="module 'pricer' has no attribute 'nothing_of_the_kind'"):
        _ = pricer.nothing_of_the_kind
