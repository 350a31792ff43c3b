"""Whether a watch folder is still on the file system that it was on.

A folder whose disk is unmounted does not vanish: the bare mount point is in its place, an ordinary
folder on the disk below. What lies there was put there by mistake, or by a program that did not
notice, and is not what the person wants to have filed. The folder itself cannot tell, for it may
also have been made anew or be a link that points elsewhere now. The mount table can: a file system
was mounted on the way to the folder, and none is mounted there any more.

What is remembered outlives a reload of the configuration; a new start of the daemon takes the
folder as it is.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gallery_daemon.intake.watch_mode import mount_of, read_mountinfo

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class _Place:
    """A folder as it was: device and inode, and the mount point that it is on."""

    device: int
    inode: int
    mount_point: str | None


class MountGuard:
    """Remembers where the watch folders were mounted, by their paths."""

    def __init__(self, read: Callable[[], str] = read_mountinfo) -> None:
        """`read` gives the text of /proc/self/mountinfo."""
        self._read = read
        self._places: dict[str, _Place] = {}

    def why_lost(self, path: str) -> str | None:
        """Why the folder at `path` is not the one that was watched; None if it is, or may be.

        The first time it is taken as it is. A folder that is another now, on a file system that is
        mounted where the former was or elsewhere, is taken as well.
        """
        try:
            found = os.stat(path)  # noqa: PTH116 - a path as it came, of whatever bytes
        except OSError as error:
            return error.strerror or "cannot be reached"
        if not stat.S_ISDIR(found.st_mode):
            return "not a folder"
        was = self._places.get(path)
        if was is not None and (was.device, was.inode) == (found.st_dev, found.st_ino):
            return None
        real = os.path.realpath(path)
        mount = mount_of(real, self._read())
        point = None if mount is None else mount.point
        if was is not None and _is_bare(real, was.mount_point, point):
            return f"no file system is mounted at {was.mount_point} any more"
        self._places[path] = _Place(found.st_dev, found.st_ino, point)
        return None


def _is_bare(path: str, was: str | None, now: str | None) -> bool:
    """Whether `path` was on the mount `was`, which is on the way to it and mounted no more."""
    if was is None or now is None or was == now:
        return False
    is_on_the_way = path == was or path.startswith(was.rstrip("/") + "/")
    return is_on_the_way and len(now) < len(was)
