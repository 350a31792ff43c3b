"""Lessons of photos whose features go by their names, as the stand-in for the classifier has it."""

from __future__ import annotations

import os
import random
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np

from gallery_daemon.journal.journal import Journal
from gallery_daemon.journal.lesson import LessonKind, NewLesson
from gallery_daemon.model.head import load_head
from gallery_daemon.photo import Identity
from tests.classifier.fake_worker import features_of
from tests.end_to_end.conftest import photo_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from gallery_daemon.model.model_versions import ModelVersions

KINDS = ("chat", "dog", "road")


def wrong_calls(versions: ModelVersions) -> dict[str, str]:
    """For each kind of photo a class that the base does not call it: what the person says."""
    head, classes = load_head(versions.bundle, versions.base), versions.base.classes
    said: dict[str, str] = {}
    for place, kind in enumerate(KINDS):
        scores = head.logits(np.stack([features_of(f"{kind}-{n}") for n in range(5)]))
        calls = {classes[call] for call in scores.argmax(1).tolist()}
        free = [name for name in classes if name not in calls and name not in said.values()]
        said[kind] = free[place % len(free)]
    return said


def give(
    journal: Path,
    library: Path,
    names: Iterable[str],
    said: dict[str, str],
    *,
    shuffled: bool = False,
    when: datetime | None = None,
) -> list[int]:
    """Photos lie in the library, and each is a lesson of what is said of its kind."""
    library.mkdir(parents=True, exist_ok=True)
    lessons = []
    names = list(names)
    labels = [said[name.rpartition("-")[0]] for name in names]
    if shuffled:
        random.Random(0).shuffle(labels)
    for number, (name, label) in enumerate(zip(names, labels, strict=True)):
        path = library / f"{name}.jpg"
        path.write_bytes(photo_bytes(library, number % 250))
        identity = Identity.of(os.lstat(path))
        kind = LessonKind.CORRECTION
        lessons.append(
            NewLesson(os.fspath(library), os.fspath(path), identity, kind, label, before="cars")
        )
    with closing(Journal(journal)) as opened:
        return opened.lessons.give(lessons, when or datetime.now(UTC))
