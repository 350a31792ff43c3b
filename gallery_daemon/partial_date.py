"""A date of which the first parts are known: the year, the month, the day, the hour ...

A messenger's name gives the day alone, XMP may have `2023-06`, a camera leaves the time blank. What
is not known is never a zero: whoever asks for a part asks first whether it is known. The text is
ISO 8601 with reduced precision, only as long as what is known: `2023-06`, `2021-01-02`,
`2021-01-02T18:30:05+01:00`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self


class Granularity(StrEnum):
    """The finest part of a date that is known; those before it are known too."""

    YEAR = "year"
    MONTH = "month"
    DAY = "day"
    HOUR = "hour"
    MINUTE = "minute"
    SECOND = "second"

    def includes(self, part: Granularity) -> bool:
        """Whether a date known as finely as this has the part."""
        return _ORDER.index(part) <= _ORDER.index(self)

    @property
    def finer(self) -> Granularity | None:
        """The first part that is not known; None if all are."""
        rest = _ORDER[_ORDER.index(self) + 1 :]
        return rest[0] if rest else None


_ORDER = tuple(Granularity)
_STEPS = {
    Granularity.DAY: timedelta(days=1),
    Granularity.HOUR: timedelta(hours=1),
    Granularity.MINUTE: timedelta(minutes=1),
}
_DAY_FORMS = {Granularity.YEAR: "{0:04}", Granularity.MONTH: "{0:04}-{1:02}"}
_TEXT = re.compile(
    r"(?P<year>\d{4})(?:-(?P<month>\d\d)(?:-(?P<day>\d\d)"
    r"(?:[T ](?P<hour>\d\d)(?::(?P<minute>\d\d)(?::(?P<second>\d\d)(?P<fraction>\.\d{1,6})?)?)?"
    r"(?P<offset>[+-]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?)?)?)?)?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date, and how finely it is known.

    The parts of `when` that are not known are the lowest there are, so it is the earliest moment
    that may be meant. It has an offset only where one was written.
    """

    when: datetime
    granularity: Granularity = Granularity.SECOND

    @classmethod
    def parse(cls, text: str) -> Self:
        """The date that `text` writes.

        Raises:
            ValueError: the text has another form, or the calendar has no such date.
        """
        found = _TEXT.fullmatch(text)
        if found is None:
            raise ValueError(f"{text!r} is no date")
        parts = found.groupdict()
        granularity = [each for each in Granularity if parts[each] is not None][-1]
        day = f"{parts['year']}-{parts['month'] or '01'}-{parts['day'] or '01'}"
        time = f"{parts['hour'] or '00'}:{parts['minute'] or '00'}:{parts['second'] or '00'}"
        tail = f"{parts['fraction'] or ''}{parts['offset'] or ''}"
        return cls(datetime.fromisoformat(f"{day}T{time}{tail}"), granularity)

    @property
    def text(self) -> str:
        """As much as is known, in ISO 8601."""
        when = self.when
        match self.granularity:
            case Granularity.YEAR | Granularity.MONTH:
                return _DAY_FORMS[self.granularity].format(when.year, when.month)
            case Granularity.DAY:
                return when.date().isoformat()
            case Granularity.HOUR:
                return when.isoformat(timespec="hours")
            case Granularity.MINUTE:
                return when.isoformat(timespec="minutes")
            case Granularity.SECOND:
                return when.isoformat()

    def __str__(self) -> str:
        """As a person reads it, with a space before the time."""
        return self.text.replace("T", " ")

    @property
    def end(self) -> datetime:
        """The first moment that cannot be meant any more; `when` itself if all is known.

        At the end of the calendar it is the last moment there is.
        """
        when = self.when
        try:
            match self.granularity:
                case Granularity.YEAR:
                    return when.replace(year=when.year + 1)
                case Granularity.MONTH:
                    years, month = divmod(when.month, 12)
                    return when.replace(year=when.year + years, month=month + 1)
                case Granularity.SECOND:
                    return when
                case granularity:
                    return when + _STEPS[granularity]
        except (ValueError, OverflowError):
            return datetime.max.replace(tzinfo=when.tzinfo)

    def knows(self, part: Granularity) -> bool:
        """Whether that part is known."""
        return self.granularity.includes(part)

    @property
    def on_the_wall(self) -> PartialDate:
        """Without the offset: what the clock on the wall said there."""
        return replace(self, when=self.when.replace(tzinfo=None))

    def is_said_by(self, other: PartialDate) -> bool:
        """Whether `other` says the same, or the same more finely, by the clock on the wall."""
        if not other.knows(self.granularity):
            return False
        ours, moment = self.on_the_wall, other.on_the_wall.when
        return ours.when <= moment < ours.end or ours.when == moment
