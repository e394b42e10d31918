"""What is said of a product's attributes, and the same product with one of them changed."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from pricer.training.counterfactuals import edited, with_edits
from pricer.training.mixture import Example
from pricer.training.quantities import quantities, quantity_features


def example(text, price=100.0, teacher_price=None):
    return Example(text.partition("\n")[0], text, price, teacher_price)


def edits(text, price=100.0, times=400, teacher_price=None):
    """All edits that `edited` makes of a text: the factor on the price by the edit's own text."""
    rng = random.Random(0)
    return dict(edit for _ in range(times) if (edit := edited(example(text, price, teacher_price), rng)))


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
    made = edits("Cooler, 20 quarts. Holds 20 quarts of ice")
    made = {text: factor for text, factor in made.items() if "20 q" not in text}

    assert made
    for text, factor in made.items():
        [first, second] = [value for _, value in found(text)]
        assert first == second
        assert pytest.approx((first / 20) ** 0.65) == factor


def test_a_screen_grows_dearer_faster_than_it_grows():
    made = {text: factor for text, factor in edits('Display of 50"', price=50).items() if 1 == len(found(text))}

    assert made
    for text, factor in made.items():
        [(_, inches)] = found(text)
        assert pytest.approx((inches / 50) ** 1.5) == factor


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

    assert 0.25 == made["sterling silver hoop earrings"]
    assert 0.12 == made["gold plated brass hoop earrings"]


def test_a_material_is_changed_only_where_it_makes_the_price():
    assert not any("platinum" in text for text in edits("Stainless steel sink"))
    assert any("platinum" in text for text in edits("Stainless steel ring", price=50))


def test_a_name_that_is_paid_for_is_left_out_and_the_price_falls():
    made = edits("Dyson stick vacuum", price=500)

    assert 0.3 == made["Generic stick vacuum"]


def test_many_cost_more_than_one_and_less_than_each_alone():
    assert 4**0.8 == pytest.approx(edits("A mug", price=10)["Pack of 4: A mug"])


def test_what_is_sold_again_costs_less_used():
    assert 0.6 == edits("Espresso machine by nobody, blender")["Espresso machine by nobody, blender, renewed"]
    assert not any("renewed" in text for text in edits("A paper napkin"))


def test_an_edit_whose_price_no_token_names_is_not_made():
    assert all(900 * factor <= 999.49 for factor in edits("Diamond ring", price=900).values())
    assert not any("natural diamond" in text for text in edits("Ring with rhinestones", price=900))
    assert not any("natural diamond" in text for text in edits("Ring with rhinestones", price=9, teacher_price=900))


def test_the_share_that_was_asked_for_has_an_edit_and_all_else_stays_as_it_was():
    examples = [example(f"Cooler of {20 + index} quarts, number x{index}") for index in range(400)]

    made = with_edits(examples, 0.25, seed=1)

    assert 60 < sum(one.edit is not None for one in made) < 140
    assert all(f"x{index}" in one.edit.text for index, one in enumerate(made) if one.edit)
    assert examples == [replace(one, edit=None) for one in made]
    assert examples == with_edits(examples, 0.0, seed=1)
