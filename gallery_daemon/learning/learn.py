"""The act of learning: the lessons that hold become a candidate, which becomes a version.

Always from the base and from all lessons, so whatever was interrupted is simply done again; only
the features of photos are kept on the way. To be done while the versions are `locked`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gallery_daemon.errors import GalleryError
from gallery_daemon.learning.adoption import keep, serves_already
from gallery_daemon.learning.candidate_model import ServingModel, make_candidate
from gallery_daemon.learning.decisions import SURE
from gallery_daemon.learning.fit import Taught
from gallery_daemon.learning.proposal import proposal_of
from gallery_daemon.model.bank import load_bank, load_lessons
from gallery_daemon.model.head import load_head

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gallery_daemon.clock import Clock
    from gallery_daemon.journal.lesson import Lesson
    from gallery_daemon.journal.lesson_table import LessonTable
    from gallery_daemon.learning.candidate_model import CandidateModel
    from gallery_daemon.learning.lesson_features import FeatureReader
    from gallery_daemon.learning.proposal import Proposal
    from gallery_daemon.model.manifest import Manifest
    from gallery_daemon.model.model_version import ModelVersion
    from gallery_daemon.model.model_versions import ModelVersions


@dataclass(frozen=True, slots=True, eq=False)
class Learning:
    """A candidate and what it would bring.

    `lessons` are those that it learned from, `unread` the photos of others, by path, and why they
    could not be looked at. `is_known`: the version that serves was learned from the same lessons.
    """

    candidate: CandidateModel
    lessons: tuple[Lesson, ...]
    unread: Mapping[str, str]
    proposal: Proposal
    is_known: bool


class Learner:
    """Learns for one library."""

    def __init__(  # noqa: PLR0917
        self,
        versions: ModelVersions,
        library: str,
        table: LessonTable,
        reader: FeatureReader,
        clock: Clock,
        sure: float = SURE,
    ) -> None:
        """`reader` looks at photos with the body of the versions' base.

        `sure` is the confidence from which on rules file a photo, 0..1.
        """
        self._versions, self._library, self._table = versions, library, table
        self._reader, self._clock, self._sure = reader, clock, sure
        self._read_at = clock.wall()

    def candidate(self, told: Callable[[int, int], None]) -> Learning:
        """What all lessons that hold make of the base; nothing is written but features.

        `told` hears how many photos were looked at, of how many.

        Raises:
            GalleryError: there is nothing to learn from, or the model cannot learn.
        """
        base = self._versions.base
        refuse_unteachable(base)
        self._read_at = self._clock.wall()
        lessons = self._table.active(self._library)
        if not lessons:
            raise GalleryError(
                "there are no lessons for this library",
                hint="drag a photo to the folder of its class, or: gallery-daemon label FILE CLASS",
            )
        found = self._reader.rows(self._library, lessons, told)
        usable = tuple(lesson for lesson in lessons if lesson.id in found.rows)
        if not usable:
            (path, reason), *_ = found.unread.items()
            raise GalleryError(f"no photo of {len(lessons)} lessons can be read: {path}: {reason}")
        head = load_head(self._versions.bundle, base)
        bank = load_bank(self._versions.bundle, base, head.weight.shape[1])
        assert bank is not None
        taught = _taught(usable, found.rows, bank.full.shape[1])
        serving = _serving(self._versions, bank.full.shape[1])
        candidate = make_candidate(base, head, bank, taught, serving=serving, sure=self._sure)
        return Learning(
            candidate,
            usable,
            found.unread,
            proposal_of(base, candidate),
            is_known=serves_already(self._versions, candidate),
        )

    def keep(self, learning: Learning) -> ModelVersion:
        """The candidate is a version on disk, and does not serve yet.

        Raises:
            GalleryError: it cannot be written; nothing has changed.
        """
        return keep(self._versions, learning.candidate, learning.lessons, self._read_at)


def refuse_unteachable(base: Manifest) -> None:
    """The model has what a new head is learned from.

    Raises:
        GalleryError: it has not.
    """
    if base.head_sha256 is None or base.bank_sha256 is None:
        raise GalleryError(
            f"{base.model_id} cannot learn: it has no bank of features",
            hint="train it anew, or use the shipped model (model: default)",
        )


def _serving(versions: ModelVersions, features: int) -> ServingModel | None:
    """The learned version that serves, if it is not the base."""
    version = versions.serving().version
    if version.folder is None:
        return None
    manifest, lessons = version.manifest, load_lessons(version.folder, version.manifest, features)
    taught = Taught(
        lessons.full.astype(np.float32),
        lessons.quick.astype(np.float32),
        tuple(manifest.classes[label] for label in lessons.labels.tolist()),
        tuple(range(len(lessons.labels))),
        (None,) * len(lessons.labels),
    )
    return ServingModel(taught, manifest.full.temperature)


def _taught(
    lessons: Sequence[Lesson], rows: Mapping[int, tuple[bytes, bytes]], features: int
) -> Taught:
    """The lessons with their features.

    Raises:
        GalleryError: a row of the journal is none of this model.
    """
    looks = tuple(
        [np.frombuffer(rows[lesson.id][look], np.float16) for lesson in lessons] for look in (0, 1)
    )
    if any(
        row.shape != (features,) or not np.isfinite(row).all() for each in looks for row in each
    ):
        raise GalleryError("the journal has features of lessons that are none of this model")
    full, quick = (np.stack(each).astype(np.float32) for each in looks)
    return Taught(
        full,
        quick,
        tuple(lesson.class_name for lesson in lessons),
        tuple(lesson.id for lesson in lessons),
        tuple(lesson.before for lesson in lessons),
    )
