"""What a photo's metadata say, as the facts that rules and templates use.

Texts are cut and cleaned, because they come into folder names; numbers count only if they are
finite and in range. XMP is searched and never parsed as XML: there is no entity to expand.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from PIL import ExifTags

from gallery_daemon.imaging import dates
from gallery_daemon.photo import Facts, Position

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from gallery_daemon.imaging.metadata import Metadata

_TEXT_LIMIT = 64
# Letters of a text that are looked at: a TIFF's may have hundreds of millions.
_LOOK_LIMIT = 1_000
_QUARTER, _HALF = 90.0, 180.0

# The date taken first, then the date the file was made. Each stands as an attribute or an element.
_XMP_DATES = tuple(
    re.compile(rb"\b" + name + rb"\s{0,9}(?:=\s{0,9}[\"']|>)\s{0,9}([0-9T:.+\- Z]{10,40})")
    for name in (b"exif:DateTimeOriginal", b"photoshop:DateCreated", b"xmp:CreateDate")
)
# "NIKON CORPORATION", "Minolta Co., Ltd.", "OLYMPUS IMAGING CORP."
_LEGAL_FORM = re.compile(
    r"[\s,]+(?:corporation|corp|company|co|ltd|inc|imaging)\b.*",
    re.IGNORECASE,
)


def facts_of(
    metadata: Metadata,
    *,
    form: str,
    size: tuple[int, int],
    orientation: int,
    name: str,
    mtime: datetime,
) -> Facts:
    """The facts of a photo that could be read.

    Args:
        metadata: its EXIF and XMP.
        form: the format's name, as in `formats.Kind`.
        size: width and height in pixels as a person sees them.
        orientation: EXIF's 1 to 8, as it was before it was applied.
        name: the file's name.
        mtime: the file's modification time, with its offset.
    """
    return Facts(
        format=form,
        width=size[0],
        height=size[1],
        orientation=orientation,
        taken=dates.choose(
            name,
            mtime,
            camera=_date_of_camera(metadata),
            xmp=_date_of_xmp(metadata.xmp),
            saved=_date_of_save(metadata),
        ),
        camera=_camera(metadata.base),
        has_exif=_has_exif(metadata),
        has_gps=_has_gps(metadata.gps),
        position=_position(metadata.gps),
    )


def _date_of_camera(metadata: Metadata) -> datetime | None:
    """The shutter's time, else the digitisation's, else the satellites'."""
    tags, camera, gps = ExifTags.Base, metadata.camera, metadata.gps
    return (
        dates.date_of_exif(
            camera.get(tags.DateTimeOriginal),
            camera.get(tags.SubsecTimeOriginal),
            camera.get(tags.OffsetTimeOriginal),
        )
        or dates.date_of_exif(
            camera.get(tags.DateTimeDigitized),
            camera.get(tags.SubsecTimeDigitized),
            camera.get(tags.OffsetTimeDigitized),
        )
        or dates.date_of_gps(gps.get(ExifTags.GPS.GPSDateStamp), gps.get(ExifTags.GPS.GPSTimeStamp))
    )


def _date_of_save(metadata: Metadata) -> datetime | None:
    tags = ExifTags.Base
    return dates.date_of_exif(
        metadata.base.get(tags.DateTime),
        metadata.camera.get(tags.SubsecTime),
        metadata.camera.get(tags.OffsetTime),
    )


def _date_of_xmp(xmp: bytes) -> datetime | None:
    for pattern in _XMP_DATES:
        found = pattern.search(xmp)
        moment = dates.date_of_xmp(found[1].decode("ascii")) if found else None
        if moment:
            return moment
    return None


def _camera(base: Mapping[int, object]) -> str | None:
    """Make and model as a person says them: "Apple iPhone 7", "NIKON D70" without the doubling."""
    make = _LEGAL_FORM.sub("", clean(base.get(ExifTags.Base.Make)))
    model = clean(base.get(ExifTags.Base.Model))
    if make and model.casefold().startswith(make.partition(" ")[0].casefold()):
        return model
    return f"{make} {model}".strip() or None


def clean(value: object) -> str:
    """A text of EXIF up to its first NUL, without control characters, of `_TEXT_LIMIT` at most."""
    if not isinstance(value, str):
        return ""
    begins = value[:_LOOK_LIMIT].partition("\0")[0]
    printable = (letter if letter.isprintable() else " " for letter in begins)
    return " ".join("".join(printable).split())[:_TEXT_LIMIT].strip()


def _has_exif(metadata: Metadata) -> bool:
    """Some tag is there that a camera writes; editors leave orientation and dates of saving."""
    base = metadata.base
    return bool(
        clean(base.get(ExifTags.Base.Make))
        or clean(base.get(ExifTags.Base.Model))
        or metadata.camera
        or _has_gps(metadata.gps)
    )


def _has_gps(gps: Mapping[int, object]) -> bool:
    """Latitude and longitude are there, are numbers, and are not the 0, 0 of a missing fix."""
    latitude = _degrees(gps.get(ExifTags.GPS.GPSLatitude), _QUARTER)
    longitude = _degrees(gps.get(ExifTags.GPS.GPSLongitude), _HALF)
    return latitude is not None and longitude is not None and (latitude, longitude) != (0, 0)


def _position(gps: Mapping[int, object]) -> Position | None:
    """Where it was taken; None, too, where it does not say on which side of the equator."""
    tags = ExifTags.GPS
    latitude = _signed(gps, tags.GPSLatitude, tags.GPSLatitudeRef, ("N", "S"), _QUARTER)
    longitude = _signed(gps, tags.GPSLongitude, tags.GPSLongitudeRef, ("E", "W"), _HALF)
    if latitude is None or longitude is None or not _has_gps(gps):
        return None
    return Position(latitude, longitude)


def _signed(
    gps: Mapping[int, object], tag: int, side: int, sides: tuple[str, str], most: float
) -> float | None:
    """Degrees to the first of the sides, or as a negative number to the second."""
    degrees, letter = _degrees(gps.get(tag), most), clean(gps.get(side)).upper()
    if degrees is None or letter not in sides:
        return None
    return degrees if letter == sides[0] else -degrees


def _degrees(value: object, most: float) -> float | None:
    """Degrees, minutes and seconds as degrees, None unless in 0..`most`."""
    if not isinstance(value, tuple):
        return None
    try:
        degrees, minutes, seconds = (float(part) for part in value)
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        return None
    total = degrees + minutes / 60 + seconds / 3600
    return total if math.isfinite(total) and 0 <= total <= most else None
