"""Tests that a person writes for the rules: a photo, and what shall become of it.

They are run by `check`, and before a configuration comes into force, by the same `decide` that
files photos. A photo as it might come is all here; a picture that lies on the disk is for `check`
alone, which can have it looked at.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from gallery_daemon.decision import Outcome
from gallery_daemon.rules.component import numbered
from gallery_daemon.rules.explain import Explanation, explain
from gallery_daemon.rules.fields import values_of
from gallery_daemon.rules.unsaid import unsaid_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gallery_daemon.decision import Decision
    from gallery_daemon.photo import Facts, Photo, Prediction
    from gallery_daemon.rules.decide import RuleSet

NOT_LOOKED_AT = "only `gallery-daemon check` looks at pictures"


@dataclass(frozen=True, slots=True)
class Expected:
    """What shall become of the photo; None or false: whatever does.

    `folder` is in the library; `name` is the file's there, if none has it yet.
    """

    rule: str | None = None
    folder: tuple[str, ...] | None = None
    outcome: Outcome | None = None
    is_left: bool = False
    name: str | None = None
    top_class: str | None = None


@dataclass(frozen=True, slots=True)
class RuleTest:
    """One test, and where it stands; `line` and `column` count from 1.

    `unsaid` has the fields of a template that the test gives no value for, each with the reason as
    the end of a sentence.
    """

    name: str
    line: int
    column: int
    photo: Photo
    facts: Facts
    prediction: Prediction
    expected: Expected
    unsaid: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PictureTest:
    """A test whose photo is the picture at the absolute path `file`."""

    name: str
    line: int
    column: int
    file: str
    expected: Expected


AnyTest: TypeAlias = RuleTest | PictureTest


@dataclass(frozen=True, slots=True)
class RuleTestResult:
    """A test that was run, or `skipped` for a reason.

    `failure` is a sentence, or None if all is as expected; `found` is what came of the photo.
    """

    test: AnyTest
    failure: str | None
    skipped: str | None = None
    found: Explanation | None = None

    @property
    def prediction(self) -> Prediction | None:
        """What the model says of the photo, or is supposed to; None: nobody looked at it."""
        return self.test.prediction if isinstance(self.test, RuleTest) else None


def run_tests(tests: tuple[AnyTest, ...], ruleset: RuleSet) -> tuple[RuleTestResult, ...]:
    """Each test with what came of it, in their order; those of pictures are skipped."""
    return tuple(
        RuleTestResult(test, None, skipped=NOT_LOOKED_AT)
        if isinstance(test, PictureTest)
        else run_test(test, ruleset)
        for test in tests
    )


def run_test(test: RuleTest, ruleset: RuleSet) -> RuleTestResult:
    """The test with what came of it."""
    found = explain(test.photo, test.facts, test.prediction, ruleset)
    failure = _wrong_decision(test, found) or _wrong_place(test, found.decision, ruleset)
    return RuleTestResult(test, failure, found=found)


def place_of(decision: Decision) -> tuple[str, str] | None:
    """The folder as a person writes it and the first name to try there; none: it is left."""
    destination = decision.destination
    if destination is None:
        return None
    return _shown(destination.folder), numbered(destination.name, 1)


def _wrong_decision(test: RuleTest, found: Explanation) -> str | None:
    decision, expected, says = found.decision, test.expected, test.prediction
    if expected.top_class is not None and says.top_class != expected.top_class:
        sure = f"{says.top_class} {says.confidence:.2f}" if says.confidence else "none"
        return f"expected class {expected.top_class}, got {sure}"
    got = _got(decision)
    if expected.rule is not None and decision.rule != expected.rule:
        return f"expected rule {expected.rule}, got {got} ({_why_not(expected.rule, found)})"
    if expected.outcome is not None and decision.outcome is not expected.outcome:
        return f"expected {expected.outcome}, got {got}{_nearest(found)}"
    return None


def _wrong_place(test: RuleTest, decision: Decision, ruleset: RuleSet) -> str | None:
    expected, got, place = test.expected, _got(decision), place_of(decision)
    if expected.is_left:
        return None if place is None else f"expected it to be left, got {place[0]} by {got}"
    folder = None if expected.folder is None else _shown(expected.folder)
    for number, wanted in enumerate((folder, expected.name)):
        if wanted is None:
            continue
        if place is None:
            return f"expected {wanted}, it is left by {got}"
        unknown = _unknown(test, decision, ruleset, of_name=number == 1)
        if unknown is not None:
            return f"expected {wanted}, but {got} makes it of {unknown}"
        if place[number] != wanted:
            return f"expected {wanted}, got {place[number]} by {got}"
    return None


def _unknown(test: RuleTest, decision: Decision, ruleset: RuleSet, *, of_name: bool) -> str | None:
    """What the folder, or the name, is made of that the test does not say."""
    placings = {
        Outcome.RULE: next((r.placing for r in ruleset.rules if r.name == decision.rule), None),
        Outcome.UNCERTAIN: ruleset.uncertain,
        Outcome.OTHERWISE: ruleset.otherwise,
        Outcome.FAILED: ruleset.failed,
    }
    placing = placings[decision.outcome]
    template = None if placing is None else placing.as_ if of_name else placing.to
    if template is None:
        return None
    rule = None if decision.outcome is Outcome.OTHERWISE else "some rule"
    values = values_of(test.photo, test.facts, test.prediction, rule)
    return unsaid_in(template, values, test.unsaid)


def _got(decision: Decision) -> str:
    return f"rule {decision.rule}" if decision.rule is not None else decision.outcome.value


def _why_not(rule: str, found: Explanation) -> str:
    miss = next((each for each in found.near_misses if each.rule == rule), None)
    return "it is not enabled" if miss is None else f"{miss.sentence}, line {miss.line}"


def _nearest(found: Explanation) -> str:
    """What an outcome that no rule made came from."""
    if found.decision.rule is not None or not found.near_misses:
        return ""
    miss = found.near_misses[0]
    return f" ({miss.rule}: {miss.sentence}, line {miss.line})"


def _shown(folder: tuple[str, ...]) -> str:
    return "".join(f"{each}/" for each in folder)
