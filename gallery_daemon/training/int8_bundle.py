"""An 8-bit network for a bundle: at the end of a training, and for one that was made without."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import numpy as np
import torch

from gallery_daemon.errors import BundleError, TrainingError
from gallery_daemon.model.bundle import load_bundle, refuse_existing, save_bundle
from gallery_daemon.model.manifest import LEAST_AGREEMENT, MANIFEST_FILE, WEIGHTS_FILE
from gallery_daemon.model.quantise import (
    CALIBRATION_PICTURES,
    Quantised,
    quantise,
    refuse_missing_packages,
    with_int8,
)
from gallery_daemon.training.dataset import find_gallery
from gallery_daemon.training.pictures import read_pictures

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

    from torch import nn

    from gallery_daemon.imaging.decode import Pixels
    from gallery_daemon.model.manifest import Manifest
    from gallery_daemon.training.display import Display
    from gallery_daemon.training.split import Split

# Enough to tell 99.0% from 99.5%, and a minute of float32 on two cores.
COMPARED_PICTURES = 1_000
# With fewer, a single picture would decide; then those that trained are compared as well.
FEWEST_COMPARED = 200
FEWEST_PICTURES = 20
_SEED = 0


def make_int8(
    network: nn.Module,
    manifest: Manifest,
    pixels: Mapping[LookKind, Pixels],
    split: Split,
    display: Display,
) -> Quantised | None:
    """The network in 8 bits; None, and a line to the person, if it is of no use or cannot be made.

    Args:
        network: float32, as it was trained.
        manifest: has its preprocessing, looks and temperatures.
        pixels: all pictures of the training, for each look uint8 (N, S, S, 3).
        split: some of the pictures that trained show how large its layers' values become; those
            that validated show whether it agrees with the float32 network.
        display: shows why there is none.
    """
    display.begin("making an 8-bit network", 0)
    compared = split.validate
    if len(compared) < FEWEST_COMPARED:
        compared = (*split.validate, *split.train)
    try:
        made = quantise(
            network.to("cpu", torch.float32),
            manifest,
            _chosen(pixels, sorted(_shuffled(split.train)[: _calibrating(manifest)])),
            _chosen(pixels, sorted(_shuffled(compared)[:COMPARED_PICTURES])),
        )
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - whatever the libraries raise
        # Hours of training are not lost for it: the bundle is whole without.
        display.say(f"no 8-bit network: {_first_line(error)}")
        return None
    if made.int8.agreement < LEAST_AGREEMENT:
        display.say(f"no 8-bit network: {_too_little(made)}")
        return None
    return made


def add_int8(bundle: Path, data: Sequence[Path], out: Path, display: Display) -> Manifest:
    """A new folder `out` holds the bundle with an 8-bit network, made by the pictures of `data`.

    Some of them show how large its layers' values become, both networks are compared on the others:
    best on pictures that it was not trained on.

    Raises:
        BundleError: the bundle cannot be loaded, `out` exists, OpenVINO or NNCF is missing, or the
            8-bit network agrees too seldom to be of use.
        TrainingError: `data` has too few pictures.
    """
    refuse_existing(out)
    refuse_missing_packages()
    network, manifest = load_bundle(bundle)
    gallery = find_gallery(data, manifest.classes)
    # Shuffled, because they are found class by class, and each part needs all classes.
    order = _shuffled(range(len(gallery.pictures)))[: CALIBRATION_PICTURES + COMPARED_PICTURES]
    chosen = [gallery.pictures[place] for place in order]
    display.begin("reading pictures", len(chosen))
    read = read_pictures(chosen, os.cpu_count() or 1)
    pixels = [found for _, found in read if not isinstance(found, str)]
    if len(pixels) < FEWEST_PICTURES:
        raise TrainingError(
            f"{len(pixels)} pictures are too few", hint=f"give {FEWEST_PICTURES} and more"
        )
    display.begin("making an 8-bit network", 0)
    calibration, compared = np.split(
        np.stack(pixels), [min(CALIBRATION_PICTURES, len(pixels) // 2)]
    )
    made = quantise(network, manifest, calibration, compared)
    if made.int8.agreement < LEAST_AGREEMENT:
        raise BundleError(_too_little(made), hint="give more pictures, or keep the bundle as it is")
    extras = {**_others(bundle, {WEIGHTS_FILE, MANIFEST_FILE, *made.files}), **made.files}
    return save_bundle(out, network, with_int8(manifest, made), extras)


def _others(bundle: Path, known: Collection[str]) -> dict[str, bytes]:
    """The bundle's further files, plots above all, by name."""
    try:
        files = [path for path in bundle.iterdir() if path.is_file() and path.name not in known]
        return {path.name: path.read_bytes() for path in files}
    except OSError as error:
        raise BundleError(f"cannot read the model bundle {bundle}: {error.strerror}") from error


def _too_little(made: Quantised) -> str:
    return f"it names the class of float32 for {made.int8.agreement:.1%} only"


def _first_line(error: BaseException) -> str:
    return next(iter(str(error).strip().splitlines()), "") or type(error).__name__


def _shuffled(places: Sequence[int]) -> list[int]:
    """All places in random order, the same one each time."""
    order = torch.randperm(len(places), generator=torch.Generator().manual_seed(_SEED))
    return [places[place] for place in order.tolist()]
