"""The same work on a real cluster of two nodes on this machine: the same bytes, whatever dies on the way."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from functools import partial

import pytest

from pricer.catalogue.on_ray import Workers, on_ray
from pricer.errors import CatalogueError
from tests import ROOT
from tests.support.fakes import FakePricer
from tests.support.planned import Deadly, joined, planned, price
from tests.support.priced_on_ray import slow

pytest.importorskip("ray", reason="Ray is not installed: pip install ray==2.60.0")


@pytest.fixture(scope="module")
def cluster():
    """Two nodes with one CPU core each."""
    from ray.cluster_utils import Cluster

    made = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
    made.add_node(num_cpus=1)
    made.wait_for_nodes()
    yield made
    made.shutdown()


def fake(_):
    return FakePricer()


def price_on(cluster, folder, open_estimator=fake, stopped=lambda: False, numbers=None):
    plan = folder.read_existing()
    workers = Workers(cluster.address, cpus_per_actor=1)
    open_shards = folder.open_shards(plan, numbers)
    return sorted(done.shard for done in on_ray(workers, folder, open_shards, None, open_estimator, stopped))


@pytest.fixture
def expected(tmp_path):
    """The bytes that one process gives, with a row that has no text and one that is nothing but blanks."""
    folder, _ = planned(tmp_path / "alone", problems=[13])
    price(folder)
    return joined(folder)


def test_two_nodes_give_the_bytes_of_one_process_a_poison_row_among_them(cluster, tmp_path, expected):
    folder, plan = planned(tmp_path / "ray", problems=[13])

    assert list(range(plan.shards)) == price_on(cluster, folder)
    assert expected == joined(folder)


def test_halves_on_the_cluster_and_in_one_process_are_the_whole(cluster, tmp_path, expected):
    folder, _ = planned(tmp_path / "ray", problems=[13])

    price(folder, numbers=range(2))
    assert [2, 3, 4] == price_on(cluster, folder)

    assert expected == joined(folder)


def test_an_actor_that_dies_leaves_no_row_out(cluster, tmp_path, expected):
    folder, _ = planned(tmp_path / "ray", problems=[13])

    price_on(cluster, folder, partial(_deadly, tmp_path / "died"))
    price_on(cluster, folder) if folder.open_shards(folder.read_existing()) else None

    assert (tmp_path / "died").exists()
    assert expected == joined(folder)


def test_a_node_that_goes_in_the_middle_leaves_shards_open_at_worst_and_resuming_is_the_whole(
    cluster, tmp_path, expected
):
    folder, plan = planned(tmp_path / "ray", problems=[13])
    node = cluster.add_node(num_cpus=1)
    cluster.wait_for_nodes()
    workers = Workers(cluster.address, cpus_per_actor=1)
    work = on_ray(workers, folder, folder.open_shards(plan), None, slow, lambda: False)

    next(work)
    cluster.remove_node(node, allow_graceful=False)
    for _ in work:
        pass
    if folder.open_shards(plan):
        price_on(cluster, folder)

    assert expected == joined(folder)


def test_a_driver_that_is_killed_is_gone_on_from(cluster, tmp_path, expected):
    folder, plan = planned(tmp_path / "ray", problems=[13])
    command = [sys.executable, "-m", "tests.support.priced_on_ray", cluster.address, str(folder.path)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)

    next(line for line in process.stdout if line.strip().isdigit())  # Ray may have lines of its own
    process.send_signal(signal.SIGKILL)
    process.wait()
    left = folder.open_shards(plan)
    price_on(cluster, folder)

    assert 0 < len(left) < plan.shards
    assert expected == joined(folder)


def test_stopping_ends_the_work_and_leaves_the_rest_open(cluster, tmp_path):
    folder, plan = planned(tmp_path / "ray", rows=200)

    done = price_on(cluster, folder, slow, stopped=lambda: True)

    assert 1 == len(done)
    assert folder.open_shards(plan)


def test_a_part_that_cannot_be_written_ends_the_work_with_the_sentence_of_its_shard(cluster, tmp_path):
    folder, _ = planned(tmp_path / "ray")
    folder.path.joinpath("parts").write_text("a file where the folder should be")

    with pytest.raises(CatalogueError, match=r"Shard \d stays open\. .*cannot be written"):
        price_on(cluster, folder)


def test_a_cluster_without_room_for_an_actor_is_a_sentence(cluster, tmp_path):
    folder, plan = planned(tmp_path / "ray")
    workers = Workers(cluster.address, cpus_per_actor=64)

    with pytest.raises(CatalogueError, match="an actor needs 64 cores: give a smaller --cpus-per-actor"):
        list(on_ray(workers, folder, folder.open_shards(plan), None, fake, lambda: False))


def test_the_program_s_own_handlers_of_signals_are_there_while_it_works(cluster, tmp_path):
    folder, plan = planned(tmp_path / "ray", rows=20)
    before = signal.getsignal(signal.SIGTERM)
    work = on_ray(Workers(cluster.address, 1), folder, folder.open_shards(plan), None, fake, lambda: False)

    next(work)

    assert before == signal.getsignal(signal.SIGTERM)
    work.close()


def test_no_thread_is_left_that_may_ask_ray_for_anything_once_the_work_is_done(cluster, tmp_path):
    # Whoever asks after ray.shutdown ends the whole process, without a word.
    first, _ = planned(tmp_path / "first", rows=20)
    price_on(cluster, first)
    before = set(threading.enumerate())
    second, _ = planned(tmp_path / "second", rows=200)

    price_on(cluster, second, slow, stopped=lambda: True)

    assert set() == set(threading.enumerate()) - before


def _deadly(died, _):
    return Deadly(died)
