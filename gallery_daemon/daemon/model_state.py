"""What `status` says of a session's model: its version, the lessons since, whether it fits."""

from __future__ import annotations

import contextlib
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from gallery_daemon.daemon.configuration import manifest_of, trouble_with_versions
from gallery_daemon.errors import BundleError
from gallery_daemon.model.version_files import read_learned

if TYPE_CHECKING:
    from gallery_daemon.config.settings import Config
    from gallery_daemon.daemon.drift_watch import DriftWatch
    from gallery_daemon.daemon.idle_learning import IdleLearning
    from gallery_daemon.model.version_files import LearnedRecord


@dataclass(frozen=True, slots=True)
class ModelState:
    """The model of one session, as it was when the session began.

    `id` is its `model_id`, empty where it could not be read; `trouble` is why not the version
    serves that should.
    """

    id: str
    learned: LearnedRecord | None
    trouble: str | None

    @classmethod
    def of(cls, config: Config) -> ModelState:
        """That of the configuration's model."""
        with contextlib.suppress(BundleError):
            learned = None if config.model.version is None else read_learned(config.model.folder)
            return cls(manifest_of(config.model).model_id, learned, trouble_with_versions(config))
        return cls("", None, None)

    def snapshot(
        self, learning: IdleLearning | None, drift: DriftWatch | None
    ) -> dict[str, object]:
        """For `status`, in what JSON has."""
        learned = self.learned
        found = None if drift is None else drift.drift
        return {
            "id": self.id,
            "version": 0 if learned is None else learned.number,
            "learned": None if learned is None else learned.created_at.isoformat("T", "seconds"),
            "lessons": 0 if learned is None else learned.count,
            "lessons_since": None if learning is None else learning.new_lessons,
            "is_learning": learning is not None and learning.process is not None,
            "trouble": self.trouble,
            "drift": None if found is None else asdict(found),
        }
