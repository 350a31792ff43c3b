"""What is a lesson, and what is none, on a real disk; nothing in the library is touched."""

from __future__ import annotations

import os
import shutil

import pytest

from gallery_daemon.commands.undo import Undoing
from gallery_daemon.decision import Action, Outcome
from gallery_daemon.filing.relocate import Relocator
from gallery_daemon.journal.lesson import LessonKind, LessonState, NewLesson
from gallery_daemon.journal.query import Query
from gallery_daemon.photo import Identity
from tests.filing.conftest import NOW, make_files, read_files
from tests.learning.shelves import BY_CLASS, Later, Shelves, rules_for, told

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
    assert {"Cars/x.jpg": "trees"} == shelves.lessons()


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
