"""Whether the model fits new photos as well as it did, or is less sure, or they are strange to it.

Pure. The last two weeks are compared with the eight before them, day by day: photos of one day are
of one event, so a day is one observation, however many photos it has. Drift is said where the mean
of the days has fallen by more than chance explains (Welch's test, four standard errors: less than
one time in a thousand with a handful of days), by enough to matter, and in both weeks.

Only photos that the model which serves has judged are compared: another one has another measure.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import timedelta
from statistics import fmean, variance
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

RECENT, BEFORE = timedelta(weeks=2), timedelta(weeks=8)
WINDOW = RECENT + BEFORE
"""Older photos say nothing here."""

_ERRORS = 4.0
# A fall that a person would notice: of a hundred photos five more in review, or strange.
_LEAST_FALL = 0.05
_FEWEST_DAYS_RECENT, _FEWEST_DAYS_BEFORE = 4, 8
_FEWEST_PHOTOS = 40


@dataclass(frozen=True, slots=True)
class JudgedPhoto:
    """A photo that the model judged: when, how sure it was, how familiar, and where it went.

    Both are 0 to 1; `familiarity` is None where it is not known. `folder` is below the library.
    """

    when: datetime
    confidence: float
    familiarity: float | None
    folder: str


@dataclass(frozen=True, slots=True)
class Drift:
    """That the model fits new photos worse; figures as in `ModelDrifted`."""

    photos: int
    confidence: float
    confidence_before: float
    familiarity: float | None
    familiarity_before: float | None
    folder: str


_Measure: TypeAlias = "Callable[[JudgedPhoto], float | None]"


def drift_of(photos: Iterable[JudgedPhoto], now: datetime) -> Drift | None:
    """What has drifted by then; None: nothing has, or too little is known."""
    seen = [photo for photo in photos if timedelta() <= now - photo.when < WINDOW]
    recent = [photo for photo in seen if now - photo.when < RECENT]
    before = [photo for photo in seen if now - photo.when >= RECENT]
    if min(len(recent), len(before)) < _FEWEST_PHOTOS:
        return None
    measures: tuple[_Measure, ...] = (_confidence, _familiarity)
    fallen = [measure for measure in measures if _has_fallen(recent, before, measure, now)]
    if not fallen:
        return None
    means = [(_mean(recent, measure), _mean(before, measure)) for measure in measures]
    (confidence, confidence_before), (familiarity, familiarity_before) = means
    assert confidence is not None
    assert confidence_before is not None
    return Drift(
        len(recent),
        confidence,
        confidence_before,
        familiarity,
        familiarity_before,
        _where(recent, before, fallen[0]),
    )


def _confidence(photo: JudgedPhoto) -> float | None:
    return photo.confidence


def _familiarity(photo: JudgedPhoto) -> float | None:
    return photo.familiarity


def _has_fallen(
    recent: Sequence[JudgedPhoto], before: Sequence[JudgedPhoto], measure: _Measure, now: datetime
) -> bool:
    days, days_before = _by_day(recent, measure, now), _by_day(before, measure, now)
    if len(days) < _FEWEST_DAYS_RECENT or len(days_before) < _FEWEST_DAYS_BEFORE:
        return False
    new, old = list(days.values()), list(days_before.values())
    fall = fmean(old) - fmean(new)
    error = math.sqrt(variance(new) / len(new) + variance(old) / len(old))
    weeks = [[it for day, it in days.items() if (day < 7) is is_last] for is_last in (True, False)]  # noqa: PLR2004 - a week
    is_lasting = all(week and fmean(old) - fmean(week) >= _LEAST_FALL / 2 for week in weeks)
    return fall >= _LEAST_FALL and fall > _ERRORS * error and is_lasting


def _by_day(photos: Sequence[JudgedPhoto], measure: _Measure, now: datetime) -> dict[int, float]:
    """The mean of each day, by how many days ago it was."""
    days: defaultdict[int, list[float]] = defaultdict(list)
    for photo in photos:
        value = measure(photo)
        if value is not None:
            days[(now - photo.when).days].append(value)
    return {day: fmean(values) for day, values in days.items()}


def _mean(photos: Sequence[JudgedPhoto], measure: _Measure) -> float | None:
    values = [value for value in map(measure, photos) if value is not None]
    return fmean(values) if values else None


def _where(recent: Sequence[JudgedPhoto], before: Sequence[JudgedPhoto], measure: _Measure) -> str:
    """The folder where most of those lie that are far below what was usual."""
    usual = sorted(value for value in map(measure, before) if value is not None)
    low = usual[len(usual) // 10]
    odd = [photo for photo in recent if (value := measure(photo)) is not None and value <= low]
    return Counter(photo.folder for photo in odd or recent).most_common(1)[0][0]
