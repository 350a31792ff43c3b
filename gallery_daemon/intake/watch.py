"""The observers: events become candidates, and a watch that died is noticed and set up again.

Events are hints that may be missing. watchdog reports a Syncthing photo only as a move, perhaps
reports nothing of a file in a folder made a moment ago, and `observer.is_alive()` stays true when
the root is gone. So created, closed, modified and moved all count, folders that appear are listed,
and `mend`, called every few seconds, checks the emitters' threads, the root's inode and whether its
file system is still mounted. After each start of a watch the daemon lists the folder anew (promise
6).
"""

from __future__ import annotations

import logging
import os
import warnings
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

from gallery_daemon.config.missing import advice_on_missing
from gallery_daemon.config.settings import WatchMode
from gallery_daemon.intake.mounted import MountGuard
from gallery_daemon.intake.scan import Listed, names_below, scan
from gallery_daemon.intake.watch_mode import (
    ChosenMode,
    choose_mode,
    read_mountinfo,
    why_no_inotify,
    why_no_more_watches,
)
from gallery_daemon.logs.events import WatchLost, WatchStarted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from watchdog.observers.api import BaseObserver

    from gallery_daemon.intake.candidate import WatchRoot
    from gallery_daemon.photo import Candidate

_RELEVANT = frozenset(
    {EVENT_TYPE_CREATED, EVENT_TYPE_CLOSED, EVENT_TYPE_MODIFIED, EVENT_TYPE_MOVED}
)
# The kernel is asked for these alone: reading a photo, as the classifier process does, does not
# wake the daemon.
_WANTED: list[type[FileSystemEvent]] = [
    DirCreatedEvent,
    DirMovedEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileModifiedEvent,
    FileMovedEvent,
]
_JOIN_S = 1.0

# watchdog's log, and its warning that a folder which is made and seen at the same time is watched
# twice, are for programmers and do not belong among the daemon's lines.
logging.getLogger("watchdog").addHandler(logging.NullHandler())
warnings.filterwarnings("ignore", "Callback with id", RuntimeWarning)


class Watch:
    """Watches one folder. `deliver` is called by observer threads and must not block."""

    def __init__(
        self,
        root: WatchRoot,
        *,
        mode: WatchMode,
        poll_every_s: float,
        deliver: Callable[[Candidate], None],
        mounts: MountGuard | None = None,
    ) -> None:
        """`mounts` remembers where the folder was mounted, by an earlier watch too."""
        self.root = root
        self._mode = mode
        self._poll_every_s = poll_every_s
        self._handler = _Handler(root, deliver)
        self._observer: BaseObserver | None = None
        self._mode_now = mode
        self._mounts = mounts or MountGuard()
        self._inode: tuple[int, int] | None = None
        self._is_lost = False

    @property
    def is_up(self) -> bool:
        """Whether the folder is there and watched."""
        return self._observer is not None

    def mend(self) -> WatchStarted | WatchLost | None:
        """Start or restart the watch if needed and possible; returns what changed, if anything."""
        lost, inode = self._mounts.why_lost(self.root.path), _inode(self.root.path)
        if lost is not None or inode is None:
            return self._lose(lost or "cannot be reached")
        refused = self._refused()
        is_well = self._observer is not None and _all_alive(self._observer) and refused is None
        if is_well and inode == self._inode:
            return None
        self.stop()
        try:
            started = self._start(refused)
        except OSError as error:
            return self._lose(error.strerror or "cannot be watched")
        self._inode, self._is_lost = inode, False
        return started

    def stop(self) -> None:
        """No events are delivered any more."""
        observer, self._observer = self._observer, None
        if observer is not None:
            observer.stop()
            observer.join(_JOIN_S)

    def _lose(self, reason: str) -> WatchLost | None:
        """The watch is down; reported once, however long the folder is gone."""
        self.stop()
        was_lost, self._is_lost = self._is_lost, True
        if was_lost:
            return None
        is_there = os.path.isdir(self.root.path)  # noqa: PTH112 - a path as it came
        hint = None if is_there else advice_on_missing(self.root.path)
        return WatchLost(self.root.source, self.root.path, reason, hint)

    def _refused(self) -> OSError | None:
        """Why the kernel may not watch a folder that has appeared since the last call."""
        if self._mode_now is not WatchMode.INOTIFY or not self._handler.take_new_folders():
            return None
        return why_no_more_watches()

    def _start(self, refused: OSError | None) -> WatchStarted:
        """`refused` is why the kernel would not watch a folder a moment ago.

        Raises:
            OSError: it cannot be watched in any way.
        """
        # watchdog follows no link, but the root itself may be one.
        real = os.path.realpath(self.root.path)
        self._handler.real = real
        chosen = choose_mode(real, self._mode, read_mountinfo())
        if chosen.mode is WatchMode.INOTIFY and refused is None:
            try:
                self._begin(InotifyObserver(), real)
            except OSError as error:
                refused = error
            else:
                # watchdog passes over a folder below the root that the kernel would not watch.
                refused = why_no_more_watches() if self.root.recursive else None
        is_fallback = chosen.mode is WatchMode.INOTIFY and refused is not None
        if is_fallback and refused is not None:
            self.stop()
            chosen = ChosenMode(WatchMode.POLL, why_no_inotify(refused))
        if chosen.mode is WatchMode.POLL:
            # `PollingObserver` would follow links, out of the folder and round in circles.
            poller = PollingObserverVFS(os.lstat, self._list, polling_interval=self._poll_every_s)
            self._begin(poller, real)
        self._mode_now = chosen.mode
        root = self.root
        return WatchStarted(root.source, root.path, chosen.mode, chosen.why, is_fallback)

    def _begin(self, observer: BaseObserver, real: str) -> None:
        recursive = self.root.recursive
        observer.schedule(self._handler, real, recursive=recursive, event_filter=_WANTED)
        try:
            observer.start()
        except OSError:
            observer.stop()
            raise
        self._observer = observer

    def _list(self, path: str | None) -> Iterator[os.DirEntry[str]]:
        """The entries of a folder, for the poller.

        Raises:
            OSError: it cannot be listed.
        """
        below = (path or "").removeprefix(self._handler.real).lstrip("/")
        return iter(names_below(self.root.path, below))


