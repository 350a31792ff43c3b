"""What `taken` takes: two days, and parts of the date by which photos come round again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gallery_daemon.config.amounts import Moment
from gallery_daemon.config.document import Mapping, Node
from gallery_daemon.config.hints import did_you_mean
from gallery_daemon.config.kinds import OneOrMore, read_scalar, refuse
from gallery_daemon.config.ranges import says_something
from gallery_daemon.config.tables import Key, Table
from gallery_daemon.rules.calendar import (
    MONTHS,
    WEEKDAYS,
    DatePart,
    Span,
    TakenBetween,
    TakenIn,
)
from gallery_daemon.rules.condition import All, Condition

if TYPE_CHECKING:
    from datetime import datetime

    from gallery_daemon.config.report import Report

_NAMES = {DatePart.MONTH: MONTHS, DatePart.WEEKDAY: WEEKDAYS}
_FULL_NAMES = {
    DatePart.MONTH: (
        "january", "february", "march", "april", "may", "june", "july", "august", "september",
        "october", "november", "december",
    ),
    DatePart.WEEKDAY: (
        "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
    ),
}  # fmt: skip
# Weekdays have no numbers: a week begins on Monday for some and on Sunday for others, at 0 or 1.
_NUMBERS = {
    DatePart.YEAR: range(1, 10_000),
    DatePart.MONTH: range(1, 13),
    DatePart.WEEKDAY: range(0),
    DatePart.HOUR: range(24),
}
_WORDS = {
    DatePart.YEAR: "a year such as 2024",
    DatePart.MONTH: "a month such as jun or 6",
    DatePart.WEEKDAY: "a weekday such as sat",
    DatePart.HOUR: "an hour from 0 to 23",
}


@dataclass(frozen=True, slots=True)
class TakenKind:
    """`{after, before, year, month, weekday, hour}`, any of them."""

    words: str = "a map such as {after: 2026-07-01} or {month: [jun, jul]}"

    def read(self, node: Node, key: str, report: Report) -> Condition | None:
        """The condition; of several keys, all must hold."""
        after: Key[datetime] = Key("after", Moment())
        before: Key[datetime] = Key("before", Moment())
        parts = {part: Key(part.value, _SpansKind(part)) for part in DatePart}
        found = Table(key, (after, before, *parts.values())).read(node, report)
        if found is None or not says_something(found, key, node, report) or not found.is_whole:
            return None
        start, end = found.get(after), found.get(before)
        if start is not None and end is not None and start >= end:
            report.error(node.place, f"{key}: after is not earlier than before, so nothing matches")
            return None
        conditions: list[Condition] = []
        if start is not None or end is not None:
            conditions.append(TakenBetween(start, end))
        for part, each in parts.items():
            spans = found.get(each)
            if spans is not None:
                conditions.append(TakenIn(part, spans))
        return conditions[0] if len(conditions) == 1 else All(tuple(conditions))


@dataclass(frozen=True, slots=True)
class _SpansKind:
    part: DatePart

    @property
    def words(self) -> str:
        return f"{_WORDS[self.part]}, a list of such, or a map such as {{min: , max: }}"

    def read(self, node: Node, key: str, report: Report) -> tuple[Span, ...] | None:
        return OneOrMore(_SpanKind(self.part, self.words)).read(node, key, report)


@dataclass(frozen=True, slots=True)
class _SpanKind:
    """One value, or `{min, max}`, which goes over the year's, week's or day's end if need be."""

    part: DatePart
    words: str

    def read(self, node: Node, key: str, report: Report) -> Span | None:
        if not isinstance(node, Mapping):
            value = _PartKind(self.part, self.words).read(node, key, report)
            return None if value is None else Span(value, value)
        first = Key("min", _PartKind(self.part, _WORDS[self.part]))
        last = Key("max", _PartKind(self.part, _WORDS[self.part]))
        found = Table(key, (first, last)).read(node, report)
        if found is None or not says_something(found, key, node, report) or not found.is_whole:
            return None
        span = Span(found.get(first), found.get(last))
        is_over = span.first is not None and span.last is not None and span.first > span.last
        if self.part is DatePart.YEAR and is_over:
            report.error(node.place, f"{key}: min is greater than max, so nothing would match")
            return None
        return span


@dataclass(frozen=True, slots=True)
class _PartKind:
    """A number, or the name of a month or weekday, in English, whole or its three letters."""

    part: DatePart
    words: str

    def read(self, node: Node, key: str, report: Report) -> int | None:
        scalar = read_scalar(node, key, self.words, report)
        if scalar is None:
            return None
        word = scalar.text.strip().lower()
        for names in (_NAMES, _FULL_NAMES):
            if word in names.get(self.part, ()):
                return names[self.part].index(word) + 1
        if word.isascii() and word.isdecimal() and len(word) <= len("2024"):
            number = int(word)
            if number in _NUMBERS[self.part]:
                return number
        refuse(scalar, key, self.words, report, self._hint(word))
        return None

    def _hint(self, word: str) -> str | None:
        options = (*_NAMES.get(self.part, ()), *_FULL_NAMES.get(self.part, ()))
        if self.part is DatePart.WEEKDAY and word.isdecimal():
            return f"write its name: {', '.join(WEEKDAYS)}"
        return did_you_mean(word, options)
