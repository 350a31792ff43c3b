"""Which files have been unchanged long enough. Pure: the time is an argument.

A candidate is quiet from the moment its last change was seen, or from before if its ctime says so:
unlike mtime, a sync tool cannot set ctime, so a first scan of old photos need not wait. Only a
changed file starts the wait anew, never an event alone, so many events cannot starve a photo.

A file that is quiet already is due at once, in the order in which it was seen and not of ctimes: so
a scan keeps the order of its photos.

Deadlines are in a heap, whose entries may be stale; a stale one is dropped when it comes up. Ten
thousand candidates cost a logarithm each, and nothing is searched.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from gallery_daemon.photo import Identity

if TYPE_CHECKING:
    import os

    from gallery_daemon.photo import Candidate

_NS = 1_000_000_000


@dataclass(frozen=True, slots=True)
class FileState:
    """What settling compares of a file; any difference starts its wait anew."""

    identity: Identity
    ctime_ns: int

    @classmethod
    def of(cls, status: os.stat_result) -> Self:
        """The state of the file that a `stat` describes."""
        return cls(Identity.of(status), status.st_ctime_ns)


@dataclass(slots=True)
class _Pending:
    state: FileState
    quiet_since: float
    due: float


class Settling:
    """The candidates that are not settled yet. Times are monotonic seconds."""

    def __init__(self) -> None:
        self._pending: dict[Candidate, _Pending] = {}
        self._deadlines: list[tuple[float, int, Candidate]] = []
        self._entries = 0

    def __len__(self) -> int:
        return len(self._pending)

    def observe(
        self, candidate: Candidate, state: FileState, *, settle_s: float, now: float, wall_ns: int
    ) -> None:
        """The file is in this state now; if it is unchanged, its wait goes on."""
        known = self._pending.get(candidate)
        if known is not None and known.state == state:
            return
        # A ctime in the future means that the clock was set back: the file has just changed.
        age_s = max(0.0, (wall_ns - state.ctime_ns) / _NS)
        quiet_since = now - age_s if known is None else now
        self._wait(candidate, _Pending(state, quiet_since, max(now, quiet_since + settle_s)))

    def postpone(self, candidate: Candidate, until: float) -> None:
        """The candidate is due again at `until`, though it is quiet already."""
        pending = self._pending[candidate]
        self._wait(candidate, _Pending(pending.state, pending.quiet_since, until))

    def forget(self, candidate: Candidate) -> None:
        """The candidate is gone, or handed out."""
        self._pending.pop(candidate, None)

    def next_deadline(self) -> float | None:
        """When the next wait ends; None if there is none."""
        self._drop_stale()
        return self._deadlines[0][0] if self._deadlines else None

    def due(self, now: float, most: int) -> list[Candidate]:
        """Up to `most` candidates whose wait has ended. They stay known until `forget`."""
        found: list[Candidate] = []
        while len(found) < most:
            self._drop_stale()
            if not self._deadlines or self._deadlines[0][0] > now:
                break
            found.append(heapq.heappop(self._deadlines)[2])
        return found

    def quiet_for(self, candidate: Candidate, now: float) -> float:
        """Seconds since the candidate's last change was seen."""
        return now - self._pending[candidate].quiet_since

    def state(self, candidate: Candidate) -> FileState | None:
        """The candidate's last known state."""
        pending = self._pending.get(candidate)
        return pending.state if pending else None

    def _wait(self, candidate: Candidate, pending: _Pending) -> None:
        self._pending[candidate] = pending
        self._entries += 1
        heapq.heappush(self._deadlines, (pending.due, self._entries, candidate))

    def _drop_stale(self) -> None:
        while self._deadlines:
            due, _, candidate = self._deadlines[0]
            pending = self._pending.get(candidate)
            if pending is not None and pending.due == due:
                return
            heapq.heappop(self._deadlines)
