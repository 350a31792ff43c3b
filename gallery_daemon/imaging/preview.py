"""A photo's embedded preview: the bytes it needs, and whether it shows what the picture shows.

**The bytes.** A large photo is not read whole for a small preview. Of a JPEG the part before the
coded data is read, and the first of these; of a HEIC everything but the coded pictures, and of
these the thumbnail. A HEIC keeps its size, with zeros where nothing was read, because its table
gives places in the file. If anything is unusual, the whole file is read instead.

**The preview of a JPEG** is in its EXIF: 160x120 for thirty years, on many phones of today 320 to
512 wide, which is enough for the network and takes a millisecond instead of tens. The danger is a
program that changed the picture and kept the preview. So it only counts in a file that is as the
camera wrote it, by all of these signs; otherwise the picture itself is decoded:

- EXIF's `DateTime`, the last change, is there and equals `DateTimeOriginal`. Editors must set it,
  and GIMP, Photoshop and Lightroom do.
- The size in EXIF is the true one. A program that resizes or crops and copies EXIF does not set it.
- The preview has the picture's shape, to two pixels. A letterboxed one, as old phones made it, has
  another, and so has one beside a picture that was turned by a quarter.
- Its own orientation, if it has one, is the picture's.
- No program that edits pictures left its traces (`editors`).
- Its coded data are whole (`intact`).
- It shows the same as the first rows of the picture, which are read for this (`top_rows`).

A program that paints into the lower part of a picture, keeps its size and copies EXIF whole leaves
no sign; nor does one that changes nothing at the top. Two EXIF blocks, or a preview that EXIF does
not allow (progressive, or of many scans, which would take minutes) are no preview. Of a HEIC no
rows are compared: its thumbnail is an item of the container and not of EXIF, so no program copies
it along with EXIF, and whoever writes a HEIC anew makes one anew or none. libheif's reader takes it
only if shape, turn, mirror, crop and colours are the picture's, and it is no larger.

Previews of the MPF kind are not used: in real files only cameras' have them,
they are behind the picture, and they are cut to other shapes (1616x1080 for 3:2).

Sources: EXIF 2.32, sections 4.5.8 and 4.6; the JPEGs of some 40 phones, cameras and programs.
"""

from __future__ import annotations

import os
from io import BytesIO
from typing import TYPE_CHECKING, BinaryIO

from PIL import ExifTags
from PIL.JpegImagePlugin import JpegImageFile

from gallery_daemon.imaging import boxes, tiff
from gallery_daemon.imaging.editors import is_edited
from gallery_daemon.imaging.ending import scan_start
from gallery_daemon.imaging.heif import Extent, extents_for_thumbnail
from gallery_daemon.imaging.intact import is_intact_jpeg
from gallery_daemon.imaging.metadata import checked_orientation
from gallery_daemon.imaging.top_rows import bytes_of_top

if TYPE_CHECKING:
    from gallery_daemon.imaging.formats import FileKind
    from gallery_daemon.imaging.metadata import Metadata
    from gallery_daemon.imaging.tiff import Directory

# Reading more than this share of the file saves nothing.
_SHARE = 0.5
# Boxes whose content is not read: coded pictures, a motion photo's film, free space.
_OPAQUE = frozenset({b"mdat", b"mpvd", b"free", b"skip"})
# Boxes of a film, from which libheif would read samples.
_FILM = frozenset({b"moov", b"moof"})
# The longest of 17 phone HEICs, of 200 megapixels in tiles, has 39 KB.
_META_BYTES_LIMIT = 1 << 20
_EXIF_MARKER = b"\xff\xe1"
_EXIF = b"Exif\0\0"
# A scan for each of three colours, and such bytes in a comment.
_SCAN_MARKER, _SCANS_LIMIT = b"\xff\xda", 4
# More than a photo's preview has in a block of 64 KB; one colour alone may claim the most there is.
_PIXELS_LIMIT = 4 << 20
# Height and width may each be rounded by the camera, up or down (pillow-heif's rule for HEIC).
_ROUNDING_PIXELS = 2


def bytes_for_preview(file: BinaryIO, kind: FileKind, *, is_plain: bool = False) -> bytes | None:
    """The bytes that the photo's preview and metadata need; None if not known, or not worth it.

    Args:
        file: seekable; its position is moved.
        kind: from `formats.sniff`.
        is_plain: the first rows said too little, so there are more.

    Raises:
        OSError: the file cannot be read.
    """
    size = file.seek(0, os.SEEK_END)
    match kind.name:
        case "jpeg":
            return _top_of_jpeg(file, size, bytes_of_top(size, is_plain=is_plain))
        case "heic":
            return _parts_of_heic(file, size)
        case _:
            return None


