"""Whether a file's end is there: sync tools that write the final name from byte 0 leave no mark.

Each format says in its own way where it ends. The test is exact where a decoder would not notice a
missing end (a cut HEIC decodes to grey tiles without a word), and kind elsewhere: what it cannot
judge counts as whole, for the decoder has the last word. Sources: ISO/IEC 14496-12 (boxes), PNG
(W3C), ITU T.81 (JPEG), RIFF; the trailers of motion photos as measured on real ones.
"""

from __future__ import annotations

import os
import struct
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from gallery_daemon.imaging.formats import Kind

_CHUNK = 1 << 20
_TAIL = 1 << 16
_PIECES_LIMIT = 100_000
_EOI = b"\xff\xd9"
_SOS, _FIRST_RST, _LAST_STANDALONE = 0xDA, 0xD0, 0xD9


def missing_end(file: BinaryIO, kind: Kind) -> str | None:
    """Why the file is not whole, as a sentence; None if it is, or if nobody can tell.

    Raises:
        OSError: the file cannot be read.
    """
    size = file.seek(0, os.SEEK_END)
    if size == 0:
        return "the file is empty"
    test = _TESTS.get(kind.name)
    return test(file, size) if test else None


def _jpeg(file: BinaryIO, size: int) -> str | None:
    """The last end marker ends the file, or the first picture ends and its trailer is whole."""
    if _tail(file, size).rstrip(b"\0").endswith(_EOI):
        return None
    end = _end_of_first_picture(file)
    if end is None:
        return "the JPEG has no end marker"
    file.seek(end)
    trailer = file.read(8)
    if trailer[4:8] == b"ftyp":  # a motion photo's film
        return _boxes(file, size, end)
    if trailer[:3] == b"\xff\xd8\xff":
        return "the second picture of the JPEG has no end marker"
    return None  # makers append what they like behind the end


def _end_of_first_picture(file: BinaryIO) -> int | None:
    """The place behind the end marker of the first picture: thumbnails lie inside segments."""
    file.seek(2)
    for _ in range(_PIECES_LIMIT):
        marker = file.read(2)
        if len(marker) < 2 or marker[0] != 0xFF:  # noqa: PLR2004
            return None
        if marker[1] == 0xFF:  # noqa: PLR2004 - a fill byte; the marker may begin with the next
            file.seek(-1, os.SEEK_CUR)
            continue
        if _FIRST_RST <= marker[1] <= _LAST_STANDALONE:
            return file.tell() if marker == _EOI else None
        length = int.from_bytes(file.read(2), "big")
        file.seek(length - 2, os.SEEK_CUR)
        if marker[1] == _SOS:
            # In coded data FF is followed by 00 or a restart marker, so FF D9 is the end.
            return _find(file, _EOI)
    return None


def _find(file: BinaryIO, wanted: bytes) -> int | None:
    """The place behind the first `wanted` from here on."""
    start, kept = file.tell(), b""
    while chunk := file.read(_CHUNK):
        place = (kept + chunk).find(wanted)
        if place >= 0:
            return start - len(kept) + place + len(wanted)
        start += len(chunk)
        kept = chunk[-(len(wanted) - 1) :]
    return None


def _png(file: BinaryIO, size: int) -> str | None:
    """There is an IEND chunk, and all before it."""
    place = 8
    for _ in range(_PIECES_LIMIT):
        file.seek(place)
        head = file.read(8)
        if len(head) < 8:  # noqa: PLR2004
            break
        length, name = struct.unpack(">I4s", head)
        place += 12 + length
        if name == b"IEND" and place <= size:
            return None
    return "the PNG has no end chunk"


def _boxes(file: BinaryIO, size: int, start: int = 0) -> str | None:
    """The sizes of the top-level boxes add up to the file's size exactly."""
    place = start
    for _ in range(_PIECES_LIMIT):
        if place == size:
            return None
        file.seek(place)
        head = file.read(16)
        length = int.from_bytes(head[:4], "big")
        if length == 1:  # a 64-bit size follows the name
            length = int.from_bytes(head[8:16], "big")
        if length == 0:  # "to the end of the file"
            return None
        if len(head) < 8 or length < 8 or place + length > size:  # noqa: PLR2004
            break
        place += length
    return "the file's boxes do not add up to its size, so its end is missing"


def _gif(file: BinaryIO, size: int) -> str | None:
    ends = _tail(file, size).rstrip(b"\0\r\n").endswith(b";")
    return None if ends else "the GIF has no trailer"


def _webp(file: BinaryIO, size: int) -> str | None:
    file.seek(4)
    ends = int.from_bytes(file.read(4), "little") + 8 <= size
    return None if ends else "the WebP is shorter than it says"


def _bmp(file: BinaryIO, size: int) -> str | None:
    file.seek(2)
    ends = int.from_bytes(file.read(4), "little") <= size
    return None if ends else "the BMP is shorter than it says"


def _tail(file: BinaryIO, size: int) -> bytes:
    file.seek(max(0, size - _TAIL))
    return file.read(_TAIL)


_TESTS = {
    "jpeg": _jpeg,
    "png": _png,
    "heic": _boxes,
    "avif": _boxes,
    "video": _boxes,
    "gif": _gif,
    "webp": _webp,
    "bmp": _bmp,
}
