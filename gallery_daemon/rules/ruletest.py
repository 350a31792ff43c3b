"""Tests that a person writes for the rules: a photo as it might come, and what shall become of it.

They are run by `check`, and before a configuration comes into force, by the same `decide` that
files photos.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gallery_daemon.photo import Prediction
from gallery_daemon.rules.explain import Explanation, explain

if TYPE_CHECKING:
    from gallery_daemon.photo import Decision, Facts, Outcome, Photo
    from gallery_daemon.rules.ruleset import RuleSet

_MODEL = "a test"
_ROUNDING = 1e-9

NO_CLASS = Prediction({"none": 0.0}, _MODEL)
"""Of a test that names no class: no rule that asks for one takes it."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What shall become of the photo; None or false: whatever does. `folder` is in the library."""

    rule: str | None = None
    folder: tuple[str, ...] | None = None
    outcome: Outcome | None = None
    is_left: bool = False


@dataclass(frozen=True, slots=True)
class RuleTest:
    """One test, and where it stands; `line` and `column` count from 1."""

    name: str
    line: int
    column: int
    photo: Photo
    facts: Facts
    prediction: Prediction
    expected: Expected


@dataclass(frozen=True, slots=True)
class RuleTestResult:
    """A test that was run; `failure` is a sentence, or None if all is as expected."""

    test: RuleTest
    failure: str | None


def prediction_like(
    name: str, confidence: float, margin: float | None, classes: tuple[str, ...]
) -> Prediction | None:
    """A prediction of this class; what it leaves goes to the others alike.

    With a `margin`, another class is so far behind. None: no probabilities with the sum 1 are so.
    """
    others = [each for each in classes if each != name]
    taken = {name: confidence}
    second = 1.0
    if margin is not None and others:
        second = confidence - margin
        while confidence - second < margin:  # the last bit shall not decide
            second = math.nextafter(second, -math.inf)
        taken[others.pop(0)] = second
    left = 1 - sum(taken.values())
    if left < -_ROUNDING or min(taken.values()) < -_ROUNDING:
        return None
    share = max(left, 0.0) / max(len(others), 1)
    if second < share < second + _ROUNDING:
        share = second
    rest = dict.fromkeys(others, share)
    prediction = Prediction(taken | rest, _MODEL)
    as_said = margin is None or math.isclose(prediction.margin, margin, abs_tol=_ROUNDING)
    return prediction if prediction.top_class == name and as_said else None


def run_tests(tests: tuple[RuleTest, ...], ruleset: RuleSet) -> tuple[RuleTestResult, ...]:
    """Each test with what came of it, in their order."""
    return tuple(RuleTestResult(test, _failure(test, ruleset)) for test in tests)


def _failure(test: RuleTest, ruleset: RuleSet) -> str | None:
    found = explain(test.photo, test.facts, test.prediction, ruleset)
    decision, expected = found.decision, test.expected
    got = f"rule {decision.rule}" if decision.rule is not None else decision.outcome.value
    if expected.rule is not None and decision.rule != expected.rule:
        return f"expected rule {expected.rule}, got {got} ({_why_not(expected.rule, found)})"
    if expected.outcome is not None and decision.outcome is not expected.outcome:
        return f"expected {expected.outcome}, got {got}{_nearest(found)}"
    folder = _folder(decision)
    if expected.is_left and folder is not None:
        return f"expected it to be left, got {_shown(folder)} by {got}"
    if expected.folder is not None and folder != expected.folder:
        where = "it is left" if folder is None else f"got {_shown(folder)}"
        return f"expected {_shown(expected.folder)}, {where} by {got}"
    return None


def _why_not(rule: str, found: Explanation) -> str:
    miss = next((each for each in found.near_misses if each.rule == rule), None)
    return "it is not enabled" if miss is None else f"{miss.sentence}, line {miss.line}"


def _nearest(found: Explanation) -> str:
    """What an outcome that no rule made came from."""
    if found.decision.rule is not None or not found.near_misses:
        return ""
    miss = found.near_misses[0]
    return f" ({miss.rule}: {miss.sentence}, line {miss.line})"


def _folder(decision: Decision) -> tuple[str, ...] | None:
    return None if decision.destination is None else decision.destination.folder


def _shown(folder: tuple[str, ...]) -> str:
    return "".join(f"{each}/" for each in folder)
