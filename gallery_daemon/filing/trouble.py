"""What the operating system's refusals mean to a person, and whether trying again may help."""

from __future__ import annotations

import errno
from contextlib import contextmanager
from typing import TYPE_CHECKING

from gallery_daemon.errors import FilingError

if TYPE_CHECKING:
    from collections.abc import Iterator

# Sentence with {place}, whether it may pass, what to do. Source: errno(3).
_AT_LIBRARY: dict[int, tuple[str, bool, str | None]] = {
    errno.ENOSPC: ("no space is left in {place}", True, "make room; the photo is tried again"),
    errno.EDQUOT: ("the quota of {place} is used up", True, "make room; the photo is tried again"),
    errno.EROFS: ("{place} is read-only", True, "mount it writable; the photo is tried again"),
    errno.EACCES: ("no permission to write in {place}", True, "see who owns the folder"),
    errno.EPERM: ("the file system refuses to write in {place}", True, None),
    errno.ENOENT: ("{place} is not there", True, "is its disk mounted?"),
    errno.ELOOP: ("{place} has a symbolic link in it", False, "filing never follows links there"),
    errno.ENOTDIR: ("{place} has a link or a file where a folder should be", False, None),
    errno.ENAMETOOLONG: ("the name is too long for {place}", False, "shorten `to` or `as`"),
    errno.EIO: ("{place} gives input/output errors", True, "see the disk's health"),
}
_AT_SOURCE: dict[int, tuple[str, bool, str | None]] = {
    errno.ENOENT: ("the photo vanished before it could be filed", False, None),
    errno.ENOTDIR: ("the photo's folder was replaced", False, None),
    errno.ELOOP: ("the photo's folder was replaced by a symbolic link", False, None),
    errno.EACCES: ("no permission to read the photo", True, "see who owns the file"),
}


@contextmanager
def at_library(library: str, folder: tuple[str, ...]) -> Iterator[None]:
    """OSErrors of working in the library become a FilingError that names the folder."""
    try:
        yield
    except OSError as error:
        place = "/".join((library.rstrip("/"), *folder))
        raise _filing_error(error, _AT_LIBRARY, place) from error


@contextmanager
def at_source() -> Iterator[None]:
    """OSErrors of opening the photo become a FilingError."""
    try:
        yield
    except OSError as error:
        raise _filing_error(error, _AT_SOURCE, "the watch folder") from error


def _filing_error(
    error: OSError, meanings: dict[int, tuple[str, bool, str | None]], place: str
) -> FilingError:
    unknown = (f"{error.strerror or error} in {{place}}", True, None)
    sentence, transient, hint = meanings.get(error.errno or 0, unknown)
    return FilingError(sentence.replace("{place}", place), transient=transient, hint=hint)
