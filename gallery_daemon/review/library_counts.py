"""Counts of a library as they are drawn: bars, and a calendar of months. Pure."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gallery_daemon.journal.overview_rows import KindCount, MonthCount

SHADES: Final = 4
"""So many shades a month of the calendar may have, beside none."""
_MONTHS: Final = 12
_YEAR = len("2026")


@dataclass(frozen=True, slots=True)
class Bar:
    """So many photos have that name; `share` is the bar's length, 0 to 100."""

    name: str | None
    photos: int
    share: float


@dataclass(frozen=True, slots=True)
class MonthCell:
    """A month of the calendar: `2026-03`, its photos, and how dark it is, 0 to `SHADES`."""

    month: str
    photos: int
    shade: int


@dataclass(frozen=True, slots=True)
class CalendarYear:
    """A year of the calendar, its photos, and its twelve months."""

    year: str
    photos: int
    months: tuple[MonthCell, ...]


def by_class(kinds: Iterable[KindCount]) -> Sequence[Bar]:
    """A bar for each class, the longest first."""
    return _bars((each.class_name, each.photos) for each in kinds)


def by_source(kinds: Iterable[KindCount]) -> Sequence[Bar]:
    """A bar for each watch folder, the longest first."""
    return _bars((each.source, each.photos) for each in kinds)


def years_of(months: Iterable[MonthCount]) -> Sequence[CalendarYear]:
    """The years in which photos were taken, the latest first; those without a date are left out."""
    counts = Counter({each.month: each.photos for each in months if _is_month(each.month)})
    most = max(counts.values(), default=0)
    years = sorted({month[:_YEAR] for month in counts if month is not None}, reverse=True)
    return tuple(_year(year, counts, most) for year in years)


def _bars(counts: Iterable[tuple[str | None, int]]) -> Sequence[Bar]:
    sums: Counter[str | None] = Counter()
    for name, photos in counts:
        sums[name] += photos
    most = max(sums.values(), default=0)
    order = sorted(sums.items(), key=lambda each: (-each[1], each[0] is None, each[0] or ""))
    return tuple(Bar(name, photos, round(100 * photos / most, 1)) for name, photos in order)


def _year(year: str, counts: Counter[str | None], most: int) -> CalendarYear:
    names = (f"{year}-{month:02}" for month in range(1, _MONTHS + 1))
    months = tuple(MonthCell(name, counts[name], _shade(counts[name], most)) for name in names)
    return CalendarYear(year, sum(each.photos for each in months), months)


def _shade(photos: int, most: int) -> int:
    """By the square root: a holiday of a thousand photos must not make all other months white."""
    return math.ceil(SHADES * math.sqrt(photos / most)) if photos else 0


def _is_month(month: str | None) -> bool:
    """Whether it is one; a photo of which only the year is known has none."""
    if month is None or len(month) != len("2026-03"):
        return False
    year, dash, number = month[:_YEAR], month[_YEAR], month[_YEAR + 1 :]
    return year.isdigit() and dash == "-" and number.isdigit() and 1 <= int(number) <= _MONTHS
