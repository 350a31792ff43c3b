"""The power is cut before every effect in turn, and again during recovery; nothing is lost.

Every effect on the disk goes through `Disk` and every one on the journal through `Journal`; their
twins here stop the world before the n-th. What a real kill does, and lost writes of an unsynced
cache, are beyond this sweep.
"""

from __future__ import annotations

import contextlib
import os
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.decision import Action
from gallery_daemon.errors import GalleryError, PhotoChanged
from gallery_daemon.filing.disk import Disk
from gallery_daemon.filing.recover import recover
from gallery_daemon.journal.journal import Journal
from gallery_daemon.journal.query import Query
from gallery_daemon.journal.record import State
from tests.filing.conftest import World, make_files, read_files
from tests.filing.fuse import CrashError, Fuse, disk_on, journal_on

if TYPE_CHECKING:
    from pathlib import Path


# What the photo is to be called, under which name a bystander lies, and what it is then called.
KEPT = (None, "x", "x (2)")
NUMBERED = ("x \0\0.HEIC", "x 01", "x 02")
Naming = tuple[str | None, str, str]


def check(world: World, start: dict[str, bytes], action: Action, naming: Naming) -> None:
    """The promises, whatever happened: nothing lost, doubled, half, overwritten or left over."""
    library, watch = read_files(world.library), read_files(world.watch)
    _, taken, called = naming
    assert b"bystander" == library.pop(f"Memes/{taken}.HEIC")
    assert not [name for name in (*library, *watch) if ".gallery-daemon" in name]
    expected = {f"Memes/{called}{name[1:]}": content for name, content in start.items()}
    if action is Action.SYMLINK:
        expected = {
            f"Memes/{called}{name[1:]}": b"-> " + os.fsencode(world.watch / name) for name in start
        }
    assert expected == library
    assert ({} if action is Action.MOVE else start) == watch
    rows = world.journal.find(Query(states=(State.FILED,)))
    done = Counter(row.path for row in rows)
    assert {os.fspath(world.watch / name): 1 for name in start} == done


def attempt(world: World, action: Action, naming: Naming) -> None:
    """Recover, then file what is not known yet, as the daemon's start does."""
    recover(world.journal, world.disk)
    library = os.fspath(world.library)
    for name in ("x.HEIC", "x.MOV"):
        path = world.watch / name
        if not path.exists():
            continue
        photo = world.photo(name)
        if world.journal.is_known(photo.path, photo.identity, library):
            continue
        owner = world.journal.latest_of(os.fspath(world.watch / "x.HEIC"), library)
        if name == "x.HEIC":
            sidecars = ("x.MOV",) if (world.watch / "x.MOV").exists() else ()
            world.execute(world.plan(name, action, sidecars=sidecars, rename=naming[0]))
        elif owner is not None:
            from gallery_daemon.filing.execute import Filer  # noqa: PLC0415

            Filer(world.journal, world.disk, library).execute_late(photo, owner, photo.settled_at)


@pytest.mark.faults
@pytest.mark.parametrize(
    ("naming", "second"),
    [*((KEPT, second) for second in (None, 0, 1, 2, 4, 7)), (NUMBERED, None), (NUMBERED, 1)],
)
@pytest.mark.parametrize("action", list(Action))
@pytest.mark.parametrize("far", [False, True], ids=["same disk", "other disk"])
def test_no_crash_loses_or_doubles_a_photo(
    tmp_path: Path,
    action: Action,
    far: bool,
    naming: Naming,
    second: int | None,
    request: pytest.FixtureRequest,
) -> None:
    """Crash before effect n, perhaps again in recovery, then a clean start: all is as it should.

    The sweep ends with the first n that no effect reaches.
    """
    root = request.getfixturevalue("far_library") if far else tmp_path
    start = {"x.HEIC": b"photo" * 5000, "x.MOV": b"film" * 5000}
    for effects in range(200):
        home = tmp_path / str(effects)
        library = root / f"library-{effects}"
        make_files(home / "watch", start)
        make_files(library, {f"Memes/{naming[1]}.HEIC": b"bystander"})
        crashed = False
        for fuse in (Fuse(effects), *([Fuse(second)] if second is not None else []), Fuse(10_000)):
            disk = disk_on(fuse)
            journal = journal_on(fuse, home / "journal.sqlite3")
            world = World(home, library, journal, disk)
            try:
                attempt(world, action, naming)
            except CrashError:
                crashed = True
            finally:
                journal.close()
        clean = World(home, library, Journal(home / "journal.sqlite3"))
        check(clean, start, action, naming)
        clean.journal.close()
        if not crashed:
            return
    pytest.fail("the sweep did not end")


