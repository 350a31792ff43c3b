"""Conditions on what the model says: its class, how sure it is, and any class's probability.

Confidence, precision and margin are *unsure* where they are too low: the top class is right, and
the model not sure enough of it. So is a precision that the model does not know: of a class with too
few held-out pictures nothing was promised. A strange photo is unsure where a familiar one is asked
for. A probability is never unsure. That a class has too little says that the photo is none of it,
and of nearly every photo: were it unsure, `memes >= 0.3` would send all that is no meme to be
looked at.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

from gallery_daemon.decision import Check, Truth
from gallery_daemon.rules.condition import NOTHING, Atom, Boolean, Condition, Needs, yes_or_no
from gallery_daemon.rules.yamltext import one_or_list, shown_apart, yaml_number, yaml_text

if TYPE_CHECKING:
    from gallery_daemon.photo import Bounds, Facts, Photo, Prediction

_NO_PREDICTION = "there is no prediction"
_NO_BANK = "the model has no bank to tell how familiar the photo is"


@dataclass(frozen=True, slots=True)
class ClassIs(Atom):
    """The class of the highest probability is one of `classes`."""

    classes: tuple[str, ...]

    @property
    def text(self) -> str:
        """As the YAML has it: `class: cars`."""
        return f"class: {one_or_list(tuple(yaml_text(name) for name in self.classes))}"

    def check(self, _photo: Photo, _facts: Facts, prediction: Prediction | None) -> Check:
        """Yes or no; `min_confidence` and `min_margin` ask how sure the model is."""
        if prediction is None:
            return yes_or_no(self, holds=False, reason=_NO_PREDICTION)
        top = prediction.top_class
        if top in self.classes:
            return yes_or_no(self, holds=True, reason=f"class is {top}")
        wanted = self.classes[0] if len(self.classes) == 1 else f"any of {', '.join(self.classes)}"
        return yes_or_no(self, holds=False, reason=f"class {top} is not {wanted}")

    def truths(
        self, _photo: Photo, _facts: Facts, _prediction: Prediction, bounds: Bounds
    ) -> frozenset[Truth]:
        """By the classes that may be the most probable."""
        return frozenset(
            Truth.YES if name in self.classes else Truth.NO for name in bounds.top_classes
        )

    def covers(self, other: Condition) -> bool:
        """One of fewer classes."""
        return isinstance(other, ClassIs) and set(other.classes) <= set(self.classes)

    @property
    def needs(self) -> Needs:
        """Nothing: the journal keeps the prediction."""
        return NOTHING


@dataclass(frozen=True, slots=True)
class _AtLeast(Atom):
    """What the subclass reads of the prediction is at least `value`, 0 to 1; else: unsure.

    Not known is unsure as well, but for the limit 0, which asks for nothing.
    """

    value: float

    NAME: ClassVar[str]
    KEY: ClassVar[str]

    @property
    def text(self) -> str:
        """As the YAML has it: `min_confidence: 0.92`."""
        return f"{self.KEY}: {yaml_number(self.value)}"

    def check(self, _photo: Photo, _facts: Facts, prediction: Prediction | None) -> Check:
        """Yes or unsure."""
        if prediction is None:
            return yes_or_no(self, holds=False, reason=_NO_PREDICTION)
        value = self._read(prediction)
        truth = self._truth(value)
        if value is None:
            return Check(self.text, truth, self._unknown(prediction))
        shown, wanted = shown_apart(value, self.value)
        reason = f"{self.NAME} {shown} {'>=' if truth is Truth.YES else '<'} {wanted}"
        return Check(self.text, truth, reason)

    def truths(
        self, _photo: Photo, _facts: Facts, prediction: Prediction, bounds: Bounds
    ) -> frozenset[Truth]:
        """By the ends of what the value may be."""
        ends = (self._read(prediction), *self._ends(prediction, bounds))
        return frozenset(map(self._truth, ends))

    def covers(self, other: Condition) -> bool:
        """One with a higher limit."""
        if not isinstance(other, _AtLeast) or type(other) is not type(self):
            return False
        return other.value >= self.value

    @property
    def is_always(self) -> bool:
        """With the limit 0."""
        return self.value <= 0

    @property
    def needs(self) -> Needs:
        """Nothing: the journal keeps the prediction."""
        return NOTHING

    def _truth(self, value: float | None) -> Truth:
        is_enough = self.is_always if value is None else value >= self.value
        return Truth.YES if is_enough else Truth.UNSURE

    @staticmethod
    @abstractmethod
    def _read(prediction: Prediction) -> float | None:
        """The value to compare; None: the model does not know it."""

    @staticmethod
    @abstractmethod
    def _ends(prediction: Prediction, bounds: Bounds) -> tuple[float | None, ...]:
        """Between which values a full look's may lie."""

    @staticmethod
    def _unknown(_prediction: Prediction) -> str:
        """Why the model does not know the value."""
        raise NotImplementedError  # of a value that every prediction has


