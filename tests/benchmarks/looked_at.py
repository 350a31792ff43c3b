"""Pictures with what the model says of each, looked at quickly and in full.

- `phone`: the files of `../shared/data/phone` as they are;
- `galleries`: every so many pictures of the galleries, as photos of a camera. Most of them trained
  the model, which is surer of them than of a person's photos;
- `held-out`: the same of those that it was not trained on;
- `left-out`: all pictures of the galleries, by networks that had seen nothing of their source, as
  the training kept the answers; no thumbnail, no JPEG, and the reach was measured on them.

The photos that are made have 1600x1200 pixels: the network sees 160, and a phone's size would take
five times as long.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from PIL import Image

from gallery_daemon.errors import BadPhoto, NotAPhoto
from gallery_daemon.model.manifest import find_bundle
from gallery_daemon.model.precision import precision_at
from gallery_daemon.photo import LookKind
from gallery_daemon.training.predictions import PREDICTIONS_FILE, load_predictions
from tests.benchmarks.camera_photos import Camera, photo_of
from tests.benchmarks.elsewhere import LABELS, UNSURE
from tests.benchmarks.filed import as_told, imagined_photos, photos_of
from tests.benchmarks.held_out import gallery_of, held_out
from tests.benchmarks.same import LookedAt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from gallery_daemon.model.manifest import Manifest
    from gallery_daemon.photo import Prediction
    from gallery_daemon.training.dataset import Labelled
    from gallery_daemon.training.predictions import LeftOutPredictions
    from tests.benchmarks.two_looks import TwoLooks

_LENGTH = 1600


def phone(looks: TwoLooks, data: Path, every: int) -> Iterator[LookedAt]:
    """The camera and phone files, but those that are no readable photos."""
    for path in sorted((data / "phone").rglob("*"))[::every]:
        if not path.is_file():
            continue
        try:
            ((photo, facts),) = photos_of([path])
            quick, full = looks(path.read_bytes())
        except (BadPhoto, NotAPhoto):
            continue
        truth = "two would not agree" if path.name in UNSURE else LABELS.get(path.name, "other")
        yield LookedAt(str(path), truth, photo, facts, quick, full)


def galleries(looks: TwoLooks, data: Path, every: int) -> Iterator[LookedAt]:
    """One in so many pictures of all galleries, as photos of a camera."""
    return _photographed(looks, gallery_of(data, looks.manifest).pictures[::every])


def held_out_ones(looks: TwoLooks, data: Path, every: int) -> Iterator[LookedAt]:
    """One in so many of those that were kept for validation."""
    return _photographed(looks, held_out(data, looks.manifest)[::every])


def left_out(looks: TwoLooks, data: Path, every: int) -> Iterator[LookedAt]:
    """One in so many of the answers that the training kept."""
    manifest = looks.manifest
    pictures = gallery_of(data, manifest).pictures
    saved = load_predictions(find_bundle(looks.bundle) / PREDICTIONS_FILE)
    names = [str(pictures[place].path) for place in saved.places.tolist()]
    truth = [saved.full.classes[label] for label in saved.full.truth.tolist()]
    ((photo, facts),) = imagined_photos(1, has_exif=True)
    both = (_as_told(saved, look, manifest) for look in (LookKind.QUICK, LookKind.FULL))
    rows = zip(names, truth, *both, strict=True)
    for name, label, quick, full in islice(rows, 0, None, every):
        yield LookedAt(name, label, photo, facts, quick, full)


DATA: Mapping[str, Callable[[TwoLooks, Path, int], Iterable[LookedAt]]] = {
    "phone": phone,
    "galleries": galleries,
    "held-out": held_out_ones,
    "left-out": left_out,
}


def _photographed(looks: TwoLooks, pictures: Iterable[Labelled]) -> Iterator[LookedAt]:
    ((photo, facts),) = imagined_photos(1, has_exif=True)
    for labelled in pictures:
        with Image.open(labelled.path) as picture:
            data = photo_of(picture, Camera.WITH_THUMBNAIL, _LENGTH)
        truth = looks.manifest.classes[labelled.label]
        yield LookedAt(str(labelled.path), truth, photo, facts, *looks(data))


def _as_told(saved: LeftOutPredictions, look: LookKind, manifest: Manifest) -> list[Prediction]:
    """As the model says it that is shipped: with its tallies, under its name.

    How familiar a picture is was measured in full only, and stands for the quick look too: without
    any, a rule that asks for it would be settled.
    """
    some = saved.looks[look]
    shares = saved.familiarity.get(look, saved.familiarity.get(LookKind.FULL))
    tallies = manifest.looks[look].tallies
    names = [some.classes[label] for label in some.called().tolist()]
    confidences = some.probabilities.max(1).astype(float).tolist()
    precisions = [
        precision_at(tallies[name], confidence)
        for name, confidence in zip(names, confidences, strict=True)
    ]
    familiarities = [None] * len(names) if shares is None else shares.astype(float).tolist()
    told = as_told(some, precisions, familiarities)
    return [replace(each, model=manifest.model_id, look=look) for each in told]
