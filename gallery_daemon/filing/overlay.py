"""A dry run: where acts would put files, without any effect.

A step takes the same code (`act`) as a real one, so a taken name, the same bytes and a second disk
mean the same; only the effects are noted in an overlay over the real disk, which is only read. What
was noted counts as done for the steps that follow.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from gallery_daemon.filing import attributes
from gallery_daemon.filing.act import Act, Placed
from gallery_daemon.filing.attributes import Shortfall
from gallery_daemon.filing.disk import Disk
from gallery_daemon.filing.file_systems import (
    capabilities_at,
    existing_above,
    is_far,
    mode_of_all,
    refusal_of_link,
    why_no_link,
)
from gallery_daemon.filing.os_errors import library_errors
from gallery_daemon.filing.permissions import why_it_stays
from gallery_daemon.photo import Identity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gallery_daemon.filing.steps import Step
    from gallery_daemon.journal.record import Rights


@dataclass(frozen=True, slots=True)
class _There:
    """What a name would be: the bytes of the file at `path`, or a link to it."""

    path: str
    identity: Identity
    is_link: bool = False


class DryRunDisk(Disk):
    """Notes effects instead of making them; a handle stands for a path, as a descriptor does."""

    def __init__(self) -> None:
        super().__init__()
        self._paths: dict[str, int] = {}
        self._handles: list[str] = []
        # None: a name that is free again.
        self._noted: dict[str, _There | None] = {}

    def place(self, library: str, step: Step, points_to: str | None = None) -> Placed:
        """The name that the step's file would get in the library, or another end.

        `points_to` is as in `Act`.

        Raises:
            FilingError: the folder cannot be reached.
            OSError: a folder or a file there cannot be read.
        """
        folder, _, name = step.file.path.rpartition("/")
        home, path = (self._handle(folder), name), step.file.path
        # Whatever had the name before: two photos may have had it, one after the other.
        self._noted[path] = _There(points_to or path, step.file.identity, points_to is not None)
        with library_errors(library, step.folder), self.folder(library, step.folder) as target:
            return Act(
                self,
                step,
                "paper",
                home,
                self._handle(path),
                target,
                on_copied=lambda _inode, _rights: None,
                on_unfinished=lambda _name, _inode: None,
                sync=self.sync,
                points_to=points_to,
            ).run()

    @contextmanager
    def folder(self, root: str, parts: tuple[str, ...], *, make: bool = False) -> Iterator[int]:
        """A handle of the folder, which exists or would be made.

        Raises:
            OSError: a component is a link or a file (ENOTDIR).
        """
        del make
        path = root.rstrip("/")
        for part in parts:
            path = f"{path}/{part}"
            _refuse_no_folder(path)
        yield self._handle(path)

    def identity(self, folder: int, name: str) -> Identity | None:
        """The identity that the name would have."""
        there = self._there(self._path(folder, name))
        return there.identity if there else None

    def points_to(self, folder: int, name: str) -> str | None:
        """The target that the link would have."""
        path = self._path(folder, name)
        if path in self._noted:
            there = self._noted[path]
            return there.path if there and there.is_link else None
        try:
            return os.readlink(path)  # noqa: PTH115 - broken UTF-8 included
        except OSError:
            return None

    def link(self, source: int, folder: int, name: str) -> None:
        """Noted, if the name is free and a link can be made there."""
        path = self._handles[source]
        there = self._there(path)
        assert there is not None
        self._refuse_name(folder, name)
        code = refusal_of_link(there.path, self._handles[folder])
        if code is not None:
            raise OSError(code, os.strerror(code))
        self._noted[self._path(folder, name)] = there

    def why_no_link(self, code: int, source: int, folder: int) -> str:
        """As on the disk; the folder may have to be made first."""
        there = self._there(self._handles[source])
        assert there is not None
        return why_no_link(code, there.path, existing_above(self._handles[folder]))

    def symlink(self, target: str, folder: int, name: str) -> None:
        """Noted, if the name is free and the file system has links."""
        there = self._there(target)
        assert there is not None
        self._refuse_name(folder, name)
        if not capabilities_at(self._handles[folder]).has_symlinks:
            raise OSError(errno.EPERM, os.strerror(errno.EPERM))
        self._noted[self._path(folder, name)] = _There(target, there.identity, is_link=True)

    def rename(self, source: tuple[int, str], target: tuple[int, str]) -> None:
        """Noted, if the new name is free and on the same disk; the old one becomes free."""
        path = self._path(*source)
        there = self._there(path)
        assert there is not None
        self._refuse_name(*target)
        if not self._is_noted_copy(path):
            folder = existing_above(self._handles[target[0]])
            if is_far(there.path, folder):
                raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))
            if self.why_it_stays(source) is not None:
                raise OSError(errno.EPERM, os.strerror(errno.EPERM))
        self._noted[self._path(*target)] = there
        self._noted[path] = None

    def renames_safely(self, folder: int, first: str, other: str) -> bool:
        """It does not matter here."""
        del folder, first, other
        return True

    def may_change(self, folder: int) -> bool:
        """Whether names in the folder, or in the one it would be made in, can be changed."""
        return os.access(existing_above(self._handles[folder]), os.W_OK | os.X_OK)

    def why_it_stays(self, home: tuple[int, str]) -> str | None:
        """As on the disk, of a file that lies there."""
        try:
            return why_it_stays(self._handles[home[0]], home[1])
        except OSError:
            return None

    def copy(
        self,
        source: int,
        folder: int,
        name: str,
        _identity: Identity,
        _on_begun: Callable[[], None] = lambda: None,
        *,
        rights: Rights | None = None,
    ) -> str:
        """Noted: a second file with these bytes, whose hash does not matter here."""
        del rights
        there = self._there(self._handles[source])
        assert there is not None
        self._refuse_name(folder, name)
        self._noted[self._path(folder, name)] = there
        return ""

    def unkept_rights(self, _source: int, _folder: int, _name: str, _rights: Rights | None) -> None:
        """It does not matter here."""

    def shortfall(
        self, source: int, folder: int, _name: str, rights: Rights | None = None
    ) -> Shortfall:
        """What would not arrive, as far as that is known of the file system."""
        there, target = self._there(self._handles[source]), self._handles[folder]
        can = capabilities_at(target)
        if there is None or (can.keeps_attributes and can.keeps_rights):
            return Shortfall()
        try:
            has = attributes.read_attributes(there.path).with_rights(rights)
        except OSError:
            return Shortfall()
        copy = has if can.keeps_attributes else replace(has, extended={}, acl=())
        if not can.keeps_rights:
            group = Path(existing_above(target)).stat().st_gid
            copy = replace(copy, mode=mode_of_all(target) & attributes.RIGHTS, group=group)
        return attributes.shortfall(has, copy)

    def unlink(self, folder: int, name: str) -> None:
        """Noted: the name becomes free."""
        self._noted[self._path(folder, name)] = None

    def sync(self, folder: int) -> None:
        """No effect: there is nothing to sync."""

    def same_bytes(self, source: int, folder: int, name: str) -> bool:
        """Whether the two files, read where they are on the disk, have the same bytes."""
        mine = self._there(self._handles[source])
        theirs = self._there(self._path(folder, name))
        if mine is None or theirs is None or theirs.is_link:
            return False
        if mine.identity.size_bytes != theirs.identity.size_bytes:
            return False
        one, other = Path(mine.path), Path(theirs.path)
        with one.open("rb") as opened, Disk.folder(self, os.fspath(other.parent), ()) as beside:
            return Disk.same_bytes(self, opened.fileno(), beside, other.name)

    def _there(self, path: str) -> _There | None:
        if path in self._noted:
            return self._noted[path]
        try:
            return _There(path, Identity.of(os.lstat(path)))
        except OSError as error:
            if error.errno in {errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG}:
                return None
            raise

    def _refuse_name(self, folder: int, name: str) -> None:
        """As the kernel does: what is taken first, then what may not be written."""
        if self._there(self._path(folder, name)) is not None:
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), name)
        if not self.may_change(folder):
            there = existing_above(self._handles[folder])
            is_read_only = os.statvfs(there).f_flag & os.ST_RDONLY
            code = errno.EROFS if is_read_only else errno.EACCES
            raise OSError(code, os.strerror(code), there)

    def _is_noted_copy(self, path: str) -> bool:
        """Whether the name is one of the overlay, of a file that has another name on the disk."""
        there = self._noted.get(path)
        return there is not None and there.path != path

    def _handle(self, path: str) -> int:
        if path not in self._paths:
            self._paths[path] = len(self._handles)
            self._handles.append(path)
        return self._paths[path]

    def _path(self, folder: int, name: str) -> str:
        return f"{self._handles[folder].rstrip('/')}/{name}"


def _refuse_no_folder(path: str) -> None:
    """Raise as opening the folder would."""
    with contextlib.suppress(FileNotFoundError):
        if not stat.S_ISDIR(os.lstat(path).st_mode):
            raise OSError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), path)
