"""What a person says of photos: looked for in the library, given and taken back by command.

A label is a lesson of any photo on disk. Nothing moves by it.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gallery_daemon.daemon.wiring import classes_to_teach, library_scan_of, others_of
from gallery_daemon.errors import GalleryError
from gallery_daemon.filing.disk import Disk
from gallery_daemon.filing.steps import names_to_try
from gallery_daemon.imaging.formats import sniff
from gallery_daemon.intake.scan import Listed
from gallery_daemon.journal.lesson import Lesson, LessonKind, LessonState, MassMove, NewLesson
from gallery_daemon.journal.record import State
from gallery_daemon.learning.library_places import LibraryPlaces
from gallery_daemon.learning.library_scan import root_of_library
from gallery_daemon.learning.statements import Kept, SaysNothing, TakenBack, statement_of
from gallery_daemon.learning.whereabouts import Whereabouts
from gallery_daemon.openat import open_regular
from gallery_daemon.photo import Identity
from gallery_daemon.rules.places import ClassPlaces

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gallery_daemon.clock import Clock
    from gallery_daemon.config.settings import Config
    from gallery_daemon.journal.journal import Journal
    from gallery_daemon.journal.record import Row

_CLOSE = "gallery-daemon lessons shows them"


@dataclass(frozen=True, slots=True)
class Gathered:
    """What holds for a library after a look at it.

    `waiting` counts photos that were moved a moment ago, and are no lessons yet; they are in
    `counts_in_s` seconds.
    """

    lessons: tuple[Lesson, ...]
    mass_moves: tuple[MassMove, ...]
    waiting: int
    counts_in_s: float


def gather(config: Config, journal: Journal, clock: Clock) -> Gathered:
    """Look at the library, and give what was learned from people so far.

    Raises:
        GalleryError: the model cannot be read, or the journal not be used.
    """
    look = library_scan_of(config, journal, Disk(), clock).look()
    lessons = journal.lessons
    return Gathered(
        tuple(lessons.active(config.library)),
        tuple(lessons.mass_moves(config.library)),
        len(look.waiting),
        look.counts_in_s,
    )


def label(path: str, class_name: str, library: str, journal: Journal, clock: Clock) -> None:
    """The photo at the absolute path is of that class: by this program's filing, if it has one.

    Raises:
        GalleryError: it is no photo that can be read.
    """
    try:
        with open_regular(path, follow_links=True) as file:
            kind = sniff(file)
        found = os.lstat(path)
    except OSError as error:
        raise GalleryError(f"{path}: {error.strerror}", hint="give the path of a photo") from error
    if not kind.is_photo:
        raise GalleryError(f"{path} is {kind.words}", hint="only photos have a class")
    identity, row = Identity.of(found), _row_of(path, found, library, journal)
    lesson = NewLesson(
        library=library,
        path=path,
        identity=identity,
        kind=LessonKind.LABEL,
        class_name=class_name,
        filing=None if row is None else row.id,
        content_hash=None if row is None else row.content_hash,
        before=None if row is None else row.top_class,
    )
    journal.lessons.give([lesson], clock.wall())


def unlabel(path: str, library: str, journal: Journal, clock: Clock) -> int:
    """Nothing is said of the photo at the absolute path any more; how many lessons ended.

    Raises:
        GalleryError: nothing had been said of it.
    """
    ended = [each for each in _lessons_of(path, library, journal) if each.state in _STANDING]
    if not ended:
        raise GalleryError(f"{path} has no lesson", hint=_CLOSE)
    ids = [each.id for each in ended]
    return journal.lessons.withdraw(ids, clock.wall(), LessonState.UNDONE)


_STANDING = frozenset({LessonState.ACTIVE, LessonState.ASKED})


def export(lessons: Iterable[Lesson], folder: Path) -> Iterator[Lesson]:
    """A folder for each class, with a link to each photo; gives those whose photos are gone.

    Raises:
        GalleryError: the folder cannot be made, or something is in it.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise GalleryError(f"{folder} is not empty", hint="name a new folder")
        for lesson in lessons:
            if not Path(lesson.path).exists():
                yield lesson
                continue
            of_class = folder / lesson.class_name
            of_class.mkdir(exist_ok=True)
            _link(lesson.path, of_class)
    except OSError as error:
        raise GalleryError(
            f"{folder} cannot be written: {error.strerror}", hint="name another folder"
        ) from error


def _link(path: str, folder: Path) -> None:
    for name in names_to_try(path.rpartition("/")[2]):
        try:
            (folder / name).symlink_to(path)
        except FileExistsError:
            continue
        return


def what_is_said(path: str, config: Config, journal: Journal, clock: Clock) -> str | None:
    """The lesson of the file at the absolute path, or why its place teaches nothing, as a sentence.

    None: it is where it was filed, or none of this program's photos, and nothing was said of it.

    Raises:
        BundleError: the model cannot be read.
        JournalError: the journal cannot be read now.
    """
    said = [each for each in _lessons_of(path, config.library, journal) if each.state in _STANDING]
    root = root_of_library(config.library, others_of(config))
    relative = root.relative(path)
    if relative is not None and os.path.lexists(path):
        file = Listed(root.candidate(relative), os.lstat(path))
        whereabouts = Whereabouts(journal, Disk(), config.library)
        for photo in whereabouts.carried([file], clock.wall().timestamp()):
            places = _places(config, journal)
            match statement_of(photo, places):
                case SaysNothing(reason):
                    return f"its place teaches nothing: {reason}"
                case TakenBack(lessons, reason):
                    return f"{_shown(lessons[-1])}, which does not hold any more: {reason}"
                case Kept(lesson, _) if lesson.state in _STANDING:
                    return _shown(lesson)
                case Kept(lesson, _):
                    return f"{_shown(lesson)}, which you took back"
                case teaches:
                    lesson_given = teaches.lesson
                    return f"it will be a {lesson_given.kind}: {lesson_given.class_name}"
    return _shown(said[-1]) if said else None


def _places(config: Config, journal: Journal) -> LibraryPlaces:
    places = ClassPlaces.of(config.rules, classes_to_teach(config, journal))
    return LibraryPlaces(config.library, places)


def _shown(lesson: Lesson) -> str:
    asked = ", about which you are asked" if lesson.state is LessonState.ASKED else ""
    when = f"{lesson.given_at.astimezone():%Y-%m-%d %H:%M}"
    return f"{lesson.kind} of {when}: {lesson.class_name}{asked}"


def _lessons_of(path: str, library: str, journal: Journal) -> list[Lesson]:
    try:
        found = os.lstat(path)
    except OSError:
        # One that is gone is known by where it was.
        return [each for each in journal.lessons.active(library) if each.path == path]
    row = _row_of(path, found, library, journal)
    number = None if row is None else row.id
    return journal.lessons.of_file(library, path, Identity.of(found), number)


def _row_of(path: str, found: os.stat_result, library: str, journal: Journal) -> Row | None:
    """The filing of the file, in the library or where it came from."""
    root = root_of_library(library)
    relative = root.relative(path)
    if relative is None:
        row = journal.known_as(Identity.of(found), library)
        return row if row is not None and row.state is State.FILED else None
    candidate = root.candidate(relative)
    home = journal.filed_at(library, candidate.folders, candidate.name)
    carried = Whereabouts(journal, Disk(), library).row_of(Listed(candidate, found))
    return carried or home
