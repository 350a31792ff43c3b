"""The effects of a step, in an order that a crash may cut anywhere.

- hard link, symbolic link: one call takes the name; where the file system has none, a copy.
- copy: a hidden temporary file beside the destination, filled, verified and synced; one call gives
  it the name; the folder is synced.
- copy where no call renames without replacing (FAT by FUSE, some shares): the file is made under
  its final name, by a call that fails if the name exists, and the journal says beforehand that what
  lies there is not whole yet.
- move on one file system: one call removes the old name and takes the new one, if it is free.
- move between file systems, or without such a call: as copy; only then the source is removed, and
  only if the copy has its tags and permissions too.

A name that exists raises in the call that would take it; only then the next one is tried.
"""

from __future__ import annotations

import errno
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gallery_daemon.decision import Action, Identical, OnConflict
from gallery_daemon.errors import FilingError, PhotoChanged, PhotoGone
from gallery_daemon.filing.disk import CANNOT_LINK, NoSafeRename
from gallery_daemon.filing.removal import (
    give_back,
    probe_name,
    take_away,
    temporary_name,
    withdraw,
)
from gallery_daemon.filing.steps import Step, names_to_try
from gallery_daemon.journal.record import State
from gallery_daemon.rules.component import NUMBER

if TYPE_CHECKING:
    from collections.abc import Callable

    from gallery_daemon.filing.disk import Disk
    from gallery_daemon.journal.record import Rights

