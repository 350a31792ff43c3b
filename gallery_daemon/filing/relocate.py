"""Onward: what was filed goes to another place in the library, and the watch folder is left alone.

Its own act, through the journal like every other: an intent (`refiling`) that names the filing
before, one move inside the library, the end. From that moment on the filing before counts as filed
anew (`refiled`); until then it holds, so wherever a kill falls, the file is filed at the one place
or the other. How it came into the library (link, copy, move) stays as it was, and so does what has
become of it in the watch folder: deleted there, it is not brought back.

The undo of such a filing is the way `back` to where it lay before, not out of the library.
"""

from __future__ import annotations

import contextlib
import secrets
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from gallery_daemon.decision import Action, Identical, OnConflict
from gallery_daemon.errors import AlreadyFiled, FilingError, JournalError, PhotoChanged
from gallery_daemon.filing import os_errors as trouble
from gallery_daemon.filing.act import Act, Placed
from gallery_daemon.filing.preconditions import FilingGone, filed_file
from gallery_daemon.filing.steps import Step
from gallery_daemon.filing.recover import came_to, recover
from gallery_daemon.filing.steps import name_beside
from gallery_daemon.journal.record import Intent, JournalEntry, Row, State
from gallery_daemon.logs.events import FilingRecovered
from gallery_daemon.photo import Photo

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gallery_daemon.decision import Destination
    from gallery_daemon.filing.disk import Disk
    from gallery_daemon.filing.steps import Plan
    from gallery_daemon.journal.journal import Journal
    from gallery_daemon.photo import Identity

_NOT_OPEN = -1
# What may go wrong with a sidecar while its photo has gone on already.
_REFUSED = (FilingError, PhotoChanged, JournalError, AlreadyFiled)


@dataclass(frozen=True, slots=True)
class Moved:
    """The new rows of a photo and its sidecars; `problems` says what did not go along, and why."""

    row: Row
    sidecars: tuple[Row, ...] = ()
    problems: tuple[str, ...] = ()


def step_onward(lies: Photo, to: Destination) -> Step:
    """The move of the file that `lies` in the library."""
    return Step(lies, to.folder, to.name, Action.MOVE, to.on_conflict, to.identical)


def step_beside(lies: Photo, sidecar: Row, owner: Row, folder: tuple[str, ...], name: str) -> Step:
    """The move of a sidecar to its photo, which came as `owner` and is called `name` there."""
    beside = name_beside(sidecar.candidate.name, owner.candidate.name, name)
    # It goes there in any case, if the same bytes lie there too.
    return Step(lies, folder, beside, Action.MOVE, OnConflict.DEDUPE, Identical.KEEP)


def link_of(row: Row) -> str | None:
    """Where what was filed points, if it is a symbolic link."""
    return row.path if row.action == Action.SYMLINK else None


def clear_up(journal: Journal, disk: Disk) -> list[FilingRecovered]:
    """What was cut short is finished or forgotten, and no photo's sidecars are left behind it."""
    recovered = recover(journal, disk)
    late = Mover(journal, disk).catch_up()
    return recovered + [
        FilingRecovered(each.path, f"it lies at {each.destination}") for each in late
    ]


