"""Executing a plan: intent, act, done; for the photo, then for each sidecar.

The intent is in the journal before the first effect and says which temporaries the act may leave,
so a kill at any instruction is cleared up at the next start (`recover`). The order within an act:

- hard link, symbolic link: one call takes the name.
- copy: a hidden temporary beside the destination, filled, verified and synced; one call gives it
  the name; the folder is synced.
- move on one file system: one call takes the old name away and the new one, if it is free.
- move between file systems: as copy; only then the source goes.

A name that is taken raises in the call that would take it; only then is the next one thought of.
"""

from __future__ import annotations

import contextlib
import errno
import secrets
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gallery_daemon.errors import FilingError, PhotoChanged
from gallery_daemon.filing import trouble
from gallery_daemon.filing.plan import Plan, Step, names_to_try
from gallery_daemon.filing.record import Entry, Intent, Row, State
from gallery_daemon.filing.sidecars import name_beside
from gallery_daemon.photo import Action, OnConflict, Photo

if TYPE_CHECKING:
    from datetime import datetime

    from gallery_daemon.filing.journal import Journal
    from gallery_daemon.filing.place import Disk
    from gallery_daemon.photo import Identity

# link(2): another file system, not permitted or not known there, too many links.
_CANNOT_LINK = frozenset({errno.EXDEV, errno.EPERM, errno.EMLINK, errno.ENOTSUP, errno.ENOSYS})


def temporary_name(token: str) -> str:
    """The hidden file that a copy is written to, in the destination's folder."""
    return f".gallery-daemon-{token}.part"


def parting_name(token: str) -> str:
    """The hidden name that a moved source has for a moment, in its own folder."""
    return f".gallery-daemon-{token}.gone"


@dataclass(frozen=True, slots=True)
class Filing:
    """An executed plan.

    `action` is what was really done (a hard link between file systems is a copy), `destination`
    absolute; `sidecars` were filed too, `problems` says which could not be and why.
    """

    state: State
    action: Action
    destination: str
    reason: str | None = None
    sidecars: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Placed:
    """What one act came to."""

    state: State
    action: Action
    name: str
    reason: str | None = None


class Filer:
    """Executes plans in one library."""

    def __init__(self, journal: Journal, disk: Disk, library: str) -> None:
        self._journal, self._disk, self._library = journal, disk, library

    def execute(self, plan: Plan, when: datetime) -> Filing:
        """The photo lies at its destination, with its sidecars, and the journal has it.

        Raises:
            PhotoChanged: it is not the photo that was classified.
            FilingError: it could not be filed; it lies where it was.
        """
        to = plan.destination
        step = Step(plan.photo, to.folder, to.name, to.action, to.on_conflict)
        entry = Entry(
            plan.photo,
            State.INTENT,
            decision=plan.decision,
            facts=plan.facts,
            prediction=plan.prediction,
        )
        row, placed = self._file(step, entry, None, when)
        filing = self._filing(step, placed)
        if placed.state is not State.FILED:
            return filing
        beside = tuple(
            replace(
                step,
                file=sidecar,
                name=name_beside(sidecar.name, plan.photo.name, placed.name),
                action=placed.action,
            )
            for sidecar in plan.sidecars
        )
        return self._with_sidecars(filing, beside, row, when)

    def execute_late(self, sidecar: Photo, owner: Row, when: datetime) -> Filing:
        """A sidecar that arrived after its photo lies beside it.

        Raises:
            PhotoChanged: it changed since it settled.
            FilingError: it could not be filed; it lies where it was.
        """
        assert owner.name is not None
        assert owner.action is not None
        name = name_beside(sidecar.name, owner.relative.rpartition("/")[2], owner.name)
        step = Step(sidecar, owner.folder, name, Action(owner.action), OnConflict.DEDUPE)
        _, placed = self._file(step, Entry(sidecar, State.INTENT), owner.id, when)
        return self._filing(step, placed)

    def _with_sidecars(
        self, filing: Filing, steps: tuple[Step, ...], parent: int, when: datetime
    ) -> Filing:
        """The photo stays filed whatever becomes of its sidecars; they are tried again alone."""
        filed, problems = [], []
        for step in steps:
            try:
                self._file(step, Entry(step.file, State.INTENT), parent, when)
            except (FilingError, PhotoChanged) as error:
                problems.append(f"{step.file.name}: {error.sentence}")
            else:
                filed.append(step.file.name)
        return replace(filing, sidecars=tuple(filed), problems=tuple(problems))

    def _file(
        self, step: Step, entry: Entry, parent: int | None, when: datetime
    ) -> tuple[int, _Placed]:
        """Intent, act, done."""
        token = secrets.token_hex(8)
        intent = Intent(step.action, step.folder, step.name, token, parent)
        row = self._journal.record(replace(entry, intent=intent), self._library, when)
        try:
            placed = self._act(step, token)
        except (FilingError, PhotoChanged) as error:
            # What is transient is tried again, so its row says no more than that it was tried.
            state = State.FAILED if isinstance(error, FilingError) else State.ABANDONED
            self._journal.close_intent(row, state, action=None, name=None, reason=error.sentence)
            raise
        self._journal.close_intent(
            row, placed.state, action=placed.action, name=placed.name, reason=placed.reason
        )
        return row, placed

    def _act(self, step: Step, token: str) -> _Placed:
        candidate = step.file.candidate
        *folders, name = candidate.relative.split("/")
        with contextlib.ExitStack() as opened:
            with trouble.at_source():
                home = opened.enter_context(self._disk.folder(candidate.root, tuple(folders)))
                source = opened.enter_context(self._disk.source(home, name, step.file.identity))
            with trouble.at_library(self._library, step.folder):
                target = opened.enter_context(
                    self._disk.folder(self._library, step.folder, make=True)
                )
                act = _Act(self._disk, step, token, home=(home, name), source=source, target=target)
                return act.run()

    def _filing(self, step: Step, placed: _Placed) -> Filing:
        path = "/".join((self._library.rstrip("/"), *step.folder, placed.name))
        return Filing(placed.state, placed.action, path, placed.reason)


