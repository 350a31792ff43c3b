"""What is a lesson, and what is none, on a real disk; nothing in the library is touched."""

from __future__ import annotations

import os
import shutil

import pytest

from gallery_daemon.decision import Action, Outcome
from tests.filing.conftest import make_files, read_files
from tests.learning.shelves import Later, Shelves, rules_for, told

ACTIONS = list(Action)
EVERY_FILED_ACTION = pytest.mark.parametrize("action", ACTIONS)
COPIES = [Action.HARDLINK, Action.COPY, Action.MOVE]


@EVERY_FILED_ACTION
def test_a_photo_dragged_to_another_class_s_place_is_a_correction(
    shelves: Shelves, action: Action
) -> None:
    """However it came into the library: it has the inode, or it is the link."""
    photo = shelves.file("x.jpg", action=action)

    shelves.move(photo, "Cars/")
    before = read_files(shelves.library)
    look = shelves.look()

    assert ({"Cars/x.jpg": "cars"}, ["correction"]) == (shelves.lessons(), shelves.kinds())
    assert ["lesson_given"] == told(look)
    assert before == read_files(shelves.library)


@pytest.mark.parametrize("keeps_mtime", [True, False])
@pytest.mark.parametrize("action", COPIES)
def test_a_file_manager_s_copy_and_delete_is_a_correction_too(
    shelves: Shelves, action: Action, keeps_mtime: bool
) -> None:
    """It is known by size, name and mtime, or by its bytes."""
    photo = shelves.file("x.jpg", action=action)

    shelves.copy_and_delete(photo, "Cars", keeps_mtime=keeps_mtime)
    shelves.look()

    assert {"Cars/x.jpg": "cars"} == shelves.lessons()


def test_a_copy_under_another_name_is_known_by_its_bytes(shelves: Shelves) -> None:
    """File managers number a name that is taken; a stranger of the same mtime is no copy."""
    make_files(shelves.library, {"Cars/x.jpg": b"bystander"})
    photo = shelves.file("x.jpg", content=b"photo")
    shutil.copy2(photo, shelves.library / "Cars/x (2).jpg")
    (shelves.library / "Cars/odd.jpg").write_bytes(b"other")
    os.utime(shelves.library / "Cars/odd.jpg", ns=(1, photo.stat().st_mtime_ns))
    photo.unlink()

    shelves.look()

    assert {"Cars/x (2).jpg": "cars"} == shelves.lessons()


def test_a_copy_that_leaves_the_original_teaches_nothing(shelves: Shelves) -> None:
    """Nor does a link, hard or symbolic."""
    photo = shelves.file("x.jpg")
    (shelves.library / "Cars").mkdir()
    shutil.copy2(photo, shelves.library / "Cars/x.jpg")
    os.link(photo, shelves.library / "Cars/hard.jpg")
    (shelves.library / "Cars/soft.jpg").symlink_to(photo)

    assert [] == told(shelves.look())
    assert {} == shelves.lessons()


def test_a_photo_taken_out_of_review_is_a_confirmation(shelves: Shelves) -> None:
    """Whether the model had called it so or not."""
    for name in ("a.jpg", "b.jpg"):
        photo = shelves.file(name, "memes", "Review", outcome=Outcome.UNCERTAIN)
        shelves.move(photo, "Memes/" if name == "a.jpg" else "Cars/")

    shelves.look()

    assert {"Memes/a.jpg": "memes", "Cars/b.jpg": "cars"} == shelves.lessons()
    assert ["confirmation"] * 2 == shelves.kinds()


@pytest.mark.parametrize(
    "to",
    [
        "Memes/Best/",
        "Memes/renamed.jpg",
        "Holiday 2024/",
        "Review/",
        ".Trash-1000/files/",
        "#recycle/",
        "../elsewhere/",
        "Cars/.hidden/",
        "Cars/.x.jpg",
        "2024/05/",
    ],
)
def test_what_teaches_nothing(shelves: Shelves, to: str) -> None:
    """Within the class, albums of one's own, back to review, the bin, out of the library."""
    photo = shelves.file("x.jpg")

    shelves.move(photo, to)

    assert [] == told(shelves.look())
    assert {} == shelves.lessons()


