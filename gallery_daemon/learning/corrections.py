"""What a person says by where their photos lie now, all together. Pure: it decides by values.

People sort by hand a few photos at a time; programs and restored backups move them by the hundred.
So where very many went at once from one class to another, or a whole class folder went, the person
is asked first.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING, Final, TypeAlias

from gallery_daemon.journal.lesson import NewLesson
from gallery_daemon.learning.statements import (
    Carried,
    Kept,
    PlacesOf,
    Statement,
    TakenBack,
    Teaches,
    statement_of,
)
from gallery_daemon.rules.places import ClassPlace, ReviewPlace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from gallery_daemon.journal.lesson import Lesson

STILL_S: Final = 30.0
"""So long a photo must have lain at its new place: a drag undone at once says nothing."""
AT_ONCE_S: Final = 60.0
"""Photos that moved one after the other with no longer pause moved at once.

So long many of them must have lain, too: then it is known that no more belong to the move."""
MANY: Final = 100
"""More photos than these at once are a mass move."""
WHOLE_FOLDER: Final = 20
"""So many photos at once are a mass move if they were (nearly) all of a class's folder."""
_NEARLY = 9
"""A folder counts as emptied where for so many that went at most one has stayed."""


@dataclass(frozen=True, slots=True)
class Move:
    """Photos that went at once from one class's places, say, to another's.

    `from_folder` and `to_folder` are the folders that they have in common.
    """

    photos: tuple[Carried, ...]
    lessons: tuple[NewLesson, ...]
    from_folder: tuple[str, ...]
    to_folder: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Findings:
    """What a look at the library comes to.

    `kept` are lessons with where their photos are now; `waiting` are photos that have not lain
    still for long enough, and those that may be of one move with them. They will have in
    `counts_in_s` seconds, if no more are moved.
    """

    lessons: tuple[NewLesson, ...]
    mass_moves: tuple[Move, ...]
    taken_back: tuple[Lesson, ...]
    kept: tuple[tuple[Lesson, Carried], ...]
    waiting: tuple[Carried, ...]
    counts_in_s: float = 0.0


def findings(
    photos: Sequence[Carried],
    places: PlacesOf,
    *,
    now_s: float,
    stayed: Callable[[tuple[str, ...]], int],
) -> Findings:
    """What all these photos say together.

    Args:
        photos: those that are not where they were. Beside the photo itself its copies do not
            count; of several copies alone each does, and if they differ they teach nothing.
        places: which folder stands for which class.
        now_s: seconds since 1970.
        stayed: how many photos that were filed into a folder or below it are still there.
    """
    themselves = {each.filing for each in photos if not each.is_copy}
    counted = (each for each in photos if not each.is_copy or each.filing not in themselves)
    said = [(each, statement_of(each, places)) for each in counted]
    moves = _by_move(_unanimous(said), places)
    lessons: list[NewLesson] = []
    mass_moves: list[Move] = []
    waiting: list[Carried] = []
    counts_in_s = 0.0
    for taught in moves:
        if (missing_s := _missing_s(taught, now_s)) > 0:
            waiting += [photo for photo, _ in taught]
            counts_in_s = max(counts_in_s, missing_s)
            continue
        for at_once in _at_once(taught):
            if _is_mass(at_once, places, stayed):
                mass_moves.append(_move(at_once))
            else:
                lessons += [lesson for _, lesson in at_once]
    back = [
        (photo, each) for photo, statement in said if isinstance(statement, TakenBack)
        for each in statement.lessons
    ]  # fmt: skip
    early = [photo for photo, _ in back if not is_still(photo, now_s)]
    missing = (STILL_S - _still_for_s(photo, now_s) for photo in early)
    return Findings(
        lessons=tuple(lessons),
        mass_moves=tuple(mass_moves),
        taken_back=tuple(each for photo, each in back if is_still(photo, now_s)),
        kept=tuple(
            (statement.lesson, photo) for photo, statement in said if isinstance(statement, Kept)
        ),
        waiting=(*waiting, *dict.fromkeys(early)),
        counts_in_s=max(counts_in_s, *missing, 0.0),
    )


