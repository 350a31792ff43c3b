"""Rules that can never match, found before a single photo arrives.

They are warnings and not errors: the configuration can be used, but hardly means what its author
had in mind. A rule is called unreachable only where that is proven; a proof that is not found only
hides a warning. So a search may be given up: nested conditions in a text of a few kilobytes can ask
for more steps than a person would wait for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gallery_daemon.rules.condition import AllOf, AnyOf, Atom, Boolean, Condition, Not
from gallery_daemon.rules.conditions.model import ClassIs, MinConfidence, Probability

if TYPE_CHECKING:
    from gallery_daemon.rules.decide import Rule, RuleSet

_ROUNDING = 0.01
"""How far from 1 a model's probabilities may add up; half precision is off by thousandths."""


@dataclass(frozen=True, slots=True)
class RuleWarning:
    """What is wrong with a rule, as a sentence; `line` counts from 1."""

    rule: str
    line: int
    sentence: str


def warnings(ruleset: RuleSet, classes: tuple[str, ...]) -> tuple[RuleWarning, ...]:
    """The rules that never match, in their order; `classes` are the model's.

    Rules that are very many or very deep may hide some: then the search is given up.
    """
    prover = Prover()
    reaches = [_reach(rule, classes) for rule in ruleset.rules if rule.enabled]
    found = []
    for index, reach in enumerate(reaches):
        reason = _impossible(reach, prover) or _unreachable(reach, reaches[:index], prover)
        if reason is not None:
            sentence = f'rule "{reach.rule.name}" can never match: {reason}'
            found.append(RuleWarning(reach.rule.name, reach.rule.line, sentence))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Reach:
    """What a rule can take: photos of these classes for which the other conditions hold."""

    rule: Rule
    classes: frozenset[str]
    others: tuple[Condition, ...]


def _reach(rule: Rule, classes: tuple[str, ...]) -> _Reach:
    possible = frozenset(classes)
    others: list[Condition] = []
    for condition in rule.conditions:
        match condition:
            case ClassIs(wanted):
                possible &= frozenset(wanted)
            case Not(ClassIs(unwanted)):
                possible -= frozenset(unwanted)
            case _:
                others.append(condition)
    return _Reach(rule, possible, tuple(others))


def _impossible(reach: _Reach, prover: Prover) -> str | None:
    """Why no photo at all satisfies the rule."""
    if not reach.classes:
        return "no class of the model is left by its conditions"
    if _is_overfull(reach):
        return "the confidence and the probabilities that it asks for add up to more than 1"
    for condition in reach.others:
        excluded = _excluded_by(condition)
        if excluded is not None and prover.implies(reach.rule.conditions, excluded):
            return f'"{condition.text}" contradicts its other conditions'
    return None


def _excluded_by(condition: Condition) -> Condition | None:
    """What does not hold of any photo of which the condition holds, as far as it says so itself."""
    match condition:
        case Not(part):
            return part
        case Boolean():
            return condition.opposite
        case _:
            return None


def _is_overfull(reach: _Reach) -> bool:
    """Whether more is asked of the probabilities than there is, whichever class is the top one."""
    least: dict[str, float] = {}
    top = 0.0
    for condition in reach.others:
        match condition:
            case Probability(of, comparison, limit) if comparison.is_lower:
                least[of] = max(limit, least.get(of, 0.0))
                top = max(top, limit)
            case MinConfidence(value):
                top = max(top, value)
            case _:
                pass
    return all(sum((least | {name: top}).values()) > 1 + _ROUNDING for name in reach.classes)


def _unreachable(reach: _Reach, earlier: list[_Reach], prover: Prover) -> str | None:
    """Why every photo that satisfies the rule is taken by one above.

    Classes are counted one by one, so that two rules above, one for cars and one for trees, hide a
    third one for both.
    """
    premises, missing = reach.rule.conditions, reach.classes
    takers = []
    for other in earlier:
        taken = missing & other.classes
        if taken and all(prover.implies(premises, condition) for condition in other.others):
            missing -= taken
            takers.append(f'"{other.rule.name}"')
    return None if missing else _taken_by(takers)


def _taken_by(takers: list[str]) -> str:
    if len(takers) == 1:
        return f"rule {takers[0]} above takes every photo that it could"
    return f"rules {', '.join(takers)} above take every photo that it could"


STEPS_LIMIT = 500_000
"""Comparisons of two conditions, a second's work; a hundred rules of five take a tenth of them."""


class Prover:
    """Proves implications until its steps are used up; from then on it sees none."""

    def __init__(self, steps: int = STEPS_LIMIT) -> None:
        self._steps = steps

    def implies(self, premises: tuple[Condition, ...], conclusion: Condition) -> bool:
        """Whether every photo that satisfies all `premises` satisfies the `conclusion`."""
        if self._is_spent():
            return False
        match conclusion:
            case AllOf(parts):
                return all(self.implies(premises, part) for part in parts)
            case AnyOf(parts) if any(self.implies(premises, part) for part in parts):
                return True
            case Atom() if conclusion.is_always:
                return True
            case _:
                return any(self._one_implies(premise, conclusion) for premise in premises)

    def _one_implies(self, premise: Condition, conclusion: Condition) -> bool:
        if self._is_spent():
            return False
        match premise, conclusion:
            case AllOf(parts), _:
                return self.implies(parts, conclusion)
            case AnyOf(parts), _:
                return bool(parts) and all(self.implies((part,), conclusion) for part in parts)
            case Not(inner), Not(other):
                return self.implies((other,), inner)
            case _, Atom():
                return premise == conclusion or conclusion.covers(premise)
            case _:
                return premise == conclusion

    def _is_spent(self) -> bool:
        self._steps -= 1
        return self._steps < 0
