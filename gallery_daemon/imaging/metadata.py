"""EXIF and XMP of a picture as plain values, whatever state they are in.

Thousands of programs write EXIF, and a hostile file may carry any: Pillow then raises nearly
anything (SyntaxError, struct.error, TypeError ...). Each look is shielded by itself, so that one
broken tag costs one fact and never the photo.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from PIL import ExifTags, Image

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

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


@dataclass(frozen=True, slots=True)
class Metadata:
    """The tags of EXIF's directories that we use, those that can be read; XMP as its bytes.

    `size` is the stored width and height that the camera wrote, which need not be the true ones.
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

    Of a PNG only after it is decoded: its EXIF may stand behind the pixels.
    """
    exif = _shielded(image.getexif, Image.Exif())
    camera = _directory(exif, ExifTags.IFD.Exif)
    return Metadata(
        base=_tags(exif, _BASE),
        camera=_tags(camera, _CAMERA),
        gps=_tags(_directory(exif, ExifTags.IFD.GPSInfo), _GPS),
        xmp=_shielded(lambda: _xmp(image), b""),
        size=_tags(camera, _SIZE),
    )


def _directory(exif: Image.Exif, place: int) -> Mapping[int, object]:
    nothing: Mapping[int, object] = {}
    return _shielded(lambda: exif.get_ifd(place), nothing)


def _tags(
    directory: Image.Exif | Mapping[int, object], wanted: tuple[int, ...]
) -> dict[int, object]:
    """The wanted tags of a directory, without those that are absent or cannot be read."""
    # Pillow reads a value only when asked for it, so each asking is a look of its own.
    found = {tag: _shielded(partial(directory.get, tag), None) for tag in wanted}
    return {tag: value for tag, value in found.items() if value is not None}


def _xmp(image: Image.Image) -> bytes:
    # Pillow's PNG plugin gives text under the chunk's keyword, the others bytes.
    xmp = image.info.get("xmp") or image.info.get("XML:com.adobe.xmp") or b""
    if isinstance(xmp, str):
        return xmp[:_XMP_BYTES_LIMIT].encode("utf-8", "replace")
    return xmp[:_XMP_BYTES_LIMIT] if isinstance(xmp, bytes) else b""


def _shielded(read: Callable[[], Value], otherwise: Value) -> Value:
    """What `read` gives; `otherwise` where the metadata are broken, in whatever way."""
    try:
        return read()
    except Exception:  # noqa: BLE001 - the picture lies in memory, so no I/O error can hide here
        return otherwise
