"""Explanations: every rule is asked, and the fewest conditions that would have to change."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gallery_daemon.decision import Action, OnConflict, Outcome, Truth
from gallery_daemon.photo import Taken, TakenFrom
from gallery_daemon.rules.condition import AllOf, AnyOf, Condition, Not
from gallery_daemon.rules.conditions.date import DatePart, Span, TakenIn
from gallery_daemon.rules.conditions.model import ClassIs, MinConfidence
from gallery_daemon.rules.conditions.name import NameLike
from gallery_daemon.rules.conditions.place import HasGps
from gallery_daemon.rules.decide import Placing, Rule, RuleSet, decide
from gallery_daemon.rules.explain import explain, missing, near_misses_of
from gallery_daemon.rules.template import Template
from tests.rules.photos import FACTS, any_facts, facts, photo, photos, prediction, predictions
from tests.rules.strategies import conditions

TO_X = Placing(Template.parse("X/"), None, Action.COPY, OnConflict.DEDUPE, with_sidecars=True)


def rule(name: str, *parts: Condition, line: int = 1) -> Rule:
    """A rule of these conditions."""
    return Rule(name, AllOf(parts), TO_X, enabled=True, line=line)


MEMES = rule("memes", ClassIs(("memes",)), MinConfidence(0.92), line=21)
CARS = rule("cars", ClassIs(("cars",)), MinConfidence(0.8), line=25)
GPS = rule("gps", ClassIs(("cars",)), HasGps(wanted=True), line=30)


def test_the_rules_below_the_first_that_matches_are_asked_too() -> None:
    """They are marked as not reached; a disabled one is not asked."""
    rules = RuleSet((MEMES, CARS, Rule("off", AllOf(()), TO_X, enabled=False, line=28), GPS))

    found = explain(photo(), FACTS, prediction("cars", 0.9), rules)

    assert [("memes", Truth.NO, True), ("cars", Truth.YES, True), ("gps", Truth.NO, False)] == [
        (each.entry.rule, each.entry.truth, each.is_reached) for each in found.rules
    ]
    assert [21, 25, 30] == [each.line for each in found.rules]


def test_what_is_missed_by_confidence_alone_is_nearest() -> None:
    """A lower confidence is nearer than one condition that fails, however late its rule comes."""
    found = explain(photo(), FACTS, prediction("memes", 0.85), RuleSet((CARS, GPS, MEMES)))

    assert Outcome.UNCERTAIN is found.decision.outcome
    assert [("memes", "confidence 0.85 < 0.92", 21)] == [
        (miss.rule, miss.sentence, miss.line) for miss in found.near_misses[:1]
    ]
    assert ["memes", "cars", "gps"] == [miss.rule for miss in found.near_misses]


def test_one_reason_is_said_once() -> None:
    """A photo without a date misses its year and its month for the same want of a date."""
    parts = (TakenIn(part, (Span(5, 6),)) for part in (DatePart.YEAR, DatePart.MONTH))
    undated = facts(taken=Taken(FACTS.taken.when, TakenFrom.MTIME))

    found = explain(photo(), undated, prediction("cars"), RuleSet((rule("dated", *parts),)))

    assert ["no date taken is known"] == [miss.sentence for miss in found.near_misses]
    assert 2 == len(found.near_misses[0].missing)


def test_a_rule_behind_the_one_that_matches_says_who_takes_the_photo() -> None:
    """It may lack nothing but that the upper one lets the photo go."""
    both = rule("all cars", ClassIs(("cars",)))

    found = explain(photo(), FACTS, prediction("cars", 0.9), RuleSet((CARS, both, MEMES)))

    first = 'rule "cars" above takes it first'
    assert [
        ("all cars", first),
        ("memes", f"class cars is not memes and confidence 0.90 < 0.92 and {first}"),
    ] == [(miss.rule, miss.sentence) for miss in found.near_misses]


def test_of_alternatives_the_nearest_counts() -> None:
    """In an `any` the part that lacks least says what would have to change."""
    far = AllOf((NameLike(("*.png",)), HasGps(wanted=True)))
    condition = AnyOf((far, NameLike(("WA*",)), Not(ClassIs(("cars",)))))

    (check,) = missing(condition, photo(), FACTS, prediction("cars"))

    assert 'name "IMG_1.JPG" does not match "WA*"' == check.reason


def test_without_a_prediction_no_rule_is_asked() -> None:
    """The photo could not be read; there is nothing that a rule could say."""
    found = explain(photo(), FACTS, None, RuleSet((CARS,)))

    assert (Outcome.FAILED, (), ()) == (found.decision.outcome, found.rules, found.near_misses)


def test_a_kept_trace_has_near_misses_too() -> None:
    """Without lines, for the rules of that time may stand elsewhere by now."""
    rules = RuleSet((MEMES, CARS, GPS))
    trace = decide(photo(), FACTS, prediction("cars", 0.9), rules).trace

    assert [("memes", None, 2)] == [
        (miss.rule, miss.line, len(miss.missing)) for miss in near_misses_of(trace)
    ]


@given(conditions, photos, any_facts, predictions)
def test_nothing_is_missing_exactly_where_the_condition_holds(
    condition: Condition, on: object, facts: object, says: object
) -> None:
    """Of whatever conditions, nested as they may be."""
    truth = condition.check(on, facts, says).truth  # type: ignore[arg-type]

    lacking = missing(condition, on, facts, says)  # type: ignore[arg-type]

    assert (truth is Truth.YES) == (lacking == ())
    assert all(check.truth is not Truth.YES for check in lacking)


@given(st.lists(conditions, max_size=4), photos, any_facts, predictions)
def test_it_explains_what_is_decided(
    whens: list[Condition], on: object, facts: object, says: object
) -> None:
    """The decision is that of `decide`, and the rules that were reached are its trace."""
    rules = RuleSet(tuple(rule(str(number), when) for number, when in enumerate(whens)))

    found = explain(on, facts, says, rules)  # type: ignore[arg-type]

    assert decide(on, facts, says, rules) == found.decision  # type: ignore[arg-type]
    assert found.decision.trace == tuple(each.entry for each in found.rules if each.is_reached)
    others = {each.entry.rule for each in found.rules} - {found.decision.rule}
    assert others == {miss.rule for miss in found.near_misses}
