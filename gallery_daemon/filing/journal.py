"""The journal: what shall be done, before it is done, and what became of every file.

SQLite in WAL mode with full syncs: once an intent is recorded, it survives a power cut. There is
never a transaction around an act, because a crash would then roll back the memory of deeds that
stay done. One row a file, sidecars too. Paths are bytes, as the file system has them.

A file is known by its path, size and mtime, or, renamed, by its inode; never by the device number,
which changes from mount to mount.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING

from gallery_daemon.errors import GalleryError
from gallery_daemon.filing.columns import columns_of, row_of, signed
from gallery_daemon.filing.record import FINAL_STATES, Entry, Row, State

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from gallery_daemon.photo import Identity

_VERSION = 1
_SCHEMA = """
CREATE TABLE filings (
    id INTEGER PRIMARY KEY,
    parent INTEGER REFERENCES filings (id),
    decided_at TEXT NOT NULL,
    source TEXT NOT NULL,
    root BLOB NOT NULL,
    relative BLOB NOT NULL,
    path BLOB NOT NULL,
    device INTEGER NOT NULL,
    inode INTEGER NOT NULL,
    size_bytes INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    library BLOB NOT NULL,
    state TEXT NOT NULL,
    reason TEXT,
    outcome TEXT,
    rule TEXT,
    trace TEXT,
    class TEXT,
    confidence REAL,
    probabilities TEXT,
    model TEXT,
    taken TEXT,
    taken_from TEXT,
    action TEXT,
    folder BLOB,
    name BLOB,
    token TEXT
) STRICT;
CREATE INDEX filings_by_path ON filings (path, size_bytes, mtime_ns);
CREATE INDEX filings_by_inode ON filings (inode, size_bytes, mtime_ns);
CREATE INDEX filings_by_state ON filings (state) WHERE state = 'intent';
"""
# Another process's write is waited for this long: a `sort` beside the daemon is no error.
_BUSY_S = 10.0
_FINAL = ", ".join(f"'{state}'" for state in FINAL_STATES)
_KNOWN = f"""
SELECT 1 FROM filings WHERE library = :library AND state IN ({_FINAL})
    AND size_bytes = :size AND mtime_ns = :mtime AND %s LIMIT 1
"""  # noqa: S608 - the states are our own words


class Journal:
    """An open journal; for one thread."""

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        """Open it, and make it unless `read_only`.

        Raises:
            GalleryError: it cannot be opened, is damaged, or was made by a newer program.
        """
        self._path = path
        with self._in_sentences():
            if read_only:
                self._database = sqlite3.connect(
                    f"file:{_quoted(path)}?mode=ro", uri=True, timeout=_BUSY_S
                )
            else:
                path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                self._database = sqlite3.connect(path, timeout=_BUSY_S)
            self._database.isolation_level = None
            self._database.row_factory = sqlite3.Row
            self._set_up(read_only=read_only)

    def close(self) -> None:
        """No more is read or written."""
        self._database.close()

    def is_known(self, path: str, identity: Identity, library: str) -> bool:
        """Whether this very file came to an end already, under this name or another."""
        values = {
            "library": os.fsencode(library),
            "size": identity.size_bytes,
            "mtime": identity.mtime_ns,
            "path": os.fsencode(path),
            "inode": signed(identity.inode),
        }
        with self._in_sentences():
            return any(
                self._database.execute(_KNOWN % by, values).fetchone()
                for by in ("path = :path", "inode = :inode")
            )

    def has_used(self, library: str) -> bool:
        """Whether anything was ever filed into the library."""
        return bool(
            self._rows("WHERE library = ? AND state = 'filed' LIMIT 1", os.fsencode(library))
        )

    def record(self, entry: Entry, library: str, when: datetime) -> int:
        """The entry is on disk; its row's number."""
        values = columns_of(entry) | {
            "library": os.fsencode(library),
            "decided_at": when.isoformat(timespec="milliseconds"),
        }
        names, marks = ", ".join(values), ", ".join(f":{name}" for name in values)
        with self._in_sentences():
            cursor = self._database.execute(
                f"INSERT INTO filings ({names}) VALUES ({marks})",  # noqa: S608 - our own names
                values,
            )
        assert cursor.lastrowid is not None
        return cursor.lastrowid

    def close_intent(
        self, row: int, state: State, *, action: str | None, name: str | None, reason: str | None
    ) -> None:
        """The intent came to `state`; `action` is what was really done, `name` the one taken."""
        with self._in_sentences():
            self._database.execute(
                "UPDATE filings SET state = ?, action = coalesce(?, action), name = ?, reason = ?"
                " WHERE id = ? AND state = 'intent'",
                (state, action, name and os.fsencode(name), reason, row),
            )

    def open_intents(self) -> list[Row]:
        """What was begun and not ended, the oldest first."""
        return self._rows("WHERE state = 'intent' ORDER BY id")

    def history(self, limit: int) -> list[Row]:
        """The latest rows, the newest first."""
        return self._rows("WHERE state != 'intent' ORDER BY id DESC LIMIT ?", limit)

    def latest_of(self, path: str, library: str) -> Row | None:
        """The latest row of a file that lay at `path`, whatever it was then."""
        rows = self._rows(
            "WHERE path = ? AND library = ? AND state != 'intent' ORDER BY id DESC LIMIT 1",
            os.fsencode(path),
            os.fsencode(library),
        )
        return rows[0] if rows else None

    def filed_from(self, prefix: str, library: str) -> list[Row]:
        """Photos that were filed and whose path began so, the latest last."""
        start = os.fsencode(prefix)
        # All paths that begin with some bytes lie in one stretch of the index.
        return self._rows(
            "WHERE path >= ? AND path < ? AND library = ? AND state = 'filed' AND parent IS NULL"
            " ORDER BY id",
            start,
            start + b"\xff",
            os.fsencode(library),
        )

    def _rows(self, clause: str, *values: object) -> list[Row]:
        with self._in_sentences():
            found = self._database.execute(f"SELECT * FROM filings {clause}", values)  # noqa: S608
            return [row_of(columns) for columns in found]

    def _set_up(self, *, read_only: bool) -> None:
        (version,) = self._database.execute("PRAGMA user_version").fetchone()
        if version > _VERSION:
            raise GalleryError(
                f"the journal {self._path} was made by a newer gallery-daemon",
                hint="update gallery-daemon",
            )
        if read_only:
            return
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute("PRAGMA synchronous = FULL")
        if version == 0:
            self._database.executescript(
                f"BEGIN IMMEDIATE; {_SCHEMA} PRAGMA user_version = {_VERSION}; COMMIT;"
            )

    @contextmanager
    def _in_sentences(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise GalleryError(
                f"the journal {self._path} cannot be used: {error}",
                hint="see that its folder can be written and the disk is not full",
            ) from error


def _quoted(path: Path) -> str:
    return str(path.absolute()).replace("%", "%25").replace("?", "%3f").replace("#", "%23")
