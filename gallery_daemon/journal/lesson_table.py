"""The lessons that people gave, in the journal: with their photos' features, and mass moves.

A file has one lesson that holds: a later one supersedes it. It is known by its filing, or else by
path, size and mtime, or, renamed, by its inode. Features are of the bytes, so a lesson of the same
bytes takes them over from the one that it supersedes.
"""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING, Any, Final

from gallery_daemon.errors import JournalError
from gallery_daemon.journal.lesson import DRAGGED, Lesson, LessonState, MassMove
from gallery_daemon.journal.lesson_rows import (
    file_columns,
    is_whole_row,
    lesson_of,
    mass_move_of,
    time_text,
)
from gallery_daemon.journal.sql import insert

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from datetime import datetime

    from gallery_daemon.journal.database import Database
    from gallery_daemon.journal.lesson import NewLesson
    from gallery_daemon.photo import Identity


def _words(words: Iterable[str]) -> str:
    return ", ".join(f"'{word}'" for word in words)


_ENDED: Final = _words((LessonState.SUPERSEDED, LessonState.WITHDRAWN))
_INSERT = """
INSERT INTO lessons (library, path, device, inode, size_bytes, mtime_ns, content_hash, filing, kind,
class, before, given_at, state, mass_move)
VALUES (:library, :path, :device, :inode, :size, :mtime, :hash, :filing, :kind, :class, :before,
:when, :state, :mass_move)
"""
_SHAPE = "size_bytes = :size AND mtime_ns = :mtime"
# SELECTs and not one with OR, so that each uses an index of its own.
_OF_FILE = f"""
SELECT * FROM lessons WHERE filing = :filing
UNION SELECT * FROM lessons WHERE path = :path AND {_SHAPE} AND library = :library
UNION SELECT * FROM lessons WHERE inode = :inode AND {_SHAPE} AND library = :library
ORDER BY id
"""  # noqa: S608 - our own words
_ACTIVE = f"SELECT * FROM lessons WHERE library = ? AND state = '{LessonState.ACTIVE}' ORDER BY id"  # noqa: S608 - our own words
_LIBRARIES = f"""
SELECT DISTINCT library FROM lessons
WHERE state IN ('{LessonState.ACTIVE}', '{LessonState.ASKED}') ORDER BY library
"""  # noqa: S608 - our own words
_DRAGGED = f"""
SELECT * FROM lessons WHERE library = ? AND state NOT IN ({_ENDED})
AND kind IN ({_words(sorted(DRAGGED))}) AND filing IS NOT NULL ORDER BY id
"""  # noqa: S608 - our own words
_END = f"""
UPDATE lessons SET state = ?, ended_at = ? WHERE id = ? AND state NOT IN ({_ENDED})
"""  # noqa: S608 - our own words
_TAKE_FEATURES = """
INSERT OR IGNORE INTO lesson_features (lesson, body, full, quick)
SELECT ?, body, full, quick FROM lesson_features WHERE lesson = ?
"""
_MASS_MOVES = f"""
SELECT mass_moves.*, count(*) AS photos FROM mass_moves
JOIN lessons ON lessons.mass_move = mass_moves.id AND lessons.state = '{LessonState.ASKED}'
WHERE mass_moves.library = ? GROUP BY mass_moves.id ORDER BY mass_moves.id
"""  # noqa: S608 - our own words
_ASKED = f"SELECT * FROM lessons WHERE mass_move = ? AND state = '{LessonState.ASKED}' ORDER BY id"  # noqa: S608 - our own words
_OF_BODY = f"""
FROM lesson_features JOIN lessons ON lessons.id = lesson
WHERE library = ? AND body = ? AND state = '{LessonState.ACTIVE}'
"""
_FEATURES = f"SELECT lesson, full, quick {_OF_BODY}"
_LOOKED_AT = f"SELECT count(*) {_OF_BODY}"
_TABLES = ("mass_moves", "lessons", "lesson_features")
# What another journal's rows refer to may be among those that could not be read.
_UNLINK = (
    "UPDATE lessons SET filing = NULL WHERE filing NOT IN (SELECT id FROM filings)",
    f"DELETE FROM lessons WHERE state = '{LessonState.ASKED}' AND mass_move NOT IN"  # noqa: S608, ISC004
    " (SELECT id FROM mass_moves)",
    "DELETE FROM lesson_features WHERE lesson NOT IN (SELECT id FROM lessons)",
)


