"""The system's errors as sentences: what one means, and whether trying again may help."""

from __future__ import annotations

import errno
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from gallery_daemon.decision import library_path
from gallery_daemon.errors import FilingError, PhotoGone

if TYPE_CHECKING:
    from collections.abc import Iterator

# Only commands show a hint, and they do not try again by themselves as the daemon does.
_MAKE_ROOM = "make room; then say the command again"
_FAT_NAMES = 'FAT, NTFS and Windows shares refuse \\ : * ? " < > | in names: say another with `as`'
# The sentence with {place}, whether it may pass, what to do. Source: errno(3).
_AT_LIBRARY: dict[int, tuple[str, bool, str | None]] = {
    errno.ENOSPC: ("no space is left in {place}", True, _MAKE_ROOM),
    errno.EDQUOT: ("the quota of {place} is used up", True, _MAKE_ROOM),
    errno.EROFS: ("{place} is read-only", True, "mount it writable; then say the command again"),
    errno.EACCES: ("no permission to write in {place}", True, "see who owns the folder"),
    errno.EPERM: ("the file system refuses to write in {place}", True, None),
    errno.ENOENT: ("{place} is not there", True, "is its disk mounted?"),
    errno.ELOOP: ("{place} has a symbolic link in it", False, "filing never follows links there"),
    errno.ENOTDIR: ("{place} has a link or a file where a folder should be", False, None),
    errno.ENAMETOOLONG: ("the name is too long for {place}", False, "shorten `to` or `as`"),
    errno.EINVAL: ("{place} cannot hold a file of this name", False, _FAT_NAMES),
    errno.EILSEQ: ("{place} cannot hold a file of this name", False, _FAT_NAMES),
    errno.EFBIG: ("{place} cannot hold a file so large", False, "FAT holds files of up to 4 GB"),
    errno.EIO: ("{place} gives input/output errors", True, "see the disk's health"),
}
# Faults of the library as a whole: while one lasts, no photo can be filed.
_OF_LIBRARY = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO})
_AT_SOURCE: dict[int, tuple[str, bool, str | None]] = {
    errno.ENOTDIR: ("the photo's folder was replaced", False, None),
    errno.ELOOP: ("the photo's folder was replaced by a symbolic link", False, None),
    errno.EACCES: ("no permission to read the photo", True, "see who owns the file"),
    errno.EIO: ("reading the photo gives input/output errors", True, "see the disk's health"),
}


@contextmanager
def library_errors(library: str, folder: tuple[str, ...]) -> Iterator[None]:
    """OSErrors in the library become a FilingError that names the folder."""
    try:
        yield
    except OSError as error:
        place = library_path(library, *folder)
        of_library = error.errno in _OF_LIBRARY or not os.path.isdir(library)  # noqa: PTH112
        if error.errno == errno.ENOENT and os.path.isdir(place):  # noqa: PTH112
            # The folder is there, so it is the name that cannot be: exFAT by FUSE says it so.
            error = OSError(errno.EINVAL, os.strerror(errno.EINVAL))
        raise _filing_error(error, _AT_LIBRARY, place, of_library=of_library) from error


@contextmanager
def source_errors() -> Iterator[None]:
    """OSErrors of opening the photo become a FilingError."""
    try:
        yield
    except FileNotFoundError as error:
        raise PhotoGone("the photo vanished before it could be filed") from error
    except OSError as error:
        raise _filing_error(error, _AT_SOURCE, "the watch folder", of_library=False) from error


def _filing_error(
    error: OSError,
    meanings: dict[int, tuple[str, bool, str | None]],
    place: str,
    *,
    of_library: bool,
) -> FilingError:
    unknown = (f"{error.strerror or error} in {{place}}", True, None)
    sentence, transient, hint = meanings.get(error.errno or 0, unknown)
    told = sentence.replace("{place}", place)
    return FilingError(told, transient=transient, of_library=of_library and transient, hint=hint)
