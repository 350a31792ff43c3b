"""Tests of rules: what is expected, what became of it, and the sentence between the two."""

from __future__ import annotations

from itertools import product

import pytest

from gallery_daemon.photo import Action, OnConflict, Outcome, Prediction
from gallery_daemon.rules.condition import All, ClassIs, Condition, MinConfidence
from gallery_daemon.rules.ruleset import Placing, Rule, RuleSet
from gallery_daemon.rules.ruletest import Expected, RuleTest, prediction_like, run_tests
from gallery_daemon.rules.template import Template
from tests.rules.photos import CLASSES, FACTS, photo, prediction


def rule(name: str, *parts: Condition, to: str | None, line: int, enabled: bool = True) -> Rule:
    """A rule of these conditions; to nowhere: it leaves the photo."""
    placing = None
    if to is not None:
        parsed = Template.parse(to)
        placing = Placing(parsed, None, Action.COPY, OnConflict.DEDUPE, with_sidecars=True)
    return Rule(name, All(parts), placing, enabled=enabled, line=line)


RULES = RuleSet(
    (
        rule("memes", ClassIs(("memes",)), MinConfidence(0.92), to="Memes/{date:%Y}/", line=21),
        rule("trees", ClassIs(("trees",)), to=None, line=24),
        rule("off", to="X/", line=27, enabled=False),
    )
)
MEME, NEARLY, TREE, CAR = (
    prediction(name, confidence)
    for name, confidence in (("memes", 0.95), ("memes", 0.85), ("trees", 0.6), ("cars", 0.99))
)


@pytest.mark.parametrize(
    ("says", "expected", "failure"),
    [
        (MEME, Expected(rule="memes"), None),
        (MEME, Expected(rule="memes", folder=("Memes", "2026")), None),
        (NEARLY, Expected(outcome=Outcome.UNCERTAIN), None),
        (CAR, Expected(outcome=Outcome.OTHERWISE, is_left=True), None),
        (TREE, Expected(rule="trees", is_left=True), None),
        (
            NEARLY,
            Expected(rule="memes"),
            "expected rule memes, got uncertain (confidence 0.85 < 0.92, line 21)",
        ),
        (
            prediction("trees", 0.95),
            Expected(rule="memes"),
            "expected rule memes, got rule trees (class trees is not memes, line 21)",
        ),
        (CAR, Expected(rule="off"), "expected rule off, got otherwise (it is not enabled)"),
        (MEME, Expected(outcome=Outcome.UNCERTAIN), "expected uncertain, got rule memes"),
        (
            NEARLY,
            Expected(outcome=Outcome.OTHERWISE),
            "expected otherwise, got uncertain (memes: confidence 0.85 < 0.92, line 21)",
        ),
        (MEME, Expected(is_left=True), "expected it to be left, got Memes/2026/ by rule memes"),
        (
            MEME,
            Expected(folder=("Memes",)),
            "expected Memes/, got Memes/2026/ by rule memes",
        ),
        (TREE, Expected(folder=("X", "Y")), "expected X/Y/, it is left by rule trees"),
    ],
)
def test_a_failure_says_what_came_instead_and_why(
    says: Prediction, expected: Expected, failure: str | None
) -> None:
    """With the line of the rule that was expected, and what it lacks."""
    test = RuleTest("x", 40, 5, photo(), FACTS, says, expected)

    (result,) = run_tests((test,), RULES)

    assert failure == result.failure


@pytest.mark.parametrize(
    ("confidence", "margin", "classes"),
    [
        (0.1, None, CLASSES),
        (0.95, 0.5, CLASSES),
        (0.3, 0.28, CLASSES),
        (0.5, 0.6, CLASSES),
        (0.7, 0.3, ("memes", "cars")),
    ],
)
def test_there_are_no_probabilities_with_another_sum(
    confidence: float, margin: float | None, classes: tuple[str, ...]
) -> None:
    """Another class would be ahead, or nearer than said, or all would be more than 1."""
    assert prediction_like("memes", confidence, margin, classes) is None


def test_a_prediction_is_as_a_person_says_it() -> None:
    """The class, its confidence and its margin to the last bit, for a rule may ask just that."""
    likely = 0
    for percent, behind in product(range(15, 101), (None, *range(101))):
        margin = None if behind is None else behind / 100

        found = prediction_like("memes", percent / 100, margin, CLASSES)

        if found is None:
            assert margin is not None
            continue
        likely += 1
        assert ("memes", percent / 100) == (found.top_class, found.confidence)
        assert pytest.approx(1) == sum(found.probabilities.values())
        assert margin is None or found.margin >= margin
    assert likely > 1000
