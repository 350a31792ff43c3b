"""A disk on paper: where acts would put files, and nothing is done.

A plan goes the very way of an act (`act`), step by step, so that a taken name, the same bytes and
a second disk mean here what they will mean then; only the effects are noted down instead of made.
What was noted counts as done for the acts that follow. The real disk is only read.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gallery_daemon.filing import os_errors as trouble
from gallery_daemon.filing.act import Act, Placed
from gallery_daemon.filing.disk import Disk
from gallery_daemon.photo import Identity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gallery_daemon.filing.steps import Step


@dataclass(frozen=True, slots=True)
class _There:
    """What lies under a name on paper: the bytes of the file at `path`, or a link to it."""

    path: str
    identity: Identity
    is_link: bool = False


class Paper(Disk):
    """Takes names on paper. A handle stands for a path, as a descriptor does on the disk."""

    def __init__(self) -> None:
        super().__init__()
        self._paths: dict[str, int] = {}
        self._handles: list[str] = []
        self._devices: dict[str, int] = {}
        # None: a name that is free again.
        self._noted: dict[str, _There | None] = {}

    def place(self, library: str, step: Step, points_to: str | None = None) -> Placed:
        """The name that the step's file would get in the library, or the end it would come to.

        `points_to` is as in `Act`.

        Raises:
            FilingError: the way there is barred.
            OSError: a folder or a file there cannot be read.
        """
        folder, _, name = step.file.path.rpartition("/")
        home, path = (self._handle(folder), name), step.file.path
        # Whatever had the name before: two photos may have come from one, one after the other.
        self._noted[path] = _There(points_to or path, step.file.identity, points_to is not None)
        with trouble.at_library(library, step.folder), self.folder(library, step.folder) as target:
            return Act(
                self,
                step,
                "paper",
                home,
                self._handle(path),
                target,
                making=lambda _inode: None,
                points_to=points_to,
            ).run()

    @contextmanager
    def folder(self, root: str, parts: tuple[str, ...], *, make: bool = False) -> Iterator[int]:
        """The folder, whether it is there or would be made.

        Raises:
            OSError: a link or a file is in the way (ENOTDIR).
        """
        del make
        path = root.rstrip("/")
        for part in parts:
            path = f"{path}/{part}"
            _refuse_no_folder(path)
        yield self._handle(path)

    def identity(self, folder: int, name: str) -> Identity | None:
        """What the name would be."""
        there = self._there(self._path(folder, name))
        return there.identity if there else None

    def points_to(self, folder: int, name: str) -> str | None:
        """Where the link would point."""
        path = self._path(folder, name)
        if path in self._noted:
            there = self._noted[path]
            return there.path if there and there.is_link else None
        try:
            return os.readlink(path)  # noqa: PTH115 - broken UTF-8 included
        except OSError:
            return None

    def link(self, source: int, folder: int, name: str) -> None:
        """Noted, if the name is free and on the file's own disk."""
        path = self._handles[source]
        there = self._there(path)
        assert there is not None
        self._refuse_far(there.identity.device, folder)
        self._take(self._path(folder, name), there)

    def symlink(self, target: str, folder: int, name: str) -> None:
        """Noted, if the name is free."""
        there = self._there(target)
        assert there is not None
        self._take(self._path(folder, name), _There(target, there.identity, is_link=True))

    def rename(self, source: tuple[int, str], target: tuple[int, str]) -> None:
        """Noted, if the new name is free and on the same disk; the old one is free from then on."""
        path = self._path(*source)
        there = self._there(path)
        assert there is not None
        if not self._is_noted_copy(path):
            self._refuse_far(there.identity.device, target[0])
        self._take(self._path(*target), there)
        self._noted[path] = None

    def copy(self, source: int, folder: int, name: str, _identity: Identity) -> None:
        """Noted: the bytes will lie there too."""
        there = self._there(self._handles[source])
        assert there is not None
        self._take(self._path(folder, name), there)

    def unlink(self, folder: int, name: str) -> None:
        """Noted: the name will be free."""
        self._noted[self._path(folder, name)] = None

    def sync(self, folder: int) -> None:
        """Paper needs none."""

    def same_bytes(self, source: int, folder: int, name: str) -> bool:
        """Whether the files are the same, as far as they are on the disk already."""
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

    def _take(self, path: str, there: _There) -> None:
        if self._there(path) is not None:
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), path)
        self._noted[path] = there

    def _is_noted_copy(self, path: str) -> bool:
        """Whether the file was noted under this name and lies under another on the disk."""
        there = self._noted.get(path)
        return there is not None and there.path != path

    def _refuse_far(self, device: int, folder: int) -> None:
        path = self._handles[folder]
        if path not in self._devices:
            self._devices[path] = _device(path)
        if self._devices[path] != device:
            raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))

    def _handle(self, path: str) -> int:
        if path not in self._paths:
            self._paths[path] = len(self._handles)
            self._handles.append(path)
        return self._paths[path]

    def _path(self, folder: int, name: str) -> str:
        return f"{self._handles[folder].rstrip('/')}/{name}"


def _refuse_no_folder(path: str) -> None:
    """As opening it would."""
    with contextlib.suppress(FileNotFoundError):
        if not stat.S_ISDIR(os.lstat(path).st_mode):
            raise OSError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), path)


def _device(path: str) -> int:
    """The disk that a folder is on, or would be made on."""
    try:
        return os.lstat(path or "/").st_dev
    except OSError:
        return _device(path.rpartition("/")[0])
