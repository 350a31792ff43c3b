"""Which photos are out, and who is to blame when the process dies.

A process that dies takes many photos with it, of which at most a few were being parsed: those are
*suspects*. Each suspect is tried once more, alone. If the process dies again, that photo is
*convicted*; all others are innocent and are sent again. A photo becomes a suspect at most once, so
every death convicts, or uses up a suspicion, or accuses no photo. Only in that last case does the
host wait before it tries again: there is no endless loop.

Pure: no process, no clock; `now` is monotonic seconds.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gallery_daemon.photo import LookKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from gallery_daemon.photo import Photo


@dataclass(slots=True)
class Job:
    """A photo on its way; `started_s` is when the process began to parse it."""

    id: int
    photo: Photo
    want_hash: bool
    look: LookKind = LookKind.FULL
    started_s: float | None = None
    is_suspect: bool = False


@dataclass(frozen=True, slots=True)
class Blame:
    """Who is to blame for a death of the process: the convicted, and how many new suspects."""

    convicted: Job | None
    suspected: int

    @property
    def accuses_no_photo(self) -> bool:
        """Whether the process died for a reason other than a photo."""
        return self.convicted is None and self.suspected == 0


class Backlog:
    """All photos without an answer: waiting, suspected, or sent to the process."""

    def __init__(self) -> None:
        self._waiting: deque[Job] = deque()
        self._suspects: deque[Job] = deque()
        self._sent: dict[int, Job] = {}  # in the order sent
        self._moved_s = 0.0
        self._next_id = 0

    def __len__(self) -> int:
        return len(self._waiting) + len(self._suspects) + len(self._sent)

    @property
    def photos(self) -> tuple[Photo, ...]:
        """All photos without an answer, the most advanced first."""
        return tuple(job.photo for job in (*self._sent.values(), *self._suspects, *self._waiting))

    @property
    def has_sendable(self) -> bool:
        """Whether `send` would give a photo; a suspect is sent alone, and before the innocent."""
        if self._suspects:
            return not self._sent
        is_trial = any(job.is_suspect for job in self._sent.values())
        return bool(self._waiting) and not is_trial

    def add(self, photo: Photo, *, want_hash: bool, look: LookKind = LookKind.FULL) -> None:
        """A photo waits to be sent."""
        self._waiting.append(Job(self._next_id, photo, want_hash, look))
        self._next_id += 1

    def look_again(self, job: Job) -> None:
        """A photo that was finished waits for a full look, before those that had none."""
        self._waiting.appendleft(Job(self._next_id, job.photo, job.want_hash))
        self._next_id += 1

    def send(self, now: float) -> Job | None:
        """The next photo for the process, from now on counted as sent; None: none at present."""
        if not self.has_sendable:
            return None
        job = (self._suspects or self._waiting).popleft()
        if not self._sent:
            self._moved_s = now
        self._sent[job.id] = job
        return job

    def start(self, job_id: int, now: float) -> None:
        """The process begins to parse this photo, if it was ever sent."""
        job = self._sent.get(job_id)
        if job is not None:
            job.started_s = self._moved_s = now

    def finish(self, job_id: int, now: float) -> Job | None:
        """This photo is answered, and gone from the backlog; None: it was never sent."""
        self._moved_s = now
        return self._sent.pop(job_id, None)

    def overdue_at(self, photo_s: float) -> float | None:
        """When the process counts as hung: `photo_s` after the start of its oldest photo.

        If none is started, `photo_s` after the last answer, or after the first photo was sent.
        """
        if not self._sent:
            return None
        started = [job.started_s for job in self._sent.values() if job.started_s is not None]
        return min(started, default=self._moved_s) + photo_s

    def bury_crashed(self) -> Blame:
        """The process died: all photos that it was parsing are to blame."""
        return self._bury(lambda _started_s: True)

    def bury_hung(self, photo_s: float, now: float) -> Blame:
        """The process was killed: the photos that it parsed for `photo_s` are to blame."""
        return self._bury(lambda started_s: started_s + photo_s <= now)

    def _bury(self, is_to_blame: Callable[[float], bool]) -> Blame:
        sent, self._sent = list(self._sent.values()), {}
        accused: list[Job] = []
        innocent: list[Job] = []
        for job in sent:
            is_accused = job.started_s is not None and is_to_blame(job.started_s)
            (accused if is_accused else innocent).append(job)
            job.started_s = None
        # In front of those that were never sent, in the old order.
        for job in reversed(innocent):
            (self._suspects if job.is_suspect else self._waiting).appendleft(job)
        if accused and accused[0].is_suspect:  # a suspect is sent alone, so there is no other
            return Blame(accused[0], suspected=0)
        for job in accused:
            job.is_suspect = True
        self._suspects.extend(accused)
        return Blame(None, len(accused))
