"""JPEGs with a preview in their EXIF, as cameras write them."""

from __future__ import annotations

import struct
from io import BytesIO
from typing import TYPE_CHECKING

from PIL import ExifTags

from gallery_daemon.imaging import tiff
from tests.imaging.pictures import exif_of, written

if TYPE_CHECKING:
    from PIL import Image

TAKEN = "2024:05:06 07:08:09"
_EXIF = b"Exif\0\0"
_FIRST_DIRECTORY, _ENTRY_BYTES = 8, 12
_COMPRESSION_JPEG = 6


def camera_exif(size: tuple[int, int], orientation: int = 1, *, changed: str = TAKEN) -> Image.Exif:
    """What a camera writes of a picture of that stored size; `changed` is the last change."""
    exif = exif_of(orientation, DateTime=changed, Make="Maker", Model="Model 1")
    camera = exif.get_ifd(ExifTags.IFD.Exif)
    camera[ExifTags.Base.DateTimeOriginal] = TAKEN
    camera[ExifTags.Base.ExifImageWidth], camera[ExifTags.Base.ExifImageHeight] = size
    return exif


def with_preview(exif: Image.Exif, preview: bytes, **odd: int) -> bytes:
    """The EXIF block with a preview behind it.

    Args:
        exif: without one.
        preview: a JPEG.
        odd: what the second directory says otherwise than it should: `offset`, `length`, `next`
            (the place of the directory itself), or an `own_orientation`.
    """
    block = bytearray(exif.tobytes().removeprefix(_EXIF))
    order = ">" if block.startswith(b"MM") else "<"
    (count,) = struct.unpack_from(order + "H", block, _FIRST_DIRECTORY)
    link = _FIRST_DIRECTORY + 2 + count * _ENTRY_BYTES
    struct.pack_into(order + "I", block, link, odd.get("next", len(block)))
    tags = {259: _COMPRESSION_JPEG}
    if "own_orientation" in odd:
        tags[tiff.ORIENTATION] = odd["own_orientation"]
    behind = len(block) + 2 + (len(tags) + 2) * _ENTRY_BYTES + 4
    tags[tiff.PREVIEW_OFFSET] = odd.get("offset", behind)
    tags[tiff.PREVIEW_BYTES] = odd.get("length", len(preview))
    block += struct.pack(order + "H", len(tags))
    for tag, value in tags.items():
        block += struct.pack(order + "HHII", tag, 4, 1, value)
    return _EXIF + bytes(block) + struct.pack(order + "I", 0) + preview


def shot(
    image: Image.Image,
    shown: Image.Image,
    orientation: int = 1,
    *,
    changed: str = TAKEN,
    **odd: int,
) -> bytes:
    """The picture as a camera's JPEG that has `shown` as its preview, both as they are stored."""
    exif = camera_exif(image.size, orientation, changed=changed)
    return written(image, "jpeg", quality=90, exif=with_preview(exif, small(shown), **odd))


def small(image: Image.Image) -> bytes:
    """The preview itself."""
    file = BytesIO()
    image.save(file, "jpeg", quality=75)
    return file.getvalue()
