"""What the metadata say of a photo. Broken metadata never make a good photo unreadable.

EXIF is written by thousands of programs and read here from files that may be hostile, so every
look is shielded, every text is cut and cleaned, and XMP is searched, not parsed as XML: there is no
entity to expand.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from PIL import ExifTags, Image

from gallery_daemon.imaging import dates
from gallery_daemon.photo import Facts

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

Value = TypeVar("Value")

_TEXT_LIMIT = 64
_XMP_LIMIT = 1 << 20
_LAST_ORIENTATION = 8
_SWAPPING_ORIENTATIONS = frozenset({5, 6, 7, 8})
_QUARTER, _HALF = 90.0, 180.0

# Capture first, then creation by software. photoshop:DateCreated is the date taken by IPTC's rule.
_XMP_DATES = tuple(
    re.compile(rf"{name}\s*(?:=\s*[\"']|>)\s*([0-9T:.+\-Z]{{10,35}})".encode())
    for name in ("exif:DateTimeOriginal", "photoshop:DateCreated", "xmp:CreateDate")
)
# Tags that only a camera or phone writes; a lone orientation or resolution is no EXIF to speak of.
_CAMERA_TAGS = frozenset({
    ExifTags.Base.Make, ExifTags.Base.Model, ExifTags.Base.DateTime, ExifTags.Base.Software,
    ExifTags.Base.DateTimeOriginal, ExifTags.Base.ExposureTime, ExifTags.Base.FNumber,
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Metadata:
    """EXIF's three directories and XMP, each empty where there is none or it cannot be read."""

    base: Mapping[int, object]
    camera: Mapping[int, object]
    gps: Mapping[int, object]
    xmp: bytes

    @property
    def orientation(self) -> int:
        """EXIF's 1 to 8; 1 where it is absent or nonsense (a Huawei writes 0)."""
        value = self.base.get(ExifTags.Base.Orientation)
        return value if isinstance(value, int) and 1 <= value <= _LAST_ORIENTATION else 1


def read_metadata(image: Image.Image) -> Metadata:
    """The metadata of an opened picture, before or after it is decoded."""
    exif = _shielded(image.getexif, Image.Exif())
    xmp = image.info.get("xmp", b"")
    return Metadata(
        _shielded(lambda: dict(exif), {}),
        _shielded(lambda: dict(exif.get_ifd(ExifTags.IFD.Exif)), {}),
        _shielded(lambda: dict(exif.get_ifd(ExifTags.IFD.GPSInfo)), {}),
        xmp[:_XMP_LIMIT] if isinstance(xmp, bytes) else str(xmp)[:_XMP_LIMIT].encode(),
    )


def facts_of(
    metadata: Metadata, *, form: str, size: tuple[int, int], name: str, mtime: datetime
) -> Facts:
    """The facts of a photo.

    Args:
        metadata: what `read_metadata` found.
        form: the format's name, as in `formats.Kind`.
        size: width and height in pixels as stored, before `orientation` is applied.
        name: the file's name.
        mtime: the file's modification time, with its offset.
    """
    turned = metadata.orientation in _SWAPPING_ORIENTATIONS
    width, height = (size[1], size[0]) if turned else size
    return Facts(
        format=form,
        width=width,
        height=height,
        orientation=metadata.orientation,
        taken=dates.choose(_exif_date(metadata), _xmp_date(metadata.xmp), name, mtime),
        camera=_camera(metadata.base),
        has_exif=any(tag in metadata.base or tag in metadata.camera for tag in _CAMERA_TAGS),
        has_gps=_has_gps(metadata.gps),
    )


def _exif_date(metadata: Metadata) -> datetime | None:
    """The shutter's time, else the digitisation's, else the file's last change in EXIF."""
    tags = ExifTags.Base
    camera, base = metadata.camera, metadata.base
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
        or dates.date_of_exif(
            base.get(tags.DateTime), camera.get(tags.SubsecTime), camera.get(tags.OffsetTime)
        )
    )


def _xmp_date(xmp: bytes) -> datetime | None:
    for pattern in _XMP_DATES:
        found = pattern.search(xmp)
        moment = dates.date_of_xmp(found[1].decode("ascii")) if found else None
        if moment:
            return moment
    return None


def _camera(base: Mapping[int, object]) -> str | None:
    """Make and model as a person says them: "Apple iPhone 7", "NIKON D70" without the doubling."""
    make, model = _clean(base.get(ExifTags.Base.Make)), _clean(base.get(ExifTags.Base.Model))
    first_word = make.partition(" ")[0]
    if first_word and model.lower().startswith(first_word.lower()):
        return model
    return f"{make} {model}".strip() or None


def _clean(value: object) -> str:
    text = value if isinstance(value, str) else ""
    printable = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(printable.split())[:_TEXT_LIMIT]


def _has_gps(gps: Mapping[int, object]) -> bool:
    """Latitude and longitude are there, are numbers, and are not the 0, 0 of a missing fix."""
    latitude = _degrees(gps.get(ExifTags.GPS.GPSLatitude), _QUARTER)
    longitude = _degrees(gps.get(ExifTags.GPS.GPSLongitude), _HALF)
    return latitude is not None and longitude is not None and (latitude, longitude) != (0, 0)


def _degrees(value: object, most: float) -> float | None:
    """Degrees, minutes and seconds as degrees, None unless in 0..`most`."""
    try:
        degrees, minutes, seconds = (float(part) for part in value)  # type: ignore[attr-defined]
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        return None
    total: float = degrees + minutes / 60 + seconds / 3600
    return total if math.isfinite(total) and 0 <= total <= most else None


def _shielded(read: Callable[[], Value], otherwise: Value) -> Value:
    """What `read` gives; `otherwise` where the metadata are broken, in whatever way."""
    try:
        return read()
    except Exception:  # noqa: BLE001 - SyntaxError, struct.error, TypeError ... : nearly anything
        return otherwise
