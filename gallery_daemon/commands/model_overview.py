"""What there is to say of a library's model: its versions, what it was taught, what it knows.

Read from the files of the versions and from the journal; no network is loaded.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gallery_daemon.commands.model_choice import versions_for
from gallery_daemon.daemon.idle_learning import lessons_since
from gallery_daemon.errors import GalleryError
from gallery_daemon.journal.lesson import LessonState
from gallery_daemon.photo import Identity

if TYPE_CHECKING:
    from gallery_daemon.clock import Clock
    from gallery_daemon.config.settings import Config
    from gallery_daemon.journal.journal import Journal
    from gallery_daemon.journal.lesson import Lesson
    from gallery_daemon.model.model_version import ListedModelVersion, ModelVersion


@dataclass(frozen=True, slots=True)
class ModelOverview:
    """The model of a library.

    `serving` is the version that serves, `trouble` why not the one that should. `versions` are all,
    the newest first; `lessons` those that hold, the newest first, of which `new` were given since
    the newest version was made. `cannot_learn` is why nothing can be learned, if so; `before` is
    the number of the version to which a rollback goes, if there is one.
    """

    serving: ModelVersion
    trouble: str | None
    versions: tuple[ListedModelVersion, ...]
    lessons: tuple[Lesson, ...]
    new: int
    cannot_learn: str | None
    before: int | None


def overview_of(config: Config, journal: Journal) -> ModelOverview:
    """What there is to say of the model of the configuration.

    Raises:
        BundleError: the model cannot be read.
        JournalError: the journal cannot be read now.
    """
    versions = versions_for(config)
    lessons = tuple(reversed(journal.lessons.active(config.library)))
    serving, base = versions.serving(), versions.base
    is_taught = base.head_sha256 is not None and base.bank_sha256 is not None
    try:
        before = versions.previous().number
    except GalleryError:
        before = None
    return ModelOverview(
        serving.version,
        serving.problem,
        tuple(reversed(versions.all())),
        lessons,
        lessons_since(versions.latest(), lessons),
        None if is_taught else f"{base.model_id} cannot learn: it has no bank of features",
        before,
    )


def how_many_looked_at(config: Config, journal: Journal) -> tuple[int, int]:
    """Of how many lessons the photos were looked at for learning, and how many lessons hold.

    Raises:
        BundleError: the model cannot be read.
        JournalError: the journal cannot be read now.
    """
    body = versions_for(config).base.weights_sha256
    looked_at = journal.lessons.looked_at(config.library, body)
    return looked_at, len(journal.lessons.active(config.library))


def photo_of_lesson(number: int, journal: Journal, library: str) -> tuple[str, Identity]:
    """Where the photo of the library's lesson lies now, as a path, and which file that is.

    Raises:
        GalleryError: there is no such lesson, or the photo is gone.
    """
    lesson = journal.lessons.lesson(number)
    if lesson is None or lesson.library != library:
        raise GalleryError("there is no such lesson")
    try:
        return lesson.path, Identity.of(os.lstat(lesson.path))
    except OSError as error:
        raise GalleryError("its photo is not where it was: moved or deleted since") from error


def take_back_lesson(number: int, journal: Journal, clock: Clock, library: str) -> Lesson:
    """The library's lesson does not hold any more; its photo stays where it is.

    Raises:
        GalleryError: there is no such lesson, or it ended before.
        JournalError: it cannot be written now.
    """
    lesson = journal.lessons.lesson(number)
    is_ours = lesson is not None and lesson.library == library
    if lesson is None or not is_ours or lesson.state is not LessonState.ACTIVE:
        raise GalleryError("this lesson does not hold any more", hint="load the page anew")
    journal.lessons.withdraw([number], clock.wall(), LessonState.UNDONE)
    return lesson
