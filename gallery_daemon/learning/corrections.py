"""What a person says by where a filed photo lies now. Pure: it decides by values.

A photo under another class's place is a correction; one that waited as uncertain and lies under a
class's place a confirmation. A photo back where it was filed, in its own class's place or among the
uncertain ones takes back what was said so. All other places teach nothing, and take nothing back:
who puts a corrected photo into an album has not changed their mind.

People sort by hand a few photos at a time; programs and restored backups move them by the hundred.
So where very many went at once from one class to another, or a whole class folder went, the person
is asked first.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias

from gallery_daemon.decision import Outcome
from gallery_daemon.journal.lesson import Lesson, LessonKind, NewLesson
from gallery_daemon.rules.places import ClassPlace, ReviewPlace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from gallery_daemon.photo import Identity
    from gallery_daemon.rules.places import FolderPlace

STILL_S: Final = 30.0
"""So long a photo must have lain at its new place: a drag undone at once says nothing."""
AT_ONCE_S: Final = 60.0
"""Photos that moved one after the other with no longer pause moved at once."""
MANY: Final = 100
"""More photos than these at once are a mass move."""
WHOLE_FOLDER: Final = 20
"""So many photos at once are a mass move if they were (nearly) all of a class's folder."""
_NEARLY = 9
"""A folder counts as emptied where for so many that went at most one has stayed."""


@dataclass(frozen=True, slots=True)
class Carried:
    """A filed photo that is gone from where it was and lies elsewhere in the library.

    `filed_in` is the folder that it was filed into, `folder` the one where it is now, both as
    components below the library. `moved_s` is when it was moved, in seconds since 1970; None: its
    disk does not say. `said` are the lessons of it that say something still, the latest last.
    `is_copy`: it has another inode, and so may be a copy of a photo that is somewhere else.
    """

    filing: int
    library: str
    path: str
    folder: tuple[str, ...]
    identity: Identity
    filed_in: tuple[str, ...]
    top_class: str | None
    outcome: str | None
    content_hash: str | None
    moved_s: float | None
    said: tuple[Lesson, ...] = ()
    is_copy: bool = False


@dataclass(frozen=True, slots=True)
class Teaches:
    """The photo's place is a lesson."""

    lesson: NewLesson


@dataclass(frozen=True, slots=True)
class Kept:
    """What was said of the photo stands, wherever it is now; `reason` says what its place is."""

    lesson: Lesson
    reason: str


