"""Pictures that the tests draw themselves, and how they are written."""

from __future__ import annotations

from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import ExifTags, Image
from PIL.AvifImagePlugin import AvifImageFile
from pillow_heif import from_pillow

from gallery_daemon.photo import Identity

if TYPE_CHECKING:
    from pathlib import Path

    from gallery_daemon.imaging.decode import Pixels

assert AvifImageFile.format == "AVIF"  # registers AVIF's writer

FORMATS = ("jpeg", "png", "gif", "webp", "bmp", "tiff", "heic", "avif")

# How the camera held the picture: what undoes EXIF's orientation.
_HELD = {
    0: None,
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
    9: None,
}


# A film that is all there, of nothing: a brand, its bytes, and the table of them.
FILM = b"\0\0\0\x14ftypqt  \0\0\0\0qt  \0\0\0\x08mdat\0\0\0\x08moov"


def drawn(width: int = 320, height: int = 240) -> Image.Image:
    """A picture without any symmetry: red grows to the right, green downwards, one corner blue."""
    right, down = np.meshgrid(np.linspace(0, 255, width), np.linspace(0, 255, height))
    blue = np.zeros_like(right)
    blue[: height // 3, : width // 3] = 255
    return Image.fromarray(np.stack([right, down, blue], axis=2).astype(np.uint8))


@cache
def _grain(size: tuple[int, int]) -> np.ndarray:
    return np.random.default_rng(0).normal(0, 8, (*size[::-1], 1)).astype(np.float32)


def grainy(image: Image.Image) -> Image.Image:
    """With a sensor's noise, the same in every call: as large a file as a camera's."""
    grain = _grain(image.size)
    return Image.fromarray((np.asarray(image) + grain).clip(0, 255).astype(np.uint8))


def held(image: Image.Image, orientation: int) -> Image.Image:
    """The picture as stored by a camera that was held so."""
    turn = _HELD[orientation]
    return image if turn is None else image.transpose(turn)


def written(image: Image.Image, form: str, **options: Any) -> bytes:
    """The picture as a file of that format; more of them with `append_images`."""
    file = BytesIO()
    if "exif" in options and not isinstance(options["exif"], bytes):
        options["exif"] = options["exif"].tobytes()
    if form == "heic":
        container = from_pillow(image)
        for more in options.pop("append_images", ()):
            container.add_from_pillow(more)
        # Six times as fast as what the encoder takes otherwise, and as good a picture.
        container.save(file, quality=90, enc_params={"preset": "ultrafast"}, **options)
    else:
        image.save(file, form, **options)
    return file.getvalue()


@cache
def drawn_as(form: str) -> bytes:
    """The drawing as a file of that format, encoded when it is first asked for."""
    return written(drawn(), form)


def exif_of(orientation: int = 1, **tags: object) -> Image.Exif:
    """An EXIF block with that orientation, and base tags by their names."""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    for name, value in tags.items():
        exif[ExifTags.Base[name]] = value
    return exif


def identity_of(path: Path) -> Identity:
    """The identity of the file as it is now."""
    now = path.lstat()
    return Identity.of(now)


def difference(one: Pixels, other: Pixels) -> float:
    """How far two pictures are from each other: mean of the absolute differences, 0 to 255."""
    return float(np.abs(one.astype(int) - other.astype(int)).mean())


def squashed(image: Image.Image) -> Pixels:
    """What a decoder should make of the picture: all of it on 224 x 224 pixels."""
    return np.asarray(image.convert("RGB").resize((224, 224), Image.Resampling.BILINEAR))
