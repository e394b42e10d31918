"""A game against the model: whose figures are those of any run, and what counts as a price."""

import csv
import io
import json

import pytest

from pricer.cli.commands import BAD_INPUT
from pricer.cli.main import main
from pricer.items.load import Items
from pricer.runs.folder import Run
from pricer.runs.played import Game, price_of
from pricer.runs.report import GUESS, Report
from pricer.runs.settings import settings_of
from pricer.views.run_export import to_csv, to_json
from pricer.views.run_html import to_html
from tests.support.fakes import FakePricer, estimate
from tests.support.game import GUESSES, SENTENCE, TRUTHS, ten_items

PRICER = FakePricer()


def whole_game() -> Game:
    """The ten products, all guessed."""
    game = begun(ten_items())
    for guess in GUESSES:
        [said] = PRICER.estimate_all([game.item.text])
        game = game.guessed(guess, said)
    return game


def begun(items: Items) -> Game:
    return Game(items, Report(GUESS, len(items.items)))


@pytest.mark.parametrize(
    ("written", "dollars"),
    [
        ("40", 40.0),
        ("$40", 40.0),
        (" 40 dollars ", 40.0),
        ("12.50", 12.5),
        ("12,50", 12.5),
        ("$ 12.5", 12.5),
        ("1", 1.0),
        ("999.99", 999.99),
    ],
)
def test_a_guess_is_read_as_people_write_it(written, dollars):
    assert dollars == price_of(written)


@pytest.mark.parametrize(
    "written", ["0", "-5", "0.2", "10000", "1,299", "1.299", "free", "€40", "nan", "20-40", "9" * 500]
)
def test_what_is_no_price_of_the_game_is_refused_with_what_is(written):
    with pytest.raises(ValueError, match=r"cannot be the price: everything here costs from \$1 to \$999"):
        price_of(written)


@pytest.mark.parametrize("written", ["", "   "])
def test_an_empty_guess_is_asked_for(written):
    with pytest.raises(ValueError, match="Name a price first"):
        price_of(written)


def test_the_figures_of_a_game_are_those_worked_out_by_hand():
    game = whole_game()

    assert (28.25, 0.5, 0.5, 0.0) == pytest.approx(
        (game.report.mae, game.report.hits, game.report.share("orange"), game.report.share("red"))
    )
    assert (100.52, 0.0, 1.0) == pytest.approx((game.model.mae, game.model.hits, game.model.share("red")))
    assert SENTENCE == game.comparison.sentence
    assert 2 / 2**10 == pytest.approx(game.comparison.p_value)  # all ten differ in one direction
    assert (10, None) == (game.report.n, game.item)


def test_the_guess_keeps_its_own_cents_and_the_interval_stays_the_model_s():
    items = Items("bundled", ten_items().items[:1])
    game = begun(items).guessed(12.34, estimate({"20": 0.5, "100": 0.1, "200": 0.1}))

    assert [12.34] == game.guesses
    assert (None, 1.0) == (game.report.coverage, game.model.coverage)
    assert [GUESS, "top3", "greedy", "mean", "median"] == list(game.report.methods)


def test_a_game_of_the_same_seed_is_the_same_and_another_game_has_other_products():
    first = Game.of(7)
    others = [Game.new(before=first) for _ in range(20)]

    assert first.items == Game.of(7).items
    assert 10 == len(first.items.items)
    assert all(not set(first.items.items) & set(game.items.items) for game in others)


def test_a_game_is_exported_as_any_run_with_the_guess_beside_the_model():
    game = whole_game()
    settings = settings_of(PRICER.info, game.items, GUESS)

    rows = list(csv.DictReader(io.StringIO(to_csv(game.report, settings))))
    assert [f"{guess}" for guess in GUESSES] == [row["estimate"] for row in rows]
    assert [row["estimate"] for row in rows] == [row["guess"] for row in rows]
    assert [18.75, 28.75] == [float(row["top3"]) for row in rows[:2]]
    told = json.loads(to_json(game.report, settings))
    assert ("guess", 0, 10) == (told["settings"]["method"], told["settings"]["seed"], told["n"])
    page = to_html(game.report, settings)
    assert "A person beside the bundled model on the bundled items, sampled with seed 0" in page
    assert "A person: 10 items, average error $28.25" in page
    assert f"{TRUTHS[0]:.2f}" in page


def test_a_game_is_kept_as_any_run_and_only_a_person_can_play_it(tmp_path, capsys):
    game = whole_game()
    settings = settings_of(PRICER.info, game.items, GUESS)
    run = Run.create(tmp_path / "game", settings, game.items)
    assert [0, 10] == [report.n for report in run.record(iter([run.report, game.report]))]

    assert game.report == Run.read(tmp_path / "game").report
    assert BAD_INPUT == main(["test", "--resume", str(tmp_path / "game")], lambda _: PRICER)
    assert "a person's guesses, which no model can go on with" in capsys.readouterr().err
