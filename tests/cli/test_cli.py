"""The command line: text for people, JSON for programs, and one sentence with exit code 2 for every mistake."""

import csv
import fcntl
import io
import json
import os
import pty
import signal
import struct
import subprocess
import sys
import termios
from dataclasses import replace
from pathlib import Path

import pytest

from pricer.cli import main as cli
from pricer.errors import ModelError
from pricer.model.registry import ROWS
from tests import ROOT
from tests.support.fakes import FakePricer

THREE_WORDS = "three words here"

# `python -m pricer` with the fake: what only a process of its own can show.
FAKE = (
    "import sys; from pricer.cli.main import main; from tests.support.fakes import FakePricer; sys.exit(main(None, {}))"
)
AT_ONCE, SLOW = "lambda name: FakePricer(4)", "lambda name: FakePricer(4, 0.2)"
SLOW_ENOUGH_TO_STOP = "lambda name: FakePricer(1, 1.0)"  # ten seconds for ten items, on a machine with other work too


class Shell:
    """Runs commands with the fake pricer, and keeps what was asked of it and what it said."""

    def __init__(self, capsys) -> None:
        self._capsys = capsys
        self.asked: list[str | None] = []
        self.pricer = FakePricer(batch_size=4)

    def __call__(self, *arguments: str) -> "Shell":
        self.code = cli.main(arguments, self.open)
        self.out, self.err = self._capsys.readouterr()
        return self

    def open(self, name: str | None) -> FakePricer:
        self.asked.append(name)
        return self.pricer


@pytest.fixture
def shell(capsys):
    return Shell(capsys)


@pytest.fixture
def items(tmp_path):
    """A CSV of ten items, one of them with a category and one, in line 5, without a price."""
    lines = [f"Item {n},{' '.join(['word'] * n)},{10 * n}.50,{'Kitchen' if n == 2 else ''}" for n in range(1, 11)]
    lines.insert(3, "Broken,words,,")
    (tmp_path / "items.csv").write_text("title,text,price,category\n" + "\n".join(lines) + "\n")
    return str(tmp_path / "items.csv")


def process(*arguments: str, pricer: str = AT_ONCE, **options) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-c", FAKE.format(pricer), *arguments],
        cwd=ROOT,
        stdout=options.pop("stdout", subprocess.PIPE),
        stderr=options.pop("stderr", subprocess.PIPE),
        **options,
    )


# price


def test_a_price_is_printed_large_with_its_candidates(shell):
    lines = shell("price", THREE_WORDS).out.splitlines()

    assert cli.OK == shell.code
    assert "$28.75" == lines[0]
    assert ["30", "50%", "$30"] == lines[1].split()[:3]
    assert "The candidates with a price hold 80% of the probability." == lines[4]


def test_the_json_of_a_price_has_every_promised_field(shell):
    said = json.loads(shell("price", THREE_WORDS, "--json").out)

    assert 28.75 == pytest.approx(said["price"])
    assert (30, 3, False) == (said["greedy"], said["tokens"], said["truncated"])
    assert {"covered", "candidates", "mean", "median", "low", "high", "mass", "model"} <= said.keys()
    assert [30, 20, 40] == [candidate["price"] for candidate in said["candidates"]]


def test_the_number_of_candidates_can_be_chosen(shell):
    assert 2 == len(json.loads(shell("price", THREE_WORDS, "--top-k", "2", "--json").out)["candidates"])


def test_a_dash_reads_standard_input_whatever_its_bytes(shell, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"three words \xff\n")))

    assert shell("price", "-").out.startswith("$28.75")


def test_what_was_taken_out_of_a_text_is_said(shell):
    lines = shell("price", "three words here Sale price is $59.99").out.splitlines()

    assert "The price in the text was taken out: the model must not see it." in lines


@pytest.mark.parametrize("text", ["", "  \n", "Price is $5"])
def test_a_blank_description_is_one_sentence_and_exit_code_2(shell, text):
    shell("price", text)

    assert (cli.BAD_INPUT, "") == (shell.code, shell.out)
    assert "Type or paste a description first.\n" == shell.err


# models and info


@pytest.mark.parametrize(
    "arguments", [("--model", "llama-3.2-3b", "price", "a"), ("price", "--model", "llama-3.2-3b", "a")]
)
def test_the_model_can_be_named_before_and_after_the_command(shell, arguments):
    shell(*arguments)

    assert ["llama-3.2-3b"] == shell.asked


def test_without_a_name_the_machine_chooses(shell):
    shell("info")

    assert [None] == shell.asked


