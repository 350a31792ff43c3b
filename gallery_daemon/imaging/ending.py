"""Whether a file's end is there: many tools write the final name from byte 0 and leave no mark.

Each format has its own end. The answer decides whether to wait for the rest; a photo is only
refused for it where the decoder would not notice (a cut HEIC becomes grey tiles). So a whole file
must never be called cut: what cannot be judged, such as a RAW file or bytes that a maker appended,
counts as whole, and the decoder decides.

Where the end is in its place, a few bytes are read. Only a JPEG without an end, or with bytes
behind it, is read from its header on, within limits: no hostile file holds up the daemon for longer
than some tenths of a second.

A phone's JPEG is often more than one picture: behind the end marker follow a gain map (Ultra HDR),
a second view (MPO), a motion photo's film, or Samsung's own blocks. Thumbnails put further end
markers in the header. So the header's segments are walked, the first end marker in the coded data
is found (there FF is always followed by 00 or a restart marker), and then what follows is judged.
Anything unknown there is accepted: makers append what they like.

Sources: ITU-T T.81 annex B (JPEG), CIPA DC-007 (MPO), W3C PNG 5, GIF89a, RFC 9649 (WebP), ISO/IEC
14496-12 (boxes); the trailers of motion photos and of Samsung as read from real phones' files.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from gallery_daemon.imaging import boxes, films, tiff

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gallery_daemon.imaging.formats import FileKind


# Chunks of a PNG, sub-blocks of a GIF: a larger file than this allows counts as whole.
_PIECES_LIMIT = 200_000
_PNG_SIGNATURE_BYTES, _PNG_FRAME_BYTES = 8, 12
_PNG_END = b"\0\0\0\0IEND\xaeB`\x82"
_GIF_COLOURS, _GIF_EXTENSION, _GIF_IMAGE, _GIF_END = 0x80, 0x21, 0x2C, 0x3B
# The boxes that describe the bytes of `mdat`, and what comes before the first box in `meta`.
_TABLES = frozenset({b"meta", b"moov", b"moof"})
_VERSION_BYTES = 4
# BMP's compressions in which the size of the pixels follows from width and height.
_BMP_PLAIN = frozenset({0, 3, 6})
_JPEG_END = b"\xff\xd9"
_JPEG_START = b"\xff\xd8\xff"
_FILL, _END_CODE, _SCAN_CODE = 0xFF, 0xD9, 0xDA
_STANDALONE = frozenset({0x01, *range(0xD0, 0xD9)})
_SEGMENTS_LIMIT, _PICTURES_LIMIT = 10_000, 64
_CHUNK_BYTES = 1 << 20
# Coded data of all pictures in a file that are searched for an end. A hostile file has a hole of
# any size there, which costs no disk; a 200-megapixel photo has under 100 MB.
_SCAN_BYTES = 128 << 20
_TAIL_BYTES = 4096
_TRAILER_HEAD_BYTES = 64
# A block of Samsung's: type, the length of its name, the name. `SEFT` ends the last one's index.
_SAMSUNG_BLOCK = re.compile(rb"..[\x01-\x40]\0\0\0[A-Z][A-Za-z]+_[A-Z]", re.DOTALL)
_SAMSUNG_END = b"SEFT"


@dataclass(frozen=True, slots=True)
class Ending:
    """Whether a file is whole, as far as its format tells, and why."""

    whole: bool
    reason: str


_WHOLE = Ending(whole=True, reason="its end is there")
_UNKNOWN = Ending(whole=True, reason="its format does not say where it ends")


def ending(file: BinaryIO, kind: FileKind) -> Ending:
    """Whether the end of the file is there.

    Args:
        file: seekable; its position is moved.
        kind: from `formats.sniff`.

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


NO_END_MARKER = _cut("the JPEG has no end marker")
"""Of a JPEG whose first picture does not end; all of it may be there (`unended`)."""


