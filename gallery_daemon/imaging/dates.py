"""When a photo was taken, how finely that is known, and where that date is from.

The most trusted date wins: what the camera wrote (EXIF), then XMP, IPTC, the file's name, GPS, and
at last the mtime. EXIF's plain DateTime, which any program sets when it saves, comes after the name
too; before GPS only where both mean the same moment. Where the winner is known in part, a later
source that says the same more finely is taken instead: `2023-06` in XMP and
`IMG_20230615_101112.jpg`.

Cameras write local time, without an offset except in EXIF's newer tags. A time that is known in UTC
only (GPS, a Pixel's names) becomes the local time of the place where the photo was taken, or this
machine's where no place is known, because people sort by their own days.

A part that is blank, missing or out of range costs that part and those below it, not those above. A
day or a month that the calendar does not have makes the whole date worthless. A clock that was
never set says nothing: the first days of such clocks never count, and days on which people take
photos too only where the name or GPS says the same. Other cameras begin with a new year, so its
first hour, and its noon to the second, counts only where neither the name nor GPS speaks against
it; so do the first weeks of the clocks of Unix and FAT.

Sources: EXIF 3.0 (CIPA DC-008), XMP part 1 (ISO 16684-1), IPTC IIM 4.2, Metadata Working Group's
guidelines 2.0; the default date of Qualcomm's cameras: mm-jpeg-interface.
"""

from __future__ import annotations

import math
import re
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from gallery_daemon.imaging.name_dates import date_of_name
from gallery_daemon.partial_date import Granularity, PartialDate
from gallery_daemon.photo import Position, Taken, TakenFrom

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gallery_daemon.imaging.date_texts import (
        DateTexts,
        ExifDateText,
        GpsDateText,
        IptcDateText,
    )

# Scans of old prints carry the print's date, so early years are possible; 9999 and 2107, the
# largest that some formats can write, are not.
_YEARS = range(1840, 2100)

# The first day of a clock that was never set, which may have run for some hours since: the zeros of
# VMS, OLE, SQL, the Macintosh, Unix, FAT and GPS, with the eve where the clock was told in a zone
# west of Greenwich; and the last seconds that NTP and Unix count in 32 bits.
_UNSET_DAYS = frozenset(
    map(
        date.fromisoformat,
        (
            "1858-11-17", "1899-12-30", "1899-12-31", "1900-01-01", "1903-12-31", "1904-01-01",
            "1969-12-31", "1970-01-01", "1979-12-31", "1980-01-01", "1980-01-06", "2036-02-07",
            "2038-01-18", "2038-01-19",
        ),
    )
)  # fmt: skip
# Days on which cameras begin, and people took photos too.
_DOUBTFUL_DAYS = frozenset({date(2000, 1, 1)})
# What Qualcomm's camera library writes if no application tells it the time.
_DOUBTFUL_MOMENTS = frozenset({datetime(2002, 12, 8, 12)})  # noqa: DTZ001

# A clock that began here may have run for days.
_BEGINNINGS = frozenset({(1970, 1), (1980, 1)})

_DIGITAL_SINCE = 1995

# How far the local time on earth is from UTC, and an old fix from the photo.
_SAME_MOMENT = timedelta(hours=15)

