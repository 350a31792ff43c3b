"""Reaching what lies below a watch folder without ever following a link on the way.

The watch folder itself may be reached by one (`openat` says why).
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO

from gallery_daemon.openat import open_folder, open_in

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def opened_folder(root: str, relative: str) -> Iterator[int]:
    """A descriptor of the folder `relative` below `root`; "" is `root` itself.

    Raises:
        OSError: it is not there, or a component is a link (ENOTDIR).
    """
    # A path too long for the system is refused here: what lies there could not be named to anyone.
    os.lstat(f"{root.rstrip('/')}/{relative}")
    with open_folder(root, filter(None, relative.split("/"))) as folder:
        yield folder


def opened_file(root: str, relative: str) -> BinaryIO:
    """The file `relative` below `root`, open for reading; a FIFO is not waited for.

    Raises:
        OSError: it is not there, is a link (ELOOP), or lies behind one (ENOTDIR).
    """
    folder, _, name = relative.rpartition("/")
    with opened_folder(root, folder) as descriptor:
        return os.fdopen(open_in(descriptor, name), "rb")


def names_in(root: str, relative: str) -> list[os.DirEntry[str]]:
    """What the folder `relative` below `root` holds.

    Raises:
        OSError: it cannot be listed, or lies behind a link (ENOTDIR).
    """
    with opened_folder(root, relative) as descriptor, os.scandir(descriptor) as entries:
        return list(entries)
