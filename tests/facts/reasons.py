"""Why our facts and ExifTool's differ: the disagreements whose reason is known.

A reason holds only where both answers follow from it: it says what ExifTool's answer must be and
what ours must be, for that format and those tags. So none excuses a fault of ours beside it.
"""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import TYPE_CHECKING, NamedTuple

from tests.facts import witnesses
from tests.facts.compare import agree_on_date, agree_on_position, date_of, dates_said

if TYPE_CHECKING:
    from collections.abc import Callable

    from gallery_daemon.photo import Facts
    from tests.facts.compare import Compared
    from tests.facts.exiftool import Said

_ORIENTATIONS = frozenset(map(str, range(1, 9)))
_LYING = range(5, 9)
_YEARS = range(1840, 2100)
# The first days of clocks that were never set, and moments that count only with another witness.
_UNSET = ("19700101", "19800101", "19040101", "19691231")
_DOUBTFUL = ("20000101", "20021208120000")
# Four digits, and then no fifth: a year comes first in every order that EXIF and XMP have.
_YEAR_FIRST = re.compile(r"\s*\d{4}(?!\d(?!\d{3}))", re.ASCII)
# EXIF's number for a turn of the container against the clock, without a mirror and by either axis.
_TURNS: dict[tuple[object, int | None], int] = {
    (None, None): 1, (None, 0): 4, (None, 1): 2, (0, None): 1, (0, 0): 4, (0, 1): 2,
    (90, None): 8, (90, 0): 5, (90, 1): 7, (180, None): 3, (180, 0): 2, (180, 1): 4,
    (270, None): 6, (270, 0): 7, (270, 1): 5,
}  # fmt: skip


class _Reason(NamedTuple):
    """When it is the reason of a disagreement about a fact, and its words."""

    fact: str
    holds: Callable[[Compared, Facts, Said], bool]
    words: str


def _is_no_orientation(compared: Compared, _ours: Facts, _theirs: Said) -> bool:
    return compared.theirs not in _ORIENTATIONS and compared.ours == "1"


def _is_turned_by_heic(compared: Compared, ours: Facts, theirs: Said) -> bool:
    return (
        ours.format == "heic"
        and compared.ours == "1"
        and ("QuickTime:Rotation" in theirs or _says_all(theirs) or _axis(compared) is not None)
    )


def _is_turned_by_avif(compared: Compared, ours: Facts, theirs: Said) -> bool:
    turn = theirs.get("QuickTime:Rotation"), _axis(compared)
    return ours.format == "avif" and _TURNS.get(turn) == ours.orientation


def _is_cropped(compared: Compared, ours: Facts, theirs: Said) -> bool:
    """ExifTool gives the whole size, turned; ours is the part, turned as well."""
    part = str(theirs.get("QuickTime:CleanAperture", "")).split()[:2]
    is_turned = theirs.get("QuickTime:Rotation") in {90, 270}
    return (
        ours.format in {"heic", "avif"}
        and len(part) == len(("width", "height"))
        and compared.ours == "x".join(part[::-1] if is_turned else part)
    )


def _is_turned_by_exif(compared: Compared, ours: Facts, theirs: Said) -> bool:
    return (
        ours.format == "heic"
        and "QuickTime:Rotation" not in theirs
        and not _says_all(theirs)
        and theirs.get("IFD0:Orientation") == ours.orientation
        and ours.orientation in _LYING
        and compared.theirs == f"{ours.height}x{ours.width}"
    )


def _is_of_os2(compared: Compared, ours: Facts, _theirs: Said) -> bool:
    return (
        ours.format == "bmp"
        and compared.theirs == f"{ours.width}x0"
        and witnesses.bitmap_size(compared.name) == (ours.width, ours.height)
    )


def _is_passed_over(compared: Compared, ours: Facts, theirs: Said) -> bool:
    """The same EXIF by itself gives our date."""
    if ours.format != "heic" or any(tag.startswith(("IFD0:", "ExifIFD:")) for tag in theirs):
        return False
    alone = date_of(witnesses.said_of_exif_item(compared.name))
    return compared.ours is not None and alone is not None and agree_on_date(compared.ours, alone)


def _is_unset(compared: Compared, _ours: Facts, theirs: Said) -> bool:
    name = re.sub(r"\D", "", PurePath(compared.name).name)
    doubtful = tuple(day for day in _DOUBTFUL if day[:8] not in name)
    return _agrees_without(
        compared, theirs, lambda text: _digits(text).startswith((*_UNSET, *doubtful))
    )


