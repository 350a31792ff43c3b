"""A head fitted to lessons, held by what the base knows.

Three things pull at it: the base's own answers to the pictures of its bank, which it should go on
giving (Li, Hoiem, "Learning without Forgetting", 2016, arXiv 1606.09282); the penalty on the
distance from the base's head; and the lessons.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from gallery_daemon.model.engines.probes import softmax
from gallery_daemon.model.fit_head import fit_towards, one_hot
from gallery_daemon.model.head import Head
from gallery_daemon.photo import LookKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from gallery_daemon.model.bank import FeatureBank

    Floats = NDArray[np.float32]
    Halves = NDArray[np.float16]
    Integers = NDArray[np.int64]
    AnyIntegers = NDArray[np.int32] | NDArray[np.int64]


# Of a new class's logit, before its pictures are learned from: a twentieth of the probability.
_IMPROBABLE = np.float32(3.0)


@dataclass(frozen=True, slots=True)
class FitSettings:
    """How much lessons count.

    A lesson counts for `lesson_weight` pictures of the bank, and all together for `most_weight` of
    the whole bank at most; `penalty` is as in `fit_towards`. `held` has how much a picture of the
    bank counts, by the number of its class; of those it does not reach, one.

    The values given are those that did best on streams of sources which `tests.benchmarks.learning`
    does not report: more weight makes fewer mistakes with the person's photos and forgets more of
    the bank, and below a penalty of 1e-4 little changes.
    """

    lesson_weight: float = 4.0
    most_weight: float = 0.25
    penalty: float = 5e-5
    held: tuple[float, ...] = ()

    def weights(self, labels: AnyIntegers) -> Floats:
        """How much each picture of the bank, of class `labels` (N,), counts; float32 (N,)."""
        weights = np.ones(len(labels), np.float32)
        for label, held in enumerate(self.held):
            weights[labels == label] = held
        return weights


DEFAULT = FitSettings()


@dataclass(frozen=True, slots=True, eq=False)
class Taught:
    """K lessons with their features, as the body of the base gives them.

    `full` and `quick` are float32 (K, F) by each look. `classes` is what the person said of each;
    one that the base does not have is a new class. `ids` are the journal's, `before` what the model
    had called each, None where it had not been asked.
    """

    full: Floats
    quick: Floats
    classes: tuple[str, ...]
    ids: tuple[int, ...]
    before: tuple[str | None, ...]

    def by(self, look: LookKind) -> Taught:
        """As that look shows them: its features are `full`."""
        return replace(self, full=self.quick) if look is LookKind.QUICK else self

    def take(self, places: Integers) -> Taught:
        """The lessons at `places`, int (L,)."""
        chosen = places.tolist()
        return Taught(
            self.full[places],
            self.quick[places],
            *(tuple(each[place] for place in chosen) for each in self._texts),
        )

    @property
    def _texts(self) -> tuple[tuple[str, ...], tuple[int, ...], tuple[str | None, ...]]:
        return self.classes, self.ids, self.before


def fit(  # noqa: PLR0917
    base: Head,
    bank: FeatureBank,
    taught: Taught,
    classes: Sequence[str],
    settings: FitSettings,
    near: Head | None = None,
) -> Head:
    """The head of these classes for one look, from the base's head, its bank and lessons.

    Args:
        base: of that look alone, with C classes, the first of `classes`.
        bank: of the base, labels 0 to C - 1; its `full` are as that look shows them.
        taught: at least one lesson, of classes among `classes`; its `full` likewise.
        classes: all of them, the base's first.
        settings: how much lessons count.
        near: a head that is thought to be near, with which it takes less time.
    """
    known, new = bank.full.astype(np.float32), len(classes) - len(base.bias)
    answers = np.pad(softmax(base.logits(known)), ((0, 0), (0, new)))
    weight = min(settings.lesson_weight, settings.most_weight * len(known) / len(taught.ids))
    return fit_towards(
        np.concatenate([known, taught.full]),
        np.concatenate([answers, one_hot(labels_of(taught, classes), len(classes))]),
        np.concatenate(
            [settings.weights(bank.labels), np.full(len(taught.ids), weight, np.float32)]
        ),
        penalty=settings.penalty,
        prior=extended(base, taught, classes),
        near=near,
    )


def labels_of(taught: Taught, classes: Sequence[str]) -> Integers:
    """The number of each lesson's class, int64 (K,)."""
    return np.array([classes.index(name) for name in taught.classes], np.int64)


def between(base: Head, head: Head, share: float) -> Head:
    """The head of one look so far from `base` on the way to `head`, 0..1; of the same classes."""
    return Head(
        (base.weight + share * (head.weight - base.weight)).astype(np.float32),
        (base.bias + share * (head.bias - base.bias)).astype(np.float32),
    )


def bank_by(bank: FeatureBank, look: LookKind) -> FeatureBank:
    """The bank as that look shows it: its features are `full`."""
    return replace(bank, full=bank.quick) if look is LookKind.QUICK else bank


def extended(base: Head, taught: Taught, classes: Sequence[str]) -> Head:
    """The base's head of one look with a row for each new class, which it calls hardly any picture.

    A new class begins where the base now puts its pictures: at the mean of the rows that it gives
    them, but lower. Arguments as of `fit`.
    """
    if len(classes) == len(base.bias):
        return base
    labels, called = labels_of(taught, classes), softmax(base.logits(taught.full))  # (K, C)
    new = range(len(base.bias), len(classes))
    owned = (called[labels == label] if (labels == label).any() else called for label in new)
    mixture = np.stack([each.mean(0) for each in owned]).astype(np.float32)  # (new, C)
    return Head(
        np.concatenate([base.weight, mixture @ base.weight]),
        np.concatenate([base.bias, mixture @ base.bias - _IMPROBABLE]),
    )
