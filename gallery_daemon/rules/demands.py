"""What rules demand of the model: how sure and precise it must be, and to know strangers.

A precision comes to another confidence with each model and class, so whoever knows the model can
tell which one, and which rules it can never satisfy.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gallery_daemon.rules.condition import AllOf, AnyOf, Not
from gallery_daemon.rules.conditions.model import (
    ClassIs,
    Familiar,
    MinConfidence,
    MinFamiliarity,
    MinPrecision,
    Probability,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gallery_daemon.rules.condition import Condition
    from gallery_daemon.rules.decide import Rule, RuleSet

ClassNames = frozenset[str]

_HALF = 0.5
"""Of the classes only the most probable one has more."""


@dataclass(frozen=True, slots=True)
class PrecisionDemand:
    """A rule asks for `precision`, 0 to 1, where a photo is of one of these classes."""

    rule: str
    line: int
    precision: float
    classes: tuple[str, ...]


def precision_demands(ruleset: RuleSet, classes: tuple[str, ...]) -> tuple[PrecisionDemand, ...]:
    """What the enabled rules ask for, in their order; `classes` are the model's.

    A class counts where nothing in the rule excludes it.
    """
    return tuple(
        PrecisionDemand(rule.name, rule.line, value, tuple(name for name in classes if name in of))
        for rule in ruleset.rules
        if rule.enabled
        for value, of in dict.fromkeys(_demanded(rule.when, frozenset(classes)))
    )


def familiarity_demands(ruleset: RuleSet) -> tuple[Rule, ...]:
    """The enabled rules that ask how familiar a photo is."""
    return tuple(rule for rule in ruleset.rules if rule.enabled and _asks_familiarity(rule.when))


def least_confidence(ruleset: RuleSet) -> float | None:
    """The confidence, 0 to 1, with which the least demanding enabled rule takes a photo.

    Of those that ask for one; None: no rule does.
    """
    asked = (_least_asked(rule.when) for rule in ruleset.rules if rule.enabled)
    return min((each for each in asked if each is not None), default=None)


def _least_asked(condition: Condition) -> float | None:
    match condition:
        case AllOf(parts):
            asked = [each for each in map(_least_asked, parts) if each is not None]
            return max(asked, default=None)
        case AnyOf(parts):
            asked = [each for each in map(_least_asked, parts) if each is not None]
            return min(asked, default=None)
        case MinConfidence(value):
            return value
        case _:
            return None


def _demanded(condition: Condition, among: ClassNames) -> Iterator[tuple[float, ClassNames]]:
    """Each precision below the condition, with those of the classes that it is asked of."""
    match condition:
        case AllOf(parts):
            left = possible_classes(condition, among)
            for part in parts:
                yield from _demanded(part, left)
        case AnyOf(parts):
            for part in parts:
                yield from _demanded(part, among)
        case MinPrecision(value) if value > 0 and among:
            yield value, among
        case _:
            pass


def possible_classes(condition: Condition, among: ClassNames) -> ClassNames:
    """Those of the classes whose photos may satisfy the condition; never too few."""
    match condition:
        case ClassIs(wanted):
            return among & frozenset(wanted)
        case Not(ClassIs(unwanted)):
            return among - frozenset(unwanted)
        case AllOf(parts):
            for part in parts:
                among = possible_classes(part, among)
            return among
        case AnyOf(parts):
            return frozenset().union(*(possible_classes(part, among) for part in parts))
        case Probability(of, comparison, limit) if comparison.is_lower and limit > _HALF:
            return among & {of}
        case _:
            return among


def _asks_familiarity(condition: Condition) -> bool:
    match condition:
        case AllOf(parts) | AnyOf(parts):
            return any(map(_asks_familiarity, parts))
        case Not(part):
            return _asks_familiarity(part)
        case MinFamiliarity():
            return not condition.is_always
        case _:
            return isinstance(condition, Familiar)
