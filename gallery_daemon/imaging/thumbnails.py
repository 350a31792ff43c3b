"""A camera's thumbnail, made of a picture that has none: for what is learned from pictures."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from gallery_daemon.imaging.decode import quick_square

if TYPE_CHECKING:
    from gallery_daemon.imaging.decode import Pixels

# What most cameras write. Source: EXIF 2.32 for cameras (DCF 2.0 asks for 160x120 pixels).
_THUMBNAIL, _THUMBNAIL_QUALITY = (160, 120), 80


def as_thumbnail(pixels: Pixels) -> Pixels:
    """The picture uint8 (224, 224, 3) as a quick look shows it, uint8 (128, 128, 3).

    A quick look sees the thumbnail that a camera put into the file; labelled pictures seldom have
    one, and those that are learned from should be alike, so it is made: 160x120, JPEG, and up or
    down to the square.
    """
    thumbnail = Image.fromarray(pixels).resize(_THUMBNAIL, Image.Resampling.BICUBIC)
    return np.array(quick_square(as_jpeg(thumbnail, _THUMBNAIL_QUALITY)))


def as_jpeg(image: Image.Image, quality: int) -> Image.Image:
    """The image as it comes back from a JPEG of that quality, 1 to 95."""
    file = io.BytesIO()
    image.save(file, "jpeg", quality=quality)
    with Image.open(file) as saved:
        saved.load()
        return saved