# With all its parts it is clear whatever is between them, or nothing.
_WHOLE_TEXT = re.compile(
    r"\s*(\d{4})([:\-/.])(\d\d)\2(\d\d)[\sT:_,\-]{0,9}"
    r"(\d\d)([:.\-]?)(\d\d)\6(\d\d)(?!\d)(?:[.,](\d{1,9}))?",
    re.ASCII,
)
_PART = r"( ?\d\d?(?!\d)|  )"
_DATE_TEXT = re.compile(
    rf"\s*(\d{{4}})(?!\d)(?:[:\-/.]{_PART}(?:[:\-/.]{_PART}"
    rf"(?:[ T]{{1,9}}{_PART}(?::{_PART}(?::{_PART}(?:[.,](\d{{1,9}}))?)?)?)?)?)?",
    re.ASCII,
)
_SOLID_TEXT = re.compile(
    r"\s*(\d{4})(\d\d)(\d\d)(?:[ T]?(\d\d)(\d\d)(\d\d)?(?:[.,](\d{1,9}))?)?(?!\d)", re.ASCII
)
# Of twelve hours, as phones in America and East Asia write against the standard.
_HALF_OF_DAY = re.compile(
    r"\s?(?<![a-z])(?:(?P<early>a\.?\s?m\.?|上午|午前|오전)|p\.?\s?m\.?|下午|午後|오후)(?![a-z])",
    re.IGNORECASE,
)
_IPTC_TIME = re.compile(r"\s*(\d\d):?(\d\d):?(\d\d)?", re.ASCII)
_OFFSET_TEXT = re.compile(r"\s*(?:(Z)|([+-])(\d\d)(?::?(\d\d))?(?!\d))", re.ASCII)
_DAY_LONG = timedelta(hours=24)


def choose(texts: DateTexts, name: str, mtime: datetime) -> Taken:
    """The most trusted date there is, as finely as the sources that agree with it know it.

    Args:
        texts: what the file says.
        name: the file's name.
        mtime: its modification time, with its offset.
    """
    best: Taken | None = None
    for each in _candidates(texts, name):
        if not _counts(each.date, texts, name):
            continue
        if best is None or best.date.is_said_by(each.date):
            best = each
        if best.granularity is Granularity.SECOND:
            break
    return best or _saved(texts, name) or Taken(mtime, TakenFrom.MTIME)


def _candidates(texts: DateTexts, name: str) -> Iterator[Taken]:
    """Every date of taking, the most trusted first; each is read only when it is asked for."""
    yield from _each(TakenFrom.EXIF, map(date_of_exif, texts.exif))
    yield from _each(TakenFrom.XMP, map(date_of_text, texts.xmp))
    yield from _each(TakenFrom.IPTC, map(date_of_iptc, texts.iptc))
    named = date_of_name(name)
    yield from _each(TakenFrom.NAME, (named and _local(named, texts.position),))
    if texts.gps and (fix := date_of_gps(texts.gps)):
        saved = _saved(texts, name)
        if saved and _is_same_moment(saved.date, fix):
            yield saved
        yield from _each(TakenFrom.GPS, (_local(fix, texts.position),))


def _saved(texts: DateTexts, name: str) -> Taken | None:
    """The date of the last save."""
    date = None if texts.saved is None else date_of_exif(texts.saved)
    is_known = date is not None and _counts(date, texts, name)
    return Taken(date.when, TakenFrom.EXIF, date.granularity) if date and is_known else None


def _each(origin: TakenFrom, known: Iterable[PartialDate | None]) -> Iterator[Taken]:
    return (Taken(each.when, origin, each.granularity) for each in known if each)


def _counts(known: PartialDate, texts: DateTexts, name: str) -> bool:
    """Whether it can be the date of a clock that was set."""
    if _is_unset(known):
        return False
    if not (_is_doubtful(known) or _is_new_year(known) or _is_near_beginning(known)):
        return True
    fix = None if texts.gps is None else date_of_gps(texts.gps)
    witnesses = [each for each in (date_of_name(name), fix) if each]
    is_confirmed = any(_is_same_day(known, each) for each in witnesses)
    return is_confirmed or not (witnesses or _is_doubtful(known))


def _is_unset(known: PartialDate) -> bool:
    return known.knows(Granularity.DAY) and known.when.date() in _UNSET_DAYS


def _is_doubtful(known: PartialDate) -> bool:
    if not known.knows(Granularity.DAY):
        return False
    moment = known.when.replace(tzinfo=None, microsecond=0)
    return moment in _DOUBTFUL_MOMENTS or moment.date() in _DOUBTFUL_DAYS


