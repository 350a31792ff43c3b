"""What the frozen layers make of each picture, computed once and kept on disk.

A frozen layer is a fixed function, so running it again in every epoch gives the same numbers again.
They are computed once for each picture and once for its mirror image (training flips at random,
validation never), as half precision in memory maps beside the bundle: 200 KB a picture behind
`layer3`, so that the size of a gallery is bounded by the disk and not by memory.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import torch

from gallery_daemon.errors import TrainingError
from gallery_daemon.model.manifest import Manifest
from gallery_daemon.model.preprocess import normalise
from gallery_daemon.training.dataset import Gallery, Labelled, Pictures, read_pictures

if TYPE_CHECKING:
    from pathlib import Path

    from torch import nn

    from gallery_daemon.training.display import Display

HalfArray = np.ndarray[tuple[int, ...], np.dtype[np.float16]]


@dataclass(frozen=True, slots=True)
class Features:
    """One row a picture, float16 (N, ...), and the same of the mirror images."""

    plain: HalfArray
    mirrored: HalfArray

    def take(self, rows: torch.Tensor, mirror: torch.Tensor | None = None) -> torch.Tensor:
        """The rows as float32 (B, ...); those where `mirror` is true come from the mirror."""
        places = rows.numpy()
        picked = self.plain[places]
        if mirror is not None:
            flags = mirror.numpy()
            picked[flags] = self.mirrored[places[flags]]
        return torch.from_numpy(picked).float()


@dataclass(frozen=True, slots=True)
class Reading:
    """The gallery without the pictures that cannot be read, these with the reason, and features."""

    gallery: Gallery
    skipped: tuple[tuple[Path, str], ...]
    features: Features


@dataclass(frozen=True, slots=True)
class Runner:
    """Runs stages on a device at a precision, without gradients."""

    device: torch.device
    precision: torch.dtype
    batch_size: int

    def __call__(self, stages: nn.Module, batch: torch.Tensor) -> torch.Tensor:
        """What `stages`, in evaluation mode, make of `batch` (B, ...), on the device."""
        stages.eval()
        with torch.inference_mode(), self.autocast():
            result: torch.Tensor = stages(self.place(batch))
        return result

    def place(self, batch: torch.Tensor) -> torch.Tensor:
        """The batch on the device, pictures laid out channels-last, vectors (B, F) as they are."""
        if batch.ndim < 4:  # noqa: PLR2004 - (B, C, H, W)
            return batch.to(self.device)
        return batch.to(self.device, memory_format=torch.channels_last)

    def autocast(self) -> torch.autocast:
        """Mixed precision where the machine is faster at it."""
        return torch.autocast(
            self.device.type, dtype=self.precision, enabled=self.precision is not torch.float32
        )


def read_features(
    gallery: Gallery,
    frozen: nn.Module,
    run: Runner,
    scratch: Path,
    *,
    threads: int,
    display: Display,
) -> Reading:
    """Every picture was read once and went through the `frozen` stages, plain and mirrored.

    Raises:
        TrainingError: no picture of some class can be read.
    """
    manifest = Manifest("", gallery.classes, "")
    writer = _Writer(scratch, "pictures", len(gallery.pictures))
    kept: list[Labelled] = []
    skipped: list[tuple[Path, str]] = []
    waiting: list[Pictures] = []

    def pass_on() -> None:
        batch = normalise(np.stack(waiting), manifest, run.device)  # (B, 3, 224, 224)
        writer.add(run(frozen, batch), run(frozen, batch.flip(3)))
        waiting.clear()

    display.begin("reading pictures", len(gallery.pictures))
    for picture, found in read_pictures(gallery.pictures, threads):
        display.advance(1)
        if isinstance(found, str):
            skipped.append((picture.path, found))
            continue
        kept.append(picture)
        waiting.append(found)
        if len(waiting) == run.batch_size:
            pass_on()
    if waiting:
        pass_on()
    readable = replace(gallery, pictures=tuple(kept))
    _refuse_empty_class(readable)
    return Reading(readable, tuple(skipped), writer.finish())


def advance(
    features: Features, stages: nn.Sequential, run: Runner, scratch: Path, display: Display
) -> Features:
    """The features behind `stages`, computed from those before them; the same if there are none."""
    if not len(stages):
        return features
    count = len(features.plain)
    # A name of its own: the features before them are being read while these are written.
    writer = _Writer(scratch, f"behind-{list(dict(stages.named_children()))[-1]}", count)
    display.begin("computing features", count)
    for rows in torch.arange(count).split(run.batch_size):
        mirror = torch.ones(len(rows), dtype=torch.bool)
        writer.add(run(stages, features.take(rows)), run(stages, features.take(rows, mirror)))
        display.advance(len(rows))
    return writer.finish()


class _Writer:
    """Fills a `Features` batch by batch, in the order of the pictures, up to `most` rows."""

    def __init__(self, scratch: Path, name: str, most: int) -> None:
        self._scratch, self._name, self._most = scratch, name, most
        self._plain: HalfArray | None = None
        self._mirrored: HalfArray | None = None
        self._filled = 0

    def add(self, plain: torch.Tensor, mirrored: torch.Tensor) -> None:
        """Both (B, ...), of the same pictures."""
        if self._plain is None or self._mirrored is None:
            shape = (self._most, *plain.shape[1:])
            self._plain = self._map("plain", shape)
            self._mirrored = self._map("mirrored", shape)
        place = slice(self._filled, self._filled + len(plain))
        self._plain[place] = plain.half().cpu().numpy()
        self._mirrored[place] = mirrored.half().cpu().numpy()
        self._filled = place.stop

    def finish(self) -> Features:
        """The features of the pictures that were added, at least one."""
        assert self._plain is not None
        assert self._mirrored is not None
        return Features(self._plain[: self._filled], self._mirrored[: self._filled])

    def _map(self, side: str, shape: tuple[int, ...]) -> HalfArray:
        path = self._scratch / f"{self._name}-{side}"
        return np.memmap(path, dtype=np.float16, mode="w+", shape=shape)


def _refuse_empty_class(gallery: Gallery) -> None:
    for name, count in gallery.counts().items():
        if count == 0:
            raise TrainingError(f"no picture of the class {name!r} can be read")
