"""The photos that wait for a person's word: which they are, and what their order depends on.

A photo waits if it was uncertain, is filed or left, and nothing was said of it. Which photos those
are is one range of an index, however many others the journal has. What a photo's place in the order
depends on never changes, so whoever orders asks for it once.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from gallery_daemon.journal.lesson import LessonState
from gallery_daemon.journal.record import Row, row_of
from gallery_daemon.photo import TakenFrom

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Sequence

    from gallery_daemon.journal.database import Database

# Text that SQLite compiles once; more ids than these are several questions.
_IDS_A_QUERY: Final = 200
_MARKS: Final = ", ".join("?" * _IDS_A_QUERY)
_MINUTE: Final = len("2026-03-04T05:06")
# The texts must be those of the index, which has all that is asked; one text for all of the ids is
# read in a tenth of the time that as many rows are.
_IN_REVIEW: Final = "outcome = 'uncertain' AND state IN ('filed', 'left') AND parent IS NULL"
_FILED: Final = f"""
SELECT group_concat(id) FROM filings WHERE library = ? AND state = 'filed' AND {_IN_REVIEW}
"""  # noqa: S608 - our own words
# A photo that was left may have come to another end since.
_LEFT: Final = f"""
SELECT group_concat(id) FROM filings AS photo
WHERE library = ? AND state = 'left' AND {_IN_REVIEW} AND NOT EXISTS (
    SELECT 1 FROM filings AS later WHERE later.path = photo.path AND later.id > photo.id
    AND later.size_bytes = photo.size_bytes AND later.mtime_ns = photo.mtime_ns
    AND later.state != 'undone'
)
"""  # noqa: S608 - our own words
_TAUGHT: Final = f"""
SELECT group_concat(filing) FROM lessons WHERE library = ?
AND state IN ('{LessonState.ACTIVE}', '{LessonState.ASKED}')
"""  # noqa: S608 - our own words
_LEFT_AT: Final = """
SELECT id FROM filings WHERE path = ? AND size_bytes = ? AND mtime_ns = ? AND state = 'left'
ORDER BY id DESC
"""
_KIN: Final = f"""
SELECT filings.id, probabilities, familiarity, taken, taken_from, burst, across, down
FROM filings LEFT JOIN seen ON seen.path = filings.path
AND seen.size_bytes = filings.size_bytes AND seen.mtime_ns = filings.mtime_ns
WHERE filings.id IN ({_MARKS})
"""  # noqa: S608 - our own words
_ROWS: Final = f"SELECT * FROM filings WHERE id IN ({_MARKS})"  # noqa: S608 - our own words


@dataclass(frozen=True, slots=True)
class ReviewMark:
    """What a photo's place in the order depends on.

    `margin` and `familiarity` are as in `Prediction`; `minute` is when it was taken, to the minute;
    `bits` are the picture's, as in `Fingerprint`. None: not known.
    """

    id: int
    margin: float
    familiarity: float | None
    minute: str | None
    burst: str | None
    bits: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """A photo as it is shown: its row, the probability of each class, and when it was taken."""

    row: Row
    probabilities: dict[str, float]
    taken: str | None


class ReviewRows:
    """The photos of an open journal that wait."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def waiting(self, library: str) -> set[int]:
        """The ids of the rows that wait."""
        waiting = self._ids(_FILED, library) | self._ids(_LEFT, library)
        return waiting - self._ids(_TAUGHT, library)

    def marks(self, ids: Sequence[int]) -> Iterator[ReviewMark]:
        """What the order of those rows depends on, in any order."""
        return map(_mark, self._asked(_KIN, ids))

    def rows(self, ids: Sequence[int]) -> dict[int, ReviewRow]:
        """Those rows that there are, by id."""
        return {columns["id"]: _row(columns) for columns in self._asked(_ROWS, ids)}

    def left_at(self, row: Row) -> int | None:
        """The row by which the photo was left where the row's came from, if it waits again."""
        asked = (os.fsencode(row.path), row.identity.size_bytes, row.identity.mtime_ns)
        return next((each[0] for each in self._database.rows(_LEFT_AT, asked)), None)

    def _ids(self, question: str, library: str) -> set[int]:
        (text,) = next(self._database.rows(question, (os.fsencode(library),)))
        return set(map(int, text.split(","))) if text else set()

    def _asked(self, question: str, ids: Sequence[int]) -> Iterator[sqlite3.Row]:
        for start in range(0, len(ids), _IDS_A_QUERY):
            some = ids[start : start + _IDS_A_QUERY]
            # NULL equals nothing.
            yield from self._database.rows(question, (*some, *[None] * (_IDS_A_QUERY - len(some))))


def _mark(columns: sqlite3.Row) -> ReviewMark:
    first, second, *_ = (*sorted(_probabilities(columns).values(), reverse=True), 0.0, 0.0)
    taken = _taken(columns)
    across = columns["across"]
    return ReviewMark(
        columns["id"],
        first - second,
        columns["familiarity"],
        taken[:_MINUTE] if taken is not None and len(taken) >= _MINUTE else None,
        columns["burst"],
        None if across is None else (across, columns["down"]),
    )


def _row(columns: sqlite3.Row) -> ReviewRow:
    return ReviewRow(row_of(columns), _probabilities(columns), _taken(columns))


def _taken(columns: sqlite3.Row) -> str | None:
    """When the photo was taken; the file's mtime does not say that."""
    taken: str | None = columns["taken"]
    return None if columns["taken_from"] in {None, TakenFrom.MTIME} else taken


def _probabilities(columns: sqlite3.Row) -> dict[str, float]:
    """None that a damaged journal has lost."""
    try:
        found = json.loads(columns["probabilities"] or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
