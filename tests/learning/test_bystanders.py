"""What others do to a library, our own acts, labels and words by command: no false lesson."""

from __future__ import annotations

import os
import shutil

import pytest

from gallery_daemon.commands.undo import Undoing
from gallery_daemon.decision import Action
from gallery_daemon.filing.relocate import Relocator
from gallery_daemon.journal.lesson import LessonKind, LessonState, NewLesson
from gallery_daemon.journal.query import Query
from gallery_daemon.photo import Identity
from tests.filing.conftest import NOW
from tests.learning.shelves import BY_CLASS, Shelves, rules_for, told


def test_the_library_moved_as_a_whole_teaches_nothing(shelves: Shelves) -> None:
    """Into a folder of itself, even where that is called like a class."""
    shelves.rules = BY_CLASS
    for name in ("memes", "cars"):
        shelves.file(f"{name}.jpg", name, name)
    for name in ("memes", "cars"):
        (shelves.library / "old").mkdir(exist_ok=True)
        (shelves.library / name).rename(shelves.library / "old" / name)

    assert [] == told(shelves.look())


def test_a_restored_backup_teaches_nothing(shelves: Shelves) -> None:
    """The same paths with new inodes, which may be those that other photos had."""
    for number in range(30):
        shelves.file(f"{number}.jpg", content=b"%d" % number)
    saved = shelves.world.home / "saved"
    shutil.copytree(shelves.library, saved)
    shutil.rmtree(shelves.library)
    shutil.copytree(saved, shelves.library)

    assert [] == told(shelves.look())
    assert {} == shelves.lessons()


@pytest.mark.parametrize("rules", [BY_CLASS, rules_for({"cars": "{date:%Y}/cars/"})])
def test_another_program_that_sorts_by_date_teaches_nothing(
    shelves: Shelves, rules: object
) -> None:
    """A year's folder is no class's place."""
    shelves.rules = rules  # type: ignore[assignment] # a rule set
    for number in range(3):
        photo = shelves.file(f"{number}.jpg", "memes", "memes")
        shelves.move(photo, f"2024/0{number + 1}/")

    assert [] == told(shelves.look())


def test_own_acts_are_never_lessons(shelves: Shelves) -> None:
    """Filing, refiling, undoing, redoing; and one that a crash has left open."""
    world = shelves.world
    photo = shelves.file("x.jpg", action=Action.COPY)
    (row,) = world.journal.find(Query())
    cars = world.plan("x.jpg", Action.COPY, to="Cars")
    relocated = Relocator(world.journal, world.disk).relocate_photo(row, cars, NOW)
    assert [] == told(shelves.look())

    # By its inode the copy is known through the filing before.
    shelves.move(shelves.library / "Cars/x.jpg", "Trees/")
    assert ["lesson_given"] == told(shelves.look())
    shelves.move(shelves.library / "Trees/x.jpg", "Cars/")
    assert ["lesson_withdrawn"] == told(shelves.look())

    (done,) = Undoing(world.journal, world.disk, shelves.clock).run([relocated.row])
    assert done.error is None
    assert photo.exists()
    assert [] == told(shelves.look())
    assert {} == shelves.lessons()


@pytest.mark.parametrize("act", ["refile", "undo"])
def test_a_photo_that_came_home_and_was_taken_on_has_no_lesson(shelves: Shelves, act: str) -> None:
    """The program can have moved it only from where it was filed."""
    world = shelves.world
    photo = shelves.move(shelves.file("x.jpg"), "Cars/")
    shelves.look()
    (row,) = world.journal.find(Query())
    shelves.move(photo, "Memes/")
    if act == "undo":
        list(Undoing(world.journal, world.disk, shelves.clock).run([row]))
    else:
        plan = world.plan("x.jpg", Action.MOVE, to="Trees")
        Relocator(world.journal, world.disk).relocate_photo(row, plan, NOW)

    assert (["lesson_withdrawn"], {}) == (told(shelves.look()), shelves.lessons())