@dataclass(frozen=True, slots=True)
class TakenBack:
    """The lessons that were read off an earlier place of the photo do not hold any more."""

    lessons: tuple[Lesson, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class SaysNothing:
    """The photo's place teaches nothing."""

    reason: str


Statement: TypeAlias = Teaches | Kept | TakenBack | SaysNothing


def statement_of(photo: Carried, places: PlacesOf) -> Statement:
    """What the photo's place says of it, by what `places` says of that and other folders."""
    here = places.of_path(photo.path)
    if isinstance(here, ClassPlace):
        return _in_class_place(photo, here, places)
    if isinstance(here, ReviewPlace):
        return _back(photo, here.reason)
    return Kept(photo.said[-1], here.reason) if photo.said else SaysNothing(here.reason)


def _in_class_place(photo: Carried, here: ClassPlace, places: PlacesOf) -> Statement:
    name, home = here.class_name, places.of_folder(photo.filed_in)
    if photo.outcome == Outcome.FAILED:
        return SaysNothing("it could not be read, so a model can learn nothing from it")
    if photo.said and _stands_for(photo.said[-1], name, places):
        return Kept(photo.said[-1], here.reason)
    if isinstance(home, ClassPlace) and home.class_name == name:
        return _back(photo, f"{here.reason}, as is the folder that it was filed into")
    if photo.outcome == Outcome.UNCERTAIN:
        return Teaches(_lesson(photo, LessonKind.CONFIRMATION, name))
    if photo.top_class == name:
        return _back(photo, f"{here.reason}, and the model had called it so")
    return Teaches(_lesson(photo, LessonKind.CORRECTION, name))


class PlacesOf(Protocol):
    """What folders of one library stand for."""

    def of_folder(self, folder: tuple[str, ...]) -> FolderPlace:
        """What the folder stands for, by its components below the library."""
        ...

    def of_path(self, path: str) -> FolderPlace:
        """What the folder of the file at the absolute path stands for; any outside: no place."""
        ...


def dragged(said: Iterable[Lesson]) -> tuple[Lesson, ...]:
    """Those that were read off a place."""
    return tuple(each for each in said if each.is_dragged)


def _stands_for(last: Lesson, name: str, places: PlacesOf) -> bool:
    """Whether that class's place adds nothing to what was said last.

    It was the same; or it was another while the photo lay in that class's place already: by
    command, or before the rules gave the place to this class.
    """
    there = places.of_path(last.path)
    was_there = isinstance(there, ClassPlace) and there.class_name == name
    return last.class_name == name or was_there


def _lesson(photo: Carried, kind: LessonKind, name: str) -> NewLesson:
    return NewLesson(
        library=photo.library,
        path=photo.path,
        identity=photo.identity,
        kind=kind,
        class_name=name,
        filing=photo.filing,
        content_hash=photo.content_hash,
        before=photo.top_class,
    )


def _back(photo: Carried, reason: str) -> Statement:
    taken_back = dragged(photo.said)
    return TakenBack(taken_back, reason) if taken_back else SaysNothing(reason)


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
    still for long enough, and those that may be of one move with them.
    """

    lessons: tuple[NewLesson, ...]
    mass_moves: tuple[Move, ...]
    taken_back: tuple[Lesson, ...]
    kept: tuple[tuple[Lesson, Carried], ...]
    waiting: tuple[Carried, ...]


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
    for taught in moves:
        if any(not is_still(photo, now_s) for photo, _ in taught):
            waiting += [photo for photo, _ in taught]
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
    return Findings(
        lessons=tuple(lessons),
        mass_moves=tuple(mass_moves),
        taken_back=tuple(each for photo, each in back if is_still(photo, now_s)),
        kept=tuple(
            (statement.lesson, photo) for photo, statement in said if isinstance(statement, Kept)
        ),
        waiting=(
            *waiting,
            *dict.fromkeys(photo for photo, _ in back if not is_still(photo, now_s)),
        ),
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
        left = places.of_folder(photo.filed_in)
        match left:
            case ClassPlace(_, name, _):
                key: tuple[object, ...] = ("class", name)
            case ReviewPlace():
                key = ("review",)
            case _:
                key = ("folder", *photo.filed_in[:1])
        moves[*key, lesson.class_name].append((photo, lesson))
    return list(moves.values())


def is_still(photo: Carried, now_s: float) -> bool:
    """Whether it was moved long enough ago; a time to come is a clock's that was set back."""
    return photo.moved_s is None or not 0 <= now_s - photo.moved_s < STILL_S


def _at_once(taught: list[_Lesson]) -> list[list[_Lesson]]:
    """The lessons of one move, parted where there was a pause; those of no known time are one."""
    unknown = [each for each in taught if each[0].moved_s is None]
    parts, last = [unknown] if unknown else [], -math.inf
    known = [(each[0].moved_s, each) for each in taught if each[0].moved_s is not None]
    for moved_s, each in sorted(known, key=lambda one: one[0]):
        if moved_s - last > AT_ONCE_S:
            parts.append([])
        parts[-1].append(each)
        last = moved_s
    return parts


def _is_mass(
    at_once: list[_Lesson], places: PlacesOf, stayed: Callable[[tuple[str, ...]], int]
) -> bool:
    if len(at_once) > MANY:
        return True
    by_place: dict[tuple[str, ...], int] = defaultdict(int)
    for photo, _ in at_once:
        left = places.of_folder(photo.filed_in)
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
        _in_common([each.filed_in for each in photos]),
        _in_common([each.folder for each in photos]),
    )


def _in_common(folders: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """The folder that they all are, or are in."""
    same = takewhile(lambda parts: len(set(parts)) == 1, zip(*folders, strict=False))
    return tuple(parts[0] for parts in same)
