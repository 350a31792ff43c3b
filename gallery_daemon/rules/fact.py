"""Conditions on what a photo says of itself: its metadata, its size and shape."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from gallery_daemon.rules.aspect import aspect
from gallery_daemon.rules.condition import yes_or_no
from gallery_daemon.rules.wording import one_or_list, yaml_number

if TYPE_CHECKING:
    from gallery_daemon.decision import Check
    from gallery_daemon.photo import Facts, Photo, Prediction

_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class HasExif:
    """The photo has EXIF, or has none."""

    wanted: bool

    @property
    def text(self) -> str:
        """As the YAML has it: `has_exif: true`."""
        return f"has_exif: {str(self.wanted).lower()}"

    def check(self, _photo: Photo, facts: Facts, _prediction: Prediction | None) -> Check:
        """Yes or no."""
        reason = "the photo has EXIF" if facts.has_exif else "the photo has no EXIF"
        return yes_or_no(self, holds=facts.has_exif is self.wanted, reason=reason)


@dataclass(frozen=True, slots=True)
class HasGps:
    """The photo says where it was taken, or does not."""

    wanted: bool

    @property
    def text(self) -> str:
        """As the YAML has it: `has_gps: true`."""
        return f"has_gps: {str(self.wanted).lower()}"

    def check(self, _photo: Photo, facts: Facts, _prediction: Prediction | None) -> Check:
        """Yes or no."""
        reason = (
            "the photo has a GPS position" if facts.has_gps else "the photo has no GPS position"
        )
        return yes_or_no(self, holds=facts.has_gps is self.wanted, reason=reason)


class Measure(StrEnum):
    """What can be measured of a photo."""

    WIDTH = "width"
    HEIGHT = "height"
    MEGAPIXELS = "megapixels"
    SIZE = "size"
    ASPECT = "aspect"


@dataclass(frozen=True, slots=True)
class Between:
    """A measure is at least `low` and at most `high`.

    Pixels, megapixels, bytes for the size, and for the aspect the long side by the short one.
    """

    measure: Measure
    low: float | None
    high: float | None

    @property
    def text(self) -> str:
        """As the YAML has it: `width: {min: 4000}`."""
        ends = (("min", self.low), ("max", self.high))
        told = (f"{key}: {self._exactly(end)}" for key, end in ends if end is not None)
        return f"{self.measure}: {{{', '.join(told)}}}"

    def check(self, photo: Photo, facts: Facts, _prediction: Prediction | None) -> Check:
        """Yes or no."""
        value = _measured(self.measure, photo, facts)
        shown = f"{self.measure} {self._show(value)}"
        if self.low is not None and value < self.low:
            return yes_or_no(self, holds=False, reason=f"{shown} < {self._show(self.low)}")
        if self.high is not None and value > self.high:
            return yes_or_no(self, holds=False, reason=f"{shown} > {self._show(self.high)}")
        return yes_or_no(self, holds=True, reason=shown)

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
class OrientationIs:
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