def test_a_model_that_cannot_be_had_is_its_own_sentence(capsys):
    def refuse(name):
        raise ModelError(f"There is no model {name!r}: choose one of these.")

    code = cli.main(["--model", "gpt", "info"], refuse)

    assert cli.BAD_INPUT == code
    assert "There is no model 'gpt': choose one of these.\n" == capsys.readouterr().err


def test_a_fallback_is_told_beside_the_answer_and_not_in_it(shell):
    shell.pricer.info = replace(shell.pricer.info, banner="The 8B was meant to run here.")

    shell("price", THREE_WORDS, "--json")

    assert "The 8B was meant to run here.\n" == shell.err
    assert json.loads(shell.out)


def test_info_says_what_is_loaded_and_why(shell):
    text = shell("info").out
    said = json.loads(shell("info", "--json").out)

    assert "A fake was asked for." in text
    assert "rank 32, alpha 64, dropout 0.1" in text
    assert "base 20 MB, adapter 5 MB, both 25 MB" in text
    assert (25.0, 32, [12_800, 384]) == (said["megabytes"], said["adapter"]["rank"], said["head"])


def test_the_models_are_listed_without_loading_one(shell):
    text = shell("models").out
    said = json.loads(shell("models", "--json").out)

    assert [] == shell.asked
    assert list(ROWS) == [row["name"] for row in said]
    assert all(row["name"] in text for row in said)


@pytest.mark.parametrize("arguments", [["models"], ["--help"], ["test", "--help"], ["price"], ["test", "--items", "x"]])
def test_what_needs_no_model_imports_neither_torch_nor_gradio(arguments):
    program = (
        "import sys; from pricer.cli.main import main; main(sys.argv[1:]); "
        "sys.exit(any(name in sys.modules for name in ('torch', 'gradio', 'transformers', 'datasets')))"
    )
    done = subprocess.run([sys.executable, "-c", program, *arguments], cwd=ROOT, capture_output=True, timeout=120)

    assert (0, b"Traceback") == (done.returncode, b"Traceback" if b"Traceback" not in done.stderr else b"")


# test


def test_a_run_prints_a_line_for_each_item_and_the_report(shell, items):
    lines = shell("test", "--items", items).out.splitlines()

    assert cli.OK == shell.code
    assert "    1 ● guess $11.67 truth $10.50 error $1.17 SLE 0.01 Item 1" == lines[0]
    assert "10 ● guess $98.75 truth $100.50 error $1.75 SLE 0.00 Item 10" == lines[9].strip()
    assert "The bundled model on items.csv" == lines[10]
    assert lines[11].startswith("Weighted top 3: 10 items, average error $1.69 ± 0.06, RMSLE")
    assert "\033[" not in shell.out


def test_rows_that_were_left_out_are_told_on_standard_error(shell, items):
    shell("test", "--items", items, "--quiet")

    assert "1 row could not be used (line 5: the price is missing).\n" == shell.err


def test_lines_are_colored_if_asked_for_in_the_course_s_colors(shell, items):
    shell("test", "--items", items, "--verbose")

    assert "\033[92m    1 ● guess" in shell.out
    assert "\033[" not in shell("test", "--items", items, "--verbose", "--color", "never").out


def test_a_title_is_cut_at_forty_characters_and_cannot_command_the_terminal(shell, tmp_path):
    rows = [
        {"title": "x" * 50, "text": "a", "price": 9},
        {"title": "\033[2J\u202eevil\n\ttitle", "text": "a", "price": 9},
    ]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))

    first, second, *_ = shell("test", "--items", str(tmp_path / "a.jsonl")).out.splitlines()

    assert first.endswith(f" {'x' * 40}...")
    assert second.endswith(" [2Jevil title")


def test_the_json_of_a_run_has_every_promised_field(shell, items, tmp_path):
    shell("test", "--items", items, "--limit", "3", "--json", str(tmp_path / "a.json"))

    said = json.loads((tmp_path / "a.json").read_text())

    assert (3, 3) == (said["n"], len(said["results"]))
    assert {"mae", "mae_stderr", "rmsle", "hits", "items_per_second"} <= said.keys()
    assert ("Item 1", 10.5, "green") == tuple(said["results"][0][key] for key in ("title", "truth", "color"))
    # One word: (10 * 0.5 + 20 * 0.1) / 0.6, for $0 is no positive price.
    assert 35 / 3 == pytest.approx(said["results"][0]["estimate"])
    assert 35 / 3 - 10.5 == pytest.approx(said["results"][0]["error"])


