"""What a phase learns from: batches of features computed once, or of pictures varied anew."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Protocol

import torch
from torch.utils.data import DataLoader

from gallery_daemon.training.augment import VariedPictures
from gallery_daemon.training.imagined.imagination import imagination

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gallery_daemon.training.features import Features, Runner
    from gallery_daemon.training.pictures import Reading

# Below this a process of its own for reading takes more from the network than it gives.
_CORES_PER_READER = 4
_MOST_READERS = 8


class Material(Protocol):
    """Batches for one phase; rows are places in the gallery."""

    @property
    def enters(self) -> str:
        """The stage of the network that takes the batches."""
        ...

    def vary(
        self, order: torch.Tensor, random: torch.Generator
    ) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        """Training batches in the given order: int64 (B,) rows, float32 (B, ...)."""
        ...

    def plain(self, rows: torch.Tensor) -> torch.Tensor:
        """The rows as they are at prediction, float32 (B, ...)."""
        ...


class CachedFeatures:
    """Features before the stage `enters`; half of them are of mirror images, at random."""

    def __init__(self, features: Features, enters: str, run: Runner) -> None:
        self.enters = enters
        self.features, self._run = features, run

    def vary(
        self, order: torch.Tensor, random: torch.Generator
    ) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        """Batches, each picture mirrored or not."""
        for rows in order.split(self._run.batch_size):
            mirror = torch.rand(len(rows), generator=random) < 0.5  # noqa: PLR2004 - a fair coin
            yield rows, self.features.take(rows, mirror)

    def plain(self, rows: torch.Tensor) -> torch.Tensor:
        """Features of the pictures as they are."""
        return self.features.take(rows)


class VariedPixels:
    """Whole pictures, varied by `augment`; the network sees them from its first stage.

    `scenery` are the places of pictures that may stand behind others: those who train.
    """

    enters = "conv1"

    def __init__(self, reading: Reading, size: int, run: Runner, scenery: Sequence[int]) -> None:
        self._pixels, self._run = reading.open(), run
        self._varied = VariedPictures(reading.pixels, size, imagination(reading.gallery, scenery))

    def vary(
        self, order: torch.Tensor, random: torch.Generator
    ) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        """Batches of another crop in other colours of each picture."""
        readers = min((os.cpu_count() or 1) // _CORES_PER_READER, _MOST_READERS)
        # Without readers the pictures are varied here, by torch's global generator.
        torch.manual_seed(int(torch.randint(2**62, (), generator=random)))
        batches: DataLoader[torch.Tensor] = DataLoader(
            self._varied,
            batch_size=self._run.batch_size,
            sampler=order.tolist(),
            num_workers=readers,
            generator=random,
            multiprocessing_context="spawn" if readers else None,
        )
        for rows, pictures in zip(order.split(self._run.batch_size), batches, strict=True):
            yield rows, self._run.input(pictures.numpy())

    def plain(self, rows: torch.Tensor) -> torch.Tensor:
        """Whole pictures at the size of prediction."""
        return self._run.input(self._pixels[rows.numpy()])
