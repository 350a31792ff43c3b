"""Where a phase gets its batches from: features computed once, or pictures varied anew each time.

Pictures are varied so that the network learns what they show. Every transformation stands
for something that happens to photos on their way: cut, mirrored, framed, shot in other light or
with red and blue swapped, in grey, saved again as a small JPEG, made a thumbnail by the camera,
partly covered. Validation and prediction never see any of them.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Protocol, cast

import numpy as np
import torch
from PIL import Image
from torch import nn
from torch.utils.data import DataLoader, Dataset
from torchvision.transforms import v2

from gallery_daemon.imaging.thumbnails import as_jpeg
from gallery_daemon.model.network import STAGES
from gallery_daemon.photo import LookKind
from gallery_daemon.training.features import VIEWS
from gallery_daemon.training.synthetic.compose import new_synthesiser

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from gallery_daemon.imaging.decode import Pixels
    from gallery_daemon.training.features import Features, Runner
    from gallery_daemon.training.pictures import LoadedGallery
    from gallery_daemon.training.synthetic.compose import Synthesiser

_JPEG_QUALITIES = (20, 90)
# EXIF thumbnails are 160 pixels wide; wide-screen and square photos fill another part of 160x120.
_THUMBNAIL_WIDTH, _THUMBNAIL_HEIGHTS, _THUMBNAIL_QUALITIES = 160, (90, 161), (60, 96)
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

    def eval_batch(self, rows: torch.Tensor, look: LookKind = LookKind.FULL) -> torch.Tensor:
        """The rows as that look shows them at prediction, float32 (B, ...)."""
        ...


class FeatureSource:
    """Features before the stage `enters`; each time one of those that a picture has, at random."""

    def __init__(self, features: Features, enters: str, run: Runner) -> None:
        self.enters = enters
        self.features, self._run = features, run

    def train_batches(
        self, order: torch.Tensor, generator: torch.Generator
    ) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        """Batches, each picture mirrored or not, and by either look where there are both."""
        for rows in order.split(self._run.batch_size):
            draw = torch.rand(len(rows), generator=generator)  # (B,), in 0..1
            yield rows, self.features.take_any(rows, draw)

    def eval_batch(self, rows: torch.Tensor, look: LookKind = LookKind.FULL) -> torch.Tensor:
        """Features of the pictures as they are."""
        return self.features.take(rows, VIEWS[look])


class PictureSource:
    """Whole pictures, varied by `augmentation`; the network sees them from its first stage.

    `scenery` are the places of pictures that may stand behind others: those that train.
    """

    enters = STAGES[0]

    def __init__(
        self,
        loaded: LoadedGallery,
        sizes: Sequence[int],
        run: Runner,
        scenery: Sequence[int],
        thumbnails: float = 0.0,
    ) -> None:
        self._loaded, self._run, self._sizes = loaded, run, tuple(sizes)
        self._dataset = AugmentedDataset(
            loaded.pixels, new_synthesiser(loaded.gallery, scenery), thumbnails
        )

    def train_batches(
        self, order: torch.Tensor, generator: torch.Generator
    ) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        """Batches of another crop in other colours of each picture, each batch of one size."""
        readers = min((os.cpu_count() or 1) // _CORES_PER_READER, _MOST_READERS)
        # Without readers the pictures are varied here, by torch's global generator.
        torch.manual_seed(int(torch.randint(2**62, (), generator=generator)))
        batches: DataLoader[torch.Tensor] = DataLoader(
            self._dataset,
            batch_size=self._run.batch_size,
            sampler=self._sized(order, generator),
            num_workers=readers,
            generator=generator,
            multiprocessing_context="spawn" if readers else None,
        )
        for rows, pictures in zip(order.split(self._run.batch_size), batches, strict=True):
            yield rows, self._run.input(pictures.numpy())

    def eval_batch(self, rows: torch.Tensor, look: LookKind = LookKind.FULL) -> torch.Tensor:
        """Whole pictures as that look shows them."""
        return self._run.input(self._loaded.shown(look, rows.tolist()))

    def _sized(self, order: torch.Tensor, generator: torch.Generator) -> list[tuple[int, int]]:
        """Each place with the side of its batch's pictures."""
        steps = -(-len(order) // self._run.batch_size)
        drawn = torch.randint(len(self._sizes), (steps,), generator=generator).tolist()
        return [
            (place, self._sizes[drawn[number // self._run.batch_size]])
            for number, place in enumerate(order.tolist())
        ]


def augmentation(size: int) -> v2.Transform:
    """From uint8 (3, H, W) to uint8 (3, size, size), another one each time.

    It draws from torch's global generator. Sources: random resized crop from a third of the area
    and colour jitter as in Szegedy et al. 2015 (arXiv 1409.4842) and Howard 2013 (arXiv 1312.5402);
    channels swapped because pictures with red and blue swapped do occur; random erasing, Zhong
    et al. 2017 (arXiv 1708.04896).
    """
    return v2.Compose(
        [
            v2.RandomApply([v2.RandomZoomOut(fill=128, side_range=(1.0, 1.6), p=1.0)], p=0.05),
            v2.RandomResizedCrop(size, scale=(0.35, 1.0), ratio=(0.65, 1.55), antialias=True),
            v2.RandomHorizontalFlip(),
            v2.RandomApply([v2.ColorJitter(0.3, 0.3, 0.3, 0.04)], p=0.5),
            v2.RandomApply([v2.RandomChannelPermutation()], p=0.05),
            v2.RandomGrayscale(0.05),
            v2.RandomApply([RandomJpeg()], p=0.2),
            v2.RandomErasing(p=0.2, scale=(0.02, 0.2), value=0),
        ]
    )


class RandomJpeg(nn.Module):
    """A picture uint8 (3, H, W) as it comes back from a JPEG of a random quality, as chats make it.

    By Pillow, as torchvision's own is deprecated since 0.29.
    """

    def forward(self, picture: torch.Tensor) -> torch.Tensor:
        """Another quality each time."""
        quality = int(torch.randint(*_JPEG_QUALITIES, ()))
        image = as_jpeg(Image.fromarray(picture.permute(1, 2, 0).numpy()), quality)
        return torch.from_numpy(np.array(image)).permute(2, 0, 1)  # (3, H, W)


def random_thumbnail(pixels: Pixels) -> Pixels:
    """The picture uint8 (H, W, 3) as a camera's thumbnail, uint8 (90..160, 160, 3).

    Every camera cuts and saves it in another way, so height and quality are random.
    """
    size = (_THUMBNAIL_WIDTH, int(torch.randint(*_THUMBNAIL_HEIGHTS, ())))
    small = Image.fromarray(pixels).resize(size, Image.Resampling.BICUBIC)
    return np.array(as_jpeg(small, int(torch.randint(*_THUMBNAIL_QUALITIES, ()))))


class AugmentedDataset(Dataset[torch.Tensor]):
    """Pictures on disk, uint8 (N, H, W, 3), each time varied: uint8 (size, size, 3).

    An item is asked for by its place and its size. Some are replaced by synthetic ones before, and
    the share `thumbnails` is made small as a camera does it.
    """

    def __init__(self, pixels: Path, synthesiser: Synthesiser, thumbnails: float = 0.0) -> None:
        self._path = pixels  # and not the array: a process of its own would get a copy of it
        self._pixels: Pixels | None = None
        self._synthesiser, self._thumbnails = synthesiser, thumbnails
        self._vary: dict[int, v2.Transform] = {}

    def __getitem__(self, place_and_size: tuple[int, int]) -> torch.Tensor:
        place, size = place_and_size
        if self._pixels is None:
            self._pixels = cast("Pixels", np.load(self._path, mmap_mode="r"))
        seed = int(torch.randint(2**62, ()))
        pixels = self._synthesiser.maybe(self._pixels, place, seed)
        if float(torch.rand(())) < self._thumbnails:
            pixels = random_thumbnail(pixels)
        picture = torch.from_numpy(pixels).permute(2, 0, 1)  # (3, H, W)
        varied: torch.Tensor = self._varying(size)(picture)
        return varied.permute(1, 2, 0).contiguous()  # (size, size, 3)

    def _varying(self, size: int) -> v2.Transform:
        return self._vary.setdefault(size, augmentation(size))
