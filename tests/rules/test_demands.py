"""Which precision is asked of which classes, and which rules ask how familiar a photo is."""

from __future__ import annotations

import pytest
from hypothesis import given

from gallery_daemon.decision import Truth
from gallery_daemon.rules.condition import AllOf, AnyOf, Condition, Not
from gallery_daemon.rules.conditions.model import (
    ClassIs,
    Familiar,
    MinConfidence,
    MinFamiliarity,
    MinPrecision,
)
from gallery_daemon.rules.conditions.shape import HasExif
from gallery_daemon.rules.decide import Rule, RuleSet
from gallery_daemon.rules.demands import (
    PrecisionDemand,
    familiarity_demands,
    least_confidence,
    precision_demands,
)
from tests.rules.photos import CLASSES, any_facts, photos, predictions
from tests.rules.strategies import conditions

CARS, TREES, BOTH = ClassIs(("cars",)), ClassIs(("trees",)), ClassIs(("trees", "cars"))
PRECISE, MORE = MinPrecision(0.9), MinPrecision(0.95)


def rules(*whens: Condition, enabled: bool = True) -> RuleSet:
    """Rules called 1, 2, 3 ..."""
    return RuleSet(
        tuple(
            Rule(str(number), when, None, enabled=enabled, line=number * 10)
            for number, when in enumerate(whens, start=1)
        )
    )


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        (AllOf((CARS, PRECISE)), [(0.9, ("cars",))]),
        (AllOf((PRECISE, BOTH)), [(0.9, ("cars", "trees"))]),
        (PRECISE, [(0.9, CLASSES)]),
        (AllOf((PRECISE, Not(BOTH))), [(0.9, tuple(c for c in CLASSES if c not in BOTH.classes))]),
        (AllOf((PRECISE, AnyOf((CARS, TREES)))), [(0.9, ("cars", "trees"))]),
        (
            AnyOf((AllOf((CARS, PRECISE)), AllOf((TREES, MORE)))),
            [(0.9, ("cars",)), (0.95, ("trees",))],
        ),
        (AllOf((CARS, PRECISE, PRECISE, MORE)), [(0.9, ("cars",)), (0.95, ("cars",))]),
        (AllOf((CARS, TREES, PRECISE)), []),
        (AllOf((CARS, MinPrecision(0))), []),
        (AllOf((CARS, MinConfidence(0.9), HasExif(wanted=True))), []),
        (AllOf((CARS, Not(PRECISE))), []),
    ],
)
def test_a_precision_is_asked_of_the_classes_that_a_rule_can_take(
    when: Condition, expected: list[tuple[float, tuple[str, ...]]]
) -> None:
    """In the order of the model's classes; 0 asks for nothing."""
    demands = precision_demands(rules(when), CLASSES)

    assert [PrecisionDemand("1", 10, *each) for each in expected] == list(demands)


def test_a_disabled_rule_asks_for_nothing() -> None:
    """Nor how familiar a photo is."""
    asleep = rules(AllOf((CARS, PRECISE, Familiar(wanted=True))), enabled=False)

    assert () == precision_demands(asleep, CLASSES)
    assert () == familiarity_demands(asleep)


@pytest.mark.parametrize(
    ("when", "asks"),
    [
        (Familiar(wanted=False), True),
        (AllOf((CARS, AnyOf((TREES, Not(Familiar(wanted=True)))))), True),
        (MinFamiliarity(0.1), True),
        (MinFamiliarity(0), False),
        (AllOf((CARS, PRECISE)), False),
    ],
)
def test_a_rule_that_asks_how_familiar_a_photo_is_is_found(when: Condition, asks: bool) -> None:
    """Wherever in it."""
    assert asks == bool(familiarity_demands(rules(when)))


@given(conditions, photos, any_facts, predictions)
def test_what_a_rule_takes_is_of_a_class_that_counts(when, on, known, says) -> None:
    """With a precision beside any conditions, the demand names each class that can come of them."""
    both = AllOf((when, MinPrecision(0.5)))
    if both.check(on, known, says).truth is Truth.YES:
        demands = precision_demands(rules(both), CLASSES)

        assert any(each.precision == 0.5 and says.top_class in each.classes for each in demands)


@pytest.mark.parametrize(
    ("whens", "expected"),
    [
        ((), None),
        ((CARS, AllOf((CARS, PRECISE))), None),
        ((AllOf((CARS, MinConfidence(0.9))), MinConfidence(0.7)), 0.7),
        ((AllOf((MinConfidence(0.9), MinConfidence(0.6))),), 0.9),
        ((AnyOf((MinConfidence(0.9), AllOf((TREES, MinConfidence(0.6))))),), 0.6),
        ((Not(MinConfidence(0.9)), MinConfidence(0.95)), 0.95),
    ],
)
def test_the_least_confidence_is_that_of_the_rule_that_asks_least(
    whens: tuple[Condition, ...], expected: float | None
) -> None:
    """Of those that ask at all; within a rule that asks twice, both must hold."""
    assert expected == least_confidence(rules(*whens))
    assert least_confidence(rules(*whens, enabled=False)) is None
