"""What the place of one photo says of it. Pure: it decides by values.

A photo under another class's place is a correction; one that waited as uncertain and lies under a
class's place a confirmation. A photo back where it was filed, in its own class's place or among the
uncertain ones takes back what was said so. All other places teach nothing, and take nothing back:
who puts a corrected photo into an album has not changed their mind.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeAlias

from gallery_daemon.decision import Outcome
from gallery_daemon.journal.lesson import Lesson, LessonKind, LessonState, NewLesson
from gallery_daemon.rules.places import ClassPlace, ReviewPlace

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gallery_daemon.photo import Identity
    from gallery_daemon.rules.places import FolderPlace


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

    @property
    def left(self) -> tuple[str, ...]:
        """The folder that it left: where it was when something was said of it, or was filed."""
        prefix = f"{self.library.rstrip('/')}/"
        last = self.said[-1].path if self.said else ""
        if not last.startswith(prefix):
            return self.filed_in
        return tuple(last.removeprefix(prefix).split("/")[:-1])


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
    name = here.class_name
    if photo.outcome == Outcome.FAILED:
        return SaysNothing("it could not be read, so a model can learn nothing from it")
    if photo.said and _stands_for(photo.said[-1], name, places):
        return Kept(photo.said[-1], here.reason)
    if later := _after_held(photo.said, name):
        return TakenBack(later, f"{here.reason}, which was said before")
    if reason := _why_no_news(photo, here, places):
        return _back(photo, reason)
    is_unsure = photo.outcome == Outcome.UNCERTAIN
    kind = LessonKind.CONFIRMATION if is_unsure else LessonKind.CORRECTION
    return Teaches(_lesson(photo, kind, name))


def _why_no_news(photo: Carried, here: ClassPlace, places: PlacesOf) -> str | None:
    """Why the place says no more of the photo than the program did; None: it does."""
    home = places.of_folder(photo.filed_in)
    if isinstance(home, ClassPlace) and home.class_name == here.class_name:
        return f"{here.reason}, as is the folder that it was filed into"
    if photo.outcome != Outcome.UNCERTAIN and photo.top_class == here.class_name:
        return f"{here.reason}, and the model had called it so"
    return None


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
    command, or before the rules gave the place to this class. What the person took back, or did not
    mean, counts only while the photo lies there.
    """
    there = places.of_path(last.path)
    was_there = isinstance(there, ClassPlace) and there.class_name == name
    return was_there or (last.class_name == name and last.state in _OPEN)


_OPEN = frozenset({LessonState.ACTIVE, LessonState.ASKED})


def _after_held(said: tuple[Lesson, ...], name: str) -> tuple[Lesson, ...]:
    """What was read off places after that class had been said, which holds still.

    None of it came to hold, for then it would have superseded that: it was asked about.
    """
    for number, each in enumerate(said):
        if each.state is LessonState.ACTIVE and each.class_name == name:
            return dragged(said[number + 1 :])
    return ()


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
