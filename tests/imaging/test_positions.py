"""What the metadata say of the place: a position on earth, or none."""

from __future__ import annotations

import pytest
from PIL.ExifTags import GPS
from PIL.TiffImagePlugin import IFDRational

from gallery_daemon.photo import Position
from tests.imaging.test_facts import facts, told
from tests.imaging.test_xmp import packet

NAN = float("nan")
EMPTY = IFDRational(0, 0)
EAST = (13.0, 24.0, 18.0)


def coordinates(
    latitude: object, longitude: object, sides: tuple[object, object] = ("N", "E")
) -> dict[int, object]:
    """The four tags of a position."""
    return {
        GPS.GPSLatitudeRef: sides[0], GPS.GPSLatitude: latitude,
        GPS.GPSLongitudeRef: sides[1], GPS.GPSLongitude: longitude,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("latitude", "expected"),
    [
        ((52.0, 31.0, 12.0), 52.52),
        ((IFDRational(52), IFDRational(31), IFDRational(1200, 100)), 52.52),
        ((52, 31, 12), 52.52),
        # Seconds, or minutes and seconds, are empty or missing.
        ((52.0, 30.0, EMPTY), 52.5),
        ((52.5, EMPTY, EMPTY), 52.5),
        ((52.0, EMPTY, 36.0), 52.01),
        ((52.0, 30.0), 52.5),
        ((52.5,), 52.5),
        (52.5, 52.5),
        (IFDRational(525, 10), 52.5),
        (52, 52.0),
        ((52.0, 30.0, 0.0, 7.0), 52.5),
        ((0.0, 30.0, 0.0), 0.5),
        ((0.0, 0.0, 0.0), 0.0),
        ((90.0, 0.0, 0.0), 90.0),
        # Texts, as bytes too.
        ("52.25", 52.25),
        ("52,30", 52.5),
        ("52,30,0N", 52.5),
        ("52 30 0", 52.5),
        ("52° 30' 0\" N", 52.5),
        ("52 deg 30' 0.00\"", 52.5),
        (b"52.5\0", 52.5),
        ("N52.5", 52.5),
        ("52.5 North", 52.5),
        ("+52.5", 52.5),
        # No degrees, or what is no number.
        ((EMPTY, 30.0, 0.0), None),
        ((EMPTY, EMPTY, EMPTY), None),
        (EMPTY, None),
        ((IFDRational(52, 0), 0.0, 0.0), None),
        ((52.0, IFDRational(30, 0), 0.0), None),
        ((NAN, 0.0, 0.0), None),
        ((float("inf"), 0.0, 0.0), None),
        ((52.0, NAN, 0.0), None),
        ((52.0, None, 0.0), None),
        ((), None),
        (None, None),
        ("", None),
        ("north", None),
        (b"\xff\xfe", None),
        ("52.5E", None),
        ("52,1375", None),
        ("52.5.1", None),
        # Nowhere on earth.
        ((91.0, 0.0, 0.0), None),
        ((200.0, 0.0, 0.0), None),
        ((90.0, 0.0, 1.0), None),
        ((1e308, 1e308, 1e308), None),
        ("90.1", None),
    ],
)
def test_a_latitude_is_read_in_every_form(latitude: object, expected: float | None) -> None:
    """What is empty or missing counts as 0, except for the degrees."""
    known = facts(told(gps=coordinates(latitude, EAST)))

    assert (expected is not None) is known.has_gps is (known.position is not None)
    assert known.position is None or known.position.latitude == pytest.approx(expected)


@pytest.mark.parametrize(
    ("latitude", "longitude", "expected"),
    [
        ((0.0, 0.0, 0.0), (13.0, 0.0, 0.0), True),
        ((52.0, 0.0, 0.0), (0.0, 0.0, 0.0), True),
        ((52.0, 0.0, 0.0), (180.0, 0.0, 0.0), True),
        ((0.0, 0.0, 0.0), (0.0, 0.0, 0.0), False),
        ((0.0, EMPTY, EMPTY), (0.0, EMPTY, EMPTY), False),
        (0.0, 0.0, False),
        ("0.0", "0,0,0E", False),
        ((52.0, 31.0, 12.0), (181.0, 0.0, 0.0), False),
        ((52.0, 31.0, 12.0), (200.0, 0.0, 0.0), False),
        ((52.0, 31.0, 12.0), (EMPTY, EMPTY, EMPTY), False),
        ((52.0, 31.0, 12.0), None, False),
    ],
)
def test_a_place_counts_if_it_can_be_one(
    latitude: object, longitude: object, expected: bool
) -> None:
    """Empty GPS blocks, impossible degrees and the 0, 0 of a missing fix are no place."""
    known = facts(told(gps=coordinates(latitude, longitude)))

    assert expected is known.has_gps is (known.position is not None)