def _is_no_date(compared: Compared, _ours: Facts, theirs: Said) -> bool:
    return _agrees_without(
        compared,
        theirs,
        lambda text: not _YEAR_FIRST.match(text) or int(_digits(text)[:4]) not in _YEARS,
    )


def _is_nowhere(compared: Compared, _ours: Facts, _theirs: Said) -> bool:
    latitude, longitude = map(float, (compared.theirs or "0 0").split())
    return compared.ours is None and (abs(latitude) > 90 or abs(longitude) > 180)


def _has_decimal_commas(compared: Compared, _ours: Facts, _theirs: Said) -> bool:
    """ExifTool's answer is the fraction as minutes, of which there are sixty at least."""
    if compared.ours is not None or compared.theirs is None:
        return False
    pairs = witnesses.decimal_commas(compared.name)
    if len(pairs) != len(("latitude", "longitude")):
        return False
    as_minutes = " ".join(f"{degrees + behind / 60:.6f}" for degrees, behind in pairs)
    is_no_minute = any(behind >= 60 for _, behind in pairs)
    return is_no_minute and agree_on_position(as_minutes, compared.theirs)


def _lacks_parts(compared: Compared, _ours: Facts, theirs: Said) -> bool:
    """ExifTool's answer is empty; its numbers, with 0 for 0/0, are our place."""
    if compared.theirs is not None or compared.ours is None:
        return False
    if not witnesses.has_undefined_parts(compared.name):
        return False
    degrees = witnesses.raw_degrees(compared.name)
    signs = (
        -1 if str(theirs.get(f"GPS:GPS{axis}Ref", "")).upper().startswith(minus) else 1
        for axis, minus in (("Latitude", "S"), ("Longitude", "W"))
    )
    place = [
        sign * degrees.get(axis, 0)
        for axis, sign in zip(("Latitude", "Longitude"), signs, strict=True)
    ]
    return agree_on_position(compared.ours, f"{place[0]:.6f} {place[1]:.6f}")


def _agrees_without(compared: Compared, theirs: Said, is_none: Callable[[str], bool]) -> bool:
    """Whether some of ExifTool's dates are none, and the first of the others is ours."""
    said = list(dates_said(theirs))
    left = next((_digits(text) for text in said if not is_none(text)), None)
    if not any(map(is_none, said)):
        return False
    if left is None or compared.ours is None:
        return left is compared.ours
    return agree_on_date(compared.ours, left)


def _digits(text: str) -> str:
    return date_of({"ExifIFD:DateTimeOriginal": text}) or ""


def _says_all(theirs: Said) -> bool:
    """Whether the brand promises that the container says how the picture lies."""
    return "miaf" in str(theirs.get("QuickTime:CompatibleBrands", ""))


def _axis(compared: Compared) -> int | None:
    return witnesses.mirror_axis(compared.name)


REASONS = (
    _Reason(
        "orientation",
        _is_no_orientation,
        "EXIF's orientation is none of 1 to 8, so the picture is upright",
    ),
    _Reason(
        "orientation",
        _is_turned_by_heic,
        "the HEIC turns the picture; EXIF's orientation is a note of what the camera knew",
    ),
    _Reason(
        "orientation",
        _is_turned_by_avif,
        "the AVIF turns the picture, as ExifTool's rotation and the mirror's axis say",
    ),
    _Reason("size", _is_cropped, "ExifTool gives the size before the container crops the picture"),
    _Reason(
        "size",
        _is_turned_by_exif,
        "the container says nothing, so EXIF turns the picture; ExifTool does not apply it",
    ),
    _Reason("size", _is_of_os2, "ExifTool 12.57 reads no height of an OS/2 bitmap"),
    _Reason("date", _is_passed_over, "ExifTool 12.57 passes over the EXIF item of this HEIC"),
    _Reason(
        "date",
        _is_unset,
        "the day on which a clock begins that was never set, and nothing else says that day",
    ),
    _Reason(
        "date",
        _is_no_date,
        "no date: its parts are in no order that EXIF has, or the year is impossible",
    ),
    _Reason("position", _is_nowhere, "no place on earth"),
    _Reason(
        "position",
        _has_decimal_commas,
        "text with decimal commas, of which ExifTool takes the fraction for minutes",
    ),
    _Reason(
        "position",
        _lacks_parts,
        "0/0 for minutes or seconds that are not given; ExifTool takes the whole for none",
    ),
)


def reason_of(compared: Compared, ours: Facts, theirs: Said) -> str | None:
    """The reason; None if it is not known."""
    for reason in REASONS:
        if reason.fact == compared.fact and reason.holds(compared, ours, theirs):
            return reason.words
    return None
