"""Undoing filings, the newest first, each photo with the sidecars that travelled with it.

An undo of an undo files again. One that cannot be undone is given with its error, and the others
go on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gallery_daemon.errors import FilingError, GalleryError, JournalDamaged
from gallery_daemon.filing.emptied import take_away_emptied
from gallery_daemon.filing.execute import Filer
from gallery_daemon.filing.relocate import Relocator
from gallery_daemon.filing.superseded import older_version_of
from gallery_daemon.filing.undo import Undoer
from gallery_daemon.journal.record import Row, State

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from gallery_daemon.clock import Clock
    from gallery_daemon.filing.disk import Disk
    from gallery_daemon.journal.journal import Journal


@dataclass(frozen=True, slots=True)
class UndoResult:
    """What became of one row that was to be undone: `done` is the undo's row; or an error."""

    asked: Row
    done: Row | None
    error: GalleryError | None = None


class Undoing:
    """Undoes rows of the journal."""

    def __init__(self, journal: Journal, disk: Disk, clock: Clock) -> None:
        self._journal, self._disk, self._clock = journal, disk, clock
        self._undoer, self._relocator = Undoer(journal, disk), Relocator(journal, disk)

    def run(self, rows: Iterable[Row]) -> Iterator[UndoResult]:
        """Each row is undone, or given with the error; the newest, of the highest number, first.

        Sidecars that an undo before has left behind, because it was cut short, come before all.
        """
        asked = sorted(rows, key=_id, reverse=True)
        yield from self._catch_up({row.id for row in asked})
        for row in asked:
            outcome = self._one(row, None)
            yield outcome
            if outcome.done is not None:
                yield from self._follow(row, outcome.done)

    def _catch_up(self, asked: set[int]) -> Iterator[UndoResult]:
        """What was cut short between a photo and its sidecars; those that cannot follow, stay.

        So do those beside a photo that is about to be filed again, its undo being `asked` for; and
        one that is asked for itself has its turn among the others.
        """
        tried: set[int] = set()
        while True:
            rest = (
                (sidecar, undo)
                for sidecar, undo in self._journal.left_behind()
                if sidecar.id not in tried | asked and undo not in asked
            )
            sidecar, undo = next(rest, (None, None))
            if sidecar is None:
                return
            tried.add(sidecar.id)
            outcome = self._one(sidecar, undo)
            if outcome.done is not None:
                yield outcome

    def _follow(self, row: Row, done: Row) -> Iterator[UndoResult]:
        """The sidecars of `row` that the undo `done` left behind are undone too, newest first.

        An undo gives a sidecar's older version its name again, and that version follows.
        """
        tried: set[int] = set()
        while True:
            rest = (each for each in self._journal.sidecars_of(row, row.state))
            sidecar = max((each for each in rest if each.id not in tried), default=None, key=_id)
            if sidecar is None:
                break
            tried.add(sidecar.id)
            yield self._one(sidecar, done.id)
        older = older_version_of(row, self._journal) if row.state is State.FILED else None
        if older is not None:
            yield self._one(older, None)

    def _one(self, row: Row, parent: int | None) -> UndoResult:
        try:
            # A row that was asked for twice, as a sidecar and by itself, is undone once.
            now = self._journal.row(row.id) or row
            done = self._undo(now, parent)
        except JournalDamaged:
            raise
        except GalleryError as error:
            return UndoResult(row, None, error)
        take_away_emptied(self._journal, self._disk, now.library, now.folder)
        return UndoResult(row, done)

    def _undo(self, row: Row, parent: int | None) -> Row:
        when = self._clock.wall()
        before = None if row.undoes is None else self._journal.row(row.undoes)
        if row.state is State.FILED:
            if before is not None and before.state is State.REFILED:
                return self._relocator.take_back(row, before, when, parent)
            owner = self._back_in_library(parent)
            if owner is not None:
                return self._relocator.relocate_sidecar(row, owner, when)[0]
            return self._undoer.undo(row, when, parent)
        if row.state is State.UNDO and row.root == row.library and before is not None:
            return self._refile_again(row, before, when, parent)
        if row.state is State.UNDO and before is not None:
            filer = Filer(self._journal, self._disk, before.library)
            return filer.redo(row, before, when, parent)
        raise FilingError(_why_not(row), transient=False)

    def _refile_again(self, undo: Row, moved: Row, when: datetime, parent: int | None) -> Row:
        """The undo of a refiling is undone: the photo goes on to where it was `moved` then."""
        before = None if moved.undoes is None else self._journal.row(moved.undoes)
        if before is None or before.state is not State.FILED:
            raise FilingError(
                f"#{undo.id} put it back, and it was filed anew or undone since",
                transient=False,
                hint="gallery-daemon history shows by which number",
            )
        return self._relocator.take_forward(undo, moved, before, when, parent)

    def _back_in_library(self, undo: int | None) -> Row | None:
        """The filing that a photo went back to, if `undo` took back a refiling.

        A sidecar that came after the refiling follows it there.
        """
        row = None if undo is None else self._journal.row(undo)
        if row is None or row.root != row.library or row.undoes is None:
            return None
        undone = self._journal.row(row.undoes)
        assert undone is not None
        return None if undone.undoes is None else self._journal.row(undone.undoes)


def _id(row: Row) -> int:
    return row.id


def _why_not(row: Row) -> str:
    """Why a row in its state has nothing to undo."""
    if row.state is State.REFILED:
        return f"#{row.id} was filed anew since, and that has to be undone first"
    if row.state is State.UNDONE:
        return f"#{row.id} was undone already"
    if row.state is State.IDENTICAL:
        return f"#{row.id} was not filed: the same bytes lay in the library already"
    return f"#{row.id} was {row.state}, so there is nothing to undo"
