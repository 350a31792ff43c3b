"""What `near` takes: a place on earth and a distance from it, or a list of such."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gallery_daemon.config.amounts import Number
from gallery_daemon.config.kinds import Text
from gallery_daemon.config.tables import Key, Table
from gallery_daemon.rules.distance import Spot

if TYPE_CHECKING:
    from gallery_daemon.config.document import Node
    from gallery_daemon.config.report import Report

# Half the way round the earth; nothing is farther away.
_FARTHEST_KM = 20_040

LATITUDE = Key("lat", Number(-90, 90), example="48.1")
LONGITUDE = Key("lon", Number(-180, 180), example="11.6")
DISTANCE = Key("km", Number(0.001, _FARTHEST_KM), example="5")
NAME = Key("name", Text())


@dataclass(frozen=True, slots=True)
class SpotKind:
    """`{lat, lon, km}`, and a `name` if a person likes."""

    words: str = "a place such as {lat: 48.1, lon: 11.6, km: 5}"

    def read(self, node: Node, key: str, report: Report) -> Spot | None:
        """The place."""
        found = Table(key, (LATITUDE, LONGITUDE, DISTANCE, NAME)).read(node, report)
        if found is None or not found.is_whole:
            return None
        latitude, longitude = found.get(LATITUDE), found.get(LONGITUDE)
        distance = found.get(DISTANCE)
        if latitude is None or longitude is None or distance is None:
            return None
        return Spot(latitude, longitude, distance, found.get(NAME))
