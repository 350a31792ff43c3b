"""From names to settled photos: the front of the room, driven by the main loop.

A candidate is handed out when nobody has changed it for its folder's settle time *and* its format's
end is there. A file whose end is missing waits on, looked at again less and less often; after
`PATIENCE_S` without any change it is handed out all the same, for the decoder has the last word.

Files are looked at with `lstat` and opened without following a link, on the way to them either, and
without waiting: a FIFO, a device or a link named like a photo is refused, never opened. So is what
lies behind a link, and the identity that is handed on is that of a file below the watch folder.
"""

from __future__ import annotations

import errno
import os
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gallery_daemon.imaging.ending import ending
from gallery_daemon.imaging.formats import sniff
from gallery_daemon.intake.below import opened_file
from gallery_daemon.intake.settle import Seen, Settling
from gallery_daemon.photo import Candidate, Identity, Photo

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from gallery_daemon.imaging.kinds import Kind

# A slow upload pauses for seconds; thirty without a byte is an upload that was given up.
PATIENCE_S = 30.0
_HANDFUL = 64
# A component of the path is a link, or the name itself has become one.
_BEHIND_A_LINK = frozenset({errno.ENOTDIR, errno.ELOOP})


@dataclass(frozen=True, slots=True)
class Arrival:
    """A settled file and what it is by its content."""

    photo: Photo
    kind: Kind


@dataclass(frozen=True, slots=True)
class NoFile:
    """A candidate that is no regular file."""

    candidate: Candidate
    reason: str


@dataclass(frozen=True, slots=True)
class Denied:
    """A settled file that cannot be opened now; that may pass."""

    photo: Photo
    reason: str


class Arrivals:
    """The candidates of all watch folders until they settle."""

    def __init__(self, settle_s: Mapping[str, float], patience_s: float = PATIENCE_S) -> None:
        """`settle_s` has the settle time of each watch folder by its name."""
        self._settle_s = settle_s
        self._patience_s = patience_s
        self._settling = Settling()

    def __len__(self) -> int:
        """How many candidates wait."""
        return len(self._settling)

    def __contains__(self, candidate: Candidate) -> bool:
        return self._settling.seen(candidate) is not None

    def saw(self, candidate: Candidate, now: float, wall_ns: int) -> NoFile | None:
        """The name was seen; it waits from now on, or is no file."""
        try:
            seen = look_at(candidate.path)
        except OSError:
            # Gone already, or not to be reached: an event or a rescan brings it back.
            self._settling.forget(candidate)
            return None
        if isinstance(seen, str):
            return NoFile(candidate, seen)
        self._settling.observe(
            candidate,
            seen,
            settle_s=self._settle_s[candidate.source],
            now=now,
            wall_ns=wall_ns,
        )
        return None

    def next_deadline(self) -> float | None:
        """When `take` has something to do, in monotonic seconds."""
        return self._settling.next_deadline()

    def take(self, now: float, wall: datetime) -> list[Arrival | Denied | NoFile]:
        """A handful of those that have settled by now."""
        taken = [
            self._take(candidate, now, wall) for candidate in self._settling.due(now, _HANDFUL)
        ]
        return [arrival for arrival in taken if arrival is not None]

    def _take(
        self, candidate: Candidate, now: float, wall: datetime
    ) -> Arrival | Denied | NoFile | None:
        """The arrival, if the candidate is unchanged and whole; else it waits on."""
        before = self._settling.seen(candidate)
        wall_ns = int(wall.timestamp() * 1e9)
        refused = self.saw(candidate, now, wall_ns)
        after = self._settling.seen(candidate)
        if refused is not None or after is None:
            return refused
        if after != before:
            return None
        photo = Photo(candidate, after.identity, wall)
        try:
            content = _content(candidate, after.identity)
        except OSError as error:
            self._settling.forget(candidate)
            return _refusal(photo, error)
        if content is None:
            self._settling.postpone(candidate, now + self._settle_s[candidate.source])
            return None
        kind, whole = content
        quiet_s = self._settling.quiet_for(candidate, now)
        if not whole and quiet_s < self._patience_s:
            # As long again as it has been quiet, so that few looks span the whole patience.
            wait_s = max(self._settle_s[candidate.source], min(quiet_s, self._patience_s - quiet_s))
            self._settling.postpone(candidate, now + wait_s)
            return None
        self._settling.forget(candidate)
        return Arrival(photo, kind)


def look_at(path: str) -> Seen | str:
    """How the file looks now, or why it is none.

    Raises:
        OSError: there is nothing, or it cannot be reached.
    """
    found = os.lstat(path)
    if not stat.S_ISREG(found.st_mode):
        return _words(found.st_mode)
    return seen_of(found)


def seen_of(found: os.stat_result) -> Seen:
    """The part of a stat that settling compares."""
    identity = Identity.of(found)
    return Seen(identity, found.st_ctime_ns)


def _content(candidate: Candidate, identity: Identity) -> tuple[Kind, bool] | None:
    """What the file is by its content, and whether its end is there; None if it is another now."""
    with opened_file(candidate.root, candidate.relative) as file:
        if seen_of(os.fstat(file.fileno())).identity != identity:
            return None
        kind = sniff(file)
        return kind, ending(file, kind).whole


def _refusal(photo: Photo, error: OSError) -> Denied | NoFile:
    if error.errno in _BEHIND_A_LINK:
        return NoFile(photo.candidate, "behind a symbolic link, which is not followed")
    return Denied(photo, error.strerror or "cannot be opened")


def _words(mode: int) -> str:
    kinds = (
        (stat.S_ISLNK, "a symbolic link, which is not followed"),
        (stat.S_ISDIR, "a folder"),
        (stat.S_ISFIFO, "a named pipe"),
        (stat.S_ISSOCK, "a socket"),
    )
    return next((words for test, words in kinds if test(mode)), "a device")