@pytest.mark.parametrize(
    ("sides", "expected"),
    [
        (("N", "E"), Position(52.5, 13.25)),
        (("S", "W"), Position(-52.5, -13.25)),
        (("s\0", " w "), Position(-52.5, -13.25)),
        (("North", "WEST"), Position(52.5, -13.25)),
        ((b"S\0", b"W"), Position(-52.5, -13.25)),
        (("", "E"), None),
        (("N", None), None),
        (("E", "N"), None),
        (("N", "N"), None),
        (("\0", "E"), None),
        ((3, "E"), None),
    ],
)
def test_a_position_has_both_sides(sides: tuple[object, object], expected: Position | None) -> None:
    """Without a hemisphere it could be anywhere, and is only known to be known."""
    known = facts(told(gps=coordinates((52.0, 30.0, 0.0), (13.0, 15.0, 0.0), sides)))

    assert expected == known.position
    assert known.has_gps


@pytest.mark.parametrize(
    ("latitude", "sides", "expected"),
    [
        ((-52.5, 0.0, 0.0), ("S", "E"), -52.5),
        ((-52.0, 30.0, 0.0), ("S", "E"), -52.5),
        ((-52.0, 30.0, 0.0), (None, "E"), -52.5),
        ("-52.5", (None, "E"), -52.5),
        ("-52.5", ("S", "E"), -52.5),
        ("52.5S", (None, "E"), -52.5),
        ("52.5S", ("N", "E"), -52.5),
    ],
)
def test_a_sign_or_a_letter_says_the_hemisphere(
    latitude: object, sides: tuple[object, object], expected: float
) -> None:
    """Of a signed value with its letter the letter counts, once."""
    known = facts(told(gps=coordinates(latitude, EAST, sides)))

    assert known.position is not None
    assert known.position.latitude == pytest.approx(expected)


@pytest.mark.parametrize(
    ("north", "east", "expected"),
    [
        ("48,8.25N", "11,34.5E", Position(48.1375, 11.575)),
        ("48,8,15N", "11,34,30E", Position(48.1375, 11.575)),
        ("48,8.25S", "11,34.5W", Position(-48.1375, -11.575)),
        ("48.1375N", "11.575E", Position(48.1375, 11.575)),
        ("48.1375", "-11.575", Position(48.1375, -11.575)),
        ("48 8 15 N", "11 34 30 E", Position(48.1375, 11.575)),
        ("0,0.0N", "0,0.0E", None),
        ("200,0.0N", "11,34.5E", None),
        ("48,8.25E", "11,34.5E", None),
        ("48,8.25N", "", None),
        ("N", "E", None),
    ],
)
def test_a_place_in_xmp_alone_counts(north: str, east: str, expected: Position | None) -> None:
    """In XMP's own form, and in those of the wild."""
    xmp = packet(f'exif:GPSLatitude="{north}" exif:GPSLongitude="{east}"')

    known = facts(told(xmp=xmp.encode()))

    assert (expected is not None) is known.has_gps
    assert (known.position is None) is (expected is None)
    if expected and known.position:
        assert known.position.latitude == pytest.approx(expected.latitude)
        assert known.position.longitude == pytest.approx(expected.longitude)


def test_exifs_place_goes_before_xmps() -> None:
    """But a whole one before one without hemispheres."""
    xmp = packet('exif:GPSLatitude="48,8.25N" exif:GPSLongitude="11,34.5E"').encode()
    whole = coordinates((52.5, 0.0, 0.0), (13.25, 0.0, 0.0))
    half = coordinates((52.5, 0.0, 0.0), (13.25, 0.0, 0.0), ("", ""))
    beside = packet(
        'exif:GPSLatitude="48,8.25" exif:GPSLongitude="11,34.5" '
        'exif:GPSLatitudeRef="S" exif:GPSLongitudeRef="W"'
    ).encode()

    assert Position(52.5, 13.25) == facts(told(gps=whole, xmp=xmp)).position
    assert Position(48.1375, 11.575) == facts(told(gps=half, xmp=xmp)).position
    assert Position(-48.1375, -11.575) == facts(told(xmp=beside)).position
