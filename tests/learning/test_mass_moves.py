"""Very many photos that go at once are asked about once, and teach nothing until then."""

from __future__ import annotations

import os
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gallery_daemon.decision import Outcome
from gallery_daemon.learning import corrections
from tests.filing.conftest import NOW
from tests.learning.shelves import Shelves, told, worlds


def test_thousands_of_photos_at_once_are_asked_about_once(shelves: Shelves) -> None:
    """Until the person says what they mean they teach nothing; those that go back are not asked."""
    photos = [shelves.file(f"{number:03}.jpg") for number in range(150)]
    for photo in photos:
        shelves.move(photo, "Cars/")

    look = shelves.look()

    assert ["mass_move_seen"] == told(look)
    assert {} == shelves.lessons()
    (move,) = shelves.journal.lessons.mass_moves(os.fspath(shelves.library))
    assert (("Memes",), ("Cars",), "cars", 150) == (
        move.from_folder, move.to_folder, move.class_name, move.photos,
    )  # fmt: skip
    assert [] == told(shelves.look())

    shelves.move(shelves.library / "Cars/000.jpg", "Memes/")
    shelves.look()
    (move,) = shelves.journal.lessons.mass_moves(os.fspath(shelves.library))
    assert 149 == move.photos
    assert 149 == shelves.journal.lessons.accept(move.id, NOW)
    assert 149 == len(shelves.lessons())
    assert [] == told(shelves.look())


def test_a_mass_move_that_was_dismissed_is_not_asked_about_again(shelves: Shelves) -> None:
    """For as long as its photos lie there."""
    for number in range(101):
        shelves.move(shelves.file(f"{number:03}.jpg"), "Cars/")
    shelves.look()
    shelves.journal.lessons.dismiss(1, NOW)

    assert [] == told(shelves.look())
    assert {} == shelves.lessons()


@pytest.mark.parametrize(
    ("went", "stayed", "is_asked"), [(20, 2, True), (20, 3, False), (19, 0, False)]
)
def test_a_whole_class_folder_is_asked_about(
    shelves: Shelves, went: int, stayed: int, is_asked: bool
) -> None:
    """From twenty photos on, if nearly all of them went."""
    for number in range(went + stayed):
        photo = shelves.file(f"{number:03}.jpg")
        if number < went:
            shelves.move(photo, "Cars/")

    look = shelves.look()

    assert (["mass_move_seen"] if is_asked else ["lesson_given"] * went) == told(look)


def test_a_whole_folder_inside_another_is_a_mass_move(shelves: Shelves) -> None:
    """The folder itself was dragged; a look at it is enough."""
    for number in range(25):
        shelves.file(f"{number:03}.jpg")
    (shelves.library / "Cars").mkdir()
    (shelves.library / "Memes").rename(shelves.library / "Cars/Memes")

    assert ["mass_move_seen"] == told(shelves.look_at("Cars/Memes"))


def test_thirty_taken_out_of_review_at_once_are_confirmations(shelves: Shelves) -> None:
    """Looked through and dragged together, as one does with what waits for one."""
    for number in range(30):
        photo = shelves.file(f"{number:03}.jpg", "cars", "Review", outcome=Outcome.UNCERTAIN)
        shelves.move(photo, "Cars/")

    assert ["lesson_given"] * 30 == told(shelves.look())


def test_a_class_folder_goes_with_what_was_dragged_into_it(shelves: Shelves) -> None:
    """All of it is one move, and back again it is none; what was said before holds all the time."""
    memes = [shelves.file(f"{number:03}.jpg") for number in range(25)]
    strays = [shelves.file(f"car {number}.jpg", "cars", "Cars") for number in range(3)]
    unsure = [
        shelves.file(f"unsure {number}.jpg", "trees", "Review", outcome=Outcome.UNCERTAIN)
        for number in range(2)
    ]
    dragged = [shelves.move(photo, "Memes/") for photo in (*strays, *unsure)]
    shelves.look()
    said = sorted(shelves.lessons().values())

    gone = [shelves.move(photo, "Trees/") for photo in (*memes, *dragged)]
    look = shelves.look()
    (move,) = shelves.journal.lessons.mass_moves(os.fspath(shelves.library))

    assert ["memes"] * 5 == said
    assert ["mass_move_seen"] == told(look)
    assert (30, ("Memes",), ("Trees",)) == (move.photos, move.from_folder, move.to_folder)
    assert said == sorted(shelves.lessons().values())

    for photo in gone:
        shelves.move(photo, "Memes/")

    assert [] == told(shelves.look())
    assert [] == shelves.journal.lessons.mass_moves(os.fspath(shelves.library))
    assert {f"Memes/{photo.name}": "memes" for photo in dragged} == shelves.lessons()


