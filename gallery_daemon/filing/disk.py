"""The effects on the disk: few, small, and none that could replace a file or follow a link.

A name is taken by a system call that fails if it exists (promise 1). Folders are reached component
by component without following links (`openat`), from the root of the library or of the watch
folder, so no link put in between leads anywhere else (promise 8). Every effect goes through one
object, so a test can kill the program between any two of them.
"""

from __future__ import annotations

import ctypes
import errno
import hashlib
import os
import stat
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event
from typing import TYPE_CHECKING

from gallery_daemon.errors import FilingError, PhotoChanged
from gallery_daemon.filing.os_errors import source_errors
from gallery_daemon.openat import open_folder, open_in
from gallery_daemon.photo import Identity

if TYPE_CHECKING:
    from collections.abc import Iterator

_OPEN_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_CHUNK = 1 << 20
# Source: linux/fs.h, renameat2(2).
_RENAME_NOREPLACE = 1
_NO_RENAMEAT2 = frozenset({errno.EINVAL, errno.ENOSYS, errno.ENOTSUP})

_libc = ctypes.CDLL(None, use_errno=True)


class Interrupted(FilingError):
    """The program is stopping: the copy is incomplete and the photo as it was."""

    def __init__(self) -> None:
        super().__init__("interrupted by the end of the program", transient=True)


@dataclass(frozen=True, slots=True)
class MadeFolder:
    """A folder that was made: `parts` below `root`, with its inode."""

    root: str
    parts: tuple[str, ...]
    inode: int


class Disk:
    """The effects that filing may have, and what it reads of the disk."""

    def __init__(self, stop: Event | None = None) -> None:
        """A long copy is interrupted as soon as `stop` is set."""
        self._stop = stop or Event()
        self._made: list[MadeFolder] = []

    @contextmanager
    def folder(self, root: str, parts: tuple[str, ...], *, make: bool = False) -> Iterator[int]:
        """A descriptor of the folder `parts` below `root`; with `make`, missing ones are made.

        Raises:
            OSError: a component is missing, no folder, or a link (ELOOP or ENOTDIR).
        """
        depth = 0

        def make_next(above: int, name: str) -> None:
            nonlocal depth
            depth += 1
            if self._make_folder(above, name):
                inode = os.stat(name, dir_fd=above, follow_symlinks=False).st_ino
                self._made.append(MadeFolder(root, parts[:depth], inode))

        with open_folder(root, parts, make_next if make else None) as folder:
            yield folder

    def take_made(self) -> list[MadeFolder]:
        """The folders that were made since this was asked last."""
        made, self._made = self._made, []
        return made

    def inode_of(self, folder: int, name: str) -> int | None:
        """The inode of the folder of that name; None if it is something else, or nothing."""
        try:
            found = os.stat(name, dir_fd=folder, follow_symlinks=False)
        except FileNotFoundError:
            return None
        return found.st_ino if stat.S_ISDIR(found.st_mode) else None

    def remove_folder(self, folder: int, name: str) -> bool:
        """Remove the folder of that name, if it is empty; whether it is gone."""
        try:
            os.rmdir(name, dir_fd=folder)
        except OSError as error:
            # Not empty, or something is mounted there.
            if error.errno in {errno.ENOTEMPTY, errno.EEXIST, errno.EBUSY}:
                return False
            raise
        self.sync(folder)
        return True

    def is_empty(self, folder: int) -> bool:
        """Whether there is nothing in the folder."""
        with os.scandir(folder) as entries:
            return next(entries, None) is None

    def is_alone(self, folder: int, name: str) -> bool:
        """Whether there is nothing else in the folder."""
        with os.scandir(folder) as entries:
            return all(each.name == name for each in entries)

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
            if error.errno in {errno.ENOENT, errno.ENAMETOOLONG}:
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

    def link(self, source: int, folder: int, name: str) -> None:
        """Give the open file a second name; the descriptor is linked, so it is what was checked."""
        os.link(f"/proc/self/fd/{source}", name, dst_dir_fd=folder, follow_symlinks=True)

    def symlink(self, target: str, folder: int, name: str) -> None:
        """Make a symbolic link called `name` to `target`."""
        os.symlink(target, name, dir_fd=folder)

    def rename(self, source: tuple[int, str], target: tuple[int, str]) -> None:
        """Give the file another (folder, name), which must be free."""
        result = _libc.renameat2(
            source[0],
            os.fsencode(source[1]),
            target[0],
            os.fsencode(target[1]),
            _RENAME_NOREPLACE,
        )
        if result == 0:
            return
        code = ctypes.get_errno()
        if code not in _NO_RENAMEAT2:
            raise OSError(code, os.strerror(code))
        # A file system without the flag: a link takes the name or fails, then the old one goes.
        ends = {"src_dir_fd": source[0], "dst_dir_fd": target[0]}
        os.link(source[1], target[1], **ends, follow_symlinks=False)
        os.unlink(source[1], dir_fd=source[0])

    def unlink(self, folder: int, name: str) -> None:
        """Remove the name: only of our temporary files, and of sources that are safe elsewhere."""
        os.unlink(name, dir_fd=folder)

    def sync(self, folder: int) -> None:
        """Make the folder's names survive a power cut."""
        os.fsync(folder)

    def sync_file(self, folder: int, name: str) -> None:
        """Make the file's bytes survive a power cut."""
        descriptor = open_in(folder, name)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def copy(self, source: int, folder: int, name: str, identity: Identity) -> None:
        """Make a new file with bytes, times and permissions of the open one, verified and synced.

        Raises:
            Interrupted: `stop` was set meanwhile; the new file is incomplete.
            PhotoChanged: the open one was written meanwhile; the new file is half of each version.
            OSError: reading or writing failed; EIO also if the bytes read back are others.
        """
        found = os.fstat(source)
        target = os.open(name, _OPEN_NEW, 0o600, dir_fd=folder)
        try:
            written = self._pour(source, target)
            if Identity.of(os.fstat(source)) != identity:
                raise PhotoChanged("it changed while it was copied")
            # Before the last sync, so that the file has its mtime when its name appears.
            os.utime(target, ns=(found.st_atime_ns, found.st_mtime_ns))
            # Only the bits for reading and writing: no execute, setuid or setgid bit.
            os.fchmod(target, found.st_mode & 0o666)
            os.fsync(target)
        finally:
            os.close(target)
        check = open_in(folder, name)
        try:
            # Out of the cache, so that the bytes are read from the disk.
            os.posix_fadvise(check, 0, 0, os.POSIX_FADV_DONTNEED)
            if self._digest(check) != written:
                raise OSError(errno.EIO, "the copy read back differs from what was written")
        finally:
            os.close(check)

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

    def content_hash(self, source: int) -> str:
        """The SHA-256 of the open file's bytes, in hexadecimal digits."""
        return self._digest(source).hex()

    def _make_folder(self, folder: int, name: str) -> bool:
        """Whether it was made, and not there already."""
        try:
            os.mkdir(name, dir_fd=folder)
        except FileExistsError:
            return False
        self.sync(folder)
        return True

    def _pour(self, source: int, target: int) -> bytes:
        digest = hashlib.sha256()
        for chunk in self._photo(source):
            digest.update(chunk)
            rest = memoryview(chunk)
            while rest:
                rest = rest[os.write(target, rest) :]
        return digest.digest()

    def _photo(self, source: int) -> Iterator[bytes]:
        """Its bytes; an error in reading them is not the library's."""
        with source_errors():
            yield from self._chunks(source)

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
