"""What `explain --resembles` asks: what the model, and the person's lessons, have like a photo.

The photo is looked at by the classifier process, which hands out its features. Lessons are compared
that `learn` has looked at before: their features are in the journal.
"""

from __future__ import annotations

import base64
import os
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from gallery_daemon.classifier.answers import Answers
from gallery_daemon.classifier.host import Timeouts
from gallery_daemon.classifier.results import Classified
from gallery_daemon.daemon.configuration import versions_of
from gallery_daemon.daemon.journals import journal_path
from gallery_daemon.daemon.wiring import setup_of
from gallery_daemon.errors import GalleryError
from gallery_daemon.journal.journal import Journal
from gallery_daemon.learning.nearest import nearest_classes, nearest_lessons
from gallery_daemon.learning.resembled import Resemblance
from gallery_daemon.model.bank import load_bank
from gallery_daemon.photo import Candidate, Identity, Photo

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gallery_daemon.clock import Clock
    from gallery_daemon.config.settings import Config
    from gallery_daemon.learning.resembled import NearLesson

    Halves = NDArray[np.float16]


def resemblance_of(file: str, config: Config, clock: Clock) -> Resemblance:
    """What the photo at the absolute path `file` resembles, by the model that serves.

    Raises:
        GalleryError: it cannot be read as a photo, or the model has no bank to compare it with.
    """
    versions = versions_of(config.model.bundle, config.library)
    if versions.base.bank_sha256 is None:
        raise GalleryError(
            f"{versions.base.model_id} has no bank of features, so nothing can be compared",
            hint="train it anew, or use the shipped model (model: default)",
        )
    features = _features(file, config, clock)
    serving = versions.serving().version
    bank = load_bank(versions.bundle, serving.manifest, len(features), serving.folder)
    assert bank is not None
    return Resemblance(
        nearest_classes(features, bank, serving.manifest.classes),
        _lessons(features, config.library, versions.base.weights_sha256),
    )


def _features(file: str, config: Config, clock: Clock) -> Halves:
    """What the base's body makes of the photo by the full look, float16 (F,)."""
    try:
        identity = Identity.of(os.lstat(file))
    except OSError as error:
        raise GalleryError(f"{file}: {error.strerror}", hint="give the path of a photo") from error
    folder, _, name = file.rpartition("/")
    photo = Photo(Candidate("explain", folder or "/", name), identity, clock.wall())
    setup = setup_of(replace(config.model, version=None), config.batch, config.limits)
    timeouts = Timeouts(photo_s=config.limits.photo_s)
    answers = Answers(replace(setup, want_features=True), clock, timeouts)
    (report,) = answers.of([photo], want_hash=False)
    if not isinstance(report, Classified):
        raise GalleryError(f"{file}: {report.reason}")
    return np.frombuffer(base64.b64decode(report.features[0]), np.float16)


def _lessons(features: Halves, library: str, body_sha256: str) -> tuple[NearLesson, ...]:
    path = journal_path()
    if not path.exists():
        return ()
    with closing(Journal(path, read_only=True)) as journal:
        rows = journal.lessons.features(library, body_sha256)
        return nearest_lessons(features, journal.lessons.active(library), rows)
