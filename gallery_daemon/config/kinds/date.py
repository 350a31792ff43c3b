"""What `taken` takes: two days, and parts of a date that recur, such as months and hours."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from gallery_daemon.config.document import MappingNode, Node
from gallery_daemon.config.kinds.base import OneOrMore, any_case, one_or_more, read_scalar, refuse
from gallery_daemon.config.kinds.quantity import ends_schema, says_something
from gallery_daemon.config.mistakes import did_you_mean
from gallery_daemon.config.section import Key, Schema, Table
from gallery_daemon.partial_date import Granularity, PartialDate
from gallery_daemon.rules.condition import AllOf, Condition
from gallery_daemon.rules.conditions.date import (
    MONTHS,
    WEEKDAYS,
    DatePart,
    Span,
    TakenBetween,
    TakenIn,
)

if TYPE_CHECKING:
    from gallery_daemon.config.mistakes import Mistakes

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
# From the first photograph on: 24 is meant for 2024, and would never match.
_PHOTO_YEARS = range(1826, 10_000)
# Weekdays have no numbers: a week begins on Monday for some and on Sunday for others, at 0 or 1.
_NUMBERS = {
    DatePart.YEAR: _PHOTO_YEARS,
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

_PARTIAL = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2})?)?)?)?", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2})?)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Moment:
    """A day, or a day with a time, in the photo's local time."""

    words: str = "a day such as 2026-07-01, or 2026-07-01 18:30"

    @property
    def schema(self) -> Schema:
        """Its digits; which days there are, the reader knows."""
        return {"type": "string", "pattern": f"^{_DAY.pattern}$".replace(r"\d", "[0-9]")}

    def read(self, node: Node, key: str, mistakes: Mistakes) -> datetime | None:
        """The moment, without offset; a day begins at midnight."""
        scalar = read_scalar(node, key, self.words, mistakes)
        if scalar is None:
            return None
        if _DAY.fullmatch(scalar.text):
            try:
                return datetime.fromisoformat(scalar.text)
            except ValueError:
                pass  # the 30th of February
        refuse(scalar, key, self.words, mistakes)
        return None


@dataclass(frozen=True, slots=True)
class PartialDateKind:
    """A date as far as a photo has it: a year, a month, a day, or a day with a time."""

    words: str = "a date such as 2026-07-01 18:30, or less of it: 2026-07-01, 2026-07, 2026"

    @property
    def schema(self) -> Schema:
        """A year alone is a number for YAML."""
        years = {"type": "integer", "minimum": _PHOTO_YEARS[0], "maximum": _PHOTO_YEARS[-1]}
        pattern = f"^{_PARTIAL.pattern}$".replace(r"\d", "[0-9]")
        return {"anyOf": [years, {"type": "string", "pattern": pattern}]}

    def read(self, node: Node, key: str, mistakes: Mistakes) -> PartialDate | None:
        """The date, without offset; 18:30 is short for 18:30:00."""
        scalar = read_scalar(node, key, self.words, mistakes)
        if scalar is None:
            return None
        if _PARTIAL.fullmatch(scalar.text):
            try:
                date = PartialDate.parse(scalar.text)
            except ValueError:
                pass  # the 30th of February
            else:
                is_whole = date.knows(Granularity.MINUTE)
                if date.when.year in _PHOTO_YEARS:
                    return PartialDate(date.when) if is_whole else date
        refuse(scalar, key, self.words, mistakes)
        return None


