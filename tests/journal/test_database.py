"""The journal's file: its schema and columns, over versions, and when it cannot be used."""

from __future__ import annotations

import re
import sqlite3
import subprocess
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.decision import (
    Action,
    Check,
    Decision,
    Destination,
    OnConflict,
    Outcome,
    TraceEntry,
    Truth,
)
from gallery_daemon.errors import GalleryError, JournalDamaged, JournalError
from gallery_daemon.journal.database import Database
from gallery_daemon.journal.journal import Journal
from gallery_daemon.journal.query import Query
from gallery_daemon.journal.record import (
    CacheEntry,
    Fingerprint,
    Intent,
    JournalEntry,
    Rights,
    State,
)
from gallery_daemon.photo import Candidate, Facts, Identity, LookKind, Photo, Prediction
from tests.faults.conftest import mounted
from tests.filing.conftest import NOW, World, make_files

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA = {
    "filings": """CREATE TABLE filings (
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
, owner INTEGER, made_inode INTEGER, undoes INTEGER REFERENCES filings (id)"""
    """, precision REAL, familiarity REAL, content_hash TEXT, unfinished BLOB"""
    """, mode INTEGER, uid INTEGER, gid INTEGER, look TEXT, said TEXT) STRICT""",
    "filings_in_review": (
        "CREATE INDEX filings_in_review ON filings (library, state, id)"
        "\nWHERE outcome = 'uncertain' AND state IN ('filed', 'left') AND parent IS NULL"
    ),
    "filings_overview": (
        "CREATE INDEX filings_overview"
        "\nON filings (\n    library, state, class, said, source, taken, outcome, rule, confidence,"
        " parent\n)"
        "\nWHERE parent IS NULL AND id > 0"
    ),
    "settled_groups": """CREATE TABLE settled_groups (
    id INTEGER PRIMARY KEY,
    library BLOB NOT NULL,
    settled_at TEXT NOT NULL
) STRICT""",
    "settled_photos": """CREATE TABLE settled_photos (
    settled_group INTEGER NOT NULL REFERENCES settled_groups (id),
    path BLOB NOT NULL,
    size_bytes INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    is_kept INTEGER NOT NULL
) STRICT""",
    "settled_photos_by_path": (
        "CREATE UNIQUE INDEX settled_photos_by_path ON settled_photos (path, settled_group)"
    ),
    "settled_photos_by_group": (
        "CREATE INDEX settled_photos_by_group ON settled_photos (settled_group)"
    ),
    "filings_by_content": (
        "CREATE INDEX filings_by_content ON filings (size_bytes, content_hash)"
        "\nWHERE content_hash IS NOT NULL"
    ),
    "recognised": """CREATE TABLE recognised (
    filing INTEGER NOT NULL REFERENCES filings (id),
    path BLOB NOT NULL,
    inode INTEGER NOT NULL,
    size_bytes INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    library BLOB NOT NULL
) STRICT""",
    "recognised_by_path": "CREATE UNIQUE INDEX recognised_by_path ON recognised (path, library)",
    "recognised_by_inode": (
        "CREATE INDEX recognised_by_inode ON recognised (inode, size_bytes, mtime_ns)"
    ),
    "filings_by_path": "CREATE INDEX filings_by_path ON filings (path, size_bytes, mtime_ns)",
    "filings_by_inode": "CREATE INDEX filings_by_inode ON filings (inode, size_bytes, mtime_ns)",
    "filings_by_parent": (
        "CREATE INDEX filings_by_parent ON filings (parent) WHERE parent IS NOT NULL"
    ),
    "filings_in_trouble": (
        "CREATE INDEX filings_in_trouble ON filings (state)"
        " WHERE state IN ('failed', 'quarantined')"
    ),
    "filings_open": (
        "CREATE INDEX filings_open ON filings (path)"
        " WHERE state IN ('intent', 'undoing', 'refiling')"
    ),
    "filings_by_place": (
        "CREATE INDEX filings_by_place ON filings (name, folder) WHERE state = 'filed'"
    ),
    "filings_refiled": "CREATE INDEX filings_refiled ON filings (id) WHERE state = 'refiled'",
    "looks": """CREATE TABLE looks (
    path BLOB NOT NULL,
    inode INTEGER NOT NULL,
    size_bytes INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    model TEXT NOT NULL,
    look TEXT NOT NULL
) STRICT""",
    "looks_by_path": "CREATE UNIQUE INDEX looks_by_path ON looks (path, model)",
    "looks_by_inode": "CREATE INDEX looks_by_inode ON looks (inode, size_bytes, mtime_ns)",
    "seen": """CREATE TABLE seen (
    number INTEGER PRIMARY KEY,
    path BLOB NOT NULL,
    inode INTEGER NOT NULL,
    size_bytes INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    across INTEGER,
    down INTEGER,
    taken_ms INTEGER,
    burst TEXT
) STRICT""",
    "mass_moves": """CREATE TABLE mass_moves (
    id INTEGER PRIMARY KEY,
    library BLOB NOT NULL,
    from_folder BLOB NOT NULL,
    to_folder BLOB NOT NULL,
    class TEXT NOT NULL,
    noticed_at TEXT NOT NULL
) STRICT""",
    "lessons": """CREATE TABLE lessons (
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
) STRICT""",
    "lessons_by_filing": (
        "CREATE INDEX lessons_by_filing ON lessons (filing) WHERE filing IS NOT NULL"
    ),
    "lessons_by_path": "CREATE INDEX lessons_by_path ON lessons (path, size_bytes, mtime_ns)",
    "lessons_by_inode": "CREATE INDEX lessons_by_inode ON lessons (inode, size_bytes, mtime_ns)",
    "lessons_by_mass_move": (
        "CREATE INDEX lessons_by_mass_move ON lessons (mass_move) WHERE mass_move IS NOT NULL"
    ),
    "lesson_features": """CREATE TABLE lesson_features (
    lesson INTEGER NOT NULL REFERENCES lessons (id),
    body TEXT NOT NULL,
    full BLOB NOT NULL,
    quick BLOB NOT NULL
) STRICT""",
    "lesson_features_by_lesson": (
        "CREATE UNIQUE INDEX lesson_features_by_lesson ON lesson_features (lesson, body)"
    ),
    "filings_by_made_inode": (
        "CREATE INDEX filings_by_made_inode ON filings (made_inode, size_bytes)"
        "\nWHERE made_inode IS NOT NULL"
    ),
    "made_folders": """CREATE TABLE made_folders (
    library BLOB NOT NULL,
    folder BLOB NOT NULL,
    inode INTEGER NOT NULL
) STRICT""",
    "made_folders_by_place": (
        "CREATE UNIQUE INDEX made_folders_by_place ON made_folders (library, folder)"
    ),
    "seen_by_path": "CREATE UNIQUE INDEX seen_by_path ON seen (path)",
    "seen_by_inode": "CREATE INDEX seen_by_inode ON seen (inode, size_bytes, mtime_ns)",
    "seen_by_time": "CREATE INDEX seen_by_time ON seen (taken_ms) WHERE taken_ms IS NOT NULL",
    "seen_by_burst": "CREATE INDEX seen_by_burst ON seen (burst) WHERE burst IS NOT NULL",
} | {
    f"seen_by_quarter_{number}": (
        f"CREATE INDEX seen_by_quarter_{number} ON seen (((across >> {bits}) & 65535))"
        " WHERE across IS NOT NULL"
    )
    for number, bits in enumerate((0, 16, 32, 48), 1)
}


