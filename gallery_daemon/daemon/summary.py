"""One line a day: what became of the photos of the day that has ended.

It is logged at midnight, or at the first turn after it on a machine that was asleep. The journal is
counted, so neither a new start nor a new configuration forgets the morning. Apart from
`journal.query`, which counts a day: here is only known when one has ended.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from gallery_daemon.daemon.beat import next_beat
from gallery_daemon.errors import JournalError
from gallery_daemon.journal.query import day_of

if TYPE_CHECKING:
    from datetime import date

    from gallery_daemon.clock import Clock
    from gallery_daemon.journal.journal import Journal
    from gallery_daemon.logs.events import Log

# A clock that is set, and a machine that wakes, are noticed within this time.
_LOOK_EVERY_S = 60.0


@dataclass(slots=True)
class Today:
    """The day that has not been summed up yet; it outlives a configuration."""

    day: date


class Summary:
    """Sums up each day when it has ended."""

    def __init__(self, today: Today, journal: Journal, log: Log, clock: Clock) -> None:
        self._today, self._journal, self._log, self._clock = today, journal, log, clock
        self._next = float("-inf")

    def next_deadline(self) -> float | None:
        """Midnight, or an earlier look at the clock."""
        return self._next

    def run_due(self, now: float) -> None:
        """A day that has ended is summed up."""
        if now < self._next:
            return
        wall = self._clock.wall()
        self._next = min(next_beat(now, _LOOK_EVERY_S), now + _until_midnight_s(wall))
        ended = self._today.day
        self._today.day = wall.date()
        if ended < wall.date():
            self._sum_up(ended)

    def _sum_up(self, day: date) -> None:
        try:
            found = day_of(self._journal.newest_first(), day)
        except JournalError:
            return  # the next filing logs what is wrong, and once is enough
        if found is not None:
            self._log.write(found)


def _until_midnight_s(wall: datetime) -> float:
    """By the offset that the wall clock has now; the day it changes costs one more look."""
    midnight = datetime.combine(wall.date() + timedelta(days=1), datetime.min.time(), wall.tzinfo)
    return (midnight - wall).total_seconds()
