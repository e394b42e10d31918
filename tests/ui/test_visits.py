"""A visit that goes on after its page was loaded again, and a run that is read in another way: no page, no browser."""

import gc
import json

import pytest

from pricer.errors import RunError
from pricer.ui.session.runs import RunRequest, VisitorRuns, feed
from pricer.ui.session.visits import Visits
from tests.support.fakes import FakePricer


def begun(visits: Visits, visitor: VisitorRuns, pricer: FakePricer):
    run = visitor.begin(RunRequest(size=30), pricer.info)
    visits.remember(visitor, run)
    return run


def test_by_the_id_of_a_run_its_visit_goes_on_with_all_its_runs_and_their_numbers():
    visits, visitor, pricer = Visits(), VisitorRuns(), FakePricer()
    first, second = begun(visits, visitor, pricer), begun(visits, visitor, pricer)
    list(feed(pricer, first))
    list(feed(pricer, second))

    after = visits.continued(first.id)

    assert [first.id, second.id] == [run.id for run in after.runs]
    assert "Run 3" == begun(visits, after, pricer).name
    assert [first.id, second.id] == [run.id for run in visits.continued(second.id).runs]


@pytest.mark.parametrize("asked", ["", "run-1", "Run 1", None, 1, [], {}])
def test_nothing_but_the_id_finds_a_visit(asked):
    visits, visitor, pricer = Visits(), VisitorRuns(), FakePricer()
    list(feed(pricer, begun(visits, visitor, pricer)))

    assert visits.continued(asked) is None


def test_a_visit_that_is_forgotten_is_found_no_more():
    visits, visitor, pricer = Visits(), VisitorRuns(), FakePricer()
    run = begun(visits, visitor, pricer)
    assert visits.continued(run.id) is not None
    del visitor
    gc.collect()

    assert visits.continued(run.id) is None


def test_of_a_run_that_is_still_going_there_is_what_is_done(monkeypatch):
    monkeypatch.setattr("pricer.ui.session.pace.SHORTEST_PAUSE", 0.0)
    monkeypatch.setattr("pricer.ui.session.pace.SHARE_OF_SHOWING", 1e9)
    visits, visitor, pricer = Visits(), VisitorRuns(), FakePricer(batch_size=10)
    run = begun(visits, visitor, pricer)
    updates = feed(pricer, run)
    next(updates), next(updates)

    [found] = visits.continued(run.id).runs

    assert ("stopped", 10, run.id) == (found.state, found.report.n, found.id)
    assert "Stopped after 10 of 30 items" in found.feed
    assert "running" == run.state


def test_a_run_that_is_going_goes_on_in_the_reading_that_was_chosen_meanwhile():
    pricer = FakePricer(batch_size=10)
    run = VisitorRuns().begin(RunRequest(size=30), pricer.info)
    updates = feed(pricer, run)
    next(updates)

    run.read_by("median")
    there = run.feed
    last = list(updates)[-1]

    opening, *lines = map(json.loads, last.splitlines())
    rows = [line for line in lines if isinstance(line, list)]
    assert last.startswith(there)
    assert ("Median", "median", 30) == (opening["reading"], run.report.method, len(rows))
    assert [result.by("median").estimate for result in run.report.results] == [row[2] for row in rows]
    assert 3 == len(pricer.batches)


def test_a_run_is_read_in_another_way_without_asking_the_model_again():
    pricer = FakePricer()
    run = VisitorRuns().begin(RunRequest(size=30), pricer.info)
    list(feed(pricer, run))
    asked, before = len(pricer.batches), run.report

    run.read_by("median")

    opening, *rows, status = map(json.loads, run.feed.splitlines())
    assert asked == len(pricer.batches)
    assert ("Median", "median", before.by("median")) == (opening["reading"], run.settings.method, run.report)
    assert [result.estimate for result in before.by("median").results] == [row[2] for row in rows]
    assert "using the median price" in status["sentence"]
    with pytest.raises(RunError, match="tick “Also generate text”"):
        run.read_by("generate")