WITHOUT_OVERVIEW = (
    "DROP INDEX filings_overview; DROP TABLE settled_photos; DROP TABLE settled_groups; "
)
WITHOUT_SAID = (
    f"{WITHOUT_OVERVIEW}DROP INDEX filings_in_review; ALTER TABLE filings DROP COLUMN said; "
)
WITHOUT_LESSONS = (
    f"{WITHOUT_SAID}DROP TABLE lesson_features; DROP TABLE lessons; DROP TABLE mass_moves;"
    " DROP INDEX filings_by_made_inode; "
)
WITHOUT_LOOK = f"{WITHOUT_LESSONS}ALTER TABLE filings DROP COLUMN look; "
WITHOUT_RIGHTS = WITHOUT_LOOK + "".join(
    f"ALTER TABLE filings DROP COLUMN {name}; " for name in ("mode", "uid", "gid")
)
WITHOUT_UNFINISHED = f"{WITHOUT_RIGHTS}ALTER TABLE filings DROP COLUMN unfinished; "
WITHOUT_PLACES = f"{WITHOUT_UNFINISHED}DROP INDEX filings_by_place; "
WITHOUT_CONTENT = (
    f"{WITHOUT_PLACES}DROP TABLE recognised; DROP INDEX filings_by_content;"
    " ALTER TABLE filings DROP COLUMN content_hash;"
)
WITHOUT_SHARES = (
    "ALTER TABLE filings DROP COLUMN precision; ALTER TABLE filings DROP COLUMN familiarity;"
)