def _is_new_year(known: PartialDate) -> bool:
    """Whether it is the first hour of a year that a digital camera can have begun with, or noon."""
    when = known.when
    if (when.month, when.day) != (1, 1) or when.year < _DIGITAL_SINCE:
        return False
    is_noon = known.knows(Granularity.SECOND) and (when.hour, when.minute, when.second) == (
        12,
        0,
        0,
    )
    return known.knows(Granularity.HOUR) and (when.hour == 0 or is_noon)


def _is_near_beginning(known: PartialDate) -> bool:
    return known.knows(Granularity.DAY) and (known.when.year, known.when.month) in _BEGINNINGS


def _is_same_day(local: PartialDate, other: PartialDate) -> bool:
    """Whether the other, which may be in UTC, says the same day."""
    if other.when.tzinfo is None:
        return local.when.date() == other.when.date()
    return _is_same_moment(local, other)


def _is_same_moment(local: PartialDate, utc: PartialDate) -> bool:
    apart = local.when.replace(tzinfo=None) - utc.when.replace(tzinfo=None)
    return abs(apart) <= _SAME_MOMENT


def date_of_exif(text: ExifDateText) -> PartialDate | None:
    """EXIF's `YYYY:MM:DD HH:MM:SS`, with the sub-seconds and the offset of its companion tags."""
    known = date_of_text(text.date)
    if known is None or not known.knows(Granularity.HOUR):
        return known
    when = known.when
    digits = text.subseconds.strip("\0 ") if isinstance(text.subseconds, str) else ""
    if digits.isascii() and digits.isdecimal() and known.knows(Granularity.SECOND):
        when = when.replace(microsecond=_microseconds(digits))
    return PartialDate(when.replace(tzinfo=_offset(text.offset) or when.tzinfo), known.granularity)


def date_of_text(text: object) -> PartialDate | None:
    """A date as EXIF or XMP (ISO 8601) writes it, as far as it is there, with its offset."""
    if not isinstance(text, str):
        return None
    if half := _HALF_OF_DAY.search(text):
        text = text[: half.start()] + text[half.end() :]
    if found := _WHOLE_TEXT.match(text):
        *parts, fraction = found.group(1, 3, 4, 5, 7, 8, 9)
    elif found := _SOLID_TEXT.match(text) or _DATE_TEXT.match(text):
        *parts, fraction = found.groups()
    else:
        return None
    known = _partial(parts, fraction, _offset(text[found.end() :]))
    return (
        known if known is None or half is None else _of_twelve(known, 0 if half["early"] else _NOON)
    )


def _of_twelve(known: PartialDate, noon: int) -> PartialDate:
    """The same with its hour counted from midnight, if it is one of twelve before or after noon."""
    if not known.knows(Granularity.HOUR) or known.when.hour not in range(1, _NOON + 1):
        return known
    when = known.when.replace(hour=known.when.hour % _NOON + noon)
    return PartialDate(when, known.granularity)


def date_of_iptc(text: IptcDateText) -> PartialDate | None:
    """IPTC's `CCYYMMDD`, of which month and day may be zeros, and its time, `HHMMSS+HHMM`."""
    found = date_of_text(_as_text(text.date))
    time = _IPTC_TIME.match(_as_text(text.time))
    if found is None or found.granularity is not Granularity.DAY or time is None:
        return found
    day = found.when
    parts = [f"{day.year:04}", f"{day.month}", f"{day.day}", *time.groups()]
    return _partial(parts, None, _offset(_as_text(text.time)[time.end() :]))


