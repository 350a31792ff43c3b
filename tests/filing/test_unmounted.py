"""Folders that are not what they were: below a mount, reached by two ways, replaced meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gallery_daemon.decision import Action, OnConflict
from gallery_daemon.errors import FilingError, JournalError
from gallery_daemon.filing.disk import Disk
from gallery_daemon.filing.recover import recover
from gallery_daemon.journal.journal import Journal
from gallery_daemon.journal.query import Query
from gallery_daemon.journal.record import State
from tests.filing.conftest import World, make_files, read_files
from tests.filing.fuse import CrashError, Fuse, disk_on, journal_on
from tests.filing.test_undo import undo

if TYPE_CHECKING:
    from pathlib import Path


def test_a_recovery_waits_for_the_library_s_disk(world: World) -> None:
    """Killed after a copy got its name; at the next start its disk is not mounted, and then it is.

    The empty folder below says nothing: the photo is filed once, though conflicts would number it.
    """
    make_files(world.watch, {"x.jpg": b"photo", "before.jpg": b"before"})
    world.execute(world.plan("before.jpg", Action.COPY))
    plan = world.plan("x.jpg", Action.COPY, on_conflict=OnConflict.RENAME)
    world.journal.close()
    world.journal = journal_on(Fuse(2), world.journal_path)
    with pytest.raises(CrashError):
        world.execute(plan)
    world.journal.close()
    world.journal = Journal(world.journal_path)
    world.library.rename(world.home / "disk")
    world.library.mkdir()

    early = recover(world.journal, Disk())
    world.library.rmdir()
    (world.home / "disk").rename(world.library)
    late = recover(world.journal, Disk())

    assert ([], 1) == (early, len(late))
    assert ["Memes/before.jpg", "Memes/x.jpg"] == list(read_files(world.library))
    assert 2 == len(world.journal.find(Query(states=(State.FILED,))))


def test_an_undo_puts_nothing_below_a_mount(world: World, far_library: Path) -> None:
    """The watch folder is empty and on another disk than the photo was: reported, not touched."""
    make_files(far_library, {"x.jpg": b"photo"})
    watch = world.watch
    watch.rmdir()
    watch.symlink_to(far_library)
    world.execute(world.plan("x.jpg", Action.MOVE))
    watch.unlink()
    watch.mkdir()

    (outcome,) = undo(world)

    assert isinstance(outcome.error, FilingError)
    assert "is empty, and on another disk" in outcome.error.sentence
    assert ({}, {"Memes/x.jpg": b"photo"}) == (read_files(watch), read_files(world.library))


@pytest.mark.parametrize("is_cut", [False, True], ids=["undo", "recovery"])
def test_one_folder_by_two_ways_keeps_its_only_name(world: World, is_cut: bool) -> None:
    """The watch folder has become a link to the class folder: what is at home is the library's."""
    make_files(world.watch, {"x.jpg": b"photo"})
    plan = world.plan("x.jpg", Action.MOVE)
    if is_cut:
        world.disk = disk_on(Fuse(1))
        with pytest.raises(CrashError):
            world.execute(plan)
        (world.watch / "x.jpg").rename(world.library / "Memes/x.jpg")
    else:
        world.execute(plan)
    world.watch.rmdir()
    world.watch.symlink_to(world.library / "Memes")
    world.disk = Disk()

    if is_cut:
        recover(world.journal, world.disk)
    else:
        assert undo(world)[0].error is not None

    assert {"Memes/x.jpg": b"photo"} == read_files(world.library)


def test_a_version_that_comes_while_bytes_are_compared_is_seen(world: World) -> None:
    """The copy in the library is the last of the old bytes then, and stays."""
    make_files(world.watch, {"x.jpg": b"photo"})
    world.execute(world.plan("x.jpg", Action.COPY))
    watch = world.watch

    class Slow(Disk):
        def same_bytes(self, source: int, folder: int, name: str) -> bool:
            is_same = super().same_bytes(source, folder, name)
            make_files(watch, {"new": b"newer"})
            (watch / "new").rename(watch / "x.jpg")
            return is_same

    world.disk = Slow()

    (outcome,) = undo(world)

    assert outcome.error is not None
    assert {"x.jpg": b"newer"} == read_files(watch)
    assert {"Memes/x.jpg": b"photo"} == read_files(world.library)


def test_a_journal_that_fails_again_in_recovery_ends_nothing(world: World) -> None:
    """The act was done and its end could not be written, twice: it stays open until it can."""
    make_files(world.watch, {"x.jpg": b"photo"})
    plan = world.plan("x.jpg", Action.MOVE)

    class Locked(Journal):
        def close_intents(self, *_: object) -> None:
            raise JournalError("the journal is locked")

    world.journal.close()
    world.journal = Locked(world.journal_path)
    with pytest.raises(JournalError):
        world.execute(plan)

    assert [] == recover(world.journal, world.disk)
    world.journal.close()
    world.journal = Journal(world.journal_path)
    assert 1 == len(recover(world.journal, world.disk))
    assert {"Memes/x.jpg": b"photo"} == read_files(world.library)
