"""The journal's tables, and how an older journal becomes one of today.

A version is never changed once it has been used: a new one is a new step, and each step is one
transaction, so that a power cut leaves the journal at one version or the next.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gallery_daemon.errors import GalleryError

if TYPE_CHECKING:
    import sqlite3

_FIRST = """
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
# Whose intent it is; which file it makes; what an undo takes back; who travelled with whom.
_OWNERS_AND_UNDO = """
ALTER TABLE filings ADD COLUMN owner INTEGER;
ALTER TABLE filings ADD COLUMN made_inode INTEGER;
ALTER TABLE filings ADD COLUMN undoes INTEGER REFERENCES filings (id);
DROP INDEX filings_by_state;
CREATE INDEX filings_open ON filings (path) WHERE state IN ('intent', 'undoing');
CREATE INDEX filings_by_parent ON filings (parent) WHERE parent IS NOT NULL;
CREATE INDEX filings_in_trouble ON filings (state) WHERE state IN ('failed', 'quarantined');
"""
# What a model saw in a file, so that a second look needs none.
_LOOKS = """
CREATE TABLE looks (
    path BLOB NOT NULL,
    inode INTEGER NOT NULL,
    size_bytes INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    model TEXT NOT NULL,
    look TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX looks_by_path ON looks (path, model);
CREATE INDEX looks_by_inode ON looks (inode, size_bytes, mtime_ns);
"""
QUARTER = 0xFFFF
QUARTERS = tuple(f"((across >> {bits}) & {QUARTER})" for bits in (0, 16, 32, 48))
"""The four quarters of a picture's first half, as the indexes have them."""
# In which order photos were seen, and what they are recognised by: 64 bits across, 64 down.
_SEEN = f"""
CREATE TABLE seen (
    number INTEGER PRIMARY KEY,
    path BLOB NOT NULL,
    inode INTEGER NOT NULL,
    size_bytes INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    across INTEGER,
    down INTEGER,
    taken_ms INTEGER,
    burst TEXT
) STRICT;
CREATE UNIQUE INDEX seen_by_path ON seen (path);
CREATE INDEX seen_by_inode ON seen (inode, size_bytes, mtime_ns);
CREATE INDEX seen_by_time ON seen (taken_ms) WHERE taken_ms IS NOT NULL;
CREATE INDEX seen_by_burst ON seen (burst) WHERE burst IS NOT NULL;
CREATE INDEX seen_by_quarter_1 ON seen ({QUARTERS[0]}) WHERE across IS NOT NULL;
CREATE INDEX seen_by_quarter_2 ON seen ({QUARTERS[1]}) WHERE across IS NOT NULL;
CREATE INDEX seen_by_quarter_3 ON seen ({QUARTERS[2]}) WHERE across IS NOT NULL;
CREATE INDEX seen_by_quarter_4 ON seen ({QUARTERS[3]}) WHERE across IS NOT NULL;
INSERT INTO seen (path, inode, size_bytes, mtime_ns)
SELECT path, inode, size_bytes, mtime_ns FROM (
    SELECT path, inode, size_bytes, mtime_ns, max(rowid) AS latest FROM looks GROUP BY path
) ORDER BY latest;
"""  # noqa: S608 - our own words
# What is filed anew is open for a while, and so may be what was to follow it.
_REFILED = """
DROP INDEX filings_open;
CREATE INDEX filings_open ON filings (path) WHERE state IN ('intent', 'undoing', 'refiling');
CREATE INDEX filings_refiled ON filings (id) WHERE state = 'refiled';
"""
_STEPS = (_FIRST, _OWNERS_AND_UNDO, _LOOKS, _SEEN, _REFILED)
VERSION = len(_STEPS)


def is_current(database: sqlite3.Connection) -> bool:
    """Whether the open journal has today's tables."""
    return _version_of(database) == VERSION


def bring_up_to_date(database: sqlite3.Connection, name: str) -> None:
    """The journal has today's tables, with all that it held.

    Raises:
        GalleryError: a newer program made it.
        sqlite3.Error: it cannot be written, or is damaged.
    """
    if _version_of(database) > VERSION:
        raise GalleryError(
            f"the journal {name} was made by a newer gallery-daemon", hint="update gallery-daemon"
        )
    database.execute("PRAGMA journal_mode = WAL")
    # Every commit survives a power cut: the intent must be on disk before the act.
    database.execute("PRAGMA synchronous = FULL")
    while _version_of(database) < VERSION:
        _step(database)


def _step(database: sqlite3.Connection) -> None:
    """One version further, unless another program has gone there a moment before."""
    database.execute("BEGIN IMMEDIATE")
    try:
        version = _version_of(database)
        if version < VERSION:
            for statement in _STEPS[version].split(";"):
                database.execute(statement)
            database.execute(f"PRAGMA user_version = {version + 1}")
        database.execute("COMMIT")
    except BaseException:
        database.execute("ROLLBACK")
        raise


def _version_of(database: sqlite3.Connection) -> int:
    (version,) = database.execute("PRAGMA user_version").fetchone()
    return int(version)
