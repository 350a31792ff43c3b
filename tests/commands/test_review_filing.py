"""A person says what a photo is: it is filed as that and is a lesson, both or, undone, neither."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from gallery_daemon.commands.lessons import label, unlabel
from gallery_daemon.commands.refile import Refile, Refiling
from gallery_daemon.commands.review import Reviewing
from gallery_daemon.commands.undo import Undoing
from gallery_daemon.daemon.journals import journal_path
from gallery_daemon.daemon.wiring import library_scan_of
from gallery_daemon.decision import Action
from gallery_daemon.errors import GalleryError
from gallery_daemon.filing.disk import Disk
from gallery_daemon.filing.relocate import clear_up
from gallery_daemon.journal.journal import Journal
from gallery_daemon.journal.lesson import LessonKind
from gallery_daemon.journal.query import Query
from gallery_daemon.journal.record import State
from tests.commands.test_plan import Blind
from tests.commands.test_review import LEFT, RULES, reviewing, sort
from tests.filing.conftest import read_files
from tests.filing.fuse import CrashError, Fuse, disk_on, journal_on
from tests.journey.foretold import _CONFIG, FILM, Scene, photo_bytes, stood_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gallery_daemon.commands.review_filing import FiledAs
    from gallery_daemon.journal.record import Row

ACTIONS = list(Action)


@contextmanager
def opened() -> Iterator[Journal]:
    """The journal as it is now."""
    with closing(Journal(journal_path())) as journal:
        yield journal


def ids_of(review: Reviewing) -> dict[str, int]:
    """The ids of those that wait, by their names."""
    return {each.name: each.id for each in review.queue()}


def say(scene: Scene, name: str, class_name: str) -> FiledAs:
    """A person says it of the photo of that name."""
    with reviewing(scene) as review:
        (found,) = review.file_as([ids_of(review)[name]], class_name)
    return found


def lessons(scene: Scene) -> dict[str, tuple[str, str]]:
    """Class and kind of each lesson that holds, by the path below the library or the home."""
    with opened() as journal:
        active = journal.lessons.active(os.fspath(scene.library))
    return {
        each.path.removeprefix(f"{scene.library}/").removeprefix(f"{scene.home}/"): (
            each.class_name,
            each.kind,
        )
        for each in active
    }


def all_lessons() -> list[tuple[object, ...]]:
    """Every lesson that was ever given, with its state, but for the moment it ended."""
    with opened() as journal:
        rows = journal._database.rows("SELECT path, filing, class, state FROM lessons ORDER BY id")
        return [tuple(row) for row in rows]


def filings() -> list[Row]:
    """What is filed, the newest first."""
    with opened() as journal:
        assert not journal.open_intents()
        return journal.find(Query(states=(State.FILED,), is_photo=True))


def look(scene: Scene) -> list[str]:
    """What a look at the whole library, long after, takes from it: the names of the events."""
    scene.clock.date += timedelta(hours=1)
    with opened() as journal:
        scan = library_scan_of(scene.config(), journal, Disk(), scene.clock)
        return [event.NAME for event in scan.look().events]


def refile(scene: Scene) -> list[str]:
    """Where photos go by `refile`, below the library; it is done."""
    with opened() as journal, stood_in(scene.clock):
        refiling = Refiling(scene.config(), journal, Disk(), scene.clock, Blind())
        moves = [each for each in refiling.plan(None, None) if isinstance(each, Refile)]
        done = list(refiling.run(moves))
    assert all(each.is_well for each in done)
    return sorted(
        (each.moved.row.destination or "").removeprefix(f"{scene.library}/")
        for each in done
        if each.moved
    )


@pytest.mark.parametrize("action", ACTIONS)
def test_a_photo_is_filed_by_the_rules_and_undone_exactly(scene: Scene, action: Action) -> None:
    """With its film, however it came; no look at the library takes it for a drag, before or after.

    Nor does `refile` carry it back to where the model would have it.
    """
    rules = f"defaults: {{action: {action}}}\n" + RULES.lstrip()
    scene.put("IMG_1.mov", FILM)
    sort(scene, "maybe-cars", "maybe-memes", rules=rules)
    before = read_files(scene.library), read_files(scene.watch), filings()
    assert "Review/cars/IMG_1.mov" in before[0]

    found = say(scene, "IMG_1.jpg", "memes")

    assert (None, "Memes/IMG_1.jpg", True) == (found.problem, found.destination, found.is_taught)
    after = read_files(scene.library)
    assert {"Memes/IMG_1.jpg", "Memes/IMG_1.mov", "Review/memes/IMG_2.jpg"} == set(after)
    assert sorted(before[0].values()) == sorted(after.values())
    assert before[1] == read_files(scene.watch)
    assert {"Memes/IMG_1.jpg": ("memes", LessonKind.LABEL)} == lessons(scene)
    row = next(row for row in filings() if row.id == found.row)
    assert ("memes", "cars", "memes", "memes") == (
        row.said, row.top_class, row.filed_as, row.rule,
    )  # fmt: skip
    assert [] == look(scene)
    assert {"Memes/IMG_1.jpg": ("memes", LessonKind.LABEL)} == lessons(scene)
    assert [] == refile(scene)

    with reviewing(scene) as review:
        assert ["IMG_2.jpg"] == list(ids_of(review))
        assert (1, 1, 1) == _figures(review)
        (back,) = review.take_back([found.row or 0])
        assert (found.id, None) == (back.restored, back.problem)
        assert found.id in ids_of(review).values()

    assert before == (read_files(scene.library), read_files(scene.watch), filings())
    assert {} == lessons(scene)
    assert [] == look(scene)
    assert {} == lessons(scene)
    assert [] == refile(scene)


def _figures(review: Reviewing) -> tuple[int, int, int]:
    review._decided += 1  # by the sitting before
    progress = review.progress()
    return progress.decided, progress.waiting, progress.lessons


def test_the_undo_of_a_command_takes_the_word_back_and_gives_it_again(scene: Scene) -> None:
    """Both or neither, as often as it is undone."""
    sort(scene, "maybe-cars")
    found = say(scene, "IMG_1.jpg", "memes")
    taught, filed = lessons(scene), read_files(scene.library)

    undo = _undo(scene, found.row or 0)
    assert {} == lessons(scene)
    assert ["Review/cars/IMG_1.jpg"] == list(read_files(scene.library))
    again = _undo(scene, undo)
    assert (taught, filed) == (lessons(scene), read_files(scene.library))
    assert [] == look(scene)
    assert [] == refile(scene)
    _undo(scene, again)

    assert {} == lessons(scene)
    with reviewing(scene) as review:
        assert ["IMG_1.jpg"] == list(ids_of(review))


def _undo(scene: Scene, number: int) -> int:
    with opened() as journal:
        row = journal.existing_row(number)
        scene.clock.date += timedelta(minutes=1)
        (outcome,) = Undoing(journal, Disk(), scene.clock).run([row])
    assert outcome.done is not None, outcome.error
    return outcome.done.id


def test_what_was_said_before_holds_again(scene: Scene) -> None:
    """Undone, the lesson that had been superseded is back, and that of a command outlives both."""
    sort(scene, "maybe-cars")
    with reviewing(scene) as review:
        path = review.file_of(ids_of(review)["IMG_1.jpg"])[0]
        label(path, "trees", os.fspath(scene.library), review._journal, scene.clock)
        before = lessons(scene)
        scene.clock.date += timedelta(minutes=1)
        (found,) = review.file_as([1], "memes")
        assert {"Memes/IMG_1.jpg": ("memes", LessonKind.LABEL)} == lessons(scene)
        review.take_back([found.row or 0])
        assert before == lessons(scene)
        scene.clock.date += timedelta(minutes=1)
        label(path, "memes", os.fspath(scene.library), review._journal, scene.clock)
        scene.clock.date += timedelta(minutes=1)

        (found,) = review.file_as([1], "memes")
        review.take_back([found.row or 0])

    assert {"Review/cars/IMG_1.jpg": ("memes", LessonKind.LABEL)} == lessons(scene)


def test_a_drag_after_it_is_a_correction(scene: Scene) -> None:
    """Also to where the model had called it: what the person said first was the other."""
    sort(scene, "maybe-cars")
    say(scene, "IMG_1.jpg", "memes")
    (scene.library / "Cars").mkdir()
    (scene.library / "Memes/IMG_1.jpg").rename(scene.library / "Cars/IMG_1.jpg")

    assert ["lesson_given"] == look(scene)
    assert {"Cars/IMG_1.jpg": ("cars", LessonKind.CORRECTION)} == lessons(scene)


def test_a_label_is_what_refile_goes_by(scene: Scene) -> None:
    """And without it the model's word counts again; a plan and a pass say the same."""
    sort(scene, "cars", "maybe-cars")
    with opened() as journal:
        library = os.fspath(scene.library)
        for name in ("Cars/IMG_1.jpg", "Review/cars/IMG_2.jpg"):
            label(f"{library}/{name}", "memes", library, journal, scene.clock)

    assert ["Memes/IMG_1.jpg", "Memes/IMG_2.jpg"] == refile(scene)
    assert {"Memes/IMG_1.jpg", "Memes/IMG_2.jpg"} == set(lessons(scene))
    assert [] == look(scene)
    with opened() as journal:
        unlabel(f"{library}/Memes/IMG_1.jpg", library, journal, scene.clock)
    assert ["Cars/IMG_1.jpg"] == refile(scene)