_Lesson: TypeAlias = tuple[Carried, NewLesson]


def _unanimous(said: Sequence[tuple[Carried, Statement]]) -> list[_Lesson]:
    """The lessons of photos that lie in one class's places only; one for each photo."""
    by_filing: dict[int, list[_Lesson | None]] = defaultdict(list)
    for photo, statement in said:
        taught = (photo, statement.lesson) if isinstance(statement, Teaches) else None
        if taught is not None or isinstance(statement, (TakenBack, Kept)):
            by_filing[photo.filing].append(taught)
    found: list[_Lesson] = []
    for each in by_filing.values():
        taught_all = [one for one in each if one is not None]
        classes = {lesson.class_name for _, lesson in taught_all}
        if len(taught_all) == len(each) and len(classes) == 1:
            found.append(taught_all[0])
    return found


def _by_move(taught: Iterable[_Lesson], places: PlacesOf) -> list[list[_Lesson]]:
    """The lessons by the class's place that their photos left, and the class that they went to."""
    moves: dict[tuple[object, ...], list[_Lesson]] = defaultdict(list)
    for photo, lesson in taught:
        left = places.of_folder(photo.left)
        match left:
            case ClassPlace(_, name, _):
                key: tuple[object, ...] = ("class", name)
            case ReviewPlace():
                key = ("review",)
            case _:
                key = ("folder", *photo.left[:1])
        moves[*key, lesson.class_name].append((photo, lesson))
    return list(moves.values())


def is_still(photo: Carried, now_s: float) -> bool:
    """Whether it was moved long enough ago; a time to come is a clock's that was set back."""
    return _still_for_s(photo, now_s) >= STILL_S


def _still_for_s(photo: Carried, now_s: float) -> float:
    if photo.moved_s is None or photo.moved_s > now_s:
        return math.inf
    return now_s - photo.moved_s


def _missing_s(taught: list[_Lesson], now_s: float) -> float:
    """After how many seconds the move counts; where there are many photos, more may come."""
    wanted_s = AT_ONCE_S if len(taught) >= WHOLE_FOLDER else STILL_S
    return max(0.0, *(wanted_s - _still_for_s(photo, now_s) for photo, _ in taught))


def _at_once(taught: list[_Lesson]) -> list[list[_Lesson]]:
    """The lessons of one move, parted where there was a pause.

    Those of no known time may belong to any part, and so belong to the largest.
    """
    parts, last = list[list[_Lesson]](), -math.inf
    known = [(each[0].moved_s, each) for each in taught if each[0].moved_s is not None]
    for moved_s, each in sorted(known, key=lambda one: one[0]):
        if moved_s - last > AT_ONCE_S:
            parts.append([])
        parts[-1].append(each)
        last = moved_s
    unknown = [each for each in taught if each[0].moved_s is None]
    if not parts:
        return [unknown]
    max(parts, key=len).extend(unknown)
    return parts


def _is_mass(
    at_once: list[_Lesson], places: PlacesOf, stayed: Callable[[tuple[str, ...]], int]
) -> bool:
    if len(at_once) > MANY:
        return True
    by_place: dict[tuple[str, ...], int] = defaultdict(int)
    for photo, _ in at_once:
        left = places.of_folder(photo.left)
        if isinstance(left, ClassPlace):
            by_place[left.folder] += 1
    return any(
        went >= WHOLE_FOLDER and stayed(folder) * _NEARLY <= went
        for folder, went in by_place.items()
    )


def _move(at_once: list[_Lesson]) -> Move:
    photos = tuple(photo for photo, _ in at_once)
    return Move(
        photos,
        tuple(lesson for _, lesson in at_once),
        _in_common([each.left for each in photos]),
        _in_common([each.folder for each in photos]),
    )


def _in_common(folders: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """The folder that they all are, or are in."""
    same = takewhile(lambda parts: len(set(parts)) == 1, zip(*folders, strict=False))
    return tuple(parts[0] for parts in same)
