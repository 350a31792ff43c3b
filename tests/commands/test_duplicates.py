"""Near duplicates in a library: in groups, the best first, until the person has answered."""

from __future__ import annotations

from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.commands.duplicates import Duplicates
from gallery_daemon.commands.library_search import LibrarySearch
from gallery_daemon.daemon.journals import journal_path
from gallery_daemon.errors import GalleryError, JournalError
from gallery_daemon.journal.journal import Journal
from tests.journey.foretold import photo_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.journey.foretold import Scene

RULES = """
rules:
  - {name: cars, when: {class: cars}, to: "Cars/"}
  - {name: memes, when: {class: memes}, to: "Memes/"}
"""


@contextmanager
def duplicates(scene: Scene) -> Iterator[Duplicates]:
    """What a page has in its hands."""
    with closing(Journal(journal_path())) as journal:
        yield Duplicates(journal, str(scene.library), scene.clock)


def sort(scene: Scene, *says: str) -> None:
    """A photo comes of each of these, and is filed; those of one class look the same."""
    scene.rules = RULES
    for number, each in enumerate(says, 1):
        scene.put(f"IMG_{number}.jpg", photo_bytes(each, number) + bytes(100 * number))
    scene.sort()


def searched(scene: Scene) -> LibrarySearch:
    """A search that has come to its end."""
    search = LibrarySearch(scene.config())
    assert search.wait(20)
    search.check()
    return search


def names(scene: Scene, start: int = 0, count: int = 9) -> list[list[str]]:
    """What the page shows, the best of each group first."""
    with duplicates(scene) as found:
        groups = found.page(searched(scene).groups, start, count).groups
    return [[each.photo.name for each in group.shots] for group in groups]


def test_like_photos_of_the_library_are_one_group_the_largest_first(scene: Scene) -> None:
    """What has no like is in none."""
    sort(scene, "cars", "memes", "cars")

    assert [["IMG_3.jpg", "IMG_1.jpg"]] == names(scene)
    with duplicates(scene) as found:
        (group,) = found.page(searched(scene).groups, 0, 9).groups
    assert [True, False] == [each.is_best for each in group.shots]
    assert (8, 8) == group.shots[0].pixels
    assert 0 == group.bits


def test_a_settled_group_is_not_shown_again_until_another_like_shot_comes(scene: Scene) -> None:
    """Nothing has moved; and taking it back shows it again, once."""
    sort(scene, "cars", "cars")
    with duplicates(scene) as found:
        number = found.settle([1, 2], [2])
        (told,) = found.answered(9)

    assert [] == names(scene)
    assert (["IMG_2.jpg"], ["IMG_1.jpg"]) == (
        [each.name for each in told.kept], [each.name for each in told.others],
    )  # fmt: skip
    assert {"IMG_1.jpg", "IMG_2.jpg"} == {each.name for each in (scene.library / "Cars").iterdir()}
    scene.put("IMG_9.jpg", photo_bytes("cars", 9))
    scene.sort()
    assert 3 == len(names(scene)[0])
    with duplicates(scene) as found:
        found.take_back(number)
        assert () == found.answered(9)
        with pytest.raises(GalleryError, match="taken back already"):
            found.take_back(number)


def test_a_photo_that_was_taken_away_is_in_no_group(scene: Scene) -> None:
    """By a person's file manager."""
    sort(scene, "cars", "cars")
    (scene.library / "Cars/IMG_1.jpg").unlink()

    assert [] == names(scene)


def test_what_is_not_in_the_library_cannot_be_settled(scene: Scene) -> None:
    """Then nothing is remembered of the others either."""
    sort(scene, "cars", "cars")
    with duplicates(scene) as found:
        with pytest.raises(GalleryError, match="not where it was"):
            found.settle([1, 99], [1])
        assert () == found.answered(9)


def test_pages_go_on_where_the_last_one_ended(scene: Scene) -> None:
    """Each group once."""
    sort(scene, "cars", "cars", "memes", "memes")
    groups = searched(scene).groups
    with duplicates(scene) as found:
        first = found.page(groups, 0, 1)
        assert first.next_start == 1
        rest = found.page(groups, first.next_start, 1)
        assert found.page(groups, 9, 1).groups == ()

    assert rest.next_start is None
    assert {"cars", "memes"} == {
        page.groups[0].shots[0].photo.class_name for page in (first, rest)
    }  # fmt: skip


def test_a_search_that_cannot_read_the_journal_says_so(scene: Scene) -> None:
    """And ends."""

    def fails() -> Journal:
        raise JournalError("the journal cannot be used: it is locked")

    search = LibrarySearch(scene.config(), fails)

    assert search.wait(20)
    with pytest.raises(JournalError, match="locked"):
        search.check()
