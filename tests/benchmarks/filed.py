"""What a rule set makes of labelled photos: filed where they belong, elsewhere, or not at all.

A photo is where it belongs if it goes into the folder where it would go were the model certain of
its true class. So no rule has to be told which class it is meant for, and what a name or EXIF data
decides counts as well. Decisions are those of `rules.decide`, of real predictions.
"""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from gallery_daemon.config.settings import Limits
from gallery_daemon.decision import Outcome
from gallery_daemon.imaging.look import look
from gallery_daemon.model.precision import precision_at
from gallery_daemon.photo import Candidate, Facts, Identity, Photo, Prediction, Taken, TakenFrom
from gallery_daemon.rules.decide import decide
from gallery_daemon.training.calibration import even_rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from gallery_daemon.model.manifest import Manifest
    from gallery_daemon.photo import LookKind
    from gallery_daemon.rules.decide import RuleSet
    from gallery_daemon.training.predictions import LeftOutPredictions, Predictions

_MODEL = "measured"
_NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)
_MEGAPIXELS_12 = (4032, 3024)


class Fate(StrEnum):
    """What becomes of a photo."""

    OWN = "filed by a rule, where it belongs"
    ANOTHER = "filed by a rule, elsewhere"
    REVIEW = "uncertain"
    LEFT = "no rule wants it"


@dataclass(frozen=True)
class Filed:
    """How many photos of each class had which fate."""

    by_class: Mapping[str, Counter[Fate]]

    def share(self, fate: Fate, name: str | None = None) -> float:
        """The share of the photos, of one class or of all, that had the fate."""
        counts = [of for each, of in self.by_class.items() if name in {None, each}]
        return sum(of[fate] for of in counts) / max(sum(of.total() for of in counts), 1)

    def to_json(self) -> dict[str, object]:
        """Counts by class, and the shares of all."""
        return {
            "shares": {fate.name.lower(): round(self.share(fate), 4) for fate in Fate},
            "by_class": {
                name: {fate.name.lower(): counts[fate] for fate in Fate}
                for name, counts in self.by_class.items()
            },
        }


def filed(
    photos: Sequence[tuple[Photo, Facts]],
    truth: Sequence[str],
    predictions: Sequence[Prediction],
    ruleset: RuleSet,
) -> Filed:
    """What the rules make of the photos, a prediction and a true class for each."""
    by_class: dict[str, Counter[Fate]] = {name: Counter() for name in sorted(set(truth))}
    for (photo, facts), name, prediction in zip(photos, truth, predictions, strict=True):
        fate = _fate(photo, facts, name, prediction, ruleset)
        by_class[name][fate] += 1
    return Filed(by_class)


def _fate(photo: Photo, facts: Facts, truth: str, prediction: Prediction, ruleset: RuleSet) -> Fate:
    found = decide(photo, facts, prediction, ruleset)
    if found.outcome is Outcome.UNCERTAIN:
        return Fate.REVIEW
    if found.outcome is not Outcome.RULE or found.destination is None:
        return Fate.LEFT
    certain = Prediction(
        {name: float(name == truth) for name in prediction.probabilities},
        _MODEL,
        precision=1.0,
        familiarity=1.0,
    )
    wanted = decide(photo, facts, certain, ruleset).destination
    belongs = wanted is not None and wanted.folder == found.destination.folder
    return Fate.OWN if belongs else Fate.ANOTHER


def as_told(
    some: Predictions,
    precisions: Sequence[float | None],
    familiarities: Sequence[float | None],
) -> list[Prediction]:
    """Each row as the classifier process would tell it."""
    rows = some.probabilities.astype(float).tolist()
    return [
        Prediction(dict(zip(some.classes, row, strict=True)), _MODEL, precision, familiarity)
        for row, precision, familiarity in zip(rows, precisions, familiarities, strict=True)
    ]


def left_out_as_told(
    saved: LeftOutPredictions, kind: LookKind, manifest: Manifest
) -> list[Prediction]:
    """Each row as the classifier process would tell it, by what the other folds taught.

    The precision of a row is counted in the pictures of the other folds that calibrate: neither the
    network nor the tally has seen anything of its source. Of a single fold it is the manifest's.
    """
    some, shares = saved.looks[kind], saved.familiarity.get(kind)
    folds = sorted(set(saved.folds.tolist()))
    even = np.zeros(len(saved.folds), bool)
    even[even_rows(some.truth.tolist(), some.sources or [""] * len(some.truth))] = True
    tallies = {
        fold: some.rows(np.flatnonzero((saved.folds != fold) & even)).tallies()
        if len(folds) > 1
        else manifest.looks[kind].tallies
        for fold in folds
    }
    names = [some.classes[label] for label in some.called().tolist()]
    confidences = some.probabilities.max(1).astype(float).tolist()
    precisions = [
        precision_at(tallies[fold][name], confidence)
        for fold, name, confidence in zip(saved.folds.tolist(), names, confidences, strict=True)
    ]
    familiarities = [None] * len(names) if shares is None else shares.astype(float).tolist()
    return as_told(some, precisions, familiarities)


def photos_of(paths: Sequence[Path]) -> Iterator[tuple[Photo, Facts]]:
    """The files as the daemon would see them, each with what is known without the model."""
    for path in paths:
        real = os.path.realpath(path)
        identity = Identity.of(os.lstat(real))
        seen = look(
            real,
            identity,
            max_bytes=Limits.photo_bytes,
            max_pixels=Limits.photo_pixels,
            want_hash=False,
        )
        candidate = Candidate("labelled", str(path.parent), path.name)
        yield Photo(candidate, identity, identity.modified_at), seen.facts


def imagined_photos(count: int, *, has_exif: bool) -> list[tuple[Photo, Facts]]:
    """Photos of which nothing speaks but the picture: 12 megapixels, a camera's name.

    With EXIF data as from a camera, or without, as sent on by somebody.
    """
    width, height = _MEGAPIXELS_12
    facts = Facts(
        format="JPEG",
        width=width,
        height=height,
        orientation=1,
        taken=Taken(_NOON, TakenFrom.EXIF if has_exif else TakenFrom.MTIME),
        camera="Example 1" if has_exif else None,
        has_exif=has_exif,
        has_gps=False,
    )
    return [
        (
            Photo(
                Candidate("phone", "/phone", f"IMG_{number:05}.jpg"),
                Identity(1, number, 1, 0),
                _NOON,
            ),
            facts,
        )
        for number in range(count)
    ]