_CANNOT_SYMLINK = frozenset({errno.EPERM, errno.ENOTSUP, errno.ENOSYS})
_DENIED = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
_OTHER_ACTION = "see who owns the photo and its folder, or use another action than move"


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
    with the inode of a whole copy, before it gets its name or, if it has it already, once it is
    whole, and with the rights that it cannot have; `on_unfinished` with the final name before a
    copy is begun under it, again with its inode as soon as it has one, and with None if it was not
    begun. `points_to` is the target of a symbolic
    link that is moved; `rights` are those that the file had before it lay on a disk without any.
    `sync` makes the names in a folder that was changed survive a power cut, in time for the end of
    the act. `content_hash` is that of the file, once it is copied.
    """

    disk: Disk
    step: Step
    token: str
    home: tuple[int, str]
    source: int
    target: int
    on_copied: Callable[[int, Rights | None], None]
    on_unfinished: Callable[[str | None, int | None], None]
    sync: Callable[[int], None]
    points_to: str | None = None
    rights: Rights | None = None
    content_hash: str | None = None
    is_copied: bool = False
    begun: tuple[str, int | None] | None = None

    @property
    def will_copy(self) -> bool:
        """Whether the file's bytes will be read in any case, unless its name is taken."""
        if self.step.action is Action.SYMLINK:
            return False
        return self.step.action is Action.COPY or self.disk.is_far(self.source, self.target)

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
            self._tidy()
        raise AssertionError("names do not run out")

    def _tidy(self) -> None:
        """Nothing that is not whole stays, whatever ended the act."""
        if self.is_copied:
            self.disk.unlink(self.target, temporary_name(self.token))
        if self.begun is not None:
            name, inode = self.begun
            found = self.disk.identity(self.target, name)
            if found is not None and found.inode == inode:
                withdraw(self.disk, (self.target, name), found, self.token)

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
                return self._symlink(name)
            case Action.MOVE:
                return self._move(name)
            case Action.COPY:
                return self._copied(name)

    def _link(self, name: str) -> Placed:
        try:
            self.disk.link(self.source, self.target, name)
        except OSError as error:
            if error.errno not in CANNOT_LINK:
                raise
            why = self.disk.why_no_link(error.errno or 0, self.source, self.target)
            return self._copied(name, f"copied, not linked: {why}")
        self.sync(self.target)
        return Placed(State.FILED, Action.HARDLINK, name)

    def _symlink(self, name: str) -> Placed:
        try:
            self.disk.symlink(self.step.file.path, self.target, name)
        except OSError as error:
            if error.errno not in _CANNOT_SYMLINK:
                raise
            return self._copied(name, "copied: the file system has no symbolic links")
        self.sync(self.target)
        return Placed(State.FILED, Action.SYMLINK, name)

    def _copied(self, name: str, why: str | None = None) -> Placed:
        """Filed by a copy, for a reason if that is not what was meant."""
        self._copy(name)
        self.sync(self.target)
        shortfall = self.disk.shortfall(self.source, self.target, name, self.rights)
        told = [why, str(shortfall) if shortfall else None]
        return Placed(State.FILED, Action.COPY, name, "; ".join(filter(None, told)) or None)

    def _copy(self, name: str) -> None:
        """Copy, verify and sync the bytes, then take the name; or the other way round."""
        temporary = temporary_name(self.token)
        # Asked first to save a long copy; the rename decides.
        if self.disk.identity(self.target, name) is not None:
            raise FileExistsError(errno.EEXIST, "the name is taken", name)
        if not self.disk.renames_safely(self.target, temporary, probe_name(self.token)):
            self._copy_in_place(name)
            return
        if not self.is_copied:
            self.is_copied = True
            self._fill(temporary)
            self._tell_copied(temporary)
        try:
            self.disk.rename((self.target, temporary), (self.target, name))
        except NoSafeRename:
            # Another disk has the number of the one that was tried. The next act tries anew.
            self.disk.forget_renames(self.target)
            raise
        self.is_copied = False

    def _copy_in_place(self, name: str) -> None:
        """Take the name, which the journal knows as unfinished, then fill the file."""

        def begin() -> None:
            made = self.disk.identity(self.target, name)
            self.begun = name, None if made is None else made.inode
            self.on_unfinished(name, self.begun[1])

        self.on_unfinished(name, None)
        try:
            self._fill(name, begin)
        except FileExistsError:
            self.on_unfinished(None, None)
            raise
        self._tell_copied(name)
        self.begun = None

    def _fill(self, name: str, on_begun: Callable[[], None] = lambda: None) -> None:
        identity = self.step.file.identity
        self.content_hash = self.disk.copy(
            self.source, self.target, name, identity, on_begun, rights=self.rights
        )

    def _tell_copied(self, name: str) -> None:
        copied = self.disk.identity(self.target, name)
        if copied is None:
            return
        is_link = self.points_to is not None
        rights = None if is_link else self._unkept_rights(name)
        self.on_copied(copied.inode, rights)

    def _unkept_rights(self, name: str) -> Rights | None:
        return self.disk.unkept_rights(self.source, self.target, name, self.rights)

    def _move(self, name: str) -> Placed:
        try:
            self.disk.rename(self.home, (self.target, name))
        except NoSafeRename:
            return self._move_by_copy(name)
        except OSError as error:
            self._blame(error)
            if error.errno != errno.EXDEV or self.points_to is not None:
                raise
            return self._move_by_copy(name)
        if self.disk.identity(self.target, name) != self.step.file.identity:
            # Another file had the old name by then: it was not classified, so it goes back.
            give_back(self.disk, (self.target, name), self.home, self.token)
            raise PhotoChanged("it was replaced while it was being moved")
        self.sync(self.target)
        self.sync(self.home[0])
        return Placed(State.FILED, Action.MOVE, name)

    def _blame(self, error: OSError) -> None:
        """Raise what is no fault of the library's: a rename touches both folders.

        If neither can be changed, the library's error is the one to tell.
        """
        if error.errno == errno.ENOENT and self.disk.identity(*self.home) is None:
            raise PhotoGone("the photo vanished before it could be filed") from error
        if error.errno in _DENIED and self.disk.may_change(self.target):
            why = self.disk.why_it_stays(self.home)
            if why is not None:
                raise FilingError(why, transient=True, hint=_OTHER_ACTION) from error

    def _move_by_copy(self, name: str) -> Placed:
        """Copy it, then remove the source, unless the copy lacks what a person set."""
        if self.points_to is not None:
            return self._move_link(name)
        self._copy(name)
        self.disk.sync(self.target)
        shortfall = self.disk.shortfall(self.source, self.target, name, self.rights)
        if shortfall.lost:
            return Placed(
                State.FILED, Action.COPY, name, f"{shortfall}, so the source stays where it was"
            )
        stays = take_away(self.disk, self.home, self.step.file.identity, self.token)
        reason = stays or (str(shortfall) if shortfall else None)
        return Placed(State.FILED, Action.COPY if stays else Action.MOVE, name, reason)

    def _move_link(self, name: str) -> Placed:
        """A new link to the same target, then the old one goes."""
        assert self.points_to is not None
        self.on_unfinished(name, None)
        try:
            self.disk.symlink(self.points_to, self.target, name)
        except FileExistsError:
            self.on_unfinished(None, None)
            raise
        self._tell_copied(name)
        self.disk.sync(self.target)
        stays = take_away(self.disk, self.home, self.step.file.identity, self.token)
        return Placed(State.FILED, Action.COPY if stays else Action.MOVE, name, stays)
