"""What an uncertain photo lacks: the number that stands beside its confidence."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.decision import Action, OnConflict
from gallery_daemon.journey.examined import Predicted
from gallery_daemon.journey.shortfall import NO_GAP, ConfidenceGap, ConfidenceGaps
from gallery_daemon.rules.condition import AllOf, AnyOf, Condition
from gallery_daemon.rules.conditions.model import ClassIs, MinConfidence, MinMargin, MinPrecision
from gallery_daemon.rules.decide import Placing, Rule, RuleSet, decide
from gallery_daemon.rules.template import Template
from tests.rules.photos import FACTS, photo, prediction

if TYPE_CHECKING:
    from gallery_daemon.photo import Prediction

TO_X = Placing(Template.parse("X/"), None, Action.COPY, OnConflict.DEDUPE, with_sidecars=True)
MEMES = ClassIs(("memes",))
SURE = replace(prediction("memes", 0.89), precision=0.85)


def lacks(says: Prediction, *conditions: Condition) -> ConfidenceGap:
    """What the photo lacks by one rule of these conditions."""
    rules = RuleSet((Rule("memes", AllOf(conditions), TO_X, enabled=True, line=1),))
    examined = Predicted(photo(), FACTS, says)
    shortfalls = ConfidenceGaps(rules, lambda: {(0.9, "memes"): 0.98})
    return shortfalls.of(examined, decide(examined.photo, FACTS, says, rules))


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ((MEMES, MinConfidence(0.92)), ConfidenceGap(confidence=0.92)),
        ((MEMES, MinPrecision(0.9)), ConfidenceGap(confidence=0.98)),
        ((MEMES, MinConfidence(0.92), MinPrecision(0.9)), ConfidenceGap(confidence=0.98)),
        ((AnyOf((AllOf((MEMES, MinPrecision(0.9))),)),), ConfidenceGap(confidence=0.98)),
        # No confidence would do.
        ((MEMES, MinPrecision(0.99)), ConfidenceGap(reason="precision 0.85 < 0.99")),
        ((MEMES, MinMargin(0.9)), ConfidenceGap(reason="margin 0.78 < 0.90")),
        (
            (MEMES, MinConfidence(0.92), MinMargin(0.9)),
            ConfidenceGap(reason="confidence 0.89 < 0.92 and margin 0.78 < 0.90"),
        ),
        # A rule took it, or none would have, however sure.
        ((MEMES,), NO_GAP),
        ((ClassIs(("cars",)), MinConfidence(0.92)), NO_GAP),
    ],
)
def test_what_is_lacking_is_a_confidence_where_one_would_do(
    conditions: tuple[Condition, ...], expected: ConfidenceGap
) -> None:
    """A precision is said as the confidence that it comes to with the present model."""
    assert expected == lacks(SURE, *conditions)


def test_the_model_is_asked_only_of_an_uncertain_photo() -> None:
    """To read what it knows of precisions takes a while, and most photos are certain."""
    rules = RuleSet((Rule("all", AllOf(()), TO_X, enabled=True, line=1),))
    examined = Predicted(photo(), FACTS, SURE)

    def never() -> dict[tuple[float, str], float]:
        raise AssertionError

    decision = decide(examined.photo, FACTS, SURE, rules)
    assert NO_GAP == ConfidenceGaps(rules, never).of(examined, decision)
