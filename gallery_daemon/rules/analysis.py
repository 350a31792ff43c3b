"""Rules that can never match, found before a single photo arrives.

They are warnings and not errors: the configuration means something, only surely not what its author
had in mind.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gallery_daemon.rules.condition import ClassIs, Condition, Not
from gallery_daemon.rules.implication import implies

if TYPE_CHECKING:
    from gallery_daemon.rules.ruleset import Rule, RuleSet


@dataclass(frozen=True, slots=True)
class RuleWarning:
    """What is odd about a rule, as a sentence; `line` counts from 1."""

    rule: str
    line: int
    sentence: str


def warnings(ruleset: RuleSet, classes: tuple[str, ...]) -> tuple[RuleWarning, ...]:
    """All that is odd, in the order of the rules; `classes` are the model's."""
    enabled = [rule for rule in ruleset.rules if rule.enabled]
    found = []
    for index, rule in enumerate(enabled):
        reason = _impossible(rule, classes) or _unreachable(rule, enabled[:index], classes)
        if reason is not None:
            sentence = f'rule "{rule.name}" can never match: {reason}'
            found.append(RuleWarning(rule.name, rule.line, sentence))
    return tuple(found)


def _impossible(rule: Rule, classes: tuple[str, ...]) -> str | None:
    """Why no photo at all satisfies the rule."""
    if not _possible_classes(rule, classes):
        return "no class of the model is left by its conditions"
    for condition in rule.conditions:
        if isinstance(condition, Not) and implies(rule.conditions, condition.part):
            return f'"{condition.text}" contradicts its other conditions'
    return None


def _unreachable(rule: Rule, earlier: list[Rule], classes: tuple[str, ...]) -> str | None:
    """Why every photo that satisfies the rule is taken by one above.

    Classes are counted one by one, so that two rules above, one for cars and one for trees, hide a
    third one for both.
    """
    missing = _possible_classes(rule, classes)
    takers = []
    for other in earlier:
        rest = (condition for condition in other.conditions if not _is_about_class(condition))
        taken = missing & _possible_classes(other, classes)
        if taken and all(implies(rule.conditions, condition) for condition in rest):
            missing -= taken
            takers.append(f'"{other.name}"')
        if not missing:
            return _taken_by(takers)
    return None


def _taken_by(takers: list[str]) -> str:
    if len(takers) == 1:
        return f"rule {takers[0]} above takes every photo that it could"
    return f"rules {', '.join(takers)} above take every photo that it could"


def _possible_classes(rule: Rule, classes: tuple[str, ...]) -> frozenset[str]:
    """The classes of the model that the rule's own conditions on the class leave."""
    possible = frozenset(classes)
    for condition in rule.conditions:
        match condition:
            case ClassIs(wanted):
                possible &= frozenset(wanted)
            case Not(ClassIs(unwanted)):
                possible -= frozenset(unwanted)
            case _:
                pass
    return possible


def _is_about_class(condition: Condition) -> bool:
    return isinstance(condition, ClassIs) or (
        isinstance(condition, Not) and isinstance(condition.part, ClassIs)
    )
