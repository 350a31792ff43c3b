"""What a file says for certain where ExifTool's summary does not tell: asked of ExifTool otherwise.

Or read from its bytes, where that is a line; never by the program's own readers, whose faults a
reason must not excuse.
"""

from __future__ import annotations

import re
import struct
import subprocess
from pathlib import Path

from tests.facts.exiftool import said_of_bytes

_EXIF_ITEM = re.compile(rb"Exif\0\0(?=II\*\0|MM\0\*)")
_MIRROR = re.compile(rb"\0\0\0\x09imir(.)", re.DOTALL)
_RAW_NUMBERS = re.compile(r"\bGPS(Latitude|Longitude) = ([^(\n]*)")
_COMMA = re.compile(r"\s*(\d+),(\d+)\s*", re.ASCII)
_OLD_HEADER, _NEW_HEADERS = 12, range(16, 65)


def said_of_exif_item(path: str) -> dict[str, object]:
    """ExifTool's word of a HEIC's EXIF item alone."""
    data = Path(path).read_bytes()
    found = _EXIF_ITEM.search(data)
    return said_of_bytes(data[found.end() :]) if found else {}


def mirror_axis(path: str) -> int | None:
    """By which axis a container mirrors its picture; None if it does not."""
    found = _MIRROR.search(Path(path).read_bytes())
    return found[1][0] & 1 if found else None


def bitmap_size(path: str) -> tuple[int, int] | None:
    """The size in the header of an OS/2 bitmap."""
    head = Path(path).read_bytes()[14:26]
    (length,) = struct.unpack_from("<I", head)
    if length == _OLD_HEADER:
        width, height = struct.unpack_from("<HH", head, 4)
        return width, height
    width, height = struct.unpack_from("<ii", head, 4)
    return (width, abs(height)) if length in _NEW_HEADERS else None


def raw_degrees(path: str) -> dict[str, float]:
    """EXIF's coordinates without a sign, with 0 for minutes and seconds that are 0/0."""
    told = _run("-v3", path).decode("utf-8", "replace")
    found = {}
    for axis, numbers in _RAW_NUMBERS.findall(told):
        first, *rest = numbers.split()
        parts = [first, *("0" if part == "undef" else part for part in rest)]
        found[axis] = sum(
            float(part) / share for part, share in zip(parts, (1, 60, 3600), strict=False)
        )
    return found


def has_undefined_parts(path: str) -> bool:
    """Whether minutes or seconds are 0/0, and the degrees are not."""
    told = _run("-v3", path).decode("utf-8", "replace")
    return any(
        not numbers.startswith("undef") and "undef" in numbers
        for _, numbers in _RAW_NUMBERS.findall(told)
    )


def decimal_commas(path: str) -> tuple[tuple[int, int], ...]:
    """XMP's coordinates as the numbers before and behind their comma, if they have just one."""
    packet = _run("-b", "-XMP", path).decode("utf-8", "replace")
    texts = (
        re.search(rf"exif:GPS{axis}\s*(?:>|=\s*[\"'])([^<\"']*)", packet)
        for axis in ("Latitude", "Longitude")
    )
    parts = tuple(_COMMA.fullmatch(text[1]) for text in texts if text)
    return tuple((int(part[1]), int(part[2])) for part in parts if part)


def _run(*arguments: str) -> bytes:
    done = subprocess.run(["exiftool", *arguments], capture_output=True, check=False)
    return done.stdout
