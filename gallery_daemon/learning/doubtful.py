"""Lessons that contradict all others: slips of the mouse, mostly.

A lesson is mostly about a photo that the base took for another class, so that it contradicts the
base is no reason for doubt. It is doubtful if heads that knew all other lessons are still as sure
of another class as they are of that class's pictures in the bank, and if none of the nearest
pictures, of bank and other lessons, bears its label.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gallery_daemon.model.doubts import Doubt, doubts
from gallery_daemon.model.engines.probes import softmax
from gallery_daemon.photo import LookKind

if TYPE_CHECKING:
    from gallery_daemon.learning.cross_validation import Validated
    from gallery_daemon.learning.fit import Taught
    from gallery_daemon.model.bank import FeatureBank

NEIGHBOURS = 5
"""None of so many nearest pictures bears a doubtful lesson's label."""


def doubtful_lessons(
    validated: Validated, bank: FeatureBank, taught: Taught, temperature: float
) -> tuple[Doubt, ...]:
    """The doubtful lessons, the most doubtful first.

    Args:
        validated: of these lessons and this bank.
        bank: of the base.
        taught: the lessons; a doubt's `place` is that among them.
        temperature: of the candidate's full look.
    """
    scale = np.float32(temperature)
    probabilities = softmax(validated.left_out.lessons[LookKind.FULL] / scale)
    known = softmax(validated.left_out.bank[LookKind.FULL] / scale)
    labels = validated.lesson_labels
    rows = np.arange(len(known))
    counts = np.bincount(validated.bank_labels, minlength=len(validated.classes))
    sums = np.bincount(validated.bank_labels, known[rows, validated.bank_labels], len(counts))
    limits = np.where(counts, sums / np.maximum(counts, 1), 1.0)
    return tuple(
        doubt
        for doubt in doubts(probabilities, labels)
        if doubt.probability >= limits[doubt.likelier]
        and not _has_company(doubt, validated, bank, taught)
    )


def _has_company(doubt: Doubt, validated: Validated, bank: FeatureBank, taught: Taught) -> bool:
    """Whether one of the nearest pictures bears its label, its own likes left out."""
    others = validated.groups != validated.groups[doubt.place]
    rows = np.concatenate([bank.full.astype(np.float32), taught.full[others]])
    labels = np.concatenate([validated.bank_labels, validated.lesson_labels[others]])
    own = taught.full[doubt.place]
    similarities = rows @ own / np.maximum(np.linalg.norm(rows, axis=1), 1e-12)
    return bool((labels[np.argsort(-similarities)[:NEIGHBOURS]] == doubt.label).any())