WITHOUT_FOLDERS = "DROP TABLE made_folders;"


def schema_of(path: Path) -> dict[str, str]:
    """The SQL of every table and index in the file, by name."""
    with closing(sqlite3.connect(path)) as database:
        return dict(database.execute("SELECT name, sql FROM sqlite_master"))


def test_the_schema_of_a_new_journal(tmp_path: Path) -> None:
    """Byte for byte: journals of this version are read by every later one."""
    path = tmp_path / "journal.sqlite3"
    Journal(path).close()

    assert SCHEMA == schema_of(path)
    with closing(sqlite3.connect(path)) as database:
        assert (15,) == database.execute("PRAGMA user_version").fetchone()
        assert ("wal",) == database.execute("PRAGMA journal_mode").fetchone()


def test_the_words_for_what_became_of_a_file() -> None:
    """They are in the journals of all versions, so each keeps its meaning."""
    words = "intent undoing refiling filed identical skipped left quarantined failed abandoned"

    assert [*words.split(), "undo", "undone", "refiled"] == list(State)


TRACE = (TraceEntry("memes", Truth.YES, (Check("class: memes", Truth.YES, "class is memes"),)),)
DESTINATION = Destination(("Memes", "b\udcfe"), "a.jpg", Action.COPY, OnConflict.DEDUPE, True)
PHOTO = Photo(
    Candidate("phone", "/in\udcff", "x/a.jpg"), Identity(2**64 - 1, 2**63, 3, -4), NOW
)  # fmt: skip
ENTRY = JournalEntry(
    PHOTO,
    State.INTENT,
    reason="a\udcff is odd",
    decision=Decision(Outcome.RULE, "memes", DESTINATION, TRACE),
    facts=Facts.unread(NOW),
    prediction=Prediction(
        {"memes": 0.75, "cars": 0.25}, "default@00000000", 0.875, 0.5, LookKind.QUICK
    ),
    intent=Intent(
        "copy", DESTINATION.folder, "a.jpg", "token", parent=7, rights=Rights(0o600, 1000, 100)
    ),
    cache_entry=CacheEntry("default@00000000", '{"a":1}', Fingerprint(2**127 + 1, 5, "B")),
    said="cars",
)


def test_the_columns_of_a_row(tmp_path: Path) -> None:
    """Byte for byte: paths as bytes, unsigned numbers as signed ones, the trace as JSON."""
    path = tmp_path / "journal.sqlite3"
    with closing(Journal(path)) as journal:
        number = journal.record(ENTRY, "/lib\udcff", NOW)
        owner = journal.existing_row(number).owner

    with closing(sqlite3.connect(path)) as database:
        database.row_factory = sqlite3.Row
        row = dict(database.execute("SELECT * FROM filings").fetchone())
        look = tuple(database.execute("SELECT * FROM looks").fetchone())
        seen = tuple(database.execute("SELECT * FROM seen").fetchone())

    trace = (
        '[{"rule":"memes","truth":"yes","checks":[{"condition":"class: memes",'
        '"truth":"yes","reason":"class is memes"}]}]'
    )
    assert {
        "id": 1, "parent": 7, "decided_at": "2026-03-04T12:00:00.000+00:00", "source": "phone",
        "root": b"/in\xff", "relative": b"x/a.jpg", "path": b"/in\xff/x/a.jpg",
        "device": -1, "inode": -(2**63), "size_bytes": 3, "mtime_ns": -4,
        "library": b"/lib\xff", "state": "intent", "reason": "a\\udcff is odd",
        "outcome": "rule", "rule": "memes", "trace": trace, "class": "memes", "confidence": 0.75,
        "probabilities": '{"memes": 0.75, "cars": 0.25}', "model": "default@00000000",
        "taken": "2026-03-04T12:00:00+00:00", "taken_from": "mtime",
        "action": "copy", "folder": b"Memes/b\xfe", "name": b"a.jpg", "token": "token",
        "owner": owner, "made_inode": None, "undoes": None, "precision": 0.875, "familiarity": 0.5,
        "content_hash": None, "unfinished": None, "mode": 0o600, "uid": 1000, "gid": 100,
        "look": "quick", "said": "cars",
    } == row  # fmt: skip
    shape = (b"/in\xff/x/a.jpg", -(2**63), 3, -4)
    assert (*shape, "default@00000000", '{"a":1}') == look
    assert (1, *shape, -(2**63), 1, 5, "B") == seen


