"""The effects on the disk: few, small, and none that could replace a file or follow a link.

A name is taken by a system call that fails if it exists (promise 1). Folders are reached component
by component without following links (`openat`), from the root of the library or of the watch
folder, so no link put in between leads anywhere else (promise 8). Every effect goes through one
object, so a test can kill the program between any two of them.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import hashlib
import os
import stat
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gallery_daemon.errors import PhotoChanged
from gallery_daemon.filing import attributes
from gallery_daemon.filing.os_errors import source_errors
from gallery_daemon.filing.reading import DiskReader
from gallery_daemon.openat import open_folder, open_in
from gallery_daemon.photo import Identity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from threading import Event

    from gallery_daemon.journal.record import Rights

_OPEN_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_OPEN_UNSEEN = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NOATIME
# Source: linux/fs.h, renameat2(2).
_RENAME_NOREPLACE = 1
_NO_RENAMEAT2 = frozenset({errno.EINVAL, errno.ENOSYS, errno.ENOTSUP})
# Some file systems have no such call for a folder, and say so. Source: fsync(2).
_NO_SYNC = frozenset({errno.EINVAL, errno.ENOSYS, errno.ENOTSUP})
CANNOT_LINK = frozenset({errno.EXDEV, errno.EPERM, errno.EMLINK, errno.ENOTSUP, errno.ENOSYS})
"""Another file system, not permitted or not known there, too many links. Source: link(2)."""

_libc = ctypes.CDLL(None, use_errno=True)


class NoSafeRename(OSError):
    """The file system can neither rename without replacing nor make a hard link (FAT by FUSE)."""


@dataclass(frozen=True, slots=True)
class MadeFolder:
    """A folder that was made: `parts` below `root`, with its inode."""

    root: str
    parts: tuple[str, ...]
    inode: int


@dataclass(frozen=True, slots=True)
class _Tried:
    """Whether a file can take a free name there, and whether it has the permissions it is given."""

    renames_safely: bool
    keeps_rights: bool


class Disk(DiskReader):
    """The effects that filing may have, and what it reads of the disk."""

    def __init__(self, stop: Event | None = None) -> None:
        """A long copy is interrupted as soon as `stop` is set."""
        super().__init__(stop)
        # By device: what was tried there.
        self._tried: dict[int, _Tried] = {}
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

    def link(self, source: int, folder: int, name: str) -> None:
        """Give the open file a second name; the descriptor is linked, so it is what was checked."""
        os.link(f"/proc/self/fd/{source}", name, dst_dir_fd=folder, follow_symlinks=True)

    def symlink(self, target: str, folder: int, name: str) -> None:
        """Make a symbolic link called `name` to `target`."""
        os.symlink(target, name, dir_fd=folder)

    def rename(self, source: tuple[int, str], target: tuple[int, str]) -> None:
        """Give the file another (folder, name), which must be free.

        Raises:
            NoSafeRename: there is no such call on that file system; nothing was done.
            OSError: it exists, is on another file system, or the like.
        """
        try:
            _renameat2(source, target, _RENAME_NOREPLACE)
        except OSError as error:
            if error.errno not in _NO_RENAMEAT2:
                raise
        else:
            return
        # A file system without the flag: a link takes the name or fails, then the old one goes.
        ends = {"src_dir_fd": source[0], "dst_dir_fd": target[0]}
        try:
            os.link(source[1], target[1], **ends, follow_symlinks=False)
        except OSError as error:
            if error.errno in CANNOT_LINK:
                raise NoSafeRename(error.errno, error.strerror) from error
            raise
        os.unlink(source[1], dir_fd=source[0])

    def hide(self, source: tuple[int, str], hidden: tuple[int, str]) -> None:
        """Rename the file to a name of ours, with a token in it, say, or in our own folder.

        Nobody else takes such a name, so where no rename is safe, looking whether it is free will
        do.

        Raises:
            OSError: it cannot be renamed.
        """
        try:
            self.rename(source, hidden)
        except NoSafeRename:
            if self.identity(*hidden) is not None:
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), hidden[1]) from None
            _renameat2(source, hidden, 0)

    def renames_safely(self, folder: int, first: str, other: str) -> bool:
        """Whether a file in the folder can get a name by a call that fails if the name is taken.

        Tried once for each file system, with an empty file under two names of ours.
        """
        device = os.fstat(folder).st_dev
        if device not in self._tried:
            self._tried[device] = self._try_out(folder, first, other)
        return self._tried[device].renames_safely

    def forget_renames(self, folder: int) -> None:
        """What was tried there does not hold any more: disks come and go under one number."""
        self._tried.pop(os.fstat(folder).st_dev, None)

    def _try_out(self, folder: int, first: str, other: str) -> _Tried:
        empty = os.open(first, _OPEN_NEW, 0o600, dir_fd=folder)
        try:
            keeps_rights = _keeps_rights(empty)
        finally:
            os.close(empty)
        try:
            self.rename((folder, first), (folder, other))
        except NoSafeRename:
            self.unlink(folder, first)
            return _Tried(renames_safely=False, keeps_rights=keeps_rights)
        self.unlink(folder, other)
        return _Tried(renames_safely=True, keeps_rights=keeps_rights)

    def unlink(self, folder: int, name: str) -> None:
        """Remove the name: only of our temporary files, and of sources that are safe elsewhere."""
        os.unlink(name, dir_fd=folder)

    def sync(self, folder: int) -> None:
        """Make the folder's names survive a power cut.

        Where a folder cannot be synced by itself, its whole file system is; a source may be removed
        next, and then its copy must have its name.
        """
        try:
            os.fsync(folder)
        except OSError as error:
            if error.errno not in _NO_SYNC:
                raise
            _sync_file_system(folder)

    def sync_file(self, folder: int, name: str) -> None:
        """Make the file's bytes survive a power cut."""
        descriptor = open_in(folder, name)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def copy(
        self,
        source: int,
        folder: int,
        name: str,
        identity: Identity,
        on_begun: Callable[[], None] = lambda: None,
        *,
        rights: Rights | None = None,
    ) -> str:
        """Make a new file with bytes and attributes of the open one, verified and synced.

        Gives the SHA-256 of the bytes, as `content_hash`.

        What the file system has no place for is left out: `shortfall` tells. `on_begun` is called
        once the new file is there, still empty. `rights` are the open one's, where its disk keeps
        none.

        Raises:
            Interrupted: `stop` was set meanwhile; the new file is incomplete.
            PhotoChanged: the open one was written meanwhile; the new file is half of each version.
            OSError: reading or writing failed; EIO also if the bytes read back are others.
        """
        with source_errors():
            given = attributes.read_attributes(source).with_rights(rights)
        target = os.open(name, _OPEN_NEW, 0o600, dir_fd=folder)
        try:
            on_begun()
            written = self._pour(source, target)
            if Identity.of(os.fstat(source)) != identity:
                raise PhotoChanged("it changed while it was copied")
            # Before the last sync, so that the file has its mtime when its name appears.
            attributes.give(target, given)
            os.fsync(target)
        finally:
            os.close(target)
        check = _open_unseen(folder, name)
        try:
            # Out of the cache, so that the bytes are read from the disk.
            os.posix_fadvise(check, 0, 0, os.POSIX_FADV_DONTNEED)
            if self._digest(check) != written:
                raise OSError(errno.EIO, "the copy read back differs from what was written")
        finally:
            os.close(check)
        return written.hex()

    def unkept_rights(
        self, source: int, folder: int, name: str, rights: Rights | None
    ) -> Rights | None:
        """The open file's, where its copy called `name` cannot have them; None: it has them.

        On a disk that keeps none they are never sure, even if they look the same: mounted anew, it
        may show others. `rights` is as in `copy`.
        """
        with self._opened(folder, name) as copy:
            mine, theirs = map(attributes.read_attributes, (source, copy))
            tried = self._tried.get(os.fstat(copy).st_dev)
        wanted = mine.with_rights(rights).rights
        is_sure = tried is None or tried.keeps_rights
        return None if is_sure and theirs.rights == wanted else wanted

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


def _open_unseen(folder: int, name: str) -> int:
    """A descriptor of our own new file; reading it does not change when it was last read."""
    try:
        return os.open(name, _OPEN_UNSEEN, dir_fd=folder)
    except PermissionError:
        return open_in(folder, name)


def _sync_file_system(folder: int) -> None:
    """All that was written there is on the disk. Source: syncfs(2)."""
    if _libc.syncfs(folder) != 0:
        code = ctypes.get_errno()
        if code not in _NO_SYNC:
            raise OSError(code, os.strerror(code))
        os.sync()


def _keeps_rights(empty: int) -> bool:
    """Whether our own empty file has one mode and then another, as it is given them.

    FAT shows those of its mount, and refuses others or takes them without a word.
    """
    for mode in (0o600, 0o640):
        with contextlib.suppress(OSError):
            os.fchmod(empty, mode)
        if stat.S_IMODE(os.fstat(empty).st_mode) != mode:
            return False
    return True


def _renameat2(source: tuple[int, str], target: tuple[int, str], flags: int) -> None:
    old, new = os.fsencode(source[1]), os.fsencode(target[1])
    if _libc.renameat2(source[0], old, target[0], new, flags) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