def date_of_gps(text: GpsDateText) -> PartialDate | None:
    """GPS's date and (hours, minutes, seconds), in UTC; a day alone is no local day."""
    known = date_of_text(text.date)
    if known is None or not known.knows(Granularity.DAY) or not isinstance(text.time, tuple):
        return None
    day = known.when
    parts = [f"{day.year:04}", f"{day.month}", f"{day.day}", *map(_whole, text.time)]
    moment = _partial(parts, None, UTC) if len(text.time) == len(("h", "m", "s")) else None
    return moment if moment and moment.knows(Granularity.MINUTE) else None


def _as_text(raw: object) -> str:
    if isinstance(raw, bytes):
        return raw.decode("ascii", "replace")
    return raw if isinstance(raw, str) else ""


def _whole(number: object) -> str | None:
    """The whole part of a number as digits; None of what is no number, or less than zero."""
    try:
        value = float(number)  # type: ignore[arg-type]  # whatever it is, float refuses it
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        return None
    return f"{int(value)}" if math.isfinite(value) and value >= 0 else None


def _partial(
    parts: list[str | None], fraction: str | None, offset: tzinfo | None
) -> PartialDate | None:
    """Year to second as far as they are known; None if the calendar does not have the day."""
    year, month, day, hour, minute, second = map(_number, parts)
    if year is None or year not in _YEARS:
        return None
    if year == _FAT_ZERO and month == 0:
        return None
    if not month:
        return PartialDate(datetime(year, 1, 1), Granularity.YEAR)  # noqa: DTZ001 - local time
    try:
        when = datetime(year, month, day or 1)  # noqa: DTZ001
    except ValueError:
        return None
    if not day:
        return PartialDate(when, Granularity.MONTH)
    granularity = Granularity.DAY
    # Some cameras count the first hour of the day as 24; the day is right. A leap second is one.
    if hour is not None and hour <= _LAST_HOUR:
        when, granularity = when.replace(hour=hour % _LAST_HOUR, tzinfo=offset), Granularity.HOUR
        if minute is not None and minute < _MINUTES:
            when, granularity = when.replace(minute=minute), Granularity.MINUTE
            if second is not None and second <= _LEAP_SECOND:
                last = min(second, _LEAP_SECOND - 1)
                when, granularity = when.replace(second=last), Granularity.SECOND
                when = when.replace(microsecond=_microseconds(fraction or "0"))
    return PartialDate(when, granularity)


_NOON = 12
_FAT_ZERO = 1980  # with zeros for month and day: what FAT says of no date
_LAST_HOUR, _MINUTES, _LEAP_SECOND = 24, 60, 60


def _number(text: str | None) -> int | None:
    """The number, or None where nothing is known."""
    return int(text) if text and text.strip() and " " not in text.strip() else None


def _microseconds(digits: str) -> int:
    return int(digits[:6].ljust(6, "0"))


def _offset(text: object) -> timezone | None:
    found = _OFFSET_TEXT.match(text) if isinstance(text, str) else None
    if found is None:
        return None
    if found[1]:
        return UTC
    away = timedelta(hours=int(found[3]), minutes=int(found[4] or 0))
    if away >= _DAY_LONG:
        return None
    return timezone(-away if found[2] == "-" else away)


def _local(known: PartialDate, position: Position | None) -> PartialDate:
    """What is in UTC, in the zone of the place; unchanged at the ends of the calendar."""
    if known.when.tzinfo is None:
        return known
    try:
        there = known.when.astimezone(None if position is None else _zone_at(position))
    except (OverflowError, ValueError, OSError):
        return known
    fixed = timezone(there.utcoffset() or timedelta())
    return PartialDate(there.replace(tzinfo=fixed), known.granularity)


def _zone_at(position: Position) -> tzinfo | None:
    """The time zone of a place; None if this machine does not know its rules."""
    # Its map takes 34 MB and half a second, and hardly any photo needs it.
    from tzfpy import get_tz  # noqa: PLC0415

    try:
        return ZoneInfo(get_tz(position.longitude, position.latitude))
    except (ZoneInfoNotFoundError, ValueError):
        return None
