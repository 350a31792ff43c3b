"""The features of labelled pictures by a bundle's body, computed once and kept in a folder."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gallery_daemon.imaging.thumbnails import as_thumbnail
from gallery_daemon.model.engines.choose import EngineOptions, load_best
from gallery_daemon.model.engines.measured import engines_file
from gallery_daemon.model.engines.predict import resized
from gallery_daemon.photo import LookKind
from gallery_daemon.training.dataset import Gallery, find_gallery, without_duplicates
from gallery_daemon.training.pictures import read_pictures

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Halves = NDArray[np.float16]

_BATCH = 64


@dataclass(frozen=True, slots=True, eq=False)
class BodyFeatures:
    """The pictures of a gallery that could be read, and float16 (N, F) of each by each look."""

    gallery: Gallery
    looks: dict[LookKind, Halves]

    @property
    def labels(self) -> NDArray[np.int64]:
        """The number of each picture's class, int64 (N,)."""
        return np.array(self.gallery.labels)

    @property
    def sources(self) -> NDArray[np.str_]:
        """The source of each picture (N,)."""
        return np.array([picture.source for picture in self.gallery.pictures])


def body_features(folders: Sequence[Path], bundle: Path, cache: Path) -> BodyFeatures:
    """Those of all pictures in the folders, by the engine that the daemon would take.

    Read from the folder `cache` if they were computed before.
    """
    gallery, _ = without_duplicates(find_gallery(folders))
    body = hashlib.sha256((bundle / "model.safetensors").read_bytes())
    names = "\n".join("/".join(picture.path.parts[-2:]) for picture in gallery.pictures)
    body.update(names.encode("utf-8", "replace"))
    path = cache / f"features-{body.hexdigest()[:16]}.npz"
    if not path.exists():
        cache.mkdir(parents=True, exist_ok=True)
        computed = _compute(gallery, bundle)
        part = path.with_suffix(".part.npz")
        with part.open("wb") as file:
            np.savez(file, readable=computed[0], full=computed[1], quick=computed[2])
        part.replace(path)
    with np.load(path) as stored:
        readable, full, quick = stored["readable"], stored["full"], stored["quick"]
    pictures = tuple(gallery.pictures[place] for place in np.flatnonzero(readable).tolist())
    looks = {LookKind.FULL: full, LookKind.QUICK: quick}
    return BodyFeatures(Gallery(gallery.classes, pictures), looks)


def _compute(gallery: Gallery, bundle: Path) -> tuple[NDArray[np.bool_], Halves, Halves]:
    predictor, _ = load_best(EngineOptions(bundle, engines_file()))
    side = predictor.manifest.full.size
    readable = np.zeros(len(gallery.pictures), np.bool_)
    rows: tuple[list[Floats], list[Floats]] = ([], [])
    for start in range(0, len(gallery.pictures), _BATCH):
        some = gallery.pictures[start : start + _BATCH]
        found = [pixels for _, pixels in read_pictures(some, os.cpu_count() or 1)]
        readable[start : start + len(some)] = [not isinstance(each, str) for each in found]
        batch = [each for each in found if not isinstance(each, str)]
        if batch:
            rows[0].append(predictor.features(resized(np.stack(batch), side)))
            rows[1].append(predictor.features(np.stack([as_thumbnail(each) for each in batch])))
        print(f"\rfeatures: {start + len(some)} of {len(gallery.pictures)}", end="", flush=True)
    print()
    full, quick = (np.concatenate(each).astype(np.float16) for each in rows)
    return readable, full, quick
