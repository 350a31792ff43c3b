"""What joins the still of a live photo and its film: an identifier that both carry.

Programs that copy photos may give the two names that have nothing in common; the phone has written
the same identifier into both. The still has it in the maker's note of its EXIF, the film among its
own keys. Only those few kilobytes are read, within limits and without a decoder, and anything that
is not as Apple writes it is no identifier.

Sources: Apple's QuickTime File Format (metadata atoms: `keys`, `ilst`) and its key
`com.apple.quicktime.content.identifier`; ExifTool's tables of Apple's tags (0x0011).
"""

from __future__ import annotations

import re
import struct
from io import BytesIO
from typing import TYPE_CHECKING, Final

from gallery_daemon.imaging import tiff
from gallery_daemon.imaging.boxes import HEAD_BYTES, LONG_HEAD_BYTES, contents, walk
from gallery_daemon.imaging.heif import extents_of_exif

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import BinaryIO

_KEY: Final = b"com.apple.quicktime.content.identifier"
# A phone writes a UUID.
_IDENTIFIER: Final = re.compile(rb"[0-9A-Za-z-]{16,64}")
_TAG: Final = 0x0011
_ASCII: Final = 2
_NOTE: Final = b"Apple iOS\0"
_NOTE_ORDERS: Final = {b"MM": ">", b"II": "<"}
_NOTE_HEAD_BYTES: Final = 14
_ENTRY_BYTES: Final = 12
_ENTRIES_LIMIT: Final = 512
_EXIF_HEADER: Final = b"Exif\0\0"
# EXIF may have 64 KB in a JPEG, and stands first or second; a HEIC's is as small.
_HEAD_LIMIT: Final = 1 << 18
# The table of a phone's HEIC has some kilobytes, the keys of a film one.
_TABLE_LIMIT: Final = 1 << 20
_SEGMENTS_LIMIT: Final = 32


def identifier_of_still(file: BinaryIO, size: int) -> str | None:
    """The identifier in a JPEG or a HEIC; None if it has none.

    Args:
        file: its position is moved.
        size: the file's size in bytes.

    Raises:
        OSError: the file cannot be read.
    """
    return _guarded(lambda: _of_exif(_exif(file, size)))


def identifier_of_film(file: BinaryIO, size: int) -> str | None:
    """The identifier in a QuickTime film; None if it has none.

    Args:
        file: its position is moved.
        size: the file's size in bytes.

    Raises:
        OSError: the file cannot be read.
    """
    return _guarded(lambda: _of_keys(_inner(file, (b"moov", b"meta"), 0, size)))


def _guarded(read: Callable[[], bytes | None]) -> str | None:
    """What is read, if it may be an identifier and nothing on the way to it is broken."""
    try:
        found = (read() or b"").partition(b"\0")[0]
    except (EOFError, IndexError, KeyError, OverflowError, ValueError, struct.error):
        return None
    return found.decode("ascii") if _IDENTIFIER.fullmatch(found) else None


def _inner(file: BinaryIO, path: tuple[bytes, ...], start: int, end: int) -> bytes:
    """The content of the box at the end of the path; empty if there is none, or it is too large."""
    for name in path:
        place = start
        for box in walk(file, start, end):
            if box.name == name:
                break
            place = box.end
        else:
            return b""
        file.seek(place)
        is_long = int.from_bytes(file.read(4), "big") == 1
        start = place + (LONG_HEAD_BYTES if is_long else HEAD_BYTES)
        end = min(box.end, end)
    if end - start > _TABLE_LIMIT:
        return b""
    file.seek(start)
    return file.read(end - start)


def _of_keys(meta: bytes) -> bytes | None:
    """The value of the key. QuickTime's `meta` has boxes only; ISO's begins with four zeros."""
    inside = dict(contents(meta, 0 if meta[4:8] == b"hdlr" else 4))
    number = next(
        (at for at, key in enumerate(_keys(inside[b"keys"]), start=1) if key == _KEY), None
    )
    return None if number is None else _value(inside[b"ilst"], number)


def _keys(content: bytes) -> Iterator[bytes]:
    """The names of the keys, in their order."""
    (count,) = struct.unpack_from(">I", content, 4)
    place = 8
    for _ in range(min(count, _ENTRIES_LIMIT)):
        (length,) = struct.unpack_from(">I", content, place)
        if length < HEAD_BYTES:
            raise ValueError
        yield content[place + HEAD_BYTES : place + length]
        place += length


def _value(content: bytes, number: int) -> bytes | None:
    """The value of the key with that number, which stands where a box has its name."""
    place = 0
    for _ in range(_ENTRIES_LIMIT):
        length, key = struct.unpack_from(">II", content, place)
        if length < HEAD_BYTES:
            return None
        if key == number:
            data = dict(contents(content[place + HEAD_BYTES : place + length], 0))[b"data"]
            return data[8:]  # behind its type and its language
        place += length
    return None


def _exif(file: BinaryIO, size: int) -> bytes:
    """The TIFF of EXIF; empty if there is none."""
    file.seek(0)
    head = file.read(_HEAD_LIMIT)
    if head.startswith(b"\xff\xd8"):
        return _exif_of_jpeg(head)
    block = b""
    for start, length in extents_of_exif(_inner(file, (b"meta",), 0, size)):
        file.seek(start)
        block += file.read(min(length, _HEAD_LIMIT - len(block)))
    return block[4 + int.from_bytes(block[:4], "big") :].removeprefix(_EXIF_HEADER)


def _exif_of_jpeg(head: bytes) -> bytes:
    place = 2
    for _ in range(_SEGMENTS_LIMIT):
        marker, length = struct.unpack_from(">HH", head, place)
        segment = head[place + 4 : place + 2 + length]
        if marker == 0xFFE1 and segment.startswith(_EXIF_HEADER):  # noqa: PLR2004 - APP1
            return segment.removeprefix(_EXIF_HEADER)
        if marker >> 8 != 0xFF or marker == 0xFFDA:  # noqa: PLR2004 - the pixels begin
            break
        place += 2 + length
    return b""


def _of_exif(block: bytes) -> bytes | None:
    note = tiff.blocks_below(BytesIO(block), tiff.EXIF, {tiff.MAKER_NOTE}).get(tiff.MAKER_NOTE, b"")
    order = _NOTE_ORDERS.get(note[_NOTE_HEAD_BYTES - 2 : _NOTE_HEAD_BYTES])
    if not note.startswith(_NOTE) or order is None:
        return None
    (count,) = struct.unpack_from(f"{order}H", note, _NOTE_HEAD_BYTES)
    for number in range(min(count, _ENTRIES_LIMIT)):
        at = _NOTE_HEAD_BYTES + 2 + number * _ENTRY_BYTES
        tag, form, length, place = struct.unpack_from(f"{order}HHII", note, at)
        if (tag, form) == (_TAG, _ASCII):
            return note[place : place + length]
    return None
