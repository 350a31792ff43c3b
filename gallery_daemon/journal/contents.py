"""What is known by its bytes, where path, inode or mtime are others than they were.

A clock that changes shifts every mtime on a FAT card by an hour, a restored backup has new ones, a
mount may number its inodes anew, and a folder moves to another disk. The bytes stay, so an ended
row has their hash, or that of their ends (`filing.content` says when). Whoever compares it
(`journey.known_files`) notes what the file is called and numbered now, so that it is compared once
and not at every listing.
"""

from __future__ import annotations

import os
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Final

from gallery_daemon.journal.record import Row, State, row_of, signed
from gallery_daemon.journal.sql import SELECT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gallery_daemon.journal.database import Database
    from gallery_daemon.photo import Identity

OF_ENDS: Final = "ends:"
"""What the hash of a file's first and last 64 KiB begins with, in the journal."""


class DigestKind(Enum):
    """Of which bytes a hash is."""

    # In this order they are asked for: the cheap one first. SQL that is true of a hash so made, in
    # ranges of the index: of the digits only `f` is above `ends:`.
    ENDS = f"(content_hash >= '{OF_ENDS}' AND content_hash < 'f')"
    WHOLE = f"(content_hash < '{OF_ENDS}' OR content_hash >= 'f')"

    @classmethod
    def of(cls, content_hash: str) -> DigestKind:
        """The kind of a hash as it is in the journal."""
        return cls.ENDS if content_hash.startswith(OF_ENDS) else cls.WHOLE


_IN_LIBRARY = "size_bytes = ? AND library = ?"
# What an older program filed has no hash, but perhaps a file in the library to compare with.
_UNHASHED = f"{_IN_LIBRARY} AND path = ? AND content_hash IS NULL AND state = '{State.FILED}'"
_RECOGNISE = """
INSERT OR REPLACE INTO recognised (filing, path, inode, size_bytes, mtime_ns, library)
VALUES (:filing, :path, :inode, :size, :mtime, :library)
"""
# What models saw at the path is of this file only if that was seen before its mtime changed.
_AS_BEFORE = """
SET inode = :inode, mtime_ns = :mtime WHERE path = :path AND size_bytes = :size AND mtime_ns IN (
    :before, (SELECT mtime_ns FROM recognised WHERE path = :path AND filing = :filing)
)
"""
_SEEN_AGAIN = (f"UPDATE looks {_AS_BEFORE}", f"UPDATE seen {_AS_BEFORE}")
_RECOGNISED = """
SELECT filings.* FROM recognised JOIN filings ON filings.id = recognised.filing
WHERE recognised.path = ? AND recognised.size_bytes = ? AND recognised.mtime_ns = ?
AND recognised.library = ?
"""
_WAS_AT = "SELECT 1 FROM recognised WHERE filing = ? AND path = ?"
_HASHED = "UPDATE filings SET content_hash = ? WHERE id = ? AND content_hash IS NULL"


@cache
def _kinds(states: str) -> str:
    """SQL for each kind of hash: whether a file of a size in a library has one."""
    ended = f"size_bytes = ?1 AND library = ?2 AND state IN ({states})"
    found = (
        f"EXISTS (SELECT 1 FROM filings WHERE {ended} AND {kind.value})"  # noqa: S608 - our own words
        for kind in DigestKind
    )
    return f"SELECT {', '.join(found)}"


class ContentTable:
    """The hashes in an open journal, and the files that were recognised by them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def kinds_of_size(self, size_bytes: int, library: str, states: str) -> frozenset[DigestKind]:
        """The kinds of hash that the journal has of files of that size in one of `states`."""
        (found,) = self._database.rows(_kinds(states), (size_bytes, os.fsencode(library)))
        return frozenset(kind for kind, is_there in zip(DigestKind, found, strict=True) if is_there)

    def rows(self, size_bytes: int, content_hash: str, library: str, states: str) -> Iterator[Row]:
        """The files with these bytes that are in one of `states`; those that are filed first."""
        where = (
            f"WHERE {_IN_LIBRARY} AND content_hash = ? AND state IN ({states})"
            f" ORDER BY state = '{State.FILED}' DESC, id DESC"
        )
        asked = size_bytes, os.fsencode(library), content_hash
        return map(row_of, self._database.rows(SELECT + where, asked))

    def unhashed(self, path: str, size_bytes: int, library: str) -> Iterator[Row]:
        """The filings of a file of that path and size whose hash is not known, the newest first."""
        asked = size_bytes, os.fsencode(library), os.fsencode(path)
        where = f"WHERE {_UNHASHED} ORDER BY id DESC"
        return map(row_of, self._database.rows(SELECT + where, asked))

    def recognised_at(self, path: str, identity: Identity, library: str) -> Row | None:
        """The row of the file that was recognised there and has not changed since."""
        asked = os.fsencode(path), identity.size_bytes, identity.mtime_ns, os.fsencode(library)
        found = next(self._database.rows(_RECOGNISED, asked), None)
        return None if found is None else row_of(found)

    def was_at(self, row: Row, path: str) -> bool:
        """Whether the row's file was filed from there, or was recognised there once."""
        asked = row.id, os.fsencode(path)
        return row.path == path or next(self._database.rows(_WAS_AT, asked), None) is not None

    def recognise(self, row: Row, content_hash: str, path: str, identity: Identity) -> None:
        """The row's file is at `path` and is so identified, from now on.

        Raises:
            JournalError: it cannot be written now.
        """
        file = {
            "filing": row.id,
            "path": os.fsencode(path),
            "inode": signed(identity.inode),
            "size": identity.size_bytes,
            "mtime": identity.mtime_ns,
            "library": os.fsencode(row.library),
            "before": row.identity.mtime_ns,
        }
        with self._database.transaction():
            self._database.execute(_HASHED, (content_hash, row.id))
            if row.path == path:
                for statement in _SEEN_AGAIN:
                    self._database.execute(statement, file)
            self._database.execute(_RECOGNISE, file)
