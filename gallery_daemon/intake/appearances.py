"""What appears in a folder, by the kernel's events alone: names, as many as there is room for.

A library is watched so, of which events are only hints: whoever lists it from time to time misses
nothing, and learns of it later. So where the kernel cannot tell, or would have no watches left for
the watch folders, this gives up and says so; polling would keep every name of the library in
memory.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from watchdog.events import (
    DirCreatedEvent,
    DirMovedEvent,
    FileCreatedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers.inotify import InotifyObserver

from gallery_daemon.config.settings import WatchMode
from gallery_daemon.intake.watch_mode import (
    choose_mode,
    read_mountinfo,
    why_no_inotify,
    why_no_more_watches,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gallery_daemon.clock import Clock
    from gallery_daemon.intake.candidate import WatchRoot

NAMES_LIMIT: Final = 2000
"""So many names are remembered; of more it is only known that there were more."""
FOLDERS_LIMIT: Final = 5000
"""A folder with more folders in it is not watched: each costs memory, here and in the kernel."""

_WANTED: list[type[FileSystemEvent]] = [
    DirCreatedEvent,
    DirMovedEvent,
    FileCreatedEvent,
    FileMovedEvent,
]
_JOIN_S = 1.0


class Appearances(FileSystemEventHandler):
    """The names that appeared below a folder, with the time, until they are taken."""

    def __init__(self, root: WatchRoot, clock: Clock) -> None:
        self._root, self._clock = root, clock
        self._real = root.path
        self._names: dict[str, float] = {}
        self._has_more = False
        self._observer: InotifyObserver | None = None
        self._inode: tuple[int, int] | None = None

    @property
    def is_watching(self) -> bool:
        """Whether the kernel tells what appears, and nothing was lost since `start`."""
        observer = self._observer
        if observer is None or not all(each.is_alive() for each in observer.emitters):
            return False
        return self._inode is not None and self._inode == _inode(self._root.path)

    def start(self) -> str | None:
        """The folder is watched from now on, anew if it was; why not, if it cannot be."""
        self.stop()
        # watchdog follows no link, but the folder itself may be one.
        self._real, self._inode = os.path.realpath(self._root.path), _inode(self._root.path)
        chosen = choose_mode(self._real, WatchMode.AUTO, read_mountinfo())
        if chosen.mode is not WatchMode.INOTIFY:
            return chosen.why
        if _has_more_folders(self._real, FOLDERS_LIMIT):
            return f"it has more than {FOLDERS_LIMIT} folders"
        try:
            observer = InotifyObserver()  # has an instance of inotify from here on
        except OSError as error:
            return why_no_inotify(error)
        observer.schedule(self, self._real, recursive=True, event_filter=_WANTED)
        try:
            observer.start()
        except OSError as error:
            observer.stop()
            return why_no_inotify(error)
        self._observer = observer
        refused = why_no_more_watches()
        if refused is None:
            return None
        # What is left of the kernel's watches is for the watch folders.
        self.stop()
        return why_no_inotify(refused)

    def stop(self) -> None:
        """Nothing is told any more."""
        observer, self._observer = self._observer, None
        if observer is not None:
            observer.stop()
            observer.join(_JOIN_S)

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Remember what appeared; called by the observer's thread."""
        path = os.fsdecode(event.dest_path or event.src_path)
        prefix = self._real.rstrip("/") + "/"
        relative = path.removeprefix(prefix)
        if relative == path or not relative:
            return
        why_not = self._root.why_not if event.is_directory else self._root.why_not_file
        if why_not(relative) is None:
            self.add([relative])

    def add(self, names: Iterable[str]) -> None:
        """These paths below the folder appeared just now."""
        now = self._clock.monotonic()
        for name in names:
            if name in self._names or len(self._names) < NAMES_LIMIT:
                self._names[name] = now
            else:
                self._has_more = True

    def oldest(self) -> float | None:
        """When the first of the names appeared that are not taken, in monotonic seconds."""
        # The observer's thread may add one meanwhile.
        return min(list(self._names.values()), default=None)

    def take(self) -> tuple[list[str], bool]:
        """The names since the last call, and whether there were more than there is room for."""
        names, self._names = self._names, {}
        has_more, self._has_more = self._has_more, False
        return list(names), has_more


def _inode(path: str) -> tuple[int, int] | None:
    try:
        found = os.stat(path)  # noqa: PTH116 - a path as it came
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _has_more_folders(path: str, limit: int) -> bool:
    """Whether there are more folders than that below the path; no more are counted."""
    folders, waiting = 0, [path]
    while waiting and folders <= limit:
        try:
            with os.scandir(waiting.pop()) as entries:
                below = [each.path for each in entries if each.is_dir(follow_symlinks=False)]
        except OSError:
            continue
        folders += len(below)
        waiting += below
    return folders > limit
