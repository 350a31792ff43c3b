"""Groups of like shots about which a person was asked, and which of them the person wants.

A photo is known here by its path when it was filed, size and mtime, as its filing has them: those
stay however often it is filed anew. Nothing is done with any file.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gallery_daemon.journal.database import Database
    from gallery_daemon.journal.record import Row

_OF = "path = ? AND size_bytes = ? AND mtime_ns = ?"
_GROUPS_OF: Final = f"""
SELECT settled_group FROM settled_photos JOIN settled_groups ON id = settled_group
WHERE {_OF} AND library = ?
"""  # noqa: S608 - our own words
_LATEST: Final = """
SELECT * FROM settled_groups WHERE library = ? AND id < ? ORDER BY id DESC LIMIT ?
"""
_PHOTOS: Final = """
SELECT filings.id, is_kept FROM settled_photos JOIN filings ON filings.path = settled_photos.path
AND filings.size_bytes = settled_photos.size_bytes AND filings.mtime_ns = settled_photos.mtime_ns
WHERE settled_group = ? AND filings.library = ? AND state = 'filed' ORDER BY filings.id
"""
_MOST = (1 << 63) - 1


@dataclass(frozen=True, slots=True)
class SettledGroup:
    """A group, and what was said of it: `photos` are its filings that stand, and which are kept."""

    id: int
    settled_at: datetime
    photos: tuple[tuple[int, bool], ...]


class SettledGroups:
    """The groups of an open journal that were asked about."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def settle(self, library: str, rows: Iterable[Row], kept: Iterable[int], when: datetime) -> int:
        """The photos of those filings were looked at together, and those of `kept` are wanted.

        Gives the number by which it can be taken back.

        Raises:
            JournalError: it cannot be written now.
        """
        wanted = set(kept)
        with self._database.transaction():
            cursor = self._database.execute(
                "INSERT INTO settled_groups (library, settled_at) VALUES (?, ?)",
                (os.fsencode(library), when.isoformat(timespec="milliseconds")),
            )
            for row in rows:
                self._database.execute(
                    "INSERT OR IGNORE INTO settled_photos VALUES (?, ?, ?, ?, ?)",
                    (cursor.lastrowid, *_file(row), row.id in wanted),
                )
        assert cursor.lastrowid is not None
        return cursor.lastrowid

    def take_back(self, number: int) -> bool:
        """Nothing was said of the group; whether anything had been.

        Raises:
            JournalError: it cannot be written now.
        """
        with self._database.transaction():
            self._database.execute("DELETE FROM settled_photos WHERE settled_group = ?", (number,))
            ended = self._database.execute("DELETE FROM settled_groups WHERE id = ?", (number,))
        return ended.rowcount > 0

    def is_settled(self, library: str, rows: Iterable[Row]) -> bool:
        """Whether all these photos were looked at together before."""
        common: set[int] | None = None
        for row in rows:
            asked = (*_file(row), os.fsencode(library))
            groups = {number for (number,) in self._database.rows(_GROUPS_OF, asked)}
            common = groups if common is None else common & groups
            if not common:
                return False
        return common is not None

    def latest(self, library: str, limit: int, before: int = _MOST) -> list[SettledGroup]:
        """The groups settled last, the latest first."""
        asked = os.fsencode(library), before, limit
        return [
            SettledGroup(
                each["id"],
                datetime.fromisoformat(each["settled_at"]),
                tuple(
                    (number, bool(is_kept))
                    for number, is_kept in self._database.rows(
                        _PHOTOS, (each["id"], os.fsencode(library))
                    )
                ),
            )
            for each in list(self._database.rows(_LATEST, asked))
        ]


def _file(row: Row) -> tuple[bytes, int, int]:
    return os.fsencode(row.path), row.identity.size_bytes, row.identity.mtime_ns
