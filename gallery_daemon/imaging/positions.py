"""Where a photo was taken, of what EXIF's and XMP's coordinates say.

EXIF has degrees, minutes and seconds as three fractions, and 0/0 for those that are not given; some
programs write fewer, or text. XMP has one text with the hemisphere's letter: `48,8.25N`,
`48,8,15N`, and in the wild `48.1375`. Degrees must be there, and what is given must be a place on
earth. 0, 0 is what devices write without a fix.

Sources: EXIF 3.0, section 4.6.6; XMP specification, part 2 (GPSCoordinate).
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PIL.ExifTags import GPS

from gallery_daemon.imaging.texts import clean
from gallery_daemon.photo import Position

if TYPE_CHECKING:
    from collections.abc import Mapping

_QUARTER, _HALF = 90.0, 180.0
_SHARES = (1, 60, 3600)
_NUMBER = r"(\d{1,5}(?:\.\d{0,20})?)"
_APART = r"(?:[\s,;:°º'′d]|deg)+"  # noqa: RUF001 - signs of degrees and minutes
_TEXT = re.compile(
    rf"\s*([NSEW]?)\s*([+-]?){_NUMBER}(?:{_APART}{_NUMBER}(?:{_APART}{_NUMBER})?)?"
    r"[\s°º'′\"″]{0,4}([NSEW]?)\w*\s*",  # noqa: RUF001
    re.IGNORECASE | re.ASCII,
)


@dataclass(frozen=True, slots=True)
class _Coordinate:
    """Degrees without a sign, and the hemisphere: 1, -1, or 0 where it is not said."""

    degrees: float
    sign: int


_Pair = tuple[_Coordinate, _Coordinate]


def has_position(gps: Mapping[int, object], xmp: Mapping[str, str]) -> bool:
    """Whether EXIF or XMP says where it was taken, be it without the hemisphere."""
    return bool(_of_exif(gps) or _of_xmp(xmp))


def position_of(gps: Mapping[int, object], xmp: Mapping[str, str]) -> Position | None:
    """Where it was taken: by EXIF, else by XMP; None also where the hemisphere is missing."""
    for pair in (_of_exif(gps), _of_xmp(xmp)):
        if pair and pair[0].sign and pair[1].sign:
            return Position(*(each.sign * each.degrees for each in pair))
    return None


def _of_exif(gps: Mapping[int, object]) -> _Pair | None:
    return _pair(
        (gps.get(GPS.GPSLatitude), gps.get(GPS.GPSLatitudeRef)),
        (gps.get(GPS.GPSLongitude), gps.get(GPS.GPSLongitudeRef)),
    )


def _of_xmp(xmp: Mapping[str, str]) -> _Pair | None:
    return _pair(
        (xmp.get("exif:GPSLatitude"), xmp.get("exif:GPSLatitudeRef")),
        (xmp.get("exif:GPSLongitude"), xmp.get("exif:GPSLongitudeRef")),
    )


def _pair(north: tuple[object, object], east: tuple[object, object]) -> _Pair | None:
    """Both coordinates, each of a value and what says its hemisphere; None if it is no place."""
    latitude = _coordinate(*north, "NS", _QUARTER)
    longitude = _coordinate(*east, "EW", _HALF)
    if latitude is None or longitude is None or latitude.degrees == longitude.degrees == 0:
        return None
    return latitude, longitude


def _coordinate(value: object, side: object, sides: str, most: float) -> _Coordinate | None:
    """The hemisphere is what the value's own letter says, else the tag beside it, else its sign."""
    text = clean(value)
    parts, letter, sign = _of_text(text) if text else _of_numbers(value)
    total = sum(part / share for part, share in zip(parts, _SHARES, strict=False))
    if not parts or not math.isfinite(total) or total > most:
        return None
    # Of the other axis' letters the value's own makes it no coordinate of this one.
    if letter and letter not in sides:
        return None
    letter = letter or clean(side)[:1].upper()
    if letter:
        sign = 0 if letter not in sides else 1 - 2 * sides.index(letter)
    return _Coordinate(total, sign)


def _of_text(text: str) -> tuple[list[float], str, int]:
    """Its numbers, its letter, and its sign: one number alone is meant with its sign."""
    found = _TEXT.fullmatch(text)
    if found is None:
        return [], "", 0
    before, minus, *numbers, behind = found.groups()
    parts = [float(number) for number in numbers if number]
    if any(part >= 60 for part in parts[1:]):  # noqa: PLR2004 - "48,1375" is no minutes
        return [], "", 0
    alone = 1 if len(parts) == 1 else 0
    return parts, (before or behind).upper(), -1 if minus == "-" else alone


def _of_numbers(value: object) -> tuple[list[float], str, int]:
    """EXIF's numbers without their sign, 0 for those that are not given, and the degrees' sign."""
    given = value if isinstance(value, tuple) else (value,)
    parts = [_number(part) for part in given[: len(_SHARES)]]
    if not parts or parts[0] is None:
        return [], "", 0
    return [abs(part or 0.0) for part in parts], "", -1 if parts[0] < 0 else 0


def _number(part: object) -> float | None:
    """A number; None for 0/0, which stands for one that is not given."""
    numerator = getattr(part, "numerator", None)
    if numerator == 0 == getattr(part, "denominator", None):
        return None
    try:
        return float(part)  # type: ignore[arg-type]
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        return math.nan