class Mover:
    """Moves filed files on, one at a time."""

    def __init__(self, journal: Journal, disk: Disk) -> None:
        self._journal, self._disk = journal, disk

    def photo(self, row: Row, plan: Plan, when: datetime) -> Moved:
        """The photo lies where the plan says, with the sidecars that lay beside it.

        Raises:
            AlreadyFiled: another program has undone it or filed it anew meanwhile.
            FilingError, PhotoChanged: it cannot be; it lies where it lay.
            JournalError: the journal cannot be used now.
        """
        lies = filed_file(self._journal, self._disk, row, when)
        entry = JournalEntry(
            _at_home(row, lies.identity, when),
            State.REFILING,
            decision=plan.decision,
            facts=plan.facts,
            prediction=plan.prediction,
        )
        new, reason = self._go(row, entry, step_onward(lies, plan.destination), when)
        problems, along = [reason] if reason else [], []
        for sidecar in self._journal.sidecars_of(row, State.FILED):
            try:
                moved, reason = self.beside(sidecar, new, when)
            except (FilingGone, AlreadyFiled):
                # The person took it away, or the daemon brought it there.
                continue
            except _REFUSED as error:
                reason = error.sentence
            else:
                along.append(moved)
            if reason:
                problems.append(f"{sidecar.candidate.name}: {reason}")
        return Moved(new, tuple(along), tuple(problems))

    def beside(self, row: Row, owner: Row, when: datetime) -> tuple[Row, str | None]:
        """A sidecar lies beside its photo: its new row, and what there is to say of it.

        Raises:
            FilingError, PhotoChanged, AlreadyFiled, JournalError: as `photo`.
        """
        assert owner.name is not None
        lies = filed_file(self._journal, self._disk, row, when)
        entry = JournalEntry(_at_home(row, lies.identity, when), State.REFILING)
        step = step_beside(lies, row, owner, owner.folder, owner.name)
        return self._go(row, entry, step, when, owner.id)

    def back(self, row: Row, before: Row, when: datetime, parent: int | None) -> Row:
        """What was filed anew lies where it lay before that; the row of that undo.

        Raises:
            FilingError, PhotoChanged: it cannot be; it lies where it lay.
            JournalError: the journal cannot be used now.
        """
        assert before.name is not None
        lies = filed_file(self._journal, self._disk, row, when)
        step = Step(lies, before.folder, before.name, Action.MOVE, OnConflict.SKIP)
        undo, _ = self._go(row, JournalEntry(lies, State.UNDOING), step, when, parent)
        return undo

    def catch_up(self) -> Iterator[Row]:
        """Sidecars go where their photos went before a crash; those that cannot, stay."""
        for sidecar in self._journal.orphan_sidecars():
            owner = self.owner_now(sidecar)
            if owner is not None:
                with contextlib.suppress(*_REFUSED):
                    when = datetime.fromisoformat(owner.decided_at)
                    new, _ = self.beside(sidecar, owner, when)
                    yield new

    def owner_now(self, sidecar: Row) -> Row | None:
        """The present filing of the photo that the sidecar was filed with."""
        owner = None if sidecar.parent is None else self._journal.row(sidecar.parent)
        while owner is not None and owner.state is State.REFILED:
            owner = self._journal.refiled_as(owner)
        return owner

    def _go(
        self, row: Row, entry: JournalEntry, step: Step, when: datetime, parent: int | None = None
    ) -> tuple[Row, str | None]:
        """Intent, act, end: the new row, and what there is to say of it."""
        token = secrets.token_hex(8)
        is_undo = entry.state is State.UNDOING
        action = Action.MOVE if is_undo else row.action or Action.MOVE
        intent = Intent(action, step.folder, step.name, token, parent, undoes=row.id)
        number = self._journal.record(replace(entry, intent=intent), row.library, when)
        try:
            placed = self._act(row, step, token, number)
            _refuse_unmoved(placed, is_undo=is_undo)
        except (FilingError, PhotoChanged) as error:
            came_to(number, self._journal, self._disk, error)
            return self._journal.existing_row(number), error.sentence
        done = State.UNDO if is_undo else State.FILED
        self._journal.close_intent(
            number, done, action=None, name=placed.name, reason=placed.reason
        )
        return self._journal.existing_row(number), placed.reason

    def _act(self, row: Row, step: Step, token: str, number: int) -> Placed:
        lies = step.file.candidate
        with (
            trouble.at_library(row.library, lies.folders),
            self._disk.folder(row.library, lies.folders) as home,
            self._source((home, lies.name), step.file.identity, link_of(row)) as source,
            trouble.at_library(row.library, step.folder),
            self._disk.folder(row.library, step.folder, make=True) as target,
        ):
            making = partial(self._journal.copied, number)
            ends = (home, lies.name), source, target
            return Act(self._disk, step, token, *ends, making, points_to=link_of(row)).run()

    @contextlib.contextmanager
    def _source(
        self, home: tuple[int, str], identity: Identity, points_to: str | None
    ) -> Iterator[int]:
        """The open file; a link is not opened, only renamed."""
        if points_to is None:
            with self._disk.source(*home, identity) as source:
                yield source
        elif self._disk.identity(*home) != identity:
            raise PhotoChanged("it was replaced meanwhile")
        else:
            yield _NOT_OPEN


def _refuse_unmoved(placed: Placed, *, is_undo: bool) -> None:
    """A taken name leaves the file where it was; and what lies at both ends is not undone."""
    if placed.state is not State.FILED or (is_undo and placed.reason):
        raise FilingError(placed.reason or "", transient=False)


def _at_home(row: Row, identity: Identity, when: datetime) -> Photo:
    """What lies in the library, under the name that it came from."""
    return Photo(row.candidate, identity, when)
