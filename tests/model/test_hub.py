"""The Hub: what is fetched from it, and the sentence for whatever can go wrong on the way.

Each question is asked by a process of its own, because huggingface_hub reads its environment once.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from pricer import hub as hub_module
from tests import ROOT
from tests.support.fake_hub import Repository, fake_hub
from tests.support.tiny_llama import edit_json

TOKEN, OTHER_TOKEN = "hf_PlantedTokenOfAReader", "hf_PlantedTokenOfAnother"
COMMIT = "c0ffee" + "0" * 34

# Waiting between attempts is the business of huggingface_hub; here it takes no time.
FETCH = """
import sys, time
time.sleep = lambda seconds: None
from pricer.errors import ModelError
from pricer.hub import folder_of
name, revision = sys.argv[1], sys.argv[2] or None
try:
    print(folder_of(name, revision, what="adapter"))
except ModelError as error:
    print(error)
"""

OPEN = """
import json, time
time.sleep = lambda seconds: None
from pricer import open_pricer
from pricer.errors import ModelError
try:
    pricer = open_pricer()
except ModelError as error:
    print(error)
else:
    [estimate] = pricer.estimate_all(["A kettle"])
    print(json.dumps([pricer.info.row.name, pricer.info.adapter.revision, pricer.info.adapter.layers, estimate.price]))
