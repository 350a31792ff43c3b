"""What candidates make of pictures that they did not learn from.

In turn each fold of the lessons and of the bank is left out, a head is fitted to the rest, and says
what it makes of that fold. So every lesson and every picture of the bank is judged by a head that
did not know it. Calibration, the gate and the search for slips all read these answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gallery_daemon.learning.fit import extended, fit, labels_of
from gallery_daemon.model.bank import FeatureBank
from gallery_daemon.model.folds import folds_of, groups_of
from gallery_daemon.photo import LookKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from gallery_daemon.learning.fit import FitSettings, Taught
    from gallery_daemon.model.head import Head

    Floats = NDArray[np.float32]
    Integers = NDArray[np.int64]

FOLDS = 5


@dataclass(frozen=True, slots=True, eq=False)
class ModelAnswers:
    """The logits of heads of C classes, by look: of lessons (K, C), and of the bank (N, C)."""

    lessons: Mapping[LookKind, Floats]
    bank: Mapping[LookKind, Floats]

    def towards(self, others: ModelAnswers, share: float) -> ModelAnswers:
        """Those of heads that lie so far on the way to the heads of `others`, 0..1."""
        return ModelAnswers(
            *(
                {look: each + share * (to[look] - each) for look, each in own.items()}
                for own, to in ((self.lessons, others.lessons), (self.bank, others.bank))
            )
        )


@dataclass(frozen=True, slots=True, eq=False)
class Validated:
    """The answers of the base, and of heads that had left out what they are asked.

    `lesson_labels` (K,) and `bank_labels` (N,) are numbers of `classes`, the base's first; `groups`
    (K,) numbers lessons that are alike. The base has no opinion of new classes: their logits are
    those that a new class begins with.
    """

    classes: tuple[str, ...]
    lesson_labels: Integers
    bank_labels: Integers
    groups: Integers
    base: ModelAnswers
    left_out: ModelAnswers

    @property
    def first_of_groups(self) -> Integers:
        """The places of lessons of which no earlier one is alike, int64 (G,)."""
        places: Integers = np.unique(self.groups, return_index=True)[1].astype(np.int64)
        return np.sort(places)


def cross_validate(
    base: Head,
    bank: FeatureBank,
    taught: Taught,
    classes: Sequence[str],
    settings: FitSettings,
) -> Validated:
    """The answers of base and candidates; arguments as of `fit.fit`, with lessons."""
    labels, bank_labels = labels_of(taught, classes), bank.labels.astype(np.int64)
    groups = groups_of(taught.full)
    lesson_folds = folds_of(labels, groups, FOLDS)
    bank_folds = folds_of(bank_labels, np.arange(len(bank_labels)), FOLDS)
    start = extended(base, taught, classes)
    before = _answers(start, taught, bank)
    after = ModelAnswers(
        {look: np.empty_like(each) for look, each in before.lessons.items()},
        {look: np.empty_like(each) for look, each in before.bank.items()},
    )
    for fold in range(FOLDS):
        out, bank_out = np.flatnonzero(lesson_folds == fold), np.flatnonzero(bank_folds == fold)
        rest = np.flatnonzero(lesson_folds != fold)
        known = _taken(bank, np.flatnonzero(bank_folds != fold))
        head = fit(base, known, taught.take(rest), classes, settings) if len(rest) else start
        found = _answers(head, taught.take(out), _taken(bank, bank_out))
        for look in after.lessons:
            after.lessons[look][out] = found.lessons[look]
            after.bank[look][bank_out] = found.bank[look]
    return Validated(tuple(classes), labels, bank_labels, groups, before, after)


def _answers(head: Head, taught: Taught, bank: FeatureBank) -> ModelAnswers:
    looks = tuple(LookKind) if head.quick else (LookKind.FULL,)
    return ModelAnswers(
        {look: head.logits(taught.rows(look), look) for look in looks},
        {
            look: head.logits(
                (bank.quick if look is LookKind.QUICK else bank.full).astype(np.float32), look
            )
            for look in looks
        },
    )


def _taken(bank: FeatureBank, places: Integers) -> FeatureBank:
    return FeatureBank(bank.full[places], bank.quick[places], bank.labels[places])
