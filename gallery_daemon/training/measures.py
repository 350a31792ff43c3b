"""Measures of predictions on labelled pictures: accuracy, recall, F1, calibration error, coverage.

Next to the usual measures it says how many photos reach a confidence and how many of those are
right, of each class and each source; and, class by class, how sure is sure enough: the confidence
from which on 95 of 100 photos that were called memes are memes.

Free of torch, so that `evaluate` with another engine does not wait for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gallery_daemon.model.precision import Threshold, threshold
from gallery_daemon.training.coverage import (
    USUAL,
    Coverage,
    at_usual,
    coverages,
    coverages_json,
    curve_json,
    risk_coverage,
)
from gallery_daemon.training.predictions import uncalibrated
from gallery_daemon.training.sources import ReadableSources, SourceScore, readable, source_scores

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gallery_daemon.training.predictions import Array, Flags, Labels, Predictions

# Fifteen bins, as in Guo et al. 2017 (arXiv 1706.04599), so that figures can be compared.
BINS = 15
# The precisions for which the confidence that reaches them is found.
PRECISIONS = (0.9, 0.95, 0.98, 0.99)
OTHER = "other"
"""The class of what is none of the others: it is left out of one of the means."""


@dataclass(frozen=True, slots=True)
class ClassScore:
    """One class; shares are 0..1, and 0 where there is nothing to divide.

    `support` is how many pictures it has. `filed_wrongly` is the share of them that a rule with the
    usual confidence of 0.80 would file as another class. `thresholds` has the confidence for each
    of `PRECISIONS`, None where none is enough or too few pictures are called so to know;
    `at_confidence` counts its pictures that reach each of `CONFIDENCES`.
    """

    precision: float
    recall: float
    support: int
    filed_wrongly: float
    thresholds: dict[float, Threshold | None]
    at_confidence: tuple[Coverage, ...]

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0

    @property
    def at_usual(self) -> Coverage:
        """How many of its pictures reach 0.80, and how many of those are right."""
        return at_usual(self.at_confidence)

    def to_json(self) -> dict[str, object]:
        """The score under the names that `evaluate --json` prints."""
        return {
            "precision": round(self.precision, 4),
            "recall": round(self.recall, 4),
            "f1": round(self.f1, 4),
            "pictures": self.support,
            "filed_wrongly": round(self.filed_wrongly, 4),
            "at_precision": {
                str(precision): found and found.to_json()
                for precision, found in self.thresholds.items()
            },
            "at_confidence": coverages_json(self.at_confidence),
        }


@dataclass(frozen=True, slots=True)
class Measures:
    """The measures of some predictions.

    `confusion[i][j]` counts pictures of class i that were called j, both in the order of `classes`;
    `ece` is the expected calibration error, 0..1, `ece_before` the same without the temperature;
    the macro figures leave out classes without pictures. `per_source` is by class and then by
    name, and empty where all pictures are of one source. `at_confidence` counts the pictures that
    reach each of `CONFIDENCES`, `curve` those that reach each hundredth.
    """

    per_class: dict[str, ClassScore]
    per_source: tuple[SourceScore, ...]
    confusion: tuple[tuple[int, ...], ...]
    ece: float
    ece_before: float
    at_confidence: tuple[Coverage, ...]
    curve: tuple[Coverage, ...]

    @property
    def classes(self) -> tuple[str, ...]:
        """The classes in the order of the confusion."""
        return tuple(self.per_class)

    def called(self, name: str) -> int:
        """How many pictures were called that class, rightly or not."""
        place = self.classes.index(name)
        return sum(row[place] for row in self.confusion)

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
        return _mean([score.recall for score in self.per_class.values() if score.support])

    @property
    def macro_recall_without_other(self) -> float | None:
        """The same of all classes but `other`; None where there is no such class or picture."""
        scores = [score for name, score in self.per_class.items() if name != OTHER]
        recalls = [score.recall for score in scores if score.support]
        return _mean(recalls) if recalls and OTHER in self.per_class else None

    @property
    def macro_f1(self) -> float:
        """The mean of the classes' F1, which also minds what is wrongly called so."""
        return _mean([score.f1 for score in self.per_class.values() if score.support])

    @property
    def other_filed(self) -> float | None:
        """The share of `other` that a rule with 0.80 would file as a class; None without any."""
        score = self.per_class.get(OTHER)
        return score.filed_wrongly if score and score.support else None

    @property
    def readable_sources(self) -> ReadableSources:
        """The sources that a person should look at."""
        return readable(self.per_source)

    @property
    def at_usual(self) -> Coverage:
        """How many pictures reach 0.80, and how many of those are right."""
        return at_usual(self.at_confidence)

    def to_json(self) -> dict[str, object]:
        """The measures under the names that `evaluate --json` prints."""
        without, filed = self.macro_recall_without_other, self.other_filed
        return {
            "pictures": self.pictures,
            "accuracy": round(self.accuracy, 4),
            "macro_recall": round(self.macro_recall, 4),
            "macro_recall_without_other": None if without is None else round(without, 4),
            "macro_f1": round(self.macro_f1, 4),
            "expected_calibration_error": round(self.ece, 4),
            "expected_calibration_error_before": round(self.ece_before, 4),
            "other_filed": None if filed is None else round(filed, 4),
            "at_confidence": coverages_json(self.at_confidence),
            "risk_coverage": curve_json(self.curve),
            "classes": list(self.classes),
            "per_class": {name: score.to_json() for name, score in self.per_class.items()},
            "per_source": [score.to_json() for score in self.per_source],
            "confusion": [list(row) for row in self.confusion],
        }


def measure(predictions: Predictions) -> Measures:
    """The measures of predictions on at least one picture."""
    probabilities, right = predictions.probabilities, predictions.is_right()
    table, bins = predictions.confusion(), predictions.hundredths()
    before = uncalibrated(probabilities, predictions.temperature)
    return Measures(
        dict(_per_class(predictions)),
        source_scores(predictions),
        tuple(tuple(int(count) for count in row) for row in table),
        calibration_error(probabilities.max(1), right),
        calibration_error(before.max(1), right),
        coverages(bins, right),
        risk_coverage(predictions),
    )


def _per_class(predictions: Predictions) -> Iterator[tuple[str, ClassScore]]:
    right, bins = predictions.is_right(), predictions.hundredths()
    table, tallies = predictions.confusion(), predictions.tallies()
    is_filed_wrongly = ~right & (bins >= USUAL)
    for place, name in enumerate(predictions.classes):
        own, support = predictions.truth == place, int(table[place].sum())
        yield (
            name,
            ClassScore(
                precision=float(table[place, place] / max(table[:, place].sum(), 1)),
                recall=float(table[place, place] / max(support, 1)),
                support=support,
                filed_wrongly=int(is_filed_wrongly[own].sum()) / max(support, 1),
                thresholds={wanted: threshold(tallies[name], wanted) for wanted in PRECISIONS},
                at_confidence=coverages(bins[own], right[own]),
            ),
        )


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


def _mean(shares: list[float]) -> float:
    return sum(shares) / len(shares)
