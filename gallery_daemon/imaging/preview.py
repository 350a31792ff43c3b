"""The preview in a JPEG's EXIF, where it surely shows what the picture shows.

A camera puts it there: 160x120 for thirty years, on many phones of today 320 to 512 wide, which is
enough for the network and takes a millisecond instead of tens. The danger is a program that changed
the picture and kept the preview. So it counts only in a file that is as the camera wrote it, by all
of these signs; otherwise the picture itself is decoded, which is never wrong:

- EXIF's `DateTime`, the last change, is there and is `DateTimeOriginal`. Editors must set it, and
  GIMP, Photoshop and Lightroom do.
- The size that EXIF tells is the true one. Who resizes or crops and copies the block misses it.
- The preview has the picture's shape, to two pixels: a letterboxed one, as old phones made it, and
  one beside a picture that was turned by a quarter, have another.
- Its own orientation, if it has one, is the picture's.

What no sign tells is a program that paints into a picture of the same size, or turns it by a half,
and copies the whole block. Previews of the MPF kind are left alone: of real files, only cameras'
have them, they lie behind the picture, and are cut to other shapes (1616x1080 for 3:2).

Sources: EXIF 2.32, sections 4.5.8 and 4.6; the JPEGs of some 40 phones, cameras and programs.
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from PIL import ExifTags
from PIL.JpegImagePlugin import JpegImageFile

from gallery_daemon.imaging import tiff
from gallery_daemon.imaging.metadata import checked_orientation

if TYPE_CHECKING:
    from PIL import Image

    from gallery_daemon.imaging.metadata import Metadata
    from gallery_daemon.imaging.tiff import Directory

_EXIF_MARKER = b"\xff\xe1"
_EXIF = b"Exif\0\0"
# Height and width may each be rounded by the camera, up or down (pillow-heif's rule for HEIC).
_ROUNDING_PIXELS = 2


def find_preview(header: bytes, side: int) -> tuple[JpegImageFile, int] | None:
    """A JPEG's preview with both sides of at least `side`, and its own orientation or 0.

    It is opened and not yet decoded, and it is not yet known whether it shows the picture.

    Args:
        header: the file, or as much of it as stands before the coded data.
        side: in pixels.

    Raises:
        Exception: nearly any, as of every decoder; there is no usable preview then.
    """
    block = _exif_block(header)
    directory = tiff.second_directory(BytesIO(block)) or {}
    offset, length = _one(directory, tiff.PREVIEW_OFFSET), _one(directory, tiff.PREVIEW_BYTES)
    if not offset or not length or offset + length > len(block):
        return None
    preview = JpegImageFile(BytesIO(block[offset : offset + length]))
    if min(preview.size) < side:
        return None
    return preview, _one(directory, tiff.ORIENTATION)


def shows_the_picture(
    preview: JpegImageFile, orientation: int, picture: Image.Image, metadata: Metadata
) -> bool:
    """Whether everything says that the preview is of this picture as it is now.

    Args:
        preview: opened.
        orientation: the preview's own; 0, as of one that tells none, is any.
        picture: opened.
        metadata: the picture's.
    """
    tags = ExifTags.Base
    changed = metadata.base.get(tags.DateTime)
    told = (metadata.size.get(tags.ExifImageWidth), metadata.size.get(tags.ExifImageHeight))
    return (
        changed is not None
        and changed == metadata.camera.get(tags.DateTimeOriginal)
        and told == picture.size
        and preview.mode == picture.mode
        and (not orientation or checked_orientation(orientation) == metadata.orientation)
        and _is_scaled(preview.size, picture.size)
    )


def _is_scaled(small: tuple[int, int], large: tuple[int, int]) -> bool:
    """Whether one is the other made smaller."""
    if small[0] > large[0] or small[1] > large[1]:
        return False
    return abs(small[0] * large[1] - small[1] * large[0]) <= _ROUNDING_PIXELS * max(large)


def _exif_block(header: bytes) -> bytes:
    """The TIFF in the first EXIF segment; nothing where there is none."""
    place = 2
    while header[place : place + 1] == b"\xff":
        end = place + 2 + int.from_bytes(header[place + 2 : place + 4], "big")
        if header[place : place + 2] == _EXIF_MARKER and header.startswith(_EXIF, place + 4):
            return header[place + 4 + len(_EXIF) : end]
        place = end
    return b""


def _one(directory: Directory, tag: int) -> int:
    """A tag of one number; 0 where it is absent."""
    return next(iter(directory.get(tag, ())), 0)
