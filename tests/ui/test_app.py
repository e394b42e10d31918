"""The program that serves the page: what it opens, where it listens, and how it stops when it cannot start."""

import os
import subprocess
import sys
from types import SimpleNamespace

import pytest

import app
from pricer.model import engine
from pricer.model.machine import Machine
from pricer.model.registry import ROWS
from pricer.ui import serve
from tests import ROOT
from tests.support.tiny_llama import CPU, make_row

T4 = Machine(gpu="Tesla T4", gpu_gb=15.8, capability=(7, 5), memory_gb=16.0)


@pytest.fixture
def served(tiny, monkeypatch):
    """What is built and launched, in place of a page; the tiny model stands for the bundled one."""
    served = SimpleNamespace(pricers=[], launches=[])
    page = SimpleNamespace(launch=lambda **options: served.launches.append(options))
    monkeypatch.setitem(ROWS, "bundled", make_row(tiny.base, tiny.adapter, name="bundled", cpu_only=True))
    monkeypatch.setattr(serve, "build_page", lambda pricer, *_, **__: served.pricers.append(pricer) or page)
    monkeypatch.setattr(engine, "look_at_machine", lambda: CPU)
    for name in ("PRICER_MODEL", "PRICER_BASE_MODEL", "PRICER_ADAPTER", "HF_TOKEN", "SPACE_ID", "GRADIO_SERVER_NAME"):
        monkeypatch.delenv(name, raising=False)
    return served


def test_the_bundled_model_is_served_to_this_machine_alone(served):
    assert 0 == app.main()

    assert ["bundled"] == [pricer.info.row.name for pricer in served.pricers]
    assert ["127.0.0.1"] == [options["server_name"] for options in served.launches]


def test_another_address_can_be_asked_for(served, monkeypatch):
    monkeypatch.setenv("GRADIO_SERVER_NAME", "0.0.0.0")

    assert 0 == app.main()
    assert ["0.0.0.0"] == [options["server_name"] for options in served.launches]


def test_a_space_chooses_its_address_itself(served, monkeypatch):
    monkeypatch.setenv("SPACE_ID", "me/pricer")

    assert 0 == app.main()
    assert [None] == [options["server_name"] for options in served.launches]
    assert all("server_port" not in options for options in served.launches)


def test_nothing_is_published_to_the_world(served):
    app.main()

    assert not any(options.get("share") for options in served.launches)


def test_a_gpu_without_access_to_its_model_serves_the_bundled_one_under_a_banner(served, monkeypatch):
    monkeypatch.setattr(engine, "look_at_machine", lambda: T4)
    monkeypatch.setenv("HF_TOKEN", "hf_planted")

    assert 0 == app.main()
    [pricer] = served.pricers
    assert "bundled" == pricer.info.row.name
    assert pricer.info.banner.startswith("llama-3.1-8b was meant to run here. The Hub could not be reached")
    assert "hf_planted" not in pricer.info.banner


def test_a_model_that_was_asked_for_and_cannot_be_had_stops_with_one_sentence(served, monkeypatch, capsys):
    monkeypatch.setattr(engine, "look_at_machine", lambda: T4)
    monkeypatch.setenv("PRICER_MODEL", "llama-3.1-8b-mirror")

    assert 2 == app.main()
    assert [] == served.pricers
    assert capsys.readouterr().err.startswith(
        "The Hub could not be reached for the base model unsloth/Meta-Llama-3.1-8B"
    )


def test_a_wrong_name_ends_the_program_with_one_line_and_no_traceback():
    root = ROOT
    environ = os.environ | {"PRICER_MODEL": "gpt-9"}
    done = subprocess.run(
        [sys.executable, "app.py"], cwd=root, env=environ, capture_output=True, text=True, timeout=300, check=False
    )

    assert 2 == done.returncode
    assert (
        "There is no model 'gpt-9': choose one of bundled, llama-3.1-8b, llama-3.1-8b-mirror, llama-3.2-3b, "
        "llama-3.2-3b-mirror." == done.stderr.strip()
    )
