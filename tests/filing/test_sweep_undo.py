"""The power is cut before every effect of an undo, and of its undo: nothing is lost or doubled."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gallery_daemon.commands.undo import Undoing
from gallery_daemon.decision import Action
from gallery_daemon.filing.recover import recover
from gallery_daemon.journal.journal import Journal
from gallery_daemon.journal.query import Query
from gallery_daemon.journal.record import State
from tests.filing.conftest import World, make_files, read_files
from tests.filing.fuse import CrashError, Fuse, disk_on, journal_on
from tests.filing.test_undo import StillClock
from tests.journal.empty import new_journal

if TYPE_CHECKING:
    from pathlib import Path

_START = {"x.HEIC": b"photo" * 5000, "x.MOV": b"film" * 5000}


def undo_all(world: World, state: State) -> None:
    """Recover, then undo all that is in that state, as the command does."""
    recover(world.journal, world.disk)
    rows = world.journal.find(Query(states=(state,)))
    list(Undoing(world.journal, world.disk, StillClock()).run(rows))


def check_undone(world: World) -> None:
    """Every file is where it came from, once, and the journal says so."""
    assert {"Memes/x.HEIC": b"bystander"} == read_files(world.library)
    assert _START == read_files(world.watch)
    rows = world.journal.find(Query())
    assert 2 == sum(row.state is State.UNDO for row in rows)
    assert not [row for row in rows if row.state is State.FILED]


def check_filed(world: World, filed: dict[str, bytes], action: Action) -> None:
    """Every file is where it was filed, once, and the journal says so."""
    assert filed == read_files(world.library)
    assert ({} if action is Action.MOVE else _START) == read_files(world.watch)
    rows = world.journal.find(Query(states=(State.FILED,)))
    assert ["x.HEIC", "x.MOV"] == sorted(row.relative for row in rows)


@pytest.mark.faults
@pytest.mark.parametrize("far", [False, True], ids=["same disk", "other disk"])
@pytest.mark.parametrize("action", list(Action))
@pytest.mark.parametrize("back", [True, False], ids=["undo", "undo of an undo"])
def test_no_crash_in_an_undo_loses_or_doubles_a_photo(
    tmp_path: Path, back: bool, action: Action, far: bool, request: pytest.FixtureRequest
) -> None:
    """Crash before effect n, then say it again: as if nothing had been in between."""
    root = request.getfixturevalue("far_library") if far else tmp_path
    for effects in range(100):
        home, library = tmp_path / str(effects), root / f"library-{effects}"
        make_files(home / "watch", _START)
        make_files(library, {"Memes/x.HEIC": b"bystander"})
        world = World(home, library, new_journal(home / "journal.sqlite3"))
        world.execute(world.plan("x.HEIC", action, sidecars=("x.MOV",)))
        filed = read_files(library)
        if not back:
            undo_all(world, State.FILED)
        world.journal.close()
        fuse = Fuse(effects)

        for each in (fuse, Fuse(10_000)):
            world = World(home, library, journal_on(each, home / "journal.sqlite3"), disk_on(each))
            try:
                undo_all(world, State.FILED if back else State.UNDO)
            except CrashError:
                pass
            finally:
                world.journal.close()

        world = World(home, library, Journal(home / "journal.sqlite3"))
        if back:
            check_undone(world)
        else:
            check_filed(world, filed, action)
        assert not world.journal.open_intents()
        world.journal.close()
        if not fuse.has_blown:
            return
    pytest.fail("the sweep did not end")
