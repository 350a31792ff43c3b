"""Tests that a person writes for the rules: a photo, and what becomes of it.

`check` runs them, and so does a reload before a configuration comes into force, by the same
`decide` that files photos. A test describes a photo completely, its prediction included; a picture
on the disk is for `check` alone, which can have it classified. A place that depends on what the
test does not say, such as a hash, meets no expectation.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

from gallery_daemon.decision import Outcome
from gallery_daemon.partial_date import Granularity
from gallery_daemon.photo import Prediction, TakenFrom
from gallery_daemon.rules.component import numbered
from gallery_daemon.rules.conditions.model import MinPrecision
from gallery_daemon.rules.explain import Explanation, explain
from gallery_daemon.rules.fields import DIGITS, HASH_FIELDS, values_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gallery_daemon.decision import Decision
    from gallery_daemon.photo import Facts, Photo
    from gallery_daemon.rules.decide import RuleSet
    from gallery_daemon.rules.explain import NearMiss
    from gallery_daemon.rules.fields import Values
    from gallery_daemon.rules.template import Field, Template

NOT_LOOKED_AT = "only `gallery-daemon check` looks at pictures"

HASH_LEAST = 8
"""The fewest digits of a hash that a test may give."""

_HASH8_DIGITS = 8
_ANY = "0"

_MODEL = "a test"
_ROUNDING = 1e-9
_COPIED = 0.005
"""How far from 1 the sum of probabilities may be that were copied with two or four decimals."""

NO_CLASS = Prediction({"none": 0.0}, _MODEL)
"""Of a photo of no class: no rule that asks for one takes it."""

_NONE: Mapping[str, float] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Expected:
    """What becomes of the photo; None or false: anything.

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

    `unknown` has the fields of a template that the test gives no value for, each with the reason as
    the end of a sentence. `mtime_to` is how finely the test says the file's own date.
    """

    name: str
    line: int
    column: int
    photo: Photo
    facts: Facts
    prediction: Prediction
    expected: Expected
    unknown: Mapping[str, str] = field(default_factory=dict)
    mtime_to: Granularity = Granularity.SECOND


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
        """What the model says of the photo, or is supposed to; None: it was not classified."""
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
        why = _why_not(expected.rule, found, says)
        return f"expected rule {expected.rule}, got {got} ({why})"
    if expected.outcome is not None and decision.outcome is not expected.outcome:
        return f"expected {expected.outcome}, got {got}{_nearest(found, says)}"
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
        unknown = _unknown_to(test, decision, ruleset, of_name=number == 1)
        if unknown is not None:
            return f"expected {wanted}, but {got} makes it of {unknown}"
        if place[number] != wanted:
            return f"expected {wanted}, got {place[number]} by {got}"
    return None


def _unknown_to(
    test: RuleTest, decision: Decision, ruleset: RuleSet, *, of_name: bool
) -> str | None:
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
    return _unknown_in(template, values, test)


def _got(decision: Decision) -> str:
    return f"rule {decision.rule}" if decision.rule is not None else decision.outcome.value


def _why_not(rule: str, found: Explanation, says: Prediction) -> str:
    miss = next((each for each in found.near_misses if each.rule == rule), None)
    return "it is not enabled" if miss is None else _because(miss, says)


def _nearest(found: Explanation, says: Prediction) -> str:
    """What an outcome that no rule made came from."""
    if found.decision.rule is not None or not found.near_misses:
        return ""
    miss = found.near_misses[0]
    return f" ({miss.rule}: {_because(miss, says)})"


def _because(miss: NearMiss, says: Prediction) -> str:
    """Why the rule did not take the photo, and what the test may say to make it."""
    lacks = any(check.condition.startswith(MinPrecision.KEY) for check in miss.missing)
    hint = "; given may say precision: 0.97" if lacks and says.precision is None else ""
    return f"{miss.sentence}, line {miss.line}{hint}"


def _shown(folder: tuple[str, ...]) -> str:
    return "".join(f"{each}/" for each in folder)


def _unknown_in(template: Template, values: Values, test: RuleTest) -> str | None:
    """The first field that the place is made of and the test does not say, and why it matters.

    It reads `{hash8}, which given does not say`; None: all that the template uses is known. Of a
    hash, `values` may have the first digits only.
    """
    # Such a field has a value when the photo is filed, so no fallback is taken.
    some = dict.fromkeys((*test.unknown, *HASH_FIELDS), _ANY)
    known = str(values["hash"] or "")
    for each in template.used({**values, **some}):
        is_hash = each.name in HASH_FIELDS
        why = _why_short(each, known) if is_hash else test.unknown.get(each.name)
        why = why or _why_coarse(each, test)
        if why is not None:
            return f"{_in_braces(each)}, {why}"
    return None


def _why_short(used: Field, known: str) -> str | None:
    """Why the digits of the hash are too few."""
    needed = _HASH8_DIGITS if used.name == "hash8" else used.digits or DIGITS["hash"]
    if len(known) >= needed:
        return None
    said = f"of which given says {len(known)} digits" if known else "which given does not say"
    return f"{said} (add hash: of {max(needed, HASH_LEAST)} digits)"


def _why_coarse(used: Field, test: RuleTest) -> str | None:
    """Why the file's date is said too coarsely; every file has one to the second."""
    is_mtime = used.name == "mtime" or (
        used.name == "date" and test.facts.taken.origin is TakenFrom.MTIME
    )
    # Without a form it is the day.
    is_known = used.form is not None or test.mtime_to.includes(Granularity.DAY)
    if not is_mtime or (is_known and used.is_known_with(test.mtime_to)):
        return None
    return f"of which given says no {test.mtime_to.finer} (add it to date: 2026-07-01 18:30:00)"


def _in_braces(used: Field) -> str:
    return f"{{{used.name}}}" if used.digits is None else f"{{{used.name}:{used.digits}}}"


def prediction_like(
    name: str,
    confidence: float,
    margin: float | None,
    classes: tuple[str, ...],
    said: Mapping[str, float] = _NONE,
) -> Prediction | None:
    """A prediction of this class; the classes that are not `said` share equally what is left.

    With a `margin`, the second is that far behind. None: no such probabilities have the sum 1.
    """
    taken = {name: confidence} | {each: said[each] for each in said if each != name}
    others = [each for each in classes if each not in taken]
    second = 1.0
    if margin is not None:
        second = _behind(confidence, margin)
        if others and not any(
            math.isclose(each, second, abs_tol=_ROUNDING) for each in said.values()
        ):
            taken[others.pop(0)] = second
    left = 1 - sum(taken.values())
    slack = _COPIED if said else _ROUNDING
    if left < -slack or min(taken.values()) < -_ROUNDING or (left > slack and not others):
        return None
    share = max(left, 0.0) / max(len(others), 1)
    if second < share < second + _ROUNDING:
        share = second
    prediction = Prediction(taken | dict.fromkeys(others, share), _MODEL)
    as_said = margin is None or math.isclose(prediction.margin, margin, abs_tol=_ROUNDING)
    return prediction if prediction.top_class == name and as_said else None


def _behind(confidence: float, margin: float) -> float:
    """The probability that is so far behind, or a bit less, so that rounding does not decide."""
    second = confidence - margin
    while confidence - second < margin:
        second = math.nextafter(second, -math.inf)
    return second
