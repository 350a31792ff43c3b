"""What networks made of labelled pictures: the numbers that everything else is measured from.

A file of them keeps what folds are for: each picture was judged by a network that had seen nothing
of its source. Rules and thresholds can then be tried on the answers without any network.

Free of torch, so that `evaluate` with another engine does not wait for it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from gallery_daemon.errors import TrainingError
from gallery_daemon.model.engines.probes import softmax
from gallery_daemon.model.manifest import Tally
from gallery_daemon.photo import LookKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

Array = np.ndarray[tuple[int, ...], np.dtype[np.float32]]
Halves = np.ndarray[tuple[int, ...], np.dtype[np.float16]]
Flags = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
Labels = np.ndarray[tuple[int, ...], np.dtype[np.int64]]

PREDICTIONS_FILE = "predictions.safetensors"
HUNDREDTHS = 100
"""Confidences are in hundredths, as people write them."""

# As a rule compares: the number that stands in the YAML is the nearest double.
_EDGES = np.arange(HUNDREDTHS) / HUNDREDTHS
_LEAST_PROBABILITY = 1e-30


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

    def rows(self, places: Labels) -> Predictions:
        """Those of the pictures at `places`, int (K,)."""
        sources = tuple(self.sources[place] for place in places.tolist()) if self.sources else ()
        return replace(
            self,
            probabilities=self.probabilities[places],
            truth=self.truth[places],
            sources=sources,
        )

    def called(self) -> Labels:
        """The number of each picture's most probable class; int (N,)."""
        found: Labels = self.probabilities.argmax(1)
        return found

    def is_right(self) -> Flags:
        """For each picture, whether its most probable class is the right one; bool (N,)."""
        right: Flags = self.called() == self.truth
        return right

    def hundredths(self) -> Labels:
        """Each picture's confidence in whole hundredths, rounded down, 0 to 99; int (N,)."""
        return hundredths(self.probabilities.max(1))

    def confusion(self) -> Labels:
        """How many pictures of class i were called j; int (C, C)."""
        table: Labels = np.zeros((len(self.classes), len(self.classes)), dtype=np.int64)
        np.add.at(table, (self.truth, self.called()), 1)
        return table

    def tallies(self) -> dict[str, Tally]:
        """For each class, the pictures that were called so, and those that are so."""
        return tallies_of(self, self.is_right())


def hundredths(confidence: Array) -> Labels:
    """Confidences 0..1 in whole hundredths, rounded down, 0 to 99; int (N,)."""
    found: Labels = np.searchsorted(_EDGES, confidence.astype(np.float64), side="right") - 1
    return found


def tallies_of(predictions: Predictions, right: Flags) -> dict[str, Tally]:
    """For each class, the pictures called so by hundredths of confidence, and those of `right`."""
    called, bins = predictions.called(), predictions.hundredths()
    found = {}
    for label, name in enumerate(predictions.classes):
        own = called == label
        found[name] = Tally(_counted(bins[own]), _counted(bins[own & right]))
    return found


def uncalibrated(probabilities: Array, temperature: float) -> Array:
    """The probabilities (N, C) before the temperature divided their logits."""
    found: Array = softmax(_logits(probabilities, temperature)).astype(np.float32)
    return found


@dataclass(frozen=True, slots=True, eq=False)
class LeftOutPredictions:
    """Answers of networks on pictures of sources that they had not seen; a row each.

    `looks` has the same pictures by each look that was measured, the full one always. `folds` int
    (N,) is the number of the network that judged, `places` int (N,) the picture's position in the
    gallery. `familiarity` float (N,), 0..1, is there for the looks of which it was measured.
    """

    looks: Mapping[LookKind, Predictions]
    folds: Labels
    places: Labels
    familiarity: Mapping[LookKind, Halves]

    @property
    def full(self) -> Predictions:
        """The answers of the full look."""
        return self.looks[LookKind.FULL]


def save_predictions(predictions: LeftOutPredictions) -> bytes:
    """The content of `predictions.safetensors`: 40 bytes a picture of seven classes.

    Logits are halves, and the largest of a row is 0, so that what decides keeps most digits.
    """
    full = predictions.full
    sources = sorted(set(full.sources))
    numbers = {source: number for number, source in enumerate(sources)}
    arrays: dict[str, np.ndarray[Any, np.dtype[Any]]] = {
        "truth": full.truth.astype(np.int16),
        "sources": np.array([numbers[source] for source in full.sources], np.int32),
        "folds": predictions.folds.astype(np.int16),
        "places": predictions.places.astype(np.int32),
    }
    for look, each in predictions.looks.items():
        arrays[f"logits.{look}"] = _logits(each.probabilities, each.temperature).astype(np.float16)
    for look, shares in predictions.familiarity.items():
        arrays[f"familiarity.{look}"] = shares.astype(np.float16)
    temperatures = {look: each.temperature for look, each in predictions.looks.items()}
    texts = {"classes": full.classes, "sources": sources, "temperatures": temperatures}
    return save(arrays, {key: json.dumps(value) for key, value in texts.items()})


def load_predictions(path: Path) -> LeftOutPredictions:
    """The predictions in the file at `path`.

    Raises:
        TrainingError: it cannot be read, or is no file of predictions.
    """
    try:
        with safe_open(path, framework="numpy") as file:
            arrays = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118 - no mapping
            texts = {key: json.loads(text) for key, text in (file.metadata() or {}).items()}
        return _read(arrays, texts)
    except OSError as error:
        raise TrainingError(f"cannot read {path}: {error.strerror or error}") from error
    except (SafetensorError, LookupError, ValueError, TypeError, AttributeError) as error:
        raise TrainingError(f"{path} is no file of predictions") from error


def _read(arrays: Mapping[str, np.ndarray], texts: Mapping[str, Any]) -> LeftOutPredictions:
    sources = texts["sources"]
    looks = {
        LookKind(look): Predictions(
            softmax(arrays[f"logits.{look}"].astype(np.float32) / float(temperature)),
            arrays["truth"].astype(np.int64),
            tuple(texts["classes"]),
            tuple(sources[number] for number in arrays["sources"].tolist()),
            float(temperature),
        )
        for look, temperature in texts["temperatures"].items()
    }
    familiarity = {
        look: arrays[f"familiarity.{look}"] for look in looks if f"familiarity.{look}" in arrays
    }
    folds, places = arrays["folds"].astype(np.int64), arrays["places"].astype(np.int64)
    found = LeftOutPredictions(looks, folds, places, familiarity)
    for each in looks.values():
        each.is_right()  # as many answers as labels
    return found


def _logits(probabilities: Array, temperature: float) -> Array:
    """Logits that give the probabilities (N, C); the largest of each row is 0."""
    logits = np.log(probabilities.astype(np.float64).clip(_LEAST_PROBABILITY)) * temperature
    found: Array = (logits - logits.max(1, keepdims=True)).astype(np.float32)
    return found


def _counted(bins: Iterable[int]) -> tuple[int, ...]:
    counts = np.bincount(np.asarray(bins, dtype=np.int64), minlength=HUNDREDTHS)
    return tuple(int(count) for count in counts)
