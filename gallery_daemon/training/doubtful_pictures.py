"""Pictures of labelled folders that lie in the wrong one, as far as a model can tell.

The body of a bundle makes features of every picture, heads that leave each out say what it looks
like, and `model.doubts` compares that with its folder. A new training would take an hour, and would
learn the very mistakes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gallery_daemon.model.doubts import doubts, left_out_probabilities
from gallery_daemon.model.engines.choose import load_best
from gallery_daemon.model.engines.predict import resized
from gallery_daemon.training.dataset import Labelled, find_gallery, without_duplicates
from gallery_daemon.training.pictures import read_pictures

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from gallery_daemon.imaging.decode import Pixels
    from gallery_daemon.model.engines.choose import EngineOptions
    from gallery_daemon.training.display import Display

_BATCH_SIZE = 32


@dataclass(frozen=True, slots=True)
class DoubtfulPicture:
    """The picture at `path` lies in the folder `label`, and looks like one of `likelier`.

    `given` and `probability` are what heads that had left it out give the one and the other, 0..1.
    """

    path: Path
    label: str
    likelier: str
    given: float
    probability: float


@dataclass(frozen=True, slots=True)
class DoubtfulFolder:
    """Of so many `pictures` the doubtful ones, the most doubtful first."""

    pictures: int
    doubtful: tuple[DoubtfulPicture, ...]


def doubtful_pictures(
    folders: Sequence[Path], options: EngineOptions, threads: int, display: Display
) -> DoubtfulFolder:
    """The pictures in class folders that look like another class.

    Args:
        folders: as of `find_gallery`.
        options: the bundle whose body looks at them, and how it is run.
        threads: so many pictures are read at once.
        display: hears how far it is.

    Raises:
        TrainingError: as `find_gallery`.
        BundleError: the bundle cannot be loaded, or gives no features.
    """
    gallery, skipped = without_duplicates(find_gallery(folders))
    predictor, _ = load_best(options)
    side = predictor.manifest.full.size
    display.begin("looking at the pictures", len(gallery.pictures))
    kept, unread = list[Labelled](), list(skipped)
    waiting: list[Pixels] = []
    rows: list[np.ndarray[tuple[int, ...], np.dtype[np.float32]]] = []
    for picture, found in read_pictures(gallery.pictures, threads):
        display.advance(1)
        if isinstance(found, str):
            unread.append((picture.path, found))
            continue
        kept.append(picture)
        waiting.append(found)
        if len(waiting) == _BATCH_SIZE:
            rows.append(predictor.features(resized(np.stack(waiting), side)))
            waiting.clear()
    if waiting:
        rows.append(predictor.features(resized(np.stack(waiting), side)))
    display.skipped(tuple(unread))
    if not rows:
        return DoubtfulFolder(0, ())
    labels = np.array([picture.label for picture in kept])
    probabilities = left_out_probabilities(np.concatenate(rows), labels, len(gallery.classes))
    return DoubtfulFolder(
        len(kept),
        tuple(
            DoubtfulPicture(
                kept[doubt.place].path,
                gallery.classes[doubt.label],
                gallery.classes[doubt.likelier],
                doubt.given,
                doubt.probability,
            )
            for doubt in doubts(probabilities, labels)
        ),
    )