def test_a_photo_that_was_labelled_before_it_came_is_filed_as_that(scene: Scene) -> None:
    """By a pass as its plan said, and as `explain` does; moved, the lesson goes with it."""
    scene.rules = "defaults: {action: move}\n" + RULES.lstrip()
    scene.put("IMG_1.jpg", photo_bytes("cars", 1))
    path = os.fspath(scene.watch / "IMG_1.jpg")
    with opened() as journal:
        label(path, "memes", os.fspath(scene.library), journal, scene.clock)

    assert ("rule", "memes") == scene.explain(path)
    (planned,) = scene.plan().files
    scene.sort()

    assert f"{scene.library}/Memes/IMG_1.jpg" == planned.destination
    assert ["Memes/IMG_1.jpg"] == list(read_files(scene.library))
    assert {"Memes/IMG_1.jpg": ("memes", LessonKind.LABEL)} == lessons(scene)
    assert ("rule", "memes") == scene.explain(planned.destination or "")
    assert [] == look(scene)


def test_two_tabs_choose_at_once(scene: Scene) -> None:
    """Each has the queue of before: one files it, the other is told; one lesson holds."""
    sort(scene, "maybe-cars")
    with reviewing(scene) as one, reviewing(scene) as other:
        asked, also = ids_of(one)["IMG_1.jpg"], ids_of(other)["IMG_1.jpg"]

        (first,) = one.file_as([asked], "memes")
        (second,) = other.file_as([also], "cars")
        assert {} == ids_of(other)

    assert first.problem is None
    assert (None, False) == (second.row, second.is_taught)
    assert second.problem == "it was filed meanwhile: it lies in Memes"
    assert ["Memes/IMG_1.jpg"] == list(read_files(scene.library))
    assert {"Memes/IMG_1.jpg": ("memes", LessonKind.LABEL)} == lessons(scene)


