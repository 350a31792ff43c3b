"""The journal's SQLite file: its tables, its transactions, and its errors as sentences.

A fault that may pass (another program's lock, a full disk) becomes a JournalError and is tried
again; a damaged file becomes JournalDamaged and is replaced by a new journal.

A version of the schema is never changed once it has been used: a new version is a new step. All
steps that a journal lacks are one transaction, so after a power cut it has its version or today's,
and a new journal waits for the disk once and not for each step.
"""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from gallery_daemon.errors import GalleryError, JournalDamaged, JournalError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


_FAULTS = (sqlite3.Error, OSError)
_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})


class Database:
    """An open journal file of the current schema; for one thread."""

    def __init__(self, path: Path, *, read_only: bool, busy_s: float) -> None:
        """Open it, and make it unless `read_only`; wait `busy_s` seconds for others' writes.

        Raises:
            JournalDamaged: the file is damaged.
            GalleryError: it cannot be opened, or was made by a newer program.
        """
        self._path = path
        with as_journal_errors(path):
            self._connection = _connect(path, "ro" if read_only else "rwc", busy_s)
            try:
                if not read_only:
                    _bring_up_to_date(self._connection, str(path))
                elif not _is_current(self._connection):
                    # Only a connection that may write can bring an older one up to date.
                    Database(path, read_only=False, busy_s=busy_s).close()
            except BaseException:
                self._connection.close()
                raise

    def close(self) -> None:
        """The file is closed."""
        self._connection.close()

    def version(self) -> tuple[int, int]:
        """Numbers that change whenever the file's content does, by this program or another one.

        Raises:
            JournalError: the journal cannot be used now.
        """
        ((others,),) = self.rows("PRAGMA data_version")
        return others, self._connection.total_changes

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """At the end all that was written in the block is on disk; after an error, none of it."""
        with as_journal_errors(self._path):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                # SQLite may have rolled back itself, as on a full disk.
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def execute(self, statement: str, values: Any = ()) -> sqlite3.Cursor:  # noqa: ANN401 - SQLite's
        """Execute the statement."""
        try:
            return self._connection.execute(statement, values)
        except _FAULTS as error:
            raise _as_ours(error, self._path) from error

    def rows(self, statement: str, values: Any = ()) -> Iterator[sqlite3.Row]:  # noqa: ANN401
        """The rows of a query, read one by one."""
        try:
            yield from self._connection.execute(statement, values)
        except _FAULTS as error:
            raise _as_ours(error, self._path) from error


@contextmanager
def as_journal_errors(path: Path) -> Iterator[None]:
    """Errors of SQLite and of the system become JournalErrors.

    Raises:
        JournalDamaged: the file is damaged.
        JournalError: it cannot be used now.
    """
    try:
        yield
    except _FAULTS as error:
        raise _as_ours(error, path) from error


def _as_ours(error: sqlite3.Error | OSError, path: Path) -> JournalDamaged | JournalError:
    if getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGED:
        return JournalDamaged(
            f"the journal {path} is damaged: {error}",
            hint="`run` and `sort` set it aside and make a new one of what lies on disk",
        )
    # The system's errors without their number and file name.
    why = (getattr(error, "strerror", None) or str(error)).lower()
    return JournalError(
        f"the journal {path} cannot be used: {why}",
        hint="see that its folder can be written and the disk is not full",
    )