def test_a_row_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    """Names with broken UTF-8 and the largest inode numbers too."""
    with closing(Journal(tmp_path / "journal.sqlite3")) as journal:
        row = journal.existing_row(journal.record(ENTRY, "/lib\udcff", NOW))

    assert (PHOTO.candidate, PHOTO.identity) == (row.candidate, row.identity)
    assert "/lib\udcff/Memes/b\udcfe/a.jpg" == row.destination
    assert Rights(0o600, 1000, 100) == row.rights
    assert ("memes", 0.75, 0.875, 0.5, LookKind.QUICK, "token", 7, "cars") == (
        row.top_class, row.confidence, row.precision, row.familiarity, row.look, row.token,
        row.parent, row.said,
    )  # fmt: skip


@pytest.mark.parametrize("version", range(1, 15))
def test_an_older_journal_gets_the_same_schema(tmp_path: Path, version: int) -> None:
    """Whatever version it had, its tables and indexes are those of a new one."""
    path = tmp_path / "journal.sqlite3"
    Journal(path).close()
    with closing(sqlite3.connect(path)) as database:
        database.executescript(BACK_TO[version])

    Journal(path).close()

    found = schema_of(path)
    assert {name: re.sub(r"[\s,]+", " ", sql) for name, sql in SCHEMA.items()} == {
        name: re.sub(r"[\s,]+", " ", sql) for name, sql in found.items()
    }


def test_a_journal_of_a_newer_program_is_not_touched(tmp_path: Path) -> None:
    """It may hold what this program does not understand."""
    path = tmp_path / "journal.sqlite3"
    Journal(path).close()
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA user_version = 99")

    with pytest.raises(GalleryError) as refused:
        Journal(path)

    assert f"the journal {path} was made by a newer gallery-daemon" == refused.value.sentence
    assert "update gallery-daemon" == refused.value.hint


def test_what_fails_in_a_transaction_is_not_written(tmp_path: Path) -> None:
    """All of it or nothing; what follows is written again."""
    with closing(Database(tmp_path / "j", read_only=False, busy_s=1)) as database:
        insert = "INSERT INTO looks VALUES (x'00', 1, 1, 1, ?, '')"
        with pytest.raises(JournalError):
            _write(database, insert, "a", None)
        _write(database, insert, "b")

        assert ["b"] == [row["model"] for row in database.rows("SELECT * FROM looks")]


def _write(database: Database, insert: str, *models: str | None) -> None:
    with database.transaction():
        for model in models:
            database.execute(insert, (model,))


def test_a_journal_that_is_only_read_is_not_made(tmp_path: Path) -> None:
    """Nor is its folder, and no lock is taken."""
    with pytest.raises(JournalError):
        Journal(tmp_path / "state" / "journal.sqlite3", read_only=True)

    assert [] == list(tmp_path.iterdir())


BACK_TO = {
    1: """
        DROP TABLE looks;
        DROP TABLE seen;
        DROP INDEX filings_refiled;
        DROP INDEX filings_open;
        DROP INDEX filings_by_parent;
        DROP INDEX filings_in_trouble;
        CREATE INDEX filings_by_state ON filings (state);
        ALTER TABLE filings DROP COLUMN owner;
        ALTER TABLE filings DROP COLUMN undoes;
        ALTER TABLE filings DROP COLUMN made_inode;
        PRAGMA user_version = 1;
    """,
    2: """
        DROP TABLE looks;
        DROP TABLE seen;
        DROP INDEX filings_refiled;
        PRAGMA user_version = 2;
    """,
    3: "DROP TABLE seen; DROP INDEX filings_refiled; PRAGMA user_version = 3;",
    4: "DROP INDEX filings_refiled; PRAGMA user_version = 4;",
    5: "PRAGMA user_version = 5;",
}
"""SQL that takes away what the versions after this one have added."""
for _version, _script in BACK_TO.items():
    BACK_TO[_version] = WITHOUT_CONTENT + WITHOUT_SHARES + WITHOUT_FOLDERS + _script
