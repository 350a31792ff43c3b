"""Lessons go with their photos when this program files them, in the transaction of that filing.

A lesson knows its photo by the filing and by the path; both are others once the photo was filed
anew, or the filing was undone. What a person said in the very act of filing (the review) is taken
back with it, and given again with it: `undo` undoes both or none, wherever a crash falls.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from gallery_daemon.journal.lesson import LessonState
from gallery_daemon.journal.record import Row, State, row_of, signed

if TYPE_CHECKING:
    from datetime import datetime

    from gallery_daemon.journal.database import Database

_BY_ID: Final = "SELECT * FROM filings WHERE id = ?"
_NOW_OF: Final = "UPDATE lessons SET filing = :to WHERE filing = :of"
_NOW_AT: Final = """
UPDATE lessons SET path = :path, inode = coalesce(:inode, inode) WHERE filing = :filing
AND path = :was
"""
_OF_FILE: Final = f"""
SELECT id FROM lessons WHERE path = :path AND size_bytes = :size AND mtime_ns = :mtime
AND library = :library AND state = '{LessonState.ACTIVE}'
UNION SELECT id FROM lessons WHERE inode = :inode AND size_bytes = :size AND mtime_ns = :mtime
AND library = :library AND state = '{LessonState.ACTIVE}'
"""  # noqa: S608 - our own words
# One act has one time: that is how a word is told that was given with the filing.
_END: Final = f"""
UPDATE lessons SET state = '{LessonState.UNDONE}', ended_at = :now
WHERE filing = :filing AND class = :said AND given_at = :when AND state = '{LessonState.ACTIVE}'
"""  # noqa: S608 - our own words
_HOLDS_AGAIN: Final = f"""
UPDATE lessons SET state = '{LessonState.ACTIVE}', ended_at = NULL
WHERE filing = :filing AND state = '{LessonState.SUPERSEDED}' AND ended_at = :when
"""  # noqa: S608 - our own words
_END_ONE: Final = f"""
UPDATE lessons SET state = '{LessonState.UNDONE}', ended_at = :now
WHERE id = :id AND state = '{LessonState.ACTIVE}'
"""  # noqa: S608 - our own words
_HOLD_AGAIN_AFTER: Final = f"""
UPDATE lessons SET state = '{LessonState.ACTIVE}', ended_at = NULL
WHERE state = '{LessonState.SUPERSEDED}' AND (filing, ended_at) = (
    SELECT filing, given_at FROM lessons WHERE id = :id
)
"""  # noqa: S608 - our own words
_GIVEN_AGAIN: Final = f"""
UPDATE lessons SET state = '{LessonState.ACTIVE}', given_at = :when, ended_at = NULL
WHERE id = (
    SELECT max(id) FROM lessons WHERE filing = :filing AND class = :said
    AND state = '{LessonState.UNDONE}'
) AND NOT EXISTS (
    SELECT 1 FROM lessons WHERE filing = :filing AND state = '{LessonState.ACTIVE}'
)
"""  # noqa: S608 - our own words


class LessonPlaces:
    """Where the photos of the lessons in an open journal are, as this program files them.

    `filed` and `undone` are to be called within the transaction that ends the intent.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def filed(self, number: int) -> None:
        """The row is filed: the lessons of its photo are of this filing now."""
        row = self._row(number)
        before = None if row is None or row.undoes is None else self._row(row.undoes)
        if row is None or row.parent is not None:
            return
        if before is None:
            if row.said is not None:
                self._take_in(row)
            return
        if before.state is State.REFILED:
            self._go(before, row)
        elif before.undoes is not None:
            self._redone(before.undoes, row)
        if row.said is not None and before.said != row.said:
            self._database.execute(
                _GIVEN_AGAIN, {"filing": row.id, "said": row.said, "when": row.decided_at}
            )

    def undone(self, number: int) -> None:
        """The undo of that row is done: its photo's lessons are of the filing before, if any."""
        undo = self._row(number)
        row = None if undo is None or undo.undoes is None else self._row(undo.undoes)
        if undo is None or row is None or row.parent is not None or row.state is State.UNDO:
            return
        if row.said is not None:
            act = {"filing": row.id, "said": row.said, "when": row.decided_at}
            if self._database.execute(_END, act | {"now": undo.decided_at}).rowcount:
                self._database.execute(_HOLDS_AGAIN, act)
        before = None if row.undoes is None else self._row(row.undoes)
        if before is not None and before.state is not State.UNDO:
            self._go(row, before)
        elif row.destination is not None:
            self._at(row.id, row.destination, row.path, row.identity.inode)

    def _redone(self, undone: int, row: Row) -> None:
        """What was filed as `undone`, and put back, is filed again."""
        self._database.execute(_NOW_OF, {"of": undone, "to": row.id})
        if row.takes_source and row.destination is not None:
            self._at(row.id, row.path, row.destination, row.made_inode)

    def take_back(self, lesson: int, when: datetime) -> None:
        """The lesson is undone, and what it superseded holds again, within one transaction.

        Raises:
            JournalError: it cannot be written now.
        """
        now = when.isoformat(timespec="milliseconds")
        with self._database.transaction():
            if self._database.execute(_END_ONE, {"id": lesson, "now": now}).rowcount:
                self._database.execute(_HOLD_AGAIN_AFTER, {"id": lesson})

    def _go(self, of: Row, to: Row) -> None:
        self._database.execute(_NOW_OF, {"of": of.id, "to": to.id})
        if of.destination is not None and to.destination is not None:
            self._at(to.id, of.destination, to.destination, to.made_inode)

    def _at(self, filing: int, was: str, path: str, inode: int | None) -> None:
        places = {"was": os.fsencode(was), "path": os.fsencode(path), "filing": filing}
        self._database.execute(
            _NOW_AT, {**places, "inode": None if inode is None else signed(inode)}
        )

    def _take_in(self, row: Row) -> None:
        """A photo of which something was said before it was filed."""
        identity = row.identity
        asked = {
            "path": os.fsencode(row.path),
            "inode": signed(identity.inode),
            "size": identity.size_bytes,
            "mtime": identity.mtime_ns,
            "library": os.fsencode(row.library),
        }
        for (lesson,) in list(self._database.rows(_OF_FILE, asked)):
            self._database.execute("UPDATE lessons SET filing = ? WHERE id = ?", (row.id, lesson))
        if row.takes_source and row.destination is not None:
            self._at(row.id, row.path, row.destination, row.made_inode)

    def _row(self, number: int) -> Row | None:
        return next(map(row_of, self._database.rows(_BY_ID, (number,))), None)
