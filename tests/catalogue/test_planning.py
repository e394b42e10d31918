"""Planning: every row of the source has its place, and a folder belongs to one source for good."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from pricer.catalogue.plan import Folder
from pricer.catalogue.planning import Source, plan_source
from pricer.catalogue.shards import SourceRow, read_shard
from pricer.errors import CatalogueError


def source(rows=25, **changes):
    made = (
        SourceRow(
            number, None if number == 3 else f"text {number}", "it is empty" if number == 3 else None, {"id": number}
        )
        for number in range(rows)
    )
    return replace(Source("mine.csv", "abc", "text: 'name'", ("id",), made), **changes)


def test_rows_are_cut_into_shards_in_their_order_and_a_bad_one_keeps_its_place(tmp_path):
    folder = Folder(tmp_path)

    plan = plan_source(folder, source(), {"name": "fake"}, shard_rows=10)

    assert (25, 3) == (plan.rows, plan.shards)
    tables = [read_shard(folder.shard(shard)).to_pydict() for shard in range(3)]
    assert list(range(25)) == [row for table in tables for row in table["row"]]
    assert ("text 2", None, "it is empty") == (tables[0]["text"][2], tables[0]["text"][3], tables[0]["problem"][3])
    assert ["20", "21"] == tables[2]["own_0"][:2]


def test_the_plan_of_the_same_source_is_gone_on_with_and_its_rows_are_not_read_again(tmp_path):
    plan = plan_source(Folder(tmp_path), source(), {"name": "fake"}, shard_rows=10)
    again = source()

    assert plan == plan_source(Folder(tmp_path), again, {"name": "fake"}, shard_rows=10)
    assert 0 == next(again.rows).number


@pytest.mark.parametrize(
    ("changes", "form", "what"),
    [
        ({"fingerprint": "def"}, "parquet", "content of the source differ"),
        ({"name": "other.csv", "fingerprint": "def"}, "parquet", "source and content of the source differ"),
        ({"own": ("sku",)}, "parquet", "columns differ"),
        ({}, "csv", "format (parquet) differ"),
    ],
)
def test_a_folder_with_the_plan_of_something_else_is_refused_with_what_differs(tmp_path, changes, form, what):
    plan_source(Folder(tmp_path), source(), {})

    with pytest.raises(CatalogueError, match=re.escape(what)):
        plan_source(Folder(tmp_path), source(**changes), {}, form)


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path):
    (tmp_path / "photos").mkdir()

    with pytest.raises(CatalogueError, match="is not empty"):
        plan_source(Folder(tmp_path), source(), {})
    assert ["photos"] == [path.name for path in tmp_path.iterdir()]


def test_a_folder_whose_planning_was_cut_off_is_planned_anew(tmp_path):
    folder = Folder(tmp_path)
    whole = plan_source(folder, source(), {}, shard_rows=10)
    (tmp_path / "plan.json").unlink()

    assert whole.rows == plan_source(folder, source(), {}, shard_rows=10).rows


def test_a_source_without_rows_is_refused(tmp_path):
    with pytest.raises(CatalogueError, match=r"mine\.csv holds no rows"):
        plan_source(Folder(tmp_path), source(0), {})
