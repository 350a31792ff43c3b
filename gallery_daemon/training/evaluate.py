"""`evaluate`: a finished bundle on labelled folders, by the same engine that the daemon uses."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from gallery_daemon.errors import TrainingError
from gallery_daemon.imaging.thumbnails import as_thumbnail
from gallery_daemon.model.engines.choose import EngineOptions, load_best
from gallery_daemon.model.manifest_file import read_manifest
from gallery_daemon.photo import LookKind
from gallery_daemon.training.coverage import LookAgreement, agreement_of
from gallery_daemon.training.dataset import find_gallery
from gallery_daemon.training.made_from import MadeFrom
from gallery_daemon.training.measures import Measures, measure
from gallery_daemon.training.pictures import SkippedPictures, read_pictures
from gallery_daemon.training.predictions import Predictions

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from gallery_daemon.imaging.decode import Pixels
    from gallery_daemon.model.engines.predict import PredictedBatch, Predictor
    from gallery_daemon.training.dataset import Gallery, Labelled
    from gallery_daemon.training.display import Display
    from gallery_daemon.training.made_from import SeenPictures

_BATCH_SIZE = 32

# A picture, uint8 (224, 224, 3), as a look sees it, uint8 (S, S, 3).
_SHOWN: Mapping[LookKind, Callable[[Pixels], Pixels]] = {
    LookKind.FULL: lambda pixels: pixels,
    LookKind.QUICK: as_thumbnail,
}


@dataclass(frozen=True, slots=True, eq=False)
class LookAnswers:
    """What the bundle said by one look; `precisions` and `familiarities` as in a prediction."""

    predictions: Predictions
    precisions: tuple[float | None, ...]
    familiarities: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The measures of a bundle on a gallery; `skipped` could not be read, with the reason.

    `quick` and `agreement` are there if the bundle has a quick look. `answers` have a row for each
    of `pictures`. `seen` says how many of them made the model, where its bundle knows.
    """

    model: str
    engine: str
    measures: Measures
    quick: Measures | None
    agreement: LookAgreement | None
    skipped: SkippedPictures
    pictures: tuple[Labelled, ...]
    answers: Mapping[LookKind, LookAnswers]
    seen: SeenPictures | None = None

    @property
    def caution(self) -> str | None:
        """Why the figures flatter the model, as a sentence; None: nothing is known against them."""
        seen, count = self.seen, len(self.pictures)
        if seen is None or not (seen.trained or seen.validated):
            return None
        return (
            f"caution: this model was made from {seen.trained + seen.validated} of these {count} "
            f"pictures ({seen.trained} trained it, {seen.validated} chose its best epoch and "
            f"calibrated it): on photos that it has not seen it will do worse"
        )

    def to_json(self) -> dict[str, object]:
        """What `evaluate --json` prints."""
        return {
            "model": self.model,
            "engine": self.engine,
            **self.measures.to_json(),
            "quick": self.quick and self.quick.to_json(),
            "quick_against_full": self.agreement and self.agreement.to_json(),
            "made_from": self.seen and asdict(self.seen),
            "skipped": [{"path": str(path), "error": reason} for path, reason in self.skipped],
        }


def evaluate(data: Sequence[Path], wanted: EngineOptions, display: Display) -> Evaluation:
    """The measures of the wanted bundle or version on the class folders of `data`.

    They are named as its classes.

    A quick look sees what it would see of a camera's file: a thumbnail, made of the picture.

    Raises:
        BundleError: the bundle cannot be loaded.
        TrainingError: the folders do not fit, or no picture can be read.
    """
    # The folders first: a mistyped one is found before engines are measured.
    gallery = find_gallery(data, read_manifest(wanted.version or wanted.bundle).classes)
    predictor, _ = load_best(wanted)
    said = _classify(gallery, predictor, display)
    if not said.pictures:
        folders = " and ".join(map(str, data))
        raise TrainingError(f"no picture below {folders} can be read")
    manifest, made_from = predictor.manifest, MadeFrom.read(wanted.bundle)
    answers = {
        look: _answers(batches, gallery, said.pictures, manifest.looks[look].temperature)
        for look, batches in said.batches.items()
    }
    full = answers[LookKind.FULL].predictions
    quick = answers[LookKind.QUICK].predictions if LookKind.QUICK in answers else None
    return Evaluation(
        manifest.model_id,
        str(predictor.kind),
        measure(full),
        measure(quick) if quick else None,
        agreement_of(quick, full) if quick else None,
        tuple(said.skipped),
        tuple(said.pictures),
        answers,
        None if made_from is None else made_from.among([each.path for each in said.pictures]),
    )


@dataclass(frozen=True, slots=True)
class _Said:
    """What was said of `pictures`, by look in batches; `skipped` could not be read, and why."""

    batches: dict[LookKind, list[PredictedBatch]]
    pictures: list[Labelled] = field(default_factory=list)
    skipped: list[tuple[Path, str]] = field(default_factory=list)


def _classify(gallery: Gallery, predictor: Predictor, display: Display) -> _Said:
    said = _Said({look: [] for look in predictor.manifest.looks})
    waiting: list[Pixels] = []

    def classify_waiting() -> None:
        for look, batches in said.batches.items():
            shown = [_SHOWN[look](pixels) for pixels in waiting]
            batches.append(predictor.predict(np.stack(shown), look))
        waiting.clear()

    display.begin("classifying", len(gallery.pictures))
    for picture, found in read_pictures(gallery.pictures, os.cpu_count() or 1):
        display.advance(1)
        if isinstance(found, str):
            said.skipped.append((picture.path, found))
            continue
        said.pictures.append(picture)
        waiting.append(found)
        if len(waiting) == _BATCH_SIZE:
            classify_waiting()
    if waiting:
        classify_waiting()
    return said


def _answers(
    batches: Sequence[PredictedBatch],
    gallery: Gallery,
    pictures: Sequence[Labelled],
    temperature: float,
) -> LookAnswers:
    predictions = Predictions(
        np.concatenate([batch.probabilities for batch in batches]),
        np.array([picture.label for picture in pictures]),
        gallery.classes,
        tuple(picture.source for picture in pictures),
        temperature,
    )
    return LookAnswers(
        predictions,
        tuple(each for batch in batches for each in batch.precisions),
        tuple(each for batch in batches for each in batch.familiarities),
    )
