"""EXIF and XMP of a picture, and the facts that follow from them, whatever state they are in.

Thousands of programs write EXIF, and a hostile file may carry anything: Pillow then raises nearly
anything (SyntaxError, struct.error, TypeError ...). Each tag is read under a guard of its own, so
one broken tag costs one fact and never the photo.

Texts are cut and cleaned, because they go into folder names; numbers count only if they are finite
and in range. XMP is searched and never parsed as XML, so there is no entity to expand.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from PIL import ExifTags, Image

from gallery_daemon.imaging import dates
from gallery_daemon.imaging.date_texts import DateTexts, ExifDateText, GpsDateText
from gallery_daemon.photo import Facts, Position

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

Value = TypeVar("Value")

# An XMP packet may be at most 64 KB in a JPEG; elsewhere nothing bounds it but this.
_XMP_BYTES_LIMIT = 1 << 20
_ORIENTATIONS = range(1, 9)
_UPRIGHT = 1
_BASE = (
    ExifTags.Base.Make,
    ExifTags.Base.Model,
    ExifTags.Base.Orientation,
    ExifTags.Base.DateTime,
)
_CAMERA = (
    ExifTags.Base.DateTimeOriginal,
    ExifTags.Base.SubsecTimeOriginal,
    ExifTags.Base.OffsetTimeOriginal,
    ExifTags.Base.DateTimeDigitized,
    ExifTags.Base.SubsecTimeDigitized,
    ExifTags.Base.OffsetTimeDigitized,
    ExifTags.Base.SubsecTime,
    ExifTags.Base.OffsetTime,
    ExifTags.Base.ExposureTime,
    ExifTags.Base.FNumber,
    ExifTags.Base.ISOSpeedRatings,
    ExifTags.Base.FocalLength,
    ExifTags.Base.MakerNote,
)
_SIZE = (ExifTags.Base.ExifImageWidth, ExifTags.Base.ExifImageHeight)
_GPS = (
    ExifTags.GPS.GPSLatitudeRef,
    ExifTags.GPS.GPSLatitude,
    ExifTags.GPS.GPSLongitudeRef,
    ExifTags.GPS.GPSLongitude,
    ExifTags.GPS.GPSDateStamp,
    ExifTags.GPS.GPSTimeStamp,
)
_TEXT_LIMIT = 64
# Letters of a text that are examined: a TIFF's may have hundreds of millions.
_EXAMINED_LIMIT = 1_000
_QUARTER, _HALF = 90.0, 180.0

# The date taken first, then the date the file was made. Each is an attribute or an element.
_XMP_DATES = tuple(
    re.compile(rb"\b" + name + rb"\s{0,9}(?:=\s{0,9}[\"']|>)\s{0,9}([0-9T:.+\- Z]{10,40})")
    for name in (b"exif:DateTimeOriginal", b"photoshop:DateCreated", b"xmp:CreateDate")
)
# "NIKON CORPORATION", "Minolta Co., Ltd.", "OLYMPUS IMAGING CORP."
_LEGAL_FORM = re.compile(
    r"[\s,]+(?:corporation|corp|company|co|ltd|inc|imaging)\b.*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Metadata:
    """The tags of EXIF's directories that are used and can be read; XMP as its bytes.

    `size` holds the width and height that the camera wrote, which may be wrong.
    """

    base: Mapping[int, object]
    camera: Mapping[int, object]
    gps: Mapping[int, object]
    xmp: bytes
    size: Mapping[int, object] = field(default_factory=dict)

    @property
    def orientation(self) -> int:
        """EXIF's 1 to 8; 1 where it is absent or nonsense (a Huawei writes 0)."""
        return checked_orientation(self.base.get(ExifTags.Base.Orientation))


def checked_orientation(value: object) -> int:
    """An orientation of EXIF, 1 to 8; 1 for anything else."""
    return value if isinstance(value, int) and value in _ORIENTATIONS else _UPRIGHT


def read_metadata(image: Image.Image) -> Metadata:
    """The metadata of an opened picture.

    To be called for a PNG only after decoding: its EXIF may follow the pixels.
    """
    exif = _guarded(image.getexif, Image.Exif())
    camera = _directory(exif, ExifTags.IFD.Exif)
    return Metadata(
        base=_tags(exif, _BASE),
        camera=_tags(camera, _CAMERA),
        gps=_tags(_directory(exif, ExifTags.IFD.GPSInfo), _GPS),
        xmp=_guarded(lambda: _xmp(image), b""),
        size=_tags(camera, _SIZE),
    )


def _directory(exif: Image.Exif, place: int) -> Mapping[int, object]:
    nothing: Mapping[int, object] = {}
    return _guarded(lambda: exif.get_ifd(place), nothing)


def _tags(
    directory: Image.Exif | Mapping[int, object], wanted: tuple[int, ...]
) -> dict[int, object]:
    """The wanted tags of a directory, without those that are absent or cannot be read."""
    # Pillow reads a value only when asked for it, so each is guarded by itself.
    found = {tag: _guarded(partial(directory.get, tag), None) for tag in wanted}
    return {tag: value for tag, value in found.items() if value is not None}