@pytest.mark.faults
def test_a_stranger_with_the_inode_of_a_lost_copy_is_not_the_photo(
    tmp_path: Path, far_library: Path
) -> None:
    """FAT and FUSE number files anew at each mount: bytes tell, before a source is removed."""
    for effects in range(200):
        home, library = tmp_path / str(effects), far_library / f"library-{effects}"
        make_files(home / "watch", {"x.HEIC": b"photo" * 5000})
        make_files(library, {"Memes/x.HEIC": b"other" * 5000})
        fuse = Fuse(effects)
        journal = journal_on(fuse, home / "journal.sqlite3")
        world = World(home, library, journal, disk_on(fuse))
        with contextlib.suppress(CrashError):
            world.execute(world.plan("x.HEIC", Action.MOVE))
        journal.close()
        world = World(home, library, Journal(home / "journal.sqlite3"))
        copied = [row for row in world.journal.open_intents() if row.made_inode is not None]
        if copied and any(library.glob("Memes/.*.part")):
            break
        world.journal.close()
    else:
        pytest.fail("no crash came between the copy and its name")
    world.journal.copied(copied[0].id, (library / "Memes/x.HEIC").stat().st_ino, None)

    recover(world.journal, world.disk)

    assert {"x.HEIC": b"photo" * 5000} == read_files(world.watch)
    assert {"Memes/x.HEIC": b"other" * 5000} == read_files(library)
    assert [] == world.journal.find(Query(states=(State.FILED,)))
    world.journal.close()


def test_an_intent_whose_disk_is_away_waits(world: World) -> None:
    """A library that is not mounted at start leaves the intent open, and nothing is touched."""
    make_files(world.watch, {"x.jpg": b"photo"})
    fuse = Fuse(1)
    world.disk = disk_on(fuse)
    with pytest.raises(CrashError):
        world.execute(world.plan("x.jpg", Action.COPY))
    world.disk = Disk()
    world.library.rename(world.home / "away")

    assert [] == recover(world.journal, world.disk)
    assert 1 == len(world.journal.open_intents())

    (world.home / "away").rename(world.library)
    assert 1 == len(recover(world.journal, world.disk))
    assert {} == read_files(world.library)


def test_a_file_that_only_looks_like_the_moved_one_is_not_taken_for_it(
    world: World, far_library: Path
) -> None:
    """Killed with the source gone, and a stranger has the name, size and mtime: ours is the next.

    The journal would otherwise let `undo` move the stranger.
    """
    make_files(world.watch, {"x.xmp": b"ours"})
    make_files(far_library, {"Memes/x.xmp": b"else"})
    moment = (world.watch / "x.xmp").stat().st_mtime_ns
    os.utime(far_library / "Memes/x.xmp", ns=(moment, moment))
    world.library = far_library
    fuse = Fuse(2)
    world.journal = journal_on(fuse, world.home / "journal.sqlite3")
    with pytest.raises(CrashError):
        world.execute(world.plan("x.xmp", Action.MOVE))
    fuse.left = 1

    recover(world.journal, world.disk)

    row = world.journal.row(1)
    world.journal.close()
    assert row is not None
    assert (State.FILED, f"{far_library}/Memes/x (2).xmp") == (row.state, row.destination)
    assert {"Memes/x.xmp": b"else", "Memes/x (2).xmp": b"ours"} == read_files(far_library)


@pytest.mark.parametrize("action", [Action.HARDLINK, Action.COPY, Action.MOVE])
@pytest.mark.parametrize("far", [False, True], ids=["same disk", "other disk"])
def test_a_twin_that_lay_there_before_is_not_taken_for_ours(
    world: World, action: Action, far: bool, request: pytest.FixtureRequest
) -> None:
    """Killed after the act found the same bytes there: nothing was filed, and the source stays."""
    if far:
        world.library = request.getfixturevalue("far_library")
    make_files(world.watch, {"x.jpg": b"photo"})
    make_files(world.library, {"Memes/x.jpg": b"photo"})
    moment = (world.watch / "x.jpg").stat().st_mtime_ns
    os.utime(world.library / "Memes/x.jpg", ns=(moment, moment))
    plan = world.plan("x.jpg", action)
    whole = world.journal
    whole.close()
    world.journal = journal_on(Fuse(1), world.journal_path)
    with pytest.raises(CrashError):
        world.execute(plan)
    world.journal.close()

    world.journal = Journal(world.journal_path)
    recover(world.journal, world.disk)

    assert {"x.jpg": b"photo"} == read_files(world.watch)
    assert {"Memes/x.jpg": b"photo"} == read_files(world.library)
    assert [] == world.journal.find(Query(states=(State.FILED,)))
    assert State.IDENTICAL is world.execute(plan).state


def test_a_source_replaced_at_the_last_moment_survives(world: World, far_library: Path) -> None:
    """A newer version put in the moved photo's place while it was copied is never deleted."""
    make_files(world.watch, {"x.jpg": b"photo"})
    world.library = far_library
    watch = world.watch

    class Racing(Disk):
        def sync(self, folder: int) -> None:
            super().sync(folder)
            make_files(watch, {"new": b"newer version"})
            (watch / "new").replace(watch / "x.jpg")

    world.disk = Racing()
    try:
        world.execute(world.plan("x.jpg", Action.MOVE))
    except (GalleryError, PhotoChanged):
        pytest.fail("the copy was whole")

    assert b"newer version" == (watch / "x.jpg").read_bytes()
    assert b"photo" == (far_library / "Memes/x.jpg").read_bytes()
