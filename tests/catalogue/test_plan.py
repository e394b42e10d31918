"""The plan: the folder is the whole state, every file in it is whole, and what is open can be seen from it alone."""

from __future__ import annotations

import errno

import pytest

from pricer.catalogue.plan import Folder, Plan, in_one_step, shard_range
from pricer.errors import CatalogueError

PLAN = Plan("mine.csv", "abc", "text: 'name'", ("name",), {"name": "fake"}, rows=2_500, shard_rows=10)


def test_all_shards_have_the_same_number_of_rows_but_the_last():
    plan = Plan("mine.csv", "abc", "", (), {}, rows=25, shard_rows=10)

    assert [10, 10, 5] == [plan.rows_of(shard) for shard in range(plan.shards)]


def test_a_plan_reads_back_as_it_was_written(tmp_path):
    Folder(tmp_path).write(PLAN)

    assert PLAN == Folder(tmp_path).read()


def test_a_folder_without_a_plan_has_none_and_says_how_to_begin(tmp_path):
    assert Folder(tmp_path).read() is None
    with pytest.raises(CatalogueError, match="holds no plan: begin with `pricer catalogue SOURCE"):
        Folder(tmp_path).read_existing()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"version": 1}', '{"version": 7}'])
def test_a_plan_that_something_else_has_changed_is_a_sentence(tmp_path, text):
    (tmp_path / "plan.json").write_text(text)

    with pytest.raises(CatalogueError, match=r"cannot be read .* Choose another folder, or restore the file"):
        Folder(tmp_path).read()


def test_a_shard_without_a_part_is_open_and_what_was_left_half_written_is_no_part(tmp_path):
    folder = Folder(tmp_path)
    for shard in (0, 2):
        with in_one_step(folder.part(shard, "parquet")) as beside:
            beside.write_text("prices")
    folder.part(1, "parquet").with_name("00000001.parquet.0a1b2c3d.tmp").write_text("half")

    assert [1, 3] == folder.open_shards(PLAN, range(4))


def test_a_thousand_shards_share_a_folder_and_a_range_looks_into_its_own_alone(tmp_path):
    folder = Folder(tmp_path)

    assert "0001/00001000.csv" == folder.part(1_000, "csv").relative_to(tmp_path / "parts").as_posix()
    assert [998, 999, 1_000] == folder.open_shards(Plan("x", "", "", (), {}, 10_100, shard_rows=10), range(998, 1_001))


def test_a_file_that_cannot_be_written_leaves_neither_itself_nor_a_half(tmp_path):
    def write():
        with in_one_step(tmp_path / "part.csv") as beside:
            beside.write_text("half")
            raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(CatalogueError, match="No space left on device"):
        write()

    assert [] == list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path):
    (tmp_path / "parts").write_text("a file where the folder should be")

    def write():
        with in_one_step(tmp_path / "parts" / "0" / "1.csv") as beside:
            beside.write_text("half")

    with pytest.raises(CatalogueError, match="cannot be written"):
        write()


def test_a_file_that_is_written_twice_at_once_is_one_of_the_two_whole(tmp_path):
    path = tmp_path / "part.csv"
    with in_one_step(path) as first, in_one_step(path) as second:
        first.write_text("first")
        second.write_text("second")

    assert "first" == path.read_text()
    assert [path] == list(tmp_path.iterdir())


@pytest.mark.parametrize(("text", "numbers"), [("0-2", [0, 1, 2]), ("7", [7]), (" 3-3 ", [3])])
def test_a_range_of_shards_holds_both_its_ends(text, numbers):
    assert numbers == list(shard_range(text))


@pytest.mark.parametrize("text", ["", "a", "3-1", "-1", "1-2-3"])
def test_what_is_no_range_of_shards_is_refused(text):
    with pytest.raises(ValueError, match="is no range of shards"):
        shard_range(text)
