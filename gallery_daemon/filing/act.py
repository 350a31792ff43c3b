"""The effects of a step, in an order that a crash may cut anywhere.

- hard link, symbolic link: one call takes the name.
- copy: a hidden temporary file beside the destination, filled, verified and synced; one call gives
  it the name; the folder is synced.
- move on one file system: one call removes the old name and takes the new one, if it is free.
- move between file systems: as copy; only then the source is removed.

A name that exists raises in the call that would take it; only then the next one is tried.
"""

from __future__ import annotations

import errno
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gallery_daemon.decision import Action, Identical, OnConflict
from gallery_daemon.errors import FilingError, PhotoChanged
from gallery_daemon.filing.steps import Step, names_to_try
from gallery_daemon.journal.record import State
from gallery_daemon.rules.component import NUMBER

if TYPE_CHECKING:
    from collections.abc import Callable

    from gallery_daemon.filing.disk import Disk
    from gallery_daemon.photo import Identity

# link(2): another file system, not permitted or not known there, too many links.
_CANNOT_LINK = frozenset({errno.EXDEV, errno.EPERM, errno.EMLINK, errno.ENOTSUP, errno.ENOSYS})

_DENIED = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})


def temporary_name(token: str) -> str:
    """The hidden name of a copy that is being written, in the destination's folder."""
    return f".gallery-daemon-{token}.part"


def tombstone_name(token: str) -> str:
    """The hidden name of a moved source before it is removed, in its own folder."""
    return f".gallery-daemon-{token}.gone"


@dataclass(frozen=True, slots=True)
class Placed:
    """The result of one act: a final state, the action that was done, and the name taken."""

    state: State
    action: Action
    name: str
    reason: str | None = None


