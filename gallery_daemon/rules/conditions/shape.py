"""Conditions on what can be measured of a photo: its size, its sides, and whether it has EXIF.

An aspect is the long side by the short one, whichever way up the photo is.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from gallery_daemon.rules.condition import (
    FILE,
    NOTHING,
    Atom,
    Boolean,
    Condition,
    Needs,
    is_within,
    yes_or_no,
)
from gallery_daemon.rules.yamltext import ends_map, one_or_list, yaml_number

if TYPE_CHECKING:
    from gallery_daemon.decision import Check
    from gallery_daemon.photo import Facts, Photo, Prediction

_MILLION = 1_000_000


class HasExif(Boolean):
    """The photo has EXIF, or has none."""

    __slots__ = ()
    KEY = "has_exif"

    def check(self, _photo: Photo, facts: Facts, _prediction: Prediction | None) -> Check:
        """Yes or no."""
        reason = "the photo has EXIF" if facts.has_exif else "the photo has no EXIF"
        return yes_or_no(self, holds=facts.has_exif is self.wanted, reason=reason)

    @property
    def needs(self) -> Needs:
        """The file."""
        return FILE


class Measure(StrEnum):
    """What can be measured of a photo."""

    WIDTH = "width"
    HEIGHT = "height"
    MEGAPIXELS = "megapixels"
    SIZE = "size"
    ASPECT = "aspect"


@dataclass(frozen=True, slots=True)
class Between(Atom):
    """A measure is at least `low` and at most `high`.

    Pixels, megapixels, bytes for the size, and for the aspect the long side by the short one.
    """

    measure: Measure
    low: float | None
    high: float | None

    @property
    def text(self) -> str:
        """As the YAML has it: `width: {min: 4000}`."""
        return f"{self.measure}: {ends_map(self._exactly, min=self.low, max=self.high)}"

    def check(self, photo: Photo, facts: Facts, _prediction: Prediction | None) -> Check:
        """Yes or no."""
        value = _measured(self.measure, photo, facts)
        shown = f"{self.measure} {self._show(value)}"
        if self.low is not None and value < self.low:
            return yes_or_no(self, holds=False, reason=f"{shown} < {self._show(self.low)}")
        if self.high is not None and value > self.high:
            return yes_or_no(self, holds=False, reason=f"{shown} > {self._show(self.high)}")
        return yes_or_no(self, holds=True, reason=shown)

    def covers(self, other: Condition) -> bool:
        """The same measure in a range within this one."""
        if not isinstance(other, Between) or self.measure is not other.measure:
            return False
        return is_within((other.low, other.high), (self.low, self.high))

    @property
    def needs(self) -> Needs:
        """The file, but for the size, which the journal keeps."""
        return NOTHING if self.measure is Measure.SIZE else FILE

    def _exactly(self, value: float) -> str:
        """As the YAML may have it."""
        is_size = self.measure is Measure.SIZE
        return f"{yaml_number(value / _MILLION)}MB" if is_size else yaml_number(value)

    def _show(self, value: float) -> str:
        """For a reason, where seven digits are enough."""
        return f"{value / _MILLION:.7g}MB" if self.measure is Measure.SIZE else f"{value:.7g}"


class Orientation(StrEnum):
    """The shape of a photo as a person sees it."""

    LANDSCAPE = "landscape"
    PORTRAIT = "portrait"
    SQUARE = "square"


@dataclass(frozen=True, slots=True)
class OrientationIs(Atom):
    """The photo is wider than high, higher than wide, or square."""

    orientations: tuple[Orientation, ...]

    @property
    def text(self) -> str:
        """As the YAML has it: `orientation: portrait`."""
        return f"orientation: {one_or_list(self.orientations)}"

    def check(self, _photo: Photo, facts: Facts, _prediction: Prediction | None) -> Check:
        """Yes or no."""
        shape = _shape(facts.width, facts.height)
        reason = f"{facts.width}x{facts.height} is {shape}"
        return yes_or_no(self, holds=shape in self.orientations, reason=reason)

    def covers(self, other: Condition) -> bool:
        """Fewer orientations."""
        return isinstance(other, OrientationIs) and {*other.orientations} <= {*self.orientations}

    @property
    def needs(self) -> Needs:
        """The file."""
        return FILE


def _shape(width: int, height: int) -> Orientation:
    if width == height:
        return Orientation.SQUARE
    return Orientation.LANDSCAPE if width > height else Orientation.PORTRAIT


def _measured(measure: Measure, photo: Photo, facts: Facts) -> float:
    measures: dict[Measure, float] = {
        Measure.WIDTH: facts.width,
        Measure.HEIGHT: facts.height,
        Measure.MEGAPIXELS: facts.width * facts.height / _MILLION,
        Measure.SIZE: photo.identity.size_bytes,
        Measure.ASPECT: aspect(facts),
    }
    return measures[measure]


TOLERANCE = 0.01
"""A ratio is met within one per cent.

Cameras round their sides to multiples of 8 or 16: 4080x3072 is called 4:3 and is 0.4% off, and
1920x1088, called 16:9, 0.7%. Of the ratios that cameras offer, 5:3 and 16:9 are nearest to each
other, 6% apart.
"""


@dataclass(frozen=True, slots=True)
class Ratio:
    """One side to the other."""

    long: float
    short: float

    @property
    def text(self) -> str:
        """As the YAML has it: `"4:3"`, in quotes, because YAML 1.1 takes 4:3 for 243."""
        return f'"{yaml_number(self.long)}:{yaml_number(self.short)}"'

    @property
    def value(self) -> float:
        """At least 1."""
        return max(self.long, self.short) / min(self.long, self.short)


@dataclass(frozen=True, slots=True)
class AspectIs(Atom):
    """The long side to the short side is one of the ratios, within `TOLERANCE`."""

    ratios: tuple[Ratio, ...]

    @property
    def text(self) -> str:
        """As the YAML has it: `aspect: "4:3"`."""
        return f"aspect: {self._wanted}"

    def check(self, _photo: Photo, facts: Facts, _prediction: Prediction | None) -> Check:
        """Yes or no."""
        value = aspect(facts)
        near = next((r for r in self.ratios if abs(value / r.value - 1) <= TOLERANCE), None)
        shown = f"{facts.width}x{facts.height} is {value:.3f}:1"
        reason = f"{shown}, not {self._wanted}" if near is None else f"{shown}, so {near.text}"
        return yes_or_no(self, holds=near is not None, reason=reason)

    def covers(self, other: Condition) -> bool:
        """Fewer ratios."""
        return isinstance(other, AspectIs) and {*other.ratios} <= {*self.ratios}

    @property
    def needs(self) -> Needs:
        """The file."""
        return FILE

    @property
    def _wanted(self) -> str:
        return one_or_list(tuple(ratio.text for ratio in self.ratios))


def aspect(facts: Facts) -> float:
    """The long side by the short side, at least 1; 0 if the sides are not known."""
    short, long = sorted((facts.width, facts.height))
    return long / short if short > 0 else 0.0
