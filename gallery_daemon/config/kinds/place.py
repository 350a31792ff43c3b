"""Places on earth: what `near` takes, with a distance, and where the photo of a test was taken."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gallery_daemon.config.kinds.base import Text
from gallery_daemon.config.kinds.quantity import Number
from gallery_daemon.config.section import Key, Schema, Table
from gallery_daemon.photo import Position
from gallery_daemon.rules.conditions.place import Spot

if TYPE_CHECKING:
    from gallery_daemon.config.document import Node
    from gallery_daemon.config.mistakes import Mistakes

# Half the way round the earth; nothing is farther away.
_FARTHEST_KM = 20_040

LATITUDE = Key("lat", Number(-90, 90), example="48.1")
LONGITUDE = Key("lon", Number(-180, 180), example="11.6")
DISTANCE = Key("km", Number(0.001, _FARTHEST_KM), example="5")
NAME = Key("name", Text())
_SPOT = Table("", (LATITUDE, LONGITUDE, DISTANCE, NAME))
_POSITION = Table("", (LATITUDE, LONGITUDE))


@dataclass(frozen=True, slots=True)
class SpotKind:
    """`{lat, lon, km}`, and a `name` if a person likes."""

    words: str = "a place such as {lat: 48.1, lon: 11.6, km: 5}"

    @property
    def schema(self) -> Schema:
        """All but the name must be there."""
        return _SPOT.schema()

    def read(self, node: Node, key: str, mistakes: Mistakes) -> Spot | None:
        """The place."""
        found = replace(_SPOT, what=key).read(node, mistakes)
        if found is None or not found.is_whole:
            return None
        latitude, longitude = found.get(LATITUDE), found.get(LONGITUDE)
        distance = found.get(DISTANCE)
        if latitude is None or longitude is None or distance is None:
            return None
        return Spot(latitude, longitude, distance, found.get(NAME))


@dataclass(frozen=True, slots=True)
class PositionKind:
    """`{lat, lon}`."""

    words: str = "a position such as {lat: 48.1, lon: 11.6}"

    @property
    def schema(self) -> Schema:
        """Both must be there."""
        return _POSITION.schema()

    def read(self, node: Node, key: str, mistakes: Mistakes) -> Position | None:
        """The position."""
        found = replace(_POSITION, what=key).read(node, mistakes)
        if found is None:
            return None
        latitude, longitude = found.get(LATITUDE), found.get(LONGITUDE)
        if latitude is None or longitude is None or not found.is_whole:
            return None
        return Position(latitude, longitude)
