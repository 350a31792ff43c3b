"""Warnings of rules that can never match."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gallery_daemon.rules.analysis import RuleWarning, warnings
from gallery_daemon.rules.condition import AllOf, AnyOf, Condition, Not
from gallery_daemon.rules.conditions.model import (
    ClassIs,
    Comparison,
    Familiar,
    MinConfidence,
    MinFamiliarity,
    MinPrecision,
    Probability,
)
from gallery_daemon.rules.conditions.place import HasGps
from gallery_daemon.rules.conditions.shape import HasExif
from gallery_daemon.rules.decide import Rule, RuleSet, decide
from tests.rules.photos import CLASSES, any_facts, photos, predictions
from tests.rules.strategies import conditions

EXIF, GPS = HasExif(wanted=True), HasGps(wanted=True)
CARS, TREES, BOTH = ClassIs(("cars",)), ClassIs(("trees",)), ClassIs(("cars", "trees"))


def found(*whens: Condition, disabled: int | None = None) -> list[tuple[str, str]]:
    """The warnings of rules called 1, 2, 3 ...: which rule, and why."""
    rules = tuple(
        Rule(str(number), when, None, enabled=number != disabled, line=number * 10)
        for number, when in enumerate(whens, start=1)
    )
    start = 'rule "{}" can never match: '
    return [
        (each.rule, each.sentence.removeprefix(start.format(each.rule)))
        for each in warnings(RuleSet(rules), CLASSES)
    ]


@pytest.mark.parametrize(
    "whens",
    [
        (AllOf(()), CARS),
        (CARS, CARS),
        (EXIF, AllOf((CARS, EXIF))),
        (AllOf((CARS, MinConfidence(0.6))), AllOf((CARS, MinConfidence(0.9)))),
        (AllOf((CARS, MinPrecision(0.9))), AllOf((CARS, MinPrecision(0.95)))),
        (AllOf((CARS, Familiar(wanted=True))), AllOf((CARS, MinFamiliarity(0.1)))),
        (BOTH, CARS),
        (AllOf((Not(TREES), EXIF)), AllOf((CARS, EXIF, GPS))),
        (AnyOf((EXIF, GPS)), GPS),
        (AllOf((CARS, EXIF)), AllOf((AnyOf((EXIF,)), CARS))),
    ],
)
def test_a_rule_behind_a_wider_one_is_unreachable(whens: tuple[Condition, ...]) -> None:
    """The rule above takes every photo first."""
    assert [("2", 'rule "1" above takes every photo that it could')] == found(*whens)


@pytest.mark.parametrize(
    "whens",
    [
        (CARS, TREES),
        (CARS, BOTH),
        (AllOf((CARS, MinConfidence(0.9))), AllOf((CARS, MinConfidence(0.6)))),
        (AllOf((CARS, MinPrecision(0.9))), AllOf((CARS, MinConfidence(0.95)))),
        (AllOf((CARS, Familiar(wanted=False))), AllOf((CARS, Familiar(wanted=True)))),
        (EXIF, GPS),
        (CARS, EXIF),
        (Not(CARS), BOTH),
        (CARS, AllOf(())),
    ],
)
def test_a_rule_that_can_still_match_is_not_warned_of(whens: tuple[Condition, ...]) -> None:
    """Something is left for the second rule."""
    assert [] == found(*whens)


def test_several_rules_can_hide_one_together() -> None:
    """Classes are counted one by one."""
    expected = [("3", 'rules "1", "2" above take every photo that it could')]
    assert expected == found(CARS, TREES, BOTH)
    assert [("3", 'rules "1", "2" above take every photo that it could')] == found(
        CARS, Not(CARS), AllOf(())
    )


def test_a_disabled_rule_hides_nothing() -> None:
    """And is not warned of."""
    assert [] == found(AllOf(()), CARS, disabled=1)
    assert [] == found(AllOf(()), CARS, disabled=2)


@pytest.mark.parametrize(
    ("when", "reason"),
    [
        (AllOf((CARS, TREES)), "no class of the model is left by its conditions"),
        (AllOf((CARS, Not(BOTH))), "no class of the model is left by its conditions"),
        (Not(ClassIs(CLASSES)), "no class of the model is left by its conditions"),
        (AllOf((EXIF, Not(EXIF))), '"not: {has_exif: true}" contradicts its other conditions'),
        (
            AllOf((EXIF, HasExif(wanted=False))),
            '"has_exif: true" contradicts its other conditions',
        ),
        (
            AllOf((MinFamiliarity(0.1), Familiar(wanted=False))),
            '"familiar: false" contradicts its other conditions',
        ),
        (
            AllOf((CARS, EXIF, Not(AllOf((BOTH, EXIF))))),
            '"not: {class: [cars, trees], has_exif: true}" contradicts its other conditions',
        ),
    ],
)
def test_a_rule_that_contradicts_itself_is_warned_of(when: Condition, reason: str) -> None:
    """It could not match even if it were alone."""
    assert [("1", reason)] == found(when)


def at_least(name: str, limit: float) -> Probability:
    return Probability(name, Comparison.AT_LEAST, limit)


@pytest.mark.parametrize(
    ("when", "warned"),
    [
        (AllOf((CARS, MinConfidence(0.8), at_least("memes", 0.3))), True),
        (AllOf((CARS, at_least("memes", 0.6))), True),
        (AllOf((at_least("cars", 0.5), at_least("memes", 0.5), at_least("trees", 0.1))), True),
        (AllOf((CARS, MinConfidence(0.6), at_least("memes", 0.3))), False),
        (AllOf((BOTH, MinConfidence(0.8), at_least("cars", 0.3))), False),
        (AllOf((CARS, MinConfidence(0.8), Probability("memes", Comparison.BELOW, 0.3))), False),
        (AllOf((at_least("cars", 0.5), at_least("memes", 0.5))), False),
    ],
)
def test_more_probability_than_there_is_is_warned_of(when: Condition, warned: bool) -> None:
    """A class's default of 0.80 leaves 0.20 for all others together."""
    reason = "the confidence and the probabilities that it asks for add up to more than 1"

    assert ([("1", reason)] if warned else []) == found(when)


def test_a_warning_names_the_rule_and_its_line() -> None:
    """So that a person finds it."""
    rules = (
        Rule("all", AllOf(()), None, enabled=True, line=3),
        Rule("cars", CARS, None, enabled=True, line=5),
    )

    expected = RuleWarning(
        "cars",
        5,
        'rule "cars" can never match: rule "all" above takes every photo that it could',
    )
    assert (expected,) == warnings(RuleSet(rules), CLASSES)


@given(st.lists(conditions, min_size=1, max_size=4), photos, any_facts, predictions)
def test_a_rule_that_is_warned_of_never_takes_a_photo(whens, on, known, says) -> None:
    """A warning is a proof."""
    rules = tuple(
        Rule(str(number), when, None, enabled=True, line=number)
        for number, when in enumerate(whens)
    )
    warned = {each.rule for each in warnings(RuleSet(rules), CLASSES)}

    assert decide(on, known, says, RuleSet(rules)).rule not in warned
