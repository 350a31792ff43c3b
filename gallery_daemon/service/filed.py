"""What was filed before and may be filed anew, and what was killed while that was done.

A photo is filed anew in two steps, an undo and a filing. The undo's row carries the decision that
the photo makes way for, so one that was killed between the two is found by it: nothing came of its
file since. So is a sidecar that stayed at home while its photo was filed.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from gallery_daemon.errors import GalleryError
from gallery_daemon.filing.place import identity_of
from gallery_daemon.filing.query import Query
from gallery_daemon.filing.record import State
from gallery_daemon.photo import Candidate, Photo

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gallery_daemon.filing.journal import Journal
    from gallery_daemon.filing.record import Row
    from gallery_daemon.filing.undo import Undoer
    from gallery_daemon.service.clock import Clock


@dataclass(frozen=True, slots=True)
class Filed:
    """A photo that was filed: its row, and the undo that it was killed after, if it was.

    `photo` is as it came from its watch folder; `lies` is the file where it is now.
    """

    row: Row
    undo: Row | None
    photo: Photo
    lies: Photo


@dataclass(frozen=True, slots=True)
class Straggler:
    """A sidecar that lies at home, while its photo was filed anew: the row of that."""

    sidecar: Photo
    owner: Row


@dataclass(frozen=True, slots=True)
class Untouchable:
    """A filing that is the person's own matter by now, or cannot be reached, and why."""

    row: Row
    reason: str


class FiledBefore:
    """Asks the journal and the disk."""

    def __init__(self, journal: Journal, undoer: Undoer, library: str, clock: Clock) -> None:
        self._journal, self._undoer = journal, undoer
        self._library, self._clock = library, clock

    def find(
        self, since: datetime | None, top_class: str | None
    ) -> Iterator[Filed | Straggler | Untouchable]:
        """All in this library; `since` and `top_class` are of the filing."""
        find = self._journal.find
        for undo in find(Query(states=(State.UNDO,), is_photo=True)):
            row = self.row(undo.undoes)
            if undo.outcome is None or row.library != self._library:
                continue
            if self._is_latest(row):
                yield self._cut_short(row, undo)
            else:
                yield from self._stragglers(row, undo)
        filed = Query(since=since, top_class=top_class, states=(State.FILED,), is_photo=True)
        for row in find(filed):
            if row.library == self._library:
                yield self._as_filed(row)

    def row(self, number: int | None) -> Row:
        """The row of a number that another row has."""
        row = None if number is None else self._journal.row(number)
        assert row is not None
        return row

    def at_home(self, row: Row) -> Photo | None:
        """The file where it came from, if it is still what was filed."""
        candidate = Candidate(row.source, row.root, row.relative)
        try:
            found = identity_of(os.lstat(candidate.path))
        except OSError:
            return None
        was = row.identity
        if (found.size_bytes, found.mtime_ns) != (was.size_bytes, was.mtime_ns):
            return None
        return Photo(candidate, found, self._clock.wall())

    def _as_filed(self, row: Row) -> Filed | Untouchable:
        try:
            there = self._undoer.as_filed(row, self._clock.wall())
        except GalleryError as error:
            return Untouchable(row, error.sentence)
        return _filed(row, None, self.at_home(row) or there)

    def _cut_short(self, row: Row, undo: Row) -> Filed | Untouchable:
        home = self.at_home(row)
        if home is None:
            return Untouchable(row, f"it lies at {row.path} no more: moved or changed since")
        return _filed(row, undo, home)

    def _stragglers(self, row: Row, undo: Row) -> Iterator[Straggler]:
        owner = self._journal.latest_of(row.path, row.library)
        if owner is None or owner.state is not State.FILED:
            return
        for each in self._journal.sidecars_of(undo, State.UNDO):
            beside = self.row(each.undoes)
            sidecar = self.at_home(beside)
            if sidecar is not None and self._is_latest(beside):
                yield Straggler(sidecar, owner)

    def _is_latest(self, row: Row) -> bool:
        """Whether nothing has come of the row's file since it was filed, and taken back."""
        last = self._journal.latest_of(row.path, row.library)
        is_nothing = last is not None and last.state in {State.ABANDONED, State.FAILED}
        return is_nothing or (last is not None and last.id == row.id)


def _filed(row: Row, undo: Row | None, lies: Photo) -> Filed:
    candidate = Candidate(row.source, row.root, row.relative)
    # As it was then: `{added}` stays what it was.
    photo = Photo(candidate, lies.identity, datetime.fromisoformat(row.decided_at))
    return Filed(row, undo, photo, lies)