def test_json_on_standard_output_stands_there_alone(shell, items):
    assert 10 == json.loads(shell("test", "--items", items, "--json", "-").out)["n"]


@pytest.mark.parametrize("method", ["top3", "greedy", "mean", "median", "generate"])
def test_every_method_can_be_chosen(shell, items, method):
    said = json.loads(shell("test", "--items", items, "--method", method, "--json", "-").out)

    assert method == said["method"]
    assert ("generate" in [row["method"] for row in said["decoders"]]) == (method == "generate")


def test_generate_can_stand_beside_the_others(shell, items):
    said = json.loads(shell("test", "--items", items, "--generate", "--json", "-").out)

    assert "top3" == said["method"]
    assert ["top3", "greedy", "mean", "median", "generate"] == [row["method"] for row in said["decoders"]]


def test_the_adapter_can_be_switched_off(shell, items):
    said = json.loads(shell("test", "--items", items, "--no-adapter", "--json", "-").out)

    assert {7.0} == {round(result["estimate"], 9) for result in said["results"]}
    assert said["settings"]["adapter"] is False


def test_a_sample_is_random_with_a_seed_that_is_told(shell, items):
    said = json.loads(shell("test", "--items", items, "--limit", "3", "--seed", "4", "--json", "-").out)

    assert 4 == said["settings"]["seed"]
    assert 3 == said["n"]
    assert "sampled with seed 4" in shell("test", "--items", items, "--limit", "3", "--seed", "4").out


def test_a_run_is_exported_as_a_table_without_formulas(shell, tmp_path):
    (tmp_path / "a.jsonl").write_text(json.dumps({"title": "=HYPERLINK(1)", "text": "@a", "price": 9}) + "\n")

    shell("test", "--items", str(tmp_path / "a.jsonl"), "--csv", str(tmp_path / "a.csv"))
    (row,) = csv.DictReader((tmp_path / "a.csv").open(newline=""))

    assert ("'=HYPERLINK(1)", "'@a", "9.0") == (row["title"], row["text"], row["truth"])
    assert 35 / 3 == pytest.approx(float(row["top3"]))


def test_a_run_is_exported_as_one_page_that_needs_nothing_else_and_runs_nothing(shell, tmp_path):
    evil = '<script>alert(1)</script><img src=x onerror="alert(2)">'
    (tmp_path / "a.jsonl").write_text(
        json.dumps({"title": evil, "text": f"{evil} mug", "price": 9, "category": evil})
        + "\n"
        + json.dumps({"text": "a b", "price": 500})
    )

    shell("test", "--items", str(tmp_path / "a.jsonl"), "--html", str(tmp_path / "a.html"))
    page = (tmp_path / "a.html").read_text()

    assert "&lt;script&gt;alert(1)" in page
    assert "<script" not in page
    assert "<img" not in page
    assert "http" not in page.replace("http-equiv", "")
    assert "<svg" in page


# runs


def test_a_run_is_kept_shown_compared_and_resumed(shell, items, tmp_path):
    first, second = str(tmp_path / "first"), str(tmp_path / "second")

    assert cli.OK == shell("test", "--items", items, "--out", first).code
    assert cli.OK == shell("test", "--items", items, "--out", second, "--method", "greedy").code
    assert "finished, 10 of 10 items" in shell("report", first).out
    said = json.loads(shell("compare", first, second, "--json").out)
    text = shell("compare", first, second).out

    # top3 errs by $1.17 at one word and by $1.75 at each of the others, greedy by $0.50 everywhere.
    mae = (35 / 3 - 10.5 + 9 * 1.75) / 10
    assert 10 == said["n"]
    assert (mae, 0.5, 0.5 - mae) == pytest.approx((said["first_mae"], said["second_mae"], said["difference"]))
    assert "Run 2 is closer by $1.19 per item on average (± 0.06): a clear difference." in text
    assert cli.OK == shell("test", "--resume", first).code


def test_ctrl_c_keeps_what_is_done_and_resume_gives_the_report_of_an_unbroken_run(shell, items, tmp_path):
    run, whole = str(tmp_path / "run"), str(tmp_path / "whole")
    stopped = process("test", "--items", items, "--out", run, pricer=SLOW_ENOUGH_TO_STOP, text=True)
    stopped.stdout.readline()
    stopped.send_signal(signal.SIGINT)
    out, err = stopped.communicate(timeout=60)

    shell("test", "--items", items, "--out", whole)
    expected = json.loads(shell("report", whole, "--json", "-").out)
    shell("test", "--resume", run)
    actual = json.loads(shell("report", run, "--json", "-").out)

    assert 130 == stopped.returncode
    assert f"of 10 items. Go on with --resume {run}." in err
    assert "Traceback" not in err
    assert "average error" in out
    assert cli.OK == shell.code
    for report in (expected, actual):
        del report["settings"], report["seconds"], report["items_per_second"]
    assert expected == actual


