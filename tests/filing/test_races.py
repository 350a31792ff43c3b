"""Somebody else is at the same files in the same microsecond: every version survives."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.decision import Action
from gallery_daemon.errors import PhotoChanged
from gallery_daemon.filing.disk import Disk
from gallery_daemon.filing.recover import recover
from gallery_daemon.journal.query import Query
from gallery_daemon.journal.record import State
from tests.filing.conftest import World, make_files, read_files

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Racing(Disk):
    """Before each of the first renames, a sync tool puts a newer version under the photo's name."""

    def __init__(self, home: Path, versions: list[bytes]) -> None:
        super().__init__()
        self._home, self._versions = home, versions

    def rename(self, source: tuple[int, str], target: tuple[int, str]) -> None:
        self._put_newer()
        super().rename(source, target)

    def _put_newer(self) -> None:
        if self._versions:
            newer = self._home / ".syncthing.x.jpg.tmp"
            newer.write_bytes(self._versions.pop(0))
            newer.rename(self._home / "x.jpg")


@pytest.mark.parametrize("far", [False, True], ids=["same disk", "other disk"])
@pytest.mark.parametrize("versions", [[b"second"], [b"second", b"third"]], ids=["once", "twice"])
def test_newer_versions_put_in_the_photo_s_place_all_survive(
    world: World, versions: list[bytes], far: bool, request: pytest.FixtureRequest
) -> None:
    """Nothing unclassified comes into the library, nothing hidden stays, and no bytes are lost."""
    if far:
        world.library = request.getfixturevalue("far_library")
    make_files(world.watch, {"x.jpg": b"first"})
    plan = world.plan("x.jpg", Action.MOVE)
    # A rename replaces the first version before the move can take it, as a sync tool does.
    replaced = set() if far else {b"first"}
    world.disk = Racing(world.watch, list(versions))

    with contextlib.suppress(PhotoChanged):
        world.execute(plan)

    watch, library = read_files(world.watch), read_files(world.library)
    assert {versions[-1]} | ({b"first"} - replaced) <= {*watch.values(), *library.values()}
    assert not set(library.values()) - {b"first"}
    assert not [name for name in (*watch, *library) if ".gallery-daemon" in name]


@pytest.mark.parametrize("action", [Action.COPY, Action.MOVE])
@pytest.mark.parametrize("newer", [b"newer", b"newer" * 1_000_000], ids=["shorter", "longer"])
def test_a_photo_that_is_written_anew_while_it_is_copied_is_no_half(
    world: World, far_library: Path, action: Action, newer: bytes
) -> None:
    """In place, by a tool that empties the file first: nothing comes into the library of it."""

    class Rewriting(Disk):
        def _chunks(self, descriptor: int) -> Iterator[bytes]:
            for chunk in super()._chunks(descriptor):
                yield chunk
                (world.watch / "x.jpg").write_bytes(newer)

    world.library = far_library
    make_files(world.watch, {"x.jpg": b"first" * 500_000})
    plan = world.plan("x.jpg", action)
    world.disk = Rewriting()

    with pytest.raises(PhotoChanged):
        world.execute(plan)

    assert ({"x.jpg": newer}, {}) == (read_files(world.watch), read_files(far_library))
    assert not world.journal.open_intents()


def test_an_older_version_given_back_lies_beside_the_newest(
    world: World, far_library: Path
) -> None:
    """Renamed away to be removed, found to be another, its name taken again: ` (2)`, not hidden."""
    world.library = far_library
    make_files(world.watch, {"x.jpg": b"first"})
    plan = world.plan("x.jpg", Action.MOVE)

    class Twice(Racing):
        def identity(self, folder: int, name: str):
            if name.endswith(".gone"):
                self._put_newer()
            return super().identity(folder, name)

        def rename(self, source: tuple[int, str], target: tuple[int, str]) -> None:
            if target[1].endswith(".gone"):
                self._put_newer()
            Disk.rename(self, source, target)

    world.disk = Twice(world.watch, [b"second", b"third"])

    world.execute(plan)

    assert {"x.jpg": b"third", "x (2).jpg": b"second"} == read_files(world.watch)
    assert [b"first"] == list(read_files(world.library).values())


def test_a_source_that_cannot_be_taken_away_is_told_as_copied(
    world: World, far_library: Path
) -> None:
    """A read-only watch folder and a library elsewhere: filed, once, and the reason says why."""

    class ReadOnly(Disk):
        def rename(self, source: tuple[int, str], target: tuple[int, str]) -> None:
            if target[1].endswith(".gone"):
                raise OSError(30, "Read-only file system")
            super().rename(source, target)

    world.library, world.disk = far_library, ReadOnly()
    make_files(world.watch, {"x.jpg": b"photo"})

    filing = world.execute(world.plan("x.jpg", Action.MOVE))

    assert (State.FILED, Action.COPY) == (filing.state, filing.action)
    assert "cannot be taken away (Read-only file system)" in (filing.reason or "")
    assert {"x.jpg": b"photo"} == read_files(world.watch)


def test_a_folder_that_is_gone_since_does_not_keep_an_intent_open(world: World) -> None:
    """Its photo's folder was removed after a crash: the intent is closed, and nothing invented."""
    make_files(world.watch, {"a/x.jpg": b"photo"})
    plan = world.plan("a/x.jpg", Action.MOVE)

    class Dying(Disk):
        def rename(self, *_: object) -> None:
            raise KeyboardInterrupt

    world.disk = Dying()
    with pytest.raises(KeyboardInterrupt):
        world.execute(plan)
    (world.watch / "a/x.jpg").unlink()
    (world.watch / "a").rmdir()

    recover(world.journal, Disk())

    assert not world.journal.open_intents()
    assert [] == world.journal.find(Query(states=(State.FILED,)))
    assert {} == read_files(world.library)