def test_two_tabs_in_the_very_same_moment(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other one files it between this one's lesson and its filing: that one's word holds."""
    sort(scene, "maybe-cars")
    with reviewing(scene) as one, reviewing(scene) as other:
        plan = other._saying._plan

        def overtaken(row: Row, class_name: str) -> object:
            scene.clock.date += timedelta(seconds=1)
            assert one.file_as([row.id], "memes")[0].problem is None
            scene.clock.date += timedelta(seconds=1)
            return plan(row, class_name)

        monkeypatch.setattr(other._saying, "_plan", overtaken)
        (second,) = other.file_as([1], "cars")

    assert (None, False) == (second.row, second.is_taught)
    assert second.problem == "it was filed meanwhile: it lies in Memes"
    assert ["Memes/IMG_1.jpg"] == list(read_files(scene.library))
    assert {"Memes/IMG_1.jpg": ("memes", LessonKind.LABEL)} == lessons(scene)
    assert [] == refile(scene)


def test_a_daemon_files_beside_it(scene: Scene) -> None:
    """On one journal; what it files while the page is open waits in the next queue."""
    sort(scene, "maybe-cars")
    with reviewing(scene) as review:
        review.queue()
        scene.put("IMG_2.jpg", photo_bytes("maybe-memes", 2))
        scene.run()
        found = review.file_as([ids_of(review)["IMG_2.jpg"]], "cars")
        assert ["IMG_1.jpg"] == list(ids_of(review))

    assert [None] == [each.problem for each in found]
    assert {"Review/cars/IMG_1.jpg", "Cars/IMG_2.jpg"} == set(read_files(scene.library))
    scene.run()
    assert {"Review/cars/IMG_1.jpg", "Cars/IMG_2.jpg"} == set(read_files(scene.library))


@pytest.mark.parametrize("how", ["deleted", "moved", "edited", "undone", "another library"])
def test_what_somebody_did_meanwhile_is_told(scene: Scene, how: str) -> None:
    """A sentence, no filing, no lesson; the photo is as they left it."""
    sort(scene, "maybe-cars")
    place = scene.library / "Review/cars/IMG_1.jpg"
    with reviewing(scene) as review:
        (number,) = ids_of(review).values()
        match how:
            case "deleted":
                place.unlink()
            case "moved":
                place.rename(scene.library / "mine.jpg")
            case "edited":
                place.unlink()
                place.write_bytes(b"edited")
            case "undone":
                scene.undo(1)
            case _:
                number = 99
        before = read_files(scene.library)

        (found,) = review.file_as([number], "memes")

    assert (None, False) == (found.row, found.is_taught)
    assert found.problem
    assert before == read_files(scene.library)
    assert {} == lessons(scene)


def test_a_class_without_a_place_is_a_lesson_all_the_same(scene: Scene) -> None:
    """The photo stays, it is said why, and it can be taken back; it waits no more meanwhile."""
    sort(scene, "maybe-cars")
    before = read_files(scene.library)

    found = say(scene, "IMG_1.jpg", "trees")

    assert (None, True) == (found.row, found.is_taught)
    assert "no rule gives trees a place, so it stays in Review/cars" == found.problem
    assert before == read_files(scene.library)
    assert {"Review/cars/IMG_1.jpg": ("trees", LessonKind.LABEL)} == lessons(scene)
    with reviewing(scene) as review:
        assert {} == ids_of(review)
        (back,) = review.take_back([found.id])
        assert (found.id, None) == (back.restored, back.problem)
        assert ["IMG_1.jpg"] == list(ids_of(review))
        (twice,) = review.take_back([found.id])
        assert twice.problem == "nothing was said of it"


def test_a_new_class_waits_until_the_rules_name_it(scene: Scene) -> None:
    """It is counted; then `refile` files its photos. Where all goes that no rule names, it is not.

    A name that no class may have is refused, and so is one that is a class already.
    """
    sort(scene, "maybe-cars", "maybe-cars", rules=RULES.rstrip() + "\notherwise: Other/\n")
    with reviewing(scene) as review:
        with pytest.raises(GalleryError, match="cars is a class already"):
            review.new_class("cars", [1])
        with pytest.raises(GalleryError, match="a class cannot be called"):
            review.new_class("a/b", [1])
        with pytest.raises(GalleryError, match="there is no class boats"):
            review.file_as([1], "boats")

        (found,) = review.new_class("boats", [1])
        assert "no rule gives boats a place" in (found.problem or "")
        (found,) = review.file_as([2], "boats")
        assert found.is_taught
        (boats,) = review.progress().new_classes
        assert ("boats", 2, 15) == (boats.name, boats.lessons, boats.wanted)
        assert "boats" in review.classes()
        assert (2, 0, 2, 2) == (
            review.progress().decided,
            review.progress().waiting,
            review.progress().lessons,
            review.progress().new_lessons,
        )

    scene.rules = RULES.replace("uncertain", '  - {name: rest, to: "Rest/{class}/"}\nuncertain')
    assert ["Rest/boats/IMG_1.jpg", "Rest/boats/IMG_2.jpg"] == refile(scene)


@pytest.mark.parametrize("action", [Action.HARDLINK, Action.MOVE])
def test_a_photo_that_was_left_is_filed_from_where_it_lies(scene: Scene, action: Action) -> None:
    """And goes back there, and waits again."""
    rules = f"defaults: {{action: {action}}}\n" + LEFT.lstrip()
    sort(scene, "maybe-cars", rules=rules)
    before = read_files(scene.watch)

    found = say(scene, "IMG_1.jpg", "memes")

    assert (None, "Memes/IMG_1.jpg") == (found.problem, found.destination)
    assert ["Memes/IMG_1.jpg"] == list(read_files(scene.library))
    where = "Memes/IMG_1.jpg" if action is Action.MOVE else "watch/IMG_1.jpg"
    assert {where: ("memes", LessonKind.LABEL)} == lessons(scene)
    assert [] == look(scene)
    with reviewing(scene) as review:
        assert {} == ids_of(review)
        (back,) = review.take_back([found.row or 0])
        assert (None, found.id) == (back.problem, back.restored)
        assert [found.id] == list(ids_of(review).values())
    assert before == read_files(scene.watch)
    assert {} == read_files(scene.library)
    assert {} == lessons(scene)


def test_wrong_ones_are_put_right_wherever_they_are(scene: Scene) -> None:
    """Not only what waits: any photo that was filed, and more than once."""
    sort(scene, "cars")
    with reviewing(scene) as review:
        (first,) = review.file_as([1], "memes")
        scene.clock.date += timedelta(seconds=1)
        (second,) = review.file_as([first.row or 0], "cars")
        assert ["Cars/IMG_1.jpg"] == list(read_files(scene.library))
        assert {"Cars/IMG_1.jpg": ("cars", LessonKind.LABEL)} == lessons(scene)
        scene.clock.date += timedelta(seconds=1)
        review.take_back([second.row or 0])
        assert {"Memes/IMG_1.jpg": ("memes", LessonKind.LABEL)} == lessons(scene)
        scene.clock.date += timedelta(seconds=1)
        review.take_back([first.row or 0])

    assert {} == lessons(scene)
    assert ["Cars/IMG_1.jpg"] == list(read_files(scene.library))


def test_a_name_that_is_taken_is_not_overwritten(scene: Scene) -> None:
    """It gets another; the same bytes keep it in the review, with a lesson and a sentence."""
    sort(scene, "maybe-cars", "maybe-cars")
    (scene.library / "Memes").mkdir()
    (scene.library / "Memes/IMG_1.jpg").write_bytes(b"somebody's")
    (scene.library / "Memes/IMG_2.jpg").write_bytes(photo_bytes("maybe-cars", 2))
    before = read_files(scene.library / "Memes")

    other, same = say(scene, "IMG_1.jpg", "memes"), say(scene, "IMG_2.jpg", "memes")

    assert "Memes/IMG_1 (2).jpg" == other.destination
    assert (None, True) == (same.row, same.is_taught)
    assert same.problem
    assert before.items() <= read_files(scene.library / "Memes").items()
    assert (scene.library / "Review/cars/IMG_2.jpg").exists()


@pytest.mark.faults
@pytest.mark.parametrize("action", [Action.HARDLINK, Action.MOVE])
def test_no_crash_loses_a_photo_or_half_a_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, action: Action
) -> None:
    """Before each effect of saying it, and of taking it back; then all is cleared up."""
    rules = f"defaults: {{action: {action}}}\n" + RULES.lstrip()
    for effects in range(100):
        home = tmp_path / str(effects)
        home.mkdir()
        monkeypatch.setenv("XDG_STATE_HOME", os.fspath(home / "state"))
        scene = Scene(home, home / "library")
        sort(scene, "maybe-cars", rules=rules)
        content = list(read_files(scene.library).values())
        fuse = Fuse(effects)
        _say_and_take_back(scene, fuse)

        with opened() as journal:
            clear_up(journal, Disk())
        (place,) = read_files(scene.library)
        assert content == list(read_files(scene.library).values())
        (row,) = filings()
        assert place == row.below_library
        taught = lessons(scene)
        assert [] == look(scene)
        assert taught == lessons(scene)
        if row.said:
            assert {place: ("memes", LessonKind.LABEL)} == taught
        # At worst a lesson without its filing, which the next `refile` does.
        assert (["Memes/IMG_1.jpg"] if taught and not row.said else []) == refile(scene)
        if not fuse.has_blown:
            assert 12 < effects
            return
    pytest.fail("it never comes to an end")


def _say_and_take_back(scene: Scene, fuse: Fuse) -> None:
    with closing(journal_on(fuse, journal_path())) as journal:
        lessons = journal.lessons
        give = lessons.give

        def burning(*args: object) -> object:
            fuse.burn()
            return give(*args)  # type: ignore[arg-type]

        lessons.give = burning  # type: ignore[method-assign,assignment]
        review = Reviewing(scene.config(), journal, disk_on(fuse), scene.clock)
        try:
            (found,) = review.file_as([1], "memes")
            review.take_back([found.row or 0])
        except CrashError:
            pass


_KILLED = """
import sys
from contextlib import closing
from pathlib import Path
from gallery_daemon.clock import SystemClock
from gallery_daemon.commands.review import Reviewing
from gallery_daemon.daemon.journals import journal_path
from gallery_daemon.filing.disk import Disk
from gallery_daemon.journal.journal import Journal
from tests.faults.household import CLASSES
from gallery_daemon.config.load import check_text
config = check_text(Path(sys.argv[1]).read_text(), "config.yaml", lambda _: CLASSES)
with closing(Journal(journal_path())) as journal:
    review = Reviewing(config, journal, Disk(), SystemClock())
    print("ready", flush=True)
    for number in review.queue().ids:
        review.file_as([number], "memes")
"""


@pytest.mark.faults
@pytest.mark.timeout(180)
def test_a_real_kill_in_the_middle_leaves_all_in_order(scene: Scene, tmp_path: Path) -> None:
    """`kill -9` while it files one after the other: what is filed is taught, and nothing is lost.

    The next page goes on with those that wait.
    """
    sort(scene, *["maybe-cars"] * 40)
    file = tmp_path / "config.yaml"
    file.write_text(_CONFIG.format(watch=scene.watch, library=scene.library) + scene.rules)
    root = Path(__file__).parents[2]
    command = [sys.executable, "-c", _KILLED, os.fspath(file)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=root) as process:
        assert process.stdout is not None
        assert b"ready\n" == process.stdout.readline()
        deadline = time.monotonic() + 60
        # The second lies there, so the first is filed for good.
        while time.monotonic() < deadline and len(list(scene.library.glob("Memes/*"))) <= 1:
            pass
        process.send_signal(signal.SIGKILL)

    with opened() as journal:
        clear_up(journal, Disk())
    files = read_files(scene.library)
    said = [row for row in filings() if row.said]
    assert 40 == len(files) == len(set(files.values()))
    assert sorted(files) == sorted(row.below_library for row in filings())
    assert 1 <= len(said) < 40
    assert {row.below_library for row in said} <= set(lessons(scene))
    assert len(lessons(scene)) <= len(said) + 1
    with reviewing(scene) as review:
        rest = review.queue().ids
        assert 40 - len(lessons(scene)) == len(rest)
        assert not [each for each in review.file_as(rest, "memes") if each.problem]
    refile(scene)
    assert 40 == len(read_files(scene.library / "Memes"))
    assert [] == look(scene)


def test_another_file_in_the_place_of_a_left_photo_is_not_filed_as_it(scene: Scene) -> None:
    """It was put there between the lesson and the filing: it stays, and the lesson is gone."""
    sort(scene, "maybe-cars", rules=LEFT)
    place, other = scene.watch / "IMG_1.jpg", b"another photo"

    with reviewing(scene) as review:
        lessons_of = review._saying._journal.lessons
        give = lessons_of.give

        def given(*told: Any) -> Any:
            taught = give(*told)
            place.unlink()
            place.write_bytes(other)
            return taught

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(lessons_of, "give", given)
            (found,) = review.file_as(list(ids_of(review).values()), "memes")

    assert found.problem is not None
    assert not found.is_taught
    assert other == place.read_bytes()
    assert {} == read_files(scene.library)
    assert {} == lessons(scene)
