"""Whether a JPEG's end is there, and that of whatever its maker appended.

A phone's JPEG is often more than one picture: behind the end marker follow a gain map (Ultra HDR),
a second view (MPO), a motion photo's film, or Samsung's own blocks. Thumbnails hide further end
markers in the header. So: walk the header's segments, find the first end marker in the coded data,
where FF is always followed by 00 or a restart marker, and then judge what follows. What follows
and is unknown is left alone: makers append what they like.

Sources: ITU-T T.81 annex B; CIPA DC-007 (MPO); motion photos and Samsung trailers as measured.
"""

from __future__ import annotations

import re
from typing import BinaryIO

from gallery_daemon.imaging import boxes

_END = b"\xff\xd9"
_START = b"\xff\xd8\xff"
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


def missing(file: BinaryIO, size: int) -> str | None:
    """What is missing, as a sentence; None if the file is whole or nobody can tell.

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
    if file.read().rstrip(b"\0").endswith(_END):
        return None
    limit = scan + _SCAN_BYTES
    end = _end_of_picture(file, scan, limit)
    if end is None:
        return "the JPEG has no end marker"
    return _missing_in_trailer(file, end, size, limit) if end < min(size, limit) else None


def scan_start(file: BinaryIO, start: int) -> int | None:
    """Where the coded data of the picture at `start` begin; None where the file ends before.

    A broken header counts as ended: its coded data are looked for from there.

    Raises:
        OSError: the file cannot be read.
    """
    place = start + 2
    for _ in range(_SEGMENTS_LIMIT):
        file.seek(place)
        head = file.read(4)
        if len(head) < 4:  # noqa: PLR2004 - a marker and a length
            return place if head[:2] == _END else None
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
        if last + chunk[:1] == _END:
            return place + 1
        found = chunk.find(_END)
        if found >= 0:
            return place + found + len(_END)
        if not chunk:
            return None
        last = chunk[-1:]
    return limit


def _missing_in_trailer(file: BinaryIO, end: int, size: int, limit: int) -> str | None:
    """What is missing of the pictures, film or blocks that begin at `end`."""
    for _ in range(_PICTURES_LIMIT):
        end, head = _behind_padding(file, end)
        if not head.startswith(_START):
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
    """The place behind zeros, and the first bytes there; a film keeps the zeros of its length."""
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
