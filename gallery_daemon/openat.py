"""Opening what others can put in place: no link is followed, and a FIFO is not waited for.

A name that was seen is a path, and any folder in it may be a link by the time it is opened: swapped
by whoever writes into the folder. So a path is walked folder by folder from its root, as openat(2)
does it, and a link on the way ends the walk. The root itself may be reached by a link: that is its
owner's wish.
"""

from __future__ import annotations

import errno
import os
import stat
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_ROOT = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_FOLDER = _ROOT | os.O_NOFOLLOW
# Opening a FIFO waits for a writer, who may never come.
_FOLLOWED_FILE = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC
_FILE = _FOLLOWED_FILE | os.O_NOFOLLOW


class NotRegularError(OSError):
    """What was opened is a FIFO or a device."""


@contextmanager
def open_folder(
    root: str, components: Iterable[str], prepare: Callable[[int, str], None] | None = None
) -> Iterator[int]:
    """A descriptor of the folder that the components lead to from `root`.

    `prepare` is called with the folder above and the component, before each is opened.

    Raises:
        OSError: a component is missing, no folder, or a link (ELOOP or ENOTDIR).
    """
    descriptor = os.open(root, _ROOT)
    try:
        for component in components:
            if prepare is not None:
                prepare(descriptor, component)
            inner = os.open(component, _FOLDER, dir_fd=descriptor)
            os.close(descriptor)
            descriptor = inner
        yield descriptor
    finally:
        os.close(descriptor)


def open_in(folder: int, name: str) -> int:
    """A descriptor, for reading, of what is called `name` in the open folder.

    Raises:
        OSError: it is gone, a link (ELOOP) or a socket (ENXIO).
    """
    return os.open(name, _FILE, dir_fd=folder)


def open_regular(path: str | os.PathLike[str], *, follow_links: bool) -> BinaryIO:
    """The regular file at `path`, open for reading.

    Raises:
        NotRegularError: it is a FIFO or a device.
        OSError: it cannot be opened: gone, a folder (EISDIR), a socket (ENXIO), or a link (ELOOP)
            where none is followed.
    """
    flags = _FOLLOWED_FILE if follow_links else _FILE
    file = open(path, "rb", opener=lambda name, _flags: os.open(name, flags))  # noqa: SIM115
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise NotRegularError(errno.EINVAL, "not a regular file", os.fspath(path))
    return file
