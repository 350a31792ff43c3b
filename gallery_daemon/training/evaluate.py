"""`evaluate`: a finished bundle on labelled folders, by the same engine that the daemon uses."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gallery_daemon.errors import TrainingError
from gallery_daemon.model.engines.choose import EngineOptions, load_best
from gallery_daemon.model.manifest import LookKind, read_manifest
from gallery_daemon.training.coverage import LookAgreement, agreement_of
from gallery_daemon.training.dataset import find_gallery
from gallery_daemon.training.measures import Measures, measure
from gallery_daemon.training.pictures import SkippedPictures, read_pictures
from gallery_daemon.training.predictions import Predictions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from gallery_daemon.imaging.decode import Pixels
    from gallery_daemon.model.engines.predict import Predictor
    from gallery_daemon.training.dataset import Gallery, Labelled
    from gallery_daemon.training.display import Display
    from gallery_daemon.training.predictions import Array

_BATCH_SIZE = 32


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The measures of a bundle on a gallery; `skipped` could not be read, with the reason.

    `quick` and `agreement` are there if the bundle has a quick look. `looks` are what was measured:
    the predictions on `pictures`, a row each.
    """

    model: str
    engine: str
    measures: Measures
    quick: Measures | None
    agreement: LookAgreement | None
    skipped: SkippedPictures
    looks: Mapping[LookKind, Predictions]
    pictures: tuple[Labelled, ...]

    def to_json(self) -> dict[str, object]:
        """What `evaluate --json` prints."""
        return {
            "model": self.model,
            "engine": self.engine,
            **self.measures.to_json(),
            "quick": self.quick and self.quick.to_json(),
            "quick_against_full": self.agreement and self.agreement.to_json(),
            "skipped": [{"path": str(path), "error": reason} for path, reason in self.skipped],
        }


def evaluate(data: Sequence[Path], wanted: EngineOptions, display: Display) -> Evaluation:
    """The wanted bundle's measures on the class folders of `data`, named as its classes.

    A quick look sees what it would see of a camera's file: a thumbnail, made of the picture.

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
    looks = {
        look: Predictions(
            np.concatenate(parts),
            np.array([picture.label for picture in known]),
            classes,
            tuple(picture.source for picture in known),
            predictor.manifest.looks[look].temperature,
        )
        for look, parts in probabilities.items()
    }
    full, quick = looks[LookKind.FULL], looks.get(LookKind.QUICK)
    return Evaluation(
        predictor.manifest.model_id,
        str(predictor.kind),
        measure(full),
        measure(quick) if quick else None,
        agreement_of(quick, full) if quick else None,
        skipped,
        looks,
        tuple(known),
    )


def _classify(
    gallery: Gallery, predictor: Predictor, display: Display
) -> tuple[dict[LookKind, list[Array]], list[Labelled], SkippedPictures]:
    """Batches of probabilities float32 (B, C) by look, the pictures of their rows, and the others.

    Others could not be read, each with the reason.
    """
    parts: dict[LookKind, list[Array]] = {LookKind.FULL: []}
    known: list[Labelled] = []
    skipped: list[tuple[Path, str]] = []
    waiting: list[Pixels] = []

    def classify_waiting() -> None:
        parts[LookKind.FULL].append(predictor.predict(np.stack(waiting)).probabilities)
        waiting.clear()

    display.begin("classifying", len(gallery.pictures))
    for picture, found in read_pictures(gallery.pictures, os.cpu_count() or 1):
        display.advance(1)
        if isinstance(found, str):
            skipped.append((picture.path, found))
            continue
        known.append(picture)
        waiting.append(found)
        if len(waiting) == _BATCH_SIZE:
            classify_waiting()
    if waiting:
        classify_waiting()
    return parts, known, tuple(skipped)
