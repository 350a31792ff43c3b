"""A quick look is enough exactly where no full look could lead to another decision."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gallery_daemon.photo import Bounds, LookKind, Prediction, Range
from gallery_daemon.rules.condition import AllOf, AnyOf, Condition, Not
from gallery_daemon.rules.conditions.model import (
    ClassIs,
    Comparison,
    Familiar,
    MinConfidence,
    MinFamiliarity,
    MinMargin,
    MinPrecision,
    Probability,
)
from gallery_daemon.rules.conditions.shape import HasExif
from gallery_daemon.rules.decide import Rule, RuleSet, decide
from gallery_daemon.rules.settled import is_settled
from tests.rules.photos import CLASSES, FACTS, any_facts, known_shares, photo, photos, shared_out
from tests.rules.strategies import conditions
from tests.rules.test_decide import placing

QUICK = Prediction(
    {"cars": 0.8, "trees": 0.15, "memes": 0.05}, "default@01234567", 0.96, 0.5, LookKind.QUICK
)
BOUNDS = Bounds(
    {"cars": Range(0.7, 0.88), "trees": Range(0.08, 0.25), "memes": Range(0.02, 0.12)},
    {"cars": Range(0.93, 0.98)},
)
TWO_TOPS = Bounds(
    {"cars": Range(0.4, 0.9), "trees": Range(0.05, 0.5), "memes": Range(0.02, 0.12)},
    {"cars": Range(0.9, 0.98)},
)
CARS = ClassIs(("cars",))


def rule(when: Condition, to: str = "Cars/") -> Rule:
    return Rule("cars", when, placing(to), enabled=True, line=1)


def settled(
    when: Condition, *, to: str = "Cars/", bounds: Bounds = BOUNDS, quick: Prediction = QUICK
) -> bool:
    """Of one rule, with places for what it does not take."""
    rules = RuleSet((rule(when, to),), uncertain=placing("Review/"), otherwise=placing("Rest/"))
    return is_settled(photo(), FACTS, quick, bounds, rules)


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        (CARS, True),
        (ClassIs(("trees",)), True),
        (AllOf((CARS, MinConfidence(0.7))), True),
        (AllOf((CARS, MinConfidence(0.71))), False),
        (AllOf((CARS, MinConfidence(0.88))), False),
        (AllOf((CARS, MinConfidence(0.89))), True),
        # Another class: however sure, it is not taken.
        (AllOf((ClassIs(("trees",)), MinConfidence(0.75))), True),
        (AllOf((CARS, MinPrecision(0.93))), True),
        (AllOf((CARS, MinPrecision(0.95))), False),
        (AllOf((CARS, MinPrecision(0.99))), True),
        (AllOf((CARS, MinMargin(0.44))), True),
        (AllOf((CARS, MinMargin(0.5))), False),
        (AllOf((CARS, MinMargin(0.81))), True),
        (AllOf((CARS, MinFamiliarity(0.01))), False),
        (AllOf((CARS, MinFamiliarity(0))), True),
        (AllOf((CARS, Familiar(wanted=True))), False),
        (AllOf((ClassIs(("trees",)), Familiar(wanted=True))), True),
        (Probability("trees", Comparison.AT_LEAST, 0.08), True),
        (Probability("trees", Comparison.AT_LEAST, 0.2), False),
        (Probability("trees", Comparison.ABOVE, 0.25), True),
        (Probability("trees", Comparison.BELOW, 0.25), False),
        (Probability("none of them", Comparison.AT_LEAST, 0.2), True),
        (Not(MinConfidence(0.8)), False),
        (Not(MinConfidence(0.6)), True),
        (AnyOf((CARS, MinConfidence(0.8))), True),
        (AnyOf((ClassIs(("memes",)), MinConfidence(0.8))), False),
        # A condition on the file itself says no, whatever the look.
        (AllOf((MinConfidence(0.8), HasExif(wanted=False))), True),
        (AllOf(()), True),
        (AnyOf(()), True),
    ],
    ids=lambda value: value.text if isinstance(value, Condition) else None,
)
def test_what_a_full_look_could_turn_is_not_settled(when: Condition, *, expected: bool) -> None:
    """Limits count from the value itself on; what does not depend on the look never matters."""
    assert expected is settled(when)


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        (CARS, False),
        (ClassIs(("cars", "trees")), True),
        (ClassIs(("memes",)), True),
        (MinConfidence(0.4), True),
        (MinConfidence(0.45), False),
        (MinMargin(0.1), False),
        # The precision of trees is not known.
        (MinPrecision(0.9), False),
    ],
    ids=lambda value: value.text if isinstance(value, Condition) else None,
)
def test_where_two_classes_may_be_the_first_both_count(when: Condition, *, expected: bool) -> None:
    """Cars, or trees, say the bounds."""
    assert expected is settled(when, bounds=TWO_TOPS)


@pytest.mark.parametrize(
    ("to", "bounds", "expected"),
    [
        ("{class}/", BOUNDS, True),
        ("{class}/", TWO_TOPS, False),
        ("{date:%Y}/", TWO_TOPS, True),
        ("{confidence}/", BOUNDS, False),
    ],
)
def test_the_place_must_be_settled_as_well(to: str, bounds: Bounds, *, expected: bool) -> None:
    """A name with the class needs the class, and one with the confidence a full look."""
    assert expected is settled(AllOf(()), to=to, bounds=bounds)


def test_what_no_rule_takes_needs_no_full_look_if_that_is_sure() -> None:
    """Uncertain it is by the first rule that was unsure, which names its place."""
    sure_no = settled(ClassIs(("memes",)))
    sure_unsure = settled(AllOf((CARS, MinConfidence(0.95))))
    unsure_or_no = settled(AllOf((CARS, MinConfidence(0.95))), bounds=TWO_TOPS)

    assert (True, True, False) == (sure_no, sure_unsure, unsure_or_no)


def test_a_rule_before_that_is_unsure_or_not_does_not_matter_if_a_later_one_is_sure() -> None:
    """Neither takes the photo."""
    before = rule(AllOf((ClassIs(("trees",)), MinConfidence(0.95))))
    rules = RuleSet((before, replace(rule(AllOf(())), name="all")))

    assert is_settled(photo(), FACTS, QUICK, TWO_TOPS, rules)


def test_a_rule_that_is_off_does_not_matter() -> None:
    """It is not asked."""
    off = replace(rule(AllOf((CARS, MinConfidence(0.8)))), enabled=False)

    assert is_settled(photo(), FACTS, QUICK, BOUNDS, RuleSet((off,)))


_ends = st.tuples(st.floats(0, 1), st.floats(0, 1)).map(lambda two: Range(min(two), max(two)))
_weights = st.dictionaries(st.sampled_from(CLASSES), st.integers(0, 100), min_size=1)


@st.composite
def looks(draw: st.DrawFn) -> tuple[Prediction, Bounds, Prediction]:
    """A quick look, what a full one may say, and one that says it."""
    shares = shared_out(draw(_weights))
    ranges = {
        name: Range(min(each.low, share), max(each.high, share))
        for name, share in shares.items()
        for each in [draw(_ends)]
    }
    bank = draw(known_shares)
    quick = Prediction(shares, "m@01234567", draw(known_shares), bank, LookKind.QUICK)
    bounds = Bounds(ranges, draw(st.dictionaries(st.sampled_from(CLASSES), _ends)))
    full = {name: draw(st.floats(each.low, each.high)) for name, each in ranges.items()}
    seen = Prediction(full, "m@01234567", None, None if bank is None else draw(st.floats(0, 1)))
    if (known := bounds.precisions.get(seen.top_class)) is not None:
        seen = replace(seen, precision=draw(st.floats(known.low, known.high)))
    return quick, bounds, seen


rule_sets = st.builds(
    lambda whens, enabled: RuleSet(
        tuple(
            Rule(f"rule {number}", when, placing(f"{number}/{{class}}/"), is_on, number)
            for number, (when, is_on) in enumerate(zip(whens, enabled, strict=True))
        ),
        uncertain=placing("Review/{rule}/"),
        otherwise=placing("Rest/{class}/"),
    ),
    st.lists(conditions, min_size=3, max_size=3),
    st.lists(st.booleans(), min_size=3, max_size=3),
)


@given(looks(), photos, any_facts, rule_sets)
def test_what_is_settled_is_decided_so_by_every_full_look(both, file, facts, rules) -> None:
    """The promise itself, for any rules and any photo."""
    quick, bounds, full = both
    if not is_settled(file, facts, quick, bounds, rules):
        return

    by_quick, by_full = (decide(file, facts, each, rules) for each in (quick, full))

    assert (by_full.outcome, by_full.rule) == (by_quick.outcome, by_quick.rule)
    assert by_full.destination == by_quick.destination
