"""Looks once a day whether the model has drifted, and says so once a week."""

from __future__ import annotations

import contextlib
import os
from datetime import datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING

from gallery_daemon.daemon.beat import next_beat
from gallery_daemon.daemon.configuration import versions_of
from gallery_daemon.errors import BundleError, JournalError
from gallery_daemon.journal.record import State
from gallery_daemon.learning.drift import WINDOW, JudgedPhoto, drift_of
from gallery_daemon.logs.model_events import ModelDrifted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from gallery_daemon.clock import Clock
    from gallery_daemon.config.settings import Config
    from gallery_daemon.journal.journal import Journal
    from gallery_daemon.learning.drift import Drift
    from gallery_daemon.logs.events import Log

_EVERY_S = 24 * 3600.0
_AT_FIRST_S = 60.0
_TOLD_AGAIN = timedelta(weeks=1)
# Newest rows of the journal that are looked at: enough to tell, and a moment's work.
_ROWS = 5_000
_DIGITS = 3
_TOLD_FILE = "drifted"
_OF_A_MODEL = frozenset({State.FILED, State.LEFT, State.IDENTICAL, State.SKIPPED})
HINT = "look at the folder, drag what is wrong to where it belongs, then: gallery-daemon learn"


class DriftWatch:
    """A periodic task."""

    def __init__(
        self,
        journal: Journal,
        log: Log,
        clock: Clock,
        *,
        library: str,
        model: str,
        told: Path,
        is_busy: Callable[[], bool],
    ) -> None:
        """`told` is a file whose mtime is when it was said last; it outlives the daemon."""
        self._journal, self._log, self._clock = journal, log, clock
        self._library, self._model, self._told = library, model, told
        self._is_busy = is_busy
        self._next: float | None = None
        self.drift: Drift | None = None

    @classmethod
    def of(
        cls,
        config: Config,
        journal: Journal,
        log: Log,
        clock: Clock,
        *,
        model: str,
        is_busy: Callable[[], bool],
    ) -> DriftWatch | None:
        """The task for a session; None where the model cannot be read: the log says so."""
        with contextlib.suppress(BundleError):
            told = versions_of(config.model.bundle, config.library).folder / _TOLD_FILE
            return cls(
                journal,
                log,
                clock,
                library=config.library,
                model=model,
                told=told,
                is_busy=is_busy,
            )
        return None

    def next_deadline(self) -> float | None:
        """When the next look is due, in monotonic seconds."""
        return self._next

    def run_due(self, now: float) -> None:
        """One look, if it is due and nothing waits."""
        if self._next is None:
            self._next = next_beat(now, _AT_FIRST_S)
        if now < self._next:
            return
        if self._is_busy():
            self._next = next_beat(now, _AT_FIRST_S)
            return
        self._next = next_beat(now, _EVERY_S)
        wall = self._clock.wall()
        with contextlib.suppress(JournalError):
            self.drift = drift_of(self._photos(wall), wall)
        if self.drift is not None and not self._was_told(wall):
            self._tell(self.drift, wall)

    def _photos(self, wall: datetime) -> Iterator[JudgedPhoto]:
        """What the model that serves has judged for this library, the newest first."""
        for row in islice(self._journal.newest_first(), _ROWS):
            when = datetime.fromisoformat(row.decided_at)
            if wall - when >= WINDOW:
                return
            is_ours = row.library == self._library and row.model == self._model
            if is_ours and row.confidence is not None and row.state in _OF_A_MODEL:
                folder = "/".join(row.folder) or os.fspath(row.root)
                yield JudgedPhoto(when, row.confidence, row.familiarity, folder)

    def _was_told(self, wall: datetime) -> bool:
        try:
            told_s = self._told.stat().st_mtime
        except OSError:
            return False
        return abs(wall.timestamp() - told_s) < _TOLD_AGAIN.total_seconds()

    def _tell(self, drift: Drift, wall: datetime) -> None:
        # A state folder that cannot be written costs a line a day, no more.
        with contextlib.suppress(OSError):
            self._told.parent.mkdir(parents=True, exist_ok=True)
            self._told.touch()
            os.utime(self._told, (wall.timestamp(), wall.timestamp()))
        self._log.write(
            ModelDrifted(
                self._library,
                self._model,
                drift.photos,
                round(drift.confidence, _DIGITS),
                round(drift.confidence_before, _DIGITS),
                _rounded(drift.familiarity),
                _rounded(drift.familiarity_before),
                drift.folder,
                HINT,
            )
        )


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, _DIGITS)