def test_what_a_dismissed_move_brought_may_be_dragged_there_later(shelves: Shelves) -> None:
    """Once the photos are back the person's word on that move is over."""
    stray = shelves.move(shelves.file("car.jpg", "cars", "Cars"), "Memes/")
    shelves.look()
    photos = [*(shelves.file(f"{number:03}.jpg") for number in range(25)), stray]
    gone = [shelves.move(photo, "Trees/") for photo in photos]
    shelves.look()
    shelves.journal.lessons.dismiss(1, NOW)
    for photo in gone:
        shelves.move(photo, "Memes/")
    assert [] == told(shelves.look())

    shelves.move(shelves.library / "Memes/car.jpg", "Trees/")

    assert ["lesson_given"] == told(shelves.look())
    assert {"Trees/car.jpg": "trees"} == shelves.lessons()


def test_copies_of_photos_and_photos_that_go_at_once_are_one_move(shelves: Shelves) -> None:
    """A restored file has another inode; only a look at all tells, and tells it of all."""
    photos = [shelves.file(f"{number:03}.jpg") for number in range(25)]
    for photo in photos[:3]:
        content, mtime_ns = photo.read_bytes(), photo.stat().st_mtime_ns
        photo.unlink()
        photo.write_bytes(content)
        os.utime(photo, ns=(mtime_ns, mtime_ns))
    names = [str(shelves.move(photo, "Trees/").relative_to(shelves.library)) for photo in photos]

    part = shelves.look_at(*names)

    assert ([], True) == (told(part), part.has_copies)
    assert ["mass_move_seen"] == told(shelves.look())
    assert {} == shelves.lessons()


SMALL_MANY, SMALL_WHOLE, SMALL_NEARLY = 5, 3, 2


@pytest.mark.timeout(120)
@given(
    went=st.integers(1, 8),
    stayed=st.integers(0, 5),
    from_review=st.integers(0, 7),
    copied=st.integers(0, 2),
)
@settings(max_examples=60)
def test_what_is_asked_about_and_what_is_taught(
    went: int, stayed: int, from_review: int, copied: int
) -> None:
    """Of every size, to the photo; what comes out of review at the same time is counted apart."""
    for world in worlds():
        shelves = Shelves(world)
        for number in range(went + stayed):
            photo = shelves.file(f"{number}.jpg")
            if number < min(copied, went):
                shelves.copy_and_delete(photo, "Cars")
            elif number < went:
                shelves.move(photo, "Cars/")
        for number in range(from_review):
            name = f"unsure {number}.jpg"
            unsure = shelves.file(name, "memes", "Review", outcome=Outcome.UNCERTAIN)
            shelves.move(unsure, "Cars/")
        is_whole = went >= SMALL_WHOLE and stayed * SMALL_NEARLY <= went
        with (
            patch.object(corrections, "MANY", SMALL_MANY),
            patch.object(corrections, "WHOLE_FOLDER", SMALL_WHOLE),
            patch.object(corrections, "_NEARLY", SMALL_NEARLY),
        ):
            shelves.look()

        moves = shelves.journal.lessons.mass_moves(os.fspath(shelves.library))
        asked = [went] if went > SMALL_MANY or is_whole else []
        asked += [from_review] if from_review > SMALL_MANY else []
        assert sorted(asked) == sorted(move.photos for move in moves)
        assert went + from_review - sum(asked) == len(shelves.lessons())
