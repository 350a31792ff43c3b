"""What models saw in files, remembered beside the filings: a second look at a file needs no model.

A file is known here as it is everywhere in the journal: by path, size and mtime, or, renamed, by
its inode; never by the device. A path has one look for each model, so a photo that changes takes
the place of what it was. Nothing here is worth a sync of its own: what is lost is seen anew. With
a look goes what the photo is recognised by among those `seen`.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from gallery_daemon.journal.columns import signed
from gallery_daemon.journal.seen import SeenTable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gallery_daemon.journal.database import Database
    from gallery_daemon.journal.record import Note
    from gallery_daemon.photo import Identity, Photo

_WRITE = """
INSERT OR REPLACE INTO looks (path, inode, size_bytes, mtime_ns, model, look)
VALUES (?, ?, ?, ?, ?, ?)
"""
# Two questions and not one with OR, so that each is answered by an index of its own.
_RECALL = """
SELECT path, look FROM looks WHERE path = ?1 AND size_bytes = ?3 AND mtime_ns = ?4 AND model = ?5
UNION ALL
SELECT path, look FROM looks WHERE inode = ?2 AND size_bytes = ?3 AND mtime_ns = ?4 AND model = ?5
LIMIT 1
"""
# A photo that was moved into the library is gone from its path, and may be filed anew from there.
_UNFILED = """
SELECT DISTINCT path FROM looks WHERE NOT EXISTS (
    SELECT 1 FROM filings WHERE filings.path = looks.path AND state = 'filed'
)
"""
_FORGET = "DELETE FROM looks WHERE path = ?"


class LookTable:
    """The looks in an open journal."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.seen = SeenTable(database)

    def recall(self, photo: Photo, model: str) -> tuple[str, str] | None:
        """The path that the file had when the model saw it, and the note's text; None if never."""
        identity = photo.identity
        shape = identity.size_bytes, identity.mtime_ns
        asked = (os.fsencode(photo.path), signed(identity.inode), *shape, model)
        for path, text in self._database.rows(_RECALL, asked):
            return os.fsdecode(path), text
        return None

    def remember(self, notes: Iterable[tuple[str, Identity, Note]]) -> None:
        """The notes are written down, in one transaction.

        Raises:
            JournalError: they cannot be written now.
        """
        with self._database.transaction():
            for path, identity, note in notes:
                self.write(path, identity, note)

    def write(self, path: str, identity: Identity, note: Note) -> None:
        """The note is written within the caller's transaction."""
        shape = signed(identity.inode), identity.size_bytes, identity.mtime_ns
        self._database.execute(_WRITE, (os.fsencode(path), *shape, note.model, note.text))
        if note.sign is not None:
            self.seen.write(path, identity, note.sign)

    def unfiled(self) -> Iterator[str]:
        """The paths of the looks whose file does not lie in a library."""
        return (os.fsdecode(path) for (path,) in self._database.rows(_UNFILED))

    def forget(self, paths: Iterable[str]) -> None:
        """No look at these paths is remembered.

        Raises:
            JournalError: it cannot be written now.
        """
        with self._database.transaction():
            for path in paths:
                self._database.execute(_FORGET, (os.fsencode(path),))
                self.seen.forget(path)
