"""Boxes, which HEIC, AVIF, MOV, MP4 and CR3 files are made of, and the table of a HEIC's items.

Every box gives its length, so the boxes of a whole file add up to its size exactly. That is the one
cheap test that finds a cut HEIC, which decodes to grey tiles without an error.

A HEIC is a table of items (`meta`) and their bytes (`mdat`). Enough of the table is read here to
know which bytes a thumbnail needs, so that a photo on a slow disk is not read whole for it. A
thumbnail of another sort, such as one in tiles, has no answer, and then the whole file is read.

Sources: ISO/IEC 14496-12, sections 4.2 (boxes) and 8.11 (pitm, iinf, iref, iloc); ISO/IEC 23008-12
(thmb).
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

HEAD_BYTES = 8
LONG_HEAD_BYTES = 16
_TO_THE_END, _LONG = 0, 1
# A fragmented film has two boxes a second; a hostile file could have one in each eight bytes.
_BOXES_LIMIT = 100_000

# Phones write a hundred items at most, tiles included; a hostile table could name 4 billion.
_ITEMS_LIMIT = 10_000
# Usually one; more where a program wrote in several steps.
_EXTENTS_LIMIT = 16
_FULL_HEAD_BYTES = 4
_METADATA = frozenset({b"Exif", b"mime"})
_PLAIN = frozenset({b"hvc1"})
_IN_FILE, _IN_META = 0, 1


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


class Extent(NamedTuple):
    """A range of bytes in the file."""

    start: int
    length: int


class _Reader:
    """Big-endian numbers, one after the other."""

    def __init__(self, data: bytes) -> None:
        self._file = BytesIO(data)

    def number(self, length: int) -> int:
        """The next number of so many bytes."""
        return int.from_bytes(self.take(length), "big")

    def take(self, length: int) -> bytes:
        """The next bytes. Raises EOFError where they are missing."""
        taken = self._file.read(length)
        if len(taken) != length:
            raise EOFError
        return taken


def extents_for_thumbnail(meta: bytes) -> list[Extent] | None:
    """Where the bytes of the primary picture's thumbnails and of the file's metadata are.

    None if the picture has no thumbnail, or one that is not a single HEVC picture, or if the table
    is broken.

    Args:
        meta: the content of the `meta` box, without its head.
    """
    try:
        children = _children(meta, _FULL_HEAD_BYTES)
        types = _types(children[b"iinf"])
        thumbnails = _thumbnails(children[b"iref"], _primary(children[b"pitm"]))
        if not thumbnails or not all(types[item] in _PLAIN for item in thumbnails):
            return None
        metadata = {item for item, kind in types.items() if kind in _METADATA}
        places = _places(children[b"iloc"])
        return [extent for item in thumbnails | metadata for extent in places[item]]
    except (EOFError, KeyError, ValueError):
        return None


def _children(content: bytes, start: int) -> dict[bytes, bytes]:
    """The contents of the boxes in a box, by name; of two with one name the last."""
    found = {}
    for box in walk(BytesIO(content), start, len(content)):
        found[box.name] = content[start + HEAD_BYTES : box.end]
        start = box.end
    return found


def _primary(pitm: bytes) -> int:
    reader = _Reader(pitm)
    version = reader.number(_FULL_HEAD_BYTES) >> 24
    return reader.number(4 if version else 2)


def _types(iinf: bytes) -> dict[int, bytes]:
    """The four-letter type of each item."""
    reader = _Reader(iinf)
    version = reader.number(_FULL_HEAD_BYTES) >> 24
    count = reader.number(4 if version else 2)
    types = {}
    for _ in range(_within_limit(count)):
        entry = _Reader(reader.take(reader.number(4) - 4))
        entry.take(4)  # `infe`
        long = (entry.number(_FULL_HEAD_BYTES) >> 24) > 2  # noqa: PLR2004 - version 3
        item = entry.number(4 if long else 2)
        entry.take(2)  # protection
        types[item] = entry.take(4)
    return types


def _thumbnails(iref: bytes, primary: int) -> set[int]:
    """The items that are marked as thumbnails of the primary picture."""
    id_bytes = 4 if iref[:1] == b"\1" else 2
    found, start = set(), _FULL_HEAD_BYTES
    for box in walk(BytesIO(iref), start, len(iref)):
        if box.name == b"thmb":
            reader = _Reader(iref[start + HEAD_BYTES : box.end])
            item, count = reader.number(id_bytes), reader.number(2)
            if primary in {reader.number(id_bytes) for _ in range(_within_limit(count))}:
                found.add(item)
        start = box.end
    return found


def _places(iloc: bytes) -> dict[int, list[Extent]]:
    """Where each item's bytes are in the file; no place for those in `meta` itself."""
    reader = _Reader(iloc)
    version = reader.number(_FULL_HEAD_BYTES) >> 24
    sizes = reader.number(2)
    offset_bytes, length_bytes, base_bytes = sizes >> 12, sizes >> 8 & 15, sizes >> 4 & 15
    index_bytes = sizes & 15 if version else 0
    id_bytes = 4 if version > 1 else 2
    places = {}
    for _ in range(_within_limit(reader.number(id_bytes))):
        item = reader.number(id_bytes)
        method = reader.number(2) & 15 if version else _IN_FILE
        if reader.number(2) or method > _IN_META:
            raise ValueError  # in another file, or made of other items
        base = reader.number(base_bytes)
        extents = []
        for _ in range(_within_limit(reader.number(2), _EXTENTS_LIMIT)):
            reader.take(index_bytes)
            extents.append(Extent(base + reader.number(offset_bytes), reader.number(length_bytes)))
        places[item] = extents if method == _IN_FILE else []
    return places


def _within_limit(count: int, limit: int = _ITEMS_LIMIT) -> int:
    if count > limit:
        raise ValueError
    return count
