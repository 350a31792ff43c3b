"""How training pictures are varied, so that the network learns things and not pictures.

Every transformation stands for something that happens to photos on their way: cut, mirrored,
framed, shot in other light or with red and blue swapped, in grey, blurred, saved again as a small
JPEG, partly covered. Validation and prediction never see any of them.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, cast

import numpy as np
import torch
from PIL import Image
from torch import nn
from torch.utils.data import Dataset
from torchvision.transforms import v2

if TYPE_CHECKING:
    from pathlib import Path

    from gallery_daemon.training.imagined.imagination import Imagination
    from gallery_daemon.training.pictures import Pictures

_JPEG_QUALITIES = (20, 90)


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
            v2.RandomApply([SavedAgain()], p=0.25),
            v2.RandomErasing(p=0.25, scale=(0.02, 0.2), value=0),
        ]
    )


class SavedAgain(nn.Module):
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


class VariedPictures(Dataset[torch.Tensor]):
    """Pictures on disk, uint8 (N, H, W, 3), each time varied: uint8 (size, size, 3).

    Some are drawn anew by the imagination before.
    """

    def __init__(self, pixels: Path, size: int, imagination: Imagination) -> None:
        self._path = pixels  # and not the array: a process of its own would get a copy of it
        self._pixels: Pictures | None = None
        self._imagination = imagination
        self._vary = augmentation(size)

    def __getitem__(self, place: int) -> torch.Tensor:
        if self._pixels is None:
            self._pixels = cast("Pictures", np.load(self._path, mmap_mode="r"))
        seed = int(torch.randint(2**62, ()))
        pixels = self._imagination.maybe(self._pixels, place, seed)
        picture = torch.from_numpy(pixels).permute(2, 0, 1)  # (3, H, W)
        varied: torch.Tensor = self._vary(picture)
        return varied.permute(1, 2, 0).contiguous()  # (size, size, 3)
