"""The journal among several programs, and what it remembers of a file."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from gallery_daemon.decision import Action, OnConflict
from gallery_daemon.errors import AlreadyFiled
from gallery_daemon.filing.disk import Disk
from gallery_daemon.filing.recover import recover
from gallery_daemon.journal.claims import AlreadyClaimed
from gallery_daemon.journal.journal import Journal
from gallery_daemon.journal.query import Query
from gallery_daemon.journal.record import Intent, JournalEntry, State
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
    entry = JournalEntry(
        world.photo(name), state, intent=Intent(Action.COPY, ("Memes",), name, "token")
    )
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
        with pytest.raises(AlreadyClaimed):
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
        entry = JournalEntry(world.photo("x.jpg"), State.FAILED, "no permission")
        world.journal.record(entry, os.fspath(world.library), NOW + timedelta(days=day))
    failed = world.journal.find(Query())

    world.execute(world.plan("x.jpg", Action.MOVE))

    assert [State.FAILED] == [row.state for row in failed]
    assert [State.FILED] == [row.state for row in world.journal.find(Query())]


def close(world: World, row: int, state: State, name: str = "x.jpg") -> None:
    """The intent ends so."""
    world.journal.close_intent(row, state, action="copy", name=name, reason=None)


def test_an_intent_is_open_until_it_is_closed(world: World) -> None:
    """Its row then has what was really done; it is closed once."""
    make_files(world.watch, {"x.jpg": b"photo"})
    row = intent(world, "x.jpg")
    begun = [each.id for each in world.journal.open_intents()]

    world.journal.close_intent(
        row, State.FILED, action="hardlink", name="x (2).jpg", reason="a\udcff"
    )
    world.journal.close_intent(row, State.FAILED, action=None, name=None, reason=None)

    found = world.journal.existing_row(row)
    assert ([row], []) == (begun, world.journal.open_intents())
    assert (State.FILED, "hardlink", "x (2).jpg") == (found.state, found.action, found.name)
    assert "a\\udcff" == found.reason


def test_only_an_open_intent_is_forgotten(world: World) -> None:
    """What is done stays in the journal."""
    make_files(world.watch, {"x.jpg": b"photo", "y.jpg": b"another"})
    done, open_ = intent(world, "x.jpg"), intent(world, "y.jpg")
    close(world, done, State.FILED)

    for row in (done, open_):
        world.journal.forget(row)

    assert [done] == [row.id for row in world.journal.newest_first()]


def test_an_inode_is_written_only_for_the_same_bytes(world: World) -> None:
    """A file that was changed is another one."""
    make_files(world.watch, {"x.jpg": b"photo"})
    row = intent(world, "x.jpg")
    close(world, row, State.FILED)
    was = world.journal.existing_row(row).identity
    moved = replace(was, device=7, inode=2**64 - 1)

    world.journal.update_inode(row, replace(moved, size_bytes=9))
    unchanged = world.journal.existing_row(row).identity
    world.journal.update_inode(row, moved)

    assert (was, moved) == (unchanged, world.journal.existing_row(row).identity)


def test_the_copy_s_inode_is_noted_before_it_has_its_name(world: World) -> None:
    """Of 64 bits without a sign."""
    make_files(world.watch, {"x.jpg": b"photo"})
    row = intent(world, "x.jpg")

    world.journal.copied(row, 2**64 - 5, None)

    assert 2**64 - 5 == world.journal.existing_row(row).made_inode


def test_a_name_is_noted_as_unfinished_until_its_file_is_whole(world: World) -> None:
    """Or until it turns out that it was taken, or the intent has ended."""
    make_files(world.watch, {"x.jpg": b"photo"})
    row = intent(world, "x.jpg")
    seen = []
    for note in (("x\udcff.jpg", None), (None, None), ("x (2).jpg", 2**64 - 7)):
        world.journal.unfinished(row, *note)
        now = world.journal.existing_row(row)
        assert now.made_inode is None
        seen.append((now.unfinished, now.begun_inode))
    world.journal.copied(row, 7, None)
    whole = world.journal.existing_row(row)
    world.journal.unfinished(row, "x (3).jpg", None)
    close(world, row, State.ABANDONED)

    assert [("x\udcff.jpg", None), (None, None), ("x (2).jpg", 2**64 - 7)] == seen
    assert (7, None, None) == (whole.made_inode, whole.unfinished, whole.begun_inode)
    assert world.journal.existing_row(row).unfinished is None


def test_rows_of_a_damaged_journal_are_adopted_as_far_as_they_are_rows(world: World) -> None:
    """Each once; a state that there is not, or a column of the wrong type, is no row."""
    make_files(world.watch, {"x.jpg": b"photo"})
    close(world, intent(world, "x.jpg"), State.FILED)
    with sqlite3.connect(world.journal_path) as database:
        database.row_factory = sqlite3.Row
        row = dict(database.execute("SELECT * FROM filings").fetchone())
    database.close()
    other = Journal(world.home / "other.sqlite3")

    other.adopt(
        [
            row,
            row | {"name": b"twice.jpg"},
            row | {"id": 2, "state": "gone"},
            row | {"id": 3, "inode": "many"},
            row | {"id": 4, "name": b"y.jpg"},
        ]
    )

    found = [(each.id, each.name) for each in other.newest_first()]
    other.close()
    assert [(4, "y.jpg"), (1, "x.jpg")] == found


def test_photos_are_found_by_how_their_path_began(world: World) -> None:
    """Bytes, not letters; sidecars and what was left are none."""
    names = ("a\udcff1.jpg", "a\udcff2.jpg", "a\udcfe.jpg", "b.jpg")
    make_files(world.watch, dict.fromkeys(names, b"photo"))
    for name in names:
        os.utime(world.watch / name, ns=(1, names.index(name)))
        world.execute(world.plan(name, Action.COPY))

    found = world.journal.filed_from(f"{world.watch}/a\udcff", os.fspath(world.library))

    assert list(names[:2]) == [row.relative for row in found]
    assert [] == world.journal.filed_from(f"{world.watch}/a\udcff", "/another")


def test_a_library_is_used_once_something_is_filed_into_it(world: World) -> None:
    """What was left does not count, nor another library."""
    make_files(world.watch, {"x.jpg": b"photo", "y.jpg": b"another"})
    library = os.fspath(world.library)
    world.journal.record(JournalEntry(world.photo("y.jpg"), State.LEFT), library, NOW)
    before = world.journal.has_used(library)

    world.execute(world.plan("x.jpg", Action.COPY))

    assert (False, True) == (before, world.journal.has_used(library))
    assert not world.journal.has_used(f"{library}2")


def test_a_reason_may_name_what_is_not_utf_8(world: World) -> None:
    """The name's bytes are spelled out in the journal; nothing ends for it."""
    name = os.fsdecode(b"br\xffken.jpg")
    make_files(world.watch, {name: b"photo"})
    make_files(world.library, {f"Memes/{name}": b"another"})

    world.execute(world.plan(name, Action.MOVE, on_conflict=OnConflict.SKIP))
    entry = JournalEntry(world.photo(name), State.LEFT, f"as {name}")
    world.journal.record(entry, os.fspath(world.library), NOW)

    left, skipped = world.journal.find(Query())
    assert "as br\\udcffken.jpg" == left.reason
    assert "br\\udcffken.jpg exists" in (skipped.reason or "")