class LessonTable:
    """The lessons of an open journal."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def give(self, lessons: Iterable[NewLesson], when: datetime) -> list[int]:
        """The lessons hold from now on, all or none; their ids.

        One that holds already (of the same file, class and kind) is not given twice, and has no id
        here: another program has seen the same.

        Raises:
            JournalError: they cannot be written now.
        """
        with self._database.transaction():
            given = [self._give(lesson, when) for lesson in lessons]
        return [number for number in given if number is not None]

    def withdraw(
        self, ids: Iterable[int], when: datetime, state: LessonState = LessonState.WITHDRAWN
    ) -> int:
        """The lessons end in `state`; how many had not ended before.

        Raises:
            JournalError: it cannot be written now.
        """
        with self._database.transaction():
            return sum(self._end(number, state, when) for number in ids)

    def moved(self, places: Iterable[tuple[int, str, Identity]]) -> None:
        """The lessons' photos, by id, lie at these paths now and are so identified.

        Raises:
            JournalError: it cannot be written now.
        """
        with self._database.transaction():
            for number, path, identity in places:
                self._database.execute(
                    "UPDATE lessons SET path = :path, device = :device, inode = :inode,"
                    " size_bytes = :size, mtime_ns = :mtime WHERE id = :id",
                    {"id": number, **file_columns(path, identity)},
                )

    def active(self, library: str) -> list[Lesson]:
        """The lessons that hold, the oldest first."""
        return list(map(lesson_of, self._database.rows(_ACTIVE, (os.fsencode(library),))))

    def lesson(self, number: int) -> Lesson | None:
        """The lesson with that id, whatever became of it."""
        rows = self._database.rows("SELECT * FROM lessons WHERE id = ?", (number,))
        return next(map(lesson_of, rows), None)

    def libraries(self) -> list[str]:
        """The libraries with lessons that hold or wait for a word, in order."""
        return [os.fsdecode(row["library"]) for row in self._database.rows(_LIBRARIES)]

    def dragged(self, library: str) -> Iterator[Lesson]:
        """The lessons read off where photos lie that say something still, one by one."""
        return map(lesson_of, self._database.rows(_DRAGGED, (os.fsencode(library),)))

    def of_file(
        self, library: str, path: str, identity: Identity, filing: int | None = None
    ) -> list[Lesson]:
        """What was said of the file and is not superseded or withdrawn, the latest last."""
        asked = {"filing": filing, "library": os.fsencode(library), **file_columns(path, identity)}
        found = map(lesson_of, self._database.rows(_OF_FILE, asked))
        return [
            lesson
            for lesson in found
            if lesson.state not in {LessonState.SUPERSEDED, LessonState.WITHDRAWN}
        ]

    def features(self, library: str, body_sha256: str) -> dict[int, tuple[bytes, bytes]]:
        """What the body made of the photos of the lessons that hold, by id: full and quick look.

        Each is a row of float16, as `keep_features` had it.
        """
        rows = self._database.rows(_FEATURES, (os.fsencode(library), body_sha256))
        return {row["lesson"]: (row["full"], row["quick"]) for row in rows}

    def looked_at(self, library: str, body_sha256: str) -> int:
        """Of how many lessons that hold the body was shown the photo."""
        rows = self._database.rows(_LOOKED_AT, (os.fsencode(library), body_sha256))
        return sum(count for (count,) in rows)

    def keep_features(self, body_sha256: str, rows: Mapping[int, tuple[bytes, bytes]]) -> None:
        """Keep the features of those lessons' photos, made by that body.

        Raises:
            JournalError: they cannot be written now.
        """
        with self._database.transaction():
            for lesson, (full, quick) in rows.items():
                self._database.execute(
                    "INSERT OR REPLACE INTO lesson_features VALUES (?, ?, ?, ?)",
                    (lesson, body_sha256, full, quick),
                )

    def note_mass_move(
        self,
        lessons: Collection[NewLesson],
        from_folder: tuple[str, ...],
        to_folder: tuple[str, ...],
        when: datetime,
    ) -> int:
        """The lessons, of one library and class, wait for the person's word; the move's id.

        Raises:
            JournalError: it cannot be written now.
        """
        first = next(iter(lessons))
        with self._database.transaction():
            cursor = self._database.execute(
                "INSERT INTO mass_moves (library, from_folder, to_folder, class, noticed_at)"
                " VALUES (?, ?, ?, ?, ?)",
                (
                    os.fsencode(first.library),
                    os.fsencode("/".join(from_folder)),
                    os.fsencode("/".join(to_folder)),
                    first.class_name,
                    time_text(when),
                ),
            )
            assert cursor.lastrowid is not None
            for lesson in lessons:
                self._insert(lesson, when, LessonState.ASKED, cursor.lastrowid)
        return cursor.lastrowid

    def mass_moves(self, library: str) -> list[MassMove]:
        """The mass moves that are to be asked about, the oldest first."""
        rows = self._database.rows(_MASS_MOVES, (os.fsencode(library),))
        return list(map(mass_move_of, rows))

    def accept(self, mass_move: int, when: datetime) -> int:
        """What waits of the mass move holds from now on; how many lessons that are.

        Raises:
            JournalError: it cannot be written now.
        """
        with self._database.transaction():
            asked = list(map(lesson_of, self._database.rows(_ASKED, (mass_move,))))
            for lesson in asked:
                for earlier in self._open_of(lesson):
                    if earlier.id != lesson.id:
                        self._end(earlier.id, LessonState.SUPERSEDED, when)
                self._database.execute(
                    "UPDATE lessons SET state = ?, given_at = ? WHERE id = ?",
                    (LessonState.ACTIVE, time_text(when), lesson.id),
                )
        return len(asked)

    def dismiss(self, mass_move: int, when: datetime) -> int:
        """What waits of the mass move teaches nothing; how many lessons that are not.

        Raises:
            JournalError: it cannot be written now.
        """
        asked = [row["id"] for row in self._database.rows(_ASKED, (mass_move,))]
        return self.withdraw(asked, when, LessonState.DISMISSED)

    def adopt(self, tables: Mapping[str, Iterable[Mapping[str, Any]]]) -> None:
        """Rows of another journal's tables of lessons are in this one, whose filings came first.

        A row that is too damaged to be one is passed over, and so is what a lost one belonged to.

        Raises:
            JournalError: it cannot be written now.
        """
        with self._database.transaction():
            for table in _TABLES:
                for row in tables.get(table, ()):
                    if not is_whole_row(table, row):
                        continue
                    with contextlib.suppress(JournalError):
                        self._database.execute(insert(row, "OR IGNORE", table), row)
            for statement in _UNLINK:
                self._database.execute(statement)

    def _give(self, lesson: NewLesson, when: datetime) -> int | None:
        before = self._open_of(lesson)
        held = [each for each in before if each.state is LessonState.ACTIVE]
        if held and (held[-1].class_name, held[-1].kind) == (lesson.class_name, lesson.kind):
            return None
        number = self._insert(lesson, when, LessonState.ACTIVE)
        for earlier in before:
            self._end(earlier.id, LessonState.SUPERSEDED, when)
        return number

    def _open_of(self, lesson: NewLesson) -> list[Lesson]:
        """The lessons of the same file that hold, or wait for a word."""
        found = self.of_file(lesson.library, lesson.path, lesson.identity, lesson.filing)
        return [each for each in found if each.state in {LessonState.ACTIVE, LessonState.ASKED}]

    def _insert(
        self, lesson: NewLesson, when: datetime, state: LessonState, mass_move: int | None = None
    ) -> int:
        values = {
            **file_columns(lesson.path, lesson.identity),
            "library": os.fsencode(lesson.library),
            "hash": lesson.content_hash,
            "filing": lesson.filing,
            "kind": lesson.kind,
            "class": lesson.class_name,
            "before": lesson.before,
            "when": time_text(when),
            "state": state,
            "mass_move": mass_move,
        }
        earlier = list(map(lesson_of, self._database.rows(_OF_FILE, values)))
        number = self._database.execute(_INSERT, values).lastrowid
        assert number is not None
        for each in reversed(earlier):
            if each.identity.has_same_bytes_as(lesson.identity):
                self._database.execute(_TAKE_FEATURES, (number, each.id))
        return number

    def _end(self, number: int, state: LessonState, when: datetime) -> int:
        return self._database.execute(_END, (state, time_text(when), number)).rowcount