def test_a_photo_that_is_deleted_teaches_nothing(shelves: Shelves) -> None:
    """And a lesson of it stands."""
    shelves.file("a.jpg").unlink()
    lesson = shelves.move(shelves.file("b.jpg"), "Cars/")
    shelves.look()
    lesson.unlink()

    assert [] == told(shelves.look())
    assert {"Cars/b.jpg": "cars"} == shelves.lessons()


def test_sidecars_say_nothing_and_need_not_travel(shelves: Shelves) -> None:
    """A photo's place counts, with its sidecar or without."""
    photo = shelves.file("x.jpg")
    sidecar = shelves.file("x.xmp", content=b"<xmp/>")
    with shelves.journal._database.transaction():
        shelves.journal._database.execute("UPDATE filings SET parent = 1 WHERE id = 2")

    shelves.move(sidecar, "Cars/")
    assert [] == told(shelves.look())
    shelves.move(photo, "Trees/")
    shelves.look()

    assert {"Trees/x.jpg": "trees"} == shelves.lessons()


def test_a_drag_undone_at_once_teaches_nothing(shelves: Shelves) -> None:
    """A photo that was moved a moment ago waits, and is looked at again."""
    shelves.clock = Later(0)
    photo = shelves.move(shelves.file("x.jpg"), "Cars/")

    look = shelves.look()
    assert (("Cars/x.jpg",), []) == (look.waiting, told(look))

    shelves.move(photo, "Memes/")
    shelves.clock = Later()
    look = shelves.look()
    assert ((), [], {}) == (look.waiting, told(look), shelves.lessons())


@pytest.mark.parametrize("whole", [True, False])
def test_a_drag_undone_later_withdraws_the_lesson(shelves: Shelves, whole: bool) -> None:
    """By a look at all, or at the path alone."""
    photo = shelves.move(shelves.file("x.jpg"), "Cars/")
    shelves.look()

    shelves.move(photo, "Memes/")
    look = shelves.look() if whole else shelves.look_at("Memes/x.jpg")

    assert (["lesson_withdrawn"], {}) == (told(look), shelves.lessons())
    assert [] == told(shelves.look())


def test_a_copy_back_withdraws_it_as_well(shelves: Shelves) -> None:
    """Though the copy has another inode and another mtime."""
    photo = shelves.move(shelves.file("x.jpg"), "Cars/")
    shelves.look()

    shelves.copy_and_delete(photo, "Memes", keeps_mtime=False)

    assert ["lesson_withdrawn"] == told(shelves.look())


@pytest.mark.parametrize("to", ["Review/", "Memes/Best/"])
def test_a_lesson_is_withdrawn_in_review_and_within_the_first_class(
    shelves: Shelves, to: str
) -> None:
    """The person does not say any more what they said."""
    photo = shelves.move(shelves.file("x.jpg"), "Cars/")
    shelves.look()

    shelves.move(photo, to)

    assert (["lesson_withdrawn"], {}) == (told(shelves.look()), shelves.lessons())


def test_a_photo_that_is_dragged_on_is_corrected_anew(shelves: Shelves) -> None:
    """By a rename, then as a copy; the last place counts."""
    photo = shelves.move(shelves.file("x.jpg"), "Cars/")
    shelves.look()
    photo = shelves.move(photo, "Trees/")
    shelves.look()
    photo = shelves.copy_and_delete(photo, "Cars")
    shelves.look()

    assert {"Cars/x.jpg": "cars"} == shelves.lessons()
    assert ["superseded", "superseded", "active"] == shelves.states()


def test_a_corrected_photo_may_go_into_an_album(shelves: Shelves) -> None:
    """The lesson stands, and says where the photo is."""
    photo = shelves.move(shelves.file("x.jpg"), "Cars/")
    shelves.look()
    shelves.move(photo, "Holiday/best.jpg")

    assert [] == told(shelves.look())
    assert {"Holiday/best.jpg": "cars"} == shelves.lessons()


def test_a_copy_of_a_corrected_photo_elsewhere_changes_nothing(shelves: Shelves) -> None:
    """The photo is where it was seen last."""
    photo = shelves.move(shelves.file("x.jpg"), "Cars/")
    shelves.look()
    (shelves.library / "Trees").mkdir()
    shutil.copy2(photo, shelves.library / "Trees/x.jpg")

    assert [] == told(shelves.look())
    assert {"Cars/x.jpg": "cars"} == shelves.lessons()


