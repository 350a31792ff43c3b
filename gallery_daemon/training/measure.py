"""Rights and wrongs counted: what a set of predictions on labelled pictures comes to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

Array = np.ndarray[tuple[int, ...], np.dtype[np.float32]]
Flags = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
Labels = np.ndarray[tuple[int, ...], np.dtype[np.int64]]

# Fifteen bins, as in Guo et al. 2017 (arXiv 1706.04599), so that figures can be compared.
_BINS = 15


@dataclass(frozen=True, slots=True)
class ClassScore:
    """One class: precision and recall, 0..1 (0 where there is nothing to divide), its pictures."""

    precision: float
    recall: float
    support: int


@dataclass(frozen=True, slots=True)
class Measures:
    """What predictions came to.

    `confusion[i][j]` counts pictures of class i that were called j, both in the order of `classes`;
    `ece` is the expected calibration error, 0..1; the macro recall leaves out classes without
    pictures.
    """

    classes: tuple[str, ...]
    confusion: tuple[tuple[int, ...], ...]
    ece: float

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
        recalls = [score.recall for score in self.per_class().values() if score.support]
        return sum(recalls) / len(recalls)

    def per_class(self) -> dict[str, ClassScore]:
        """Precision, recall and support of each class."""
        table = np.array(self.confusion)
        right, truly, called = table.diagonal(), table.sum(1), table.sum(0)
        return {
            name: ClassScore(
                precision=float(right[place] / max(called[place], 1)),
                recall=float(right[place] / max(truly[place], 1)),
                support=int(truly[place]),
            )
            for place, name in enumerate(self.classes)
        }

    def to_json(self) -> dict[str, object]:
        """The measures under the names that `evaluate --json` prints."""
        return {
            "pictures": self.pictures,
            "accuracy": round(self.accuracy, 4),
            "macro_recall": round(self.macro_recall, 4),
            "expected_calibration_error": round(self.ece, 4),
            "classes": list(self.classes),
            "per_class": {
                name: {
                    "precision": round(score.precision, 4),
                    "recall": round(score.recall, 4),
                    "pictures": score.support,
                }
                for name, score in self.per_class().items()
            },
            "confusion": [list(row) for row in self.confusion],
        }


def measure(probabilities: Array, truth: Labels, classes: tuple[str, ...]) -> Measures:
    """The measures of `probabilities` float (N, C) against `truth` int (N,); N is at least 1."""
    called = probabilities.argmax(1)
    table = np.zeros((len(classes), len(classes)), dtype=np.int64)
    np.add.at(table, (truth, called), 1)
    confidence = probabilities.max(1)
    return Measures(
        classes,
        tuple(tuple(int(count) for count in row) for row in table),
        calibration_error(confidence, called == truth),
    )


def calibration_error(confidence: Array, right: Flags) -> float:
    """Expected calibration error over fifteen equal bins of confidence, 0..1."""
    bins = np.minimum((confidence * _BINS).astype(int), _BINS - 1)
    error = 0.0
    for place in np.unique(bins):
        inside = bins == place
        gap = abs(float(right[inside].mean()) - float(confidence[inside].mean()))
        error += gap * float(inside.mean())
    return error
