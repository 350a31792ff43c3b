"""The library as the daemon has it: looked at for lessons, by events and from time to time.

What appears in it is looked at when it has lain still for a while, all at once, so that a move of
thousands of photos is seen as one. The whole library is looked at when a session begins, when
events were lost, once a day, and every hour where the kernel gives no events. All of that happens
on the beat and while no photos are on their way, a few hundred names in a turn.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Final

from gallery_daemon.daemon.beat import next_beat
from gallery_daemon.errors import JournalError
from gallery_daemon.learning.corrections import STILL_S

if TYPE_CHECKING:
    from collections.abc import Callable

    from gallery_daemon.intake.appearances import Appearances
    from gallery_daemon.learning.library_scan import LibraryLook, LibraryScan
    from gallery_daemon.logs.events import Log

WATCHED_EVERY_S: Final = 24 * 3600.0
"""From one look at the whole library to the next, where events tell of changes."""
UNWATCHED_EVERY_S: Final = 3600.0
"""The same where none do."""

# Watching is tried again as often, where it was not possible or the folder was gone.
_RETRY_S = 600.0


class LibraryWatch:
    """A periodic task that looks for lessons in the library."""

    def __init__(
        self,
        scan: LibraryScan,
        appearances: Appearances,
        library: str,
        log: Log,
        is_busy: Callable[[], bool],
    ) -> None:
        """`is_busy`: photos are on their way, which come first."""
        self._scan, self._appearances, self._library = scan, appearances, Path(library)
        self._log, self._is_busy = log, is_busy
        self._next = self._next_start = float("-inf")
        self._next_whole = -math.inf
        self._why_unwatched: str | None = "it has not begun"

    @property
    def is_under_way(self) -> bool:
        """Whether a look has begun and not ended."""
        return self._scan.is_under_way

    def next_deadline(self) -> float | None:
        """When `run_due` is wanted, in monotonic seconds."""
        return float("-inf") if self._scan.is_under_way and not self._is_busy() else self._next

    def run_due(self, now: float) -> None:
        """A batch of files is looked at, or it is seen on the beat whether a look is due."""
        if self._scan.is_under_way and not self._is_busy():
            self._turn(now)
        elif now >= self._next:
            self._next = next_beat(now)
            if not self._scan.is_under_way and self._library.is_dir():
                self._watch(now)
                self._begin(now)

    def stop(self) -> None:
        """No more events come."""
        self._appearances.stop()

    def _watch(self, now: float) -> None:
        """The watch is up if it can be; what it missed is looked at."""
        if self._appearances.is_watching or now < self._next_start:
            return
        self._next_start = now + _RETRY_S
        self._why_unwatched = self._appearances.start()
        if self._why_unwatched is None:
            self._next_whole = -math.inf

    def _begin(self, now: float) -> None:
        if now >= self._next_whole:
            self._appearances.take()
            self._scan.begin()
            is_watched = self._why_unwatched is None
            self._next_whole = now + (WATCHED_EVERY_S if is_watched else UNWATCHED_EVERY_S)
            return
        oldest = self._appearances.oldest()
        if oldest is None or now < oldest + STILL_S:
            return
        names, has_more = self._appearances.take()
        if has_more:
            self._next_whole = now + STILL_S
        else:
            self._scan.begin(names)

    def _turn(self, now: float) -> None:
        try:
            look = self._scan.turn()
        except JournalError:
            # Locked, or its disk is full: everything is looked at again.
            self._next_whole = now + _RETRY_S
            return
        if look is not None:
            self._tell(look, now)

    def _tell(self, look: LibraryLook, now: float) -> None:
        for event in look.events:
            self._log.write(event)
        self._appearances.add(look.waiting)
        if look.has_copies:
            self._next_whole = now
