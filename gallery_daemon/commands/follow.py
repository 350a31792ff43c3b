"""Following the journal: the rows that a question asks for, each once it has come to its end.

A row is written when a filing begins and changed when it ends, so a row may end after one with a
higher number; and the number of a failure that is tried again is used once more. So the follower
reads the last row and all open ones again, and remembers what it has shown.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Self

from gallery_daemon.journal.journal import Journal

if TYPE_CHECKING:
    from pathlib import Path

    from gallery_daemon.journal.query import Query
    from gallery_daemon.journal.record import Row


class Follower:
    """Reads the journal at `path`, which others may be writing, or make only later, or replace."""

    def __init__(self, path: Path, query: Query) -> None:
        """`query.limit` is for what is there at the beginning."""
        self._path, self._query = path, query
        self._journal: Journal | None = None
        self._inode: int | None = None
        self._last = 0
        self._begun: tuple[int, ...] = ()
        # Rows that may be read again: by number, the time they were decided.
        self._shown: dict[int, str] = {}

    def __enter__(self) -> Self:
        """Nothing is open yet."""
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is open any more."""
        self._shut()

    def latest(self) -> list[Row]:
        """What is there, the oldest first: the last `query.limit`.

        Raises:
            GalleryError: the journal cannot be read.
        """
        journal = self._opened()
        if journal is None:
            return []
        last, begun = _where(journal)
        rows = [row for row in journal.find(self._query) if row.id <= last][::-1]
        # The last row counts as shown, even if the limit left it out.
        end = journal.find(replace(self._query, limit=None, since_number=(last, ())))
        self._go_on(
            last, begun, [*rows, *(row for row in end if row.id == last and last not in begun)]
        )
        return rows

    def fresh(self) -> list[Row]:
        """What has come to its end since the last call, the oldest first.

        Raises:
            GalleryError: the journal cannot be read.
        """
        journal = self._opened()
        if journal is None:
            return []
        last, begun = _where(journal)
        since = (min(self._last, last), self._begun)
        found = journal.find(replace(self._query, limit=None, since_number=since))[::-1]
        fresh = [row for row in found if self._shown.get(row.id) != row.decided_at]
        self._go_on(last, begun, found)
        return fresh

    def _go_on(self, last: int, begun: tuple[int, ...], rows: list[Row]) -> None:
        """The rows that may be read again are remembered: they are not fresh then."""
        self._last, self._begun = last, begun
        lowest = min((*begun, last))
        known = self._shown | {row.id: row.decided_at for row in rows}
        self._shown = {number: when for number, when in known.items() if number >= lowest}

    def _opened(self) -> Journal | None:
        """The journal that is there now; None while there is none."""
        try:
            inode = self._path.stat().st_ino
        except OSError:
            return None
        if self._journal is None or inode != self._inode:
            self._shut()
            self._journal, self._inode = Journal(self._path, read_only=True), inode
        return self._journal

    def _shut(self) -> None:
        if self._journal is not None:
            self._journal.close()
        self._journal = None


def _where(journal: Journal) -> tuple[int, tuple[int, ...]]:
    """The last row's number and those of the open rows.

    Read before the rows are: what is written in between comes now or the next time.
    """
    newest = next(journal.newest_first(), None)
    last = 0 if newest is None else newest.id
    return last, tuple(row.id for row in journal.open_intents())
