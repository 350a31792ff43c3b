"""The photos that wait for a person's word: which, in which order, and what is shown of each."""

from __future__ import annotations

import os
from contextlib import closing, contextmanager
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.commands.lessons import label
from gallery_daemon.commands.review import Reviewing
from gallery_daemon.daemon.journals import journal_path
from gallery_daemon.errors import GalleryError
from gallery_daemon.filing.disk import Disk
from gallery_daemon.journal.journal import Journal
from tests.journey.foretold import photo_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.journey.foretold import Scene

RULES = """
rules:
  - {name: cars, when: {class: cars, min_confidence: 0.9}, to: "Cars/"}
  - {name: memes, when: {class: memes, min_confidence: 0.9}, to: "Memes/"}
uncertain: Review/{class}/
"""
LEFT = RULES[: RULES.index("uncertain")]


@contextmanager
def reviewing(scene: Scene) -> Iterator[Reviewing]:
    """What a page has in its hands."""
    with closing(Journal(journal_path())) as journal:
        yield Reviewing(scene.config(), journal, Disk(), scene.clock)


def sort(scene: Scene, *says: str, rules: str = RULES) -> None:
    """A photo comes of each of these, and is filed."""
    scene.rules = rules
    for number, each in enumerate(says, 1):
        scene.put(f"IMG_{number}.jpg", photo_bytes(each, number))
    scene.sort()


def test_uncertain_photos_wait_and_no_others(scene: Scene) -> None:
    """Each with what is shown of it, read only when it is asked for."""
    sort(scene, "cars", "maybe-cars", "maybe-memes")

    with reviewing(scene) as review:
        queue = review.queue()
        shown = {each.name: each for each in queue}

    assert 2 == len(queue)
    car = shown["IMG_2.jpg"]
    assert ("cars", 0.55, "Review/cars") == (car.top_class, car.confidence, car.folder)
    assert {"cars", "memes", "other"} == set(car.probabilities)
    assert abs(0.55 - 0.225 - car.margin) < 1e-9
    assert "2024-05-01T00:00:00+00:00" == car.taken
    assert "Review/memes" == shown["IMG_3.jpg"].folder


def test_photos_that_the_rules_leave_as_uncertain_wait_where_they_are(scene: Scene) -> None:
    """Without a place for them; until they are filed after all."""
    sort(scene, "maybe-cars", "other", rules=LEFT)
    with reviewing(scene) as review:
        (car,) = review.queue()
        path, _ = review.file_of(car.id)

    assert ("IMG_1.jpg", "phone") == (car.name, car.folder)
    assert os.fspath(scene.watch / "IMG_1.jpg") == path
    scene.rules = RULES.replace("0.9", "0.5")
    scene.sort(again=True)
    with reviewing(scene) as review:
        assert [] == list(review.queue())


def test_a_photo_that_was_taken_away_is_shown_no_more(scene: Scene) -> None:
    """Nor has it a file any more; the others go on."""
    sort(scene, "maybe-cars", "maybe-memes")
    (scene.library / "Review/cars/IMG_1.jpg").unlink()

    with reviewing(scene) as review:
        assert ["IMG_2.jpg"] == [each.name for each in review.queue()]
        with pytest.raises(GalleryError, match="moved or deleted since"):
            review.file_of(1)
        with pytest.raises(GalleryError, match="no such photo"):
            review.file_of(99)


def test_a_photo_that_was_linked_is_shown_where_it_came_from(scene: Scene) -> None:
    """The link in the library is none of which a picture is made."""
    sort(scene, "maybe-cars", rules="defaults: {action: symlink}\n" + RULES)

    with reviewing(scene) as review:
        path, identity = review.file_of(1)

    assert (scene.library / "Review/cars/IMG_1.jpg").is_symlink()
    assert os.fspath(scene.watch / "IMG_1.jpg") == path
    assert (scene.watch / "IMG_1.jpg").stat().st_ino == identity.inode


def test_a_photo_of_another_library_is_not_this_one_s(scene: Scene) -> None:
    """One journal may have many; a number from another is none here."""
    sort(scene, "maybe-cars")
    scene.library = scene.home / "another"

    with reviewing(scene) as review, pytest.raises(GalleryError, match="in this library"):
        review.file_of(1)


def test_a_photo_with_a_lesson_waits_no_more(scene: Scene) -> None:
    """Whether it was dragged or labelled."""
    sort(scene, "maybe-cars", "maybe-memes")
    with reviewing(scene) as review:
        lesson_of(scene, review, "IMG_1.jpg")
        assert ["IMG_2.jpg"] == [each.name for each in review.queue()]


def lesson_of(scene: Scene, review: Reviewing, name: str) -> None:
    """A person labels it by command."""
    number = next(each.id for each in review.queue() if each.name == name)
    path, _ = review.file_of(number)
    label(path, "memes", os.fspath(scene.library), review._journal, scene.clock)


def test_a_name_that_is_no_text_is_shown_as_one(scene: Scene) -> None:
    """Broken UTF-8 is replaced; its file is found all the same."""
    scene.rules = RULES
    scene.put("IMG_\udcff.jpg", photo_bytes("maybe-cars", 1))
    scene.sort()

    with reviewing(scene) as review:
        (photo,) = review.queue()

        assert "IMG_\ufffd.jpg" == photo.name
        assert review.file_of(photo.id)[0].endswith("IMG_\udcff.jpg")


def test_photos_that_look_the_same_do_not_follow_one_another(scene: Scene) -> None:
    """While there are others."""
    sort(scene, *["maybe-cars"] * 3, *["maybe-memes"] * 2)

    with reviewing(scene) as review:
        queue = review.queue()
        shown = list(queue)

    alike = [one.top_class == other.top_class for one, other in pairwise(shown)]
    assert [False] * 4 == alike


def test_the_classes_are_the_model_s(scene: Scene) -> None:
    """In its order."""
    sort(scene, "maybe-cars")

    with reviewing(scene) as review:
        assert "memes" in review.classes()
        assert len(set(review.classes())) == len(review.classes())


def test_how_many_wait_is_counted_when_the_journal_has_changed(scene: Scene) -> None:
    """By another program too; and not again and again, for with many it takes its time."""
    sort(scene, "maybe-cars", "maybe-memes")
    with reviewing(scene) as review:
        first, again = review.progress().waiting, review.progress().waiting
        with reviewing(scene) as other:
            other.file_as(other.queue().ids[:1], "cars")

        assert (2, 2, 1) == (first, again, review.progress().waiting)