class MinConfidence(_AtLeast):
    """The confidence is at least `value`, 0 to 1; below it: unsure."""

    __slots__ = ()
    NAME, KEY = "confidence", "min_confidence"

    @staticmethod
    def _read(prediction: Prediction) -> float:
        return prediction.confidence

    @staticmethod
    def _ends(_prediction: Prediction, bounds: Bounds) -> tuple[float | None, ...]:
        return bounds.confidence.low, bounds.confidence.high


class MinPrecision(_AtLeast):
    """Of a hundred pictures called so with at least this confidence, `value` * 100 are so.

    As the model knows from held-out pictures of the class; below it, or not known: unsure.
    """

    __slots__ = ()
    NAME, KEY = "precision", "min_precision"

    @staticmethod
    def _read(prediction: Prediction) -> float | None:
        return prediction.precision

    @staticmethod
    def _ends(_prediction: Prediction, bounds: Bounds) -> tuple[float | None, ...]:
        known = [bounds.precisions.get(name) for name in bounds.top_classes]
        return tuple(
            end for each in known for end in ((None,) if each is None else (each.low, each.high))
        )

    @staticmethod
    def _unknown(prediction: Prediction) -> str:
        why = "too few pictures to tell, or a model of version 0.1"
        return f"the model does not know its precision for {prediction.top_class}: {why}"


class MinMargin(_AtLeast):
    """The highest probability is at least `value`, 0 to 1, above the second; below it: unsure."""

    __slots__ = ()
    NAME, KEY = "margin", "min_margin"

    @staticmethod
    def _read(prediction: Prediction) -> float:
        return prediction.margin

    @staticmethod
    def _ends(_prediction: Prediction, bounds: Bounds) -> tuple[float | None, ...]:
        return bounds.margin.low, bounds.margin.high


STRANGE_BELOW = 0.05
"""A photo is strange if fewer of the held-out pictures of known kinds are as far from the bank.

So of the pictures of known kinds one in twenty counts as strange.
"""


class MinFamiliarity(_AtLeast):
    """At least this share of the pictures of known kinds are as far from all that was taught.

    Below it, or where the model has no bank: unsure.
    """

    __slots__ = ()
    NAME, KEY = "familiarity", "min_familiarity"

    def covers(self, other: Condition) -> bool:
        """One with a higher limit; `familiar: true` has one, too."""
        if other == Familiar(wanted=True):
            return self.value <= STRANGE_BELOW
        return _AtLeast.covers(self, other)

    @staticmethod
    def _read(prediction: Prediction) -> float | None:
        return prediction.familiarity

    @staticmethod
    def _ends(prediction: Prediction, _bounds: Bounds) -> tuple[float | None, ...]:
        return () if prediction.familiarity is None else (0.0, 1.0)

    @staticmethod
    def _unknown(_prediction: Prediction) -> str:
        return _NO_BANK


class Familiar(Boolean):
    """The photo is like what the model was taught, or is strange.

    `true` is unsure of a strange photo, so that a person sees it, and `false` a plain no of a
    familiar one. Where the model has no bank, no photo counts as strange, and none as familiar.
    """

    __slots__ = ()
    KEY = "familiar"

    def check(self, _photo: Photo, _facts: Facts, prediction: Prediction | None) -> Check:
        """`true`: yes or unsure; `false`: yes or no."""
        if prediction is None:
            return yes_or_no(self, holds=False, reason=_NO_PREDICTION)
        value, other = prediction.familiarity, Truth.UNSURE if self.wanted else Truth.NO
        if value is None:
            return Check(self.text, other, _NO_BANK)
        is_familiar = value >= STRANGE_BELOW
        shown, limit = shown_apart(value, STRANGE_BELOW)
        reason = f"familiarity {shown} {'>=' if is_familiar else '<'} {limit}"
        return Check(self.text, Truth.YES if is_familiar is self.wanted else other, reason)

    def truths(
        self, photo: Photo, facts: Facts, prediction: Prediction, _bounds: Bounds
    ) -> frozenset[Truth]:
        """Either, if the model has a bank."""
        if prediction.familiarity is None:
            return frozenset({self.check(photo, facts, prediction).truth})
        return frozenset({Truth.YES, Truth.UNSURE if self.wanted else Truth.NO})

    def covers(self, other: Condition) -> bool:
        """`true`: a limit of one's own that is not lower."""
        return self.wanted and isinstance(other, MinFamiliarity) and other.value >= STRANGE_BELOW

    @property
    def needs(self) -> Needs:
        """Nothing: the journal keeps the prediction."""
        return NOTHING


