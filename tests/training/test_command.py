"""The command: a step brings its own options, and the script of the bundled model uses options that exist."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from pricer.training.__main__ import STEPS, _parsers, main
from tests import ROOT

RECORDER = """#!{python}
import json, sys
with open({log!r}, "a") as log:
    log.write(json.dumps(sys.argv[1:]) + "\\n")
"""


def test_an_unknown_step_is_refused_with_the_list(capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["fly"])

    assert 2 == stopped.value.code
    told = capsys.readouterr().err
    assert [] == [step for step in STEPS if step not in told]


@pytest.mark.parametrize("step", STEPS)
def test_help_of_a_step_shows_its_own_options(step, capsys):
    with pytest.raises(SystemExit) as stopped:
        main([step, "--help"])
    shown = capsys.readouterr().out

    assert 0 == stopped.value.code
    assert (step == "adapter") == ("--sentence-dropout" in shown)
    assert (step == "directions") == ("--wrong" in shown)
    assert "default: None" not in shown


def test_without_items_there_is_a_sentence(tmp_path):
    with pytest.raises(SystemExit, match="There are no items to learn from: name files by --items"):
        main(["adapter", "--base", str(tmp_path), "--out", str(tmp_path)])


def test_a_file_of_the_teacher_that_is_not_there_is_a_sentence(tmp_path):
    missing = tmp_path / "distilled.jsonl.gz"

    with pytest.raises(SystemExit, match="run the step teacher first, or leave out --distilled"):
        main(["adapter", "--distilled", str(missing), "--base", str(tmp_path), "--out", str(tmp_path)])


def test_a_base_without_its_tokenizer_is_a_sentence(tmp_path):
    with pytest.raises(SystemExit, match="run the step tokenizer first"):
        main(["base", "--out", str(tmp_path)])


@pytest.fixture
def recipe(tmp_path):
    """Runs the script with an interpreter that only records what it was asked; returns the recorded commands."""
    log, python = tmp_path / "log", tmp_path / "python"
    python.write_text(RECORDER.format(python=sys.executable, log=str(log)))
    python.chmod(0o755)

    def run(**environment):
        log.unlink(missing_ok=True)
        subprocess.run(
            ["sh", str(ROOT / "pricer" / "training" / "bundled.sh"), "data", str(tmp_path / "out")],
            env={"PYTHON": str(python), "PATH": "/usr/bin:/bin"} | environment,
            check=True,
            capture_output=True,
        )
        return [json.loads(line)[2:] for line in log.read_text().splitlines()]  # without -m pricer.training

    return run


def test_every_command_of_the_bundled_models_recipe_has_options_that_exist(recipe):
    commands = recipe()
    for command in commands:
        parser, _ = _parsers(command[:1])
        parser.parse_args(command)

    assert [
        *("tokenizer", "base", "adapter", "adapter", "average", "teacher"),
        *("adapter", "average", "adapter", "average", "adapter", "average", "sharpen"),
    ] == [command[0] for command in commands]


def test_a_stage_of_the_recipe_that_is_done_is_skipped(recipe, tmp_path):
    (tmp_path / "out" / "base").mkdir(parents=True)
    (tmp_path / "out" / "base" / "tokenizer.json").touch()

    assert "base" == recipe()[0][0]


def steps_and_checkpoints(commands):
    """The numbers of steps that the commands of the recipe ask for, and those of the checkpoints that they name."""
    steps = [int(command[command.index("--steps") + 1]) for command in commands if "--steps" in command]
    words = [word for command in commands for word in command if "/checkpoint-" in word]
    return steps, [int(word.rpartition("-")[2]) for word in words]


def test_a_trial_of_the_recipe_does_a_share_of_its_steps_and_averages_what_that_leaves(recipe):
    assert ([900, 1500, 3000, 6500, 5040, 4800, 1000], [2400, 3500, 4500, 5500, 3840, 4320]) == (
        steps_and_checkpoints(recipe())
    )
    assert ([9, 15, 30, 65, 50, 40, 10], [24, 35, 45, 55, 32, 36]) == steps_and_checkpoints(recipe(TRIAL="100"))