@dataclass(frozen=True, slots=True)
class TakenKind:
    """`{after, before, year, month, weekday, hour}`, any of them."""

    words: str = "a map such as {after: 2026-07-01} or {month: [jun, jul]}"

    @property
    def schema(self) -> Schema:
        """Any of the keys, and one at least."""
        return ends_schema(_AFTER, _BEFORE, *_PARTS.values())

    def read(self, node: Node, key: str, mistakes: Mistakes) -> Condition | None:
        """The condition; of several keys, all must hold."""
        found = Table(key, (_AFTER, _BEFORE, *_PARTS.values())).read(node, mistakes)
        if found is None or not says_something(found, key, node, mistakes) or not found.is_whole:
            return None
        start, end = found.get(_AFTER), found.get(_BEFORE)
        if start is not None and end is not None and start >= end:
            mistakes.error(
                node.mark, f"{key}: after is not earlier than before, so nothing matches"
            )
            return None
        conditions: list[Condition] = []
        if start is not None or end is not None:
            conditions.append(TakenBetween(start, end))
        for part, each in _PARTS.items():
            spans = found.get(each)
            if spans is not None:
                conditions.append(TakenIn(part, spans))
        return conditions[0] if len(conditions) == 1 else AllOf(tuple(conditions))


@dataclass(frozen=True, slots=True)
class _SpansKind:
    part: DatePart

    @property
    def words(self) -> str:
        return f"{_WORDS[self.part]}, a list of such, or a map such as {{min: , max: }}"

    @property
    def schema(self) -> Schema:
        return one_or_more(_SpanKind(self.part, self.words).schema)

    def read(self, node: Node, key: str, mistakes: Mistakes) -> tuple[Span, ...] | None:
        return OneOrMore(_SpanKind(self.part, self.words)).read(node, key, mistakes)


@dataclass(frozen=True, slots=True)
class _SpanKind:
    """One value, or `{min, max}`, which goes over the year's, week's or day's end if need be."""

    part: DatePart
    words: str

    @property
    def schema(self) -> Schema:
        return {"anyOf": [self._end.schema, ends_schema(*self._ends)]}

    def read(self, node: Node, key: str, mistakes: Mistakes) -> Span | None:
        if not isinstance(node, MappingNode):
            value = _PartKind(self.part, self.words).read(node, key, mistakes)
            return None if value is None else Span(value, value)
        first, last = self._ends
        found = Table(key, (first, last)).read(node, mistakes)
        if found is None or not says_something(found, key, node, mistakes) or not found.is_whole:
            return None
        span = Span(found.get(first), found.get(last))
        is_over = span.first is not None and span.last is not None and span.first > span.last
        if self.part is DatePart.YEAR and is_over:
            mistakes.error(node.mark, f"{key}: min is greater than max, so nothing would match")
            return None
        return span

    @property
    def _end(self) -> _PartKind:
        return _PartKind(self.part, _WORDS[self.part])

    @property
    def _ends(self) -> tuple[Key[int], Key[int]]:
        return Key("min", self._end), Key("max", self._end)


@dataclass(frozen=True, slots=True)
class _PartKind:
    """A number, or the name of a month or weekday, in English, whole or its three letters."""

    part: DatePart
    words: str

    @property
    def schema(self) -> Schema:
        names = [*_NAMES.get(self.part, ()), *_FULL_NAMES.get(self.part, ())]
        words = [any_case(name) for name in names]
        numbers = _NUMBERS[self.part]
        if not numbers:
            return {"type": "string", "pattern": _only(words)}
        whole = {"type": "integer", "minimum": numbers[0], "maximum": numbers[-1]}
        return {"anyOf": [whole, {"type": "string", "pattern": _only([*words, "[0-9]{1,4}"])}]}

    def read(self, node: Node, key: str, mistakes: Mistakes) -> int | None:
        scalar = read_scalar(node, key, self.words, mistakes)
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
        refuse(scalar, key, self.words, mistakes, self._hint(word))
        return None

    def _hint(self, word: str) -> str | None:
        options = (*_NAMES.get(self.part, ()), *_FULL_NAMES.get(self.part, ()))
        if self.part is DatePart.WEEKDAY and word.isdecimal():
            return f"write its name: {', '.join(WEEKDAYS)}"
        return did_you_mean(word, options)


def _only(words: list[str]) -> str:
    return rf"^\s*({'|'.join(words)})\s*$"


_AFTER: Key[datetime] = Key("after", Moment())
_BEFORE: Key[datetime] = Key("before", Moment())
_PARTS = {part: Key(part.value, _SpansKind(part)) for part in DatePart}
