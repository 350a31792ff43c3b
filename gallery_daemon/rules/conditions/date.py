"""Conditions on the date taken: between two moments, or in certain years, months, days, hours.

The date must be the photo's own: an mtime says when the file was written, not when the photo was
taken, so it never matches. All times are the photo's local time, as a clock on the wall shows it.
Of many photos only the day is known, of some only the month: a condition holds if it holds whatever
the rest is, and else it does not, so no hour is ever met by a photo without one.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING

from gallery_daemon.partial_date import Granularity
from gallery_daemon.photo import Facts, Photo, Prediction, TakenFrom
from gallery_daemon.rules.condition import NOTHING, Atom, Condition, Needs, is_within, yes_or_no
from gallery_daemon.rules.yamltext import ends_map, one_or_list

if TYPE_CHECKING:
    from datetime import datetime

    from gallery_daemon.decision import Check
    from gallery_daemon.partial_date import PartialDate

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_NO_DATE = "no date taken is known"


@dataclass(frozen=True, slots=True)
class TakenBetween(Atom):
    """Taken at `after` or later, and earlier than `before`; both without offset."""

    after: datetime | None
    before: datetime | None

    @property
    def text(self) -> str:
        """As the YAML has it: `taken: {after: 2026-07-01}`."""
        return f"taken: {ends_map(str, after=self.after, before=self.before)}"

    def check(self, _photo: Photo, facts: Facts, _prediction: Prediction | None) -> Check:
        """Yes or no."""
        known = _date_taken(facts)
        if known is None:
            return yes_or_no(self, holds=False, reason=_NO_DATE)
        why_not = self._missed_by(known)
        found = f"taken {known}"
        reason = f"{found}, {why_not}" if why_not else found
        return yes_or_no(self, holds=why_not is None, reason=reason)

    def _missed_by(self, known: PartialDate) -> str | None:
        """Why the date is not in it for certain."""
        start, end, after, before = known.when, known.end, self.after, self.before
        open_ = f"the {known.granularity.finer} is not known"
        if after is not None and start < after:
            return f"before {after}" if end <= after else f"{open_}, so perhaps before {after}"
        if before is not None and start >= before:
            return f"not before {before}"
        if before is not None and end > before:
            return f"{open_}, so perhaps not before {before}"
        return None

    def covers(self, other: Condition) -> bool:
        """A time within this one."""
        if not isinstance(other, TakenBetween):
            return False
        return is_within((other.after, other.before), (self.after, self.before))

    @property
    def needs(self) -> Needs:
        """Nothing: the journal keeps the date."""
        return NOTHING


class DatePart(StrEnum):
    """A part of a date, as a number: months and weekdays from 1, weeks begin on Monday."""

    YEAR = "year"
    MONTH = "month"
    WEEKDAY = "weekday"
    HOUR = "hour"


_KNOWN_WITH = {
    DatePart.YEAR: Granularity.YEAR,
    DatePart.MONTH: Granularity.MONTH,
    DatePart.WEEKDAY: Granularity.DAY,
    DatePart.HOUR: Granularity.HOUR,
}


@dataclass(frozen=True, slots=True)
class Span:
    """From `first` to `last`, both included; None is open.

    With `first` after `last` it wraps round: hours from 22 to 5, months from 11 to 2.
    """

    first: int | None
    last: int | None

    def __contains__(self, value: int) -> bool:
        """Whether the value is in it."""
        from_first = self.first is None or value >= self.first
        to_last = self.last is None or value <= self.last
        return (from_first or to_last) if self._wraps else (from_first and to_last)

    def covers(self, other: Span) -> bool:
        """Whether it holds all of `other`; no may mean that it was not seen."""
        from_first = self.first is None or (other.first is not None and other.first >= self.first)
        to_last = self.last is None or (other.last is not None and other.last <= self.last)
        if self._wraps and not other._wraps:
            return from_first or to_last
        return from_first and to_last and self._wraps >= other._wraps

    @property
    def _wraps(self) -> bool:
        return self.first is not None and self.last is not None and self.first > self.last


@dataclass(frozen=True, slots=True)
class TakenIn(Atom):
    """The part of the date taken is in one of the spans: in June or July, on a Saturday."""

    part: DatePart
    spans: tuple[Span, ...]

    @property
    def text(self) -> str:
        """As the YAML has it: `taken: {month: [jun, jul]}`."""
        return f"taken: {{{self.part}: {self._wanted}}}"

    def check(self, _photo: Photo, facts: Facts, _prediction: Prediction | None) -> Check:
        """Yes or no."""
        known = _date_taken(facts)
        if known is None:
            return yes_or_no(self, holds=False, reason=_NO_DATE)
        if not known.knows(_KNOWN_WITH[self.part]):
            reason = f"taken {known}, the {self.part} is not known"
            return yes_or_no(self, holds=False, reason=reason)
        value = _value(self.part, known.when)
        holds = any(value in span for span in self.spans)
        found = f"taken {known}, {self.part} {_shown(self.part, value)}"
        reason = found if holds else f"{found}, not {self._wanted}"
        return yes_or_no(self, holds=holds, reason=reason)

    def covers(self, other: Condition) -> bool:
        """The same part in fewer or narrower spans."""
        if not isinstance(other, TakenIn) or self.part is not other.part:
            return False
        return all(any(wide.covers(narrow) for wide in self.spans) for narrow in other.spans)

    @property
    def needs(self) -> Needs:
        """Nothing: the journal keeps the date."""
        return NOTHING

    @property
    def _wanted(self) -> str:
        return one_or_list(tuple(_span_text(self.part, span) for span in self.spans))


def _date_taken(facts: Facts) -> PartialDate | None:
    known = facts.taken.origin is not TakenFrom.MTIME
    return facts.taken.date.on_the_wall if known else None


def _value(part: DatePart, moment: datetime) -> int:
    match part:
        case DatePart.YEAR:
            return moment.year
        case DatePart.MONTH:
            return moment.month
        case DatePart.WEEKDAY:
            return moment.isoweekday()
        case DatePart.HOUR:
            return moment.hour


def _shown(part: DatePart, value: int) -> str:
    match part:
        case DatePart.MONTH:
            return MONTHS[value - 1]
        case DatePart.WEEKDAY:
            return WEEKDAYS[value - 1]
        case DatePart.YEAR | DatePart.HOUR:
            return str(value)


def _span_text(part: DatePart, span: Span) -> str:
    if span.first is not None and span.first == span.last:
        return _shown(part, span.first)
    return ends_map(partial(_shown, part), min=span.first, max=span.last)
