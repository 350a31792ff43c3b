"""When one condition follows from others: whatever satisfies these satisfies that too.

The answer may err on one side only. "Yes" is a proof; "no" may mean that it was not seen. So a rule
that is called unreachable truly is. And so a search may be given up: conditions that nest can ask
for more steps than there are seconds, in a text of a few kilobytes.
"""

from __future__ import annotations

from datetime import datetime
from typing import TypeVar

from gallery_daemon.rules.aspect import AspectIs
from gallery_daemon.rules.calendar import TakenBetween, TakenIn
from gallery_daemon.rules.condition import (
    All,
    Any,
    ClassIs,
    Condition,
    MinConfidence,
    MinMargin,
    Not,
)
from gallery_daemon.rules.distance import Near
from gallery_daemon.rules.fact import Between, OrientationIs
from gallery_daemon.rules.likeness import CameraLike, ExtIs, NameLike, PathLike, SourceLike
from gallery_daemon.rules.probability import Probability

Limit = TypeVar("Limit", float, datetime)
_LIKENESSES = (CameraLike, ExtIs, NameLike, PathLike, SourceLike)


STEPS_LIMIT = 500_000
"""Comparisons of two conditions, a second's work; a hundred rules of five take a tenth of them."""


class Prover:
    """Proves implications until its steps are used up; from then on it sees none."""

    def __init__(self, steps: int = STEPS_LIMIT) -> None:
        self._steps = steps

    def implies(self, premises: tuple[Condition, ...], conclusion: Condition) -> bool:
        """Whether every photo that satisfies all `premises` satisfies the `conclusion`."""
        if self._is_tired():
            return False
        match conclusion:
            case All(parts):
                return all(self.implies(premises, part) for part in parts)
            case Any(parts) if any(self.implies(premises, part) for part in parts):
                return True
            case MinConfidence(value) | MinMargin(value) if value <= 0:
                return True
            case Probability() if conclusion.is_always:
                return True
            case _:
                return any(self._one_implies(premise, conclusion) for premise in premises)

    def _one_implies(self, premise: Condition, conclusion: Condition) -> bool:
        if self._is_tired():
            return False
        match premise, conclusion:
            case All(parts), _:
                return self.implies(parts, conclusion)
            case Any(parts), _:
                return bool(parts) and all(self.implies((part,), conclusion) for part in parts)
            case Not(inner), Not(other):
                return self.implies((other,), inner)
            case _:
                return premise == conclusion or _narrower(premise, conclusion)

    def _is_tired(self) -> bool:
        self._steps -= 1
        return self._steps < 0


def implies(premises: tuple[Condition, ...], conclusion: Condition) -> bool:
    """Whether every photo that satisfies all `premises` satisfies the `conclusion`."""
    return Prover().implies(premises, conclusion)


def _narrower(premise: Condition, conclusion: Condition) -> bool:
    """Whether two conditions of one kind differ, and the first allows less."""
    match premise, conclusion:
        case (MinConfidence(ours), MinConfidence(theirs)) | (MinMargin(ours), MinMargin(theirs)):
            return ours >= theirs
        case Between(measure, low, high), Between(other, floor, ceiling):
            return measure is other and _within(low, high, floor, ceiling)
        case TakenBetween(low, high), TakenBetween(floor, ceiling):
            return _within(low, high, floor, ceiling)
        case Probability(), Probability():
            return premise.implies(conclusion)
        case _:
            return _fewer_choices(premise, conclusion)


def _fewer_choices(premise: Condition, conclusion: Condition) -> bool:
    """The same of conditions that take one of several."""
    match premise, conclusion:
        case ClassIs(ours), ClassIs(theirs):
            return set(ours) <= set(theirs)
        case (OrientationIs(ours), OrientationIs(theirs)) | (AspectIs(ours), AspectIs(theirs)):
            return set(ours) <= set(theirs)
        case TakenIn(part, narrow), TakenIn(other, wide):
            return part is other and all(any(w.covers(n) for w in wide) for n in narrow)
        case Near(narrow), Near(wide):
            return all(any(w.covers(n) for w in wide) for n in narrow)
        case _:
            return _fewer_patterns(premise, conclusion)


def _fewer_patterns(premise: Condition, conclusion: Condition) -> bool:
    return (
        isinstance(premise, _LIKENESSES)
        and isinstance(conclusion, _LIKENESSES)
        and type(premise) is type(conclusion)
        and set(premise.patterns) <= set(conclusion.patterns)
    )


def _within(
    low: Limit | None, high: Limit | None, floor: Limit | None, ceiling: Limit | None
) -> bool:
    """Whether low..high lies in floor..ceiling; None is open."""
    above = floor is None or (low is not None and low >= floor)
    below = ceiling is None or (high is not None and high <= ceiling)
    return above and below
