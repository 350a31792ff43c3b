"""Who has been still long enough: pure, the time is an argument.

A candidate is quiet from the moment its last change was seen, or, if its ctime says so, from
before: ctime cannot be set by a sync tool as mtime can, so a start-up scan of old photos need not
wait. A window is never started anew by an event alone: only a changed file does that, so a chatty
watcher cannot starve a photo.

Who is quiet already is due at once and in the order of being seen, not of ctimes: a scan's order is
that of the photos in it.

Deadlines lie in a heap with entries that may be stale; a stale one is dropped when it comes up. Ten
thousand candidates cost a logarithm each, and nothing is searched through.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gallery_daemon.photo import Candidate, Identity

_NS = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Seen:
    """A file as it was at one look; any difference restarts its window."""

    identity: Identity
    ctime_ns: int


@dataclass(slots=True)
class _Pending:
    seen: Seen
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
        self, candidate: Candidate, seen: Seen, *, settle_s: float, now: float, wall_ns: int
    ) -> None:
        """The file looked like this now; an unchanged one keeps its window."""
        known = self._pending.get(candidate)
        if known is not None and known.seen == seen:
            return
        # A ctime in the future is a clock that was set back: such a file has just changed.
        age_s = max(0.0, (wall_ns - seen.ctime_ns) / _NS)
        quiet_since = now - age_s if known is None else now
        self._wait(candidate, _Pending(seen, quiet_since, max(now, quiet_since + settle_s)))

    def postpone(self, candidate: Candidate, until: float) -> None:
        """The candidate is looked at again at `until`, though it is quiet already."""
        pending = self._pending[candidate]
        self._wait(candidate, _Pending(pending.seen, pending.quiet_since, until))

    def forget(self, candidate: Candidate) -> None:
        """The candidate is gone, or handed out."""
        self._pending.pop(candidate, None)

    def next_deadline(self) -> float | None:
        """When the next window ends; None if nobody waits."""
        self._drop_stale()
        return self._deadlines[0][0] if self._deadlines else None

    def due(self, now: float, most: int) -> list[Candidate]:
        """Up to `most` candidates whose windows have ended; they stay until `forget` or later."""
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

    def seen(self, candidate: Candidate) -> Seen | None:
        """How the candidate looked last."""
        pending = self._pending.get(candidate)
        return pending.seen if pending else None

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
