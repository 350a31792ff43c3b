"""When a photo was taken: by its EXIF, its XMP, its name, or else its mtime, and which one it was.

Cameras write local time without an offset, except where EXIF's offset tags stand beside it; Pixels
name their files in UTC. A date that no camera had (year 0, before digital cameras, far ahead) is
not believed.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

from gallery_daemon.photo import Taken, TakenFrom

_EARLIEST_YEAR, _LATEST_YEAR = 1985, 2100

# Source for the names: the table of camera and app names in the design's research (Android, iOS,
# Pixel, Samsung, WhatsApp, Signal, Telegram, Dropbox). Two shapes cover them: date and time with
# whatever separators, and a date alone where the name says nothing more.
_DATE = r"(?P<Y>\d{4})(?P<s>[-_.]?)(?P<m>\d{2})(?P=s)(?P<d>\d{2})"
_TIME = r"(?P<H>\d{2})(?P<t>[-_.:]?)(?P<M>\d{2})(?P=t)(?P<S>\d{2})(?:[-_.]?(?P<f>\d{3})(?!\d))?"
_BETWEEN = r"(?:[-_ T]|[-_ ]at[-_ ])?"
_DATE_AND_TIME = re.compile(rf"(?<!\d){_DATE}{_BETWEEN}{_TIME}(?!\d)")
_DATE_ALONE = re.compile(rf"(?<!\d){_DATE}(?!\d)")
_UTC_NAME = re.compile(r"PXL_", re.IGNORECASE)

_EXIF_TEXT = re.compile(r"\s*(\d{4})[:\-/.](\d{2})[:\-/.](\d{2})[ T](\d{2}):(\d{2}):(\d{2})")
_OFFSET_TEXT = re.compile(r"\s*(?:(Z)|([+-])(\d{2}):?(\d{2}))")
_XMP_TEXT = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6}))?)?)?(Z|[+-]\d{2}:\d{2})?"
)


def choose(exif: datetime | None, xmp: datetime | None, name: str, mtime: datetime) -> Taken:
    """The most trusted date there is."""
    if exif:
        return Taken(exif, TakenFrom.EXIF)
    if xmp:
        return Taken(xmp, TakenFrom.XMP)
    named = date_of_name(name)
    return Taken(named, TakenFrom.NAME) if named else Taken(mtime, TakenFrom.MTIME)


def date_of_name(name: str) -> datetime | None:
    """The date that a camera or an app put into the file's name."""
    for found in _DATE_AND_TIME.finditer(name):
        parts = {key: int(value) for key, value in found.groupdict("0").items() if key not in "st"}
        moment = _moment(
            parts["Y"], parts["m"], parts["d"], parts["H"], parts["M"], parts["S"],
            microsecond=parts["f"] * 1000,
        )  # fmt: skip
        if moment:
            return moment.replace(tzinfo=UTC) if _UTC_NAME.match(name) else moment
    for found in _DATE_ALONE.finditer(name):
        moment = _moment(int(found["Y"]), int(found["m"]), int(found["d"]))
        if moment:
            return moment
    return None


def date_of_exif(text: object, subseconds: object = None, offset: object = None) -> datetime | None:
    """EXIF's `YYYY:MM:DD HH:MM:SS`, with its sub-seconds and offset where they stand beside it."""
    found = _EXIF_TEXT.match(text) if isinstance(text, str) else None
    moment = _moment(*map(int, found.groups())) if found else None
    if moment is None:
        return None
    digits = subseconds.strip("\0 ") if isinstance(subseconds, str) else ""
    if digits.isascii() and digits.isdecimal():
        moment = moment.replace(microsecond=int(digits[:6].ljust(6, "0")))
    return moment.replace(tzinfo=_offset(offset))


def date_of_xmp(text: str) -> datetime | None:
    """XMP's ISO 8601 date, with or without time, fraction and offset."""
    found = _XMP_TEXT.match(text)
    if found is None:
        return None
    year, month, day, hour, minute, second, fraction, offset = found.groups()
    moment = _moment(
        int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0),
        microsecond=int((fraction or "0").ljust(6, "0")),
    )  # fmt: skip
    return moment.replace(tzinfo=_offset(offset)) if moment else None


def _offset(text: object) -> timezone | None:
    found = _OFFSET_TEXT.match(text) if isinstance(text, str) else None
    if found is None:
        return None
    if found[1]:
        return UTC
    away = timedelta(hours=int(found[3]), minutes=int(found[4]))
    if away >= timedelta(hours=24):
        return None
    return timezone(-away if found[2] == "-" else away)


def _moment(  # noqa: PLR0917 - year to second, in the order everyone knows
    year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0,
    *, microsecond: int = 0,
) -> datetime | None:  # fmt: skip
    if not _EARLIEST_YEAR <= year <= _LATEST_YEAR:
        return None
    try:
        # Without an offset on purpose: it is the camera's local time, wherever that was.
        return datetime(year, month, day, hour, minute, second, microsecond)  # noqa: DTZ001
    except ValueError:
        return None
