"""The observers: events become candidates, and a watch that died is found out and set up again.

Events are a quick hint and nothing more. watchdog reports a Syncthing photo only as a move, a file
in a folder made a moment ago perhaps not at all, and `observer.is_alive()` stays true when the root
is gone: so all of created, closed, modified and moved count, folders that appear are listed, and
`mend`, called every few seconds, looks at the emitters' threads and at the root's inode. The
service lists a folder anew whenever its watch has started (promise 6).
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from watchdog.events import (
    EVENT_TYPE_CLOSED,
    EVENT_TYPE_CREATED,
    EVENT_TYPE_MODIFIED,
    EVENT_TYPE_MOVED,
    DirCreatedEvent,
    DirMovedEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers.inotify import InotifyObserver
from watchdog.observers.polling import PollingObserverVFS

from gallery_daemon.config.settings import WatchMode
from gallery_daemon.intake.below import names_in
from gallery_daemon.intake.mounts import ChosenMode, choose_mode, read_mountinfo
from gallery_daemon.intake.scan import Found, scan
from gallery_daemon.intake.spare import all_alive, why_no_inotify, why_no_more_watches
from gallery_daemon.logs.events import WatchLost, WatchStarted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from watchdog.observers.api import BaseObserver

    from gallery_daemon.intake.candidate import Ground
    from gallery_daemon.photo import Candidate

_TELLING = frozenset({EVENT_TYPE_CREATED, EVENT_TYPE_CLOSED, EVENT_TYPE_MODIFIED, EVENT_TYPE_MOVED})
# The kernel is asked for these alone: that somebody reads a photo, the classifier process for one,
# shall not wake the daemon.
_WANTED: list[type[FileSystemEvent]] = [
    DirCreatedEvent,
    DirMovedEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileModifiedEvent,
    FileMovedEvent,
]
_JOIN_S = 1.0


class Watch:
    """Watches one folder. `deliver` is called by observer threads and must not block."""

    def __init__(
        self,
        ground: Ground,
        *,
        mode: WatchMode,
        poll_every_s: float,
        deliver: Callable[[Candidate], None],
    ) -> None:
        self.ground = ground
        self._mode = mode
        self._poll_every_s = poll_every_s
        self._handler = _Handler(ground, deliver)
        self._observer: BaseObserver | None = None
        self._mode_now = mode
        self._root: tuple[int, int] | None = None
        self._is_lost = False

    @property
    def is_up(self) -> bool:
        """Whether the folder is there and watched."""
        return self._observer is not None

    def mend(self) -> WatchStarted | WatchLost | None:
        """The watch stands if it can: started, or started again; what changed, if anything."""
        root = _identity(self.ground.root)
        if isinstance(root, str):
            return self._lose(root)
        refused = self._refused()
        is_well = self._observer is not None and all_alive(self._observer) and refused is None
        if is_well and root == self._root:
            return None
        self.stop()
        try:
            started = self._start(refused)
        except OSError as error:
            return self._lose(error.strerror or "cannot be watched")
        self._root, self._is_lost = root, False
        return started

    def stop(self) -> None:
        """No event comes any more."""
        observer, self._observer = self._observer, None
        if observer is not None:
            observer.stop()
            observer.join(_JOIN_S)

    def _lose(self, reason: str) -> WatchLost | None:
        """Said once, however long the folder is gone."""
        self.stop()
        was_lost, self._is_lost = self._is_lost, True
        if was_lost:
            return None
        return WatchLost(self.ground.source, self.ground.root, reason)

    def _refused(self) -> OSError | None:
        """Why a folder that has come since the last look may not be watched."""
        if self._mode_now is not WatchMode.INOTIFY or not self._handler.take_new_folders():
            return None
        return why_no_more_watches()

    def _start(self, refused: OSError | None) -> WatchStarted:
        """`refused` is why the kernel would not watch a folder a moment ago.

        Raises:
            OSError: it cannot be watched in any way.
        """
        # watchdog does not hear of what lies behind a link, and of the root's own it shall.
        real = os.path.realpath(self.ground.root)
        self._handler.root = real
        chosen = choose_mode(real, self._mode, read_mountinfo())
        if chosen.mode is WatchMode.INOTIFY and refused is None:
            try:
                self._begin(InotifyObserver(), real)
            except OSError as error:
                refused = error
            else:
                # watchdog passes over a folder below the root that the kernel would not watch.
                refused = why_no_more_watches() if self.ground.recursive else None
        is_makeshift = chosen.mode is WatchMode.INOTIFY and refused is not None
        if is_makeshift and refused is not None:
            self.stop()
            chosen = ChosenMode(WatchMode.POLL, why_no_inotify(refused))
        if chosen.mode is WatchMode.POLL:
            # `PollingObserver` would follow links, out of the folder and round in circles.
            poller = PollingObserverVFS(os.lstat, self._list, polling_interval=self._poll_every_s)
            self._begin(poller, real)
        self._mode_now = chosen.mode
        ground = self.ground
        return WatchStarted(ground.source, ground.root, chosen.mode, chosen.why, is_makeshift)

    def _begin(self, observer: BaseObserver, real: str) -> None:
        recursive = self.ground.recursive
        observer.schedule(self._handler, real, recursive=recursive, event_filter=_WANTED)
        try:
            observer.start()
        except OSError:
            observer.stop()
            raise
        self._observer = observer

    def _list(self, path: str | None) -> Iterator[os.DirEntry[str]]:
        """What a folder holds, for the poller.

        Raises:
            OSError: it cannot be listed.
        """
        below = (path or "").removeprefix(self._handler.root).lstrip("/")
        return iter(names_in(self.ground.root, below))


class _Handler(FileSystemEventHandler):
    """Turns events into candidates; the observer's thread must survive whatever comes."""

    def __init__(self, ground: Ground, deliver: Callable[[Candidate], None]) -> None:
        """`root` is the folder's path with links resolved, as events name it."""
        self._ground, self._deliver = ground, deliver
        self.root = ground.root
        self._new_folders = False

    def take_new_folders(self) -> bool:
        """Whether a folder appeared since the last call."""
        appeared, self._new_folders = self._new_folders, False
        return appeared

    def on_any_event(self, event: FileSystemEvent) -> None:
        """A file that appeared or changed is a candidate; of a folder, all that is in it."""
        if event.event_type not in _TELLING:
            return
        moved = event.event_type == EVENT_TYPE_MOVED
        path = os.fsdecode(event.dest_path if moved else event.src_path)
        prefix = self.root.rstrip("/") + "/"
        relative = path.removeprefix(prefix)
        if not path.startswith(prefix) or not relative:
            return
        if not event.is_directory:
            if self._ground.why_not_file(relative) is None:
                self._deliver(self._ground.candidate(relative))
        elif event.event_type != EVENT_TYPE_MODIFIED and self._ground.recursive:
            self._new_folders = True
            self._deliver_content(relative)

    def _deliver_content(self, relative: str) -> None:
        """A folder that appeared may have been full before it was watched."""
        if self._ground.why_not(relative) is None:
            for found in scan(self._ground, relative):
                if isinstance(found, Found):
                    self._deliver(found.candidate)


def _identity(root: str) -> tuple[int, int] | str:
    """Device and inode of the folder, or why it is not there."""
    try:
        found = Path(root).stat()
    except OSError as error:
        return error.strerror or "cannot be reached"
    return (found.st_dev, found.st_ino) if stat.S_ISDIR(found.st_mode) else "not a folder"