def _connect(path: Path, mode: str, busy_s: float) -> sqlite3.Connection:
    quoted = str(path.absolute()).replace("%", "%25").replace("?", "%3f").replace("#", "%23")
    connection = sqlite3.connect(f"file:{quoted}?mode={mode}", uri=True, timeout=busy_s)
    connection.isolation_level = None
    connection.row_factory = sqlite3.Row
    return connection


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
# The program that an intent belongs to, the copy it makes, and the row that an undo reverts.
_OWNERS_AND_UNDO = """
ALTER TABLE filings ADD COLUMN owner INTEGER;
ALTER TABLE filings ADD COLUMN made_inode INTEGER;
ALTER TABLE filings ADD COLUMN undoes INTEGER REFERENCES filings (id);
DROP INDEX filings_by_state;
CREATE INDEX filings_open ON filings (path) WHERE state IN ('intent', 'undoing');
CREATE INDEX filings_by_parent ON filings (parent) WHERE parent IS NOT NULL;
CREATE INDEX filings_in_trouble ON filings (state) WHERE state IN ('failed', 'quarantined');
"""
# The cache of inferences.
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
"""SQL for the four quarters of a picture's first 64 bits, as in the indexes."""
# The order in which photos were seen, and their fingerprints: 64 bits across, 64 down.
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
# A filing that moves on in the library is an open intent as well.
_REFILED = """
DROP INDEX filings_open;
CREATE INDEX filings_open ON filings (path) WHERE state IN ('intent', 'undoing', 'refiling');
CREATE INDEX filings_refiled ON filings (id) WHERE state = 'refiled';
"""
# How often such answers were right, and how near the photo is to what the model was taught.
_PRECISION_AND_FAMILIARITY = """
ALTER TABLE filings ADD COLUMN precision REAL;
ALTER TABLE filings ADD COLUMN familiarity REAL;
"""
# The folders that were made to file photos into, and so may be taken away when they are empty.
_MADE_FOLDERS = """
CREATE TABLE made_folders (
    library BLOB NOT NULL,
    folder BLOB NOT NULL,
    inode INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX made_folders_by_place ON made_folders (library, folder);
"""
# What was filed is known by its bytes, too; and where it was found again since.
_CONTENT = """
ALTER TABLE filings ADD COLUMN content_hash TEXT;
CREATE INDEX filings_by_content ON filings (size_bytes, content_hash)
WHERE content_hash IS NOT NULL;
CREATE TABLE recognised (
    filing INTEGER NOT NULL REFERENCES filings (id),
    path BLOB NOT NULL,
    inode INTEGER NOT NULL,
    size_bytes INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    library BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX recognised_by_path ON recognised (path, library);
CREATE INDEX recognised_by_inode ON recognised (inode, size_bytes, mtime_ns);
"""
# What lies in the library, by its place there.
_BY_PLACE = "CREATE INDEX filings_by_place ON filings (name, folder) WHERE state = 'filed'"
# The final name of a copy that is begun under it, where no rename would be safe.
_UNFINISHED = "ALTER TABLE filings ADD COLUMN unfinished BLOB"
# What the file might be done with, and by whom, where the library's disk cannot keep that.
_RIGHTS = """
ALTER TABLE filings ADD COLUMN mode INTEGER;
ALTER TABLE filings ADD COLUMN uid INTEGER;
ALTER TABLE filings ADD COLUMN gid INTEGER
"""
# Which look decided; those before were full ones.
_LOOK = "ALTER TABLE filings ADD COLUMN look TEXT"
# What people said of photos, what the network's body made of those, and moves that are asked about.
_LESSONS = """
CREATE TABLE mass_moves (
    id INTEGER PRIMARY KEY,
    library BLOB NOT NULL,
    from_folder BLOB NOT NULL,
    to_folder BLOB NOT NULL,
    class TEXT NOT NULL,
    noticed_at TEXT NOT NULL
) STRICT;
CREATE TABLE lessons (
    id INTEGER PRIMARY KEY,
    library BLOB NOT NULL,
    path BLOB NOT NULL,
    device INTEGER NOT NULL,
    inode INTEGER NOT NULL,
    size_bytes INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    content_hash TEXT,
    filing INTEGER REFERENCES filings (id),
    kind TEXT NOT NULL,
    class TEXT NOT NULL,
    before TEXT,
    given_at TEXT NOT NULL,
    state TEXT NOT NULL,
    ended_at TEXT,
    mass_move INTEGER REFERENCES mass_moves (id)
) STRICT;
CREATE INDEX lessons_by_filing ON lessons (filing) WHERE filing IS NOT NULL;
CREATE INDEX lessons_by_path ON lessons (path, size_bytes, mtime_ns);
CREATE INDEX lessons_by_inode ON lessons (inode, size_bytes, mtime_ns);
CREATE INDEX lessons_by_mass_move ON lessons (mass_move) WHERE mass_move IS NOT NULL;
CREATE TABLE lesson_features (
    lesson INTEGER NOT NULL REFERENCES lessons (id),
    body TEXT NOT NULL,
    full BLOB NOT NULL,
    quick BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX lesson_features_by_lesson ON lesson_features (lesson, body);
CREATE INDEX filings_by_made_inode ON filings (made_inode, size_bytes)
WHERE made_inode IS NOT NULL;
"""
# The class that a person said, where that decided; and what waits for a person's word.
_SAID = """
ALTER TABLE filings ADD COLUMN said TEXT;
CREATE INDEX filings_in_review ON filings (library, state, id)
WHERE outcome = 'uncertain' AND state IN ('filed', 'left') AND parent IS NULL;
"""
# What a person asks of a whole library is answered from this index alone, without the wide rows. No
# other question says `id > 0`, so none is led here, where its rows would not come in their order.
# And which shots of one scene a person wants, so that nobody is asked twice.
_OVERVIEW = """
CREATE INDEX filings_overview
ON filings (
    library, state, class, said, source, taken, outcome, rule, confidence, parent
)
WHERE parent IS NULL AND id > 0;
CREATE TABLE settled_groups (
    id INTEGER PRIMARY KEY,
    library BLOB NOT NULL,
    settled_at TEXT NOT NULL
) STRICT;
CREATE TABLE settled_photos (
    settled_group INTEGER NOT NULL REFERENCES settled_groups (id),
    path BLOB NOT NULL,
    size_bytes INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    is_kept INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX settled_photos_by_path ON settled_photos (path, settled_group);
CREATE INDEX settled_photos_by_group ON settled_photos (settled_group);
"""
_STEPS = (
    _FIRST,
    _OWNERS_AND_UNDO,
    _LOOKS,
    _SEEN,
    _REFILED,
    _PRECISION_AND_FAMILIARITY,
    _MADE_FOLDERS,
    _CONTENT,
    _BY_PLACE,
    _UNFINISHED,
    _RIGHTS,
    _LOOK,
    _LESSONS,
    _SAID,
    _OVERVIEW,
)
_VERSION = len(_STEPS)


