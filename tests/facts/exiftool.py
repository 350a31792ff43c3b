"""What ExifTool says of files."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

TAGS = (
    "IFD0:Make", "IFD0:Model", "IFD0:Orientation", "IFD0:DateTimeOriginal", "IFD0:ModifyDate",
    "ExifIFD:DateTimeOriginal", "ExifIFD:CreateDate",
    "XMP-exif:DateTimeOriginal", "XMP-photoshop:DateCreated", "XMP-xmp:CreateDate",
    "XMP-exif:DateTimeDigitized", "XMP-tiff:Make", "XMP-tiff:Model", "XMP-tiff:Orientation",
    "XMP-exif:GPSLatitude", "XMP-exif:GPSLongitude",
    "IPTC:DateCreated", "IPTC:TimeCreated", "IPTC:DigitalCreationDate", "IPTC:DigitalCreationTime",
    "GPS:GPSLatitude", "GPS:GPSLongitude", "GPS:GPSLatitudeRef", "GPS:GPSLongitudeRef",
    "GPS:GPSDateStamp",
    "QuickTime:Rotation", "QuickTime:CleanAperture", "QuickTime:CompatibleBrands",
    "File:ImageWidth", "File:ImageHeight", "PNG:ImageWidth", "PNG:ImageHeight", "GIF:ImageWidth",
    "GIF:ImageHeight", "RIFF:ImageWidth", "RIFF:ImageHeight", "IFD0:ImageWidth",
    "IFD0:ImageHeight", "ExifTool:Warning",
)  # fmt: skip

Said = dict[str, object]


def is_installed() -> bool:
    """Whether there is an ExifTool."""
    return shutil.which("exiftool") is not None


def ask(paths: list[Path]) -> dict[str, Said]:
    """What it says of each file, by the path: `Group:Tag` with numbers, not words."""
    if not paths:
        return {}
    names = "\n".join(str(path) for path in paths).encode("utf-8", "surrogateescape")
    return {str(each.pop("SourceFile")): each for each in _said("-@", "-", given=names)}


def said_of_bytes(data: bytes) -> Said:
    """What it says of a file with these bytes."""
    return next(iter(_said("-", given=data)), {})


def _said(*names: str, given: bytes) -> list[Said]:
    done = subprocess.run(
        ["exiftool", "-json", "-G1", "-n", "-q", "-q", "-charset", "exif=utf8", *names]
        + [f"-{tag}" for tag in TAGS],
        input=given,
        capture_output=True,
        check=False,
    )
    said: list[Said] = json.loads(done.stdout.decode("utf-8", "replace") or "[]")
    return said


def tag_of(paths: list[Path], *tags: str) -> dict[str, str]:
    """The first of some tags of each file that has one, by the path."""
    names = "\n".join(str(path) for path in paths).encode("utf-8", "surrogateescape")
    done = subprocess.run(
        ["exiftool", "-json", "-q", "-q", *(f"-{tag}" for tag in tags), "-@", "-"],
        input=names,
        capture_output=True,
        check=False,
    )
    said: list[Said] = json.loads(done.stdout.decode("utf-8", "replace") or "[]")
    found = ((each["SourceFile"], [each[tag] for tag in tags if tag in each]) for each in said)
    return {str(path): str(values[0]) for path, values in found if values}
