"""What people said of photos: given, superseded, withdrawn, asked about."""

from __future__ import annotations

from contextlib import closing
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.journal.journal import Journal
from gallery_daemon.journal.lesson import LessonKind, LessonState, NewLesson
from gallery_daemon.photo import Identity

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gallery_daemon.journal.lesson import Lesson

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
CORRECTION, LABEL = LessonKind.CORRECTION, LessonKind.LABEL


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    """An empty journal."""
    with closing(Journal(tmp_path / "journal.sqlite3")) as opened:
        yield opened


def lesson(number: int = 1, class_name: str = "cars", **others: object) -> NewLesson:
    """A lesson of the photo of that number, which this program filed."""
    made = NewLesson(
        library="/lib\udcff",
        path=f"/lib\udcff/Cars/{number}.jpg",
        identity=Identity(5, 2**64 - number, 1000, number),
        kind=CORRECTION,
        class_name=class_name,
        filing=number,
        content_hash="ab",
        before="memes",
    )
    return replace(made, **others)  # type: ignore[arg-type] # by name


def states(journal: Journal) -> list[tuple[int, str]]:
    """Every lesson's id and state."""
    rows = journal._database.rows("SELECT id, state FROM lessons ORDER BY id")
    return [(row["id"], row["state"]) for row in rows]


def test_a_lesson_is_read_back_as_it_was_given(journal: Journal) -> None:
    """Names with broken UTF-8, the largest inodes, one that this program never filed."""
    foreign = lesson(2, kind=LABEL, filing=None, content_hash=None, before=None)

    assert [1, 2] == journal.lessons.give([lesson(), foreign], NOW)

    found = journal.lessons.active("/lib\udcff")
    assert [_new(each) for each in found] == [lesson(), foreign]
    assert [(1, NOW, LessonState.ACTIVE), (2, NOW, LessonState.ACTIVE)] == [
        (each.id, each.given_at, each.state) for each in found
    ]
    assert [] == journal.lessons.active("/lib")


def _new(found: Lesson) -> NewLesson:
    return NewLesson(**{each.name: getattr(found, each.name) for each in fields(NewLesson)})


def test_the_same_lesson_is_not_given_twice(journal: Journal) -> None:
    """The daemon and a command may both have seen the drag."""
    journal.lessons.give([lesson()], NOW)

    assert [] == journal.lessons.give([lesson()], LATER)
    assert [(1, "active")] == states(journal)


@pytest.mark.parametrize(
    "later",
    [
        lesson(class_name="trees"),
        lesson(class_name="trees", path="/lib\udcff/Trees/x.jpg", filing=None),
        lesson(class_name="trees", filing=None, identity=Identity(6, 9, 1000, 1)),
        lesson(kind=LABEL),
    ],
    ids=["by its filing", "renamed, by its inode", "by path, size and mtime", "by command"],
)
def test_a_later_lesson_of_the_file_supersedes(journal: Journal, later: NewLesson) -> None:
    """Whichever way the file is known again; another file's lesson stays."""
    journal.lessons.give([lesson(), lesson(2)], NOW)

    journal.lessons.give([later], LATER)

    assert [(1, "superseded"), (2, "active"), (3, "active")] == states(journal)


def test_what_was_said_of_a_file(journal: Journal) -> None:
    """Neither what was superseded nor what was withdrawn; what was undone is remembered."""
    table = journal.lessons
    table.give([lesson(), lesson(2), lesson(3)], NOW)
    table.give([lesson(class_name="trees")], LATER)
    table.withdraw([2], LATER)
    table.withdraw([3], LATER, LessonState.UNDONE)

    said = [
        table.of_file(each.library, each.path, each.identity, each.filing)
        for each in (lesson(), lesson(2), lesson(3), lesson(4))
    ]

    assert [["trees"], [], ["cars"], []] == [[each.class_name for each in of] for of in said]


def test_a_lesson_ends_once(journal: Journal) -> None:
    """What ended is not withdrawn again, and counts as no lesson that was."""
    journal.lessons.give([lesson(), lesson(2)], NOW)

    assert 2 == journal.lessons.withdraw([1, 2, 7], NOW)
    assert 0 == journal.lessons.withdraw([1, 2], LATER)
    assert [] == journal.lessons.active("/lib\udcff")


def test_a_photo_that_moved_on_is_known_where_it_lies(journal: Journal) -> None:
    """Its lesson holds, with the path and the identity of today."""
    journal.lessons.give([lesson()], NOW)
    there = Identity(1, 2, 3, 4)

    journal.lessons.moved([(1, "/lib\udcff/Album/1.jpg", there)])

    (found,) = journal.lessons.active("/lib\udcff")
    assert ("/lib\udcff/Album/1.jpg", there) == (found.path, found.identity)


