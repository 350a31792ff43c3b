"""The facts of a photo that follow from its metadata, its name and its mtime.

EXIF goes before XMP for the camera and the place, as for the date (`dates`): the standards say so,
and a program that changes only one of them changes EXIF. What EXIF says half (a position without
its hemisphere) XMP may say in full.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PIL import ExifTags

from gallery_daemon.imaging import dates, iptc
from gallery_daemon.imaging.cameras import camera_name
from gallery_daemon.imaging.date_texts import DateTexts, ExifDateText, GpsDateText, IptcDateText
from gallery_daemon.imaging.positions import has_position, position_of
from gallery_daemon.imaging.texts import clean
from gallery_daemon.photo import Facts

if TYPE_CHECKING:
    from datetime import datetime

    from gallery_daemon.imaging.metadata import Metadata
    from gallery_daemon.photo import Position

# The most trusted first. The last one is XMP's old name of `xmp:CreateDate`.
_XMP_DATES = (
    "exif:DateTimeOriginal",
    "photoshop:DateCreated",
    "xmp:CreateDate",
    "exif:DateTimeDigitized",
)
_IPTC_DATES = ((iptc.DATE_CREATED, iptc.TIME_CREATED), (iptc.DIGITAL_DATE, iptc.DIGITAL_TIME))
# Properties that only cameras write; editors add dates of their own.
_XMP_OF_CAMERAS = frozenset({
    "exif:DateTimeOriginal", "exif:ExposureTime", "exif:FNumber", "exif:ISOSpeedRatings",
    "exif:FocalLength",
})  # fmt: skip


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
        metadata: its EXIF, XMP and IPTC.
        form: the format's name, as in `formats.FileKind`.
        size: width and height in pixels, after the orientation is applied.
        orientation: EXIF's 1 to 8, as the file has it.
        name: the file's name.
        mtime: the file's modification time, with its offset.
    """
    position = position_of(metadata.gps, metadata.xmp)
    has_gps = has_position(metadata.gps, metadata.xmp)
    camera = _camera(metadata)
    return Facts(
        format=form,
        width=size[0],
        height=size[1],
        orientation=orientation,
        taken=dates.choose(_date_texts(metadata, position), name, mtime),
        camera=camera,
        has_exif=bool(
            camera
            or metadata.camera
            or clean(metadata.base.get(ExifTags.Base.DateTimeOriginal))
            or has_gps
            or _XMP_OF_CAMERAS & metadata.xmp.keys()
        ),
        has_gps=has_gps,
        position=position,
    )


def _camera(metadata: Metadata) -> str | None:
    """The camera's name by EXIF's make and model, else by XMP's."""
    tags, base, xmp = ExifTags.Base, metadata.base, metadata.xmp
    return camera_name(clean(base.get(tags.Make)), clean(base.get(tags.Model))) or camera_name(
        clean(xmp.get("tiff:Make")), clean(xmp.get("tiff:Model"))
    )


def _date_texts(metadata: Metadata, position: Position | None) -> DateTexts:
    tags, base, camera, gps = ExifTags.Base, metadata.base, metadata.camera, metadata.gps
    original = camera.get(tags.SubsecTimeOriginal), camera.get(tags.OffsetTimeOriginal)
    return DateTexts(
        exif=(
            ExifDateText(camera.get(tags.DateTimeOriginal), *original),
            ExifDateText(base.get(tags.DateTimeOriginal), *original),
            ExifDateText(
                camera.get(tags.DateTimeDigitized),
                camera.get(tags.SubsecTimeDigitized),
                camera.get(tags.OffsetTimeDigitized),
            ),
        ),
        saved=ExifDateText(
            base.get(tags.DateTime), camera.get(tags.SubsecTime), camera.get(tags.OffsetTime)
        ),
        xmp=tuple(metadata.xmp[name] for name in _XMP_DATES if name in metadata.xmp),
        iptc=tuple(
            IptcDateText(metadata.iptc[day], metadata.iptc.get(time))
            for day, time in _IPTC_DATES
            if day in metadata.iptc
        ),
        gps=GpsDateText(gps.get(ExifTags.GPS.GPSDateStamp), gps.get(ExifTags.GPS.GPSTimeStamp)),
        position=position,
    )