class Comparison(StrEnum):
    """How a probability is compared with a limit."""

    AT_LEAST = ">="
    ABOVE = ">"
    AT_MOST = "<="
    BELOW = "<"

    @property
    def opposite(self) -> Comparison:
        """What holds where this does not."""
        return _OPPOSITES[self]

    @property
    def is_lower(self) -> bool:
        """Whether it sets a lower limit."""
        return self in {Comparison.AT_LEAST, Comparison.ABOVE}

    def holds(self, value: float, limit: float) -> bool:
        """Whether the comparison holds."""
        match self:
            case Comparison.AT_LEAST:
                return value >= limit
            case Comparison.ABOVE:
                return value > limit
            case Comparison.AT_MOST:
                return value <= limit
            case Comparison.BELOW:
                return value < limit


_OPPOSITES = {
    Comparison.AT_LEAST: Comparison.BELOW,
    Comparison.ABOVE: Comparison.AT_MOST,
    Comparison.AT_MOST: Comparison.ABOVE,
    Comparison.BELOW: Comparison.AT_LEAST,
}


@dataclass(frozen=True, slots=True)
class Probability(Atom):
    """The probability of the class `of` compares with the limit, 0 to 1, as `comparison` says."""

    of: str
    comparison: Comparison
    limit: float

    @property
    def text(self) -> str:
        """As the YAML has it: `probability: {memes: ">= 0.3"}`."""
        limit = f"{self.comparison} {yaml_number(self.limit)}"
        return f'probability: {{{yaml_text(self.of)}: "{limit}"}}'

    @property
    def is_always(self) -> bool:
        """Whether every probability satisfies it."""
        always = ((Comparison.AT_LEAST, 0), (Comparison.AT_MOST, 1))
        return (self.comparison, self.limit) in always

    def check(self, _photo: Photo, _facts: Facts, prediction: Prediction | None) -> Check:
        """Yes or no; a class that the model does not have has the probability 0."""
        if prediction is None:
            return yes_or_no(self, holds=False, reason=_NO_PREDICTION)
        value = prediction.probabilities.get(self.of, 0.0)
        holds = self.comparison.holds(value, self.limit)
        shown, wanted = shown_apart(value, self.limit)
        found = self.comparison if holds else self.comparison.opposite
        return yes_or_no(self, holds=holds, reason=f"{self.of} {shown} {found} {wanted}")

    def truths(
        self, _photo: Photo, _facts: Facts, prediction: Prediction, bounds: Bounds
    ) -> frozenset[Truth]:
        """By the ends of what the probability may be."""
        values = [prediction.probabilities.get(self.of, 0.0)]
        if (reach := bounds.probabilities.get(self.of)) is not None:
            values += [reach.low, reach.high]
        held = (self.comparison.holds(value, self.limit) for value in values)
        return frozenset(Truth.YES if holds else Truth.NO for holds in held)

    def covers(self, other: Condition) -> bool:
        """One of the same class with a limit that is as strict or stricter."""
        if not isinstance(other, Probability) or self.of != other.of:
            return False
        if self.comparison.is_lower is not other.comparison.is_lower:
            return False
        # The limit itself is the last value that the other allows, or the first that it does not.
        is_open = other.comparison in {Comparison.ABOVE, Comparison.BELOW}
        if is_open and self.limit == other.limit:
            return True
        return self.comparison.holds(other.limit, self.limit)

    @property
    def needs(self) -> Needs:
        """Nothing: the journal keeps the prediction."""
        return NOTHING