def _is_current(database: sqlite3.Connection) -> bool:
    """Whether the journal has the tables of this program's version."""
    return _version_of(database) == _VERSION


def _bring_up_to_date(database: sqlite3.Connection, name: str) -> None:
    """The journal has the tables of this program's version, with all its rows.

    Raises:
        GalleryError: a newer version of this program made it.
        sqlite3.Error: it cannot be written, or is damaged.
    """
    if _version_of(database) > _VERSION:
        raise GalleryError(
            f"the journal {name} was made by a newer gallery-daemon", hint="update gallery-daemon"
        )
    database.execute("PRAGMA journal_mode = WAL")
    # Every commit survives a power cut: an intent must be on disk before its act.
    database.execute("PRAGMA synchronous = FULL")
    if _version_of(database) < _VERSION:
        _take_steps(database)


def _take_steps(database: sqlite3.Connection) -> None:
    """Those to this program's version, unless another program took them a moment ago."""
    database.execute("BEGIN IMMEDIATE")
    try:
        version = _version_of(database)
        for step in _STEPS[version:]:
            for statement in step.split(";"):
                database.execute(statement)
        # Never down again: a newer program may have been that other one.
        database.execute(f"PRAGMA user_version = {max(version, _VERSION)}")
        database.execute("COMMIT")
    except BaseException:
        database.execute("ROLLBACK")
        raise


def _version_of(database: sqlite3.Connection) -> int:
    (version,) = database.execute("PRAGMA user_version").fetchone()
    return int(version)
