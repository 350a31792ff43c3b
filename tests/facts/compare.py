"""Our facts of a file beside ExifTool's, by one order of sources: EXIF, XMP, IPTC."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING

from gallery_daemon.config.settings import Limits
from gallery_daemon.errors import BadPhoto, NotAPhoto
from gallery_daemon.imaging.cameras import camera_name
from gallery_daemon.imaging.decode import read_picture, read_preview
from gallery_daemon.imaging.facts import facts_of
from gallery_daemon.imaging.formats import sniff
from gallery_daemon.imaging.preview import bytes_for_preview
from gallery_daemon.imaging.texts import clean
from gallery_daemon.photo import TakenFrom

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gallery_daemon.imaging.decode import DecodedPhoto
    from gallery_daemon.photo import Facts
    from tests.facts.exiftool import Said

FACTS = ("date", "camera", "position", "orientation", "size")
_MTIME = datetime(1900, 1, 1, tzinfo=UTC)
_OWN_DATES = frozenset({TakenFrom.EXIF, TakenFrom.XMP, TakenFrom.IPTC})
_DATES = (
    "ExifIFD:DateTimeOriginal", "IFD0:DateTimeOriginal", "ExifIFD:CreateDate",
    "XMP-exif:DateTimeOriginal", "XMP-photoshop:DateCreated", "XMP-xmp:CreateDate",
    "XMP-exif:DateTimeDigitized", "IPTC:DateCreated", "IPTC:DigitalCreationDate",
    "IFD0:ModifyDate",
)  # fmt: skip
_TIMES = {
    "IPTC:DateCreated": "IPTC:TimeCreated",
    "IPTC:DigitalCreationDate": "IPTC:DigitalCreationTime",
}
_LYING = frozenset({5, 6, 7, 8})
# Degrees: a metre.
_SAME_PLACE = 1e-5


@dataclass(frozen=True, slots=True)
class Compared:
    """One fact of one file by both; `None` where it is not said."""

    name: str
    fact: str
    ours: str | None
    theirs: str | None

    @property
    def agrees(self) -> bool:
        """Whether both say the same, as finely as the one that knows less of a date."""
        if self.fact == "date" and self.ours and self.theirs:
            return agree_on_date(self.ours, self.theirs)
        if self.fact == "position" and self.ours and self.theirs:
            return agree_on_position(self.ours, self.theirs)
        return self.ours == self.theirs


def agree_on_date(one: str, other: str) -> bool:
    """Whether the digits are the same, as far as both have them."""
    known = min(len(one), len(other))
    return one[:known] == other[:known]


def agree_on_position(one: str, other: str) -> bool:
    """Whether both are within a metre of each other."""
    pairs = zip(one.split(), other.split(), strict=True)
    return all(abs(float(mine) - float(its)) < _SAME_PLACE for mine, its in pairs)


def facts_of_bytes(data: bytes, name: str) -> tuple[Facts | None, bool]:
    """Our facts, None if it is refused; and whether the quick way gives the same ones."""
    try:
        whole = _facts(read_picture(data, max_pixels=Limits.photo_pixels), name)
    except (NotAPhoto, BadPhoto):
        return None, True
    file = BytesIO(data)
    kind = sniff(file)
    part = bytes_for_preview(file, kind)
    quick = read_preview(part, kind, max_pixels=Limits.photo_pixels) if part else None
    return whole, quick is None or _facts(quick, name) == whole


def _facts(photo: DecodedPhoto, name: str) -> Facts:
    return facts_of(
        photo.metadata,
        form=photo.kind.name,
        size=photo.size,
        orientation=photo.orientation,
        name=name,
        mtime=_MTIME,
    )


def compare(name: str, ours: Facts, theirs: Said) -> list[Compared]:
    """Every fact of a file by both."""
    place = ours.position
    own = {
        "date": _digits(ours.taken.date.text) if ours.taken.origin in _OWN_DATES else None,
        "camera": ours.camera,
        "position": f"{place.latitude:.6f} {place.longitude:.6f}" if place else None,
        "orientation": str(ours.orientation),
        "size": f"{ours.width}x{ours.height}",
    }
    other = {
        "date": date_of(theirs),
        "camera": _camera(theirs),
        "position": _position(theirs),
        "orientation": str(theirs.get("IFD0:Orientation", 1)),
        "size": _size(theirs, ours),
    }
    return [Compared(name, fact, own[fact], other[fact]) for fact in FACTS]


def _digits(text: str) -> str:
    """A date as its digits, to the second: `20150822140819`."""
    day, _, time = text.replace("T", " ").partition(" ")
    clock = re.match(r"[\d: ]*", time)
    return re.sub(r"\D", "", day) + re.sub(r"\D", "", clock[0] if clock else "")[:6]


def date_of(said: Said) -> str | None:
    """The first date with a digit in it that is not zero, as its digits."""
    return next(map(_digits, dates_said(said)), None)


def dates_said(said: Said) -> Iterator[str]:
    """All dates with a digit in them that is not zero, the most trusted first."""
    for tag in _DATES:
        text = f"{said.get(tag, '')} {said.get(_TIMES.get(tag, ''), '')}".strip()
        if _digits(text).strip("0"):
            yield text


def _camera(said: Said) -> str | None:
    names = (
        camera_name(*(clean(str(said.get(f"{group}:{tag}", ""))) for tag in ("Make", "Model")))
        for group in ("IFD0", "XMP-tiff")
    )
    return next(filter(None, names), None)


def _position(said: Said) -> str | None:
    """EXIF's, which ExifTool gives without a sign beside the hemisphere; else XMP's."""
    pair = []
    for axis, minus in (("Latitude", "S"), ("Longitude", "W")):
        value, side = said.get(f"GPS:GPS{axis}"), str(said.get(f"GPS:GPS{axis}Ref", ""))
        if isinstance(value, int | float) and side:
            pair.append(-value if side.upper().startswith(minus) else value)
    if len(pair) < 2 or not any(pair):
        pair = [
            value
            for axis in ("Latitude", "Longitude")
            if isinstance(value := said.get(f"XMP-exif:GPS{axis}"), int | float)
        ]
    if len(pair) < 2 or not any(pair):
        return None
    return f"{pair[0]:.6f} {pair[1]:.6f}"


def _size(said: Said, ours: Facts) -> str | None:
    """Width and height after the turn that ExifTool tells of."""
    sides = [
        next(
            (said[f"{group}:Image{side}"] for group in ("File", "PNG", "GIF", "RIFF", "IFD0")
             if f"{group}:Image{side}" in said),
            None,
        )
        for side in ("Width", "Height")
    ]  # fmt: skip
    turned = said.get("IFD0:Orientation") in _LYING
    if ours.format in {"heic", "avif"}:
        turned = said.get("QuickTime:Rotation") in {90, 270}
    return "x".join(str(side) for side in (sides[::-1] if turned else sides))