def _top_of_jpeg(file: BinaryIO, size: int, coded: int) -> bytes | None:
    end = scan_start(file, 0)
    length = 0 if end is None else end + coded
    if not length or length > size * _SHARE:
        return None
    file.seek(0)
    return file.read(length)


def _parts_of_heic(file: BinaryIO, size: int) -> bytes | None:
    extents = _extents_of_heic(file, size)
    if extents is None or sum(extent.length for extent in extents) > size * _SHARE:
        return None
    parts = BytesIO(bytes(size))
    for start, length in extents:
        if start + length > size:
            return None
        file.seek(start)
        parts.seek(start)
        parts.write(file.read(length))
    return parts.getvalue()


def _extents_of_heic(file: BinaryIO, size: int) -> list[Extent] | None:
    extents, thumbnail, start = [], None, 0
    for box in boxes.walk(file, 0, size):
        if box.name in _FILM or box.end > size:
            return None
        length = box.end - start
        if box.name == b"meta":
            # Real files have one; a thousand of them would cost minutes.
            if thumbnail is not None or length > _META_BYTES_LIMIT:
                return None
            file.seek(start + boxes.HEAD_BYTES)
            thumbnail = extents_for_thumbnail(file.read(length - boxes.HEAD_BYTES))
            if thumbnail is None:
                return None
        is_opaque = box.name in _OPAQUE
        extents.append(Extent(start, min(length, boxes.LONG_HEAD_BYTES) if is_opaque else length))
        start = box.end
    return None if thumbnail is None else [*extents, *thumbnail]


def find_preview(header: bytes, side: int) -> tuple[JpegImageFile, int] | None:
    """A JPEG's preview with both sides of at least `side`, and its own orientation or 0.

    It is opened and not yet decoded. `claims_to_show` must still be asked, and `top_rows`.

    Args:
        header: the file, or the part of it before the coded data, or more.
        side: in pixels.

    Raises:
        Exception: nearly any, as from every decoder; there is no usable preview then.
    """
    block = _exif_block(header)
    directory = tiff.second_directory(BytesIO(block)) or {}
    coded = _coded_preview(block, directory)
    if not coded:
        return None
    preview = JpegImageFile(BytesIO(coded))
    if min(preview.size) < side or preview.width * preview.height > _PIXELS_LIMIT:
        return None
    if preview.info.get("progressive") or coded.count(_SCAN_MARKER) > _SCANS_LIMIT:
        return None
    if not is_intact_jpeg(coded, preview.size):
        return None
    return preview, _one(directory, tiff.ORIENTATION)


def _coded_preview(block: bytes, directory: Directory) -> bytes:
    """What the second directory of an EXIF block names; empty if that is nothing, or not there."""
    offset, length = _one(directory, tiff.PREVIEW_OFFSET), _one(directory, tiff.PREVIEW_BYTES)
    return block[offset : offset + length] if offset and offset + length <= len(block) else b""


def claims_to_show(
    preview: JpegImageFile, orientation: int, picture: JpegImageFile, metadata: Metadata
) -> bool:
    """Whether all signs in the header say that the preview is of this picture as it is now.

    Args:
        preview: opened.
        orientation: the preview's own, or 0 if it has none.
        picture: opened.
        metadata: the picture's.
    """
    tags = ExifTags.Base
    changed = metadata.base.get(tags.DateTime)
    stated = (metadata.size.get(tags.ExifImageWidth), metadata.size.get(tags.ExifImageHeight))
    return (
        changed is not None
        and changed == metadata.camera.get(tags.DateTimeOriginal)
        and stated == picture.size
        and preview.mode == picture.mode
        and (not orientation or checked_orientation(orientation) == metadata.orientation)
        and _is_scaled(preview.size, picture.size)
        and not is_edited(picture, metadata)
    )


def _is_scaled(small: tuple[int, int], large: tuple[int, int]) -> bool:
    """Whether `small` is `large` scaled down."""
    if small[0] > large[0] or small[1] > large[1]:
        return False
    return abs(small[0] * large[1] - small[1] * large[0]) <= _ROUNDING_PIXELS * max(large)


def _exif_block(header: bytes) -> bytes:
    """The TIFF in the EXIF segment; empty if there is none, or more than one."""
    place, blocks = 2, []
    while header[place : place + 1] == b"\xff" and header[place + 1] != _SCAN_MARKER[1]:
        end = place + 2 + int.from_bytes(header[place + 2 : place + 4], "big")
        if header[place : place + 2] == _EXIF_MARKER and header.startswith(_EXIF, place + 4):
            blocks.append(header[place + 4 + len(_EXIF) : end])
        place = end
    return blocks[0] if len(blocks) == 1 else b""


def _one(directory: Directory, tag: int) -> int:
    """A tag of one number; 0 where it is absent."""
    return next(iter(directory.get(tag, ())), 0)
