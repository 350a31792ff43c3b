"""From names to settled photos, called by the main loop.

A candidate is handed out when it was unchanged for its folder's settle time *and* its format's end
is there. A file without its end waits on and is checked less and less often; after `PATIENCE_S`
without a change it is handed out all the same, because the decoder decides.

Files are checked with `lstat` and opened without following a link, in their name or on the way to
it, and without waiting: a FIFO, a device or a link named like a photo is refused, never opened. So
the identity that is handed on is always that of a file below the watch folder.
"""

from __future__ import annotations

import errno
import os
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gallery_daemon.imaging.ending import ending
from gallery_daemon.imaging.formats import sniff
from gallery_daemon.intake.mounted import MountGuard
from gallery_daemon.intake.scan import open_below
from gallery_daemon.intake.settle import FileState, Settling
from gallery_daemon.photo import Candidate, Identity, Photo

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from gallery_daemon.imaging.formats import FileKind

# A slow upload pauses for seconds; thirty without a byte mean that it was given up.
PATIENCE_S = 30.0
_HANDFUL = 64
# A component of the path is a link, or the name itself has become one.
_BEHIND_A_LINK = frozenset({errno.ENOTDIR, errno.ELOOP})


@dataclass(frozen=True, slots=True)
class Arrival:
    """A settled file, and its kind by its content."""

    photo: Photo
    kind: FileKind


@dataclass(frozen=True, slots=True)
class NoFile:
    """A candidate that is not a regular file."""

    candidate: Candidate
    reason: str


@dataclass(frozen=True, slots=True)
class Denied:
    """A settled file that cannot be opened now; a later attempt may succeed."""

    photo: Photo
    reason: str


class Arrivals:
    """The candidates of all watch folders until they settle."""

    def __init__(
        self,
        settle_s: Mapping[str, float],
        patience_s: float = PATIENCE_S,
        mounts: MountGuard | None = None,
    ) -> None:
        """`settle_s` has the settle time of each watch folder by its name.

        `mounts` knows the folders whose file system is gone: nothing of theirs is handed out.
        """
        self._settle_s = settle_s
        self._patience_s = patience_s
        self._mounts = mounts or MountGuard()
        self._settling = Settling()

    def __len__(self) -> int:
        """How many candidates wait."""
        return len(self._settling)

    def __contains__(self, candidate: Candidate) -> bool:
        return self._settling.state(candidate) is not None

    def saw(self, candidate: Candidate, now: float, wall: datetime) -> NoFile | None:
        """The name was seen: it waits from now on, unless it is not a file."""
        try:
            state = file_state(candidate.path)
        except OSError:
            # Gone or out of reach; an event or a rescan brings it back.
            self._settling.forget(candidate)
            return None
        if isinstance(state, str):
            return NoFile(candidate, state)
        self._settling.observe(
            candidate,
            state,
            settle_s=self._settle_s[candidate.source],
            now=now,
            wall_ns=int(wall.timestamp() * 1e9),
        )
        return None

    def next_deadline(self) -> float | None:
        """When `take` has something to do, in monotonic seconds."""
        return self._settling.next_deadline()

    def take(self, now: float, wall: datetime) -> list[Arrival | Denied | NoFile]:
        """Some of the candidates that have settled by now."""
        due = self._settling.due(now, _HANDFUL)
        lost = {root for root in {each.root for each in due} if self._mounts.why_lost(root)}
        taken = [self._take(each, now, wall) for each in due if each.root not in lost]
        for candidate in due:
            if candidate.root in lost:
                # When its folder is back it is listed.
                self._settling.forget(candidate)
        return [arrival for arrival in taken if arrival is not None]

    def _take(
        self, candidate: Candidate, now: float, wall: datetime
    ) -> Arrival | Denied | NoFile | None:
        """The arrival if the candidate is unchanged and whole; None if it waits on."""
        before = self._settling.state(candidate)
        refused = self.saw(candidate, now, wall)
        after = self._settling.state(candidate)
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
            # As long again as it has been quiet: few checks span the whole patience.
            wait_s = max(self._settle_s[candidate.source], min(quiet_s, self._patience_s - quiet_s))
            self._settling.postpone(candidate, now + wait_s)
            return None
        self._settling.forget(candidate)
        return Arrival(photo, kind)


def file_state(path: str) -> FileState | str:
    """The state of the regular file at `path`, or what else is there.

    Raises:
        OSError: there is nothing, or it cannot be reached.
    """
    found = os.lstat(path)
    return FileState.of(found) if stat.S_ISREG(found.st_mode) else _words(found.st_mode)


def can_be_opened(candidate: Candidate) -> bool:
    """Whether the candidate could arrive now, as far as its permissions are concerned."""
    try:
        open_below(candidate.root, candidate.relative).close()
    except OSError:
        return False
    return True


def _content(candidate: Candidate, identity: Identity) -> tuple[FileKind, bool] | None:
    """The file's kind, and whether its end is there; None if another file is there now."""
    with open_below(candidate.root, candidate.relative) as file:
        if Identity.of(os.fstat(file.fileno())) != identity:
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
