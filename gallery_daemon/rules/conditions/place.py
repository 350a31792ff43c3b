"""Conditions on where a photo was taken: near places that a person names, or whether it says so."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gallery_daemon.rules.condition import FILE, Atom, Boolean, Condition, Needs, yes_or_no
from gallery_daemon.rules.yamltext import one_or_list, shown_apart, yaml_number, yaml_text

if TYPE_CHECKING:
    from gallery_daemon.decision import Check
    from gallery_daemon.photo import Facts, Photo, Position, Prediction

EARTH_RADIUS_KM = 6371.0088
"""The mean radius. Source: Moritz, "Geodetic Reference System 1980" (R1 = 6371008.7714 m).

The earth is not a sphere, so a distance may be wrong by half a per cent: 25 m in 5 km.
"""


@dataclass(frozen=True, slots=True)
class Spot:
    """All within `km` of a point, in degrees north and east; only the reason uses `name`."""

    latitude: float
    longitude: float
    km: float
    name: str | None = None

    @property
    def text(self) -> str:
        """As the YAML has it: `{lat: 48.1, lon: 11.6, km: 5}`."""
        numbers = (("lat", self.latitude), ("lon", self.longitude), ("km", self.km))
        point = ", ".join(f"{key}: {yaml_number(value)}" for key, value in numbers)
        return f"{{{point}}}" if self.name is None else f"{{{point}, name: {yaml_text(self.name)}}}"

    @property
    def label(self) -> str:
        """Its name, or else the point."""
        point = f"{yaml_number(self.latitude)}, {yaml_number(self.longitude)}"
        return point if self.name is None else self.name

    def covers(self, other: Spot) -> bool:
        """Whether the other has the same centre and is no larger."""
        is_same = (self.latitude, self.longitude) == (other.latitude, other.longitude)
        return is_same and self.km >= other.km


@dataclass(frozen=True, slots=True)
class Near(Atom):
    """The photo was taken in one of the spots; without a position it was taken in none."""

    spots: tuple[Spot, ...]

    @property
    def text(self) -> str:
        """As the YAML has it: `near: {lat: 48.1, lon: 11.6, km: 5}`."""
        return f"near: {one_or_list(tuple(spot.text for spot in self.spots))}"

    def check(self, _photo: Photo, facts: Facts, _prediction: Prediction | None) -> Check:
        """Yes or no; the reason tells the distance and never the position."""
        if facts.position is None:
            return yes_or_no(self, holds=False, reason="no position is known")
        away = [(_distance_km(spot, facts.position), spot) for spot in self.spots]
        distance, spot = min(away, key=lambda each: each[0] - each[1].km)
        holds = distance <= spot.km
        shown, wanted = _shown_km(distance, spot.km)
        limit = "" if holds else f", more than {wanted} km"
        return yes_or_no(self, holds=holds, reason=f"{shown} km from {spot.label}{limit}")

    def covers(self, other: Condition) -> bool:
        """Near fewer or smaller spots."""
        if not isinstance(other, Near):
            return False
        return all(any(wide.covers(narrow) for wide in self.spots) for narrow in other.spots)

    @property
    def needs(self) -> Needs:
        """The file, which alone says where."""
        return FILE


class HasGps(Boolean):
    """The photo says where it was taken, or does not."""

    __slots__ = ()
    KEY = "has_gps"

    def check(self, _photo: Photo, facts: Facts, _prediction: Prediction | None) -> Check:
        """Yes or no."""
        known = "a GPS position" if facts.has_gps else "no GPS position"
        reason = f"the photo has {known}"
        return yes_or_no(self, holds=facts.has_gps is self.wanted, reason=reason)

    @property
    def needs(self) -> Needs:
        """The file, which alone says where."""
        return FILE


def _shown_km(distance: float, limit: float) -> tuple[str, str]:
    """Both in kilometres: from ten on whole numbers, where these tell the two apart.

    The reason goes into the journal and is printed by `explain`, and three exact distances give
    away a position.
    """
    whole = round(distance)
    if whole >= 10 and (whole > limit) is (distance > limit):  # noqa: PLR2004 - kilometres
        return str(whole), yaml_number(limit)
    return shown_apart(distance, limit)


def _distance_km(spot: Spot, position: Position) -> float:
    """The distance on the sphere.

    Source: the haversine formula (Sinnott, "Virtues of the haversine", Sky and Telescope 68, 1984).
    """
    north, far_north = math.radians(spot.latitude), math.radians(position.latitude)
    half_up = (far_north - north) / 2
    half_across = math.radians(position.longitude - spot.longitude) / 2
    share = (
        math.sin(half_up) ** 2 + math.cos(north) * math.cos(far_north) * math.sin(half_across) ** 2
    )
    # Rounding can bring the share of opposite points above 1.
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(min(1.0, share)))
