"""What is asked of any class's probability, of a precision, and of how familiar a photo is."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gallery_daemon.decision import Check, Truth
from gallery_daemon.photo import Prediction
from gallery_daemon.rules.condition import Not
from gallery_daemon.rules.conditions.model import (
    STRANGE_BELOW,
    Comparison,
    Familiar,
    MinFamiliarity,
    MinPrecision,
    Probability,
)
from tests.rules.photos import FACTS, photo, predictions, truth_of

if TYPE_CHECKING:
    from gallery_daemon.rules.condition import Atom

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


@pytest.mark.parametrize(
    ("precision", "limit", "truth", "reason"),
    [
        (0.97, 0.95, Truth.YES, "precision 0.97 >= 0.95"),
        (0.95, 0.95, Truth.YES, "precision 0.95 >= 0.95"),
        (0.91, 0.95, Truth.UNSURE, "precision 0.91 < 0.95"),
        (0.9496, 0.95, Truth.UNSURE, "precision 0.9496 < 0.9500"),
    ],
)
def test_a_precision_too_low_is_unsure(
    precision: float, limit: float, truth: Truth, reason: str
) -> None:
    """As a confidence is; the reason has both numbers."""
    check = MinPrecision(limit).check(photo(), FACTS, replace(SAYS, precision=precision))

    assert Check(f"min_precision: {limit}", truth, reason) == check


def test_a_precision_that_is_not_known_is_unsure() -> None:
    """The reason names the class, and what may be the cause; the limit 0 asks for nothing."""
    check = MinPrecision(0.95).check(photo(), FACTS, SAYS)

    reason = "the model does not know its precision for cars: "
    assert (Truth.UNSURE, True) == (check.truth, check.reason.startswith(reason))
    assert "too few pictures to tell" in check.reason
    assert Truth.YES == truth_of(MinPrecision(0), says=SAYS)


@pytest.mark.parametrize(
    ("condition", "familiarity", "truth"),
    [
        (Familiar(wanted=True), 0.05, Truth.YES),
        (Familiar(wanted=True), 0.04, Truth.UNSURE),
        (Familiar(wanted=True), None, Truth.UNSURE),
        (Familiar(wanted=False), 0.05, Truth.NO),
        (Familiar(wanted=False), 0.04, Truth.YES),
        (Familiar(wanted=False), None, Truth.NO),
        (MinFamiliarity(0.1), 0.1, Truth.YES),
        (MinFamiliarity(0.1), 0.09, Truth.UNSURE),
        (MinFamiliarity(0.1), None, Truth.UNSURE),
        (MinFamiliarity(0), None, Truth.YES),
    ],
)
def test_what_is_strange_is_for_a_person_to_see(
    condition: Atom, familiarity: float | None, truth: Truth
) -> None:
    """So it is unsure; a rule for strange photos takes none of a model that cannot tell."""
    check = condition.check(photo(), FACTS, replace(SAYS, familiarity=familiarity))

    said = "no bank" if familiarity is None else f"familiarity {familiarity:.2f} "
    assert (truth, True) == (check.truth, said in check.reason)


def test_familiar_is_a_limit_like_another() -> None:
    """So a rule behind one that asks for less is known to be dead."""
    yes, strange = Familiar(wanted=True), Familiar(wanted=False)

    assert yes.covers(MinFamiliarity(STRANGE_BELOW))
    assert MinFamiliarity(STRANGE_BELOW).covers(yes)
    assert not yes.covers(MinFamiliarity(0.01))
    assert not MinFamiliarity(0.1).covers(yes)
    assert not strange.covers(MinFamiliarity(1))
    assert not MinPrecision(0.1).covers(MinFamiliarity(0.9))
