"""Eight bits for a bundle: at the end of a training, and for one that was made without."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import numpy as np
import torch

from gallery_daemon.errors import BundleError, TrainingError
from gallery_daemon.model.bundle import load_bundle, save_bundle
from gallery_daemon.model.int8 import LEAST_AGREEMENT
from gallery_daemon.model.manifest import MANIFEST_FILE, WEIGHTS_FILE
from gallery_daemon.model.quantise import CALIBRATION_PICTURES, Quantised, quantise, with_int8
from gallery_daemon.training.dataset import find_gallery
from gallery_daemon.training.pictures import read_pictures

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from torch import nn

    from gallery_daemon.model.manifest import Manifest
    from gallery_daemon.training.display import Display
    from gallery_daemon.training.pictures import Pictures
    from gallery_daemon.training.split import Split

# Enough to tell 99.0% from 99.5%, and a minute of float32 on two cores.
COMPARED_PICTURES = 1_000
FEWEST_PICTURES = 20
_SEED = 0


def eight_bits(
    network: nn.Module, manifest: Manifest, pixels: Pictures, split: Split, display: Display
) -> Quantised | None:
    """The network in 8 bits, or None, and a word about it, if it is of no use or cannot be made.

    Args:
        network: float32, as it was trained.
        manifest: has its preprocessing and temperature.
        pixels: uint8 (N, S, S, 3), all pictures of the training.
        split: some of those who trained show how large its layers' values become; it is compared
            with the float32 network on those who validated.
        display: hears why there is none.
    """
    display.begin("making an 8-bit network", 0)
    calibration = pixels[_some(split.train, CALIBRATION_PICTURES)]
    compared = pixels[_some(split.validate, COMPARED_PICTURES)]
    try:
        made = quantise(network.to("cpu", torch.float32), manifest, calibration, compared)
    except BundleError as error:
        display.say(f"no 8-bit network: {error.sentence}")
        return None
    except RuntimeError as error:
        # The libraries' own trouble; hours of training are not lost for it.
        display.say(f"no 8-bit network: {str(error).strip().splitlines()[0]}")
        return None
    if made.int8.agreement < LEAST_AGREEMENT:
        display.say(f"no 8-bit network: it agrees on {made.int8.agreement:.1%} only")
        return None
    return made


def add_eight_bits(bundle: Path, data: Sequence[Path], out: Path, display: Display) -> Manifest:
    """A new folder `out` holds the bundle with an 8-bit network, made by the pictures of `data`.

    Some of them show how large its layers' values become, both networks are compared on the others:
    best on pictures that it was not trained on.

    Raises:
        BundleError: the bundle cannot be loaded, `out` exists, or OpenVINO or NNCF is missing.
        TrainingError: `data` has too few pictures.
    """
    network, manifest = load_bundle(bundle)
    gallery = find_gallery(data, manifest.classes)
    wanted = _some(range(len(gallery.pictures)), CALIBRATION_PICTURES + COMPARED_PICTURES)
    chosen = [gallery.pictures[place] for place in wanted]
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
    known = {WEIGHTS_FILE, MANIFEST_FILE, *made.files}
    others = {path.name: path.read_bytes() for path in bundle.iterdir() if path.name not in known}
    return save_bundle(out, network, with_int8(manifest, made), {**others, **made.files})


def _some(places: Sequence[int], most: int) -> list[int]:
    """At most so many of the places, at random, the same ones each time; in order."""
    shuffled = torch.randperm(len(places), generator=torch.Generator().manual_seed(_SEED))
    return sorted(places[place] for place in shuffled[:most].tolist())
