"""What `learn` is made of: the lessons of a library, its model's versions, the process that looks.

A new class begins with a folder: each of its photos becomes a lesson, which holds like any other,
also where the gate refuses the model that it makes.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from gallery_daemon.classifier.host import Timeouts
from gallery_daemon.config.kinds.local import absolute
from gallery_daemon.config.missing import refuse_missing
from gallery_daemon.config.settings import DEFAULT_MIN_CONFIDENCE
from gallery_daemon.daemon.configuration import classes_of
from gallery_daemon.daemon.wiring import library_scan_of, setup_of
from gallery_daemon.errors import GalleryError
from gallery_daemon.filing.disk import Disk
from gallery_daemon.imaging.formats import sniff
from gallery_daemon.intake.candidate import WatchRoot
from gallery_daemon.intake.scan import Listed, scan
from gallery_daemon.journal.lesson import LessonKind, NewLesson
from gallery_daemon.learning.class_names import FEWEST_OF_NEW_CLASS, refuse_class_name
from gallery_daemon.learning.learn import Learner
from gallery_daemon.learning.lesson_features import FeatureReader
from gallery_daemon.openat import open_regular
from gallery_daemon.photo import Identity
from gallery_daemon.rules.demands import least_confidence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gallery_daemon.clock import Clock
    from gallery_daemon.config.settings import Config
    from gallery_daemon.journal.journal import Journal
    from gallery_daemon.learning.library_scan import LibraryLook
    from gallery_daemon.model.model_versions import ModelVersions


def learner_of(config: Config, versions: ModelVersions, journal: Journal, clock: Clock) -> Learner:
    """What learns for the library of the configuration; photos are looked at with the base."""
    setup = setup_of(replace(config.model, version=None), config.batch, config.limits)
    timeouts = Timeouts(photo_s=config.limits.photo_s)
    body = versions.base.weights_sha256
    reader = FeatureReader(journal.lessons, body, setup, timeouts, clock)
    sure = least_confidence(config.rules)
    if sure is None:
        sure = DEFAULT_MIN_CONFIDENCE
    return Learner(versions, config.library, journal.lessons, reader, clock, sure)


def look_for_lessons(config: Config, journal: Journal, clock: Clock) -> LibraryLook:
    """A look at the whole library: what was dragged since the last one is in the journal.

    Raises:
        JournalError: the journal cannot be used now.
    """
    return library_scan_of(config, journal, Disk(), clock).look()


def teach_class(
    name: str, folder: str, config: Config, journal: Journal, clock: Clock
) -> list[int]:
    """Each photo in the folder, and below it, is a lesson of the new class; their ids.

    Raises:
        GalleryError: the class cannot be called so, or there are too few photos.
    """
    refuse_class_name(name, classes_of(config.model))
    refuse_missing(folder)
    place = absolute(folder, str(Path.cwd()))
    lessons = tuple(
        NewLesson(config.library, path, identity, LessonKind.FOLDER, name)
        for path, identity in _photos(place)
    )
    if len(lessons) < FEWEST_OF_NEW_CLASS:
        raise GalleryError(
            f"{place} has {len(lessons)} photos, too few for a new class",
            hint=f"a class needs {FEWEST_OF_NEW_CLASS}, and is better with 60",
        )
    return journal.lessons.give(lessons, clock.wall())


def _photos(folder: str) -> Iterator[tuple[str, Identity]]:
    """The photos in the folder, as signatures tell them."""
    for each in scan(WatchRoot("folder", folder)):
        if isinstance(each, Listed):
            path = each.candidate.path
            try:
                with open_regular(path, follow_links=False) as file:
                    if sniff(file).is_photo:
                        yield path, Identity.of(os.fstat(file.fileno()))
            except OSError:
                continue  # what cannot be opened cannot be looked at either
