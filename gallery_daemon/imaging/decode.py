"""Bytes to a 224x224 RGB picture, by the smallest decode that is enough.

`draft` asks libjpeg for an eighth, a quarter or a half of the size, and libheif for the embedded
thumbnail, so a 12-megapixel photo takes some ten milliseconds. Then: resize to the square (as the
article does: squashed, so that nothing at the edge is lost), colours to RGB, and the camera's
orientation, in this order because each step then has the fewest pixels.

The plugin of the sniffed kind is called by its class and no other ever sees the file: Pillow's
registry would, for an EPS, start Ghostscript. Pillow raises nearly anything on a hostile file; all
of it becomes `BadPhoto` with one sentence. Real I/O errors cannot occur here, as the bytes are in
memory, so a failing disk is never called a broken photo.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image
from PIL.AvifImagePlugin import AvifImageFile
from PIL.BmpImagePlugin import BmpImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile
from pillow_heif import HeifImageFile

from gallery_daemon.errors import BadPhoto, NotAPhoto
from gallery_daemon.imaging.ending import ending
from gallery_daemon.imaging.formats import sniff
from gallery_daemon.imaging.metadata import Metadata, checked_orientation, read_metadata
from gallery_daemon.imaging.rgb import to_averageable, to_rgb
from gallery_daemon.imaging.switches import decoding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from PIL.ImageFile import ImageFile

    from gallery_daemon.imaging.formats import Kind

SIDE = 224
Pixels = NDArray[np.uint8]

# A JPEG is one picture to us, also where a gain map or a second view follows (MPO).
_OPENERS: dict[str, Callable[[BytesIO], ImageFile]] = {
    "jpeg": JpegImageFile,
    "png": PngImageFile,
    "gif": GifImageFile,
    "webp": WebPImageFile,
    "bmp": BmpImageFile,
    "tiff": TiffImageFile,
    "heic": HeifImageFile,
    "avif": AvifImageFile,
}
# The least width and height to ask a scaled decode for. libjpeg's eighth is coarser than Pillow's
# filter, so it is asked for twice the side: 0.2 instead of 0.7 grey levels away from the whole
# decode, at the same speed. libheif has one thumbnail, 240 to 512 wide, or none.
# Measured on 30 phone photos.
_DRAFT_SIDES = {"jpeg": 2 * SIDE, "heic": SIDE}
# Their decoders do not notice a missing end: a cut HEIC becomes grey tiles.
_SILENT_DECODERS = frozenset({"heic", "avif"})

# What is left to do with the pixels of an EXIF orientation.
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_LYING = frozenset({5, 6, 7, 8})
_REASON_LIMIT = 120
_SAYS_CUT = re.compile(r"truncated|end of file", re.IGNORECASE)


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A decoded photo.

    `pixels` are uint8 (224, 224, 3): rows, columns, RGB, upright. `size` is the whole picture's
    width and height as a person sees it, `orientation` EXIF's 1 to 8 as the camera wrote it, and 1
    for a HEIC, which its container turns whatever its EXIF says.
    """

    kind: Kind
    pixels: Pixels
    size: tuple[int, int]
    orientation: int
    metadata: Metadata


def read_picture(data: bytes, *, max_pixels: int) -> Picture:
    """The picture in a file's bytes, the first one of several.

    Args:
        data: the whole file.
        max_pixels: width times height at most, checked before anything is decoded.

    Raises:
        NotAPhoto: it is no photo, or of a kind that is not supported.
        BadPhoto: it claims to be a photo and cannot be read, or is too large.
    """
    file = BytesIO(data)
    kind = sniff(file)
    if not kind.is_photo:
        raise NotAPhoto(kind.words)
    if kind.name in _SILENT_DECODERS and not ending(file, kind).whole:
        raise _cut(kind)
    file.seek(0)
    with _in_one_sentence(kind, file), decoding(max_pixels):
        return _read(file, kind, max_pixels)


def _read(file: BytesIO, kind: Kind, max_pixels: int) -> Picture:
    image = _OPENERS[kind.name](file)
    width, height = image.size
    if width * height > max_pixels:
        raise BadPhoto(
            f"{width} x {height} pixels are more than the limit of {max_pixels / 1e6:.0f} million"
        )
    written = _orientation_of_plugin(image)
    if side := _DRAFT_SIDES.get(kind.name):
        image.draft("RGB", (side, side))
    image.load()
    metadata = read_metadata(image)
    left = metadata.orientation  # by now 1 where the plugin has turned the picture itself
    square = _square(image)
    upright = square.transpose(_TURNS[left]) if left in _TURNS else square
    return Picture(
        kind=kind,
        pixels=np.array(upright, dtype=np.uint8, order="C"),
        size=(height, width) if left in _LYING else (width, height),
        orientation=written or left,
        metadata=metadata,
    )


def _orientation_of_plugin(image: ImageFile) -> int | None:
    """The orientation of a picture that its plugin turns while loading, None if it does not."""
    if isinstance(image, TiffImageFile):
        return checked_orientation(image.tag_v2.get(ExifTags.Base.Orientation))
    return None


def _square(image: Image.Image) -> Image.Image:
    """The picture as RGB, SIDE x SIDE.

    Pillow's bilinear filter averages over all source pixels, as the training's does; a large
    picture is first reduced by whole steps, which is a quarter of a grey level away.
    """
    small = to_averageable(image).resize((SIDE, SIDE), Image.Resampling.BILINEAR, reducing_gap=3.0)
    return to_rgb(small, image.mode)


@contextmanager
def _in_one_sentence(kind: Kind, file: BytesIO) -> Iterator[None]:
    """Whatever a decoder raises becomes a BadPhoto with a sentence for a person."""
    try:
        yield
    except BadPhoto:
        raise
    except MemoryError as error:
        raise BadPhoto(f"the {_label(kind)} needs more memory than there is") from error
    except Exception as error:  # nearly anything: SyntaxError, struct.error, OSError, KeyError ...
        if not ending(file, kind).whole or _SAYS_CUT.search(str(error)):
            raise _cut(kind) from error
        raise BadPhoto(f"the {_label(kind)} data are broken ({_first_line(error)})") from error


def _cut(kind: Kind) -> BadPhoto:
    return BadPhoto(f"the {_label(kind)} data end early (truncated file)")


def _label(kind: Kind) -> str:
    """What people call the format: `JPEG` of "a JPEG photo"."""
    return kind.words.split()[1]


def _first_line(error: Exception) -> str:
    line = next(iter(str(error).strip().splitlines()), "") or type(error).__name__
    return "".join(letter for letter in line if letter.isprintable())[:_REASON_LIMIT]
