"""Whether a file's end is there: many tools write the final name from byte 0 and leave no mark.

Each format says in its own way where it ends. The answer is used to wait longer for the rest, and
to refuse a photo only where the decoder would not notice (a cut HEIC becomes grey tiles). So a
whole file must never be called cut: what cannot be judged, such as a RAW file or bytes that some
maker appended, counts as whole, and the decoder has the last word.

A few bytes are read where the end is there. Only a JPEG without one, or with something behind it,
is read from its header on; and no hostile file holds up the daemon for longer than some tenths of
a second.

Sources: ITU-T T.81 annex B (JPEG), W3C PNG 5, GIF89a, RFC 9649 (WebP), ISO/IEC 14496-12 (boxes);
the trailers of motion photos as measured on real ones.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from gallery_daemon.imaging import boxes, jpeg_end, tiff

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gallery_daemon.imaging.kinds import Kind

# Chunks of a PNG, sub-blocks of a GIF: a larger file than this allows counts as whole.
_PIECES_LIMIT = 200_000
_PNG_SIGNATURE_BYTES, _PNG_FRAME_BYTES = 8, 12
_PNG_END = b"\0\0\0\0IEND\xaeB`\x82"
_GIF_COLOURS, _GIF_EXTENSION, _GIF_IMAGE, _GIF_END = 0x80, 0x21, 0x2C, 0x3B
# The boxes that say where the bytes of `mdat` belong, and what stands before the first in `meta`.
_TABLES = frozenset({b"meta", b"moov", b"moof"})
_VERSION_BYTES = 4
# BMP's compressions in which the size of the pixels follows from width and height.
_BMP_PLAIN = frozenset({0, 3, 6})


@dataclass(frozen=True, slots=True)
class Ending:
    """Whether a file is whole as far as one can tell, and why."""

    whole: bool
    reason: str


_WHOLE = Ending(whole=True, reason="its end is there")
_UNKNOWN = Ending(whole=True, reason="its format does not say where it ends")


def ending(file: BinaryIO, kind: Kind) -> Ending:
    """Whether the end of the file is there.

    Args:
        file: seekable; its position is moved.
        kind: what `formats.sniff` said of it.

    Raises:
        OSError: the file cannot be read.
    """
    size = file.seek(0, os.SEEK_END)
    if size == 0:
        return _cut("the file is empty")
    test = _TESTS.get(kind.name)
    return test(file, size) if test else _UNKNOWN


def _cut(reason: str) -> Ending:
    return Ending(whole=False, reason=reason)


def _jpeg(file: BinaryIO, size: int) -> Ending:
    missing = jpeg_end.missing(file, size)
    return _cut(missing) if missing else _WHOLE


def _png(file: BinaryIO, size: int) -> Ending:
    """There is an IEND chunk; bytes behind it are tolerated, as by every decoder."""
    file.seek(max(0, size - len(_PNG_END)))
    if file.read() == _PNG_END:
        return _WHOLE
    place = _PNG_SIGNATURE_BYTES
    for _ in range(_PIECES_LIMIT):
        file.seek(place)
        head = file.read(8)
        place += _PNG_FRAME_BYTES + int.from_bytes(head[:4], "big")
        if place > size:
            return _cut("the PNG has no end chunk")
        if head[4:] == b"IEND":
            return _WHOLE
    return _UNKNOWN


def _boxes(file: BinaryIO, size: int) -> Ending:
    """The boxes add up to the size, and what they speak of is there; foreign bytes may follow.

    A file that is cut between two boxes adds up, too. So there must be bytes and a table of them:
    `meta` is a photo's, `moov` a film's, and `moof` that of a film in fragments.
    """
    places, start = {}, 0
    for box in boxes.walk(file, 0, size):
        places[box.name], start = start, box.end
    if start > size:
        return _cut("the file's boxes do not add up to its size")
    has_bytes = b"mdat" in places or (b"meta" in places and _has_idat(file, places[b"meta"], size))
    if has_bytes and not _TABLES.isdisjoint(places):
        return _WHOLE
    return _cut("the file ends before all of its boxes are there")


def _has_idat(file: BinaryIO, meta: int, size: int) -> bool:
    """Whether the table that begins there holds the bytes of a small picture itself."""
    children = meta + boxes.HEAD_BYTES + _VERSION_BYTES
    return any(box.name == b"idat" for box in boxes.walk(file, children, size))


def _gif(file: BinaryIO, size: int) -> Ending:
    """The last block is the trailer; the blocks are walked, as their bytes may be anything."""
    file.seek(max(0, size - 2))
    if file.read() == b"\0;":
        return _WHOLE
    file.seek(10)
    _skip_colours(file, file.read(3)[:1])
    pieces = iter(range(_PIECES_LIMIT))
    for _ in pieces:
        mark = file.read(1)
        if not mark:
            return _cut("the GIF has no trailer")
        if mark[0] not in {_GIF_EXTENSION, _GIF_IMAGE}:
            return _WHOLE if mark[0] == _GIF_END else _UNKNOWN
        _skip_block(file, mark[0], pieces)
    return _UNKNOWN


def _skip_block(file: BinaryIO, mark: int, pieces: Iterator[int]) -> None:
    """Go behind an extension or a picture, by no more than so many pieces."""
    if mark == _GIF_IMAGE:
        _skip_colours(file, file.read(9)[8:])
    file.seek(1, os.SEEK_CUR)  # the extension's label, or the least code size
    for _ in pieces:
        length = file.read(1)
        if not length or not length[0]:
            return
        file.seek(length[0], os.SEEK_CUR)


def _skip_colours(file: BinaryIO, flags: bytes) -> None:
    """Go behind the colour table, if the flags say that there is one."""
    if flags and flags[0] & _GIF_COLOURS:
        file.seek(3 << ((flags[0] & 7) + 1), os.SEEK_CUR)


def _webp(file: BinaryIO, size: int) -> Ending:
    file.seek(4)
    says = int.from_bytes(file.read(4), "little") + 8
    return _WHOLE if says <= size else _cut(f"the WebP has {size} of {says} bytes")


def _bmp(file: BinaryIO, size: int) -> Ending:
    """All rows are there; the size in the header itself is often wrong, so rows are counted."""
    file.seek(0)
    head = file.read(34)
    number = {at: int.from_bytes(head[at : at + 4], "little", signed=True) for at in (18, 22, 30)}
    if len(head) < 34 or head[14] < 40 or number[30] not in _BMP_PLAIN:  # noqa: PLR2004
        return _UNKNOWN
    row_bytes = (number[18] * int.from_bytes(head[28:30], "little") + 31) // 32 * 4
    says = int.from_bytes(head[10:14], "little") + row_bytes * abs(number[22])
    return _WHOLE if says <= size else _cut(f"the BMP has {size} of {says} bytes")


def _tiff(file: BinaryIO, size: int) -> Ending:
    """The first directory is there, and the pixels it speaks of."""
    directory = tiff.first_directory(file)
    if directory is None:
        return _cut("the TIFF's directory lies beyond the end of the file")
    if any(directory.get(tag) == () for pair in tiff.DATA_TAGS for tag in pair):
        return _cut("the TIFF's list of its pixels lies beyond the end of the file")
    ends = [
        offset + count
        for offsets, counts in tiff.DATA_TAGS
        for offset, count in zip(
            directory.get(offsets, ()), directory.get(counts, ()), strict=False
        )
    ]
    if max(ends, default=0) > size:
        return _cut("the TIFF's pixels lie beyond the end of the file")
    return _UNKNOWN


_TESTS: dict[str, Callable[[BinaryIO, int], Ending]] = {
    "jpeg": _jpeg,
    "png": _png,
    "heic": _boxes,
    "avif": _boxes,
    "video": _boxes,
    "gif": _gif,
    "webp": _webp,
    "bmp": _bmp,
    "tiff": _tiff,
}
