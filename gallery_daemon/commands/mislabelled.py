"""Photos in the library that look as if they were filed as the wrong class.

By what is known already, and no picture is looked at anew. A photo is named if a nearly equal one
is of another class by a person's word, or by a surer answer of the model; or if the model that
serves now has seen it (in a plan, or `refile`) and calls it something else than the one that filed
it. Of what a person said there is no doubt here: `doubtful_lessons` is for that.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from gallery_daemon.commands.recent import recent_photo
from gallery_daemon.journal.lesson import LessonState
from gallery_daemon.journal.record import State

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from gallery_daemon.commands.near_pictures import NearGroup
    from gallery_daemon.commands.recent import RecentPhoto
    from gallery_daemon.journal.journal import Journal
    from gallery_daemon.journal.record import Row
    from gallery_daemon.journal.shot_rows import LookedAtSince

_GROUPS_AT_ONCE: Final = 100
MOST: Final = 2000
"""So many are named; whoever has put those right asks again."""


class WhyDoubted(StrEnum):
    """What contradicts the class: a person's word on its like, its like's, or the model's."""

    LESSON = "lesson"
    LIKE = "like"
    MODEL = "model"


@dataclass(frozen=True, slots=True)
class DoubtedPhoto:
    """A filed photo (`id` is its row's) of `class_name` that is rather of the class `likelier`.

    `probability` is what speaks for that, 0 to 1: the model's answer for this photo or for its
    like, 1 for a person's word. `like` is the row of the photo that it is like, or None.
    """

    id: int
    class_name: str
    likelier: str
    why: WhyDoubted
    probability: float
    like: int | None = None


@dataclass(frozen=True, slots=True)
class ShownDoubt:
    """A doubted photo as it is shown."""

    doubted: DoubtedPhoto
    photo: RecentPhoto
    like: RecentPhoto | None


@dataclass(frozen=True, slots=True)
class OneOfLike:
    """A photo among its likes: its class by the filing, and what a person said it is."""

    id: int
    class_name: str | None
    said: str | None
    confidence: float | None


def doubted_among(likes: Sequence[OneOfLike]) -> Iterator[DoubtedPhoto]:
    """Those of nearly equal photos whose class the others contradict. Pure.

    Where people said two things of them, or only the model speaks and is as sure of one as of the
    other, nobody is contradicted.
    """
    said = {each.said for each in likes} - {None}
    if len(said) > 1:
        return
    leader = max(likes, key=lambda each: (each.said is not None, each.confidence or 0.0, -each.id))
    likelier = leader.said or leader.class_name
    if likelier is None:
        return
    for each in likes:
        if each.said is not None or each.class_name in {None, likelier}:
            continue
        assert each.class_name is not None
        if leader.said is not None:
            why, sure = WhyDoubted.LESSON, 1.0
        else:
            why, sure = WhyDoubted.LIKE, leader.confidence or 0.0
            if sure <= (each.confidence or 0.0):
                continue
        yield DoubtedPhoto(each.id, each.class_name, likelier, why, sure, leader.id)


def doubted_by_model(seen: Iterable[LookedAtSince]) -> Iterator[DoubtedPhoto]:
    """Those that are rather of another class by what the model made of them since. Pure."""
    for each in seen:
        if each.class_name is None or not each.probabilities:
            continue
        top, share = max(each.probabilities.items(), key=lambda one: one[1])
        if top != each.class_name:
            yield DoubtedPhoto(each.id, each.class_name, top, WhyDoubted.MODEL, share)


class Mislabelled:
    """The doubted photos of one library; for the thread of its journal."""

    def __init__(self, journal: Journal, library: str) -> None:
        self._journal, self._library = journal, library

    def search(
        self, groups: Sequence[NearGroup], model: str | None
    ) -> Iterator[tuple[int, DoubtedPhoto | None]]:
        """Doubted photos as they are found, each with how many of the groups were looked at.

        None with it: none was found there. `model` is the one that serves, as `name@hash8`.

        Raises:
            JournalError: the journal cannot be read now.
        """
        said = self._said()
        if model is not None:
            for found in doubted_by_model(
                self._journal.shots.looked_at_since(self._library, model)
            ):
                if found.id not in said:
                    yield 0, found
        for start in range(0, len(groups), _GROUPS_AT_ONCE):
            some = groups[start : start + _GROUPS_AT_ONCE]
            yield start, None
            numbers = [number for group in some for number in group.numbers]
            rows = self._journal.shots.filed(self._library, numbers)
            for group in some:
                likes = [
                    _one_of_like(rows[number], said) for number in group.numbers if number in rows
                ]
                for found in doubted_among(likes) if likes else ():
                    yield start, found

    def shown(self, doubted: Iterable[DoubtedPhoto]) -> tuple[ShownDoubt, ...]:
        """Those that are still filed as that class, and of which nothing was said since.

        Raises:
            JournalError: the journal cannot be read now.
        """
        said = self._said()
        found = []
        for each in doubted:
            row = self._journal.row(each.id)
            if row is None or row.state is not State.FILED or each.id in said:
                continue
            like = None if each.like is None else self._journal.row(each.like)
            if row.filed_as == each.class_name:
                shown_like = None if like is None else recent_photo(like)
                found.append(ShownDoubt(each, recent_photo(row), shown_like))
        return tuple(found)

    def _said(self) -> dict[int, str]:
        """What a person said of a photo, by its row."""
        lessons = self._journal.lessons.active(self._library)
        return {
            each.filing: each.class_name
            for each in lessons
            if each.filing is not None and each.state is LessonState.ACTIVE
        }


def most_doubted_first(doubted: Iterable[DoubtedPhoto]) -> list[DoubtedPhoto]:
    """Each photo once, what a person's word contradicts first, then what is surest; at most `MOST`.

    Pure.
    """
    best: dict[int, DoubtedPhoto] = {}
    for each in sorted(doubted, key=lambda one: (-one.probability, one.id)):
        best.setdefault(each.id, each)
    return list(best.values())[:MOST]


def _one_of_like(row: Row, said: Mapping[int, str]) -> OneOfLike:
    return OneOfLike(row.id, row.filed_as, row.said or said.get(row.id), row.confidence)
