"""From one place in the library to another, perhaps on another disk; and killed on the way."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.commands.undo import Undoing
from gallery_daemon.decision import Action
from gallery_daemon.errors import AlreadyFiled, FilingError
from gallery_daemon.filing.disk import Disk
from gallery_daemon.filing.relocate import Relocator, clear_up
from gallery_daemon.journal.journal import Journal
from gallery_daemon.journal.query import Query
from gallery_daemon.journal.record import Row, State
from tests.filing.conftest import NOW, World, make_files, read_files
from tests.filing.fuse import CrashError, Fuse, fused_disk, journal_on
from tests.filing.test_undo import StillClock
from tests.journal.empty import new_journal

if TYPE_CHECKING:
    from pathlib import Path

_PHOTO, _FILM = b"photo" * 5000, b"film" * 5000
_OLD = {"Memes/x.HEIC": _PHOTO, "Memes/x.MOV": _FILM}
_NEW = {"New/x.HEIC": _PHOTO, "New/x.MOV": _FILM}


class Walled(Disk):
    """Each of its folders is a file system of its own."""

    def rename(self, source: tuple[int, str], target: tuple[int, str]) -> None:
        """Only within one folder."""
        if os.fstat(source[0]).st_ino != os.fstat(target[0]).st_ino:
            raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))
        super().rename(source, target)


def filed(world: World, action: Action) -> None:
    """A photo and its film lie in the library."""
    make_files(world.watch, {"x.HEIC": _PHOTO, "x.MOV": _FILM})
    world.execute(world.plan("x.HEIC", action, sidecars=("x.MOV",)))


def photo_row(world: World) -> Row:
    """The photo's filing."""
    (row,) = world.journal.find(Query(states=(State.FILED,), is_photo=True))
    return row


def move_on(world: World, row: Row, disk: Disk) -> None:
    """It goes to the folder New."""
    plan = world.plan("x.HEIC", Action(row.action or ""), to="New")
    assert () == Relocator(world.journal, disk).relocate_photo(row, plan, NOW).problems


@pytest.mark.faults
@pytest.mark.parametrize("action", [Action.HARDLINK, Action.COPY])
@pytest.mark.parametrize("back", [False, True], ids=["onward", "back"])
def test_no_crash_between_two_disks_of_a_library_loses_or_doubles_a_photo(
    tmp_path: Path, action: Action, back: bool
) -> None:
    """Whatever was begun is finished or forgotten; what was not, is done when it is said again."""
    for effects in range(100):
        home = tmp_path / str(effects)
        (home / "library").mkdir(parents=True)
        world = World(home, home / "library", new_journal(home / "journal.sqlite3"))
        filed(world, action)
        watch = read_files(world.watch)
        if back:
            move_on(world, photo_row(world), Disk())
        world.journal.close()
        fuse = Fuse(effects)

        for each in (fuse, Fuse(10_000)):
            world.journal = journal_on(each, home / "journal.sqlite3")
            disk = fused_disk(Walled, each)
            try:
                clear_up(world.journal, disk)
                assert {_PHOTO, _FILM} == set(read_files(world.library).values())
                if back:
                    rows = world.journal.find(Query(states=(State.FILED,)))
                    rows = [row for row in rows if row.folder == ("New",)]
                    outcomes = list(Undoing(world.journal, disk, StillClock()).run(rows))
                    assert [] == [each.error for each in outcomes if each.error]
                elif (row := photo_row(world)).folder != ("New",):
                    move_on(world, row, disk)
            except CrashError:
                assert {_PHOTO, _FILM} <= set(read_files(world.library).values())
            finally:
                world.journal.close()

        world.journal = Journal(home / "journal.sqlite3")
        assert (_OLD if back else _NEW) == read_files(world.library)
        assert watch == read_files(world.watch)
        rows = world.journal.find(Query(states=(State.FILED,)))
        assert ["x.HEIC", "x.MOV"] == sorted(row.relative for row in rows)
        assert not world.journal.open_intents()
        photo = world.photo("x.HEIC")
        assert world.journal.is_known(photo.path, photo.identity, os.fspath(world.library))
        world.journal.close()
        if not fuse.has_blown:
            return
    pytest.fail("the sweep did not end")


def test_a_link_does_not_go_to_another_disk(world: World) -> None:
    """It is renamed or stays, and nothing is lost."""
    make_files(world.watch, {"x.HEIC": _PHOTO})
    world.execute(world.plan("x.HEIC", Action.SYMLINK))
    before, row = read_files(world.library), photo_row(world)

    with pytest.raises(FilingError):
        move_on(world, row, Walled())

    assert before == read_files(world.library)
    assert [row] == world.journal.find(Query())


def test_what_is_undone_meanwhile_is_not_filed_anew(world: World) -> None:
    """Of two programs the second finds nothing to do, and says so."""
    filed(world, Action.COPY)
    row = photo_row(world)
    move_on(world, row, world.disk)
    make_files(world.library, {"Memes/x.HEIC": _PHOTO})
    os.utime(world.library / "Memes/x.HEIC", ns=(0, row.identity.mtime_ns))

    with pytest.raises(AlreadyFiled, match="filed anew by another program"):
        move_on(world, row, world.disk)

    assert {"Memes/x.HEIC": _PHOTO} | _NEW == read_files(world.library)


def test_only_the_latest_filing_is_undone(world: World) -> None:
    """One that was filed anew waits for its turn."""
    filed(world, Action.HARDLINK)
    first = photo_row(world)
    move_on(world, first, world.disk)
    undoing = Undoing(world.journal, world.disk, StillClock())

    (early,) = undoing.run([first])
    (back, *_) = undoing.run([photo_row(world)])
    assert back.done is not None
    latest = world.journal.latest_of(first.path, first.library)
    (home, *_) = undoing.run([first])

    assert early.error is not None
    assert f"#{first.id} was filed anew since" in early.error.sentence
    assert latest is not None
    assert (first.id, State.FILED) == (latest.id, latest.state)
    assert home.error is None
    assert {} == read_files(world.library)


def test_an_undone_refiling_can_be_redone(world: World) -> None:
    """The photo and its sidecars go on to where they were, once, and back again, and home."""
    filed(world, Action.HARDLINK)
    first = photo_row(world)
    move_on(world, first, world.disk)
    moved, places = photo_row(world), read_files(world.library)
    undoing = Undoing(world.journal, world.disk, StillClock())

    (back, *_) = undoing.run([moved])
    assert back.done is not None
    redone = list(undoing.run([back.done]))
    there, now = read_files(world.library), photo_row(world)
    (twice, *_) = undoing.run([back.done])
    backs = list(undoing.run([now]))
    homes = list(undoing.run([first]))

    assert [None] * len(redone) == [each.error for each in redone]
    assert places == there
    assert (moved.destination, State.FILED, first.id) == (now.destination, now.state, now.undoes)
    decided = ("outcome", "rule", "top_class", "confidence", "model", "action")
    assert [getattr(moved, key) for key in decided] == [getattr(now, key) for key in decided]
    assert twice.error is not None
    assert "filed anew or undone since" in twice.error.sentence
    assert not [each.error for each in (*backs, *homes) if each.error]
    assert {} == read_files(world.library)
