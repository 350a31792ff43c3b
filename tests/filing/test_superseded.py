"""An edited sidecar and the version before it: names, room made, and power cuts in between."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING, Any

import pytest

from gallery_daemon.decision import Action
from gallery_daemon.errors import FilingError
from gallery_daemon.filing.execute import Filer
from gallery_daemon.filing.relocate import clear_up
from gallery_daemon.filing.superseded import older_version_of, superseded_by
from gallery_daemon.journal.journal import Journal
from gallery_daemon.journal.query import Query
from gallery_daemon.journal.record import State
from tests.filing.conftest import NOW, World, make_files, read_files
from tests.filing.fuse import CrashError, Fuse, disk_on, journal_on
from tests.journal.empty import new_journal

if TYPE_CHECKING:
    from pathlib import Path

    from gallery_daemon.filing.joint_acts import Filing
    from gallery_daemon.journal.record import Row

_START = {"x.HEIC": b"photo" * 5000, "x.xmp": b"first edit"}


def moved_in(home: Path, library: Path, action: Action) -> World:
    """A photo and its XMP are filed, and the XMP is edited after that."""
    make_files(home / "watch", _START)
    library.mkdir(parents=True, exist_ok=True)
    world = World(home, library, new_journal(home / "journal.sqlite3"))
    world.execute(world.plan("x.HEIC", action, sidecars=("x.xmp",)))
    (home / "watch/x.xmp").unlink(missing_ok=True)
    make_files(home / "watch", {"x.xmp": b"second edit"})
    return world


def photo_row(world: World) -> Row:
    """The photo's filing."""
    (row,) = world.journal.find(Query(states=(State.FILED,), is_photo=True))
    return row


def file_late(world: World) -> Filing | None:
    """The daemon files the XMP, if it has not done so."""
    clear_up(world.journal, world.disk)
    if not (world.watch / "x.xmp").exists():
        return None
    photo = world.photo("x.xmp")
    if world.journal.is_known(photo.path, photo.identity, os.fspath(world.library)):
        return None
    filer = Filer(world.journal, world.disk, os.fspath(world.library))
    return filer.execute_late(photo, photo_row(world), NOW)


def filed(world: World) -> dict[str, bytes]:
    """The sidecars in the library."""
    return {
        name: content for name, content in read_files(world.library).items() if "HEIC" not in name
    }


WANTED = {"Memes/x.xmp": b"second edit", "Memes/x.xmp.~1~": b"first edit"}


@pytest.mark.parametrize("action", [Action.COPY, Action.HARDLINK, Action.MOVE])
def test_the_newest_version_has_the_name_and_the_older_one_a_number(
    tmp_path: Path, action: Action
) -> None:
    """And the journal knows both, so that they move on and back."""
    world = moved_in(tmp_path, tmp_path / "library", action)

    filing = file_late(world)

    assert filing is not None
    assert "the version before it is kept as x.xmp.~1~" == filing.reason
    assert WANTED == filed(world)
    rows = world.journal.sidecars_of(photo_row(world), State.FILED)
    assert ["x.xmp.~1~", "x.xmp"] == [row.name for row in rows]
    assert rows[0] == older_version_of(rows[1], world.journal)
    assert older_version_of(rows[0], world.journal) is None
    world.journal.close()


def test_a_symbolic_link_leads_to_the_newest_version_anyway(tmp_path: Path) -> None:
    """Nothing has to make room."""
    world = moved_in(tmp_path, tmp_path / "library", Action.SYMLINK)

    file_late(world)

    assert b"second edit" == (world.library / "Memes/x.xmp").read_bytes()
    assert 2 == len(list((world.library / "Memes").iterdir()))
    world.journal.close()


@pytest.mark.parametrize("what", ["edited", "deleted", "same"])
def test_only_an_unchanged_version_of_other_bytes_makes_room(tmp_path: Path, what: str) -> None:
    """What a person did in the library is theirs, and what is the same is there already."""
    world = moved_in(tmp_path, tmp_path / "library", Action.COPY)
    there = world.library / "Memes/x.xmp"
    if what == "edited":
        there.write_bytes(b"a person's edit")
    elif what == "deleted":
        there.unlink()
    else:
        make_files(world.watch, {"x.xmp": _START["x.xmp"]})

    sidecar = world.photo("x.xmp")
    found = superseded_by(sidecar, photo_row(world), world.journal, world.disk)

    assert () == found
    world.journal.close()


def test_a_version_that_made_room_in_vain_has_its_name_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the newer one cannot be filed, programs find at least the one before."""
    world = moved_in(tmp_path, tmp_path / "library", Action.COPY)
    filer = Filer(world.journal, world.disk, os.fspath(world.library))
    sidecar, owner = world.photo("x.xmp"), photo_row(world)
    found = superseded_by(sidecar, owner, world.journal, world.disk)

    copy = world.disk.copy

    def fails_in_the_end(*asked: Any, **more: Any) -> None:
        copy(*asked, **more)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr(world.disk, "copy", fails_in_the_end)
        with pytest.raises(FilingError, match="no space is left"):
            filer.execute_late(sidecar, owner, NOW)

    assert 1 == len(found)
    assert {"Memes/x.xmp": b"first edit"} == filed(world)
    assert file_late(world) is not None
    assert WANTED == filed(world)
    world.journal.close()


def test_what_an_older_program_left_makes_room_too(tmp_path: Path) -> None:
    """It gave each edit the next number in its name, so `x (2).xmp` is the newest of two."""
    world = moved_in(tmp_path, tmp_path / "library", Action.COPY)
    owner = photo_row(world)
    filer = Filer(world.journal, world.disk, os.fspath(world.library))
    (world.library / "Memes/x.xmp").rename(world.library / "Memes/kept")
    make_files(world.library, {"Memes/x.xmp": b"a bystander"})
    filer.execute_late(world.photo("x.xmp"), owner, NOW)
    (world.library / "Memes/x.xmp").unlink()
    (world.library / "Memes/kept").rename(world.library / "Memes/x.xmp")
    make_files(world.watch, {"x.xmp": b"the third edit"})

    file_late(world)

    assert {
        "Memes/x.xmp": b"the third edit",
        "Memes/x.xmp.~1~": b"first edit",
        "Memes/x (2).xmp.~1~": b"second edit",
    } == filed(world)
    world.journal.close()


@pytest.mark.faults
@pytest.mark.parametrize("far", [False, True], ids=["same disk", "other disk"])
@pytest.mark.parametrize("action", [Action.COPY, Action.HARDLINK, Action.MOVE])
def test_no_crash_loses_a_version(
    tmp_path: Path, action: Action, far: bool, request: pytest.FixtureRequest
) -> None:
    """Crash before effect n, and again in what follows: at the end both versions are there."""
    root = request.getfixturevalue("far_library") if far else tmp_path
    for effects in range(100):
        home, library = tmp_path / str(effects), root / f"library-{effects}"
        moved_in(home, library, action).journal.close()
        fuse = Fuse(effects)

        for each in (fuse, Fuse(10_000)):
            world = World(home, library, journal_on(each, home / "journal.sqlite3"), disk_on(each))
            try:
                file_late(world)
            except CrashError:
                pass
            finally:
                world.journal.close()
            versions = [*filed(world).values()]
            assert b"first edit" in versions
            if not (world.watch / "x.xmp").exists():
                assert b"second edit" in versions

        world = World(home, library, Journal(home / "journal.sqlite3"))
        assert WANTED == filed(world)
        assert not world.journal.open_intents()
        world.journal.close()
        if not fuse.has_blown:
            return
    pytest.fail("the sweep did not end")
