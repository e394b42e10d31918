"""A visitor's game without a page: gone on with, guessed twice, kept."""

import pytest

from pricer.errors import RunError
from pricer.runs.folder import FINISHED, Run
from pricer.ui.session.game import VisitorGame
from tests.support.fakes import FakePricer
from tests.support.game import GUESSES, ten_items


@pytest.fixture(autouse=True)
def ten(monkeypatch) -> None:
    monkeypatch.setattr("pricer.runs.played.load_items", lambda _, __, seed: ten_items(seed))


def test_a_game_that_the_server_has_forgotten_goes_on_from_what_the_browser_kept_in_one_pass():
    pricer, visitor = FakePricer(), VisitorGame()
    visitor.begin(pricer.info)
    for guess in GUESSES[:3]:
        visitor.guess(pricer, guess)
    kept = {"seed": visitor.game.items.seed, "guesses": visitor.game.guesses}

    pricer, other = FakePricer(), VisitorGame()
    other.resume(pricer, kept)
    other.resume(pricer, kept)

    assert [3] == [len(batch) for batch in pricer.batches]
    assert visitor.game.report.results == other.game.report.results
    assert (True, False, True) == (other.awaits(3), other.awaits(2), other.answered(2))


@pytest.mark.parametrize(
    "kept",
    [
        None,
        "x",
        {},
        {"seed": 1},
        {"seed": "x", "guesses": []},
        {"seed": -1, "guesses": []},
        {"seed": 10**9, "guesses": []},
        {"seed": float("inf"), "guesses": []},
        {"seed": 1, "guesses": [0]},
        {"seed": 1, "guesses": [[5]]},
        {"seed": 1, "guesses": [5] * 11},
        {"seed": 1, "guesses": 5},
    ],
)
def test_what_is_no_game_is_refused_and_no_model_is_asked(kept):
    pricer, visitor = FakePricer(), VisitorGame()

    with pytest.raises(RunError, match="begin another"):
        visitor.resume(pricer, kept)
    assert ([], None) == (pricer.batches, visitor.game)


def test_a_game_is_written_to_a_folder_where_one_is_named_once_it_is_over(tmp_path):
    pricer, visitor = FakePricer(), VisitorGame()
    visitor.begin(pricer.info)
    for guess in GUESSES[:9]:
        visitor.guess(pricer, guess, tmp_path)
    assert [] == list(tmp_path.iterdir())
    visitor.guess(pricer, GUESSES[9], tmp_path)

    [folder] = tmp_path.iterdir()
    assert (FINISHED, visitor.game.report) == (Run.read(folder).state, Run.read(folder).report)


def test_a_folder_that_cannot_be_written_loses_no_game(tmp_path):
    pricer, visitor = FakePricer(), VisitorGame()
    visitor.begin(pricer.info)
    (tmp_path / "taken").touch()
    for guess in GUESSES[:9]:
        visitor.guess(pricer, guess)
    with pytest.raises(RunError, match="cannot be written"):
        visitor.guess(pricer, GUESSES[9], tmp_path / "taken")

    assert (10, True) == (visitor.game.report.n, visitor.answered(9))
    assert [".csv", ".json", ".html"] == [path.suffix for path in visitor.files()]
    visitor.forget()
