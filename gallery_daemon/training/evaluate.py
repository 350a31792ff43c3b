"""`evaluate`: a finished bundle on labelled folders, by the same engine that the daemon uses."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gallery_daemon.errors import TrainingError
from gallery_daemon.model.engines.choose import EngineOptions, load_best
from gallery_daemon.model.manifest import read_manifest
from gallery_daemon.training.dataset import find_gallery
from gallery_daemon.training.measures import Measures, Predictions, measure
from gallery_daemon.training.pictures import SkippedPictures, read_pictures

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from gallery_daemon.imaging.decode import Pixels
    from gallery_daemon.model.engines.predict import Predictor
    from gallery_daemon.training.dataset import Gallery, Labelled
    from gallery_daemon.training.display import Display
    from gallery_daemon.training.measures import Array

_BATCH_SIZE = 32


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The measures of a bundle on a gallery; `skipped` could not be read, with the reason."""

    model: str
    engine: str
    measures: Measures
    skipped: SkippedPictures

    def to_json(self) -> dict[str, object]:
        """What `evaluate --json` prints."""
        return {
            "model": self.model,
            "engine": self.engine,
            **self.measures.to_json(),
            "skipped": [{"path": str(path), "error": reason} for path, reason in self.skipped],
        }


def evaluate(data: Sequence[Path], wanted: EngineOptions, display: Display) -> Evaluation:
    """The wanted bundle's measures on the class folders of `data`, named as its classes.

    Raises:
        BundleError: the bundle cannot be loaded.
        TrainingError: the folders do not fit, or no picture can be read.
    """
    # The folders first: a mistyped one is found before engines are measured.
    classes = read_manifest(wanted.bundle).classes
    gallery = find_gallery(data, classes)
    predictor, _ = load_best(wanted)
    probabilities, known, skipped = _classify(gallery, predictor, display)
    if not known:
        folders = " and ".join(map(str, data))
        raise TrainingError(f"no picture below {folders} can be read")
    manifest = predictor.manifest
    predictions = Predictions(
        probabilities,
        np.array([picture.label for picture in known]),
        classes,
        tuple(picture.source for picture in known),
        manifest.full.temperature,
    )
    return Evaluation(manifest.model_id, str(predictor.kind), measure(predictions), skipped)


def _classify(
    gallery: Gallery, predictor: Predictor, display: Display
) -> tuple[Array, list[Labelled], SkippedPictures]:
    """Probabilities float32 (N, C) of the pictures that can be read, these, and the others."""
    parts: list[Array] = [np.zeros((0, len(gallery.classes)), np.float32)]
    known: list[Labelled] = []
    skipped: list[tuple[Path, str]] = []
    waiting: list[Pixels] = []
    display.begin("classifying", len(gallery.pictures))
    for picture, found in read_pictures(gallery.pictures, os.cpu_count() or 1):
        display.advance(1)
        if isinstance(found, str):
            skipped.append((picture.path, found))
            continue
        known.append(picture)
        waiting.append(found)
        if len(waiting) == _BATCH_SIZE:
            parts.append(predictor.predict(np.stack(waiting)).probabilities)
            waiting.clear()
    if waiting:
        parts.append(predictor.predict(np.stack(waiting)).probabilities)
    return np.concatenate(parts), known, tuple(skipped)
