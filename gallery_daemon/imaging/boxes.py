"""Boxes, which HEIC, AVIF, MOV, MP4 and CR3 files are made of.

Every box gives its length, so the boxes of a whole file add up to its size exactly. That is the one
cheap test that finds a cut HEIC, which decodes to grey tiles without an error.

Source: ISO/IEC 14496-12, section 4.2.
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Iterator

HEAD_BYTES = 8
LONG_HEAD_BYTES = 16
_TO_THE_END, _LONG = 0, 1
# A fragmented film has two boxes a second; a hostile file could have one in each eight bytes.
_BOXES_LIMIT = 100_000


@dataclass(frozen=True, slots=True)
class Box:
    """A box: its four-letter name and where it ends, which may be beyond the end of the file."""

    name: bytes
    end: int


def walk(file: BinaryIO, start: int, size: int) -> Iterator[Box]:
    """The boxes from `start` on, up to the file's end or the first bytes that are no box.

    Args:
        file: seekable; its position is moved.
        start: where the first box begins.
        size: the file's size in bytes.

    Raises:
        OSError: the file cannot be read.
    """
    place = start
    for _ in range(_BOXES_LIMIT):
        file.seek(place)
        box = _box(file.read(LONG_HEAD_BYTES), place, size)
        if box is None:
            return
        yield box
        if box.end >= size:
            return
        place = box.end


def _box(head: bytes, place: int, size: int) -> Box | None:
    """The box that begins with `head` at `place`; None where there is none."""
    name = head[4:HEAD_BYTES]
    if len(name) < 4 or not _is_name(name):  # noqa: PLR2004 - a name has four letters
        return None
    length, least = int.from_bytes(head[:4], "big"), HEAD_BYTES
    if length == _TO_THE_END:
        return Box(name, size)
    if length == _LONG:
        length, least = int.from_bytes(head[HEAD_BYTES:LONG_HEAD_BYTES], "big"), LONG_HEAD_BYTES
    return Box(name, place + length) if length >= least else None


def _is_name(name: bytes) -> bool:
    """Whether it is printable ASCII, or one of QuickTime's names with a copyright sign in front."""
    return name.lstrip(b"\xa9").isascii() and all(letter >= ord(" ") for letter in name)


def contents(content: bytes, start: int) -> list[tuple[bytes, bytes]]:
    """The boxes in a box, each with its name and its content.

    Args:
        content: the outer box's, without its head.
        start: where the first inner box begins.
    """
    found = []
    for box in walk(BytesIO(content), start, len(content)):
        found.append((box.name, content[start + HEAD_BYTES : box.end]))
        start = box.end
    return found
