"""Photos as phones write them, made of small pictures: 12 megapixels, EXIF, a thumbnail or none.

What matters to the program is as in a phone's file: the size in pixels and bytes, the dates and the
size in EXIF, how it was held, and the thumbnail: 160x120 in the EXIF of most phones' JPEGs, 320x240
in a HEIC. The picture itself is enlarged, with a sensor's noise. No file of `../shared/data` is
changed, and none of these photos outlives the benchmark.
"""

from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache, partial
from io import BytesIO
from itertools import cycle
from typing import TYPE_CHECKING

import numpy as np
from PIL import ExifTags, Image
from PIL.JpegImagePlugin import JpegImageFile
from pillow_heif import from_pillow

from tests.benchmarks.inputs import FIRST_TIME_S, drawing
from tests.imaging.camera import TAKEN, camera_exif, small, with_preview
from tests.imaging.pictures import held

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

PHONE_SIZE = (4032, 3024)
# EXIF's way to say that the phone was held upright.
_UPRIGHT, _AS_IT_LIES = 6, 1
_JPEG_QUALITY, _HEIC_QUALITY = 92, 40
# Noise that gives 3 to 4 MB at that quality, and a HEIC 1.5 MB, as phones write them.
_GREY_LEVELS, _PATCH = 5.0, 512
_JPEG_THUMBNAIL, _HEIC_THUMBNAIL = 160, 320
# Longer pictures, such as screenshots, keep their shape; the others are cut to 4:3.
_LONG = 1.6
# Of 12 megapixels of noise this takes 6 seconds of a core, the usual preset minutes.
_ENCODER = {"preset": "ultrafast"}
_TIME_FORM = "%Y:%m:%d %H:%M:%S"


class Camera(StrEnum):
    """How a phone writes its photos."""

    WITH_THUMBNAIL = "JPEG with a thumbnail of 160x120"
    WITHOUT = "JPEG without a thumbnail"
    HEIC = "HEIC with a thumbnail of 320x240"

    @property
    def suffix(self) -> str:
        """What their names end with."""
        return ".heic" if self is Camera.HEIC else ".jpg"


@dataclass(frozen=True, slots=True)
class _Shot:
    """The picture as the camera stores it, and how it was held."""

    image: Image.Image
    orientation: int


def photo_of(picture: Image.Image, camera: Camera, length: int = PHONE_SIZE[0]) -> bytes:
    """The picture as a photo of the camera; `length` is that of the longer side, in pixels."""
    shot = _shot(picture, can_turn=camera is not Camera.HEIC)
    size = _large(shot.image.size, length)
    large = _noisy(shot.image.resize(size, Image.Resampling.BICUBIC))
    exif = camera_exif(size, shot.orientation)
    file = BytesIO()
    if camera is Camera.HEIC:
        from_pillow(large).save(
            file,
            quality=_HEIC_QUALITY,
            exif=exif.tobytes(),
            thumbnails=[_HEIC_THUMBNAIL],
            enc_params=_ENCODER,
        )
        return file.getvalue()
    thumbnail = large.copy()
    thumbnail.thumbnail((_JPEG_THUMBNAIL, _JPEG_THUMBNAIL), reducing_gap=3.0)
    block = with_preview(exif, small(thumbnail))
    large.save(file, "jpeg", quality=_JPEG_QUALITY, exif=block)
    photo = file.getvalue()
    return photo if camera is Camera.WITH_THUMBNAIL else without_thumbnail(photo)


def without_thumbnail(photo: bytes) -> bytes:
    """A JPEG with the EXIF of the same camera that writes no thumbnail."""
    with JpegImageFile(BytesIO(photo)) as image:
        segment = _segment(image.info["exif"])
        exif = camera_exif(image.size, image.getexif()[ExifTags.Base.Orientation])
    return photo.replace(segment, _segment(exif.tobytes()), 1)


def _segment(block: bytes) -> bytes:
    """An EXIF block as JPEG has it."""
    return b"\xff\xe1" + (len(block) + 2).to_bytes(2, "big") + block


def is_short(size: tuple[int, int]) -> bool:
    """Whether a picture of that size becomes a photo of 4:3 or 3:4."""
    return max(size) / min(size) <= _LONG


def drawn_pictures(count: int) -> list[Image.Image]:
    """So many different ones of 4:3, for a machine without `../shared/data`."""
    return [Image.fromarray(drawing(seed)).resize((320, 240)) for seed in range(count)]


def take_all(pictures: Sequence[Image.Image], camera: Camera, folder: Path) -> list[Path]:
    """A photo of each picture, in the new `folder`."""
    folder.mkdir()
    paths = [folder / f"{number:03}{camera.suffix}" for number in range(len(pictures))]
    with ProcessPoolExecutor() as pool:
        photos = pool.map(partial(photo_of, camera=camera), pictures)
        for path, photo in zip(paths, photos, strict=True):
            path.write_bytes(photo)
    return paths


def dated_copies(photos: Sequence[Path], folder: Path, count: int) -> list[Path]:
    """`count` photos in the new `folder`, sorted by name, each taken at a moment of its own.

    So no two have the same bytes, and the journal cannot know one for another.
    """
    folder.mkdir()
    first = datetime.strptime(TAKEN, _TIME_FORM)  # noqa: DTZ007 - EXIF has the camera's local time
    paths = []
    for number, source in zip(range(count), cycle(photos), strict=False):
        taken = (first + timedelta(minutes=number)).strftime(_TIME_FORM)
        path = folder / f"IMG_{number:05}{source.suffix}"
        path.write_bytes(source.read_bytes().replace(TAKEN.encode(), taken.encode()))
        os.utime(path, (FIRST_TIME_S + number, FIRST_TIME_S + number))
        paths.append(path)
    return paths


def _shot(picture: Image.Image, *, can_turn: bool) -> _Shot:
    image = _cut(picture.convert("RGB"))
    if can_turn and image.height > image.width:
        return _Shot(held(image, _UPRIGHT), _UPRIGHT)
    return _Shot(image, _AS_IT_LIES)


def _cut(image: Image.Image) -> Image.Image:
    """The middle of it, 4:3 or 3:4."""
    if not is_short(image.size):
        return image
    long, short = max(image.size), min(image.size)
    new_long, new_short = min(long, short * 4 / 3), min(short, long * 3 / 4)
    lies = image.width >= image.height
    width, height = (new_long, new_short) if lies else (new_short, new_long)
    left, top = (image.width - width) / 2, (image.height - height) / 2
    return image.crop((round(left), round(top), round(left + width), round(top + height)))


def _large(size: tuple[int, int], length: int) -> tuple[int, int]:
    """The size with a longer side of that length; exactly 4:3 if it nearly is."""
    across = min(size) / max(size) if not is_short(size) else 3 / 4
    short = round(length * across)
    return (length, short) if size[0] >= size[1] else (short, length)


def _noisy(image: Image.Image) -> Image.Image:
    """The same noise in all channels, as `inputs.drawing` has it, a patch beside the other."""
    patch = _noise()
    times = (-(-image.height // len(patch)), -(-image.width // len(patch)))
    noise = np.tile(patch, times)[: image.height, : image.width, None]
    mixed = np.add(np.asarray(image), noise, dtype=np.int16)
    return Image.fromarray(mixed.clip(0, 255).astype(np.uint8))


@cache
def _noise() -> NDArray[np.int8]:
    random = np.random.default_rng(0)
    noise = random.standard_normal((_PATCH, _PATCH), np.float32) * _GREY_LEVELS
    return noise.round().clip(-127, 127).astype(np.int8)
