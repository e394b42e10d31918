"""What is shown of a game: no price early, then the answer, at the end a text to share."""

import json

from pricer.runs.played import Game
from pricer.runs.report import GUESS, Report
from pricer.views import played
from tests.support.fakes import FakePricer, estimate
from tests.support.game import GUESSES, SENTENCE, TRUTHS, ten_items


def game_of(guesses) -> Game:
    pricer = FakePricer()
    game = Game(ten_items(), Report(GUESS, 10))
    for guess in guesses:
        game = game.guessed(guess, pricer.estimate_all([game.item.text])[0])
    return game


def test_a_question_holds_the_text_and_of_no_product_to_come_the_price():
    game = game_of(GUESSES[:3])
    told = json.dumps(played.question(game, "a problem"))

    assert '"title": "Kettle 5", "text": "word word word"' in told
    assert [] == [truth for truth in TRUTHS[3:] if str(truth) in told]
    assert "Average error so far: you $19.17, the model $100.52." in told


def test_the_answer_holds_guess_model_and_truth_with_their_verdicts():
    game = game_of(GUESSES[:2])
    [said] = FakePricer().estimate_all(["Kettle 3 word"])
    told = played.answer(game, said)

    assert [
        ["Your guess", "$184.77", "◆ orange, off by $55.50", "orange"],
        ["The model", "$28.75", "✕ red, off by $100.52", "red"],
        ["Actual price", "$129.27", "", ""],
    ] == told["rows"]
    assert ("You are closer.", False) == (told["closer"], told["last"])
    marks = {trace["meta"]["role"]: trace["x"][0] for trace in told["figure"]["data"][1:]}
    assert {"guess": 184.77, "price": 28.75, "truth": 129.27} == marks


def test_a_model_without_a_price_is_said_to_have_none_and_its_item_is_not_compared():
    nothing = estimate({" the": 0.5, " a": 0.2, " one": 0.1, "40": 0.05})
    game = game_of(GUESSES[:1]).guessed(GUESSES[1], nothing)
    told = played.answer(game, nothing)

    assert ["The model", "no price", "", ""] == told["rows"][1]
    assert "The model named no price: this one is yours." == told["closer"]
    assert ["guess", "truth"] == [trace["meta"]["role"] for trace in told["figure"]["data"][1:]]
    table = played.table(game)
    assert (("Your guess", "$1.00", "1 of 2"), ("The model", "$100.52", "0 of 2")) == table.rows[:2]
    assert "Without 1 item for which the model named no price." in table.remark


def test_the_end_is_a_table_a_sentence_and_a_text_to_share():
    game = game_of(GUESSES)

    assert (
        ("Your guess", "$28.25", "5 of 10"),
        ("The model", "$100.52", "0 of 10"),
        ("Paired difference", "+$72.27 ± 9.08", ""),
    ) == played.table(game).rows
    told = played.ending(game, "the bundled model")
    assert SENTENCE == told["sentence"]
    assert [
        "The Price Is Right: 10 products, me against the bundled model",
        "Me 🟩🟧🟩🟧🟩🟧🟩🟧🟩🟧",
        "5 green, 5 orange, 0 red; off by $28.25 on average",
        "Model 🟥🟥🟥🟥🟥🟥🟥🟥🟥🟥",
        "0 green, 0 orange, 10 red; off by $100.52 on average",
        "Green is an error within $40 or 20% of the truth.",
    ] == told["share"].splitlines()
