"""What is asked of any class's probability."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gallery_daemon.decision import Check, Truth
from gallery_daemon.photo import Prediction
from gallery_daemon.rules.condition import Not
from gallery_daemon.rules.conditions.model import Comparison, Probability
from tests.rules.photos import FACTS, photo, predictions, truth_of

SAYS = Prediction({"cars": 0.7, "memes": 0.3}, "default@01234567")


@pytest.mark.parametrize(
    ("comparison", "limit", "truth", "reason"),
    [
        (">=", 0.3, Truth.YES, "memes 0.30 >= 0.30"),
        (">", 0.3, Truth.NO, "memes 0.30 <= 0.30"),
        ("<=", 0.3, Truth.YES, "memes 0.30 <= 0.30"),
        ("<", 0.3, Truth.NO, "memes 0.30 >= 0.30"),
        (">=", 0.3001, Truth.NO, "memes 0.3000 < 0.3001"),
        ("<", 0.5, Truth.YES, "memes 0.30 < 0.50"),
    ],
)
def test_a_probability_is_compared(
    comparison: str, limit: float, truth: Truth, reason: str
) -> None:
    """The class need not be the top one, and the reason says what is true."""
    condition = Probability("memes", Comparison(comparison), limit)

    check = condition.check(photo(), FACTS, SAYS)

    text = f'probability: {{memes: "{comparison} {limit}"}}'
    assert Check(text, truth, reason) == check


def test_a_class_that_the_model_does_not_have_has_no_probability() -> None:
    """Which `check` refuses; the journal may know an older model."""
    assert Truth.NO == truth_of(Probability("dogs", Comparison.ABOVE, 0), says=SAYS)
    assert Truth.YES == truth_of(Probability("dogs", Comparison.AT_MOST, 0), says=SAYS)


@pytest.mark.parametrize("comparison", Comparison)
def test_without_a_prediction_no_probability_holds(comparison: Comparison) -> None:
    """Not even one that is always so."""
    check = Probability("memes", comparison, 0).check(photo(), FACTS, None)

    assert (Truth.NO, "there is no prediction") == (check.truth, check.reason)


probabilities = st.builds(
    Probability, st.just("memes"), st.sampled_from(Comparison), st.floats(0, 1)
)


@given(probabilities, predictions)
def test_a_probability_is_never_unsure(condition: Probability, says: Prediction) -> None:
    """So `not` of it is the opposite comparison."""
    opposite = Probability(condition.of, condition.comparison.opposite, condition.limit)

    assert truth_of(condition, says=says) in {Truth.YES, Truth.NO}
    assert truth_of(Not(condition), says=says) is truth_of(opposite, says=says)


def test_a_limit_that_implies_another_is_stricter() -> None:
    """No probability satisfies the one and not the other."""
    every = [Probability("memes", sign, limit) for sign in Comparison for limit in (0.3, 0.5)]
    says = [Prediction({"memes": value / 10, "cars": 1 - value / 10}, "m@1") for value in range(11)]

    wrong = [
        (narrow, wide)
        for narrow, wide in product(every, every)
        if wide.covers(narrow)
        for each in says
        if truth_of(narrow, says=each) is Truth.YES and truth_of(wide, says=each) is Truth.NO
    ]

    assert [] == wrong


@pytest.mark.parametrize(
    ("narrow", "wide"),
    [(">= 0.5", ">= 0.3"), ("> 0.3", ">= 0.3"), (">= 0.5", "> 0.3"), ("> 0.3", "> 0.3"),
     ("<= 0.1", "< 0.3"), ("< 0.3", "<= 0.3")],
)  # fmt: skip
def test_a_stricter_limit_is_seen(narrow: str, wide: str) -> None:
    """Of one class, in one direction."""
    ours, theirs = (
        Probability("memes", Comparison(sign), float(limit))
        for sign, limit in (narrow.split(), wide.split())
    )

    assert theirs.covers(ours)
    assert not theirs.covers(Probability("cars", ours.comparison, ours.limit))
