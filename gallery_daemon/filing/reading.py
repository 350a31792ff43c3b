"""What filing reads of the disk: what a name is, and whether two files are the same.

Links are not followed, and nothing is changed. Bytes are compared as they lie there; what they are
besides is compared in `attributes`.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from contextlib import contextmanager
from threading import Event
from typing import TYPE_CHECKING

from gallery_daemon.errors import FilingError, PhotoChanged
from gallery_daemon.filing import attributes
from gallery_daemon.filing.file_systems import why_no_link
from gallery_daemon.filing.permissions import why_it_stays
from gallery_daemon.imaging.formats import HEAD_BYTES
from gallery_daemon.journal.contents import OF_ENDS, DigestKind
from gallery_daemon.openat import open_in
from gallery_daemon.photo import Identity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gallery_daemon.filing.attributes import Shortfall
    from gallery_daemon.journal.record import Rights

_CHUNK = 1 << 20
_END = 64 << 10
# Not there, and in such a name not possible: too long, or of characters that FAT refuses.
_NO_SUCH_NAME = frozenset({errno.ENOENT, errno.ENAMETOOLONG, errno.EILSEQ, errno.EINVAL})


class Interrupted(FilingError):
    """The program is stopping: the copy is incomplete and the photo as it was."""

    def __init__(self) -> None:
        super().__init__("interrupted by the end of the program", transient=True)


class DiskReader:
    """What filing reads of the disk."""

    def __init__(self, stop: Event | None = None) -> None:
        """Reading long files ends as soon as `stop` is set."""
        self._stop = stop or Event()

    def inode_of(self, folder: int, name: str) -> int | None:
        """The inode of the folder of that name; None if it is something else, or nothing."""
        try:
            found = os.stat(name, dir_fd=folder, follow_symlinks=False)
        except FileNotFoundError:
            return None
        return found.st_ino if stat.S_ISDIR(found.st_mode) else None

    def is_empty(self, folder: int) -> bool:
        """Whether there is nothing in the folder."""
        with os.scandir(folder) as entries:
            return next(entries, None) is None

    def is_alone(self, folder: int, name: str) -> bool:
        """Whether there is nothing else in the folder."""
        with os.scandir(folder) as entries:
            return all(each.name == name for each in entries)

    def is_far(self, file: int, folder: int) -> bool:
        """Whether the open file and the folder are on different file systems."""
        return os.fstat(file).st_dev != os.fstat(folder).st_dev

    def may_change(self, folder: int) -> bool:
        """Whether names in the folder can be changed: its permissions, a read-only disk."""
        return os.access(f"/proc/self/fd/{folder}", os.W_OK | os.X_OK)

    def is_one_name(self, one: tuple[int, str], other: tuple[int, str]) -> bool:
        """Whether both are the same name in the same folder, however that was reached."""
        folders = [(found.st_dev, found.st_ino) for found in map(os.fstat, (one[0], other[0]))]
        return one[1] == other[1] and folders[0] == folders[1]

    def identity(self, folder: int, name: str) -> Identity | None:
        """The identity of the name in the folder, links not followed; None if there is none."""
        try:
            return Identity.of(os.stat(name, dir_fd=folder, follow_symlinks=False))
        except OSError as error:
            if error.errno in _NO_SUCH_NAME:
                return None
            raise

    def points_to(self, folder: int, name: str) -> str | None:
        """The target of the symbolic link called `name`; None if it is no link."""
        try:
            return os.readlink(name, dir_fd=folder)
        except OSError:
            return None

    @contextmanager
    def source(self, folder: int, name: str, identity: Identity) -> Iterator[int]:
        """A descriptor of the file that was classified.

        Raises:
            PhotoChanged: another file has the name now, or this one was changed.
            OSError: it is gone, or cannot be opened.
        """
        try:
            descriptor = open_in(folder, name)
        except OSError as error:
            if error.errno == errno.ELOOP:
                raise PhotoChanged("it was replaced by a link") from error
            raise
        try:
            found = os.fstat(descriptor)
            if not stat.S_ISREG(found.st_mode) or Identity.of(found) != identity:
                raise PhotoChanged("it changed after it was classified")
            yield descriptor
        finally:
            os.close(descriptor)

    def why_no_link(self, code: int, source: int, folder: int) -> str:
        """The error of a hard link to the open file, in the folder, as a sentence."""
        return why_no_link(code, f"/proc/self/fd/{source}", f"/proc/self/fd/{folder}")

    def why_it_stays(self, home: tuple[int, str]) -> str | None:
        """Why the file called so cannot be taken out of its folder; None: nothing speaks for it."""
        try:
            return why_it_stays(f"/proc/self/fd/{home[0]}", home[1])
        except OSError:
            return None

    def shortfall(
        self, source: int, folder: int, name: str, rights: Rights | None = None
    ) -> Shortfall:
        """What of the open file's attributes the file called `name` has not.

        `rights` is as in `copy`.
        """
        with self._opened(folder, name) as copy:
            mine, theirs = map(attributes.read_attributes, (source, copy))
        return attributes.shortfall(mine.with_rights(rights), theirs)

    def lacks(self, source: int, folder: int, name: str) -> tuple[str, ...]:
        """What a person set on the open file and the file called `name`, of its bytes, has not."""
        with self._opened(folder, name) as other:
            mine, theirs = map(attributes.read_attributes, (source, other))
        return attributes.lacks(mine, theirs)

    def part_of(self, source: int, folder: int, name: str) -> int | None:
        """How many bytes of the file called `name` are the open one's, and not zero.

        None if another byte is in it. What a copy that was cut short had not written yet may read
        as zeros.
        """
        count = 0
        with self._opened(folder, name) as part:
            found = os.fstat(part)
            if not stat.S_ISREG(found.st_mode) or found.st_size > os.fstat(source).st_size:
                return None
            place = 0
            for chunk in self._chunks(part):
                mine = os.pread(source, len(chunk), place)
                if mine != chunk and any(b and a != b for a, b in zip(mine, chunk, strict=True)):
                    return None
                count += len(chunk) - chunk.count(0)
                place += len(chunk)
        return count

    def same_bytes(self, source: int, folder: int, name: str) -> bool:
        """Whether the file called `name` has the bytes of the open one."""
        try:
            other = open_in(folder, name)
        except OSError:
            return False
        try:
            mine, theirs = os.fstat(source), os.fstat(other)
            if not stat.S_ISREG(theirs.st_mode) or mine.st_size != theirs.st_size:
                return False
            if (mine.st_dev, mine.st_ino) == (theirs.st_dev, theirs.st_ino):
                return True
            return self._digest(source) == self._digest(other)
        finally:
            os.close(other)

    @contextmanager
    def _opened(self, folder: int, name: str) -> Iterator[int]:
        descriptor = open_in(folder, name)
        try:
            yield descriptor
        finally:
            os.close(descriptor)

    def head(self, source: int) -> bytes:
        """The first bytes of the open file, which say what it is."""
        return os.pread(source, HEAD_BYTES, 0)

    def content_hash(self, source: int, kind: DigestKind = DigestKind.WHOLE) -> str:
        """The SHA-256 of the open file's bytes, or of its ends, as the journal has it.

        A file that is no longer than its ends has one of the whole kind.
        """
        size_bytes = os.fstat(source).st_size
        if kind is DigestKind.WHOLE or size_bytes <= 2 * _END:
            return self._digest(source).hex()
        ends = os.pread(source, _END, 0) + os.pread(source, _END, size_bytes - _END)
        return OF_ENDS + hashlib.sha256(ends).hexdigest()

    def _digest(self, descriptor: int) -> bytes:
        digest = hashlib.sha256()
        for chunk in self._chunks(descriptor):
            digest.update(chunk)
        return digest.digest()

    def _chunks(self, descriptor: int) -> Iterator[bytes]:
        place = 0
        while chunk := os.pread(descriptor, _CHUNK, place):
            if self._stop.is_set():
                raise Interrupted
            yield chunk
            place += len(chunk)
