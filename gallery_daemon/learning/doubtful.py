"""Lessons that contradict all others: slips of the mouse, mostly.

A lesson is mostly about a photo that the base took for another class, so that it contradicts the
base is no reason for doubt. It is doubtful if heads that knew all other lessons are as sure of
another class as they are of most lessons of that class, and if none of the nearest pictures, of
bank and other lessons, bears its label. Of five slips among fifty lessons four are named, beside
six lessons that are none: the list is to be looked at, and nothing is left out by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gallery_daemon.model.doubts import Doubt, doubts
from gallery_daemon.model.engines.probes import softmax
from gallery_daemon.photo import LookKind

if TYPE_CHECKING:
    from gallery_daemon.learning.candidate_model import CandidateModel
    from gallery_daemon.learning.cross_validation import Validated
    from gallery_daemon.model.bank import FeatureBank

NEIGHBOURS = 5
"""None of so many nearest pictures bears a doubtful lesson's label."""


def doubtful_lessons(candidate: CandidateModel, bank: FeatureBank) -> tuple[Doubt, ...]:
    """The doubtful ones of a candidate's lessons, the most doubtful first.

    A doubt's `place` is that of the lesson, and its classes are those of the candidate.

    Args:
        candidate: made of all lessons.
        bank: of the base.
    """
    validated, taught = candidate.validated, candidate.taught_bank
    scale = np.float32(candidate.manifest.full.temperature)
    probabilities = softmax(validated.left_out.lessons[LookKind.FULL] / scale)
    return tuple(
        doubt
        for doubt in doubts(probabilities, validated.lesson_labels)
        if not _has_company(doubt, validated, bank, taught)
    )


def _has_company(
    doubt: Doubt, validated: Validated, bank: FeatureBank, taught: FeatureBank
) -> bool:
    """Whether one of the nearest pictures bears its label, its own likes left out."""
    others = validated.groups != validated.groups[doubt.place]
    rows = np.concatenate([bank.full, taught.full[others]]).astype(np.float32)
    labels = np.concatenate([validated.bank_labels, validated.lesson_labels[others]])
    own = taught.full[doubt.place].astype(np.float32)
    similarities = rows @ own / np.maximum(np.linalg.norm(rows, axis=1), 1e-12)
    return bool((labels[np.argsort(-similarities)[:NEIGHBOURS]] == doubt.label).any())
