"""An 8-bit network for a bundle: at the end of a training, and for one that was made without."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import torch

from gallery_daemon.errors import BundleError, TrainingError
from gallery_daemon.imaging.thumbnails import as_thumbnail
from gallery_daemon.model.bank import load_bank
from gallery_daemon.model.bundle import (
    BUNDLE_FILES,
    body_sha256,
    load_bundle,
    refuse_existing,
    save_bundle,
)
from gallery_daemon.model.engines.openvino import OpenVinoEngine
from gallery_daemon.model.engines.predict import resized
from gallery_daemon.model.head import load_head
from gallery_daemon.model.manifest import BIN_FILE, LEAST_AGREEMENT, WHOLE_NETWORK_VERSION, XML_FILE
from gallery_daemon.model.manifest_file import read_manifest
from gallery_daemon.model.quantise import (
    CALIBRATION_PICTURES,
    Quantised,
    in_batches,
    measured_under,
    quantise,
    refuse_missing_packages,
    with_int8,
)
from gallery_daemon.model.tensors import read_verified
from gallery_daemon.photo import LookKind
from gallery_daemon.training.dataset import find_gallery
from gallery_daemon.training.pictures import read_pictures

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from pathlib import Path

    from gallery_daemon.imaging.decode import Pixels
    from gallery_daemon.model.manifest import Manifest
    from gallery_daemon.training.display import Display
    from gallery_daemon.training.learned import Learned
    from gallery_daemon.training.pictures import LoadedGallery
    from gallery_daemon.training.split import Split
    from gallery_daemon.training.trainer import Trainer

# Enough to tell 99.0% from 99.5%, and a minute of float32 on two cores.
COMPARED_PICTURES = 1_000
# With fewer, a single picture would decide; then those that trained are compared as well.
FEWEST_COMPARED = 200
FEWEST_PICTURES = 20
_SEED = 0


def make_int8(
    learned: Learned, manifest: Manifest, loaded: LoadedGallery, split: Split, display: Display
) -> Quantised | None:
    """The network in 8 bits; None, and a line to the person, if it is of no use or cannot be made.

    Args:
        learned: the network, float32, as it was trained, and its head.
        manifest: has its preprocessing, looks and temperatures.
        loaded: all pictures of the training.
        split: some of the pictures that trained show how large its layers' values become; those
            that validated show whether it agrees with the float32 network.
        display: shows why there is none.
    """
    display.begin("making an 8-bit network", 0)
    calibrating = sorted(_shuffled(split.train)[:CALIBRATION_PICTURES])
    return _if_of_use(
        lambda: quantise(
            learned.network.to("cpu", torch.float32),
            learned.head,
            manifest,
            _chosen(loaded, manifest, calibrating),
            _chosen(loaded, manifest, _places_to_compare(split)),
        ),
        display,
    )


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
    head = load_head(bundle, manifest)
    bank = load_bank(bundle, manifest, head.weight.shape[1])
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
    looks = {look: _shown(look, each.size, pixels) for look, each in manifest.looks.items()}
    calibrating = min(CALIBRATION_PICTURES, len(pixels) // 2)
    made = quantise(
        network,
        head,
        manifest,
        {look: shown[:calibrating] for look, shown in looks.items()},
        {look: shown[calibrating:] for look, shown in looks.items()},
    )
    if made.int8.agreement < LEAST_AGREEMENT:
        raise BundleError(_too_little(made), hint="give more pictures, or keep the bundle as it is")
    extras = {**_others(bundle, {*BUNDLE_FILES, *made.files}), **made.files}
    return save_bundle(out, network, with_int8(manifest, made), extras, bank=bank, head=head)


def kept_int8(
    bundle: Path | None, learned: Learned, manifest: Manifest, trainer: Trainer, split: Split
) -> Quantised | None:
    """The 8-bit body of the bundle that a training started from, measured under the new head.

    What it is compared with are the features that the head was fitted to, which are there already:
    of float32, or of half precision where the machine trains in that. None if the body has changed,
    is shown pictures of other sizes, or there is no such bundle; and, with a line to the person, if
    it is of no use under this head or cannot run here.

    Args:
        bundle: what the training started from, if that was a bundle.
        learned: the network and its head.
        manifest: has its looks and temperatures.
        trainer: has the pictures, and the features that the head was fitted to and judged by.
        split: those that validated show whether the 8-bit body agrees with these.

    Raises:
        BundleError: the bundle is damaged.
    """
    if bundle is None:
        return None
    start = read_manifest(bundle)
    sizes = [{look: each.size for look, each in some.looks.items()} for some in (start, manifest)]
    if sizes[0] != sizes[1] or start.weights_sha256 != body_sha256(learned.network):
        return None
    kept = int8_of(bundle)
    if kept is None:
        return None
    trainer.display.begin("comparing the 8-bit network", 0)

    def measured() -> Quantised:
        engine, places = OpenVinoEngine(bundle), _places_to_compare(split)
        rounded = {
            look: in_batches(engine.features, trainer.loaded.shown(look, places))
            for look in manifest.looks
        }
        exact = {
            look: trainer.features(learned.network, places, look).numpy() for look in manifest.looks
        }
        return replace(kept, int8=measured_under(learned.head, kept.int8, manifest, rounded, exact))

    return _if_of_use(measured, trainer.display)


def int8_of(bundle: Path) -> Quantised | None:
    """The bundle's 8-bit body, for another bundle with the same body; None if it has none.

    One of format version 1 includes the head, and cannot serve another. How well it agrees is that
    under the bundle's own head.

    Raises:
        BundleError: it is damaged.
    """
    manifest = read_manifest(bundle)
    if manifest.int8 is None or manifest.format_version == WHOLE_NETWORK_VERSION:
        return None
    hashes = {XML_FILE: manifest.int8.xml_sha256, BIN_FILE: manifest.int8.bin_sha256}
    files = {name: read_verified(bundle / name, digest) for name, digest in hashes.items()}
    return Quantised(manifest.int8, files)


def _if_of_use(make: Callable[[], Quantised], display: Display) -> Quantised | None:
    try:
        made = make()
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - whatever the libraries raise
        # Hours of training are not lost for it: the bundle is whole without.
        display.say(f"no 8-bit network: {_first_line(error)}")
        return None
    if made.int8.agreement < LEAST_AGREEMENT:
        display.say(f"no 8-bit network: {_too_little(made)}")
        return None
    return made


def _places_to_compare(split: Split) -> list[int]:
    """Pictures that validated; those that trained too, where these are few."""
    compared = split.validate
    if len(compared) < FEWEST_COMPARED:
        compared = (*split.validate, *split.train)
    return sorted(_shuffled(compared)[:COMPARED_PICTURES])


def _shown(look: LookKind, side: int, pixels: Sequence[Pixels]) -> Pixels:
    """Pictures uint8 (224, 224, 3) as that look shows them: uint8 (N, side, side, 3)."""
    seen = map(as_thumbnail, pixels) if look is LookKind.QUICK else pixels
    return resized(np.stack(list(seen)), side)


def _chosen(
    loaded: LoadedGallery, manifest: Manifest, places: Sequence[int]
) -> dict[LookKind, Pixels]:
    return {look: loaded.shown(look, places) for look in manifest.looks}


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
