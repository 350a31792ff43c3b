"""Why our facts and ExifTool's differ: the disagreements whose reason is known."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from gallery_daemon.photo import Facts
    from tests.facts.compare import Compared
    from tests.facts.exiftool import Said

_CONTAINERS = frozenset({"heic", "avif"})
_ORIENTATIONS = range(1, 9)
_YEARS = range(1840, 2100)


class _Reason(NamedTuple):
    """When it is the reason of a disagreement about a fact, and its words."""

    fact: str
    holds: Callable[[Compared, Facts, Said], bool]
    words: str


def _numbers(said: Said, tag: str) -> list[float]:
    words = str(said.get(tag, "")).replace("x", " ").split()
    return [float(word) for word in words if word.replace(".", "", 1).lstrip("-").isdecimal()]


def _is_unset(compared: Compared) -> bool:
    day = (compared.theirs or "")[:8]
    return day in {"19700101", "19800101", "19040101", "19691231", "20000101"} or (
        compared.theirs == "20021208120000"
    )


REASONS = (
    _Reason(
        "orientation",
        lambda compared, _ours, _theirs: int(compared.theirs or 1) not in _ORIENTATIONS,
        "EXIF's orientation is none of 1 to 8, so the picture is upright",
    ),
    _Reason(
        "orientation",
        lambda _compared, ours, _theirs: ours.format in _CONTAINERS,
        "the container turns the picture; EXIF's orientation is a note of what the camera knew",
    ),
    _Reason(
        "size",
        lambda _compared, ours, theirs: (
            ours.format in _CONTAINERS and "QuickTime:CleanAperture" in theirs
        ),
        "ExifTool gives the size before the container crops the picture",
    ),
    _Reason(
        "size",
        lambda _compared, ours, theirs: (
            ours.format == "heic" and theirs.get("IFD0:Orientation") == ours.orientation != 1
        ),
        "the container says nothing, so EXIF turns the picture; ExifTool does not apply it",
    ),
    _Reason(
        "size",
        lambda _compared, ours, _theirs: ours.format in _CONTAINERS,
        "ExifTool gives the size of another of the file's pictures than the primary one",
    ),
    _Reason(
        "size",
        lambda compared, ours, _theirs: (
            ours.format == "bmp" and (compared.theirs or "").endswith("x0")
        ),
        "ExifTool 12.57 reads no height of an OS/2 bitmap",
    ),
    _Reason(
        "size",
        lambda _compared, ours, theirs: (
            ours.format == "jpeg" and "XMP-tiff:Orientation" in theirs
        ),
        "an orientation in XMP turns nothing here",
    ),
    _Reason(
        "date",
        lambda compared, ours, theirs: (
            ours.format == "heic"
            and compared.theirs is None
            and not any(tag.startswith(("IFD0:", "ExifIFD:")) for tag in theirs)
        ),
        "ExifTool 12.57 passes over the EXIF item of this HEIC",
    ),
    _Reason(
        "date",
        lambda compared, _ours, _theirs: _is_unset(compared),
        "the day on which a clock begins that was never set, and nothing else says that day",
    ),
    _Reason(
        "date",
        lambda compared, _ours, _theirs: (
            compared.theirs is not None
            and (len(compared.theirs) < len("20091005") or int(compared.theirs[:4]) not in _YEARS)
        ),
        "no date: its parts are in no order that EXIF has, or the year is impossible",
    ),
    _Reason(
        "position",
        lambda compared, _ours, theirs: compared.ours is None and (
            max(abs(part) for part in _numbers({"x": compared.theirs}, "x")) > 180
            or isinstance(theirs.get("GPS:GPSLatitude"), str)
        ),
        "no place on earth",
    ),
    _Reason(
        "position",
        lambda compared, _ours, _theirs: compared.ours is None,
        "text with decimal commas, of which ExifTool takes the fraction for minutes",
    ),
    _Reason(
        "position",
        lambda compared, _ours, _theirs: compared.theirs is None,
        "0/0 for minutes or seconds that are not given; ExifTool takes the whole for none",
    ),
)  # fmt: skip


def reason_of(compared: Compared, ours: Facts, theirs: Said) -> str | None:
    """The reason; None if it is not known."""
    for reason in REASONS:
        if reason.fact == compared.fact and reason.holds(compared, ours, theirs):
            return reason.words
    return None