class _Handler(FileSystemEventHandler):
    """Turns events into candidates. Raises nothing: that would end the observer's thread."""

    def __init__(self, root: WatchRoot, deliver: Callable[[Candidate], None]) -> None:
        """`real` is the folder's path with links resolved, as events name it."""
        self._root, self._deliver = root, deliver
        self.real = root.path
        self._new_folders = False

    def take_new_folders(self) -> bool:
        """Whether a folder appeared since the last call."""
        appeared, self._new_folders = self._new_folders, False
        return appeared

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Deliver a file that appeared or changed; of a folder that appeared, all files in it."""
        if event.event_type not in _RELEVANT:
            return
        moved = event.event_type == EVENT_TYPE_MOVED
        path = os.fsdecode(event.dest_path if moved else event.src_path)
        prefix = self.real.rstrip("/") + "/"
        relative = path.removeprefix(prefix)
        if not path.startswith(prefix) or not relative:
            return
        if not event.is_directory:
            if self._root.why_not_file(relative) is None:
                self._deliver(self._root.candidate(relative))
        elif event.event_type != EVENT_TYPE_MODIFIED and self._root.recursive:
            self._new_folders = True
            self._deliver_content(relative)

    def _deliver_content(self, relative: str) -> None:
        """A folder that appeared may have been full before it was watched."""
        if self._root.why_not(relative) is None:
            for name in scan(self._root, relative):
                if isinstance(name, Listed):
                    self._deliver(name.candidate)


def _inode(root: str) -> tuple[int, int] | None:
    """Device and inode of the folder; None if it cannot be reached."""
    try:
        found = Path(root).stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _all_alive(observer: BaseObserver) -> bool:
    """Whether every thread that makes events runs; `observer.is_alive()` does not say."""
    return all(emitter.is_alive() for emitter in observer.emitters)


class OverflowListener(logging.Handler):
    """Notices an overflow of the kernel's queue, which watchdog only reports to its log."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._has_overflowed = False

    def emit(self, record: logging.LogRecord) -> None:
        """Remember an overflow."""
        if "overflow" in record.getMessage():
            self._has_overflowed = True

    def take(self) -> bool:
        """Whether events were lost since the last call."""
        has_overflowed, self._has_overflowed = self._has_overflowed, False
        return has_overflowed
