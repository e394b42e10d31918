"""`pricer catalogue`: from a spreadsheet without prices to one with them, stopped and gone on with at will."""

from __future__ import annotations

import csv
import os
import signal
import subprocess
import sys
import time

import pytest

from pricer.cli.main import main
from tests import ROOT
from tests.support.fakes import FakePricer

ROWS = [("A1", "three words here"), ("A2", "one"), ("A3", " "), ("A4", "two words")]
SLOW = (
    "import sys; from pricer.cli.main import main; from tests.support.fakes import FakePricer; "
    "sys.exit(main(None, lambda name: FakePricer(4, 1.0)))"
)


@pytest.fixture
def shop(tmp_path):
    """A shop's list: a number and a name for each product, and no price."""
    path = tmp_path / "shop.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([("sku", "name"), *ROWS])
    return path


def catalogue(*arguments):
    return main(["catalogue", *map(str, arguments)], lambda _: FakePricer())


def read(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_a_list_without_prices_comes_back_with_them_in_its_order(shop, tmp_path, capsys):
    assert 0 == catalogue(shop, tmp_path / "out", "--join", tmp_path / "priced.csv")

    rows = read(tmp_path / "priced.csv")
    assert [sku for sku, _ in ROWS] == [row["sku"] for row in rows]
    assert ["28.75", "", "18.75"] == [rows[index]["price"] for index in (0, 2, 3)]
    assert "Line 4: the text is empty." == rows[2]["error"]
    told = capsys.readouterr().err
    assert "4 rows in 1 shard; text: 'name', no price, 3 of 4 rows." in told
    assert "1 row without a price; the column 'error' says why." in told


def test_what_is_priced_is_not_priced_again_and_can_be_joined_later(shop, tmp_path, capsys):
    assert 0 == catalogue(shop, tmp_path / "out", "--format", "csv", "--shard-rows", 2, "--shards", "0-0")
    assert 0 == catalogue(shop, tmp_path / "out", "--join", tmp_path / "priced.csv", "--shard-rows", 2)

    assert 4 == len(read(tmp_path / "priced.csv"))
    assert "1 shard priced before." in capsys.readouterr().err


def test_a_changed_source_is_refused_with_a_sentence(shop, tmp_path, capsys):
    catalogue(shop, tmp_path / "out")
    shop.write_text(shop.read_text() + "A5,a new one\n")

    assert 2 == catalogue(shop, tmp_path / "out")
    assert "content of the source" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--join", "priced.xml"], "priced.xml does not end in .parquet: name it so, or choose another --format."),
        (["--join", "priced.csv", "--format", "jsonl"], "priced.csv does not end in .jsonl"),
        (["--shards", "3-1"], "is no range of shards: write 0-99, or 7 for one"),
        (["--shards", "0-7"], "The last shard is 0: --shards asks for more."),
        (["--text-column", "nothing"], "There is no column 'nothing'"),
    ],
)
def test_what_cannot_be_done_is_a_sentence(shop, tmp_path, capsys, arguments, sentence):
    assert 2 == catalogue(shop, tmp_path / "out", *arguments)
    assert sentence in capsys.readouterr().err


def test_a_file_that_is_not_there_is_told_before_any_model_is_opened(tmp_path, capsys):
    opened = []

    assert 2 == main(["catalogue", str(tmp_path / "none.csv"), str(tmp_path / "out")], opened.append)
    assert [] == opened
    assert "There is no file" in capsys.readouterr().err


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_after_the_shard_in_hand_and_says_how_to_go_on(shop, tmp_path, number):
    shop.write_text("name\n" + "some words\n" * 40)
    command = [sys.executable, "-c", SLOW, "catalogue", str(shop), str(tmp_path / "out"), "--shard-rows", "4"]
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True, env=os.environ)
    parts = tmp_path / "out" / "parts"
    while not list(parts.rglob("*.parquet")):
        assert process.poll() is None
        time.sleep(0.02)

    process.send_signal(number)
    told = process.communicate(timeout=30)[1]

    assert 130 == process.returncode
    assert "left open. The same command goes on with them." in told
    assert [] == list(parts.rglob("*.tmp"))
    done = len(list(parts.rglob("*.parquet")))
    assert 0 < done < 10
    assert 0 == catalogue(shop, tmp_path / "out", "--shard-rows", 4, "--join", tmp_path / "all.parquet")


def test_ray_gives_the_same_rows(shop, tmp_path):
    pytest.importorskip("ray", reason="Ray is not installed: pip install ray==2.60.0")
    catalogue(shop, tmp_path / "alone", "--join", tmp_path / "alone.csv")

    assert 0 == catalogue(shop, tmp_path / "ray", "--ray", "--cpus-per-actor", 1, "--join", tmp_path / "ray.csv")
    assert (tmp_path / "alone.csv").read_bytes() == (tmp_path / "ray.csv").read_bytes()
