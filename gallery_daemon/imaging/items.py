"""Where the items of a HEIC lie: its thumbnails and its metadata.

A HEIC is a table of items (`meta`) and their bytes (`mdat`). Enough of the table is read here to
know which bytes its thumbnail needs, so that a photo on a slow disk is not read whole for it. What
is not of the plain kind, such as a thumbnail in tiles, has no answer, and then the whole is read.

Sources: ISO/IEC 14496-12, section 8.11 (pitm, iinf, iref, iloc); ISO/IEC 23008-12 (thmb).
"""

from __future__ import annotations

from io import BytesIO
from typing import NamedTuple

from gallery_daemon.imaging import boxes

# Phones write a hundred items at most, tiles included; a hostile table could name 4 billion.
_ITEMS_LIMIT = 10_000
# One, but for what a program wrote in several goes.
_EXTENTS_LIMIT = 16
_FULL_HEAD_BYTES = 4
_METADATA = frozenset({b"Exif", b"mime"})
_PLAIN = frozenset({b"hvc1"})
_IN_FILE, _IN_META = 0, 1


class Extent(NamedTuple):
    """Bytes of the file."""

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
        """The next bytes; `EOFError` where they are missing."""
        taken = self._file.read(length)
        if len(taken) != length:
            raise EOFError
        return taken


def extents_for_thumbnail(meta: bytes) -> list[Extent] | None:
    """Where the primary picture's thumbnails and the file's metadata lie.

    None where the picture has no thumbnail, or one that is not of the plain kind, or where the
    table is broken.

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
    """The boxes in a box by their names, the last of several; whole heads are cut off."""
    found = {}
    for box in boxes.walk(BytesIO(content), start, len(content)):
        found[box.name] = content[start + boxes.HEAD_BYTES : box.end]
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
    """The items that say that they are a thumbnail of the primary picture."""
    id_bytes = 4 if iref[:1] == b"\1" else 2
    found, start = set(), _FULL_HEAD_BYTES
    for box in boxes.walk(BytesIO(iref), start, len(iref)):
        if box.name == b"thmb":
            reader = _Reader(iref[start + boxes.HEAD_BYTES : box.end])
            item, count = reader.number(id_bytes), reader.number(2)
            if primary in {reader.number(id_bytes) for _ in range(_within_limit(count))}:
                found.add(item)
        start = box.end
    return found


def _places(iloc: bytes) -> dict[int, list[Extent]]:
    """Where each item's bytes lie in the file; nowhere for those that lie in `meta` itself."""
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
