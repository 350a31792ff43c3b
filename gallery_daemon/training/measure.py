"""Rights and wrongs counted: what a set of predictions on labelled pictures comes to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gallery_daemon.config.settings import Defaults
from gallery_daemon.training.thresholds import PRECISIONS, Threshold, threshold_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gallery_daemon.training.judgement import Array, Flags, Judgement, Labels

# Fifteen bins, as in Guo et al. 2017 (arXiv 1706.04599), so that figures can be compared.
BINS = 15
# One source is all there is; of more than a hundred nobody reads the figures.
_FEWEST_SOURCES, _MOST_SOURCES = 2, 100


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
    """What predictions came to.

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


def measure(judgement: Judgement) -> Measures:
    """What the judgement of at least one picture comes to."""
    probabilities, truth = judgement.probabilities, judgement.truth
    called, confidence = probabilities.argmax(1), probabilities.max(1)
    right, table = judgement.is_right(), judgement.confusion()
    is_filed_wrongly = ~right & (confidence >= np.float32(Defaults.min_confidence))
    scores = {}
    for place, name in enumerate(judgement.classes):
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
        tuple(_per_source(judgement, right, is_filed_wrongly)),
        tuple(tuple(int(count) for count in row) for row in table),
        calibration_error(confidence, right),
        calibration_error(uncalibrated(probabilities, judgement.temperature).max(1), right),
    )


def _per_source(
    judgement: Judgement, right: Flags, is_filed_wrongly: Flags
) -> Iterator[SourceScore]:
    if not _FEWEST_SOURCES <= len(set(judgement.sources)) <= _MOST_SOURCES:
        return
    sources = np.array(judgement.sources)
    for label, name in enumerate(judgement.classes):
        is_of_class = judgement.truth == label
        for source in sorted(set(sources[is_of_class].tolist())):
            own = is_of_class & (sources == source)
            yield SourceScore(
                source,
                name,
                support=int(own.sum()),
                recall=float(right[own].mean()),
                filed_wrongly=float(is_filed_wrongly[own].mean()),
            )


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
