"""The journal among several programs, over versions, and when its file cannot be used."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from gallery_daemon.decision import Action
from gallery_daemon.errors import AlreadyFiled, JournalDamaged, JournalError
from gallery_daemon.filing.place import Disk
from gallery_daemon.filing.recover import recover
from gallery_daemon.journal.claims import Claimed
from gallery_daemon.journal.journal import Journal
from gallery_daemon.journal.query import Query
from gallery_daemon.journal.record import Entry, Intent, Note, State
from tests.faults.conftest import mounted
from tests.filing.conftest import NOW, World, make_files, read_files

# A program of its own that makes an intent and lives until its input ends.
_ANOTHER = """
import sys
from pathlib import Path
from tests.filing.conftest import World
from tests.journal.test_journal import intent
from gallery_daemon.journal.journal import Journal
home = Path(sys.argv[1])
world = World(home, home / "library", Journal(home / "journal.sqlite3"))
intent(world, "x.jpg")
print("ready", flush=True)
sys.stdin.read()
"""


def intent(world: World, name: str, state: State = State.INTENT) -> int:
    """An intent to copy the file, as it stands in the journal before the act."""
    entry = Entry(world.photo(name), state, intent=Intent(Action.COPY, ("Memes",), name, "token"))
    return world.journal.record(entry, os.fspath(world.library), NOW)


@pytest.fixture
def another(world: World) -> subprocess.Popen[str]:
    """Another program in the middle of filing x.jpg."""
    make_files(world.watch, {"x.jpg": b"photo"})
    make_files(world.library, {"Memes/.gallery-daemon-token.part": b"pho"})
    root = Path(__file__).resolve().parents[2]
    process = subprocess.Popen(
        [sys.executable, "-c", _ANOTHER, os.fspath(world.home)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=root,
    )
    assert process.stdout is not None
    assert "ready\n" == process.stdout.readline()
    return process


def test_what_another_program_is_in_the_middle_of_is_its_own(
    world: World, another: subprocess.Popen[str]
) -> None:
    """Its half-made copy is not cleared up and its photo not filed, until it is gone."""
    with another:
        early = recover(world.journal, world.disk)
        with pytest.raises(Claimed):
            world.execute(world.plan("x.jpg", Action.MOVE))
        half_made = list((world.library / "Memes").iterdir())
        another.kill()

    late = recover(world.journal, world.disk)

    assert ([], 1) == (early, len(half_made))
    assert ["it lies where it was"] == [recovered.result for recovered in late]
    assert [] == list((world.library / "Memes").iterdir())
    world.execute(world.plan("x.jpg", Action.MOVE))


def test_a_photo_that_another_program_has_filed_is_not_filed_again(world: World) -> None:
    """Between the look into the journal and the act there is no gap."""
    make_files(world.watch, {"x.jpg": b"photo"})
    plan = world.plan("x.jpg", Action.HARDLINK)
    other = World(world.home, world.library, Journal(world.journal_path), Disk())
    other.execute(plan)
    other.journal.close()

    with pytest.raises(AlreadyFiled):
        world.execute(plan)

    assert ["Memes/x.jpg"] == list(read_files(world.library))


def test_an_old_failure_is_forgotten_when_it_is_tried_again(world: World) -> None:
    """A photo that fails for a year has one row, and none once it is filed."""
    make_files(world.watch, {"x.jpg": b"photo"})
    for day in range(3):
        entry = Entry(world.photo("x.jpg"), State.FAILED, "no permission")
        world.journal.record(entry, os.fspath(world.library), NOW + timedelta(days=day))
    failed = world.journal.find(Query())

    world.execute(world.plan("x.jpg", Action.MOVE))

    assert [State.FAILED] == [row.state for row in failed]
    assert [State.FILED] == [row.state for row in world.journal.find(Query())]


def test_a_question_finds_what_fits(world: World) -> None:
    """By time, class, rule, name and state, the newest first; the limit counts what fits."""
    make_files(world.watch, {f"IMG_{number}.jpg": bytes([number]) for number in range(5)})
    for number in range(5):
        world.execute(world.plan(f"IMG_{number}.jpg", Action.COPY))
    make_files(world.watch, {"x.jpg": b"photo"})
    entry = Entry(world.photo("x.jpg"), State.LEFT, "no rule matched")
    world.journal.record(entry, os.fspath(world.library), NOW + timedelta(hours=1))

    def found(query: Query) -> list[str]:
        return [row.relative for row in world.journal.find(query)]

    assert ["x.jpg", "IMG_4.jpg"] == found(Query(limit=2))
    assert ["IMG_3.jpg"] == found(Query(names=("img_3*",), limit=1))
    assert ["x.jpg"] == found(Query(since=NOW + timedelta(minutes=1)))
    assert 5 == len(found(Query(before=NOW + timedelta(minutes=1))))
    assert 5 == len(found(Query(top_class="memes", rule="memes", states=(State.FILED,))))
    assert [] == found(Query(top_class="cars"))


_BACK_TO = {
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
}


@pytest.mark.parametrize("version", _BACK_TO)
def test_an_older_journal_is_brought_up_to_date(tmp_path: Path, version: int) -> None:
    """Its rows are there, who only reads gets them too, and new ones can be written."""
    world = World(tmp_path, tmp_path / "library", Journal(tmp_path / "journal.sqlite3"))
    make_files(world.watch, {"x.jpg": b"photo", "y.jpg": b"another"})
    world.library.mkdir()
    world.execute(world.plan("x.jpg", Action.COPY))
    world.journal.close()
    with sqlite3.connect(tmp_path / "journal.sqlite3") as database:
        database.executescript(_BACK_TO[version])
    database.close()

    reader = Journal(tmp_path / "journal.sqlite3", read_only=True)
    rows = reader.find(Query())
    reader.close()

    assert ["x.jpg"] == [row.relative for row in rows]
    world.journal = Journal(tmp_path / "journal.sqlite3")
    plan = replace(world.plan("y.jpg", Action.COPY), note=Note("m@00000000", "{}"))
    world.execute(plan)
    assert 2 == len(world.journal.find(Query()))
    assert (plan.photo.path, "{}") == world.journal.looks.recall(plan.photo, "m@00000000")
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
    """No number of an error, and no name of a file that nobody knows: what, and why."""
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
