"""What conditions answer, and why."""

from __future__ import annotations

import pytest
from hypothesis import given

from gallery_daemon.decision import Check, Truth
from gallery_daemon.rules.condition import AllOf, AnyOf, Condition, Not
from gallery_daemon.rules.conditions.model import ClassIs, MinConfidence, MinMargin
from gallery_daemon.rules.conditions.place import HasGps
from gallery_daemon.rules.conditions.shape import HasExif
from tests.rules.photos import FACTS, any_facts, photo, photos, prediction, predictions, truth_of
from tests.rules.strategies import conditions

# Of the usual photo.
YES, UNSURE, NO = (
    HasExif(wanted=True),
    MinConfidence(0.95),
    HasGps(wanted=True),
)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (ClassIs(("cars",)), Check("class: cars", Truth.YES, "class is cars")),
        (ClassIs(("memes",)), Check("class: memes", Truth.NO, "class cars is not memes")),
        (
            ClassIs(("memes", "trees")),
            Check("class: [memes, trees]", Truth.NO, "class cars is not any of memes, trees"),
        ),
        (
            MinConfidence(0.74),
            Check("min_confidence: 0.74", Truth.YES, "confidence 0.74 >= 0.74"),
        ),
        (MinConfidence(0.8), Check("min_confidence: 0.8", Truth.UNSURE, "confidence 0.74 < 0.80")),
        (
            MinConfidence(0.7401),
            Check("min_confidence: 0.7401", Truth.UNSURE, "confidence 0.7400 < 0.7401"),
        ),
        (MinMargin(0.4), Check("min_margin: 0.4", Truth.YES, "margin 0.48 >= 0.40")),
        (MinMargin(0.5), Check("min_margin: 0.5", Truth.UNSURE, "margin 0.48 < 0.50")),
    ],
)
def test_conditions_on_the_model_say_why(condition: Condition, expected: Check) -> None:
    """What is too low is unsure, and the reason holds both numbers."""
    check = condition.check(photo(), FACTS, prediction("cars", 0.74))

    assert expected == check


@pytest.mark.parametrize("condition", [ClassIs(("cars",)), MinConfidence(0), MinMargin(0)])
def test_without_a_prediction_the_model_says_no(condition: Condition) -> None:
    """A photo that could not be read is never taken for something that it may not be."""
    check = condition.check(photo(), FACTS, None)

    assert Check(condition.text, Truth.NO, "there is no prediction") == check


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (AllOf((YES, YES)), Truth.YES),
        (AllOf((YES, UNSURE)), Truth.UNSURE),
        (AllOf((UNSURE, NO)), Truth.NO),
        (AllOf(()), Truth.YES),
        (AnyOf((NO, UNSURE, YES)), Truth.YES),
        (AnyOf((NO, UNSURE)), Truth.UNSURE),
        (AnyOf((NO, NO)), Truth.NO),
        (AnyOf(()), Truth.NO),
        (Not(YES), Truth.NO),
        (Not(UNSURE), Truth.YES),
        (Not(NO), Truth.YES),
    ],
)
def test_combinations_know_three_truths(condition: Condition, expected: Truth) -> None:
    """A no outweighs an unsure in `all`, a yes does in `any`, and `not` is never unsure."""
    assert expected == truth_of(condition)


def test_a_combination_is_explained_by_what_decided_it() -> None:
    """The text reads like the YAML; the reason leaves out what did not matter."""
    condition = AnyOf((AllOf((NO, YES)), Not(AllOf((YES,)))))

    check = condition.check(photo(), FACTS, prediction())

    expected = Check(
        "any: [{has_gps: true, has_exif: true}, {not: {has_exif: true}}]",
        Truth.NO,
        "the photo has no GPS position and the photo has EXIF",
    )
    assert expected == check


@given(conditions, conditions, photos, any_facts, predictions)
def test_order_never_changes_the_truth(one, other, on, known, says) -> None:
    """`all` and `any` mean the same, whichever of two conditions comes first."""
    for combine in (AllOf, AnyOf):
        there = combine((one, other)).check(on, known, says)
        back = combine((other, one)).check(on, known, says)

        assert there.truth is back.truth


@given(conditions, photos, any_facts, predictions)
def test_a_condition_and_its_opposite_never_both_hold(condition, on, known, says) -> None:
    """What holds for a photo cannot hold with a `not` before it."""
    truths = {each.check(on, known, says).truth for each in (condition, Not(condition))}

    assert truths != {Truth.YES}
    assert Truth.YES in truths
