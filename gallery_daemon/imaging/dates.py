"""When a photo was taken, and where that date is from.

The most trusted date wins: what the camera wrote (EXIF), then XMP, then the file's name, then
EXIF's plain DateTime, which any program sets when it saves, and at last the mtime. Cameras write
local time, without an offset except in EXIF's newer tags. A time that is known in UTC only (GPS, a
Pixel's names) becomes this machine's local time, because people sort by their own days. The start
date of a clock that was never set does not count. `facts` reads the tags; here dates are texts and
numbers, without Pillow.

Sources: EXIF 3.0 (CIPA DC-008), XMP part 1 (ISO 16684-1).
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

from gallery_daemon.imaging.names import date_of_name
from gallery_daemon.photo import Taken, TakenFrom

# Scans of old prints carry the print's date, so early years are possible; 9999 and 2107, the
# largest that some formats can write, are not.
_YEARS = range(1840, 2100)
# What a camera writes whose clock was never set: the zero of Unix, of FAT and of the Macintosh.
_UNSET_CLOCKS = frozenset(datetime(year, 1, 1) for year in (1970, 1980, 1904))  # noqa: DTZ001

_EXIF_TEXT = re.compile(r"\s*(\d{4})[:\-/.](\d\d)[:\-/.](\d\d)[ T](\d\d):(\d\d):(\d\d)", re.ASCII)
_GPS_DATE = re.compile(r"\s*(\d{4})[:\-/.](\d\d?)[:\-/.](\d\d?)", re.ASCII)
_OFFSET_TEXT = re.compile(r"\s*(?:(Z)|([+-])(\d\d):?(\d\d))", re.ASCII)
_XMP_TEXT = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,6})\d*)?)?)?\s?"
    r"(Z|[+-]\d\d:?\d\d)?",
    re.ASCII,
)


def choose(
    name: str,
    mtime: datetime,
    *,
    camera: datetime | None = None,
    xmp: datetime | None = None,
    saved: datetime | None = None,
) -> Taken:
    """The most trusted date there is.

    Args:
        name: the file's name.
        mtime: the file's modification time, with its offset.
        camera: EXIF's date of taking.
        xmp: XMP's.
        saved: EXIF's date of the last save, by the camera or by any program since.
    """
    candidates = (
        (camera, TakenFrom.EXIF),
        (xmp, TakenFrom.XMP),
        (date_of_name(name), TakenFrom.NAME),
        (saved, TakenFrom.EXIF),
    )
    return next(
        (Taken(when, origin) for when, origin in candidates if when),
        Taken(mtime, TakenFrom.MTIME),
    )


def date_of_exif(text: object, subseconds: object = None, offset: object = None) -> datetime | None:
    """EXIF's `YYYY:MM:DD HH:MM:SS`, with the sub-seconds and the offset of its companion tags."""
    found = _EXIF_TEXT.match(text) if isinstance(text, str) else None
    if found is None:
        return None
    moment = _moment(*found.groups())
    if moment is None or moment in _UNSET_CLOCKS:
        return None
    digits = subseconds.strip("\0 ") if isinstance(subseconds, str) else ""
    if digits.isascii() and digits.isdecimal():
        moment = moment.replace(microsecond=_microseconds(digits))
    return moment.replace(tzinfo=_offset(offset))


def date_of_gps(date: object, time: object) -> datetime | None:
    """GPS's date and (hours, minutes, seconds), which are UTC, in this machine's time zone."""
    found = _GPS_DATE.match(date) if isinstance(date, str) else None
    if found is None or not isinstance(time, tuple):
        return None
    try:
        hour, minute, second = (int(float(part)) for part in time)
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        return None
    moment = _moment(*found.groups(), str(hour), str(minute), str(second))
    return _here(moment.replace(tzinfo=UTC)) if moment else None


def date_of_xmp(text: str) -> datetime | None:
    """XMP's ISO 8601 date, with or without time, fraction and offset; at least to the day."""
    found = _XMP_TEXT.match(text)
    if found is None:
        return None
    *parts, fraction, offset = found.groups()
    moment = _moment(*(part or "0" for part in parts))
    if moment is None or moment in _UNSET_CLOCKS:
        return None
    moment = moment.replace(microsecond=_microseconds(fraction or "0"))
    return moment.replace(tzinfo=_offset(offset))


def _moment(*parts: str) -> datetime | None:
    """Year to second as one moment without an offset; None if the calendar does not have it."""
    if int(parts[0]) not in _YEARS:
        return None
    try:
        # Without an offset on purpose: it is the camera's local time, in an unknown zone.
        return datetime(*(int(part) for part in parts))  # type: ignore[arg-type]  # noqa: DTZ001
    except ValueError:
        return None


def _microseconds(digits: str) -> int:
    return int(digits[:6].ljust(6, "0"))


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


def _here(moment: datetime) -> datetime:
    """The moment in this machine's time zone; unchanged at the ends of the calendar."""
    try:
        return moment.astimezone()
    except (OverflowError, ValueError, OSError):
        return moment
