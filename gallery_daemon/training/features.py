"""What the frozen layers make of each picture, computed once and kept on disk.

A frozen layer is a fixed function, so running it again in every epoch gives the same numbers again.
They are computed once for each picture and, where the recipe mirrors, once for its mirror image, as
half precision in memory maps beside the bundle: 200 KB a picture behind `layer3`, 1 KB behind
`avgpool`, which makes a phase of `fc` alone a matter of seconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from gallery_daemon.model.manifest import IMAGENET_MEAN, IMAGENET_STD
from gallery_daemon.model.network import normalise
from gallery_daemon.training.pictures import new_array

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from torch import nn

    from gallery_daemon.imaging.decode import Pixels
    from gallery_daemon.training.display import Display

# A batch (B, ...) and its mirror image, if there is to be one.
Pair = tuple[torch.Tensor, torch.Tensor | None]
HalfArray = np.ndarray[tuple[int, ...], np.dtype[np.float16]]


@dataclass(frozen=True, slots=True)
class Runner:
    """Runs stages on a device at a precision."""

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

    def input(self, pictures: Pixels) -> torch.Tensor:
        """Pictures uint8 (B, S, S, 3) as the network's input, float32 (B, 3, S, S)."""
        batch = torch.from_numpy(pictures).to(self.device)
        return normalise(batch, IMAGENET_MEAN, IMAGENET_STD)

    def autocast(self) -> torch.autocast:
        """Mixed precision where the machine is faster at it (Micikevicius 2018, 1710.03740)."""
        return torch.autocast(
            self.device.type, dtype=self.precision, enabled=self.precision is not torch.float32
        )


@dataclass(frozen=True, slots=True)
class Features:
    """One row a picture, float16 (N, ...), and the same of the mirror images, if there are any."""

    plain: HalfArray
    mirrored: HalfArray | None

    def take(self, rows: torch.Tensor, mirror: torch.Tensor | None = None) -> torch.Tensor:
        """The rows as float32 (B, ...); those where `mirror` is true come from the mirror."""
        places = rows.numpy()
        picked = self.plain[places]
        if mirror is not None and self.mirrored is not None:
            flags = mirror.numpy()
            picked[flags] = self.mirrored[places[flags]]
        return torch.from_numpy(picked).float()


def pixel_batches(pixels: Pixels, run: Runner, *, mirrored: bool) -> Iterator[Pair]:
    """Batches of the network's input from pictures uint8 (N, S, S, 3)."""
    for start in range(0, len(pixels), run.batch_size):
        batch = run.input(pixels[start : start + run.batch_size].copy())  # (B, 3, S, S)
        yield batch, batch.flip(3) if mirrored else None


def feature_batches(features: Features, run: Runner) -> Iterator[Pair]:
    """Batches of features computed before, to be taken further."""
    for rows in torch.arange(len(features.plain)).split(run.batch_size):
        flipped = torch.ones(len(rows), dtype=torch.bool)
        mirror = None if features.mirrored is None else features.take(rows, flipped)
        yield features.take(rows), mirror


def compute_features(
    batches: Iterator[Pair],
    frozen: nn.Module,
    run: Runner,
    place: Path,
    *,
    count: int,
    display: Display,
) -> Features:
    """All `batches`, `count` pictures in sum, went through the `frozen` stages.

    `load_features` finds them again at `place`; earlier ones there are replaced.
    """
    display.begin("computing features", count)
    plain, mirrored = _Rows(_plain(place), count), _Rows(_mirrored(place), count)
    for batch, mirror in batches:
        plain.add(run(frozen, batch))
        if mirror is not None:
            mirrored.add(run(frozen, mirror))
        display.advance(len(batch))
    mirrored.finish()
    plain.finish()  # last: where this file is, both are whole
    found = load_features(place)
    assert found is not None, "a gallery has pictures"
    return found


def load_features(place: Path) -> Features | None:
    """The features at `place`, mapped from disk; None if they were not computed to the end."""
    if not _plain(place).exists():
        return None
    mirrored = _mirrored(place)
    return Features(
        np.load(_plain(place), mmap_mode="r"),
        np.load(mirrored, mmap_mode="r") if mirrored.exists() else None,
    )


def _plain(place: Path) -> Path:
    return place.with_suffix(".plain.npy")


def _mirrored(place: Path) -> Path:
    return place.with_suffix(".mirrored.npy")


class _Rows:
    """A float16 array on disk of `most` rows, filled batch by batch."""

    def __init__(self, path: Path, most: int) -> None:
        # The file of an earlier phase may still be mapped: it loses its name, not its bytes.
        path.unlink(missing_ok=True)
        self._path, self._most, self._done = path, most, 0
        self._array: np.memmap[tuple[int, ...], np.dtype[np.float16]] | None = None

    def add(self, rows: torch.Tensor) -> None:
        """Append `rows` (B, ...)."""
        if self._array is None:
            shape = (self._most, *rows.shape[1:])
            self._array = new_array(self._part(), np.float16, shape)
        end = self._done + len(rows)
        self._array[self._done : end] = rows.half().cpu().numpy()
        self._done = end

    def finish(self) -> None:
        """The file has its name, if rows were added."""
        if self._array is not None:
            assert self._done == self._most, "as many rows as were promised"
            self._array.flush()
            self._part().replace(self._path)

    def _part(self) -> Path:
        return self._path.with_suffix(".part")
