"""Whose intent it is, and who may begin."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.errors import AlreadyFiled
from gallery_daemon.journal.claims import AlreadyClaimed, Owner
from gallery_daemon.journal.journal import Journal
from gallery_daemon.journal.record import Intent, JournalEntry, State
from tests.filing.conftest import NOW, World, make_files

if TYPE_CHECKING:
    from pathlib import Path

# A program that owns a number until its input ends.
_OWNER = """
import sys
from pathlib import Path
from gallery_daemon.journal.claims import Owner
print(Owner(Path(sys.argv[1])).number, flush=True)
sys.stdin.read()
"""


def test_a_number_is_taken_over_only_from_a_program_that_is_gone(tmp_path: Path) -> None:
    """However it ended; and what it would write to the file is nothing."""
    path = tmp_path / "owners"
    with (
        closing(Owner(path)) as mine,
        subprocess.Popen(
            [sys.executable, "-c", _OWNER, os.fspath(path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        ) as other,
    ):
        assert other.stdout is not None
        number = int(other.stdout.readline())
        with mine.take_over(number) as early:
            pass
        other.kill()
        other.wait()
        with mine.take_over(number) as late:
            pass

        assert (False, True) == (early, late)
        assert 0 == path.stat().st_size


def test_a_program_takes_over_from_itself_and_from_before_there_were_owners(tmp_path: Path) -> None:
    """A row of an old journal has no owner, and its program is long gone."""
    with closing(Owner(tmp_path / "owners")) as mine:
        for number in (mine.number, None):
            with mine.take_over(number) as is_gone:
                assert is_gone


def test_two_programs_have_two_numbers(tmp_path: Path) -> None:
    """Drawn by chance, of 62 bits: an SQLite integer and an offset in a file."""
    with closing(Owner(tmp_path / "a")) as one, closing(Owner(tmp_path / "b")) as other:
        assert one.number != other.number
        assert 0 <= one.number < 2**62


def entry(world: World, state: State, undoes: int | None = None) -> JournalEntry:
    """An intent for x.jpg."""
    intent = Intent("move", ("Memes",), "x.jpg", "token", undoes=undoes)
    return JournalEntry(world.photo("x.jpg"), state, intent=intent)


def record(world: World, state: State, undoes: int | None = None) -> int:
    """The intent's row."""
    return world.journal.record(entry(world, state, undoes), os.fspath(world.library), NOW)


def close(world: World, row: int, state: State) -> None:
    """The intent ends so."""
    world.journal.close_intent(row, state, action="move", name="x.jpg", reason=None)


@pytest.fixture
def photo(world: World) -> World:
    """A world with x.jpg in its watch folder."""
    make_files(world.watch, {"x.jpg": b"photo"})
    return world


def test_a_file_is_claimed_once_for_each_library(photo: World) -> None:
    """Until the claim ends; another library's is another matter."""
    row = record(photo, State.INTENT)

    with pytest.raises(AlreadyClaimed, match="another program is filing it"):
        record(photo, State.INTENT)
    photo.journal.record(entry(photo, State.INTENT), "/another", NOW)
    close(photo, row, State.FAILED)
    record(photo, State.INTENT)


def test_what_is_filed_is_not_claimed_again(photo: World) -> None:
    """Though the look that began it came before."""
    close(photo, record(photo, State.INTENT), State.FILED)

    with pytest.raises(AlreadyFiled, match="filed by another program meanwhile"):
        record(photo, State.INTENT)


def test_what_is_moved_on_must_still_be_filed(photo: World) -> None:
    """By one program at a time, and not after an undo."""
    filed = record(photo, State.INTENT)
    close(photo, filed, State.FILED)
    moving = record(photo, State.REFILING, filed)

    with pytest.raises(AlreadyClaimed, match="undoing it or filing it anew"):
        record(photo, State.REFILING, filed)
    close(photo, moving, State.FILED)
    with pytest.raises(AlreadyFiled, match="undone or filed anew"):
        record(photo, State.REFILING, filed)


def test_a_closed_journal_gives_up_its_claims(world: World) -> None:
    """Another journal of the same file may recover them."""
    make_files(world.watch, {"x.jpg": b"photo"})
    row = world.journal.existing_row(record(world, State.INTENT))
    world.journal.close()
    world.journal = Journal(world.journal_path)

    with world.journal.take_over(row) as is_gone:
        assert is_gone