def test_features_are_those_of_lessons_that_hold(journal: Journal) -> None:
    """By body, so that one of another body is never mistaken for them."""
    table = journal.lessons
    table.give([lesson(), lesson(2)], NOW)
    table.keep_features("body", {1: (b"full", b"quick"), 2: (b"2", b"2")})
    table.keep_features("other", {1: (b"FULL", b"QUICK")})
    table.withdraw([2], NOW)

    assert {1: (b"full", b"quick")} == table.features("/lib\udcff", "body")
    assert {1: (b"FULL", b"QUICK")} == table.features("/lib\udcff", "other")
    assert {} == table.features("/lib", "body")


def test_the_same_bytes_have_the_same_features(journal: Journal) -> None:
    """A new lesson of the photo need not be looked at again, unless it was changed."""
    table = journal.lessons
    table.give([lesson(), lesson(2)], NOW)
    table.keep_features("body", {1: (b"1", b"q"), 2: (b"2", b"q")})

    table.give([lesson(class_name="trees")], LATER)
    table.give([lesson(2, "trees", identity=Identity(5, 7, 1001, 8))], LATER)

    assert {3: (b"1", b"q")} == table.features("/lib\udcff", "body")


def test_a_mass_move_is_asked_about_once(journal: Journal) -> None:
    """Its lessons do not hold until the person says so."""
    number = journal.lessons.note_mass_move(
        [lesson(1), lesson(2)], ("Memes", "b\udcfe"), ("Cars",), NOW
    )

    assert [] == journal.lessons.active("/lib\udcff")
    (move,) = journal.lessons.mass_moves("/lib\udcff")
    assert (number, ("Memes", "b\udcfe"), ("Cars",), "cars", 2, NOW) == (
        move.id, move.from_folder, move.to_folder, move.class_name, move.photos, move.noticed_at,
    )  # fmt: skip
    assert [] == journal.lessons.mass_moves("/lib")


def test_a_mass_move_that_is_accepted_is_a_lesson_for_each_photo(journal: Journal) -> None:
    """It takes the place of what was said before; what was given meanwhile stands."""
    table = journal.lessons
    table.give([lesson(1, "trees")], NOW)
    number = table.note_mass_move([lesson(1), lesson(2), lesson(3)], (), ("Cars",), NOW)
    table.give([lesson(3, "trees", kind=LABEL)], NOW)

    assert 2 == table.accept(number, LATER)

    assert [(2, "cars", LATER), (3, "cars", LATER), (5, "trees", NOW)] == [
        (each.id, each.class_name, each.given_at) for each in table.active("/lib\udcff")
    ]
    assert [] == table.mass_moves("/lib\udcff")
    assert 0 == table.accept(number, LATER)


def test_a_mass_move_that_is_dismissed_teaches_nothing(journal: Journal) -> None:
    """It is not asked about again, and what was said before holds."""
    table = journal.lessons
    table.give([lesson(1, "trees")], NOW)
    number = table.note_mass_move([lesson(1), lesson(2)], (), ("Cars",), NOW)

    assert 2 == table.dismiss(number, LATER)

    assert [(1, "active"), (2, "dismissed"), (3, "dismissed")] == states(journal)
    assert [] == table.mass_moves("/lib\udcff")


def test_of_lessons_by_dragging_those_are_listed_that_say_something(journal: Journal) -> None:
    """By hand given ones do not end when the photo is dragged back."""
    table = journal.lessons
    table.give([lesson(1), lesson(2), lesson(3, kind=LABEL), lesson(4, filing=None)], NOW)
    table.withdraw([2], NOW)

    assert [1] == [each.id for each in table.dragged("/lib\udcff")]


def test_rows_of_another_journal_are_adopted(journal: Journal, tmp_path: Path) -> None:
    """What belonged to a row that is lost is not joined to another; what is odd is passed over."""
    with closing(Journal(tmp_path / "other.sqlite3")) as other:
        other.lessons.give([lesson(1), lesson(2)], NOW)
        other.lessons.note_mass_move([lesson(3)], (), ("Cars",), NOW)
        other.lessons.keep_features("body", {2: (b"f", b"q")})
        tables = {
            name: [dict(row) for row in other._database.rows(f"SELECT * FROM {name}")]
            for name in ("mass_moves", "lessons", "lesson_features")
        }
    tables["lessons"] += [{"state": "odd"}, tables["lessons"][0] | {"id": 9, "given_at": "?"}]

    journal.lessons.adopt(tables)

    found = journal.lessons.active("/lib\udcff")
    assert [(1, None), (2, None)] == [(each.id, each.filing) for each in found]
    assert {2: (b"f", b"q")} == journal.lessons.features("/lib\udcff", "body")
    assert 1 == len(journal.lessons.mass_moves("/lib\udcff"))
