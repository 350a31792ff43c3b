"""Measures of predictions on labelled pictures: accuracy, recall, F1, calibration error.

Next to the usual measures it says how sure is sure enough: the confidence from which on a class can
be trusted. That is the line that a person copies into a rule: `min_confidence: 0.83` for memes,
because from there on 95 of 100 photos that were called memes are memes.

Free of torch, so that `evaluate` with another engine does not wait for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gallery_daemon.config.settings import DEFAULT_MIN_CONFIDENCE
from gallery_daemon.model.precision import Threshold

if TYPE_CHECKING:
    from collections.abc import Iterator

Array = np.ndarray[tuple[int, ...], np.dtype[np.float32]]
Flags = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
Labels = np.ndarray[tuple[int, ...], np.dtype[np.int64]]

# Fifteen bins, as in Guo et al. 2017 (arXiv 1706.04599), so that figures can be compared.
BINS = 15
# With one source there is nothing to compare, and no one reads the figures of over a hundred.
_FEWEST_SOURCES, _MOST_SOURCES = 2, 100
# The precisions for which the confidence that reaches them is found.
PRECISIONS = (0.95, 0.99)
_STEPS = 100  # confidences are in hundredths, as people write them


@dataclass(frozen=True, slots=True, eq=False)
class Predictions:
    """What was predicted, and what is true.

    `probabilities` float (N, C) are calibrated; `truth` int (N,) are the numbers of the right
    `classes`; `sources` has the source of each, or is empty where that does not matter;
    `temperature` is what the logits were divided by.
    """

    probabilities: Array
    truth: Labels
    classes: tuple[str, ...]
    sources: tuple[str, ...] = ()
    temperature: float = 1.0

    def is_right(self) -> Flags:
        """For each picture, whether its most probable class is the right one; bool (N,)."""
        right: Flags = self.probabilities.argmax(1) == self.truth
        return right

    def confusion(self) -> Labels:
        """How many pictures of class i were called j; int (C, C)."""
        table: Labels = np.zeros((len(self.classes), len(self.classes)), dtype=np.int64)
        np.add.at(table, (self.truth, self.probabilities.argmax(1)), 1)
        return table


@dataclass(frozen=True, slots=True)
class ClassScore:
    """One class; shares are 0..1, and 0 where there is nothing to divide.

    `support` is how many pictures it has. `filed_wrongly` is the share of them that a rule with the
    usual confidence of 0.80 would file as another class. `thresholds` has the confidence for each
    of `PRECISIONS`, None where none is enough.
    """

    precision: float
    recall: float
    support: int
    filed_wrongly: float
    thresholds: tuple[Threshold | None, ...]

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0

    def to_json(self) -> dict[str, object]:
        """The score under the names that `evaluate --json` prints."""
        return {
            "precision": round(self.precision, 4),
            "recall": round(self.recall, 4),
            "f1": round(self.f1, 4),
            "pictures": self.support,
            "filed_wrongly": round(self.filed_wrongly, 4),
            "at_precision": {
                str(precision): threshold and threshold.to_json()
                for precision, threshold in zip(PRECISIONS, self.thresholds, strict=True)
            },
        }


@dataclass(frozen=True, slots=True)
class SourceScore:
    """The pictures that one source has of one class; shares as in `ClassScore`."""

    source: str
    name: str
    support: int
    recall: float
    filed_wrongly: float

    def to_json(self) -> dict[str, object]:
        """The score under the names that `evaluate --json` prints."""
        return {
            "source": self.source,
            "class": self.name,
            "pictures": self.support,
            "recall": round(self.recall, 4),
            "filed_wrongly": round(self.filed_wrongly, 4),
        }


@dataclass(frozen=True, slots=True)
class Measures:
    """The measures of some predictions.

    `confusion[i][j]` counts pictures of class i that were called j, both in the order of `classes`;
    `ece` is the expected calibration error, 0..1, `ece_before` the same without the temperature;
    the macro figures leave out classes without pictures. `per_source` is by class and then by
    name, and empty where all pictures are of one source, or of too many to be read.
    """

    per_class: dict[str, ClassScore]
    per_source: tuple[SourceScore, ...]
    confusion: tuple[tuple[int, ...], ...]
    ece: float
    ece_before: float

    @property
    def classes(self) -> tuple[str, ...]:
        """The classes in the order of the confusion."""
        return tuple(self.per_class)

    @property
    def pictures(self) -> int:
        """How many pictures were measured."""
        return sum(map(sum, self.confusion))

    @property
    def accuracy(self) -> float:
        """The share of pictures whose class was right."""
        return sum(row[place] for place, row in enumerate(self.confusion)) / self.pictures

    @property
    def macro_recall(self) -> float:
        """The mean of the classes' recalls: every class counts the same, however rare."""
        return self._macro([score.recall for score in self.per_class.values() if score.support])

    @property
    def macro_f1(self) -> float:
        """The mean of the classes' F1, which also minds what is wrongly called so."""
        return self._macro([score.f1 for score in self.per_class.values() if score.support])

    def to_json(self) -> dict[str, object]:
        """The measures under the names that `evaluate --json` prints."""
        return {
            "pictures": self.pictures,
            "accuracy": round(self.accuracy, 4),
            "macro_recall": round(self.macro_recall, 4),
            "macro_f1": round(self.macro_f1, 4),
            "expected_calibration_error": round(self.ece, 4),
            "expected_calibration_error_before": round(self.ece_before, 4),
            "classes": list(self.classes),
            "per_class": {name: score.to_json() for name, score in self.per_class.items()},
            "per_source": [score.to_json() for score in self.per_source],
            "confusion": [list(row) for row in self.confusion],
        }

    @staticmethod
    def _macro(shares: list[float]) -> float:
        return sum(shares) / len(shares)


