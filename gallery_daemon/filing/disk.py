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
from threading import Event
from typing import TYPE_CHECKING

from gallery_daemon.errors import FilingError, PhotoChanged
from gallery_daemon.filing import attributes
from gallery_daemon.filing.file_systems import why_no_link
from gallery_daemon.filing.os_errors import source_errors
from gallery_daemon.filing.permissions import why_it_stays
from gallery_daemon.openat import open_folder, open_in
from gallery_daemon.photo import Identity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gallery_daemon.filing.attributes import Shortfall
    from gallery_daemon.journal.record import Rights

_OPEN_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_OPEN_UNSEEN = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NOATIME
_CHUNK = 1 << 20
# Source: linux/fs.h, renameat2(2).
_RENAME_NOREPLACE = 1
_NO_RENAMEAT2 = frozenset({errno.EINVAL, errno.ENOSYS, errno.ENOTSUP})
# Not there, and in such a name not possible: too long, or of characters that FAT refuses.
_NO_SUCH_NAME = frozenset({errno.ENOENT, errno.ENAMETOOLONG, errno.EILSEQ, errno.EINVAL})
# Some file systems have nothing to sync for a folder, and say so. Source: fsync(2).
_NO_SYNC = frozenset({errno.EINVAL, errno.ENOSYS, errno.ENOTSUP})
CANNOT_LINK = frozenset({errno.EXDEV, errno.EPERM, errno.EMLINK, errno.ENOTSUP, errno.ENOSYS})
"""Another file system, not permitted or not known there, too many links. Source: link(2)."""

_libc = ctypes.CDLL(None, use_errno=True)


class Interrupted(FilingError):
    """The program is stopping: the copy is incomplete and the photo as it was."""

    def __init__(self) -> None:
        super().__init__("interrupted by the end of the program", transient=True)


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


class Disk:
    """The effects that filing may have, and what it reads of the disk."""

    def __init__(self, stop: Event | None = None) -> None:
        """A long copy is interrupted as soon as `stop` is set."""
        self._stop = stop or Event()
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

    def link(self, source: int, folder: int, name: str) -> None:
        """Give the open file a second name; the descriptor is linked, so it is what was checked."""
        os.link(f"/proc/self/fd/{source}", name, dst_dir_fd=folder, follow_symlinks=True)

    def why_no_link(self, code: int, source: int, folder: int) -> str:
        """The error of a hard link to the open file, in the folder, as a sentence."""
        return why_no_link(code, f"/proc/self/fd/{source}", f"/proc/self/fd/{folder}")

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

    def why_it_stays(self, home: tuple[int, str]) -> str | None:
        """Why the file called so cannot be taken out of its folder; None: nothing speaks for it."""
        try:
            return why_it_stays(f"/proc/self/fd/{home[0]}", home[1])
        except OSError:
            return None

    def unlink(self, folder: int, name: str) -> None:
        """Remove the name: only of our temporary files, and of sources that are safe elsewhere."""
        os.unlink(name, dir_fd=folder)

    def sync(self, folder: int) -> None:
        """Make the folder's names survive a power cut, where the file system has such a call."""
        try:
            os.fsync(folder)
        except OSError as error:
            if error.errno not in _NO_SYNC:
                raise

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
    ) -> None:
        """Make a new file with bytes and attributes of the open one, verified and synced.

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

    def shortfall(
        self, source: int, folder: int, name: str, rights: Rights | None = None
    ) -> Shortfall:
        """What of the open file's attributes the file called `name` has not.

        `rights` is as in `copy`.
        """
        with self._opened(folder, name) as copy:
            mine, theirs = map(attributes.read_attributes, (source, copy))
        return attributes.shortfall(mine.with_rights(rights), theirs)

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

    def lacks(self, source: int, folder: int, name: str) -> tuple[str, ...]:
        """What a person set on the open file and the file called `name`, of its bytes, has not."""
        with self._opened(folder, name) as other:
            mine, theirs = map(attributes.read_attributes, (source, other))
        return attributes.lacks(mine, theirs)

    def is_part(self, source: int, folder: int, name: str) -> bool:
        """Whether every byte of the file called `name` is that of the open one, or zero.

        So it is where a copy was cut short: what was not written yet may read as zeros.
        """
        with self._opened(folder, name) as part:
            found = os.fstat(part)
            if not stat.S_ISREG(found.st_mode) or found.st_size > os.fstat(source).st_size:
                return False
            place = 0
            for chunk in self._chunks(part):
                mine = os.pread(source, len(chunk), place)
                if mine != chunk and any(b and a != b for a, b in zip(mine, chunk, strict=True)):
                    return False
                place += len(chunk)
        return True

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


def _open_unseen(folder: int, name: str) -> int:
    """A descriptor of our own new file; reading it does not change when it was last read."""
    try:
        return os.open(name, _OPEN_UNSEEN, dir_fd=folder)
    except PermissionError:
        return open_in(folder, name)


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
