"""A candidate becomes a version on disk, and serves if the gate lets it and somebody wants it.

Each step can be interrupted: a version is written whole or not at all, and serves from the one
rename on that says so (`model.version_record`).
"""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING

from gallery_daemon.model.version_files import GateResult, LearnedRecord

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from gallery_daemon.journal.lesson import Lesson
    from gallery_daemon.learning.candidate_model import CandidateModel
    from gallery_daemon.model.model_version import ModelVersion
    from gallery_daemon.model.model_versions import ModelVersions

_DIGITS = 4


def keep(
    versions: ModelVersions,
    candidate: CandidateModel,
    lessons: Sequence[Lesson],
    read_at: datetime,
) -> ModelVersion:
    """The candidate is a version on disk, and does not serve yet. To be called while `locked`.

    Args:
        versions: of the base that the candidate was made of.
        candidate: what the lessons made.
        lessons: all that it learned from.
        read_at: when they were read.

    Raises:
        GalleryError: it cannot be written; nothing has changed.
    """
    gate, figures = candidate.gate, candidate.gate.figures
    learned = LearnedRecord(
        base=versions.base.model_id,
        number=0,
        parent=versions.serving().version.number,
        created_at=read_at,
        lessons=dict(sorted(Counter(each.class_name for each in lessons).items())),
        kinds=dict(sorted(Counter(str(each.kind) for each in lessons).items())),
        lessons_sha256="",
        gate=GateResult(gate.passed, gate.reasons, gate.wanted_more),
        figures={"share": candidate.share, **asdict(figures)},
    )
    return versions.write_candidate(
        candidate.manifest, candidate.head, candidate.taught_bank, learned
    )


def serves_already(versions: ModelVersions, candidate: CandidateModel) -> bool:
    """Whether the version that serves was learned from the very same lessons."""
    learned = versions.serving().version.learned
    if learned is None:
        return False
    return learned.lessons_sha256 == hashlib.sha256(candidate.taught_bank.to_bytes()).hexdigest()