def _xmp(image: Image.Image) -> bytes:
    # Pillow's PNG plugin gives text under the chunk's keyword, the others bytes.
    xmp = image.info.get("xmp") or image.info.get("XML:com.adobe.xmp") or b""
    if isinstance(xmp, str):
        return xmp[:_XMP_BYTES_LIMIT].encode("utf-8", "replace")
    return xmp[:_XMP_BYTES_LIMIT] if isinstance(xmp, bytes) else b""


def _guarded(read: Callable[[], Value], otherwise: Value) -> Value:
    """What `read` returns; `otherwise` if it raises, because the metadata are broken."""
    try:
        return read()
    except Exception:  # noqa: BLE001 - the picture is in memory, so no I/O error can hide here
        return otherwise


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
        form: the format's name, as in `formats.FileKind`.
        size: width and height in pixels, after the orientation is applied.
        orientation: EXIF's 1 to 8, as the file has it.
        name: the file's name.
        mtime: the file's modification time, with its offset.
    """
    position = _position(metadata.gps)
    return Facts(
        format=form,
        width=size[0],
        height=size[1],
        orientation=orientation,
        taken=dates.choose(_date_texts(metadata, position), name, mtime),
        camera=_camera(metadata.base),
        has_exif=_has_exif(metadata),
        has_gps=_has_gps(metadata.gps),
        position=position,
    )


def _date_texts(metadata: Metadata, position: Position | None) -> DateTexts:
    tags, base, camera, gps = ExifTags.Base, metadata.base, metadata.camera, metadata.gps
    return DateTexts(
        exif=(
            ExifDateText(
                camera.get(tags.DateTimeOriginal),
                camera.get(tags.SubsecTimeOriginal),
                camera.get(tags.OffsetTimeOriginal),
            ),
            ExifDateText(
                camera.get(tags.DateTimeDigitized),
                camera.get(tags.SubsecTimeDigitized),
                camera.get(tags.OffsetTimeDigitized),
            ),
        ),
        saved=ExifDateText(
            base.get(tags.DateTime), camera.get(tags.SubsecTime), camera.get(tags.OffsetTime)
        ),
        xmp=_xmp_dates(metadata.xmp),
        gps=GpsDateText(gps.get(ExifTags.GPS.GPSDateStamp), gps.get(ExifTags.GPS.GPSTimeStamp)),
        position=position,
    )


def _xmp_dates(xmp: bytes) -> tuple[str, ...]:
    found = (pattern.search(xmp) for pattern in _XMP_DATES)
    return tuple(each[1].decode("ascii") for each in found if each)


def _camera(base: Mapping[int, object]) -> str | None:
    """Make and model as one name: "Apple iPhone 7", and "NIKON D70" without the make twice."""
    make = _LEGAL_FORM.sub("", clean(base.get(ExifTags.Base.Make)))
    model = clean(base.get(ExifTags.Base.Model))
    if make and model.casefold().startswith(make.partition(" ")[0].casefold()):
        return model
    return f"{make} {model}".strip() or None


def clean(value: object) -> str:
    """A text of EXIF up to its first NUL, without control characters, of `_TEXT_LIMIT` at most."""
    if not isinstance(value, str):
        return ""
    begins = value[:_EXAMINED_LIMIT].partition("\0")[0]
    printable = (letter if letter.isprintable() else " " for letter in begins)
    return " ".join("".join(printable).split())[:_TEXT_LIMIT].strip()


def _has_exif(metadata: Metadata) -> bool:
    """Whether a tag is there that only cameras write; editors add orientation and save dates."""
    base = metadata.base
    return bool(
        clean(base.get(ExifTags.Base.Make))
        or clean(base.get(ExifTags.Base.Model))
        or metadata.camera
        or _has_gps(metadata.gps)
    )


def _has_gps(gps: Mapping[int, object]) -> bool:
    """Whether latitude and longitude are numbers, and not the 0, 0 of a missing fix."""
    latitude = _degrees(gps.get(ExifTags.GPS.GPSLatitude), _QUARTER)
    longitude = _degrees(gps.get(ExifTags.GPS.GPSLongitude), _HALF)
    return latitude is not None and longitude is not None and (latitude, longitude) != (0, 0)


def _position(gps: Mapping[int, object]) -> Position | None:
    """Where it was taken; None also where the hemisphere is missing."""
    tags = ExifTags.GPS
    latitude = _signed(gps, tags.GPSLatitude, tags.GPSLatitudeRef, ("N", "S"), _QUARTER)
    longitude = _signed(gps, tags.GPSLongitude, tags.GPSLongitudeRef, ("E", "W"), _HALF)
    if latitude is None or longitude is None or not _has_gps(gps):
        return None
    return Position(latitude, longitude)


def _signed(
    gps: Mapping[int, object], tag: int, side: int, sides: tuple[str, str], most: float
) -> float | None:
    """Degrees, positive towards the first of the sides and negative towards the second."""
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
