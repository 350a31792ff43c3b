"""The state of a running daemon, for the `status` command and for the service manager.

`StatusSocket` answers at the socket that `InstanceLock` holds, with one JSON object; `Heartbeat`
feeds the manager's watchdog and keeps the line that `systemctl --user status` shows. Both run in
the main loop, which alone reads its own counts, so no lock is needed.
"""

from __future__ import annotations

import json
import math
import os
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING

from gallery_daemon import __version__
from gallery_daemon.daemon.beat import next_beat
from gallery_daemon.daemon.journals import journal_path
from gallery_daemon.errors import ConfigError
from gallery_daemon.journal.query import Query

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gallery_daemon.daemon.instance import InstanceLock
    from gallery_daemon.daemon.systemd import Notifier
    from gallery_daemon.daemon.watching import Watching
    from gallery_daemon.daemon.wiring import Runtime
    from gallery_daemon.errors import GalleryError
    from gallery_daemon.journal.journal import Journal
    from gallery_daemon.journal.record import Row, State
    from gallery_daemon.journey.pass_counts import PassCounts
    from gallery_daemon.journey.retry import Retries

MINUTES = (1, 5, 15)
_MARK_EVERY_S = 60.0
_STATUS_EVERY_S = 10.0
# Failed photos in a snapshot: enough to see what is the matter; the rest is counted.
_WAITING = 50


class StatusSocket:
    """Answers every client with a snapshot."""

    def __init__(self, lock: InstanceLock, snapshot: Callable[[float], str]) -> None:
        """`snapshot` gives the answer at a time in monotonic seconds."""
        self._lock, self._snapshot = lock, snapshot

    def next_deadline(self) -> float | None:
        """Not by itself: a client that connects wakes the loop."""
        return None

    def run_due(self, now: float) -> None:
        """Every client that asked has the answer."""
        self._lock.answer(lambda: self._snapshot(now))


class Heartbeat:
    """Sends the service manager a status line now and then, and that the loop turns."""

    def __init__(self, notifier: Notifier, line: Callable[[], str]) -> None:
        """`line` makes the status line."""
        self._notifier, self._line = notifier, line
        self._next = float("-inf")
        self._last = ""

    def next_deadline(self) -> float | None:
        """With a watchdog the loop must turn even when nothing happens."""
        return self._next if self._notifier.watchdog_s else None

    def run_due(self, now: float) -> None:
        """The loop turned: the manager's watchdog is fed, the status line is refreshed."""
        if now < self._next:
            return
        wanted_s = min(self._notifier.watchdog_s or _STATUS_EVERY_S, _STATUS_EVERY_S)
        self._next = next_beat(now, wanted_s)
        self._notifier.alive()
        line = self._line()
        if line != self._last:
            self._last = line
            self._notifier.status(line)


class Throughput:
    """How many files a minute came to an end, up to a quarter of an hour back.

    Counted once a minute, so sixteen marks at most are held and no file pays for it.
    """

    def __init__(self, tally: PassCounts) -> None:
        self._tally = tally
        self._marks: deque[tuple[float, int]] = deque(maxlen=max(MINUTES) + 1)

    def next_deadline(self) -> float | None:
        """Not by itself: a mark that is late is as good."""
        return None

    def run_due(self, now: float) -> None:
        """There is a mark that is less than a minute old."""
        if not self._marks or now >= self._marks[-1][0] + _MARK_EVERY_S:
            self._marks.append((now, self._tally.files))

    def per_minute(self, minutes: int, now: float) -> float:
        """Files a minute over the last `minutes`; before the start there were none."""
        if not self._marks:
            return 0.0
        old = [mark for mark in self._marks if mark[0] <= now - minutes * _MARK_EVERY_S]
        then, files = old[-1] if old else self._marks[0]
        elapsed_s = max(now - then, minutes * _MARK_EVERY_S)
        return (self._tally.files - files) / elapsed_s * _MARK_EVERY_S


def snapshot_of(
    runtime: Runtime,
    watching: Watching,
    throughput: Throughput,
    rejected: Sequence[GalleryError],
    now: float,
    *,
    model: Mapping[str, object],
) -> str:
    """One JSON object, in ASCII; `now` is monotonic seconds.

    `rejected` is what is wrong with a later configuration than the one in force, `model` what
    `ModelState` says.
    """
    config, tally, pipeline = runtime.config, runtime.tally, runtime.pipeline
    per_minute = {str(each): round(throughput.per_minute(each, now), 1) for each in MINUTES}
    return json.dumps(
        {
            "pid": os.getpid(),
            "version": __version__,
            "config": config.file,
            "digest": config.digest,
            "rejected": [_mistake(each) for each in rejected],
            "since": runtime.since.isoformat(timespec="seconds"),
            "library": config.library,
            "journal": str(journal_path()),
            "watch": [
                {
                    "source": root.source,
                    "path": root.path,
                    "watched": is_up,
                    "ignored": listing.ignored,
                }
                for (root, is_up), listing in zip(watching.folders, watching.listings, strict=True)
            ],
            "on_their_way": pipeline.load,
            "backlog": pipeline.stages,
            "per_minute": per_minute,
            "since_start": ends_of(tally),
            "classifier": _classifier(runtime),
            "model": model,
            "waiting": _waiting(runtime.retries, now),
            "waiting_in_all": len(runtime.retries),
            "paused_because": runtime.breaker.reason,
        }
    )


def _mistake(error: GalleryError) -> dict[str, str | None]:
    place = error.place if isinstance(error, ConfigError) else None
    return {"place": place, "error": error.sentence, "hint": error.hint}


def ends_of(tally: PassCounts) -> dict[str, int]:
    """How many files came to which end."""
    return {
        "filed": tally.filed,
        "left": tally.left,
        "quarantined": tally.quarantined,
        "failed": tally.failed,
    }


def _classifier(runtime: Runtime) -> dict[str, object]:
    state, pid = runtime.photo_log.classifier, runtime.host.pid
    return {
        "state": state.word(pid),
        "pid": pid,
        "model": state.model,
        "engine": state.engine,
        "started": state.started and state.started.isoformat(timespec="seconds"),
        "stopped_because": state.stopped_because,
        "trouble": state.trouble,
    }


def _waiting(retries: Retries, now: float) -> list[dict[str, object]]:
    """The first photos that failed and are still there; `retry_in_s` null: not until it changes."""
    return [
        {
            "photo": candidate.path,
            "reason": each.reason,
            "attempts": each.failures,
            "retry_in_s": None if each.due == math.inf else round(max(0.0, each.due - now), 1),
        }
        for candidate, each in retries.oldest(_WAITING)
        if os.path.lexists(candidate.path)
    ]


def in_trouble(journal: Journal, state: State, library: str | None = None) -> list[Row]:
    """The photos that last came to `state` and are still where they were, the newest first.

    For `status` and `doctor`, which name what failed or could not be read.
    """
    rows = journal.find(Query(states=(state,), library=library))
    latest = [journal.latest_of(row.path, row.library) for row in rows]
    return [
        row
        for row, last in zip(rows, latest, strict=True)
        if last is not None and last.id == row.id and Path(row.path).exists()
    ]
