"""How fast files come to their end: what was counted a minute ago, and up to a quarter of an hour.

One mark a minute, sixteen at most: nothing grows, and no file pays for it.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gallery_daemon.journey.tally import Tally

MINUTES = (1, 5, 15)
_EVERY_S = 60.0


class Pace:
    """Marks how many files had come to their end, now and then."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self._marks: deque[tuple[float, int]] = deque(maxlen=max(MINUTES) + 1)

    def next_deadline(self) -> float | None:
        """A mark that is late is as good: nobody is woken for it."""
        return None

    def turn(self, now: float) -> None:
        """A mark, if the last one is a minute old."""
        if not self._marks or now >= self._marks[-1][0] + _EVERY_S:
            self._marks.append((now, self._tally.files))

    def per_minute(self, minutes: int, now: float) -> float:
        """Files a minute over the last `minutes`; before the start there were none."""
        if not self._marks:
            return 0.0
        old = [mark for mark in self._marks if mark[0] <= now - minutes * _EVERY_S]
        then, files = old[-1] if old else self._marks[0]
        return (self._tally.files - files) / max(now - then, minutes * _EVERY_S) * _EVERY_S
