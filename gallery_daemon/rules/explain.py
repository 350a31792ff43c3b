"""Why a photo goes where it goes, and what would have to change for another rule to take it.

`decide` stops at the first rule that matches; here the rules below it are asked as well. What a
rule misses the photo by is the smallest set of conditions that would have to hold: of an `any`, the
part that is nearest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from gallery_daemon.decision import Check, Decision, TraceEntry, Truth
from gallery_daemon.rules.condition import AllOf, AnyOf
from gallery_daemon.rules.decide import decide, try_rule

if TYPE_CHECKING:
    from gallery_daemon.photo import Facts, Photo, Prediction
    from gallery_daemon.rules.condition import Condition
    from gallery_daemon.rules.decide import RuleSet

Checks: TypeAlias = tuple[Check, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """One rule's answer; `is_reached`: no rule above took the photo. `line` counts from 1."""

    line: int
    entry: TraceEntry
    is_reached: bool


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A rule that did not take the photo, and the fewest conditions that keep it from it.

    `behind` is the rule above that took the photo instead, if there is one; a rule of a kept trace
    has no `line`.
    """

    rule: str
    line: int | None
    missing: Checks
    behind: str | None = None

    @property
    def sentence(self) -> str:
        """What would have to change: "confidence 0.85 < 0.92"."""
        # One reason may keep several conditions from holding: no date, a year and a month.
        reasons = list(dict.fromkeys(check.reason for check in self.missing))
        if self.behind is not None:
            reasons.append(f'rule "{self.behind}" above takes it first')
        return " and ".join(reasons)


@dataclass(frozen=True, slots=True)
class Explanation:
    """A decision with every enabled rule's answer; the near misses are the nearest first."""

    decision: Decision
    rules: tuple[Asked, ...]
    near_misses: tuple[NearMiss, ...]


def explain(
    photo: Photo, facts: Facts, prediction: Prediction | None, ruleset: RuleSet
) -> Explanation:
    """What `decide` decides and why; without a prediction no rule is asked."""
    decision = decide(photo, facts, prediction, ruleset)
    if prediction is None:
        return Explanation(decision, (), ())
    enabled = [rule for rule in ruleset.rules if rule.enabled]
    reached = len(decision.trace)
    asked, misses = [], []
    for number, rule in enumerate(enabled):
        is_reached = number < reached
        entry = decision.trace[number] if is_reached else try_rule(rule, photo, facts, prediction)
        asked.append(Asked(rule.line, entry, is_reached))
        if rule.name != decision.rule:
            lacking = missing(rule.when, photo, facts, prediction)
            behind = None if is_reached else decision.rule
            misses.append(NearMiss(rule.name, rule.line, lacking, behind))
    return Explanation(decision, tuple(asked), tuple(sorted(misses, key=_distance_of)))


def near_misses_of(trace: tuple[TraceEntry, ...]) -> tuple[NearMiss, ...]:
    """The same of a trace from the journal: the rules above the match, nearest first."""
    misses = (
        NearMiss(entry.rule, None, tuple(each for each in entry.checks if each.truth != Truth.YES))
        for entry in trace
        if entry.truth is not Truth.YES
    )
    return tuple(sorted(misses, key=_distance_of))


def missing(
    condition: Condition, photo: Photo, facts: Facts, prediction: Prediction | None
) -> Checks:
    """The fewest checks that would have to come out otherwise; none: the condition holds."""
    return _checks_of(lacking(condition, photo, facts, prediction))


def lacking(
    condition: Condition, photo: Photo, facts: Facts, prediction: Prediction | None
) -> tuple[tuple[Condition, Check], ...]:
    """The same, each check with the condition that it is of."""
    match condition:
        case AllOf(parts):
            return tuple(each for part in parts for each in lacking(part, photo, facts, prediction))
        case AnyOf(parts) if parts:
            ways = (lacking(part, photo, facts, prediction) for part in parts)
            return min(ways, key=lambda way: _distance(_checks_of(way)))
        case _:
            check = condition.check(photo, facts, prediction)
            return () if check.truth is Truth.YES else ((condition, check),)


def _checks_of(found: tuple[tuple[Condition, Check], ...]) -> Checks:
    return tuple(check for _, check in found)


def _distance_of(miss: NearMiss) -> tuple[int, int, bool]:
    """Of two rules equally far, the one that was reached is nearer, then the upper one."""
    return (*_distance(miss.missing), miss.behind is not None)


def _distance(checks: Checks) -> tuple[int, int]:
    """How far away: where the model is not sure enough and all else holds, nearly there."""
    return sum(check.truth is Truth.NO for check in checks), len(checks)