def test_a_copy_of_a_photo_in_an_album_teaches_nothing(shelves: Shelves) -> None:
    """The photo itself is there; a look at the copy alone cannot tell, and says so."""
    photo = shelves.move(shelves.file("x.jpg"), "Album/")
    (shelves.library / "Cars").mkdir()
    shutil.copy2(photo, shelves.library / "Cars/x.jpg")

    look = shelves.look_at("Cars/x.jpg")
    assert (True, []) == (look.has_copies, told(look))
    look = shelves.look()
    assert (False, [], {}) == (look.has_copies, told(look), shelves.lessons())


def test_a_photo_in_two_classes_places_teaches_nothing(shelves: Shelves) -> None:
    """Which of them is meant nobody knows."""
    photo = shelves.file("x.jpg")
    for name in ("Cars", "Trees"):
        (shelves.library / name).mkdir()
        os.link(photo, shelves.library / name / "x.jpg")
    photo.unlink()

    assert [] == told(shelves.look())


@pytest.mark.parametrize("in_place", [True, False])
def test_a_photo_may_be_edited_after_the_drag(shelves: Shelves, in_place: bool) -> None:
    """Before it was seen there only in place, for no other file has its inode and its name."""
    photo = shelves.move(shelves.file("x.jpg"), "Cars/")
    if not in_place:
        shelves.look()
        photo.unlink()
    photo.write_bytes(b"an edited photo")

    shelves.look()

    assert {"Cars/x.jpg": "cars"} == shelves.lessons()


def test_two_photos_that_change_places(shelves: Shelves) -> None:
    """Each lies where the other was filed, and is known by its inode all the same."""
    meme, car = shelves.file("x.jpg"), shelves.file("y/x.jpg", "cars", "Cars")
    away = shelves.move(meme, "away.jpg")
    shelves.move(car, "Memes/")
    shelves.move(away, "Cars/x.jpg")

    shelves.look()

    assert {"Cars/x.jpg": "cars", "Memes/x.jpg": "memes"} == shelves.lessons()


def test_a_photo_that_could_not_be_read_teaches_nothing(shelves: Shelves) -> None:
    """A model could not learn from it."""
    photo = shelves.file("x.jpg", "memes", "Broken", outcome=Outcome.FAILED)
    shelves.move(photo, "Cars/")

    assert [] == told(shelves.look())


def test_a_place_that_several_classes_share_teaches_nothing(shelves: Shelves) -> None:
    """Nor does one of which the rules know nothing."""
    shelves.rules = rules_for({"cars": "Out/", "trees": "Out/", "memes": "Memes/"})
    shelves.move(shelves.file("x.jpg"), "Out/")

    assert [] == told(shelves.look())


def test_a_watch_folder_inside_the_library_is_none_of_it(shelves: Shelves) -> None:
    """There a filed photo's other name lies, which is no drag."""
    shelves.rules = rules_for({"cars": "Cars/", "memes": "Memes/"})
    photo = shelves.file("x.jpg")
    (shelves.library / "Cars/Camera").mkdir(parents=True)
    photo.rename(shelves.library / "Cars/Camera/x.jpg")
    shelves.others = (os.fspath(shelves.library / "Cars/Camera"),)

    assert [] == told(shelves.look())


def test_names_with_broken_utf_8_and_line_breaks(shelves: Shelves) -> None:
    """They are names like any other."""
    photo = shelves.file("a\nb\udcff.jpg")
    shelves.move(photo, "Cars/\udcfe/")

    shelves.look()

    assert {"Cars/\udcfe/a\nb\udcff.jpg": "cars"} == shelves.lessons()


def test_a_look_is_many_turns(shelves: Shelves) -> None:
    """A large library is looked at in pieces, and all of it is seen."""
    for number in range(250):
        make_files(shelves.library, {f"Own/{number:03}.jpg": b"%d" % number})
    shelves.move(shelves.file("x.jpg"), "Trees/")

    scan = shelves.scan()
    scan.begin()
    assert scan.turn() is None
    look = scan.turn()

    assert look is not None
    assert ["lesson_given"] == told(look)
    assert not scan.is_under_way
