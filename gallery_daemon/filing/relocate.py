"""Relocating: a filed file moves to another place in the library; the watch folder is not touched.

It is an act through the journal like every other: an intent (`refiling`) that names the filing
before, one move inside the library, the end. From that moment the filing before is `refiled`; until
then it holds, so wherever a kill falls, the file is filed at one place or the other. How the file
came into the library (link, copy, move) stays as it was. So does the watch folder: what was deleted
there is not brought back.

The undo of such a filing leads to the place before it, not out of the library.
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
from gallery_daemon.filing.act import Act, Placed
from gallery_daemon.filing.beside import is_older_name, name_beside, older_name
from gallery_daemon.filing.emptied import note_made
from gallery_daemon.filing.os_errors import library_errors
from gallery_daemon.filing.preconditions import FilingGone, filed_file
from gallery_daemon.filing.recover import outcome_on_disk, recover
from gallery_daemon.filing.steps import Step
from gallery_daemon.journal.record import Intent, JournalEntry, Row, State
from gallery_daemon.logs.events import FilingRecovered
from gallery_daemon.photo import Photo

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gallery_daemon.decision import Destination
    from gallery_daemon.filing.disk import Disk
    from gallery_daemon.filing.steps import Plan
    from gallery_daemon.filing.superseded import Superseded
    from gallery_daemon.journal.journal import Journal
    from gallery_daemon.photo import Identity

_NOT_OPEN = -1
# What may go wrong with a sidecar after its photo was moved.
_REFUSED = (FilingError, PhotoChanged, JournalError, AlreadyFiled)


@dataclass(frozen=True, slots=True)
class Relocated:
    """The new rows of a photo and its sidecars; `problems` says what stayed, and why."""

    row: Row
    sidecars: tuple[Row, ...] = ()
    problems: tuple[str, ...] = ()


def relocation_step(filed: Photo, to: Destination) -> Step:
    """The move of a file in the library, which is now as `filed`, to a destination."""
    return Step(filed, to.folder, to.name, Action.MOVE, to.on_conflict, to.identical)


def sidecar_step(
    filed: Photo, sidecar: Row, owner: Row, folder: tuple[str, ...], name: str
) -> Step:
    """The move of a sidecar to its photo, which came as `owner` and is now called `name`."""
    assert sidecar.name is not None
    beside = name_beside(sidecar.candidate.name, owner.candidate.name, name)
    if is_older_name(sidecar.name):
        beside = older_name(beside)
    # Even where the same bytes are there already.
    return Step(filed, folder, beside, Action.MOVE, OnConflict.DEDUPE, Identical.KEEP)


def link_target(row: Row) -> str | None:
    """The target of a file that was filed as a symbolic link; None for any other."""
    return row.path if row.action == Action.SYMLINK else None


def clear_up(journal: Journal, disk: Disk) -> list[FilingRecovered]:
    """Recover all intents, and move sidecars after photos that were moved before a crash."""
    recovered = recover(journal, disk)
    late = Relocator(journal, disk).catch_up()
    return recovered + [
        FilingRecovered(each.path, f"it lies at {each.destination}") for each in late
    ]


class Relocator:
    """Moves filed files within the library, one at a time."""

    def __init__(self, journal: Journal, disk: Disk) -> None:
        self._journal, self._disk = journal, disk

    def relocate_photo(self, row: Row, plan: Plan, when: datetime) -> Relocated:
        """The photo is where the plan says, with the sidecars that were filed with it.

        Raises:
            AlreadyFiled: another program has undone it or filed it anew meanwhile.
            FilingError, PhotoChanged: it cannot be moved; it is where it was.
            JournalError: the journal cannot be used now.
        """
        filed = filed_file(self._journal, self._disk, row, when)
        entry = JournalEntry(
            _at_home(row, filed.identity, when),
            State.REFILING,
            decision=plan.decision,
            facts=plan.facts,
            prediction=plan.prediction,
            said=plan.said,
        )
        new, reason = self._go(row, entry, relocation_step(filed, plan.destination), when)
        problems, along = [reason] if reason else [], []
        for sidecar in self._journal.sidecars_of(row, State.FILED):
            try:
                moved, reason = self.relocate_sidecar(sidecar, new, when)
            except (FilingGone, AlreadyFiled):
                # The person took it away, or the daemon has moved it.
                continue
            except _REFUSED as error:
                reason = error.sentence
            else:
                along.append(moved)
            if reason:
                problems.append(f"{sidecar.candidate.name}: {reason}")
        return Relocated(new, tuple(along), tuple(problems))

    def relocate_sidecar(self, row: Row, owner: Row, when: datetime) -> tuple[Row, str | None]:
        """The sidecar is beside its photo; its new row, and a problem to tell.

        Raises:
            FilingError, PhotoChanged, AlreadyFiled, JournalError: as `relocate_photo`.
        """
        assert owner.name is not None
        filed = filed_file(self._journal, self._disk, row, when)
        entry = JournalEntry(_at_home(row, filed.identity, when), State.REFILING)
        step = sidecar_step(filed, row, owner, owner.folder, owner.name)
        return self._go(row, entry, step, when, owner.id)

    def set_aside(self, superseded: Superseded, when: datetime) -> Row:
        """The version made room for a newer one; its new row.

        Raises:
            FilingError, PhotoChanged, AlreadyFiled, JournalError: as `relocate_photo`.
        """
        row, step = superseded
        entry = JournalEntry(_at_home(row, step.file.identity, when), State.REFILING)
        return self._go(row, entry, step, when, row.parent)[0]

    def take_back(self, row: Row, before: Row, when: datetime, parent: int | None) -> Row:
        """The file is where it was before it was moved; the row of that undo.

        Raises:
            FilingError, PhotoChanged: it cannot be moved; it is where it was.
            JournalError: the journal cannot be used now.
        """
        assert before.name is not None
        filed = filed_file(self._journal, self._disk, row, when)
        step = Step(filed, before.folder, before.name, Action.MOVE, OnConflict.SKIP)
        undo, _ = self._go(row, JournalEntry(filed, State.UNDOING), step, when, parent)
        return undo

    def take_forward(
        self, undo: Row, moved: Row, before: Row, when: datetime, parent: int | None
    ) -> Row:
        """The file is again where it was `moved`, which `undo` took back to `before`.

        Raises:
            FilingError, PhotoChanged: it cannot be moved; it is where it was.
            JournalError: the journal cannot be used now.
        """
        assert moved.name is not None
        filed = filed_file(self._journal, self._disk, before, when)
        home = _at_home(before, filed.identity, when)
        entry = JournalEntry(home, State.REFILING, redoes=undo.id)
        step = Step(filed, moved.folder, moved.name, Action.MOVE, OnConflict.DEDUPE, Identical.KEEP)
        return self._go(before, entry, step, when, parent)[0]

    def catch_up(self) -> Iterator[Row]:
        """Sidecars follow photos that were moved before a crash; those that cannot, stay."""
        for sidecar in self._journal.orphan_sidecars():
            owner = self.owner_now(sidecar)
            if owner is not None:
                with contextlib.suppress(*_REFUSED):
                    when = datetime.fromisoformat(owner.decided_at)
                    new, _ = self.relocate_sidecar(sidecar, owner, when)
                    yield new

    def owner_now(self, sidecar: Row) -> Row | None:
        """The present filing of the sidecar's photo."""
        owner = None if sidecar.parent is None else self._journal.row(sidecar.parent)
        while owner is not None and owner.state is State.REFILED:
            owner = self._journal.refiled_as(owner)
        return owner

    def _go(
        self, row: Row, entry: JournalEntry, step: Step, when: datetime, parent: int | None = None
    ) -> tuple[Row, str | None]:
        """Intent, act, end: the new row, and a problem to tell."""
        token = secrets.token_hex(8)
        is_undo = entry.state is State.UNDOING
        action = Action.MOVE if is_undo else row.action or Action.MOVE
        intent = Intent(action, step.folder, step.name, token, parent, row.id, row.rights)
        number = self._journal.record(replace(entry, intent=intent), row.library, when)
        try:
            placed = self._act(row, step, token, number)
            _refuse_unmoved(placed, is_undo=is_undo)
        except (FilingError, PhotoChanged) as error:
            outcome_on_disk(number, self._journal, self._disk, error)
            return self._journal.existing_row(number), error.sentence
        done = State.UNDO if is_undo else State.FILED
        self._journal.close_intent(
            number, done, action=None, name=placed.name, reason=placed.reason
        )
        problem = None if placed.action is Action.MOVE else placed.reason
        return self._journal.existing_row(number), problem

    def _act(self, row: Row, step: Step, token: str, number: int) -> Placed:
        filed = step.file.candidate
        with (
            library_errors(row.library, filed.folders),
            self._disk.folder(row.library, filed.folders) as home,
            self._source((home, filed.name), step.file.identity, link_target(row)) as source,
            library_errors(row.library, step.folder),
            self._disk.folder(row.library, step.folder, make=True) as target,
        ):
            note_made(self._journal, self._disk, row.library)
            return Act(
                self._disk,
                step,
                token,
                (home, filed.name),
                source,
                target,
                on_copied=partial(self._journal.copied, number),
                on_unfinished=partial(self._journal.unfinished, number),
                sync=self._disk.sync,
                points_to=link_target(row),
                rights=row.rights,
            ).run()

    @contextlib.contextmanager
    def _source(
        self, home: tuple[int, str], identity: Identity, points_to: str | None
    ) -> Iterator[int]:
        """A descriptor of the file; a link is not opened, only renamed."""
        if points_to is None:
            with self._disk.source(*home, identity) as source:
                yield source
        elif self._disk.identity(*home) != identity:
            raise PhotoChanged("it was replaced meanwhile")
        else:
            yield _NOT_OPEN


def _refuse_unmoved(placed: Placed, *, is_undo: bool) -> None:
    """Raise where the file was not moved; an undo that leaves it at both ends is none."""
    if placed.state is not State.FILED or (is_undo and placed.action is not Action.MOVE):
        raise FilingError(placed.reason or "", transient=False)


def _at_home(row: Row, identity: Identity, when: datetime) -> Photo:
    """The file in the library, under the name that it came from."""
    return Photo(row.candidate, identity, when)
