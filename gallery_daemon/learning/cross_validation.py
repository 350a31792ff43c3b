"""What candidates make of pictures that they did not learn from.

In turn each fold of the lessons and of the bank is left out, a head is fitted to the rest, and says
what it makes of that fold. So every lesson and every picture of the bank is judged by a head that
did not know it. Calibration, the gate and the search for slips all read these answers.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from gallery_daemon.learning.fit import extended, fit, labels_of
from gallery_daemon.model.bank import FeatureBank
from gallery_daemon.model.folds import ALIKE, directions, folds_of, groups_of
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

    def with_look(self, look: LookKind, lessons: Floats, bank: Floats) -> ModelAnswers:
        """The same with those of one more look."""
        return ModelAnswers({**self.lessons, look: lessons}, {**self.bank, look: bank})

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
    those that a new class begins with. `heads` are those of the folds, by the full look.
    """

    classes: tuple[str, ...]
    lesson_labels: Integers
    bank_labels: Integers
    groups: Integers
    base: ModelAnswers
    left_out: ModelAnswers
    heads: tuple[Head, ...] = ()

    @property
    def first_of_groups(self) -> Integers:
        """The places of lessons of which no earlier one is alike, int64 (G,)."""
        places: Integers = np.unique(self.groups, return_index=True)[1].astype(np.int64)
        return np.sort(places)


def cross_validate(  # noqa: PLR0917
    base: Head,
    bank: FeatureBank,
    taught: Taught,
    classes: Sequence[str],
    settings: FitSettings,
    heads: tuple[Head, ...] = (),
) -> Validated:
    """The answers of base and candidates by the full look; arguments as of `fit.fit`.

    `heads` are those of the same folds with other settings, with which it takes less time.
    """
    found = Validated(
        tuple(classes),
        labels_of(taught, classes),
        bank.labels.astype(np.int64),
        groups_of(taught.full),
        ModelAnswers({}, {}),
        ModelAnswers({}, {}),
        heads,
    )
    return with_look(found, base, bank, taught, settings, LookKind.FULL)


def with_look(  # noqa: PLR0917
    validated: Validated,
    base: Head,
    bank: FeatureBank,
    taught: Taught,
    settings: FitSettings,
    look: LookKind,
) -> Validated:
    """The same with the answers by that look, of which the other arguments are.

    The gate looks at the full one alone, so that quick answers are wanted only once.
    """
    classes = validated.classes
    lesson_folds = folds_of(validated.lesson_labels, validated.groups, FOLDS)
    bank_folds = folds_of(validated.bank_labels, np.arange(len(bank.labels)), FOLDS)
    start, known = extended(base, taught, classes), bank.full.astype(np.float32)
    before = start.logits(taught.full), start.logits(known)
    after = np.empty_like(before[0]), np.empty_like(before[1])
    near = dict(enumerate(validated.heads if look is LookKind.FULL else ()))
    heads = []
    for fold in range(FOLDS):
        out, bank_out = lesson_folds == fold, bank_folds == fold
        rest = np.flatnonzero(~out)
        shown = _taken(bank, np.flatnonzero(~bank_out))
        head = start
        if len(rest):
            head = fit(base, shown, taught.take(rest), classes, settings, near.get(fold))
        heads.append(head)
        after[0][out], after[1][bank_out] = (
            head.logits(taught.full[out]),
            head.logits(known[bank_out]),
        )
    return replace(
        validated,
        base=validated.base.with_look(look, *before),
        left_out=validated.left_out.with_look(look, *after),
        heads=tuple(heads) if look is LookKind.FULL else validated.heads,
    )


def without_later(  # noqa: PLR0917
    validated: Validated,
    base: Head,
    bank: FeatureBank,
    taught: Taught,
    earlier: Taught,
    settings: FitSettings,
) -> Floats:
    """What heads that know only `earlier` lessons make of all, by the full look; float32 (K, C).

    They are made as those of `cross_validate` are, and neither knows what it is asked, nor what is
    alike: so they differ from those by the lessons since, and by nothing else.
    """
    folds = folds_of(validated.lesson_labels, validated.groups, FOLDS)
    bank_folds = folds_of(validated.bank_labels, np.arange(len(bank.labels)), FOLDS)
    is_alike = directions(earlier.full) @ directions(taught.full).T >= ALIKE  # (E, K)
    found = extended(base, taught, validated.classes).logits(taught.full)
    for fold in range(FOLDS):
        out = folds == fold
        known = earlier.take(np.flatnonzero(~is_alike[:, out].any(1)))
        if out.any() and known.ids:
            shown = _taken(bank, np.flatnonzero(bank_folds != fold))
            near = validated.heads[fold] if validated.heads else None
            head = fit(base, shown, known, validated.classes, settings, near)
            found[out] = head.logits(taught.full[out])
    return found


def _taken(bank: FeatureBank, places: Integers) -> FeatureBank:
    return FeatureBank(bank.full[places], bank.quick[places], bank.labels[places])
