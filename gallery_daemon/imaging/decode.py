"""Bytes to a 224x224 RGB picture, by the smallest decode that is enough.

`draft` asks libjpeg for an eighth, a quarter or a half, and libheif for the embedded thumbnail, so
a 12-megapixel photo takes milliseconds. Then: resize to the square (the article squashes, so that
nothing at the edge is lost), colours to RGB, and the camera's orientation, in this order because
each step then has the fewest pixels.

Pillow raises nearly anything on a hostile file; all of it becomes `BadPhoto` with one sentence,
except the operating system's own errors, which are no fault of the photo.
"""

from __future__ import annotations

import warnings
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
import pillow_heif
from PIL import Image, ImageCms, UnidentifiedImageError

from gallery_daemon.errors import BadPhoto
from gallery_daemon.imaging.facts import Metadata, read_metadata

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gallery_daemon.imaging.formats import Kind

SIDE = 224

Pixels = np.ndarray[tuple[int, ...], np.dtype[np.uint8]]

pillow_heif.register_heif_opener()
# Loads every plugin now: loaded on demand, in several threads at once, some are missed.
Image.init()
# Our own limit is checked on every picture below, with a sentence; Pillow's would be a second one.
Image.MAX_IMAGE_PIXELS = None
# Warnings are for programmers; a photo is readable or it is not. Set once, because
# `warnings.catch_warnings` is not safe in threads.
warnings.filterwarnings("ignore", module=r"PIL\..*|pillow_heif\..*")

# Only the plugin of the sniffed kind may open the file: EPS would start Ghostscript.
_PLUGINS = {
    "jpeg": ("JPEG",),  # its plugin hands an MPO on by itself
    "png": ("PNG",),
    "gif": ("GIF",),
    "webp": ("WEBP",),
    "bmp": ("BMP",),
    "tiff": ("TIFF",),
    "heic": ("HEIF",),
    "avif": ("AVIF",),
}
_SIXTEEN_BIT = frozenset({"I;16", "I;16L", "I;16B", "I;16N"})
_WITH_ALPHA = frozenset({"RGBA", "LA", "PA", "La", "RGBa"})


@dataclass(frozen=True, slots=True)
class Picture:
    """A decoded photo: pixels uint8 (224, 224, 3), RGB, upright; `size` is the whole, as stored."""

    pixels: Pixels
    size: tuple[int, int]
    metadata: Metadata


def read_picture(file: BinaryIO, kind: Kind, max_pixels: int) -> Picture:
    """The picture in `file`, the first frame of an animation.

    Args:
        file: at any place; it is read from its start.
        kind: what `formats.sniff` said, a photo.
        max_pixels: width times height at most.

    Raises:
        BadPhoto: it cannot be read as a photo, or is too large.
        OSError: the file cannot be read.
    """
    file.seek(0)
    with _one_sentence(kind), Image.open(file, formats=_PLUGINS[kind.name]) as image:
        width, height = image.size
        if width * height > max_pixels:
            raise BadPhoto(
                f"{width} x {height} pixels, over the limit of {max_pixels // 1_000_000} million"
            )
        metadata = read_metadata(image)
        image.draft("RGB", (SIDE, SIDE))
        upright = _upright(_resized(image), metadata.orientation)
        pixels: Pixels = np.asarray(upright, dtype=np.uint8)
        return Picture(np.ascontiguousarray(pixels), (width, height), metadata)


def _resized(image: Image.Image) -> Image.Image:
    """The picture as RGB, SIDE x SIDE; Pillow's bilinear filter averages over all source pixels."""
    image.load()
    straight = _plain(image)
    return _rgb(straight.resize((SIDE, SIDE), Image.Resampling.BILINEAR))


def _plain(image: Image.Image) -> Image.Image:
    """The picture in a mode whose values can be averaged: no palettes, no bits, no 16-bit greys."""
    if image.mode == "P":
        return image.convert("RGBA" if "transparency" in image.info else "RGB")
    if image.mode in _SIXTEEN_BIT:
        return Image.fromarray((np.asarray(image).astype(np.uint16) >> 8).astype(np.uint8))
    if image.mode in {"I", "F"}:
        return Image.fromarray(_stretched(np.asarray(image, dtype=np.float64)))
    if image.mode == "LAB":
        to_rgb = ImageCms.buildTransform(
            ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB"), "LAB", "RGB"
        )
        return ImageCms.applyTransform(image, to_rgb) or image
    plain = {"1": "L", "PA": "RGBA", "La": "LA", "RGBa": "RGBA"}.get(image.mode)
    return image.convert(plain) if plain else image


def _rgb(image: Image.Image) -> Image.Image:
    """The picture on white paper."""
    if image.mode not in _WITH_ALPHA:
        return image.convert("RGB")
    layer = image.convert("RGBA")
    paper = Image.new("RGB", layer.size, "white")
    paper.paste(layer, mask=layer.getchannel("A"))
    return paper


def _upright(image: Image.Image, orientation: int) -> Image.Image:
    """The picture as a person holds it; the same table as `ImageOps.exif_transpose`."""
    turns = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_270,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_90,
    }
    turn = turns.get(orientation)
    return image if turn is None else image.transpose(turn)


def _stretched(values: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> Pixels:
    """Values of any range as 0..255, by their smallest and largest finite ones."""
    finite = np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0)
    low, high = float(finite.min()), float(finite.max())
    scale = 255.0 / (high - low) if high > low else 0.0
    stretched: Pixels = ((finite - low) * scale).astype(np.uint8)
    return stretched


@contextmanager
def _one_sentence(kind: Kind) -> Iterator[None]:
    """Whatever a decoder raises is a BadPhoto; the operating system's errors pass through."""
    try:
        yield
    except BadPhoto:
        raise
    except MemoryError as error:
        raise BadPhoto(f"{kind.words} that needs more memory than there is") from error
    except UnidentifiedImageError as error:
        raise BadPhoto(f"{kind.words} with a broken header") from error
    except OSError as error:
        if error.errno is not None:
            raise
        raise BadPhoto(f"{kind.words} that cannot be decoded: {_first_line(error)}") from error
    except Exception as error:  # SyntaxError, struct.error, ValueError, RecursionError ...
        raise BadPhoto(f"{kind.words} that cannot be decoded: {_first_line(error)}") from error


def _first_line(error: Exception) -> str:
    text = str(error).strip().splitlines()
    return text[0][:200] if text else type(error).__name__
