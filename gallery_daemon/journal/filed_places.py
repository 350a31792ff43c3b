"""Filed photos by where their files lie in the library: at their place, or carried away from it.

Whoever walks the library asks of a hundred files at once which are at home; that is nearly all of
them. Each of the others is asked for by its inode, then by its name and by its mtime. An inode may
be another file's by now, and two photos may share name or mtime, so whoever asks compares more.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from gallery_daemon.journal.record import Row, State, row_of, signed
from gallery_daemon.journal.sql import OPEN

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gallery_daemon.journal.database import Database
    from gallery_daemon.photo import Identity

_FILES_A_QUERY: Final = 100
_ROWS: Final = ", ".join(f"({number}, ?, ?, ?, ?, ?)" for number in range(_FILES_A_QUERY))
# The text must say `state = 'filed'`, or the index of places would not be used. CROSS JOIN keeps
# the order, in which each file is one look into it.
_AT_HOME: Final = f"""
WITH asked (number, name, folder, inode, size, mtime) AS (VALUES {_ROWS})
SELECT DISTINCT asked.number FROM asked CROSS JOIN filings
ON filings.name = asked.name AND filings.folder = asked.folder
WHERE filings.state = 'filed' AND filings.library = ? AND (
    filings.inode = asked.inode OR filings.made_inode = asked.inode
    OR (filings.size_bytes = asked.size AND filings.mtime_ns = asked.mtime)
    OR filings.action = 'symlink'
)
"""  # noqa: S608 - our own words
_PHOTO: Final = "library = :library AND parent IS NULL"
_STANDING: Final = f"state IN ('{State.FILED}', '{State.REFILED}')"
# SELECTs and not one with OR, so that each uses an index of its own. A copy that was refiled has
# its inode in the row of the filing before.
_BY_INODE: Final = f"""
SELECT * FROM filings WHERE inode = :inode AND {_PHOTO} AND {_STANDING}
UNION
SELECT * FROM filings WHERE made_inode = :inode AND {_PHOTO} AND {_STANDING}
ORDER BY id DESC
"""  # noqa: S608 - our own words
_ALIKE: Final = f"""
SELECT * FROM filings WHERE name = :name AND state = 'filed' AND size_bytes = :size AND {_PHOTO}
UNION
SELECT * FROM filings WHERE size_bytes = :size AND content_hash IS NOT NULL AND mtime_ns = :mtime
AND state = 'filed' AND {_PHOTO}
ORDER BY id DESC
"""  # noqa: S608 - our own words
_OF_LINK: Final = f"""
SELECT * FROM filings WHERE path = :target AND action = 'symlink' AND state = 'filed' AND {_PHOTO}
ORDER BY id DESC
"""  # noqa: S608 - our own words
_BELOW: Final = f"""
SELECT * FROM filings WHERE state = 'filed' AND (folder = :folder OR folder >= :first
AND folder < :last) AND {_PHOTO} ORDER BY id
"""  # noqa: S608 - our own words
# Those of a row are of the same file, or of its place in the library; few are open at any time.
_IS_OPEN: Final = f"SELECT 1 FROM filings WHERE state IN ({OPEN}) AND undoes = ? LIMIT 1"  # noqa: S608 - our own words


class FiledPlaces:
    """What an open journal knows of the files in one library."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def at_home(
        self, library: str, files: Sequence[tuple[tuple[str, ...], str, Identity]]
    ) -> set[int]:
        """The indexes of the files (folder, name, identity) that lie where they were filed.

        One that was edited there may be missing.
        """
        return {
            start + number
            for start in range(0, len(files), _FILES_A_QUERY)
            for number in self._at_home(library, files[start : start + _FILES_A_QUERY])
        }

    def by_inode(self, library: str, inode: int) -> list[Row]:
        """The photos that have, or had before they were refiled, a file of that inode."""
        return self._rows(_BY_INODE, library, inode=signed(inode))

    def alike(self, library: str, name: str, identity: Identity) -> list[Row]:
        """The filed photos of the same size that have the same name or mtime, the latest first."""
        return self._rows(
            _ALIKE,
            library,
            name=os.fsencode(name),
            size=identity.size_bytes,
            mtime=identity.mtime_ns,
        )

    def of_link(self, library: str, target: str) -> list[Row]:
        """The photos that were filed as a symbolic link to `target`, the latest first."""
        return self._rows(_OF_LINK, library, target=os.fsencode(target))

    def below(self, library: str, folder: tuple[str, ...]) -> Iterator[Row]:
        """The photos that were filed into the folder or below it, read one by one."""
        name = os.fsencode("/".join(folder))
        asked = {"folder": name, "first": name + b"/", "last": name + b"0"}  # 0 comes after /
        asked["library"] = os.fsencode(library)
        return map(row_of, self._database.rows(_BELOW, asked))

    def is_being_changed(self, row: Row) -> bool:
        """Whether its undo or its refiling is begun and not ended."""
        return any(self._database.rows(_IS_OPEN, (row.id,)))

    def _at_home(
        self, library: str, files: Sequence[tuple[tuple[str, ...], str, Identity]]
    ) -> list[int]:
        values: list[bytes | int | None] = []
        for folder, name, identity in files:
            values += (os.fsencode(name), os.fsencode("/".join(folder)), signed(identity.inode))
            values += (identity.size_bytes, identity.mtime_ns)
        # NULL equals nothing, so the places beyond the files match no row.
        values += (None,) * (5 * (_FILES_A_QUERY - len(files)))
        values.append(os.fsencode(library))
        return [row["number"] for row in self._database.rows(_AT_HOME, values)]

    def _rows(self, question: str, library: str, **asked: bytes | int) -> list[Row]:
        values = {"library": os.fsencode(library), **asked}
        return list(map(row_of, self._database.rows(question, values)))
