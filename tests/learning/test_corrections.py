"""Which photos moved at once, and which lie still: decided by values."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.learning.corrections import (
    AT_ONCE_S,
    MANY,
    STILL_S,
    WHOLE_FOLDER,
    Findings,
    findings,
)
from gallery_daemon.learning.statements import Carried, SaysNothing, statement_of
from gallery_daemon.photo import Identity
from gallery_daemon.rules.places import ClassPlaces
from tests.learning.shelves import CLASSES, RULES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gallery_daemon.rules.places import FolderPlace

NOW_S = 1_000_000.0
LONG_AGO = NOW_S - 100_000
PLACES = ClassPlaces.of(RULES, CLASSES)


class Places:
    """Of the library at /lib."""

    @staticmethod
    def of_folder(folder: tuple[str, ...]) -> FolderPlace:
        return PLACES.of_folder(folder)

    @staticmethod
    def of_path(path: str) -> FolderPlace:
        return PLACES.of_folder(tuple(path.removeprefix("/lib/").split("/")[:-1]))


def carried(number: int = 1, moved_s: float | None = LONG_AGO, **others: object) -> Carried:
    """A meme that lies among the cars."""
    made = Carried(
        filing=number,
        library="/lib",
        path=f"/lib/Cars/{number}.jpg",
        folder=("Cars",),
        identity=Identity(1, number, 3, 4),
        filed_in=("Memes",),
        top_class="memes",
        outcome="rule",
        content_hash=None,
        moved_s=moved_s,
    )
    return replace(made, **others)  # type: ignore[arg-type] # by name


def found(photos: Iterable[Carried], stayed: int = 1000) -> Findings:
    """What they say; so many memes are still in their folder."""
    return findings(tuple(photos), Places, now_s=NOW_S, stayed=lambda _folder: stayed)


def counts(each: Findings) -> tuple[int, list[int], int]:
    """How many lessons, photos in mass moves, photos that wait."""
    return len(each.lessons), [len(move.photos) for move in each.mass_moves], len(each.waiting)


@pytest.mark.parametrize(
    ("moved_s", "expected"),
    [
        (NOW_S, (0, [], 1)),
        (NOW_S - STILL_S + 1, (0, [], 1)),
        (NOW_S - STILL_S, (1, [], 0)),
        (NOW_S + 3600, (1, [], 0)),
        (None, (1, [], 0)),
    ],
)
def test_a_photo_must_have_lain_still(
    moved_s: float | None, expected: tuple[int, list[int], int]
) -> None:
    """A time to come is a clock's that was set back, and is not waited for."""
    assert expected == counts(found([carried(moved_s=moved_s)]))


def test_one_that_moves_holds_back_the_others_of_its_move() -> None:
    """A move of thousands takes its time; another class's photos do not wait for it."""
    photos = [carried(1), carried(2, NOW_S), carried(3, filed_in=("Trees",), top_class="trees")]

    assert (1, [], 2) == counts(found(photos))


@pytest.mark.parametrize(
    ("pause_s", "count", "expected"),
    [
        (1, MANY, (MANY, [], 0)),
        (1, MANY + 1, (0, [MANY + 1], 0)),
        (AT_ONCE_S, MANY + 1, (0, [MANY + 1], 0)),
        (AT_ONCE_S + 1, MANY + 1, (MANY + 1, [], 0)),
    ],
)
def test_many_at_once_are_a_mass_move(
    pause_s: float, count: int, expected: tuple[int, list[int], int]
) -> None:
    """A year's single drags, seen by one look, are lessons."""
    photos = [carried(number, LONG_AGO + pause_s * number) for number in range(count)]

    assert expected == counts(found(photos))


def test_where_the_disk_does_not_say_when_all_were_moved_at_once() -> None:
    """To ask once too often is better than a flood of false lessons."""
    assert (0, [MANY + 1], 0) == counts(found(carried(n, None) for n in range(MANY + 1)))


def test_of_many_photos_more_may_come() -> None:
    """They count a minute after the last of them, a few half a minute after."""
    few = [carried(n, NOW_S - STILL_S) for n in range(WHOLE_FOLDER - 1)]
    many = [*few, carried(100, NOW_S - STILL_S)]
    long_ago = [carried(n, NOW_S - AT_ONCE_S) for n in range(WHOLE_FOLDER)]

    assert [(19, 0.0), (0, AT_ONCE_S - STILL_S), (20, 0.0)] == [
        (len(each.lessons), each.counts_in_s) for each in map(found, (few, many, long_ago))
    ]


def test_photos_of_no_known_time_go_with_the_largest_move() -> None:
    """As those that were filed a moment before a program took them with all others."""
    photos = [carried(n, LONG_AGO) for n in range(MANY)] + [carried(n, None) for n in (900, 901)]

    assert (0, [MANY + 2], 0) == counts(found(photos))


def test_moves_between_different_classes_are_counted_apart() -> None:
    """Each is asked about by itself, or not at all."""
    memes = [carried(number) for number in range(MANY)]
    trees = [
        carried(1000 + number, filed_in=("Trees",), top_class="trees") for number in range(MANY)
    ]

    assert (2 * MANY, [], 0) == counts(found(memes + trees))


def test_a_mass_move_says_which_folders_its_photos_have_in_common() -> None:
    """As far as they have one."""
    photos = [
        carried(number, filed_in=("Memes", str(number % 2)), folder=("Cars", "Memes", "x"))
        for number in range(MANY + 1)
    ]

    (move,) = found(photos).mass_moves

    assert (("Memes",), ("Cars", "Memes", "x")) == (move.from_folder, move.to_folder)


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/lib/Album/1.jpg", "no rule gives this folder to a class"),
        ("/lib/Review/1.jpg", "Review is where uncertain photos wait"),
        (
            "/lib/Memes/Best/1.jpg",
            'Memes is the place of memes, by rule "memes", as is the folder that it was filed into',
        ),
    ],
)
def test_why_a_place_teaches_nothing(path: str, reason: str) -> None:
    """In words for a person who asks."""
    said = statement_of(carried(path=path), Places)

    assert SaysNothing(reason) == said
