"""What is said of two rule sets: added, moved, changed in which part, removed."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from gallery_daemon.decision import Action, Identical, OnConflict
from gallery_daemon.rules.changes import changes
from gallery_daemon.rules.condition import AllOf, AnyOf, Not
from gallery_daemon.rules.conditions.model import ClassIs, MinConfidence
from gallery_daemon.rules.conditions.place import HasGps
from gallery_daemon.rules.decide import Placing, Rule, RuleSet
from gallery_daemon.rules.template import Template


def placing(to: str, action: Action = Action.HARDLINK) -> Placing:
    """A place in the library."""
    return Placing(Template.parse(to), None, action, OnConflict.DEDUPE, with_sidecars=True)


def rule(name: str, to: str = "X/", line: int = 1) -> Rule:
    """A rule for memes."""
    parts = (ClassIs(("memes",)), MinConfidence(0.92))
    return Rule(name, AllOf(parts), placing(to), enabled=True, line=line)


A, B, C = rule("a"), rule("b"), rule("c")


def test_another_line_and_another_order_of_conditions_is_no_change() -> None:
    """A comment above a rule moves it down, and says nothing."""
    turned = replace(A, when=AllOf((MinConfidence(0.92), ClassIs(("memes",)))), line=7)

    assert () == changes(RuleSet((A, B)), RuleSet((turned, B)))


def test_another_order_within_a_list_of_conditions_is_no_change() -> None:
    """However deep it lies: all or any of the same parts is the same."""
    parts = (ClassIs(("memes",)), Not(AllOf((HasGps(wanted=True), MinConfidence(0.5)))))
    turned = (Not(AllOf((MinConfidence(0.5), HasGps(wanted=True)))), ClassIs(("memes",)))
    before, after = (
        replace(A, when=AllOf((AnyOf(parts),))),
        replace(A, when=AllOf((AnyOf(turned),))),
    )

    assert () == changes(RuleSet((before,)), RuleSet((after,)))
    assert () != changes(RuleSet((before,)), RuleSet((replace(A, when=AnyOf(parts[:1])),)))


def test_as_few_rules_as_possible_have_moved() -> None:
    """The last that became the first; the others stand as they stood."""
    assert ('rule "c" moved',) == changes(RuleSet((A, B, C)), RuleSet((C, A, B)))


def test_rules_come_and_go() -> None:
    """By their names; the order of those that stay is not touched by it."""
    assert ('rule "c" added', 'rule "a" removed') == changes(RuleSet((A, B)), RuleSet((C, B)))


def test_a_changed_rule_says_in_which_part() -> None:
    """What it was and what it is, in the words of the YAML."""
    now = replace(
        A,
        when=AllOf((ClassIs(("memes",)), MinConfidence(0.9), HasGps(wanted=True))),
        placing=placing("Fun/", Action.MOVE),
        enabled=False,
    )

    (told,) = changes(RuleSet((A,)), RuleSet((now,)))

    when = "when min_confidence: 0.92 -> min_confidence: 0.9, has_gps: true"
    placed = "to X/ -> Fun/, action hardlink -> move"
    assert f'rule "a" changed: {when}, {placed}, disabled' == told


def test_what_becomes_of_the_same_bytes_is_told() -> None:
    """Where it was not written, it was nothing."""
    kept = replace(A, placing=replace(placing("X/"), identical=Identical.KEEP))

    assert ('rule "a" changed: identical nothing -> keep',) == changes(
        RuleSet((A,)), RuleSet((kept,))
    )


def test_a_condition_that_is_gone_is_told_and_a_long_text_is_cut() -> None:
    """A line of the log stays one that can be read."""
    shorter, longer = replace(A, when=AllOf(())), replace(B, placing=placing("X" * 90 + "/"))

    assert (
        'rule "a" changed: when class: memes, min_confidence: 0.92 -> nothing',
        f'rule "b" changed: to X/ -> {"X" * 60}...',
    ) == changes(RuleSet((A, B)), RuleSet((shorter, longer)))


def test_outcomes_are_told_as_well() -> None:
    """From a folder to leaving the photos, and back."""
    old = RuleSet((A,), uncertain=placing("Review/"))
    new = RuleSet((replace(A, placing=None),), failed=placing("Broken/"))

    assert (
        'rule "a" changed: to X/ -> leave',
        "uncertain changed: to Review/ -> leave",
        "failed changed: to leave -> Broken/",
    ) == changes(old, new)


@given(st.permutations("abcdef"), st.permutations("abcdef"), st.integers(0, 6), st.integers(0, 6))
def test_every_rule_set_is_told_from_every_other(
    old: list[str], new: list[str], first: int, second: int
) -> None:
    """Nothing is said of the same names in the same order, and something of any other."""
    before, after = old[:first], new[:second]

    told = changes(RuleSet(tuple(map(rule, before))), RuleSet(tuple(map(rule, after))))

    assert (before == after) == (told == ())
    assert len(set(told)) == len(told)
    gone, come = set(before) - set(after), set(after) - set(before)
    assert len(gone) == sum(each.endswith("removed") for each in told)
    assert len(come) == sum(each.endswith("added") for each in told)