@dataclass(slots=True)
class _Act:
    """One file's way to its name, with everything open that it needs."""

    disk: Disk
    step: Step
    token: str
    home: tuple[int, str]
    source: int
    target: int
    is_copied: bool = False

    def run(self) -> _Placed:
        """The first name that is free, or the end that a conflict comes to."""
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

    def _conflict(self, name: str) -> _Placed | None:
        """What a taken name means; None: try the next one."""
        if self.step.on_conflict is OnConflict.SKIP:
            reason = f"{name} exists in the library already"
            return _Placed(State.SKIPPED, self.step.action, name, reason)
        if self.step.on_conflict is OnConflict.DEDUPE and self._is_same(name):
            reason = "the same bytes lie in the library already"
            return _Placed(State.IDENTICAL, self.step.action, name, reason)
        return None

    def _is_same(self, name: str) -> bool:
        if self.step.action is Action.SYMLINK:
            return self.disk.points_to(self.target, name) == self.step.file.path
        return self.disk.same_bytes(self.source, self.target, name)

    def _take(self, name: str) -> _Placed:
        """The name is taken by the step's action, or by a copy where that cannot be."""
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
        return _Placed(State.FILED, self.step.action, name)

    def _link(self, name: str) -> _Placed:
        try:
            self.disk.link(self.source, self.target, name)
        except OSError as error:
            if error.errno not in _CANNOT_LINK:
                raise
            self._copy(name)
            self.disk.sync(self.target)
            return _Placed(State.FILED, Action.COPY, name)
        self.disk.sync(self.target)
        return _Placed(State.FILED, Action.HARDLINK, name)

    def _copy(self, name: str) -> None:
        """The bytes are whole and on disk before the name is taken."""
        temporary = temporary_name(self.token)
        # Asked first only to spare a long copy; it is the rename that decides.
        if self.disk.identity(self.target, name) is not None:
            raise FileExistsError(errno.EEXIST, "the name is taken", name)
        if not self.is_copied:
            self.is_copied = True
            self.disk.copy(self.source, self.target, temporary)
        self.disk.rename((self.target, temporary), (self.target, name))
        self.is_copied = False

    def _move(self, name: str) -> _Placed:
        try:
            self.disk.rename(self.home, (self.target, name))
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            self._copy(name)
            self.disk.sync(self.target)
            reason = take_away(self.disk, self.home, self.step.file.identity, self.token)
            return _Placed(State.FILED, Action.COPY if reason else Action.MOVE, name, reason)
        if self.disk.identity(self.target, name) != self.step.file.identity:
            # Another file took the old name at the last moment: it goes back, unclassified.
            self.disk.rename((self.target, name), self.home)
            raise PhotoChanged("it was replaced while it was being moved")
        self.disk.sync(self.target)
        self.disk.sync(self.home[0])
        return _Placed(State.FILED, Action.MOVE, name)


def take_away(disk: Disk, home: tuple[int, str], identity: Identity, token: str) -> str | None:
    """The source, whose bytes are safe in the library, is gone; or the reason why it stays.

    It is renamed before it is unlinked, so that what is unlinked is what was looked at: a newer
    version that a sync tool puts in its place in the last microsecond survives.
    """
    folder, _name = home
    gone = parting_name(token)
    disk.rename(home, (folder, gone))
    if disk.identity(folder, gone) != identity:
        with contextlib.suppress(FileExistsError):
            disk.rename((folder, gone), home)
        return "the source changed meanwhile, so it stays"
    disk.unlink(folder, gone)
    disk.sync(folder)
    return None