@dataclass(slots=True)
class Act:
    """One step with the open folders and file that it needs.

    `home` and `target` are the old folder, with the name, and the new one. `on_copied` is called
    with the inode of a whole copy before it gets its name. `points_to` is the target of a symbolic
    link that is moved.
    """

    disk: Disk
    step: Step
    token: str
    home: tuple[int, str]
    source: int
    target: int
    on_copied: Callable[[int], None]
    points_to: str | None = None
    is_copied: bool = False

    def run(self) -> Placed:
        """Take the first name that is free, or end by what the conflict rule says."""
        try:
            for name in names_to_try(self.step.name):
                try:
                    return self._take(name)
                except FileExistsError:
                    settled = self._conflict(name)
                    if settled is not None:
                        return settled
        finally:
            if self.is_copied:
                self.disk.unlink(self.target, temporary_name(self.token))
        raise AssertionError("names do not run out")

    def _conflict(self, name: str) -> Placed | None:
        """The end that a taken name means; None: try the next one."""
        step = self.step
        # A name with a place for a number is never skipped: some number is free.
        skips = step.on_conflict is OnConflict.SKIP and NUMBER not in step.name
        identical = step.identical or step.on_conflict.usual_identical
        # The bytes are only read where it matters whether they are the same.
        matters = identical is not (Identical.LEAVE if skips else Identical.KEEP)
        if matters and self._is_same(name):
            return self._same(name, identical)
        if skips:
            reason = f"{name} exists in the library already"
            return Placed(State.SKIPPED, step.action, name, reason)
        return None

    def _same(self, name: str, identical: Identical) -> Placed | None:
        reason = "the same bytes lie in the library already"
        match identical:
            case Identical.MERGE:
                return Placed(State.IDENTICAL, self.step.action, name, reason)
            case Identical.LEAVE:
                return Placed(State.SKIPPED, self.step.action, name, reason)
            case Identical.KEEP:
                return None

    def _is_same(self, name: str) -> bool:
        is_link = self.step.action is Action.SYMLINK
        points_to = self.step.file.path if is_link else self.points_to
        if points_to is not None:
            return self.disk.points_to(self.target, name) == points_to
        return self.disk.same_bytes(self.source, self.target, name)

    def _take(self, name: str) -> Placed:
        """Take the name by the step's action, or by a copy where that is impossible."""
        match self.step.action:
            case Action.HARDLINK:
                return self._link(name)
            case Action.SYMLINK:
                self.disk.symlink(self.step.file.path, self.target, name)
            case Action.MOVE:
                return self._move(name)
            case Action.COPY:
                self._copy(name)
        self.disk.sync(self.target)
        return Placed(State.FILED, self.step.action, name)

    def _link(self, name: str) -> Placed:
        try:
            self.disk.link(self.source, self.target, name)
        except OSError as error:
            if error.errno not in _CANNOT_LINK:
                raise
            self._copy(name)
            self.disk.sync(self.target)
            return Placed(State.FILED, Action.COPY, name)
        self.disk.sync(self.target)
        return Placed(State.FILED, Action.HARDLINK, name)

    def _copy(self, name: str) -> None:
        """Copy, verify and sync the bytes, then take the name."""
        temporary = temporary_name(self.token)
        # Asked first to save a long copy; the rename decides.
        if self.disk.identity(self.target, name) is not None:
            raise FileExistsError(errno.EEXIST, "the name is taken", name)
        if not self.is_copied:
            self.is_copied = True
            self.disk.copy(self.source, self.target, temporary, self.step.file.identity)
            copied = self.disk.identity(self.target, temporary)
            if copied is not None:
                self.on_copied(copied.inode)
        self.disk.rename((self.target, temporary), (self.target, name))
        self.is_copied = False

    def _move(self, name: str) -> Placed:
        try:
            self.disk.rename(self.home, (self.target, name))
        except OSError as error:
            # If neither folder can be changed, the library's error is the one to tell.
            is_denied = error.errno in _DENIED and self.disk.may_change(self.target)
            if is_denied and not self.disk.may_change(self.home[0]):
                raise FilingError(
                    "no permission to take the photo out of its folder",
                    transient=True,
                    hint="see who owns the folder, or use another action than move",
                ) from error
            if error.errno != errno.EXDEV or self.points_to is not None:
                raise
            self._copy(name)
            self.disk.sync(self.target)
            reason = take_away(self.disk, self.home, self.step.file.identity, self.token)
            return Placed(State.FILED, Action.COPY if reason else Action.MOVE, name, reason)
        if self.disk.identity(self.target, name) != self.step.file.identity:
            # Another file had the old name by then: it was not classified, so it goes back.
            give_back(self.disk, (self.target, name), self.home)
            raise PhotoChanged("it was replaced while it was being moved")
        self.disk.sync(self.target)
        self.disk.sync(self.home[0])
        return Placed(State.FILED, Action.MOVE, name)


def take_away(disk: Disk, home: tuple[int, str], identity: Identity, token: str) -> str | None:
    """Remove the source, whose bytes are safe in the library; or the reason why it stays.

    It is renamed before it is unlinked, so that what is unlinked is what was checked: a newer
    version that a sync tool puts in its place in the last microsecond survives.
    """
    folder, _name = home
    gone = tombstone_name(token)
    try:
        disk.rename(home, (folder, gone))
    except FileNotFoundError:
        return None
    except OSError as error:
        return f"the source cannot be taken away ({error.strerror}), so it stays"
    if disk.identity(folder, gone) != identity:
        give_back(disk, (folder, gone), home)
        return "the source changed meanwhile, so it stays"
    disk.unlink(folder, gone)
    disk.sync(folder)
    return None


def give_back(disk: Disk, taken: tuple[int, str], home: tuple[int, str]) -> None:
    """Put back a file that was taken by mistake; beside its old name, if that is taken again.

    A sync tool may have put another version there meanwhile, and each may be the only copy.
    """
    folder, first = home
    for name in names_to_try(first):
        try:
            disk.rename(taken, (folder, name))
        except FileExistsError:
            continue
        break
    disk.sync(folder)
