"""A damaged journal: what it knew of the library is known again, and nothing is filed twice."""

from __future__ import annotations

import os

import pytest

from gallery_daemon.decision import Action
from gallery_daemon.filing.rebuild import damaged_beside, rebuild, set_aside
from gallery_daemon.journal.journal import Journal
from gallery_daemon.journal.lesson import LessonKind, NewLesson
from gallery_daemon.journal.query import Query
from gallery_daemon.journal.record import State
from tests.filing.conftest import NOW, World, make_files, read_files


def renewed(world: World) -> int:
    """The journal is set aside and rebuilt; how many photos it found in the library."""
    path = world.journal_path
    damaged = set_aside(path, world.disk, NOW)
    names = [os.fspath(file.relative_to(world.watch)) for file in world.watch.rglob("*.*")]
    photos = [world.photo(name) for name in names]
    found = rebuild(
        path,
        damaged,
        world.disk,
        library=os.fspath(world.library),
        photos=photos,
        when=NOW,
    )
    world.journal = Journal(path)
    return found


def is_known(world: World, name: str) -> bool:
    """Whether the daemon would pass over the file."""
    photo = world.photo(name)
    return world.journal.is_known(photo.path, photo.identity, os.fspath(world.library))


def destroy(world: World) -> None:
    """Nothing of the journal can be read any more."""
    world.journal.close()
    path = world.journal_path
    for part in path.parent.glob(f"{path.name}*"):
        if not part.name.endswith("-owners"):
            part.write_bytes(b"\xff" * 5000)


@pytest.mark.parametrize("action", [Action.HARDLINK, Action.COPY, Action.SYMLINK])
def test_what_lies_in_the_library_is_known_again(world: World, action: Action) -> None:
    """By inode, by bytes, or as a link's target; a photo that was never filed is not."""
    make_files(world.watch, {"x.jpg": b"photo", "new.jpg": b"never"})
    make_files(world.library, {"Memes/x.jpg": b"bystander"})
    world.execute(world.plan("x.jpg", action))
    destroy(world)

    found = renewed(world)

    (row,) = world.journal.find(Query())
    assert (1, True, False) == (found, is_known(world, "x.jpg"), is_known(world, "new.jpg"))
    assert (State.FILED, action, "x (2).jpg") == (row.state, row.action, row.name)


def test_a_file_that_only_looks_alike_is_not_taken_for_it(world: World) -> None:
    """Same size and mtime are not enough: the bytes decide."""
    make_files(world.watch, {"x.jpg": b"photo"})
    make_files(world.library, {"Memes/x.jpg": b"other"})
    for path in (world.watch / "x.jpg", world.library / "Memes/x.jpg"):
        os.utime(path, ns=(7, 7))
    destroy(world)

    assert 0 == renewed(world)
    assert not is_known(world, "x.jpg")


def test_rows_that_can_still_be_read_are_kept(world: World) -> None:
    """The journal's beginning and its end survive a hole in its middle."""
    make_files(world.watch, {f"{number:03}.jpg": b"%d" % number for number in range(120)})
    for number in range(120):
        world.execute(world.plan(f"{number:03}.jpg", Action.MOVE))
    before = read_files(world.library)
    world.journal.close()
    content = bytearray(world.journal_path.read_bytes())
    middle = len(content) // 4096 * 4 // 5 * 4096  # the first two thirds are empty tables
    content[middle : middle + 4 * 4096] = b"\xff" * 4 * 4096
    world.journal_path.write_bytes(content)

    renewed(world)

    rows = {row.relative for row in world.journal.find(Query(states=(State.FILED,)))}
    assert {"000.jpg", "119.jpg"} <= rows
    assert 60 < len(rows) < 120
    assert before == read_files(world.library)


def test_what_people_said_of_photos_is_kept(world: World) -> None:
    """With its filing where that can still be read, and with its features."""
    make_files(world.watch, {"x.jpg": b"photo"})
    world.execute(world.plan("x.jpg", Action.HARDLINK))
    (row,) = world.journal.find(Query())
    photo, library = world.photo("x.jpg"), os.fspath(world.library)
    kind = LessonKind.CORRECTION
    new = NewLesson(library, f"{library}/Cars/x.jpg", photo.identity, kind, "cars", filing=row.id)
    (given,) = world.journal.lessons.give([new], NOW)
    world.journal.lessons.keep_features("body", {given: (b"full", b"quick")})
    world.journal.close()

    renewed(world)

    (lesson,) = world.journal.lessons.active(library)
    assert (row.id, "cars", NOW) == (lesson.filing, lesson.class_name, lesson.given_at)
    assert {given: (b"full", b"quick")} == world.journal.lessons.features(library, "body")


def test_nothing_of_the_damaged_journal_is_deleted(world: World) -> None:
    """It stays beside the new one, byte for byte; a power cut before the new one is no loss."""
    make_files(world.watch, {"x.jpg": b"photo"})
    world.execute(world.plan("x.jpg", Action.HARDLINK))
    destroy(world)
    content = world.journal_path.read_bytes()

    renewed(world)

    damaged = damaged_beside(world.journal_path)
    assert damaged is not None
    assert content == damaged.read_bytes()
    assert not list(world.home.glob("*.new*"))
