"""What a candidate would bring, in figures for a person.

All of them are of lessons that the heads which were asked had not learned from (cross-validation),
and of the bank's pictures likewise.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gallery_daemon.model.engines.probes import softmax
from gallery_daemon.photo import LookKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from gallery_daemon.learning.candidate_model import CandidateModel
    from gallery_daemon.learning.cross_validation import ModelAnswers
    from gallery_daemon.model.manifest import Manifest


@dataclass(frozen=True, slots=True)
class LessonScore:
    """Of so many lessons those that are called right, before and with the candidate."""

    lessons: int
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """What would change.

    `by_class` has the lessons of each class. `moves` counts the lessons that would be called
    otherwise, by both classes. `confidence_before` and `confidence` are means over the lessons.
    """

    by_class: Mapping[str, LessonScore]
    moves: Mapping[tuple[str, str], int]
    confidence_before: float
    confidence: float

    @property
    def all(self) -> LessonScore:
        """All classes together."""
        scores = self.by_class.values()
        return LessonScore(
            sum(each.lessons for each in scores),
            sum(each.before for each in scores),
            sum(each.after for each in scores),
        )


def proposal_of(base: Manifest, candidate: CandidateModel) -> Proposal:
    """The figures of a candidate on its base."""
    validated = candidate.validated
    answers = validated.base.towards(validated.left_out, candidate.share)
    before = _calls(validated.base, base)
    after = _calls(answers, candidate.manifest)
    truth = validated.lesson_labels
    scores: dict[str, LessonScore] = {}
    for label, name in enumerate(validated.classes):
        own = truth == label
        if own.any():
            right = (int((each.argmax(1)[own] == label).sum()) for each in (before, after))
            scores[name] = LessonScore(int(own.sum()), *right)
    named = (
        (validated.classes[was], validated.classes[now])
        for was, now in zip(before.argmax(1).tolist(), after.argmax(1).tolist(), strict=True)
        if was != now
    )
    return Proposal(
        scores,
        dict(Counter(named).most_common()),
        float(before.max(1).mean()),
        float(after.max(1).mean()),
    )


def _calls(answers: ModelAnswers, manifest: Manifest) -> NDArray[np.float32]:
    """What they make of the lessons: calibrated probabilities (K, C) by the full look."""
    return softmax(answers.lessons[LookKind.FULL] / manifest.full.temperature)
