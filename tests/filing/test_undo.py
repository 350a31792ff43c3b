"""Folder before, filed, undone: folder as before."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.commands.undo import Undoing, UndoResult
from gallery_daemon.decision import Action
from gallery_daemon.errors import FilingError
from gallery_daemon.filing.undo import Undoer
from gallery_daemon.journal.query import Query
from gallery_daemon.journal.record import Row, State
from tests.filing.conftest import NOW, World, make_files, read_files

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

ACTIONS = list(Action)


@dataclass
class StillClock:
    """It is always the same moment."""

    def monotonic(self) -> float:
        return 0.0

    def wall(self) -> datetime:
        return NOW


def undo(world: World, *numbers: int) -> list[UndoResult]:
    """The rows of these numbers, or the last photo filed, are undone."""
    rows = [row for number in numbers if (row := world.journal.row(number)) is not None]
    if not numbers:
        rows = world.journal.find(Query(states=(State.FILED,), is_photo=True, limit=1))
    return list(Undoing(world.journal, world.disk, StillClock()).run(rows))


def done(outcome: UndoResult) -> Row:
    """The row of an undo that went well."""
    assert outcome.error is None
    assert outcome.done is not None
    return outcome.done


def is_known(world: World, name: str, *, again: bool = False) -> bool:
    """Whether the daemon would pass over the file as it lies in the watch folder now."""
    photo = world.photo(name)
    return world.journal.is_known(photo.path, photo.identity, os.fspath(world.library), again=again)


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("far", [False, True], ids=["same disk", "other disk"])
def test_an_undo_puts_all_back(
    world: World, action: Action, far: bool, request: pytest.FixtureRequest
) -> None:
    """Photo and sidecar lie where they lay, with bytes and mtime; the library has neither."""
    if far:
        world.library = request.getfixturevalue("far_library")
    before = {"a/x.HEIC": b"photo" * 999, "a/x.MOV": b"film" * 999}
    make_files(world.watch, before)
    os.utime(world.watch / "a/x.HEIC", ns=(7, 1_234_567_890_123_456_789))
    make_files(world.library, {"Memes/x.HEIC": b"bystander"})
    world.execute(world.plan("a/x.HEIC", action, sidecars=("a/x.MOV",)))

    outcomes = undo(world)

    back = [os.path.relpath(done(outcome).destination or "", world.watch) for outcome in outcomes]
    assert ["a/x.HEIC", "a/x.MOV"] == back
    assert before == read_files(world.watch)
    assert {"Memes/x.HEIC": b"bystander"} == read_files(world.library)
    assert 1_234_567_890_123_456_789 == (world.watch / "a/x.HEIC").stat().st_mtime_ns
    assert not world.journal.open_intents()


def undo_alone(world: World, row: Row) -> None:
    """A photo without its sidecars, as an undo leaves them that is killed in between."""
    Undoer(world.journal, world.disk).undo(row, NOW)


@pytest.mark.parametrize("action", ACTIONS)
def test_the_next_undo_takes_back_what_a_killed_one_left(world: World, action: Action) -> None:
    """Photos alone are chosen by --last, and the one of the sidecar is not filed any more."""
    before = {"x.HEIC": b"photo", "x.MOV": b"film", "y.jpg": b"other"}
    make_files(world.watch, before)
    world.execute(world.plan("x.HEIC", action, sidecars=("x.MOV",)))
    undo_alone(world, world.journal.existing_row(1))
    world.execute(world.plan("y.jpg", action))

    outcomes = undo(world)

    assert ["x.MOV", "y.jpg"] == [done(outcome).name for outcome in outcomes]
    assert (before, {}) == (read_files(world.watch), read_files(world.library))
    assert [] == undo(world)


def test_a_sidecar_that_cannot_follow_stays_without_a_word(world: World) -> None:
    """A person has edited it: that was said when its photo was undone, and is not said again."""
    make_files(world.watch, {"x.HEIC": b"photo", "x.xmp": b"notes"})
    world.execute(world.plan("x.HEIC", Action.MOVE, sidecars=("x.xmp",)))
    (world.library / "Memes/x.xmp").write_bytes(b"newer")
    first = undo(world)

    assert [None, True] == [each.error and True for each in first]
    assert [] == undo(world)
    assert {"Memes/x.xmp": b"newer"} == read_files(world.library)


def test_a_sidecar_stays_beside_a_photo_that_was_filed_again(world: World) -> None:
    """The undo was undone, so the sidecar that it left behind lies where it belongs."""
    make_files(world.watch, {"x.HEIC": b"photo", "x.MOV": b"film"})
    world.execute(world.plan("x.HEIC", Action.MOVE, sidecars=("x.MOV",)))
    undo_alone(world, world.journal.existing_row(1))
    filed = {"Memes/x.HEIC": b"photo", "Memes/x.MOV": b"film"}

    (again,) = undo(world, 3)

    assert (State.FILED, filed) == (done(again).state, read_files(world.library))


@pytest.mark.parametrize("action", ACTIONS)
def test_an_undone_photo_is_known_until_it_changes(world: World, action: Action) -> None:
    """It is not filed again, unless the person says "again" or it is another photo now."""
    make_files(world.watch, {"x.jpg": b"photo"})
    world.execute(world.plan("x.jpg", action))

    undo(world)

    assert is_known(world, "x.jpg")
    assert not is_known(world, "x.jpg", again=True)
    (world.watch / "x.jpg").write_bytes(b"edited photo")
    assert not is_known(world, "x.jpg")


@pytest.mark.parametrize("action", ACTIONS)
def test_an_undo_can_be_undone(world: World, action: Action) -> None:
    """The photo and its film lie where they were filed, decided as before; and can be undone."""
    make_files(world.watch, {"x.HEIC": b"photo", "x.MOV": b"film"})
    world.execute(world.plan("x.HEIC", action, sidecars=("x.MOV",)))
    filed = read_files(world.library)
    undone = done(undo(world)[0])

    again = done(undo(world, undone.id)[0])

    assert filed == read_files(world.library)
    assert ("memes", 0.9, "filed", undone.id) == (
        again.top_class,
        again.confidence,
        again.state,
        again.undoes,
    )
    undo(world, again.id)
    assert {} == read_files(world.library)
    assert {"x.HEIC": b"photo", "x.MOV": b"film"} == read_files(world.watch)


def test_the_same_filing_is_undone_once(world: World) -> None:
    """A second undo of one number is reported, and touches nothing."""
    make_files(world.watch, {"x.jpg": b"photo"})
    world.execute(world.plan("x.jpg", Action.MOVE))

    undo(world, 1)
    (again,) = undo(world, 1)

    assert again.error is not None
    assert "#1 was undone already" == again.error.sentence
    assert {"x.jpg": b"photo"} == read_files(world.watch)


@pytest.mark.parametrize("action", ACTIONS)
def test_what_the_person_did_since_stays(world: World, action: Action, tmp_path: Path) -> None:
    """A photo that was moved, edited or replaced in the library is reported and not touched."""
    make_files(world.watch, {f"{name}.jpg": name.encode() for name in ("moved", "edited")})
    for name in ("moved", "edited"):
        world.execute(world.plan(f"{name}.jpg", action))
    (world.library / "Memes/moved.jpg").rename(tmp_path / "mine.jpg")
    (world.library / "Memes/edited.jpg").unlink()
    (world.library / "Memes/edited.jpg").write_bytes(b"brighter")
    before = read_files(world.watch), read_files(world.library)

    edited, moved = undo(world, 1, 2)

    assert before == (read_files(world.watch), read_files(world.library))
    assert moved.error is not None
    assert "moved or deleted since" in moved.error.sentence
    assert edited.error is not None
    assert "was changed since it was filed" in edited.error.sentence


@pytest.mark.parametrize("action", [Action.HARDLINK, Action.COPY, Action.MOVE])
def test_an_undo_overwrites_nothing(world: World, action: Action) -> None:
    """Another photo that has taken the old name stays, and so does the filed one."""
    make_files(world.watch, {"x.jpg": b"photo"})
    world.execute(world.plan("x.jpg", action))
    (world.watch / "x.jpg").unlink(missing_ok=True)
    make_files(world.watch, {"x.jpg": b"the next IMG_0001"})

    (outcome,) = undo(world)

    assert isinstance(outcome.error, FilingError)
    assert "another file called x.jpg" in outcome.error.sentence
    assert {"x.jpg": b"the next IMG_0001"} == read_files(world.watch)
    assert {"Memes/x.jpg": b"photo"} == read_files(world.library)
    assert not world.journal.open_intents()


def test_a_copy_whose_original_is_renamed_stays(world: World) -> None:
    """Brought home it would lie there twice, and be filed twice; nothing is touched."""
    make_files(world.watch, {"x.jpg": b"photo"})
    world.execute(world.plan("x.jpg", Action.COPY))
    (world.watch / "x.jpg").rename(world.watch / "y.jpg")

    (outcome,) = undo(world)

    assert isinstance(outcome.error, FilingError)
    assert "its copy in the library stays" in outcome.error.sentence
    assert {"y.jpg": b"photo"} == read_files(world.watch)
    assert {"Memes/x.jpg": b"photo"} == read_files(world.library)
    assert is_known(world, "y.jpg")
    assert not world.journal.open_intents()


def test_a_photo_that_only_the_library_has_comes_back(world: World) -> None:
    """The phone deleted its link meanwhile: the undo brings the library's one home."""
    make_files(world.watch, {"a/x.jpg": b"photo"})
    world.execute(world.plan("a/x.jpg", Action.HARDLINK))
    (world.watch / "a/x.jpg").unlink()
    (world.watch / "a").rmdir()

    undo(world)

    assert {"a/x.jpg": b"photo"} == read_files(world.watch)
    assert {} == read_files(world.library)
    assert is_known(world, "a/x.jpg")


def test_an_undo_whose_disk_is_away_touches_nothing(world: World) -> None:
    """Without the library, or without the watch folder, undo says so and can be run again later."""
    make_files(world.watch, {"x.jpg": b"photo"})
    world.execute(world.plan("x.jpg", Action.MOVE))
    told = []
    for folder in (world.library, world.watch):
        away = folder.with_name("away")
        folder.rename(away)
        told += [outcome.error for outcome in undo(world)]
        away.rename(folder)

    assert ["is not there", "is not there"] == [
        " ".join(error.sentence.split()[-3:]) for error in told if error
    ]
    assert not world.journal.open_intents()
    undo(world)
    assert {"x.jpg": b"photo"} == read_files(world.watch)


def test_what_was_not_filed_has_nothing_to_undo(world: World) -> None:
    """The same bytes in the library already: that file is somebody else's, and stays."""
    make_files(world.watch, {"x.jpg": b"photo"})
    make_files(world.library, {"Memes/x.jpg": b"photo"})
    world.execute(world.plan("x.jpg", Action.MOVE))

    (outcome,) = undo(world, 1)

    assert outcome.error is not None
    assert "lay in the library already" in outcome.error.sentence
    assert {"Memes/x.jpg": b"photo"} == read_files(world.library)
