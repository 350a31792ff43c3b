"""Memory that the daemon needs no longer goes back to the system when nothing is on its way.

A listing of a hundred thousand files leaves SQLite with full caches, and the allocator with pages
that it keeps in case they are wanted again: a tenth of what an idle daemon holds. So after the last
file of a listing, and when the classifier process has ended, both let go. Apart from `status`: no
figure depends on it.
"""

from __future__ import annotations

import contextlib
import ctypes
from typing import TYPE_CHECKING

from gallery_daemon.errors import JournalError

if TYPE_CHECKING:
    from collections.abc import Callable

    from gallery_daemon.journal.journal import Journal


class Rest:
    """A periodic task that gives memory back each time when work has ended."""

    def __init__(self, is_busy: Callable[[], bool], give_back: Callable[[], None]) -> None:
        """`is_busy`: a listing, files on their way, or a classifier process that runs."""
        self._is_busy, self._give_back = is_busy, give_back
        self._was_busy = True

    def next_deadline(self) -> float | None:
        """Not by itself: the turn in which work ends, or the next, is soon enough."""
        return None

    def run_due(self, _now: float) -> None:
        """If work has ended since the last turn, its memory has gone back."""
        was_busy, self._was_busy = self._was_busy, self._is_busy()
        if was_busy and not self._was_busy:
            self._give_back()


def give_back(journal: Journal) -> None:
    """The journal's caches are empty, and free memory is the system's."""
    with contextlib.suppress(JournalError):
        journal.empty_caches()
    # Of glibc alone. Source: malloc_trim(3).
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
