"""What models saw in files: a cache of inferences.

A file is known here as everywhere in the journal: by path, size and mtime, or, renamed, by its
inode; never by the device. A path has one inference for each model, so a photo that changes
replaces its inference. An entry is not worth a sync of its own, so many share a transaction: what
is lost is inferred again. With an inference goes the photo's fingerprint, which `seen` keeps.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from gallery_daemon.journal.record import signed
from gallery_daemon.journal.seen import SeenTable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gallery_daemon.journal.database import Database
    from gallery_daemon.journal.record import CacheEntry
    from gallery_daemon.photo import Identity, Photo

_WRITE_INFERENCE = """
INSERT OR REPLACE INTO looks (path, inode, size_bytes, mtime_ns, model, look)
VALUES (?, ?, ?, ?, ?, ?)
"""
# Two SELECTs and not one with OR, so that each uses an index of its own.
_RECALL_INFERENCE = """
SELECT path, look FROM looks WHERE path = ?1 AND size_bytes = ?3 AND mtime_ns = ?4 AND model = ?5
UNION ALL
SELECT path, look FROM looks WHERE inode = ?2 AND size_bytes = ?3 AND mtime_ns = ?4 AND model = ?5
LIMIT 1
"""
_RECALL_ANY = """
SELECT path, look, rowid AS place FROM looks
WHERE path = ?1 AND size_bytes = ?3 AND mtime_ns = ?4
UNION
SELECT path, look, rowid FROM looks WHERE inode = ?2 AND size_bytes = ?3 AND mtime_ns = ?4
ORDER BY place DESC
"""
# A photo that was moved into the library is gone from its path, and may be filed anew.
_UNFILED = """
SELECT DISTINCT path FROM looks WHERE NOT EXISTS (
    SELECT 1 FROM filings WHERE filings.path = looks.path AND state = 'filed'
)
"""
_FORGET_INFERENCE = "DELETE FROM looks WHERE path = ?"


class InferenceTable:
    """The cached inferences of an open journal."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.seen = SeenTable(database)

    def recall(self, photo: Photo, model: str) -> tuple[str, str] | None:
        """The path that the file had when `model` saw it, and the text; None if it did not."""
        identity = photo.identity
        shape = identity.size_bytes, identity.mtime_ns
        asked = (os.fsencode(photo.path), signed(identity.inode), *shape, model)
        for path, text in self._database.rows(_RECALL_INFERENCE, asked):
            return os.fsdecode(path), text
        return None

    def of_any_model(self, photo: Photo) -> Iterator[tuple[str, str]]:
        """The paths and texts of the file, whichever model saw it, the latest first."""
        identity = photo.identity
        shape = identity.size_bytes, identity.mtime_ns
        asked = (os.fsencode(photo.path), signed(identity.inode), *shape)
        for path, text, _ in self._database.rows(_RECALL_ANY, asked):
            yield os.fsdecode(path), text

    def remember(self, entries: Iterable[tuple[str, Identity, CacheEntry]]) -> None:
        """The entries, each of a path and its file, are written in one transaction.

        Raises:
            JournalError: they cannot be written now.
        """
        with self._database.transaction():
            for path, identity, entry in entries:
                self.write(path, identity, entry)

    def write(self, path: str, identity: Identity, entry: CacheEntry) -> None:
        """The entry is written, within the caller's transaction."""
        shape = signed(identity.inode), identity.size_bytes, identity.mtime_ns
        self._database.execute(
            _WRITE_INFERENCE, (os.fsencode(path), *shape, entry.model, entry.text)
        )
        if entry.fingerprint is not None:
            self.seen.write(path, identity, entry.fingerprint)

    def unfiled(self) -> Iterator[str]:
        """The paths of the entries whose file is in no library."""
        return (os.fsdecode(path) for (path,) in self._database.rows(_UNFILED))

    def forget(self, paths: Iterable[str]) -> None:
        """No entry is left for these paths, and no photo counts as seen there.

        Raises:
            JournalError: it cannot be written now.
        """
        with self._database.transaction():
            for path in paths:
                self._database.execute(_FORGET_INFERENCE, (os.fsencode(path),))
                self.seen.forget(path)