BACK_TO[6] = f"{WITHOUT_CONTENT} {WITHOUT_FOLDERS} PRAGMA user_version = 6;"
BACK_TO[7] = f"{WITHOUT_CONTENT} PRAGMA user_version = 7;"
BACK_TO[8] = f"{WITHOUT_PLACES} PRAGMA user_version = 8;"
BACK_TO[9] = f"{WITHOUT_UNFINISHED} PRAGMA user_version = 9;"
BACK_TO[10] = f"{WITHOUT_RIGHTS} PRAGMA user_version = 10;"
BACK_TO[11] = f"{WITHOUT_LOOK} PRAGMA user_version = 11;"
BACK_TO[12] = f"{WITHOUT_LESSONS} PRAGMA user_version = 12;"
BACK_TO[13] = f"{WITHOUT_SAID} PRAGMA user_version = 13;"
BACK_TO[14] = f"{WITHOUT_OVERVIEW} PRAGMA user_version = 14;"


@pytest.mark.parametrize("version", BACK_TO)
def test_an_older_journal_is_brought_up_to_date(tmp_path: Path, version: int) -> None:
    """Its rows are there, who only reads gets them too, and new ones can be written."""
    world = World(tmp_path, tmp_path / "library", Journal(tmp_path / "journal.sqlite3"))
    make_files(world.watch, {"x.jpg": b"photo", "y.jpg": b"another"})
    world.library.mkdir()
    world.execute(world.plan("x.jpg", Action.COPY))
    world.journal.close()
    with sqlite3.connect(tmp_path / "journal.sqlite3") as database:
        database.executescript(BACK_TO[version])
    database.close()

    reader = Journal(tmp_path / "journal.sqlite3", read_only=True)
    rows = reader.find(Query())
    reader.close()

    assert ["x.jpg"] == [row.relative for row in rows]
    world.journal = Journal(tmp_path / "journal.sqlite3")
    plan = replace(world.plan("y.jpg", Action.COPY), cache_entry=CacheEntry("m@00000000", "{}"))
    world.execute(plan)
    assert 2 == len(world.journal.find(Query()))
    assert (plan.photo.path, "{}") == world.journal.inferences.recall(plan.photo, "m@00000000")
    world.journal.close()


def test_a_locked_journal_is_a_fault_that_passes(world: World) -> None:
    """After the wait it is one sentence, nothing is done without an intent, and later it works."""
    make_files(world.watch, {"x.jpg": b"photo"})
    other = sqlite3.connect(world.journal_path, isolation_level=None)
    world.journal.close()
    world.journal = Journal(world.journal_path, busy_s=0.05)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(JournalError, match="locked"):
        world.execute(world.plan("x.jpg", Action.MOVE))
    other.execute("ROLLBACK")
    other.close()

    assert not (world.library / "Memes").exists()
    world.execute(world.plan("x.jpg", Action.MOVE))


def test_a_journal_on_a_read_only_disk_is_told_in_words(tmp_path: Path) -> None:
    """No number of an error, and no name of an internal file: what failed, and why."""
    folder = tmp_path / "state"
    Journal(folder / "journal.sqlite3").close()
    with mounted("none", str(folder), folder, "bind"):
        subprocess.run(["mount", "-o", "remount,bind,ro", folder], check=True)
        with pytest.raises(JournalError) as refused:
            Journal(folder / "journal.sqlite3")

    why = "cannot be used: read-only file system"
    assert f"the journal {folder}/journal.sqlite3 {why}" == refused.value.sentence


@pytest.mark.parametrize("garbage", [b"", b"SQLite format 3\0" + bytes(200), b"garbage" * 1000])
def test_a_file_that_is_no_journal_is_damaged_and_not_overwritten(
    tmp_path: Path, garbage: bytes
) -> None:
    """An empty file is a new journal; any other that SQLite cannot read stays as it is."""
    path = tmp_path / "journal.sqlite3"
    path.write_bytes(garbage)

    if garbage:
        with pytest.raises(JournalDamaged):
            Journal(path)
        assert garbage == path.read_bytes()
    else:
        Journal(path).close()
