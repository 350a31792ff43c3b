"""Where a phase gets its batches from: features computed once, or pictures varied anew each time.

Pictures are varied so that the network learns what they show. Every transformation stands
for something that happens to photos on their way: cut, mirrored, framed, shot in other light or
with red and blue swapped, in grey, blurred, saved again as a small JPEG, partly covered. Validation
and prediction never see any of them.
"""

from __future__ import annotations

import io
import os
from typing import TYPE_CHECKING, Protocol, cast

import numpy as np
import torch
from PIL import Image
from torch import nn
from torch.utils.data import DataLoader, Dataset
from torchvision.transforms import v2

from gallery_daemon.model.network import STAGES
from gallery_daemon.training.synthetic.compose import new_synthesiser

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from gallery_daemon.imaging.decode import Pixels
    from gallery_daemon.training.features import Features, Runner
    from gallery_daemon.training.pictures import LoadedGallery
    from gallery_daemon.training.synthetic.compose import Synthesiser

_JPEG_QUALITIES = (20, 90)
# Below this a process of its own for reading takes more from the network than it gives.
_CORES_PER_READER = 4
_MOST_READERS = 8


class BatchSource(Protocol):
    """Batches for one phase; rows are places in the gallery."""

    @property
    def enters(self) -> str:
        """The stage of the network that takes the batches."""
        ...

    def train_batches(
        self, order: torch.Tensor, generator: torch.Generator
    ) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        """Training batches in the given order: int64 (B,) rows, float32 (B, ...)."""
        ...

    def eval_batch(self, rows: torch.Tensor) -> torch.Tensor:
        """The rows as they are at prediction, float32 (B, ...)."""
        ...


class FeatureSource:
    """Features before the stage `enters`; half of them are of mirror images, at random."""

    def __init__(self, features: Features, enters: str, run: Runner) -> None:
        self.enters = enters
        self.features, self._run = features, run

    def train_batches(
        self, order: torch.Tensor, generator: torch.Generator
    ) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        """Batches, each picture mirrored or not."""
        for rows in order.split(self._run.batch_size):
            mirror = torch.rand(len(rows), generator=generator) < 0.5  # noqa: PLR2004 - a fair coin
            yield rows, self.features.take(rows, mirror)

    def eval_batch(self, rows: torch.Tensor) -> torch.Tensor:
        """Features of the pictures as they are."""
        return self.features.take(rows)


class PictureSource:
    """Whole pictures, varied by `augmentation`; the network sees them from its first stage.

    `scenery` are the places of pictures that may stand behind others: those that train.
    """

    enters = STAGES[0]

    def __init__(
        self, loaded: LoadedGallery, size: int, run: Runner, scenery: Sequence[int]
    ) -> None:
        self._pixels, self._run = loaded.open(), run
        self._dataset = AugmentedDataset(
            loaded.pixels, size, new_synthesiser(loaded.gallery, scenery)
        )

    def train_batches(
        self, order: torch.Tensor, generator: torch.Generator
    ) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        """Batches of another crop in other colours of each picture."""
        readers = min((os.cpu_count() or 1) // _CORES_PER_READER, _MOST_READERS)
        # Without readers the pictures are varied here, by torch's global generator.
        torch.manual_seed(int(torch.randint(2**62, (), generator=generator)))
        batches: DataLoader[torch.Tensor] = DataLoader(
            self._dataset,
            batch_size=self._run.batch_size,
            sampler=order.tolist(),
            num_workers=readers,
            generator=generator,
            multiprocessing_context="spawn" if readers else None,
        )
        for rows, pictures in zip(order.split(self._run.batch_size), batches, strict=True):
            yield rows, self._run.input(pictures.numpy())

    def eval_batch(self, rows: torch.Tensor) -> torch.Tensor:
        """Whole pictures at the size of prediction."""
        return self._run.input(self._pixels[rows.numpy()])


def augmentation(size: int) -> v2.Transform:
    """From uint8 (3, H, W) to uint8 (3, size, size), another one each time.

    It draws from torch's global generator. Sources: random resized crop from a third of the area
    and colour jitter as in Szegedy et al. 2015 (arXiv 1409.4842) and Howard 2013 (arXiv 1312.5402);
    channels swapped because pictures with red and blue swapped do occur; grey, blur and jitter as
    in Chen et al. 2020 (arXiv 2002.05709); random erasing, Zhong et al. 2017 (arXiv 1708.04896).
    """
    return v2.Compose(
        [
            v2.RandomApply([v2.RandomZoomOut(fill=128, side_range=(1.0, 1.6), p=1.0)], p=0.15),
            v2.RandomResizedCrop(size, scale=(0.3, 1.0), ratio=(0.65, 1.55), antialias=True),
            v2.RandomHorizontalFlip(),
            v2.RandomApply([v2.ColorJitter(0.4, 0.4, 0.4, 0.05)], p=0.7),
            v2.RandomApply([v2.RandomChannelPermutation()], p=0.1),
            v2.RandomGrayscale(0.08),
            v2.RandomApply([v2.GaussianBlur(5, (0.2, 1.5))], p=0.1),
            v2.RandomApply([RandomJpeg()], p=0.25),
            v2.RandomErasing(p=0.25, scale=(0.02, 0.2), value=0),
        ]
    )


class RandomJpeg(nn.Module):
    """A picture uint8 (3, H, W) as it comes back from a JPEG of a random quality, as chats make it.

    By Pillow, as torchvision's own is deprecated since 0.29.
    """

    def forward(self, picture: torch.Tensor) -> torch.Tensor:
        """Another quality each time."""
        quality = int(torch.randint(*_JPEG_QUALITIES, ()))
        jpeg = io.BytesIO()
        Image.fromarray(picture.permute(1, 2, 0).numpy()).save(jpeg, "jpeg", quality=quality)
        with Image.open(jpeg) as image:
            return torch.from_numpy(np.array(image)).permute(2, 0, 1)  # (3, H, W)


class AugmentedDataset(Dataset[torch.Tensor]):
    """Pictures on disk, uint8 (N, H, W, 3), each time varied: uint8 (size, size, 3).

    Some are replaced by synthetic ones before.
    """

    def __init__(self, pixels: Path, size: int, synthesiser: Synthesiser) -> None:
        self._path = pixels  # and not the array: a process of its own would get a copy of it
        self._pixels: Pixels | None = None
        self._synthesiser = synthesiser
        self._vary = augmentation(size)

    def __getitem__(self, place: int) -> torch.Tensor:
        if self._pixels is None:
            self._pixels = cast("Pixels", np.load(self._path, mmap_mode="r"))
        seed = int(torch.randint(2**62, ()))
        pixels = self._synthesiser.maybe(self._pixels, place, seed)
        picture = torch.from_numpy(pixels).permute(2, 0, 1)  # (3, H, W)
        varied: torch.Tensor = self._vary(picture)
        return varied.permute(1, 2, 0).contiguous()  # (size, size, 3)