def measure(predictions: Predictions) -> Measures:
    """The measures of predictions on at least one picture."""
    probabilities, truth = predictions.probabilities, predictions.truth
    called, confidence = probabilities.argmax(1), probabilities.max(1)
    right, table = predictions.is_right(), predictions.confusion()
    is_filed_wrongly = ~right & (confidence >= np.float32(DEFAULT_MIN_CONFIDENCE))
    scores = {}
    for place, name in enumerate(predictions.classes):
        is_called, support = called == place, int(table[place].sum())
        scores[name] = ClassScore(
            precision=float(table[place, place] / max(table[:, place].sum(), 1)),
            recall=float(table[place, place] / max(support, 1)),
            support=support,
            filed_wrongly=int(is_filed_wrongly[truth == place].sum()) / max(support, 1),
            thresholds=tuple(
                threshold_for(precision, confidence[is_called], right[is_called])
                for precision in PRECISIONS
            ),
        )
    return Measures(
        scores,
        tuple(_per_source(predictions, right, is_filed_wrongly)),
        tuple(tuple(int(count) for count in row) for row in table),
        calibration_error(confidence, right),
        calibration_error(uncalibrated(probabilities, predictions.temperature).max(1), right),
    )


def _per_source(
    predictions: Predictions, right: Flags, is_filed_wrongly: Flags
) -> Iterator[SourceScore]:
    if not _FEWEST_SOURCES <= len(set(predictions.sources)) <= _MOST_SOURCES:
        return
    sources = np.array(predictions.sources)
    for label, name in enumerate(predictions.classes):
        is_of_class = predictions.truth == label
        for source in sorted(set(sources[is_of_class].tolist())):
            own = is_of_class & (sources == source)
            yield SourceScore(
                source,
                name,
                support=int(own.sum()),
                recall=float(right[own].mean()),
                filed_wrongly=float(is_filed_wrongly[own].mean()),
            )


def threshold_for(wanted: float, confidence: Array, right: Flags) -> Threshold | None:
    """The lowest confidence, in hundredths, from which on the precision is at least `wanted`.

    Args:
        wanted: a precision, 0..1.
        confidence: float (K,), of the pictures that were called one class.
        right: bool (K,), whether they are of that class.

    Returns:
        None if no confidence below 1 is enough, or nothing was called so.
    """
    for step in range(_STEPS):
        # The same comparison, of the same numbers, as in a rule's `min_confidence`.
        left = confidence >= np.float32(step / _STEPS)
        count = int(left.sum())
        if not count:
            return None
        precision = float(right[left].mean())
        if precision >= wanted:
            return Threshold(step / _STEPS, precision, count / len(confidence), count)
    return None


def uncalibrated(probabilities: Array, temperature: float) -> Array:
    """The probabilities (N, C) before the temperature divided their logits."""
    logits = np.log(probabilities.astype(np.float64).clip(1e-30)) * temperature
    powers = np.exp(logits - logits.max(1, keepdims=True))
    found: Array = (powers / powers.sum(1, keepdims=True)).astype(np.float32)
    return found


def calibration_error(confidence: Array, right: Flags) -> float:
    """Expected calibration error over fifteen equal bins of confidence, 0..1."""
    bins = bins_of(confidence)
    error = 0.0
    for place in np.unique(bins):
        inside = bins == place
        gap = abs(float(right[inside].mean()) - float(confidence[inside].mean()))
        error += gap * float(inside.mean())
    return error


def bins_of(confidence: Array) -> Labels:
    """The bin of each confidence, 0 to 14; int (N,)."""
    bins: Labels = np.minimum((confidence * BINS).astype(np.int64), BINS - 1)
    return bins
