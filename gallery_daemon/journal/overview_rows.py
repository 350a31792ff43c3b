"""What a person asks of a whole library: what was filed lately, how much of each kind there is.

Everything but the photos that are shown is answered from one index, which has no more than that in
it: a row with its trace and its probabilities is a kilobyte, and a hundred thousand of them are not
read for a count. The newest photos without a filter are the table's end, and need no index.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, NamedTuple

from gallery_daemon.journal.record import State, row_of
from gallery_daemon.journal.sql import OPEN

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from gallery_daemon.journal.database import Database
    from gallery_daemon.journal.record import Row

IN_LIBRARY: Final = (State.FILED,)
ENDED: Final = (
    State.FILED,
    State.IDENTICAL,
    State.SKIPPED,
    State.LEFT,
    State.QUARANTINED,
    State.FAILED,
    State.ABANDONED,
)
"""What becomes of a photo that came: all but what was taken back or filed anew since."""

_CLASS: Final = "coalesce(said, class)"
_MONTH: Final = "substr(taken, 1, 7)"
# As in the partial index; whoever does not say so reads the table from its end.
_INDEXED: Final = "library = ? AND parent IS NULL AND id > 0"
_FROM_THE_END: Final = "+library = ? AND parent IS NULL"
# The plus keeps SQLite from reading the table by its ids: of the few open ones there is an index.
_LOWEST_OPEN: Final = f"SELECT min(+id) FROM filings WHERE state IN ({OPEN})"  # noqa: S608 - our own words
_NEWEST: Final = "SELECT max(id) FROM filings"
_FROM: Final = "SELECT id, decided_at FROM filings WHERE id >= ? ORDER BY id LIMIT 1"


@dataclass(frozen=True, slots=True)
class RecentFilter:
    """What wanted photos have in common; None: anything.

    `class_name` is that by which a photo was filed. `min_confidence` and `max_confidence` are
    inclusive, 0 to 1. `text` is part of the photo's name or its folder's, in any case of ASCII
    letters. `month` is `2026-03`, by when it was taken; `source` the name of a watch folder.
    """

    class_name: str | None = None
    rule: str | None = None
    min_confidence: float | None = None
    max_confidence: float | None = None
    text: str | None = None
    month: str | None = None
    source: str | None = None
    states: tuple[State, ...] = ENDED

    @property
    def is_empty(self) -> bool:
        """Whether it lets every photo through that came to an end of `states`."""
        return self == RecentFilter(states=self.states)

    def clauses(self) -> tuple[str, list[object]]:
        """SQL that is true of the wanted rows, and its values."""
        text = None if self.text is None else f"%{_escaped(self.text)}%"
        asked: tuple[tuple[str, object], ...] = (
            (f"{_CLASS} = ?", self.class_name),
            ("rule = ?", self.rule),
            ("confidence >= ?", self.min_confidence),
            ("confidence <= ?", self.max_confidence),
            (f"{_MONTH} = ?", self.month),
            ("source = ?", self.source),
            (r"CAST(coalesce(name, relative) AS TEXT) LIKE ? ESCAPE '\'", text),
        )
        wanted = [(clause, value) for clause, value in asked if value is not None]
        states = f"state IN ({', '.join('?' * len(self.states))})"
        clauses = [states, *(clause for clause, _ in wanted)]
        return " AND ".join(clauses), [*self.states, *(value for _, value in wanted)]


class KindCount(NamedTuple):
    """So many photos in the library of one class that came from one watch folder."""

    class_name: str | None
    source: str
    photos: int


class MonthCount(NamedTuple):
    """So many photos in the library that were taken in a month (`2026-03`)."""

    month: str | None
    photos: int


class DayCount(NamedTuple):
    """So many photos of a day that came to one end as one class."""

    state: State
    class_name: str | None
    photos: int


class OverviewRows:
    """The photos of an open journal, one library at a time."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def older(
        self, library: str, wanted: RecentFilter, limit: int, before: int | None = None
    ) -> list[Row]:
        """The newest of the wanted photos whose id is below `before`, the newest first."""
        return self._rows(library, wanted, limit, "id < ?", before)

    def newer(self, library: str, wanted: RecentFilter, limit: int, after: int) -> list[Row]:
        """The newest of the wanted photos whose id is above `after`, the newest first."""
        return self._rows(library, wanted, limit, "id > ?", after)

    def settled_to(self) -> int:
        """The highest id below which nothing is under way, so that no end is missed after it."""
        ((lowest,),) = self._database.rows(_LOWEST_OPEN)
        ((newest,),) = self._database.rows(_NEWEST)
        return (newest or 0) if lowest is None else lowest - 1

    def count(self, library: str, wanted: RecentFilter) -> int:
        """How many are wanted."""
        clause, values = wanted.clauses()
        question = f"SELECT count(*) FROM filings WHERE {_INDEXED} AND {clause}"  # noqa: S608 - our own words
        ((photos,),) = self._database.rows(question, (os.fsencode(library), *values))
        return int(photos)

    def kinds(self, library: str) -> list[KindCount]:
        """How many photos are in the library, by class and source."""
        # In the order of the index, so that nothing is sorted.
        found = self._counted(library, "class, said, source", IN_LIBRARY)
        return [KindCount(said or name, source, photos) for name, said, source, photos in found]

    def months(self, library: str) -> list[MonthCount]:
        """How many photos are in the library, by the month they were taken in, in order."""
        return [MonthCount(*each) for each in self._counted(library, _MONTH, IN_LIBRARY)]

    def rules(self, library: str) -> list[str]:
        """The rules by which photos came to an end, in order."""
        clause, values = RecentFilter().clauses()
        question = (
            f"SELECT DISTINCT rule FROM filings WHERE {_INDEXED} AND {clause}"  # noqa: S608 - our own words
            " AND rule IS NOT NULL ORDER BY rule"
        )
        asked = (os.fsencode(library), *values)
        return [rule for (rule,) in self._database.rows(question, asked)]

    def day(self, library: str, day: str) -> list[DayCount]:
        """What came to an end since that day (`2026-03-04`) began, by the date as it was written.

        Ids rise with time, so the day's first is found without reading those before it. A clock
        that was set back may put some photos on the other side.
        """
        first = self._first_of(day)
        found = self._counted(library, "state, class, said", ENDED, "AND id >= ?", first)
        return [DayCount(State(state), said or name, photos) for state, name, said, photos in found]

    def _counted(
        self, library: str, by: str, states: tuple[State, ...], also: str = "", *values: object
    ) -> Iterator[sqlite3.Row]:
        """Rows of the values of `by`, and how many photos have those; in the order of `by`."""
        clause, ours = RecentFilter(states=states).clauses()
        question = (
            f"SELECT {by}, count(*) FROM filings"  # noqa: S608 - our own words
            f" WHERE {_INDEXED} AND {clause} {also} GROUP BY {by}"
        )
        return self._database.rows(question, (os.fsencode(library), *ours, *values))

    def _first_of(self, day: str) -> int:
        """The lowest id of the day or later; one more than all, if there is none."""
        ((newest,),) = self._database.rows(_NEWEST)
        low, high = 0, (newest or 0) + 1
        while low < high:
            middle = (low + high) // 2
            found = next(self._database.rows(_FROM, (middle,)), None)
            if found is None or found["decided_at"][: len(day)] >= day:
                high = middle
            else:
                low = found["id"] + 1
        return low

    def _rows(
        self, library: str, wanted: RecentFilter, limit: int, beyond: str, number: int | None
    ) -> list[Row]:
        clause, values = wanted.clauses()
        # A name is not in the index, and reading the table by it would take twice as long.
        is_indexed = not replace(wanted, text=None).is_empty
        which = f"{_INDEXED if is_indexed else _FROM_THE_END} AND {clause}"
        asked: list[object] = [os.fsencode(library), *values]
        if number is not None:
            which, asked = f"{which} AND {beyond}", [*asked, number]
        # The ids alone are sorted, not the rows.
        question = (
            "SELECT * FROM filings WHERE id IN"  # noqa: S608 - our own words
            f" (SELECT id FROM filings WHERE {which} ORDER BY id DESC LIMIT ?) ORDER BY id DESC"
        )
        return list(map(row_of, self._database.rows(question, (*asked, limit))))


def _escaped(text: str) -> str:
    r"""The text for LIKE, whose own signs stand for themselves after a `\`."""
    return text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
