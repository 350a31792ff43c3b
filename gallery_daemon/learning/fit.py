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

    def rows(self, look: LookKind) -> Floats:
        """The features by that look, float32 (K, F)."""
        return self.quick if look is LookKind.QUICK else self.full

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


def fit(
    base: Head, bank: FeatureBank, taught: Taught, classes: Sequence[str], settings: FitSettings
) -> Head:
    """The head of these classes for both looks, from the base's head, its bank and lessons.

    Args:
        base: with C classes, the first of `classes`.
        bank: of the base, labels 0 to C - 1.
        taught: at least one lesson, of classes among `classes`.
        classes: all of them, the base's first.
        settings: how much lessons count.
    """
    start, labels = extended(base, taught, classes), labels_of(taught, classes)
    wanted = one_hot(labels, len(classes))
    weights = settings.weights(bank.labels)
    known = _Known.of(base, bank.full, weights)
    full = _fit_look(start, known, taught.full, wanted, settings)
    if start.quick is None or base.quick is None:
        return full
    known = _Known.of(base.quick, bank.quick, weights)
    return replace(full, quick=_fit_look(start.quick, known, taught.quick, wanted, settings))


def labels_of(taught: Taught, classes: Sequence[str]) -> Integers:
    """The number of each lesson's class, int64 (K,)."""
    return np.array([classes.index(name) for name in taught.classes], np.int64)


def between(base: Head, head: Head, share: float) -> Head:
    """The head that lies so far from `base` on the way to `head`, 0..1; of the same classes."""
    mixed = Head(
        (base.weight + share * (head.weight - base.weight)).astype(np.float32),
        (base.bias + share * (head.bias - base.bias)).astype(np.float32),
    )
    if base.quick is None or head.quick is None:
        return mixed
    return replace(mixed, quick=between(base.quick, head.quick, share))


def extended(base: Head, taught: Taught, classes: Sequence[str]) -> Head:
    """The base's head with a row for each new class, which hardly any picture is called.

    A new class begins where the base now puts its pictures: at the mean of the rows that it gives
    them, but lower.
    """
    if len(classes) == len(base.bias):
        return base
    labels = labels_of(taught, classes)
    full = _extended_look(base, taught.full, labels, len(classes))
    quick = base.quick and _extended_look(base.quick, taught.quick, labels, len(classes))
    return replace(full, quick=quick)


def _extended_look(base: Head, rows: Floats, labels: Integers, count: int) -> Head:
    called = softmax(base.logits(rows))  # (K, C)
    new = range(len(base.bias), count)
    owned = (called[labels == label] if (labels == label).any() else called for label in new)
    mixture = np.stack([each.mean(0) for each in owned]).astype(np.float32)  # (new, C)
    return Head(
        np.concatenate([base.weight, mixture @ base.weight]),
        np.concatenate([base.bias, mixture @ base.bias - _IMPROBABLE]),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Known:
    """Rows of the bank by one look, float32 (N, F), what the base makes of them, and weights."""

    rows: Floats
    answers: Floats
    weights: Floats

    @classmethod
    def of(cls, base: Head, bank: Halves, weights: Floats) -> _Known:
        rows = bank.astype(np.float32)
        return cls(rows, softmax(base.logits(rows)), weights)


def _fit_look(
    start: Head, known: _Known, rows: Floats, wanted: Floats, settings: FitSettings
) -> Head:
    """The head of one look; `rows` (K, F) are those of lessons, which `wanted` (K, D) has right."""
    new = wanted.shape[1] - known.answers.shape[1]
    weight = min(settings.lesson_weight, settings.most_weight * len(known.rows) / len(rows))
    shares = np.concatenate([known.weights, np.full(len(rows), weight)])
    return fit_towards(
        np.concatenate([known.rows, rows]),
        np.concatenate([np.pad(known.answers, ((0, 0), (0, new))), wanted]),
        shares.astype(np.float32),
        penalty=settings.penalty,
        prior=start,
    )