@pytest.mark.parametrize("given", [("--items", "bundled"), ("--limit", "5"), ("--method", "mean"), ("--no-adapter",)])
def test_resuming_takes_nothing_that_was_settled_when_the_run_began(shell, tmp_path, given):
    shell("test", "--resume", str(tmp_path), *given)

    assert cli.BAD_INPUT == shell.code
    assert shell.err.startswith("--resume goes on with a run as it was begun: leave out")


def test_resuming_opens_the_model_that_the_run_began_with(shell, items, tmp_path):
    shell("test", "--items", items, "--out", str(tmp_path / "run"))
    shell("test", "--resume", str(tmp_path / "run"))

    assert [None, "bundled"] == shell.asked


def test_the_bundled_model_is_tested_on_its_own_items_by_default(bundled_pricer, capsys):
    code = cli.main(["test", "--limit", "3", "--json", "-"], lambda _: bundled_pricer)

    said = json.loads(capsys.readouterr().out)
    assert cli.OK == code
    assert (3, "bundled", "bundled") == (said["n"], said["settings"]["source"], said["settings"]["model"])
    assert all(0 < result["estimate"] <= 999 for result in said["results"])
    assert not Path(said["settings"]["base"]).is_absolute()


# Mistakes


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("sell",),
        ("price",),
        ("price", "a", "--top-k", "0"),
        ("price", "a", "--top-k", "21"),
        ("price", "a", "--top-k", "x"),
        ("test", "--limit", "0"),
        ("test", "--limit", "-3"),
        ("test", "--limit", "²"),
        ("test", "--method", "mode"),
        ("test", "--items", "nowhere.csv"),
        ("test", "--items", "hub:"),
        ("test", "--items", "hub:../../etc"),
        ("test", "--json", "/nowhere/at/all.json"),
        ("test", "--json", "/"),
        ("test", "--resume", "/nowhere/at/all"),
        ("report", "/nowhere/at/all"),
        ("compare", "/nowhere", "/nowhere/else"),
        ("compare", "/nowhere"),
    ],
)
def test_a_mistake_is_one_sentence_on_standard_error_and_exit_code_2(shell, arguments):
    shell(*arguments)

    assert (cli.BAD_INPUT, "") == (shell.code, shell.out)
    assert 1 == shell.err.count("\n")
    assert shell.err.endswith((".\n", "can be asked.\n"))


def test_help_is_no_mistake(shell):
    shell("--help")

    assert cli.OK == shell.code
    assert "price" in shell.out


def test_the_benchmarks_read_options_of_their_own(shell):
    shell("bench", "page", "--help")

    assert cli.OK == shell.code
    assert "--sizes" in shell.out


def test_a_reader_that_has_seen_enough_is_no_mistake(items):
    running = process("test", "--items", items, pricer=SLOW)
    running.stdout.readline()
    running.stdout.close()
    err = running.stderr.read()
    running.stderr.close()

    assert 0 == running.wait(timeout=60)
    assert b"" == err.replace(b"1 row could not be used (line 5: the price is missing).\n", b"")


def test_a_disk_that_is_full_is_a_sentence():
    with open("/dev/full", "w") as full:  # noqa: PTH123
        _, err = process("price", "a", stdout=full).communicate(timeout=60)

    assert b"The disk is full: the output could not be written.\n" == err


def test_a_terminal_that_knows_only_ascii_gets_every_line(tmp_path):
    (tmp_path / "a.jsonl").write_text(json.dumps({"title": "Café “Mug” 🎉", "text": "a", "price": 9}) + "\n")
    environment = os.environ | {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}

    out, err = process("test", "--items", str(tmp_path / "a.jsonl"), env=environment).communicate(timeout=60)

    assert (b"Caf\\xe9" in out, b"") == (True, err)


def test_a_terminal_gets_colors_and_a_progress_bar(items):
    master, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 100, 0, 0))  # rows, columns
    running = process("test", "--items", items, pricer=SLOW, stdout=terminal, stderr=terminal)
    os.close(terminal)
    shown = b""
    try:
        while block := os.read(master, 4096):
            shown += block
    except OSError:  # how a terminal ends on Linux
        pass
    os.close(master)

    assert 0 == running.wait(timeout=60)
    assert "\033[92m    1 ● guess" in shown.decode()
    assert b"/10 [" in shown
