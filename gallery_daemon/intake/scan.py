"""Listing a watch folder: what events missed, and all there was before the first event.

Names are listed with `scandir`, one folder at a time and without recursion, so depth does not
matter. Of one folder the names are in memory, never their stats. They are sorted, so that of two
photos that want one name the same comes first each time. No link below the root is followed, not
even one that takes a folder's place while it waits for its turn; `open_below` opens files by the
same walk. A folder that cannot be listed is reported and the rest goes on; nothing here ever
concludes that a photo is gone.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from gallery_daemon.openat import open_folder, open_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gallery_daemon.intake.candidate import WatchRoot
    from gallery_daemon.photo import Candidate


@dataclass(frozen=True, slots=True)
class Listed:
    """A name that may become a photo, with its stat (not following links)."""

    candidate: Candidate
    stat: os.stat_result


@dataclass(frozen=True, slots=True)
class Unlisted:
    """What is passed over, and why: a file, or with `is_folder` a folder with all that is in it.

    With `is_folder_error` it is a folder that cannot be listed.
    """

    source: str
    path: str
    reason: str
    is_folder_error: bool = False
    is_folder: bool = False

    @property
    def is_hidden_folder(self) -> bool:
        """Whether it is a folder that is hidden from people too, who do not miss it."""
        return self.is_folder and self.path.rpartition("/")[2].startswith(".")


def scan(root: WatchRoot, start: str = "") -> Iterator[Listed | Unlisted]:
    """The files below the watch folder, or below `start` in it, in the same order every time.

    A folder's own files come first, then those deeper, each by name.
    """
    folders = [start]
    while folders:
        folder = folders.pop()
        path = os.path.join(root.path, folder)  # noqa: PTH118 - strings, broken UTF-8 included
        try:
            with open_folder_below(root.path, folder) as opened:
                files, below = _names(opened)
                for name in files:
                    file = _file(root, f"{folder}/{name}" if folder else name, opened)
                    if file is not None:
                        yield file
                deeper: list[str] = []
                for name in below if root.recursive else ():
                    relative = f"{folder}/{name}" if folder else name
                    skipped = _skipped_folder(root, relative)
                    if skipped is None:
                        deeper.append(relative)
                    elif not root.is_own(relative):
                        yield skipped
                folders += reversed(deeper)
        except OSError as error:
            reason = error.strerror or "cannot be listed"
            yield Unlisted(root.source, path, reason, is_folder_error=True)


def _skipped_folder(root: WatchRoot, relative: str) -> Unlisted | None:
    """The folder, if nothing in it counts; None if it is to be listed."""
    why = root.why_not(relative)
    path = f"{root.path.rstrip('/')}/{relative}"
    return None if why is None else Unlisted(root.source, path, why, is_folder=True)


def _names(folder: int) -> tuple[list[str], list[str]]:
    """The folder's entries by name: those that may be files, and folders."""
    files: list[str] = []
    below: list[str] = []
    with os.scandir(folder) as entries:
        for entry in entries:
            (below if entry.is_dir(follow_symlinks=False) else files).append(entry.name)
    return sorted(files), sorted(below)


def _file(root: WatchRoot, relative: str, folder: int) -> Listed | Unlisted | None:
    """The file there; `folder` is its own, open."""
    why = root.why_not_file(relative)
    if why is not None:
        return Unlisted(root.source, f"{root.path.rstrip('/')}/{relative}", why)
    try:
        name = relative.rpartition("/")[2]
        found = os.stat(name, dir_fd=folder, follow_symlinks=False)
    except OSError:
        return None  # gone since the folder was listed
    return Listed(root.candidate(relative), found)


@contextmanager
def open_folder_below(root: str, relative: str) -> Iterator[int]:
    """A descriptor of the folder `relative` below `root`; "" is `root` itself.

    Raises:
        OSError: it is gone, or a component is a link (ENOTDIR).
    """
    # Refuses a path that is too long for the system: no call elsewhere could use it.
    os.lstat(f"{root.rstrip('/')}/{relative}")
    with open_folder(root, filter(None, relative.split("/"))) as folder:
        yield folder


def open_below(root: str, relative: str) -> BinaryIO:
    """The file `relative` below `root`, open for reading, without waiting for a FIFO.

    Raises:
        OSError: it is gone, is a link (ELOOP), or is behind one (ENOTDIR).
    """
    folder, _, name = relative.rpartition("/")
    with open_folder_below(root, folder) as descriptor:
        return os.fdopen(open_in(descriptor, name), "rb")


def names_below(root: str, relative: str) -> list[os.DirEntry[str]]:
    """The entries of the folder `relative` below `root`.

    Raises:
        OSError: it cannot be listed, or is behind a link (ENOTDIR).
    """
    with open_folder_below(root, relative) as descriptor, os.scandir(descriptor) as entries:
        return list(entries)
