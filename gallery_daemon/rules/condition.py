"""What a condition is, and how conditions are combined.

Every condition answers yes, no or *unsure*. What asks how sure the model is (confidence, precision,
margin) or how familiar the photo is to it is unsure where that is too low: the photo may be what
the rule looks for, but the model cannot tell. A rule that fails by nothing else makes the outcome
`uncertain`, so the photo waits for a person and is not lost among those that
match nothing.

All that the program knows of a condition is in its class (`rules.conditions`): the text that the
YAML has, the answer with its reason, which other conditions it follows from, and what it reads
beyond the journal. Each of them is abstract, so a condition without one of them cannot be made.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, ClassVar, Self, TypeVar

from gallery_daemon.decision import Check, Truth

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gallery_daemon.photo import Bounds, Facts, Photo, Prediction

Limit = TypeVar("Limit", float, datetime)

_LOWEST_FIRST = (Truth.NO, Truth.UNSURE, Truth.YES)


class Need(Enum):
    """What a decision reads beyond a photo's name, size, date and prediction.

    Those four are in the journal, so a decision without needs can be repeated without the file.
    """

    FILE = "what only the file says, such as its camera"
    HASH = "the content's hash, which costs reading the whole file"
    SIMILAR = "which photos like it were seen before"


Needs = frozenset[Need]
NOTHING: Needs = frozenset()
FILE: Needs = frozenset({Need.FILE})


class Condition(ABC):
    """One question about a photo."""

    __slots__ = ()

    @property
    @abstractmethod
    def text(self) -> str:
        """The condition as the YAML has it, on one line."""

    @abstractmethod
    def check(self, photo: Photo, facts: Facts, prediction: Prediction | None, /) -> Check:
        """The answer; its reason reads as a sentence."""

    def truths(
        self, photo: Photo, facts: Facts, prediction: Prediction, _bounds: Bounds, /
    ) -> frozenset[Truth]:
        """What a full look may make of the answer, where the prediction is a quick look's.

        The answer itself is among them. What reads nothing of the prediction has no other.
        """
        return frozenset({self.check(photo, facts, prediction).truth})

    @property
    @abstractmethod
    def needs(self) -> Needs:
        """What the answer depends on that the journal does not keep."""


class Atom(Condition):
    """A condition without parts."""

    __slots__ = ()

    @abstractmethod
    def covers(self, other: Condition, /) -> bool:
        """Whether every photo that satisfies the different condition `other` satisfies this one.

        Yes is a proof; no may mean that it was not seen.
        """

    @property
    def is_always(self) -> bool:
        """Whether every photo satisfies it; no may mean that it was not seen."""
        return False


@dataclass(frozen=True, slots=True)
class Boolean(Atom):
    """A condition that is `true` or `false` in the YAML."""

    wanted: bool

    KEY: ClassVar[str]

    @property
    def text(self) -> str:
        """As the YAML has it: `has_exif: true`."""
        return f"{self.KEY}: {str(self.wanted).lower()}"

    @property
    def opposite(self) -> Self:
        """The other one of its kind; both never hold for one photo."""
        return type(self)(not self.wanted)

    def covers(self, _other: Condition) -> bool:
        """Never: the only other one of its kind is its opposite."""
        return False


def yes_or_no(condition: Condition, *, holds: bool, reason: str) -> Check:
    """The answer of a condition that is never unsure."""
    return Check(condition.text, Truth.YES if holds else Truth.NO, reason)


def is_within(
    inner: tuple[Limit | None, Limit | None], outer: tuple[Limit | None, Limit | None]
) -> bool:
    """Whether a range from low to high is in another; None is open."""
    (low, high), (floor, ceiling) = inner, outer
    above = floor is None or (low is not None and low >= floor)
    below = ceiling is None or (high is not None and high <= ceiling)
    return above and below


@dataclass(frozen=True, slots=True)
class AllOf(Condition):
    """Every part holds; of no parts, that is true."""

    parts: tuple[Condition, ...]

    @property
    def text(self) -> str:
        """The parts as the inside of a map: `class: cars, has_gps: true`.

        A map has a key once, so the parts from a repeated key on are a map of their own in `all`.
        """
        seen: set[str] = set()
        for place, part in enumerate(self.parts):
            key = part.text.partition(":")[0]
            if key in seen:
                rest = f"all: [{{{AllOf(self.parts[place:]).text}}}]"
                return ", ".join((*(each.text for each in self.parts[:place]), rest))
            seen.add(key)
        return ", ".join(part.text for part in self.parts)

    def check(self, photo: Photo, facts: Facts, prediction: Prediction | None) -> Check:
        """No if a part says no, else unsure if one is unsure, else yes."""
        checks = tuple(part.check(photo, facts, prediction) for part in self.parts)
        truth = truth_of_all(checks)
        return Check(self.text, truth, _reasons(checks, truth))

    def truths(
        self, photo: Photo, facts: Facts, prediction: Prediction, bounds: Bounds
    ) -> frozenset[Truth]:
        """The lowest of what the parts may answer, in every combination."""
        possible = [each.truths(photo, facts, prediction, bounds) for each in self.parts]
        return _combined(possible, _LOWEST_FIRST)

    @property
    def needs(self) -> Needs:
        """What any part needs."""
        return _needs_of(self.parts)


@dataclass(frozen=True, slots=True)
class AnyOf(Condition):
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

    def truths(
        self, photo: Photo, facts: Facts, prediction: Prediction, bounds: Bounds
    ) -> frozenset[Truth]:
        """The highest of what the parts may answer, in every combination."""
        possible = [each.truths(photo, facts, prediction, bounds) for each in self.parts]
        return _combined(possible, _LOWEST_FIRST[::-1])

    @property
    def needs(self) -> Needs:
        """What any part needs."""
        return _needs_of(self.parts)


@dataclass(frozen=True, slots=True)
class Not(Condition):
    """The part does not hold, or is unsure: what is unsure is not confidently true."""

    part: Condition

    @property
    def text(self) -> str:
        """As the YAML has it: `not: {class: memes}`."""
        return f"not: {{{self.part.text}}}"

    def check(self, photo: Photo, facts: Facts, prediction: Prediction | None) -> Check:
        """No if the part says yes, else yes."""
        inner = self.part.check(photo, facts, prediction)
        return yes_or_no(self, holds=inner.truth is not Truth.YES, reason=inner.reason)

    def truths(
        self, photo: Photo, facts: Facts, prediction: Prediction, bounds: Bounds
    ) -> frozenset[Truth]:
        """The opposite of all that the part may answer."""
        inner = self.part.truths(photo, facts, prediction, bounds)
        return frozenset(Truth.NO if each is Truth.YES else Truth.YES for each in inner)

    @property
    def needs(self) -> Needs:
        """What the part needs."""
        return self.part.needs


def truth_of_all(checks: tuple[Check, ...]) -> Truth:
    """No if one is no, else unsure if one is unsure, else yes; the order does not matter."""
    truths = {check.truth for check in checks}
    return next((each for each in (Truth.NO, Truth.UNSURE) if each in truths), Truth.YES)


def _combined(possible: Sequence[frozenset[Truth]], order: tuple[Truth, ...]) -> frozenset[Truth]:
    """All that the first in `order` of one answer of each part may be; of no parts, the last.

    Args:
        possible: what each part may answer.
        order: all truths.
    """
    if not possible:
        return frozenset(order[-1:])
    return frozenset(
        truth
        for place, truth in enumerate(order)
        if any(truth in each for each in possible)
        and all(not each.isdisjoint(order[place:]) for each in possible)
    )


def _reasons(checks: tuple[Check, ...], truth: Truth) -> str:
    """The reasons of the checks that decided."""
    return " and ".join(check.reason for check in checks if check.truth is truth)


def _needs_of(parts: tuple[Condition, ...]) -> Needs:
    return frozenset(need for part in parts for need in part.needs)
