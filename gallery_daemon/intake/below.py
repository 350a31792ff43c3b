"""Reaching what lies below a watch folder without ever following a link on the way.

A name that was seen is a path, and any folder in it may be a link by the time it is opened: swapped
by whoever writes into the watch folder, or listed through one. So a path is walked folder by
folder, and a link in it ends the walk. The watch folder itself may be reached by one: that is its
owner's wish.

`filing.place` walks likewise, and is not asked: its walk makes folders, and goes through the object
that a test puts power cuts into. Neither room may know the other, and no room below both is about
folders.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Iterator

_OPEN_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_OPEN_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


@contextmanager
def opened_folder(root: str, relative: str) -> Iterator[int]:
    """A descriptor of the folder `relative` below `root`; "" is `root` itself.

    Raises:
        OSError: it is not there, or a component is a link (ENOTDIR).
    """
    # A path too long for the system is refused here: what lies there could not be named to anyone.
    os.lstat(f"{root.rstrip('/')}/{relative}")
    descriptor = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for part in filter(None, relative.split("/")):
            inner = os.open(part, _OPEN_FOLDER, dir_fd=descriptor)
            os.close(descriptor)
            descriptor = inner
        yield descriptor
    finally:
        os.close(descriptor)


def opened_file(root: str, relative: str) -> BinaryIO:
    """The file `relative` below `root`, open for reading; a FIFO is not waited for.

    Raises:
        OSError: it is not there, is a link (ELOOP), or lies behind one (ENOTDIR).
    """
    folder, _, name = relative.rpartition("/")
    with opened_folder(root, folder) as descriptor:
        return os.fdopen(os.open(name, _OPEN_FILE, dir_fd=descriptor), "rb")


def names_in(root: str, relative: str) -> list[os.DirEntry[str]]:
    """What the folder `relative` below `root` holds.

    Raises:
        OSError: it cannot be listed, or lies behind a link (ENOTDIR).
    """
    with opened_folder(root, relative) as descriptor, os.scandir(descriptor) as entries:
        return list(entries)
