"""The work on a plan: whatever stops it and whoever goes on, the result is the same to the byte."""

from __future__ import annotations

import csv
import errno
import io
import json

import pyarrow.parquet
import pytest

from pricer.catalogue import job
from pricer.catalogue.plan import FORMATS, Folder
from pricer.errors import CatalogueError, ModelError
from tests.support.fakes import FakePricer
from tests.support.planned import joined, planned, price


def rows_of(folder):
    return list(csv.DictReader(io.StringIO(joined(folder).decode())))


def test_every_row_comes_out_in_its_place_with_its_own_columns(tmp_path):
    folder, _ = planned(tmp_path, problems=[3, 44])

    price(folder)

    rows = rows_of(folder)
    assert [str(number) for number in range(45)] == [row["row"] for row in rows]
    assert [f"A{number}" for number in range(45)] == [row["sku"] for row in rows]
    assert ("2", "28.75", "") == (rows[2]["source_price"], rows[2]["price"], rows[2]["error"])
    assert ("", "the text is empty") == (rows[3]["price"], rows[3]["error"])


@pytest.mark.parametrize("form", FORMATS)
def test_a_job_that_was_stopped_goes_on_to_the_bytes_of_an_unbroken_one(tmp_path, form):
    whole, _ = planned(tmp_path / "whole", form=form)
    price(whole)
    folder, plan = planned(tmp_path / "stopped", form=form)

    work = job.one_by_one(FakePricer(), folder, plan, folder.open_shards(plan), lambda: False)
    next(work)
    next(work)
    work.close()
    assert [2, 3, 4] == folder.open_shards(plan)
    price(folder)

    assert joined(whole) == joined(folder)


def test_stopping_ends_after_the_shard_in_hand(tmp_path):
    folder, plan = planned(tmp_path)
    asked = iter([False, False, True])

    done = list(job.one_by_one(FakePricer(), folder, plan, folder.open_shards(plan), lambda: next(asked)))

    assert [0, 1] == [shard.shard for shard in done]
    assert [2, 3, 4] == folder.open_shards(plan)


def test_halves_that_were_priced_apart_are_the_whole(tmp_path):
    whole, _ = planned(tmp_path / "whole")
    price(whole)
    halves, _ = planned(tmp_path / "halves")

    price(halves, numbers=range(3, 5))
    price(halves, numbers=range(3))

    assert joined(whole) == joined(halves)


def test_two_at_work_on_one_plan_do_no_harm(tmp_path):
    alone, _ = planned(tmp_path / "alone")
    price(alone)
    folder, plan = planned(tmp_path / "both")
    first = job.one_by_one(FakePricer(), folder, plan, folder.open_shards(plan), lambda: False)
    second = job.one_by_one(FakePricer(), folder, plan, folder.open_shards(plan), lambda: False)

    for _ in range(5):
        next(first)
        next(second)

    assert joined(alone) == joined(folder)
    assert 5 == sum(1 for _ in (folder.path / "parts").rglob("*.*"))


def test_progress_counts_rows_and_tells_the_rate_of_this_process_and_the_time_left(tmp_path):
    folder, plan = planned(tmp_path)
    price(folder, numbers=range(2))
    clock = iter([100.0, 102.0, 104.0, 105.0])
    open_shards = folder.open_shards(plan)
    done = job.one_by_one(FakePricer(), folder, plan, open_shards, lambda: False)

    told = list(job.work(plan, done, range(plan.shards), job.rows_in(plan, open_shards), lambda: next(clock)))

    assert [(20, 45), (30, 45), (40, 45), (45, 45)] == [(progress.rows, progress.of) for progress in told]
    assert [0.0, 5.0, 5.0, 5.0] == [progress.rows_per_second for progress in told]
    assert [None, 3.0, 1.0, 0.0] == [progress.seconds_left for progress in told]


def test_rows_without_a_price_are_counted(tmp_path):
    folder, _ = planned(tmp_path, problems=[1, 2, 11])

    assert [2, 1, 0, 0, 0] == [shard.without_price for shard in price(folder)]


def test_joining_is_refused_while_shards_are_open(tmp_path):
    folder, plan = planned(tmp_path)
    price(folder, numbers=range(1, 5))

    with pytest.raises(CatalogueError, match="1 of 5 shards are still open, the first is 0: run the same"):
        job.join(folder, plan, tmp_path / "all.csv")


def test_a_disk_that_is_full_ends_the_work_with_a_sentence_and_the_parts_before_it_stay(tmp_path, monkeypatch):
    folder, plan = planned(tmp_path)
    price(folder, numbers=range(2))

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("pricer.catalogue.shards.write_part", full)
    with pytest.raises(CatalogueError, match=r"No space left on device.*goes on from them"):
        price(folder)

    assert [2, 3, 4] == folder.open_shards(plan)
    assert [] == list((tmp_path / "parts").rglob("*.tmp"))


def test_a_shard_that_was_damaged_is_named(tmp_path):
    folder, _ = planned(tmp_path)
    folder.shard(1).write_bytes(b"not parquet")

    with pytest.raises(CatalogueError, match="The rows of shard 1 cannot be read"):
        price(folder)


def test_a_model_that_fails_for_all_of_a_shard_leaves_it_open(tmp_path):
    class Broken(FakePricer):
        def estimate_all(self, descriptions, k=3, adapter=True):  # noqa: ARG002
            raise ModelError("The weights are damaged.")

    folder, plan = planned(tmp_path)
    with pytest.raises(ModelError, match="The weights are damaged"):
        price(folder, Broken())

    assert 5 == len(folder.open_shards(plan))


def test_another_model_is_refused_with_what_differs(tmp_path):
    _, plan = planned(tmp_path)
    info = FakePricer().info
    job.check_model(plan, info)

    other = Folder(tmp_path).read_existing()
    with pytest.raises(CatalogueError, match=r"begun with another model \(base gpt; loaded: base "):
        job.check_model(type(other)(**{**vars(other), "model": other.model | {"base": "gpt"}}), info)


def test_parquet_parts_and_their_join_have_the_kinds_of_their_columns(tmp_path):
    folder, _ = planned(tmp_path, form="parquet", problems=[0])
    price(folder)
    joined(folder)

    table = pyarrow.parquet.read_table(folder.path / "all.parquet")
    kinds = {name: str(table.schema.field(name).type) for name in ("row", "sku", "price", "token_1", "tokens", "error")}
    assert {
        **{"row": "int64", "sku": "string", "price": "double"},
        **{"token_1": "string", "tokens": "int64", "error": "string"},
    } == kinds
    assert 45 == table.num_rows


def test_lines_of_json_hold_a_null_where_there_is_no_price(tmp_path):
    folder, _ = planned(tmp_path, form="jsonl", problems=[0])
    price(folder)

    first = json.loads(joined(folder).splitlines()[0])

    assert (0, None, "the text is empty") == (first["row"], first["price"], first["error"])
