"""Pictures of `../shared/data` that the shipped bundle's training kept for validation.

A model is surer of what it has learned than of what it sees for the first time, so a benchmark on
learned pictures would be decided by more quick looks than a person's photos are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np

from gallery_daemon.training.dataset import find_gallery
from gallery_daemon.training.recipe import VALIDATION_SHARE
from gallery_daemon.training.split import split_randomly

if TYPE_CHECKING:
    from pathlib import Path

    from gallery_daemon.model.manifest import Manifest
    from gallery_daemon.training.dataset import Gallery, Labelled

# A camera's thumbnail belongs to what a camera takes.
NO_CAMERAS = frozenset({"memes", "whatsapp_screenshots"})


def gallery_of(data: Path, manifest: Manifest) -> Gallery:
    """The pictures that the bundle was made of, in the order of its training.

    Raises:
        TrainingError: `data` lacks a folder that the manifest names.
    """
    names = cast("list[str]", (manifest.provenance or {}).get("data", ["gallery"]))
    return find_gallery([data / name for name in names], manifest.classes)


def held_out(data: Path, manifest: Manifest) -> list[Labelled]:
    """In an order that mixes the classes, as far as the manifest says which these were.

    Raises:
        TrainingError: as `gallery_of`.
    """
    provenance = manifest.provenance or {}
    gallery = gallery_of(data, manifest)
    places = range(len(gallery.pictures))
    seed = cast("int", provenance.get("seed", 0))
    share = cast("float", provenance.get("validation_share", VALIDATION_SHARE))
    validate = split_randomly(gallery, places, share, seed).validate
    order = np.random.default_rng(0).permutation(len(validate))
    return [gallery.pictures[validate[place]] for place in order]
