"""The bytes of a file that its preview needs, so that a large photo is not read for a small one.

Of a JPEG, what stands before the coded data; of a HEIC, everything but the coded pictures, and of
these the thumbnail. A HEIC keeps its size, with zeros where nothing was read, because its table
speaks of places in the file. Where anything is out of the ordinary the answer is None, and the
whole file is read as if nobody had asked.
"""

from __future__ import annotations

import os
from io import BytesIO
from typing import TYPE_CHECKING, BinaryIO

from gallery_daemon.imaging import boxes, jpeg_end
from gallery_daemon.imaging.items import Extent, extents_for_thumbnail

if TYPE_CHECKING:
    from collections.abc import Callable

    from gallery_daemon.imaging.kinds import Kind

# More than this share of the file is not worth it.
_SHARE = 0.5
# Boxes whose insides are not read: coded pictures, a motion photo's film, room for later.
_OPAQUE = frozenset({b"mdat", b"mpvd", b"free", b"skip"})
# Boxes of a film, from which libheif would read samples.
_FILM = frozenset({b"moov", b"moof"})
_LONG_HEAD_BYTES = 16
# The longest of 17 phone HEICs, of 200 megapixels in tiles, has 39 KB.
_META_BYTES_LIMIT = 1 << 20


def needed_for_preview(file: BinaryIO, kind: Kind) -> bytes | None:
    """What the preview and the metadata of the photo need; None if that is not known, or much.

    Args:
        file: seekable; its position is moved.
        kind: what `formats.sniff` said of it.

    Raises:
        OSError: the file cannot be read.
    """
    read = _READERS.get(kind.name)
    return read(file, file.seek(0, os.SEEK_END)) if read else None


def _header_of_jpeg(file: BinaryIO, size: int) -> bytes | None:
    end = jpeg_end.scan_start(file, 0)
    if end is None or end > size * _SHARE:
        return None
    file.seek(0)
    return file.read(end)


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
            # One is all there is; a thousand of them would cost minutes.
            if thumbnail is not None or length > _META_BYTES_LIMIT:
                return None
            file.seek(start + boxes.HEAD_BYTES)
            thumbnail = extents_for_thumbnail(file.read(length - boxes.HEAD_BYTES))
            if thumbnail is None:
                return None
        is_opaque = box.name in _OPAQUE
        extents.append(Extent(start, min(length, _LONG_HEAD_BYTES) if is_opaque else length))
        start = box.end
    return None if thumbnail is None else [*extents, *thumbnail]


_READERS: dict[str, Callable[[BinaryIO, int], bytes | None]] = {
    "jpeg": _header_of_jpeg,
    "heic": _parts_of_heic,
}
