"""The journal among several programs, and what it remembers of a file."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from gallery_daemon.decision import Action
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
