"""Undoing filings, the newest first, each photo with the sidecars that travelled with it.

An undo of an undo files again. One that cannot be undone is told and the others go on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gallery_daemon.errors import FilingError, GalleryError, JournalDamaged
from gallery_daemon.filing.execute import Filer
from gallery_daemon.filing.record import Row, State
from gallery_daemon.filing.undo import Undoer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gallery_daemon.filing.journal import Journal
    from gallery_daemon.filing.place import Disk
    from gallery_daemon.photo import Decision
    from gallery_daemon.service.clock import Clock


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one row that was to be undone: a row of its own, or an error."""

    asked: Row
    done: Row | None
    error: GalleryError | None = None


class Undoing:
    """Takes back what the journal has."""

    def __init__(self, journal: Journal, disk: Disk, clock: Clock) -> None:
        self._journal, self._disk, self._clock = journal, disk, clock
        self._undoer = Undoer(journal, disk)

    def run(self, rows: Iterable[Row], decision: Decision | None = None) -> Iterator[Outcome]:
        """Each row is undone, or told why not; the highest number first, for it is the newest.

        `decision` is the one that photos make way for, to be filed anew.
        """
        for row in sorted(rows, key=lambda row: row.id, reverse=True):
            outcome = self._one(row, None, decision)
            yield outcome
            if outcome.done is not None:
                yield from self.follow(row, outcome.done)

    def follow(self, row: Row, done: Row) -> Iterator[Outcome]:
        """The sidecars that are still where the photo of `row` was until it was `done`, follow."""
        for sidecar in self._journal.sidecars_of(row, row.state):
            yield self._one(sidecar, done.id, None)

    def _one(self, row: Row, parent: int | None, decision: Decision | None) -> Outcome:
        try:
            # A row that was asked for twice, as a sidecar and by itself, is undone once.
            now = self._journal.row(row.id) or row
            return Outcome(row, self._turn(now, parent, decision))
        except JournalDamaged:
            raise
        except GalleryError as error:
            return Outcome(row, None, error)

    def _turn(self, row: Row, parent: int | None, decision: Decision | None) -> Row:
        when = self._clock.wall()
        if row.state is State.FILED:
            return self._undoer.undo(row, when, parent, decision)
        if row.state is State.UNDO and row.undoes is not None:
            filed = self._journal.row(row.undoes)
            assert filed is not None
            filer = Filer(self._journal, self._disk, filed.library)
            return filer.redo(row, filed, when, parent)
        raise FilingError(_why_not(row), transient=False)


def _why_not(row: Row) -> str:
    """Why a row in its state has nothing to undo."""
    if row.state is State.UNDONE:
        return f"#{row.id} was undone already"
    if row.state is State.IDENTICAL:
        return f"#{row.id} was not filed: the same bytes lay in the library already"
    return f"#{row.id} was {row.state}, so there is nothing to undo"
