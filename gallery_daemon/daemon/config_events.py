"""Hears of an edited configuration at once, so that nobody has to look every two seconds.

The kernel tells of two folders: the one that the path names and the one where the file itself lies,
behind a link. Every way of saving touches an entry of one of them. A link further up the path that
is pointed elsewhere is left to a look at the next beat. Apart from `intake.watch`, which is about
names that become photos: an event here is a hint to look, and its loss costs a beat.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from watchdog.events import (
    FileClosedEvent,
    FileCreatedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers.inotify import InotifyObserver

from gallery_daemon.config.settings import WatchMode
from gallery_daemon.intake.watch_mode import choose_mode, read_mountinfo

if TYPE_CHECKING:
    from collections.abc import Callable

# How editors end: the file is closed, another is renamed over it, or a link is made in its place.
_WANTED: list[type[FileSystemEvent]] = [FileClosedEvent, FileCreatedEvent, FileMovedEvent]
_JOIN_S = 1.0


class ConfigEvents:
    """Tells when the file at a path may have changed."""

    def __init__(self, file: str, wake: Callable[[], None]) -> None:
        """Nothing is heard before `follow`. `wake` is called by a thread of the observer."""
        self._file = os.path.abspath(file)  # noqa: PTH100 - a path as it came, of whatever bytes
        self._wake = wake
        self._observer: InotifyObserver | None = None
        self._followed: dict[str, tuple[int, int]] = {}
        self._has_changed = False

    @property
    def are_heard(self) -> bool:
        """Whether every change of the file would be heard of."""
        observer = self._observer
        return observer is not None and all(each.is_alive() for each in observer.emitters)

    def take(self) -> bool:
        """Whether the file may have changed since the last call."""
        if not self._has_changed:
            return False
        # Another thread may set it again in this instant; the look that follows sees both.
        self._has_changed = False
        return True

    def follow(self) -> None:
        """From now on changes are heard of where the path leads now, if the kernel tells them."""
        names = _names(self._file)
        try:
            folders = {folder: _inode(folder) for folder in map(os.path.dirname, names)}
        except OSError:
            self.close()  # there is no such folder now
            return
        if folders == self._followed and self.are_heard:
            return
        self.close()
        mounts = read_mountinfo()
        chosen = {choose_mode(each, WatchMode.AUTO, mounts).mode for each in folders}
        if chosen == {WatchMode.INOTIFY}:
            self._observe(folders, _Handler(names, self._heard))

    def close(self) -> None:
        """Nothing is heard any more."""
        observer, self._observer = self._observer, None
        if observer is not None:
            observer.stop()
            observer.join(_JOIN_S)

    def _observe(self, folders: dict[str, tuple[int, int]], handler: _Handler) -> None:
        try:
            # Raises when no inotify instance is left, `start` when no watch is.
            observer = InotifyObserver()
        except OSError:
            return
        for folder in folders:
            observer.schedule(handler, folder, event_filter=_WANTED)
        try:
            observer.start()
        except OSError:
            observer.stop()
            return
        self._observer, self._followed = observer, folders

    def _heard(self) -> None:
        self._has_changed = True
        self._wake()


class _Handler(FileSystemEventHandler):
    """Calls `heard` when an entry of one of these names changes; of others there may be many."""

    def __init__(self, names: frozenset[str], heard: Callable[[], None]) -> None:
        self._names, self._heard = names, heard

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Compare what the event names: a rename has two paths."""
        paths = {os.fsdecode(event.src_path), os.fsdecode(event.dest_path)}
        if paths & self._names:
            self._heard()


def _names(file: str) -> frozenset[str]:
    """The entry that the path names, and that of the file itself; no folder of them is a link."""
    folder, name = os.path.split(file)
    return frozenset({os.path.join(os.path.realpath(folder), name), os.path.realpath(file)})  # noqa: PTH118 - see above


def _inode(folder: str) -> tuple[int, int]:
    """Device and inode.

    Raises:
        OSError: there is no such folder.
    """
    found = os.stat(folder)  # noqa: PTH116 - see above
    return found.st_dev, found.st_ino