def test_an_act_that_is_begun_is_left_alone(
    shelves: Shelves, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until recovery knows how it ended, the file may lie at either place."""
    world = shelves.world
    photo = shelves.file("x.jpg")
    (row,) = world.journal.find(Query())
    plan = world.plan("x.jpg", Action.MOVE, to="Cars")
    monkeypatch.setattr(world.journal, "close_intent", _killed)
    with pytest.raises(KeyboardInterrupt):
        Relocator(world.journal, world.disk).relocate_photo(row, plan, NOW)

    assert not photo.exists()
    assert [] == told(shelves.look())


def _killed(*_: object, **__: object) -> None:
    """The end of the act is not written any more."""
    raise KeyboardInterrupt


def test_two_journals_of_one_library(shelves: Shelves) -> None:
    """What another daemon files beside ours, under the same inode even, is no drag."""
    shelves.file("x.jpg")
    (shelves.library / "Cars").mkdir()
    os.link(shelves.world.watch / "x.jpg", shelves.library / "Cars/x.jpg")

    assert [] == told(shelves.look())


def test_a_label_stands_where_the_photo_lies(shelves: Shelves) -> None:
    """Given after the drag it counts more; a later drag counts more than it."""
    photo = shelves.move(shelves.file("x.jpg"), "Cars/")
    shelves.look()
    library = os.fspath(shelves.library)
    label = NewLesson(
        library, os.fspath(photo), Identity.of(photo.lstat()), LessonKind.LABEL, "trees", filing=1
    )
    shelves.journal.lessons.give([label], NOW)

    assert [] == told(shelves.look())
    assert {"Cars/x.jpg": "trees"} == shelves.lessons()

    shelves.move(photo, "Memes/x.jpg")
    assert [] == told(shelves.look())
    assert {"Memes/x.jpg": "trees"} == shelves.lessons()


def test_a_label_gives_way_to_a_later_drag(shelves: Shelves) -> None:
    """The last word counts."""
    photo = shelves.file("x.jpg")
    library = os.fspath(shelves.library)
    label = NewLesson(
        library, os.fspath(photo), Identity.of(photo.lstat()), LessonKind.LABEL, "trees", filing=1
    )
    shelves.journal.lessons.give([label], NOW)
    shelves.move(photo, "Cars/")

    shelves.look()

    assert {"Cars/x.jpg": "cars"} == shelves.lessons()


def test_what_was_undone_by_command_is_not_given_again(shelves: Shelves) -> None:
    """Until the photo has been home."""
    photo = shelves.move(shelves.file("x.jpg"), "Cars/")
    shelves.look()
    shelves.journal.lessons.withdraw([1], NOW, LessonState.UNDONE)
    assert [] == told(shelves.look())
    photo = shelves.move(photo, "Cars/New/")
    assert [] == told(shelves.look())

    shelves.move(photo, "Memes/")
    shelves.look()
    shelves.move(shelves.library / "Memes/x.jpg", "Cars/")

    assert ["lesson_given"] == told(shelves.look())


def test_what_was_undone_by_command_may_be_meant_by_a_drag(shelves: Shelves) -> None:
    """The word that was taken back was said of the photo where it lay then."""
    photo = shelves.file("x.jpg")
    identity = Identity.of(photo.lstat())
    label = NewLesson(
        os.fspath(shelves.library), os.fspath(photo), identity, LessonKind.LABEL, "cars", filing=1
    )
    shelves.journal.lessons.give([label], NOW)
    shelves.journal.lessons.withdraw([1], NOW, LessonState.UNDONE)

    shelves.move(photo, "Cars/")

    assert ["lesson_given"] == told(shelves.look())


@pytest.mark.parametrize("whole", [True, False])
def test_a_label_goes_home_with_its_photo(shelves: Shelves, whole: bool) -> None:
    """A program took the photo away, and somebody brought it back: it can still be learned from."""
    photo = shelves.file("x.jpg")
    identity = Identity.of(photo.lstat())
    label = NewLesson(
        os.fspath(shelves.library), os.fspath(photo), identity, LessonKind.LABEL, "cars", filing=1
    )
    shelves.journal.lessons.give([label], NOW)
    away = shelves.move(photo, "Album/")
    shelves.look()
    assert {"Album/x.jpg": "cars"} == shelves.lessons()

    shelves.move(away, "Memes/")
    look = shelves.look() if whole else shelves.look_at("Memes/x.jpg")

    assert ([], {"Memes/x.jpg": "cars"}) == (told(look), shelves.lessons())
