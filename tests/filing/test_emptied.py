"""Folders that filing made go when they are empty; a person's never do."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.commands.undo import Undoing
from gallery_daemon.decision import Action
from gallery_daemon.filing.emptied import take_away_emptied
from tests.filing.conftest import World, make_files, read_files
from tests.filing.test_relocate import move_on, photo_row
from tests.filing.test_undo import StillClock

if TYPE_CHECKING:
    from pathlib import Path


def filed(world: World, to: str) -> None:
    """A photo lies there."""
    make_files(world.watch, {"x.HEIC": b"photo"})
    world.execute(world.plan("x.HEIC", Action.MOVE, to=to))


def folders(library: Path) -> set[str]:
    """All folders below the library."""
    return {os.fspath(each.relative_to(library)) for each in library.rglob("*") if each.is_dir()}


def emptied(world: World, *folder: str) -> list[tuple[str, ...]]:
    """What was taken away from there up."""
    return take_away_emptied(world.journal, world.disk, os.fspath(world.library), folder)


def test_what_filing_made_goes_with_the_folders_above(world: World) -> None:
    """As far as they are empty; the library itself stays."""
    filed(world, "Out/trees/2024")
    (world.library / "Out/trees/2024/x.HEIC").unlink()
    make_files(world.library, {"Out/mine.txt": b"mine"})

    gone = emptied(world, "Out", "trees", "2024")

    assert [("Out", "trees", "2024"), ("Out", "trees")] == gone
    assert {"Out"} == folders(world.library)
    (world.library / "Out/mine.txt").rename(world.library / "mine.txt")
    assert [("Out",)] == emptied(world, "Out")
    assert world.library.is_dir()
    assert [] == emptied(world)


def test_a_library_that_is_used_is_never_left_empty(world: World) -> None:
    """It would be taken for a disk that is not mounted, and nothing be filed any more."""
    filed(world, "Memes")
    (world.library / "Memes/x.HEIC").unlink()

    assert [] == emptied(world, "Memes")
    filed(world, "Memes")
    make_files(world.library, {"Cars/mine.jpg": b"mine"})
    (world.library / "Memes/x.HEIC").unlink()
    assert [("Memes",)] == emptied(world, "Memes")


@pytest.mark.parametrize("left", [".stfolder", ".directory", "x.HEIC", ".syncthing.a.tmp"])
def test_what_holds_anything_stays(world: World, left: str) -> None:
    """A hidden file is somebody's too, and a sync tool's mark above all."""
    filed(world, "Memes")
    (world.library / "Memes/x.HEIC").unlink()
    make_files(world.library, {f"Memes/{left}": b""})

    assert [] == emptied(world, "Memes")
    assert {f"Memes/{left}": b""} == read_files(world.library)


def test_a_person_s_folder_stays(world: World) -> None:
    """One that was there before, or that was made anew under the same name, or put in its place."""
    (world.library / "Memes").mkdir()
    filed(world, "Memes/2024")
    (world.library / "Memes/2024/x.HEIC").unlink()

    assert [("Memes", "2024")] == emptied(world, "Memes", "2024")
    assert {"Memes"} == folders(world.library)
    filed(world, "Cars")
    shutil.rmtree(world.library / "Cars")
    (world.library / "other").mkdir()
    (world.library / "Cars").mkdir()
    assert [] == emptied(world, "Cars")
    (world.library / "Cars").rmdir()
    (world.library / "Cars").symlink_to(world.library / "other")
    assert [] == emptied(world, "Cars")
    assert [] == emptied(world, "Nowhere")


def test_a_folder_that_cannot_be_taken_away_is_no_failure(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stays, and what was done stays done."""
    filed(world, "Memes")
    (world.library / "Memes/x.HEIC").rename(world.library / "x.HEIC")

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "rmdir", refuse)

    assert [] == emptied(world, "Memes")
    assert {"Memes"} == folders(world.library)


def test_an_undo_leaves_no_empty_folder(world: World) -> None:
    """Neither of the first filing, nor of one that was filed anew; the watch folder stays."""
    filed(world, "Memes/2024")
    first = photo_row(world)
    (world.watch / "x.HEIC").write_bytes(b"another")
    (world.watch / "x.HEIC").rename(world.watch / "y.HEIC")
    undoing = Undoing(world.journal, world.disk, StillClock())

    results = list(undoing.run([first]))

    assert [None] == [each.error for each in results]
    assert set() == folders(world.library)
    assert {"x.HEIC", "y.HEIC"} == set(read_files(world.watch))


def test_folders_of_the_watch_folder_are_never_taken_away(world: World) -> None:
    """Even where an undo made one to bring a photo home."""
    make_files(world.watch, {"deep/x.HEIC": b"photo"})
    world.execute(world.plan("deep/x.HEIC", Action.MOVE))
    (world.watch / "deep").rmdir()
    undoing = Undoing(world.journal, world.disk, StillClock())
    (back,) = undoing.run([photo_row(world)])
    assert back.done is not None

    (again,) = undoing.run([back.done])

    assert again.error is None
    assert (world.watch / "deep").is_dir()
    assert {"Memes/x.HEIC": b"photo"} == read_files(world.library)


def test_a_moved_photo_s_new_folder_is_known_too(world: World) -> None:
    """It was made for the photo like the first one."""
    make_files(world.watch, {"x.HEIC": b"photo"})
    world.execute(world.plan("x.HEIC", Action.HARDLINK))
    move_on(world, photo_row(world), world.disk)
    (world.library / "New/x.HEIC").rename(world.library / "x.HEIC")

    assert [("New",)] == emptied(world, "New")
