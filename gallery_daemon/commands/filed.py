"""What was filed before and may be filed anew, as it lies now.

What a photo came as, and when, is said by its first filing, however often it was filed anew since.
"""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from gallery_daemon.decision import Action
from gallery_daemon.errors import GalleryError
from gallery_daemon.filing.preconditions import FilingGone, filed_file
from gallery_daemon.filing.relocate import Relocator
from gallery_daemon.journal.query import Query
from gallery_daemon.journal.record import State
from gallery_daemon.photo import Identity, Photo

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gallery_daemon.clock import Clock
    from gallery_daemon.filing.disk import Disk
    from gallery_daemon.journal.journal import Journal
    from gallery_daemon.journal.record import Row


@dataclass(frozen=True, slots=True)
class Beside:
    """A sidecar that was filed: its row, and the file in the library."""

    row: Row
    lies: Photo


@dataclass(frozen=True, slots=True)
class Filed:
    """A photo that was filed, and the sidecars beside it.

    `photo` is as it came from its watch folder; `lies` the file in the library, and `seen` the one
    to look at, which for a link is the photo itself.
    """

    row: Row
    photo: Photo
    lies: Photo
    seen: Photo
    sidecars: tuple[Beside, ...] = ()


@dataclass(frozen=True, slots=True)
class Straggler:
    """A sidecar that lies where its photo lay before that was filed anew: `owner` is its row."""

    sidecar: Beside
    owner: Row


@dataclass(frozen=True, slots=True)
class Untouchable:
    """A filing that is the person's own matter by now, or cannot be reached, and why."""

    row: Row
    reason: str


class FiledBefore:
    """Asks the journal and the disk; `elsewhere` counts photos by the other library they lie in."""

    def __init__(self, journal: Journal, disk: Disk, library: str, clock: Clock) -> None:
        self._journal, self._disk = journal, disk
        self._library, self._clock = library, clock
        self.elsewhere: Counter[str] = Counter()

    def find(
        self, since: datetime | None, top_class: str | None
    ) -> Iterator[Filed | Straggler | Untouchable]:
        """All in this library; `since` and `top_class` are of the filing."""
        yield from self._stragglers()
        filed = Query(since=since, top_class=top_class, states=(State.FILED,), is_photo=True)
        for row in self._journal.find(filed):
            if row.library == self._library:
                yield self._as_filed(row)
            else:
                self.elsewhere[row.library] += 1

    def _as_filed(self, row: Row) -> Filed | Untouchable:
        """The photo with its sidecars, if all of them are as they were filed."""
        try:
            lies = self._file(row)
            seen = self._at_home(row) or lies
            sidecars = tuple(self._sidecars(row))
        except GalleryError as error:
            return Untouchable(row, error.sentence)
        if row.action == Action.SYMLINK and seen is lies:
            return Untouchable(row, f"it points to {row.path}, which was moved or changed since")
        # As it was then: `{added}` stays what it was.
        came = datetime.fromisoformat(self._first(row).decided_at)
        return Filed(row, Photo(row.candidate, seen.identity, came), lies, seen, sidecars)

    def _sidecars(self, row: Row) -> Iterator[Beside]:
        """Those that lie beside it still."""
        for each in self._journal.sidecars_of(row, State.FILED):
            try:
                yield Beside(each, self._file(each))
            except FilingGone:
                continue

    def _stragglers(self) -> Iterator[Straggler]:
        relocator = Relocator(self._journal, self._disk)
        for row in self._journal.orphan_sidecars():
            owner = relocator.owner_now(row)
            if owner is not None and row.library == self._library:
                try:
                    yield Straggler(Beside(row, self._file(row)), owner)
                except GalleryError:
                    continue

    def _file(self, row: Row) -> Photo:
        return filed_file(self._journal, self._disk, row, self._clock.wall())

    def _at_home(self, row: Row) -> Photo | None:
        """The file where it came from, if it is still what was filed."""
        try:
            found = Identity.of(os.lstat(row.path))
        except OSError:
            return None
        if not found.has_same_bytes_as(row.identity):
            return None
        return Photo(row.candidate, found, self._clock.wall())

    def _first(self, row: Row) -> Row:
        """The filing that came from the watch folder."""
        before = None if row.undoes is None else self._journal.row(row.undoes)
        return row if before is None or before.state is not State.REFILED else self._first(before)
