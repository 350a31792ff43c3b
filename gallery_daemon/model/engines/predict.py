"""Pictures become predictions, whichever engine runs the body.

The one place that knows which module is whose. The engines are imported in the functions that need
them: a process that runs one does not pay for the other, torch above all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from gallery_daemon.errors import BundleError
from gallery_daemon.model.bank import familiarity, load_bank
from gallery_daemon.model.engines.engine import INT8, REFERENCE
from gallery_daemon.model.engines.probes import softmax
from gallery_daemon.model.head import load_head
from gallery_daemon.model.manifest_file import read_manifest
from gallery_daemon.model.precision import precision_at
from gallery_daemon.photo import LookKind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from gallery_daemon.model.bank import FeatureBank
    from gallery_daemon.model.engines.engine import Engine, EngineKind, Features, PictureBatch
    from gallery_daemon.model.head import Head
    from gallery_daemon.model.manifest import Manifest

    Probabilities = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class PredictedBatch:
    """What the model says of N pictures.

    `probabilities` float32 (N, C) are calibrated, rows sum to 1, columns in the order of the
    manifest's classes. `precisions` and `familiarities` have one for each picture, as in
    `photo.Prediction`; None: not known.
    """

    probabilities: Probabilities
    precisions: tuple[float | None, ...]
    familiarities: tuple[float | None, ...]


class Predictor:
    """A loaded model, for one thread at a time."""

    def __init__(
        self, engine: Engine, manifest: Manifest, head: Head | None, bank: FeatureBank | None = None
    ) -> None:
        """`head` is None where the engine has it."""
        self._engine, self.manifest, self._head, self._bank = engine, manifest, head, bank

    @property
    def kind(self) -> EngineKind:
        """How the body is run."""
        return self._engine.kind

    def predict(self, pictures: PictureBatch, look: LookKind = LookKind.FULL) -> PredictedBatch:
        """What the model says of the pictures.

        Args:
            pictures: uint8 (N, S, S, 3), RGB; made as large as the manifest says of the look.
            look: one of the manifest's.

        Raises:
            BundleError: head and body do not fit.
        """
        outputs = self._engine.features(resized(pictures, self.manifest.looks[look].size))
        return self.read(outputs, look)

    def read(self, outputs: Features, look: LookKind = LookKind.FULL) -> PredictedBatch:
        """What the model says of pictures of which the engine gave these `outputs` by that look.

        Raises:
            BundleError: head and body do not fit.
        """
        logits = outputs if self._head is None else self._head.logits(outputs, look)
        probabilities = softmax(logits / self.manifest.looks[look].temperature)
        return PredictedBatch(
            probabilities,
            self._precisions(probabilities, look),
            self._familiarities(outputs, look),
        )

    def features(self, pictures: PictureBatch) -> Features:
        """The pooled features, float32 (N, F), of pictures uint8 (N, S, S, 3), RGB, S of any look.

        Raises:
            BundleError: this engine gives none.
        """
        if self._head is None:
            raise BundleError(
                "the 8-bit network of a bundle of format version 1 gives no features",
                hint="use engine: torch, or train the model again",
            )
        return self._engine.features(pictures)

    def _precisions(self, probabilities: Probabilities, look: LookKind) -> tuple[float | None, ...]:
        classes, tallies = self.manifest.classes, self.manifest.looks[look].tallies
        called = [classes[place] for place in probabilities.argmax(axis=1)]
        confidences: Sequence[float] = probabilities.max(axis=1).tolist()
        return tuple(
            precision_at(tallies[name], confidence) if name in tallies else None
            for name, confidence in zip(called, confidences, strict=True)
        )

    def _familiarities(self, features: Features, look: LookKind) -> tuple[float | None, ...]:
        bank, scale = self._bank, self.manifest.familiarity
        if bank is None or scale is None:
            return (None,) * len(features)
        distances: Sequence[float] = bank.distances(features, scale.neighbours, look).tolist()
        return tuple(familiarity(distance, scale) for distance in distances)


def resized(pictures: PictureBatch, side: int) -> PictureBatch:
    """Square pictures uint8 (N, S, S, 3) as uint8 (N, side, side, 3)."""
    if pictures.shape[1] == side:
        return pictures
    small = (
        Image.fromarray(picture).resize((side, side), Image.Resampling.BILINEAR)
        for picture in pictures
    )
    return np.stack([np.asarray(picture) for picture in small])


def load_predictor(
    folder: Path,
    kind: EngineKind = REFERENCE,
    threads: int | None = None,
    manifest: Manifest | None = None,
    version: Path | None = None,
) -> Predictor:
    """The bundle in `folder`, run by `kind`; no `threads` means the engine's own number.

    `version` is the folder of a version that was learned on it, whose head serves. `manifest` is
    the version's, or else the bundle's, if it was read already.

    Raises:
        BundleError: it cannot be loaded, or that kind of engine cannot run it.
    """
    manifest = manifest or read_manifest(version or folder)
    engine = _engine(folder, kind, threads, manifest)
    if engine.has_head:
        return Predictor(engine, manifest, None)
    head = load_head(version or folder, manifest)
    bank = load_bank(folder, manifest, head.weight.shape[1], version)
    return Predictor(engine, manifest, head, bank)


def kinds_of(library: str, device: str = "auto") -> tuple[EngineKind, ...]:
    """How the library can run a network on this machine, the likely fastest first.

    Raises:
        BundleError: the library does not run on the device, or there is no such device.
    """
    if library == INT8.library:
        from gallery_daemon.model.engines.openvino import openvino_kinds  # noqa: PLC0415

        return openvino_kinds(device)
    from gallery_daemon.model.engines.torch import torch_kinds  # noqa: PLC0415

    return torch_kinds(device)


def _engine(folder: Path, kind: EngineKind, threads: int | None, manifest: Manifest) -> Engine:
    if kind.library == INT8.library:
        from gallery_daemon.model.engines.openvino import OpenVinoEngine  # noqa: PLC0415

        return OpenVinoEngine(folder, threads, manifest)
    from gallery_daemon.model.engines.torch import TorchEngine  # noqa: PLC0415

    return TorchEngine(folder, kind, threads)
