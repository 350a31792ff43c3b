"""What the metadata say of the place: a position on earth, or none."""

from __future__ import annotations

import pytest
from PIL.ExifTags import GPS
from PIL.TiffImagePlugin import IFDRational

from gallery_daemon.photo import Position
from tests.imaging.test_facts import facts, told

NAN = float("nan")


@pytest.mark.parametrize(
    ("latitude", "longitude", "expected"),
    [
        ((52.0, 31.0, 12.0), (13.0, 24.0, 18.0), True),
        ((0.0, 0.0, 0.0), (13.0, 0.0, 0.0), True),
        ((0.0, 0.0, 0.0), (0.0, 0.0, 0.0), False),
        ((NAN, 0.0, 0.0), (13.0, 0.0, 0.0), False),
        ((IFDRational(1, 0), IFDRational(0, 0), 0.0), (13.0, 0.0, 0.0), False),
        ((91.0, 0.0, 0.0), (13.0, 0.0, 0.0), False),
        ((52.0, 31.0, 12.0), (181.0, 0.0, 0.0), False),
        ((52.0, 31.0), (13.0, 24.0, 18.0), False),
        ((52.0, 31.0, 12.0), None, False),
        (52.0, 13.0, False),
        (b"52", "13", False),
    ],
)
def test_a_place_counts_if_it_can_be_one(
    latitude: object,
    longitude: object,
    expected: bool,
) -> None:
    """Empty GPS blocks, divisions by zero and the 0, 0 of a missing fix are no place."""
    gps: dict[int, object] = {GPS.GPSLatitude: latitude, GPS.GPSLongitude: longitude}

    assert expected is facts(told(gps=gps)).has_gps


@pytest.mark.parametrize(
    ("sides", "expected"),
    [
        (("N", "E"), Position(52.5, 13.25)),
        (("S", "W"), Position(-52.5, -13.25)),
        (("s\0", " w "), Position(-52.5, -13.25)),
        (("", "E"), None),
        (("N", None), None),
        (("E", "N"), None),
        ((b"N", "E"), None),
        ((3, "E"), None),
    ],
)
def test_a_position_has_both_sides(sides: tuple[object, object], expected: Position | None) -> None:
    """Degrees, minutes and seconds become degrees; without a hemisphere it could be anywhere."""
    gps: dict[int, object] = {
        GPS.GPSLatitudeRef: sides[0], GPS.GPSLatitude: (52.0, 30.0, 0.0),
        GPS.GPSLongitudeRef: sides[1], GPS.GPSLongitude: (13.0, 15.0, 0.0),
    }  # fmt: skip

    assert expected == facts(told(gps=gps)).position


@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [
        ((0.0, 0.0, 0.0), (0.0, 0.0, 0.0)),
        ((NAN, 0.0, 0.0), (13.0, 0.0, 0.0)),
        ((90.0, 0.0, 1.0), (13.0, 0.0, 0.0)),
        ((1e308, 1e308, 1e308), (13.0, 0.0, 0.0)),
        ((IFDRational(1, 0), IFDRational(0, 0), 0.0), (13.0, 0.0, 0.0)),
    ],
)
def test_what_is_no_place_has_no_position(latitude: object, longitude: object) -> None:
    """A position is there only with `has_gps`."""
    gps: dict[int, object] = {
        GPS.GPSLatitudeRef: "N", GPS.GPSLatitude: latitude,
        GPS.GPSLongitudeRef: "E", GPS.GPSLongitude: longitude,
    }  # fmt: skip

    assert facts(told(gps=gps)).position is None
