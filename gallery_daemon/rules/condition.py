"""What a rule asks of the model, and how conditions are combined.

Every condition answers yes, no or *unsure*. Unsure is what the confidence and the margin say when
they are too low: the photo may well be what the rule looks for, and the model cannot tell. A rule
that fails on nothing but that makes the outcome `uncertain`, so a person can look at the photo
instead of it being lost among those that match nothing.

A condition has a `text`, short and as the YAML has it, and gives its reason as a sentence: together
they are the trace that explains a decision.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from gallery_daemon.decision import Check, Truth
from gallery_daemon.rules.wording import one_or_list, told_apart, yaml_number, yaml_text

if TYPE_CHECKING:
    from gallery_daemon.photo import Facts, Photo, Prediction

NO_PREDICTION = "there is no prediction"


class Condition(Protocol):
    """One question about a photo."""

    @property
    def text(self) -> str:
        """The condition as the YAML has it, on one line."""
        ...

    def check(self, photo: Photo, facts: Facts, prediction: Prediction | None, /) -> Check:
        """The answer, with its reason."""
        ...


def yes_or_no(condition: Condition, *, holds: bool, reason: str) -> Check:
    """The answer of a condition that is never unsure."""
    return Check(condition.text, Truth.YES if holds else Truth.NO, reason)


@dataclass(frozen=True, slots=True)
class ClassIs:
    """The class of the highest probability is one of `classes`."""

    classes: tuple[str, ...]

    @property
    def text(self) -> str:
        """As the YAML has it: `class: cars`."""
        return f"class: {one_or_list(tuple(yaml_text(name) for name in self.classes))}"

    def check(self, _photo: Photo, _facts: Facts, prediction: Prediction | None) -> Check:
        """Yes or no; how sure the model is, others ask."""
        if prediction is None:
            return yes_or_no(self, holds=False, reason=NO_PREDICTION)
        top = prediction.top_class
        if top in self.classes:
            return yes_or_no(self, holds=True, reason=f"class is {top}")
        wanted = self.classes[0] if len(self.classes) == 1 else f"any of {', '.join(self.classes)}"
        return yes_or_no(self, holds=False, reason=f"class {top} is not {wanted}")


@dataclass(frozen=True, slots=True)
class MinConfidence:
    """The confidence is at least `value`, 0 to 1; below it: unsure."""

    value: float

    @property
    def text(self) -> str:
        """As the YAML has it: `min_confidence: 0.92`."""
        return f"min_confidence: {yaml_number(self.value)}"

    def check(self, _photo: Photo, _facts: Facts, prediction: Prediction | None) -> Check:
        """Yes or unsure."""
        if prediction is None:
            return yes_or_no(self, holds=False, reason=NO_PREDICTION)
        return _at_least(self, "confidence", prediction.confidence, self.value)


@dataclass(frozen=True, slots=True)
class MinMargin:
    """The highest probability is at least `value`, 0 to 1, above the second; below it: unsure."""

    value: float

    @property
    def text(self) -> str:
        """As the YAML has it: `min_margin: 0.15`."""
        return f"min_margin: {yaml_number(self.value)}"

    def check(self, _photo: Photo, _facts: Facts, prediction: Prediction | None) -> Check:
        """Yes or unsure."""
        if prediction is None:
            return yes_or_no(self, holds=False, reason=NO_PREDICTION)
        return _at_least(self, "margin", prediction.margin, self.value)


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds; of no parts, that is true."""

    parts: tuple[Condition, ...]

    @property
    def text(self) -> str:
        """The parts as a map's inside: `class: cars, has_gps: true`.

        From a key on that the map has already, the rest is a map of its own, below `all`.
        """
        seen: set[str] = set()
        for place, part in enumerate(self.parts):
            key = part.text.partition(":")[0]
            if key in seen:
                rest = f"all: [{{{All(self.parts[place:]).text}}}]"
                return ", ".join((*(each.text for each in self.parts[:place]), rest))
            seen.add(key)
        return ", ".join(part.text for part in self.parts)

    def check(self, photo: Photo, facts: Facts, prediction: Prediction | None) -> Check:
        """No if a part says no, else unsure if one is unsure, else yes."""
        checks = tuple(part.check(photo, facts, prediction) for part in self.parts)
        truth = all_of(checks)
        return Check(self.text, truth, _reasons(checks, truth))


@dataclass(frozen=True, slots=True)
class Any:
    """At least one part holds; of no parts, that is false."""

    parts: tuple[Condition, ...]

    @property
    def text(self) -> str:
        """As the YAML has it: `any: [{class: cars}, {class: trees}]`."""
        return f"any: [{', '.join(f'{{{part.text}}}' for part in self.parts)}]"

    def check(self, photo: Photo, facts: Facts, prediction: Prediction | None) -> Check:
        """Yes if a part says yes, else unsure if one is unsure, else no."""
        checks = tuple(part.check(photo, facts, prediction) for part in self.parts)
        truths = {check.truth for check in checks}
        truth = next((each for each in (Truth.YES, Truth.UNSURE) if each in truths), Truth.NO)
        return Check(self.text, truth, _reasons(checks, truth))


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold, or is unsure: below its confidence nothing is confidently so."""

    part: Condition

    @property
    def text(self) -> str:
        """As the YAML has it: `not: {class: memes}`."""
        return f"not: {{{self.part.text}}}"

    def check(self, photo: Photo, facts: Facts, prediction: Prediction | None) -> Check:
        """No if the part says yes, else yes."""
        inner = self.part.check(photo, facts, prediction)
        return yes_or_no(self, holds=inner.truth is not Truth.YES, reason=inner.reason)


def all_of(checks: tuple[Check, ...]) -> Truth:
    """No if one is no, else unsure if one is unsure, else yes; the order does not matter."""
    truths = {check.truth for check in checks}
    return next((each for each in (Truth.NO, Truth.UNSURE) if each in truths), Truth.YES)


def _reasons(checks: tuple[Check, ...], truth: Truth) -> str:
    """The reasons that decided."""
    return " and ".join(check.reason for check in checks if check.truth is truth)


def _at_least(condition: Condition, what: str, value: float, limit: float) -> Check:
    holds = value >= limit
    shown, wanted = told_apart(value, limit)
    reason = f"{what} {shown} {'>=' if holds else '<'} {wanted}"
    return Check(condition.text, Truth.YES if holds else Truth.UNSURE, reason)
