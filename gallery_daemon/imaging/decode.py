"""Bytes to a 224x224 RGB picture, by the smallest decode that is enough.

A camera's own preview is taken where one is in the file, large enough and of this very picture: a
JPEG's EXIF has one (`preview` says when it counts), a HEIC has a thumbnail, which libheif gives by
`draft`. (An AVIF could have one, too; none of ours has, and Pillow's plugin would not give it.)
Else `draft` asks libjpeg for an eighth, a quarter or a half of the size, so a 12-megapixel photo
takes some ten milliseconds. Then: resize to the square (as the article does: squashed, so that
nothing at the edge is lost), colours to RGB, and the camera's orientation, in this order because
each step then has the fewest pixels.

The plugin of the sniffed kind is called by its class and no other ever sees the file: Pillow's
registry would, for an EPS, start Ghostscript. Pillow raises nearly anything on a hostile file; all
of it becomes `BadPhoto` with one sentence (`refusal`).
"""

from __future__ import annotations

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
from gallery_daemon.imaging.preview import find_preview, shows_the_picture
from gallery_daemon.imaging.refusal import cut, in_one_sentence
from gallery_daemon.imaging.rgb import to_averageable, to_rgb
from gallery_daemon.imaging.switches import decoding

if TYPE_CHECKING:
    from collections.abc import Callable

    from PIL.ImageFile import ImageFile

    from gallery_daemon.imaging.kinds import Kind

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
# The least width and height of a HEIC's thumbnail: the network's own, as the whole takes a second.
_THUMBNAIL = (SIDE, SIDE)
# Of a JPEG's preview, whose picture takes some ten milliseconds, a little more: of 450 pictures
# seen by one 320 long and 224 or more on the short side, 99.3% had the class of the whole decode,
# and 99.6% where it was 240 or more. The others' confidence was below 0.4.
PREVIEW_SIDE = 240
# The least to ask libjpeg's scaled decode for. It is a little more, because two filters of nearly
# the same reach blur: at 225 pixels the confidence is 0.010 from the whole decode's and one class
# of 150 another, at 270 it is 0.006, at 375 (of 12 megapixels) 0.003, and no class of 57 another.
# `python -m tests.benchmarks.decoding` has the agreement of all ways.
_DRAFT = (256, 256)
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
        raise cut(kind)
    by_preview = read_preview(data, kind, max_pixels=max_pixels) if kind.name == "jpeg" else None
    # A whole preview may not hide that the end of the file is missing.
    if by_preview and ending(file, kind).whole:
        return by_preview
    with in_one_sentence(kind, file), decoding(max_pixels):
        return _read(file, kind, max_pixels)


def read_preview(data: bytes, kind: Kind, *, max_pixels: int) -> Picture | None:
    """The picture by its embedded preview; None where there is none that is good enough.

    Whatever is wrong with a preview, or with what is here of the file, the picture itself may be
    read all the same: so nothing is raised.

    Args:
        data: the file, or what `needed.needed_for_preview` gives of it.
        kind: a JPEG or a HEIC; others have none.
        max_pixels: as of `read_picture`.
    """
    read = _PREVIEWS.get(kind.name)
    try:
        with decoding(max_pixels):
            return read(data, kind, max_pixels) if read else None
    except Exception:  # noqa: BLE001 - the bytes lie in memory, so no I/O error can hide here
        return None


def _read(file: BytesIO, kind: Kind, max_pixels: int) -> Picture:
    image = _opened(file, kind, max_pixels)
    size, written = image.size, _orientation_of_plugin(image)
    image.draft("RGB", _DRAFT if kind.name == "jpeg" else _THUMBNAIL)
    image.load()
    return _picture(kind, image, size, read_metadata(image), written)


def _read_preview_of_jpeg(data: bytes, kind: Kind, max_pixels: int) -> Picture | None:
    # The preview first: most are too small, and then the header need not be read twice.
    found = find_preview(data, PREVIEW_SIDE)
    if found is None:
        return None
    (preview, orientation), image = found, _opened(BytesIO(data), kind, max_pixels)
    metadata = read_metadata(image)
    if not shows_the_picture(preview, orientation, image, metadata):
        return None
    preview.draft("RGB", _DRAFT)
    preview.load()
    return _picture(kind, preview, image.size, metadata)


def _read_preview_of_heic(data: bytes, kind: Kind, max_pixels: int) -> Picture | None:
    image = _opened(BytesIO(data), kind, max_pixels)
    size = image.size
    if image.draft("RGB", _THUMBNAIL) is None:
        return None
    image.load()
    return _picture(kind, image, size, read_metadata(image))


_PREVIEWS: dict[str, Callable[[bytes, Kind, int], Picture | None]] = {
    "jpeg": _read_preview_of_jpeg,
    "heic": _read_preview_of_heic,
}


def _opened(file: BytesIO, kind: Kind, max_pixels: int) -> ImageFile:
    file.seek(0)
    image = _OPENERS[kind.name](file)
    width, height = image.size
    if width * height > max_pixels:
        raise BadPhoto(
            f"{width} x {height} pixels are more than the limit of {max_pixels / 1e6:.0f} million"
        )
    return image


def _picture(
    kind: Kind,
    image: Image.Image,
    size: tuple[int, int],
    metadata: Metadata,
    written: int | None = None,
) -> Picture:
    """The picture of a loaded image.

    Args:
        kind: the file's.
        image: the whole, a smaller decode of it, or its preview.
        size: the whole's, as stored.
        metadata: the file's; their orientation is by now 1 where the plugin turned the image.
        written: the orientation that such a plugin found.
    """
    left = metadata.orientation
    square = _square(image)
    upright = square.transpose(_TURNS[left]) if left in _TURNS else square
    return Picture(
        kind=kind,
        pixels=np.array(upright, dtype=np.uint8, order="C"),
        size=size[::-1] if left in _LYING else size,
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