"""

# As a Space with a GPU starts. The GPU is made up; weights of eight billion are never asked for.
START = """
import json, time
time.sleep = lambda seconds: None
from pricer.model import engine
from pricer.model.machine import Machine
engine.look_at_machine = lambda: Machine(gpu="Tesla T4", gpu_gb=15.8, capability=(7, 5), memory_gb=16.0)
pricer = engine.open_pricer()
[estimate] = pricer.estimate_all(["A kettle"])
print(json.dumps([pricer.info.row.name, pricer.info.banner, estimate.price]))
"""


@pytest.fixture
def hub(tmp_path):
    """A Hub with an open repository me/adapter and a gated one meta/base that TOKEN may read."""
    folder = tmp_path / "repository"
    folder.mkdir()
    for name in ("adapter_config.json", "adapter_model.safetensors", "README.md", "adapter_model.bin", "code.py"):
        (folder / name).write_text("{}")
    with fake_hub() as hub:
        hub.known_tokens = {TOKEN, OTHER_TOKEN}
        hub.repositories["me/adapter"] = Repository(folder)
        hub.repositories["meta/base"] = Repository(folder, readers={TOKEN})
        yield hub


@pytest.fixture
def ask(hub, tmp_path):
    """Run a program against the Hub and return all that it wrote; `home` is where it keeps its files."""

    def ask(program, *arguments, **environ):
        kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT") if name in os.environ}
        settings = {
            "HF_ENDPOINT": hub.address,
            "HF_HOME": str(ask.home),
            "HF_HUB_OFFLINE": "0",
            "HF_HUB_DISABLE_XET": "1",
            "HF_HUB_DISABLE_TELEMETRY": "1",
            "OMP_NUM_THREADS": "1",
            "HOME": str(tmp_path),
        }
        done = subprocess.run(
            [sys.executable, "-c", program, *arguments],
            cwd=ROOT,
            env=kept | settings | environ,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert 0 == done.returncode, done.stderr
        return SimpleNamespace(said=done.stdout.strip().splitlines()[-1], written=done.stdout + done.stderr)

    ask.home = tmp_path / "home"
    return ask


@pytest.fixture
def fetch(ask):
    """The last line of asking for a repository: its folder, or the sentence why not."""
    return lambda name, revision="", **environ: ask(FETCH, name, revision, **environ).said


# What is fetched


def test_only_safetensors_and_settings_are_fetched_and_no_pickle_or_code(hub, fetch):
    folder = Path(fetch("me/adapter"))

    assert {"adapter_config.json", "adapter_model.safetensors"} == {file.name for file in folder.iterdir()}
    assert [] == [path for path in hub.paths if path.endswith((".bin", ".py", ".pth", ".pt", ".pkl", ".md"))]


def test_second_copies_in_folders_are_left_where_they_are(hub, fetch):
    original = hub.repositories["me/adapter"].folder / "original"
    original.mkdir()
    (original / "consolidated.safetensors").write_text("{}")
    fetch("me/adapter")

    assert [] == [path for path in hub.paths if "original" in path]


def test_without_a_revision_none_is_asked_for_and_the_newest_is_taken(hub, fetch):
    fetch("me/adapter")

    assert "/api/models/me/adapter/revision/main" == hub.paths[0]


def test_a_pinned_revision_is_the_one_that_is_fetched(hub, fetch):
    hub.repositories["me/adapter"].revisions = {COMMIT: COMMIT}
    folder = fetch("me/adapter", COMMIT)

    assert folder.endswith(COMMIT)
    assert {COMMIT} == {path.split("/")[4] for path in hub.paths if "/resolve/" in path}


def test_what_was_fetched_once_serves_when_the_hub_is_away(hub, fetch):
    first = fetch("me/adapter")
    hub.fails_with = 500

    assert first == fetch("me/adapter")


# The token


def test_the_token_of_hf_token_goes_with_every_request_and_is_written_nowhere(hub, ask):
    asked = ask(FETCH, "meta/base", "", HF_TOKEN=f" {TOKEN}\n")  # pasted with a line's end

    assert asked.said.endswith("a" * 40)
    assert {TOKEN} == {request.token for request in hub.requests}
    assert TOKEN not in asked.written
    assert [] == [file for file in ask.home.rglob("*") if file.is_file() and TOKEN.encode() in file.read_bytes()]


def test_a_token_that_a_login_stored_is_never_sent(hub, ask):
    ask.home.mkdir()
    (ask.home / "token").write_text(OTHER_TOKEN)
    ask(FETCH, "me/adapter", "")

    assert {None} == {request.token for request in hub.requests}


@pytest.mark.parametrize("trouble", ["gated", "refused", "failing", "unknown"])
def test_no_sentence_and_no_log_holds_the_token(hub, ask, trouble):
    if trouble == "refused":
        hub.known_tokens.clear()
    hub.fails_with = 503 if trouble == "failing" else None
    name = "no/thing" if trouble == "unknown" else "meta/base"
    asked = ask(FETCH, name, "", HF_TOKEN=OTHER_TOKEN, HF_DEBUG="1", HF_HUB_VERBOSITY="debug")

    assert OTHER_TOKEN not in asked.written


# What can go wrong, each with its own sentence


def test_a_gated_repository_without_a_token(fetch):
    assert (
        "The adapter meta/base is gated and HF_TOKEN is not set: accept its terms on its page on the Hub and set "
        "HF_TOKEN to a token of your account, or choose PRICER_MODEL=bundled." == fetch("meta/base")
    )


def test_a_gated_repository_with_a_token_that_has_no_access(fetch):
    assert (
        "The adapter meta/base is gated and the account of HF_TOKEN has no access: accept its terms on its page on "
        "the Hub with that account, or choose PRICER_MODEL=bundled." == fetch("meta/base", HF_TOKEN=OTHER_TOKEN)
    )


def test_a_token_that_the_hub_does_not_know(fetch):
    assert (
        "The Hub refused to give the adapter me/adapter (status 401): set HF_TOKEN to a valid token of an "
        "account that may read it, or choose PRICER_MODEL=bundled." == fetch("me/adapter", HF_TOKEN="hf_unknown")
    )


@pytest.mark.parametrize("environ", [{}, {"HF_TOKEN": TOKEN}])
def test_an_unknown_repository(fetch, environ):
    assert (
        "The Hub shows no adapter me/nothing: check the spelling, and if it is private, set HF_TOKEN to a token of an "
        "account that may read it." == fetch("me/nothing", **environ)
    )


@pytest.mark.parametrize("revision", ["no-such-branch", "d" * 40])
def test_a_missing_revision(fetch, revision):
    assert (
        f"The adapter me/adapter has no revision {revision}: give a commit or branch that its page on the Hub lists."
        == fetch("me/adapter", revision)
    )


@pytest.mark.parametrize("status", [429, 500, 503])
@pytest.mark.parametrize("where", ["fails_with", "files_fail_with"])
def test_a_hub_that_fails(hub, fetch, status, where):
    setattr(hub, where, status)

    assert (
        f"The Hub answered with status {status} when it was asked for the adapter me/adapter at revision {'a' * 40}: "
        "try again in a few minutes, or choose PRICER_MODEL=bundled." == fetch("me/adapter", "a" * 40)
    )


def test_a_hub_that_forbids(hub, fetch):
    hub.fails_with = 403

    assert fetch("me/adapter").startswith("The Hub refused to give the adapter me/adapter (status 403)")


def test_a_hub_that_refuses_connections(fetch):
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"http://127.0.0.1:{server.getsockname()[1]}"

    assert (
        "The Hub could not be reached for the adapter me/adapter, and it is not complete on this machine: check the "
        "network, or choose PRICER_MODEL=bundled." == fetch("me/adapter", HF_ENDPOINT=address)
    )


def test_offline_mode(fetch):
    assert fetch("me/adapter", HF_HUB_OFFLINE="1").startswith("The Hub could not be reached for the adapter me/adapter")


def test_a_hub_that_breaks_off_in_the_middle_of_a_file(hub, fetch):
    hub.breaks_off = True

    assert fetch("me/adapter").startswith("The Hub could not be reached for the adapter me/adapter")
    hub.breaks_off = False
    folder = Path(fetch("me/adapter"))
    assert "{}" == (folder / "adapter_model.safetensors").read_text()


def test_a_storage_of_large_files_that_refuses_connections(hub, fetch):
    with socket.create_server(("127.0.0.1", 0)) as server:
        hub.repositories["me/adapter"].storage = f"http://127.0.0.1:{server.getsockname()[1]}"
    environ = {"HF_HUB_DISABLE_XET": "0", "HF_XET_CLIENT_RETRY_MAX_ATTEMPTS": "1"}

    assert fetch("me/adapter", **environ).startswith("The Hub could not be reached for the adapter me/adapter")


def test_a_fault_of_ours_is_not_told_as_a_hub_that_is_away(monkeypatch):
    def fail(*_, **__):
        raise RuntimeError("dictionary changed size during iteration")

    monkeypatch.setattr(hub_module, "snapshot_download", fail)

    with pytest.raises(RuntimeError, match="dictionary changed size"):
        hub_module.folder_of("me/adapter")


@pytest.mark.parametrize("name", ["/no/such/folder", "a/b/c/d", "me/ada pter", "../me"])
def test_a_name_that_can_be_no_id(hub, fetch, name):
    assert f"The adapter {name!r} is neither a folder nor an id on the Hub: write an id as owner/name." == fetch(name)
    assert [] == hub.requests


def test_a_disk_that_cannot_be_written(ask, fetch, tmp_path):
    ask.home = tmp_path / "file"
    ask.home.write_text("where a folder should be")

    assert fetch("me/adapter") == (
        "The adapter me/adapter could not be stored on this machine (Not a directory): make room on its disk, or set "
        "HF_HOME to a folder with more."
    )


# The whole way


@pytest.fixture
def served(hub, tiny, tmp_path):
    """The tiny Llama on the Hub, gated, and its adapter at a commit of its own; beside each, what must stay there."""
    base, adapter = (Path(shutil.copytree(folder, tmp_path / folder.name)) for folder in (tiny.base, tiny.adapter))
    for folder, name in ((base, "pytorch_model.bin"), (adapter, "training_args.bin"), (base, "modeling.py")):
        (folder / name).write_text("never to be fetched")
    edit_json(adapter / "adapter_config.json", base_model_name_or_path="meta/never-asked-for")
    hub.repositories = {
        "meta/base": Repository(base, readers={TOKEN}),
        "me/adapter": Repository(adapter, revisions={"main": "a" * 40, "a" * 40: "a" * 40, COMMIT: COMMIT}),
    }
    return {"PRICER_BASE_MODEL": "meta/base", "PRICER_ADAPTER": "me/adapter", "HF_TOKEN": TOKEN}


def test_a_model_of_ones_own_is_fetched_at_its_revision_and_names_a_price(hub, ask, served):
    asked = ask(OPEN, **served, PRICER_ADAPTER_REVISION=COMMIT)
    name, revision, layers, price = json.loads(asked.said)

    assert ("me/adapter", COMMIT, 8) == (name, revision, layers)
    assert 0 < price <= 999
    assert {"meta/base", "me/adapter"} == {
        "/".join(path.removeprefix("/api/models").split("/")[1:3]) for path in hub.paths
    }
    assert {
        f"/me/adapter/resolve/{COMMIT}/adapter_config.json",
        f"/me/adapter/resolve/{COMMIT}/adapter_model.safetensors",
    } == {path for path in hub.paths if path.startswith("/me/adapter/resolve/")}
    assert [] == [path for path in hub.paths if path.endswith((".bin", ".py"))]
    assert {TOKEN} == {request.token for request in hub.requests}
    assert TOKEN not in asked.written


def test_a_gated_base_without_access_stops_a_model_that_was_asked_for(ask, served):
    asked = ask(OPEN, **served | {"HF_TOKEN": OTHER_TOKEN})

    assert asked.said.startswith("The base model meta/base is gated and the account of HF_TOKEN has no access")
    assert OTHER_TOKEN not in asked.written


@pytest.mark.parametrize(
    ("token", "said"),
    [
        (OTHER_TOKEN, "The base model meta-llama/Meta-Llama-3.1-8B is gated and the account of HF_TOKEN"),
        ("hf_unknown", "The Hub refused to give the base model meta-llama/Meta-Llama-3.1-8B (status 401)"),
        ("", "The Hub shows no base model unsloth/Meta-Llama-3.1-8B-bnb-4bit"),
    ],
)
def test_a_gpu_without_access_starts_with_the_bundled_model_under_a_banner_that_says_why(hub, ask, token, said):
    hub.repositories["meta-llama/Meta-Llama-3.1-8B"] = hub.repositories["meta/base"]
    asked = ask(START, **({"HF_TOKEN": token} if token else {}))
    name, banner, price = json.loads(asked.said)

    assert "bundled" == name
    assert said in banner
    assert banner.endswith("Until then the small bundled model answers.")
    assert 0 < price <= 999
    assert not token or token not in asked.written


def test_a_repository_has_a_page_at_its_revision_and_a_folder_of_this_machine_has_none(tmp_path):
    pages = [
        hub_module.hub_page("you/adapter"),
        hub_module.hub_page("you/adapter", COMMIT),
        hub_module.hub_page("you/adapter/checkpoint-500"),
        hub_module.hub_page("you/adapter/checkpoint-500", COMMIT),
        hub_module.hub_page("you/items", kind="datasets/"),
    ]
    expected = [
        "you/adapter",
        f"you/adapter/tree/{COMMIT}",
        "you/adapter/tree/main/checkpoint-500",
        f"you/adapter/tree/{COMMIT}/checkpoint-500",
        "datasets/you/items",
    ]

    assert [f"https://huggingface.co/{place}" for place in expected] == pages
    for name in (str(tmp_path), "/models/Llama-3.2-3B", "javascript:alert(1)", ""):
        assert hub_module.hub_page(name) is None
