"""Decisions: which rule takes a photo, where it goes, and the trace that explains it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gallery_daemon.decision import (
    Action,
    Check,
    Decision,
    Destination,
    OnConflict,
    Outcome,
    TraceEntry,
    Truth,
)
from gallery_daemon.rules.condition import AllOf
from gallery_daemon.rules.conditions.model import ClassIs, MinConfidence
from gallery_daemon.rules.decide import Placing, Rule, RuleSet, decide
from gallery_daemon.rules.template import Template
from tests.rules.photos import FACTS, any_facts, photo, photos, prediction, predictions
from tests.rules.strategies import conditions


def placing(to: str, as_: str | None = None) -> Placing:
    template = None if as_ is None else Template.parse(as_)
    return Placing(
        Template.parse(to), template, Action.HARDLINK, OnConflict.DEDUPE, with_sidecars=True
    )


def destination(*folder: str, name: str = "IMG_1.JPG") -> Destination:
    return Destination(folder, name, Action.HARDLINK, OnConflict.DEDUPE, with_sidecars=True)


MEMES = Rule("memes", ClassIs(("memes",)), placing("Memes/"), enabled=True, line=1)
CARS = Rule(
    "cars",
    AllOf((ClassIs(("cars",)), MinConfidence(0.8))),
    placing("{class}/"),
    enabled=True,
    line=2,
)
REST = Rule("rest", AllOf(()), None, enabled=True, line=3)
RULES = RuleSet(
    (MEMES, CARS),
    uncertain=placing("Review/{rule}/"),
    otherwise=placing("Else/{rule}"),
    failed=placing("Failed/{class}"),
)


def test_the_first_rule_that_matches_wins() -> None:
    """The trace has every rule up to it, with all its checks, and none after it."""
    decision = decide(photo(), FACTS, prediction(), replace(RULES, rules=(MEMES, CARS, REST)))

    expected = Decision(
        Outcome.RULE,
        "cars",
        destination("cars"),
        (
            TraceEntry(
                "memes",
                Truth.NO,
                (Check("class: memes", Truth.NO, "class cars is not memes"),),
            ),
            TraceEntry(
                "cars",
                Truth.YES,
                (
                    Check("class: cars", Truth.YES, "class is cars"),
                    Check("min_confidence: 0.8", Truth.YES, "confidence 0.90 >= 0.80"),
                ),
            ),
        ),
    )
    assert expected == decision


def test_a_rule_without_a_place_leaves_the_photo() -> None:
    """It matched all the same, so later rules are not asked."""
    decision = decide(photo(), FACTS, prediction("trees"), replace(RULES, rules=(REST, CARS)))

    assert Decision(Outcome.RULE, "rest", None, (TraceEntry("rest", Truth.YES, ()),)) == decision


def test_too_little_confidence_alone_is_uncertain() -> None:
    """The photo waits under the rule that nearly took it."""
    decision = decide(photo(), FACTS, prediction("cars", 0.7), RULES)

    assert Outcome.UNCERTAIN == decision.outcome
    assert decision.rule is None
    assert destination("Review", "cars") == decision.destination
    assert [Truth.NO, Truth.UNSURE] == [entry.truth for entry in decision.trace]


def test_no_match_is_otherwise() -> None:
    """No rule failed on confidence alone."""
    decision = decide(photo(), FACTS, prediction("trees", 0.7), RULES)

    assert Outcome.OTHERWISE == decision.outcome
    assert destination("Else", "unknown") == decision.destination


def test_without_a_prediction_no_rule_is_tried() -> None:
    """Not even one that matches everything."""
    decision = decide(photo(), FACTS, None, replace(RULES, rules=(REST,)))

    assert Decision(Outcome.FAILED, None, destination("Failed", "unknown"), ()) == decision


@pytest.mark.parametrize("says", [None, prediction("trees"), prediction("cars", 0.7)])
def test_an_outcome_without_a_place_leaves_the_photo(says) -> None:
    """Which is what happens if the configuration does not speak of it."""
    assert decide(photo(), FACTS, says, RuleSet((MEMES, CARS))).destination is None


def test_a_disabled_rule_is_skipped() -> None:
    """And is not in the trace."""
    rules = replace(RULES, rules=(replace(CARS, enabled=False), REST))

    decision = decide(photo(), FACTS, prediction(), rules)

    assert ["rest"] == [entry.rule for entry in decision.trace]


def test_a_photo_can_get_a_new_name() -> None:
    """`as` is a template; without it the photo keeps its own name."""
    rule = replace(CARS, placing=placing("Cars", as_="{date}-{hash8}.{ext}"))

    decision = decide(photo(), FACTS, prediction(), RuleSet((rule,)))

    assert destination("Cars", name="2026-07-15-01234567.jpg") == decision.destination


@pytest.mark.parametrize(
    ("relative", "expected"),
    [
        ("in/line\nbreak .jpg", "line\nbreak .jpg"),
        ("zo\udce9.jpg", "zo\udce9.jpg"),
        ("a" * 300, "a" * 300),
        ("in/..", "_."),
        ("nul\0", "nul_"),
        ("", "_"),
    ],
)
def test_a_photo_s_own_name_is_kept_byte_by_byte(relative: str, expected: str) -> None:
    """Only what no file can be called is mended."""
    decision = decide(photo(relative), FACTS, prediction(), RULES)

    assert decision.destination is not None
    assert expected == decision.destination.name


def test_the_hash_is_needed_if_a_place_names_it() -> None:
    """It costs reading the whole file, so a disabled rule does not count."""
    hashed = replace(CARS, placing=placing("Cars", as_="{hash8}.{ext}"))

    assert not RULES.needs_hash
    assert replace(RULES, rules=(hashed,)).needs_hash
    assert replace(RULES, failed=placing("{hash8}")).needs_hash
    assert replace(RULES, failed=placing("{camera|hash:5}")).needs_hash
    assert not RuleSet((replace(hashed, enabled=False), REST)).needs_hash


rules = st.builds(
    Rule,
    name=st.text(max_size=5),
    when=conditions,
    placing=st.none() | st.just(placing("{class}/{date:%Y/%m}/", "{stem}-{camera}.{ext}")),
    enabled=st.booleans(),
    line=st.just(1),
)
outcomes = st.none() | st.just(placing("{rule}/{name}/{source}/"))
rulesets = st.builds(RuleSet, st.lists(rules, max_size=4).map(tuple), outcomes, outcomes, outcomes)


@given(
    photos,
    any_facts,
    predictions,
    st.lists(conditions, min_size=1, max_size=4).flatmap(
        lambda parts: st.tuples(st.just(parts), st.permutations(parts))
    ),
)
def test_the_order_of_conditions_never_matters(on, known, says, orders) -> None:
    """The same outcome and place, whichever condition of a rule is written first."""
    decisions = [
        decide(
            on, known, says, replace(RULES, rules=(replace(CARS, when=AllOf(tuple(parts))), REST))
        )
        for parts in orders
    ]

    there, back = ((each.outcome, each.rule, each.destination) for each in decisions)
    assert there == back


@given(photos, any_facts, st.none() | predictions, rulesets)
def test_every_photo_is_decided(on, known, says, ruleset) -> None:
    """Whatever the facts: one decision, whose place is made of harmless names."""
    decision = decide(on, known, says, ruleset)

    assert (decision.rule is not None) == (decision.outcome is Outcome.RULE)
    if decision.destination is not None:
        for part in (*decision.destination.folder, decision.destination.name):
            assert part not in {"", ".", ".."}
            assert not {"/", "\0"} & set(part)
    assert decision == decide(on, known, says, ruleset)
