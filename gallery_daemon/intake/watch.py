"""The observers: events become candidates, and a watch that died is found out and set up again.

Events are a quick hint and nothing more. watchdog reports a Syncthing photo only as a move, a file
in a folder made a moment ago perhaps not at all, and `observer.is_alive()` stays true when the root
is gone: so all of created, closed, modified and moved count, folders that appear are listed, and
`mend`, called every few seconds, looks at the emitters' threads and at the root's inode. The
service lists a folder anew whenever its watch has started (promise 6).
"""

from __future__ import annotations

import errno
import logging
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from watchdog.events import (
    EVENT_TYPE_CLOSED,
    EVENT_TYPE_CREATED,
    EVENT_TYPE_MODIFIED,
    EVENT_TYPE_MOVED,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers.inotify import InotifyObserver
from watchdog.observers.polling import PollingObserverVFS

from gallery_daemon.config.settings import WatchMode
from gallery_daemon.intake.below import names_in
from gallery_daemon.intake.mounts import ChosenMode, choose_mode, read_mountinfo
from gallery_daemon.intake.scan import Found, scan

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from watchdog.observers.api import BaseObserver

    from gallery_daemon.intake.candidate import Ground
    from gallery_daemon.photo import Candidate

_TELLING = frozenset({EVENT_TYPE_CREATED, EVENT_TYPE_CLOSED, EVENT_TYPE_MODIFIED, EVENT_TYPE_MOVED})
_JOIN_S = 1.0

# What watchdog says for programmers does not belong between the daemon's lines.
logging.getLogger("watchdog").addHandler(logging.NullHandler())


@dataclass(frozen=True, slots=True)
class WatchStarted:
    """The folder is watched from now on; what lies in it is not known yet."""

    source: str
    path: str
    mode: str
    why: str


@dataclass(frozen=True, slots=True)
class WatchLost:
    """The folder is not there; nothing is concluded from that."""

    source: str
    path: str
    reason: str


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
        if self._observer is not None and root == self._root and _all_alive(self._observer):
            return None
        self.stop()
        chosen = choose_mode(os.path.realpath(self.ground.root), self._mode, read_mountinfo())
        try:
            observer, chosen = self._start(chosen)
        except OSError as error:
            return self._lose(error.strerror or "cannot be watched")
        self._observer, self._root, self._is_lost = observer, root, False
        return WatchStarted(self.ground.source, self.ground.root, chosen.mode, chosen.why)

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

    def _start(self, chosen: ChosenMode) -> tuple[BaseObserver, ChosenMode]:
        if chosen.mode is WatchMode.INOTIFY:
            try:
                return self._started(InotifyObserver()), chosen
            except OSError as error:
                chosen = ChosenMode(WatchMode.POLL, _why_no_inotify(error))
        # `PollingObserver` would follow links, out of the folder and round in circles.
        poller = PollingObserverVFS(os.lstat, self._list, polling_interval=self._poll_every_s)
        return self._started(poller), chosen

    def _list(self, path: str | None) -> Iterator[os.DirEntry[str]]:
        """What a folder holds, for the poller.

        Raises:
            OSError: it cannot be listed.
        """
        return iter(names_in(self.ground.root, self.ground.relative(path or "") or ""))

    def _started(self, observer: BaseObserver) -> BaseObserver:
        observer.schedule(self._handler, self.ground.root, recursive=self.ground.recursive)
        try:
            observer.start()
        except OSError:
            observer.stop()
            raise
        return observer


class OverflowEar(logging.Handler):
    """Hears watchdog say that the kernel's queue overflowed: it logs that and does no more."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._heard = False

    def emit(self, record: logging.LogRecord) -> None:
        """Remember an overflow."""
        if "overflow" in record.getMessage():
            self._heard = True

    def take(self) -> bool:
        """Whether events were lost since the last call."""
        heard, self._heard = self._heard, False
        return heard


class _Handler(FileSystemEventHandler):
    """Turns events into candidates; the observer's thread must survive whatever comes."""

    def __init__(self, ground: Ground, deliver: Callable[[Candidate], None]) -> None:
        self._ground, self._deliver = ground, deliver

    def on_any_event(self, event: FileSystemEvent) -> None:
        """A file that appeared or changed is a candidate; of a folder, all that is in it."""
        if event.event_type not in _TELLING:
            return
        moved = event.event_type == EVENT_TYPE_MOVED
        path = os.fsdecode(event.dest_path if moved else event.src_path)
        relative = self._ground.relative(path)
        if relative is None:
            return
        if not event.is_directory:
            if self._ground.why_not_file(relative) is None:
                self._deliver(self._ground.candidate(relative))
        elif event.event_type != EVENT_TYPE_MODIFIED and self._ground.recursive:
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


def _all_alive(observer: BaseObserver) -> bool:
    return all(emitter.is_alive() for emitter in observer.emitters)


def _why_no_inotify(error: OSError) -> str:
    """Source: inotify_init(2), inotify_add_watch(2)."""
    if error.errno == errno.ENOSPC:
        return "no inotify watches are left; raise the sysctl fs.inotify.max_user_watches"
    if error.errno == errno.EMFILE:
        return "no inotify instances are left; raise the sysctl fs.inotify.max_user_instances"
    return f"inotify failed: {error.strerror}"