def _jpeg(file: BinaryIO, size: int) -> Ending:
    missing = _missing_of_jpeg(file, size)
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
    """The boxes add up to the size, and what they describe is there; foreign bytes may follow.

    A file that is cut between two boxes adds up, too. So there must be bytes and a table of them:
    `meta` in a photo, `moov` in a film, `moof` in a film of fragments.
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


def _film(file: BinaryIO, size: int) -> Ending:
    file.seek(0)
    if file.read(4) in {films.EBML, films.RIFF}:
        missing = films.missing_of_film(file, size)
        return _cut(missing) if missing else _WHOLE
    is_of_boxes = next(boxes.walk(file, 0, size), None) is not None
    return _boxes(file, size) if is_of_boxes else _UNKNOWN


def _has_idat(file: BinaryIO, meta: int, size: int) -> bool:
    """Whether the table at `meta` holds the bytes of a small picture itself."""
    children = meta + boxes.HEAD_BYTES + _VERSION_BYTES
    return any(box.name == b"idat" for box in boxes.walk(file, children, size))


def _gif(file: BinaryIO, size: int) -> Ending:
    """The last block is the trailer. The blocks are walked, because their bytes may be anything."""
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
    """Move behind an extension or a picture, within the number of pieces left."""
    if mark == _GIF_IMAGE:
        _skip_colours(file, file.read(9)[8:])
    file.seek(1, os.SEEK_CUR)  # the extension's label, or the least code size
    for _ in pieces:
        length = file.read(1)
        if not length or not length[0]:
            return
        file.seek(length[0], os.SEEK_CUR)


def _skip_colours(file: BinaryIO, flags: bytes) -> None:
    """Move behind the colour table, if the flags announce one."""
    if flags and flags[0] & _GIF_COLOURS:
        file.seek(3 << ((flags[0] & 7) + 1), os.SEEK_CUR)


def _webp(file: BinaryIO, size: int) -> Ending:
    file.seek(4)
    says = int.from_bytes(file.read(4), "little") + 8
    return _WHOLE if says <= size else _cut(f"the WebP has {size} of {says} bytes")


def _bmp(file: BinaryIO, size: int) -> Ending:
    """All rows are there. Rows are counted, because the size in the header is often wrong."""
    file.seek(0)
    head = file.read(34)
    number = {at: int.from_bytes(head[at : at + 4], "little", signed=True) for at in (18, 22, 30)}
    if len(head) < 34 or head[14] < 40 or number[30] not in _BMP_PLAIN:  # noqa: PLR2004
        return _UNKNOWN
    row_bytes = (number[18] * int.from_bytes(head[28:30], "little") + 31) // 32 * 4
    says = int.from_bytes(head[10:14], "little") + row_bytes * abs(number[22])
    return _WHOLE if says <= size else _cut(f"the BMP has {size} of {says} bytes")


def _tiff(file: BinaryIO, size: int) -> Ending:
    """The first directory is there, and the pixels it describes."""
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
    "video": _film,
    "gif": _gif,
    "webp": _webp,
    "bmp": _bmp,
    "tiff": _tiff,
}


def _missing_of_jpeg(file: BinaryIO, size: int) -> str | None:
    """What is missing, as a sentence; None if the file is whole or cannot be judged.

    Args:
        file: seekable; its position is moved.
        size: the file's size in bytes.

    Raises:
        OSError: the file cannot be read.
    """
    scan = scan_start(file, 0)
    if scan is None or scan >= size:
        return "the JPEG ends within its header"
    file.seek(max(scan, size - _TAIL_BYTES))
    if file.read().rstrip(b"\0").endswith(_JPEG_END):
        return None
    limit = scan + _SCAN_BYTES
    end = _end_of_picture(file, scan, limit)
    if end is None:
        return NO_END_MARKER.reason
    return _missing_in_trailer(file, end, size, limit) if end < min(size, limit) else None


def scan_start(file: BinaryIO, start: int) -> int | None:
    """Where the coded data of the picture at `start` begin; None where the file ends before.

    A broken header counts as ended: the coded data are searched from there.

    Raises:
        OSError: the file cannot be read.
    """
    place = start + 2
    for _ in range(_SEGMENTS_LIMIT):
        file.seek(place)
        head = file.read(4)
        if len(head) < 4:  # noqa: PLR2004 - a marker and a length
            return place if head[:2] == _JPEG_END else None
        if head[0] != _FILL or head[1] == _END_CODE:
            return place
        if head[1] == _FILL:
            place += 1
        elif head[1] in _STANDALONE:
            place += 2
        else:
            place += 2 + int.from_bytes(head[2:], "big")
            if head[1] == _SCAN_CODE:
                return place
    return place


def _end_of_picture(file: BinaryIO, scan: int, limit: int) -> int | None:
    """The place behind the first end marker from `scan` on; `limit` counts as one."""
    file.seek(scan)
    last = b""
    for place in range(scan, limit, _CHUNK_BYTES):
        chunk = file.read(_CHUNK_BYTES)
        if last + chunk[:1] == _JPEG_END:
            return place + 1
        found = chunk.find(_JPEG_END)
        if found >= 0:
            return place + found + len(_JPEG_END)
        if not chunk:
            return None
        last = chunk[-1:]
    return limit


def _missing_in_trailer(file: BinaryIO, end: int, size: int, limit: int) -> str | None:
    """What is missing of the pictures, film or blocks that begin at `end`."""
    for _ in range(_PICTURES_LIMIT):
        end, head = _behind_padding(file, end)
        if not head.startswith(_JPEG_START):
            return _missing_of_maker(file, end, size, head)
        scan = scan_start(file, end)
        behind = None if scan is None else _end_of_picture(file, scan, limit)
        if behind is None:
            return "a further picture in the JPEG has no end marker"
        if behind >= limit:
            return None
        end = behind
    return None


def _behind_padding(file: BinaryIO, place: int) -> tuple[int, bytes]:
    """The place behind zeros, and the first bytes there; zeros of a film's length are kept."""
    file.seek(place)
    chunk = file.read(_TAIL_BYTES)
    skipped = len(chunk) - len(chunk.lstrip(b"\0"))
    film = chunk.find(b"ftyp", skipped, skipped + 8)
    if film >= 4:  # noqa: PLR2004 - the length before the name
        skipped = film - 4
    return place + skipped, chunk[skipped : skipped + _TRAILER_HEAD_BYTES]


def _missing_of_maker(file: BinaryIO, start: int, size: int, head: bytes) -> str | None:
    if head[4:8] == b"ftyp":
        last = max((box.end for box in boxes.walk(file, start, size)), default=start)
        return "the motion photo's film is cut" if last > size else None
    if _SAMSUNG_BLOCK.match(head):
        file.seek(max(start, size - _TAIL_BYTES))
        return None if _SAMSUNG_END in file.read() else "the Samsung trailer has no end"
    return None
