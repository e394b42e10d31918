"""What is said of a product's attributes, and the same product with one of them changed."""

from __future__ import annotations

import random

import pytest

from pricer.training.counterfactuals import counterfactual, with_counterfactuals
from pricer.training.mixture import Example
from pricer.training.quantities import quantities, quantity_features


def example(text, price=100.0, teacher_price=None):
    return Example(text.partition("\n")[0], text, price, teacher_price)


def edits(text, price=100.0, times=400, teacher_price=None):
    """All that `counterfactual` makes of a text, by its own text."""
    rng = random.Random(0)
    made = [counterfactual(example(text, price, teacher_price), rng) for _ in range(times)]
    return {one.text: one for one in made if one}


def found(text):
    return [(one.unit, one.value) for one in quantities(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('75" television', [("inch", 75.0)]),
        ("a 12-inch pan and a 9.5 in. lid", [("inch", 12.0), ("inch", 9.5)]),
        ("building set, 7,541 pieces", [("piece", 7541.0)]),
        ("socks, pack of 6", [("pack", 6.0)]),
        ("14k gold hoops", [("karat", 14.0)]),
        ("chest freezer, 3.5 cu. ft.", [("cubic foot", 3.5)]),
        ("model AB12GB-7 in room 5 inside", []),
        ("0 watts", []),
    ],
)
def test_a_number_counts_with_the_unit_that_follows_it(text, expected):
    assert expected == found(text)


def test_a_quantity_lies_where_its_number_is_written():
    [one] = quantities("cooler, 110 quarts")

    assert "110" == "cooler, 110 quarts"[one.start : one.end]


def test_texts_of_the_same_numbers_have_the_same_features_and_others_do_not():
    same, also, larger, none = quantity_features(["32 inch", "a 32-inch one", "75 inch", "a screen"]).toarray()

    assert same.tolist() == also.tolist()
    assert same.tolist() != larger.tolist()
    assert 0 == none.sum()


def test_a_number_is_changed_wherever_it_is_said_and_the_price_by_its_elasticity():
    made = {text: one for text, one in edits("Cooler, 20 quarts. Holds 20 quarts of ice").items() if "20 q" not in text}

    assert made
    for text, one in made.items():
        [first, second] = [value for _, value in found(text)]
        assert first == second
        assert pytest.approx(100 * (first / 20) ** 0.55) == one.price


def test_a_screen_grows_dearer_faster_than_it_grows():
    made = {text: one for text, one in edits('Display of 50"', price=50).items() if 1 == len(found(text))}

    assert made
    for text, one in made.items():
        [(_, inches)] = found(text)
        assert pytest.approx(50 * (inches / 50) ** 1.5) == one.price


def test_a_garment_s_inches_a_parcel_s_weight_and_a_phone_s_4k_say_nothing_of_the_price():
    assert all('5"' in text for text in edits('Running shorts 5"'))
    assert all("Shipping weight: 8 lb" in text for text in edits("Fan. Shipping weight: 8 lb"))
    assert all("4K" in text for text in edits("Kit 4K"))


def test_only_what_the_beginning_of_a_text_says_is_changed_and_wherever_it_is_said_again():
    text = "Cooler, 20 quarts. " + "It keeps cold. " * 20 + "Holds 20 quarts, weighs 30 pounds, of solid oak."

    made = [one for one in edits(text, price=90) if "20 q" not in one]

    assert made
    assert all("weighs 30 pounds, of solid oak" in one for one in made)
    assert all(1 == len({value for unit, value in found(one) if unit == "quart"}) for one in made)


def test_another_material_changes_the_price_by_what_it_is_worth():
    made = edits("14k gold hoop earrings", price=300)

    assert 75 == made["sterling silver hoop earrings"].price
    assert pytest.approx(36) == made["gold plated brass hoop earrings"].price


def test_a_material_is_changed_only_where_it_makes_the_price():
    assert not any("platinum" in text for text in edits("Stainless steel sink"))
    assert any("platinum" in text for text in edits("Stainless steel ring", price=50))


def test_a_name_that_is_paid_for_is_left_out_and_the_price_falls():
    made = edits("Dyson stick vacuum", price=500)

    assert pytest.approx(150) == made["Generic stick vacuum"].price


def test_many_cost_more_than_one_and_less_than_each_alone():
    made = {text: one for text, one in edits("A mug", price=10).items() if text.startswith("Pack of 4")}

    assert 10 * 4**0.7 == pytest.approx(made["Pack of 4: A mug"].price)


def test_what_is_sold_again_costs_less_used():
    assert (
        pytest.approx(60)
        == edits("Espresso machine by nobody, blender")["Espresso machine by nobody, blender, renewed"].price
    )
    assert not any("renewed" in text for text in edits("A paper napkin"))


def test_the_teacher_s_price_changes_with_the_price():
    one = edits("14k gold ring", price=300, teacher_price=200)["sterling silver ring"]

    assert (75, 50) == (one.price, one.teacher_price)


def test_a_price_that_no_token_names_is_not_made():
    assert all(one.price <= 999.49 for one in edits("Diamond ring", price=900).values())
    assert not any("natural diamond" in text for text in edits("Ring with rhinestones", price=900))


def test_the_share_that_was_asked_for_is_changed_and_the_order_kept():
    examples = [example(f"Cooler of {20 + index} quarts, number x{index}") for index in range(400)]

    made = with_counterfactuals(examples, 0.25, seed=1)

    changed = sum(one.price != 100 or one.text != other.text for one, other in zip(made, examples, strict=True))
    assert 60 < changed < 140
    assert all(f"x{index}" in one.text for index, one in enumerate(made))
    assert examples == with_counterfactuals(examples, 0.0, seed=1)
