"""How many photos reach a confidence, and how many of those are right.

A rule files what reaches its confidence and leaves the rest for a person: the higher it is, the
fewer photos are filed and the fewer of them wrongly. The share that is filed is the coverage, the
share of it that is wrong the risk, and all confidences together are the curve of one against the
other.

Source: El-Yaniv, Wiener, "On the Foundations of Noise-free Selective Classification", Journal of
Machine Learning Research 11, 2010; Geifman, El-Yaniv, "Selective Classification for Deep Neural
Networks", 2017, arXiv 1705.08500.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gallery_daemon.model.precision import Threshold, threshold
from gallery_daemon.training.predictions import HUNDREDTHS, tallies_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gallery_daemon.training.predictions import Flags, Labels, Predictions

CONFIDENCES = (0.6, 0.7, 0.8, 0.9)
"""The confidences that every table has."""

USUAL = 80
"""In hundredths, the confidence by which tables compare: what a rule asks for in most examples."""

AGREEMENT = 0.99
"""Where a quick look reaches its threshold, so many of a hundred full looks say the same."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """Of `pictures`, `reached` have at least the `confidence`, and `right` of those are right."""

    confidence: float
    pictures: int
    reached: int
    right: int

    @property
    def share(self) -> float:
        """The share of the pictures that reach the confidence, 0..1; 0 of none."""
        return self.reached / max(self.pictures, 1)

    @property
    def accuracy(self) -> float | None:
        """The share of those that is right, 0..1; None if no picture reaches it."""
        return self.right / self.reached if self.reached else None

    def to_json(self) -> dict[str, object]:
        """The numbers under the names that `evaluate --json` prints."""
        return {
            "pictures": self.reached,
            "share": round(self.share, 4),
            "right": _rounded(self.accuracy),
        }


def coverages(bins: Labels, right: Flags) -> tuple[Coverage, ...]:
    """The coverage at each of `CONFIDENCES`, of pictures with confidences in hundredths (N,)."""
    return tuple(_coverage(confidence, bins, right) for confidence in CONFIDENCES)


def risk_coverage(predictions: Predictions) -> tuple[Coverage, ...]:
    """The coverage at every hundredth from 0 to 0.99."""
    bins, right = predictions.hundredths(), predictions.is_right()
    steps = range(HUNDREDTHS)
    return tuple(_coverage(step / HUNDREDTHS, bins, right) for step in steps)


def at_usual(found: Sequence[Coverage]) -> Coverage:
    """The one of `coverages` at the confidence of 0.80."""
    return next(each for each in found if round(each.confidence * HUNDREDTHS) == USUAL)


def coverages_json(found: Sequence[Coverage]) -> dict[str, object]:
    """Each by its confidence, as `evaluate --json` prints them."""
    return {str(each.confidence): each.to_json() for each in found}


def curve_json(curve: Sequence[Coverage]) -> dict[str, object]:
    """The curve as three lists, a place in each for a confidence."""
    return {
        "confidence": [each.confidence for each in curve],
        "share": [round(each.share, 4) for each in curve],
        "right": [_rounded(each.accuracy) for each in curve],
    }


@dataclass(frozen=True, slots=True)
class LookAgreement:
    """Whether a quick look names the class that a full look of the same picture names.

    In its coverages `right` is: the same class. `overall` is at any confidence, `at_confidence` at
    each of `CONFIDENCES`. `thresholds` has, for each class that a quick look names, the confidence
    from which on 99% are the same, None where there are too few pictures to know; `at_threshold`
    counts the pictures that reach that of their class.
    """

    overall: Coverage
    at_confidence: tuple[Coverage, ...]
    thresholds: Mapping[str, Threshold | None]
    at_threshold: Coverage

    def to_json(self) -> dict[str, object]:
        """The agreement under the names that `evaluate --json` prints."""

        def same(each: Coverage) -> dict[str, object]:
            said = each.to_json()
            return {"pictures": said["pictures"], "share": said["share"], "same": said["right"]}

        return {
            "pictures": self.overall.pictures,
            "same": _rounded(self.overall.accuracy),
            "at_confidence": {str(each.confidence): same(each) for each in self.at_confidence},
            "at_quick_threshold": same(self.at_threshold),
            "quick_threshold": {
                name: found and found.to_json() for name, found in self.thresholds.items()
            },
        }


def agreement_of(quick: Predictions, full: Predictions) -> LookAgreement:
    """How far a quick look can be trusted to say what a full look of the same pictures would."""
    bins, called = quick.hundredths(), quick.called()
    same: Flags = called == full.called()
    thresholds = {
        name: threshold(tally, AGREEMENT) for name, tally in tallies_of(quick, same).items()
    }
    steps = np.array(
        [
            HUNDREDTHS if found is None else round(found.confidence * HUNDREDTHS)
            for found in thresholds.values()
        ]
    )
    reaches = bins >= steps[called]
    return LookAgreement(
        _coverage(0, bins, same),
        coverages(bins, same),
        thresholds,
        Coverage(0, len(bins), int(reaches.sum()), int(same[reaches].sum())),
    )


def _coverage(confidence: float, bins: Labels, right: Flags) -> Coverage:
    reaches = bins >= round(confidence * HUNDREDTHS)
    return Coverage(confidence, len(bins), int(reaches.sum()), int(right[reaches].sum()))


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 4)
