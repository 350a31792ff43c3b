"""The table of a HEIC's or AVIF's items: where its thumbnail is, and how the picture lies.

Such a file is a table of items (`meta`) and their bytes (`mdat`). Enough of the table is read to
know which bytes a thumbnail needs, so that a photo on a slow disk is not read whole for it. A
thumbnail of another sort, such as one in tiles, has no answer, and then the whole file is read.

The container says how a picture is turned (`irot`, `imir`) and cropped (`clap`); EXIF's orientation
is a note of what the camera knew. libheif and libavif turn accordingly, libheif crops as well.
Only where a HEIC says nothing at all, macOS and iOS follow EXIF, and so do people's eyes, unless
the brand `miaf` promises that the container says everything. In an AVIF, which always is a MIAF,
EXIF never counts.

Sources: ISO/IEC 14496-12, section 8.11 (pitm, iinf, iref, iloc) and 12.1.4 (clap); ISO/IEC 23008-12
(thmb, iprp, irot, imir, Exif); ISO/IEC 23000-22 (miaf); libheif's issue 677 (what macOS does).
"""

from __future__ import annotations

from fractions import Fraction
from io import BytesIO
from typing import TYPE_CHECKING, NamedTuple

from gallery_daemon.imaging import tiff
from gallery_daemon.imaging.boxes import contents
from gallery_daemon.imaging.formats import brands_of

if TYPE_CHECKING:
    from collections.abc import Iterator

# Phones write a hundred items at most, tiles included; a hostile table could name 4 billion.
_ITEMS_LIMIT = 10_000
# Usually one; more where a program wrote in several steps.
_EXTENTS_LIMIT = 16
_FULL_HEAD_BYTES = 4
_METADATA = frozenset({b"Exif", b"mime"})
_PLAIN = frozenset({b"hvc1"})
_IN_FILE, _IN_META = 0, 1
_TURNS = frozenset({b"irot", b"imir"})
_UPRIGHT = 1


class Extent(NamedTuple):
    """A range of bytes in the file."""

    start: int
    length: int


# Where an item's bytes are: in the file, in `meta` itself (`idat`), or elsewhere; and which.
_Place = tuple[int, list[Extent]]


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
    is broken or says that other items must be asked.

    Args:
        meta: the content of the `meta` box, without its head.
    """
    try:
        children = dict(contents(meta, _FULL_HEAD_BYTES))
        types = _types(children[b"iinf"])
        thumbnails = _thumbnails(children)
        if not thumbnails or not all(types[item] in _PLAIN for item in thumbnails):
            return None
        metadata = {item for item, kind in types.items() if kind in _METADATA}
        places = _places(children[b"iloc"])
        needed = [places[item] for item in thumbnails | metadata]
        if any(method > _IN_META for method, _ in needed):
            return None  # made of other items
        return [extent for method, part in needed for extent in part if method == _IN_FILE]
    except (EOFError, KeyError, ValueError):
        return None


def thumbnails_of(data: bytes) -> list[bytes]:
    """The coded data of the primary picture's thumbnails; none if any is no single HEVC picture.

    Args:
        data: the file, or what `preview.bytes_for_preview` gives of it.
    """
    try:
        children = _children_of_meta(data)
        types, places = _types(children[b"iinf"]), _places(children[b"iloc"])
        thumbnails = _thumbnails(children)
        if not all(types[item] in _PLAIN and places[item][0] <= _IN_META for item in thumbnails):
            return []
        return [_bytes_of(places[item], children, data) for item in thumbnails]
    except (EOFError, KeyError, ValueError):
        return []


def extents_of_exif(meta: bytes) -> list[Extent]:
    """Where the bytes of the first EXIF item are in the file; none if they are elsewhere.

    Args:
        meta: the content of the `meta` box, without its head.
    """
    try:
        children = dict(contents(meta, _FULL_HEAD_BYTES))
        types = _types(children[b"iinf"])
        item = next(item for item, kind in types.items() if kind == b"Exif")
        method, extents = _places(children[b"iloc"])[item]
    except (EOFError, KeyError, ValueError, StopIteration):
        return []
    return extents if method == _IN_FILE else []


def exif_turn(data: bytes) -> int:
    """EXIF's orientation where it is what turns a HEIC; 1 where the container does.

    Args:
        data: the file, or what `preview.bytes_for_preview` gives of it.
    """
    try:
        children = _children_of_meta(data)
        if b"miaf" in brands_of(data) or not _TURNS.isdisjoint(
            name for item in _shown(children) for name, _ in _properties(children, item)
        ):
            return _UPRIGHT
        block = _exif_item(children, data)
    except (EOFError, KeyError, ValueError, IndexError):
        return _UPRIGHT
    directory = tiff.first_directory(BytesIO(block)) or {}
    return next(iter(directory.get(tiff.ORIENTATION, ())), _UPRIGHT)


def clean_aperture(data: bytes, size: tuple[int, int]) -> tuple[int, int, int, int] | None:
    """The part of a picture of that size that is to be seen: left, top, right, bottom.

    None if all of it is, or if the container asks for what lies outside.
    """
    try:
        children = _children_of_meta(data)
        properties = dict(_properties(children, _primary(children[b"pitm"])))
        if _spatial_extent(properties[b"ispe"]) != size:
            return None
        return _aperture(properties[b"clap"], size)
    except (EOFError, KeyError, ValueError, IndexError, ZeroDivisionError):
        return None


def _children_of_meta(data: bytes) -> dict[bytes, bytes]:
    return dict(contents(dict(contents(data, 0))[b"meta"], _FULL_HEAD_BYTES))


def _shown(children: dict[bytes, bytes]) -> list[int]:
    """The primary item, and those that it is made of."""
    primary = _primary(children[b"pitm"])
    made_of = (
        target
        for kind, item, targets in _references(children.get(b"iref", b""))
        if kind == b"dimg" and item == primary
        for target in targets
    )
    return [primary, *made_of]


def _properties(children: dict[bytes, bytes], item: int) -> list[tuple[bytes, bytes]]:
    """The properties of an item, in their order."""
    inside = contents(children[b"iprp"], 0)
    known = contents(dict(inside)[b"ipco"], 0)
    found = []
    for name, content in inside:
        if name == b"ipma":
            found += [known[place - 1] for place in _places_of_properties(content, item) if place]
    return found


def _places_of_properties(ipma: bytes, item: int) -> list[int]:
    reader = _Reader(ipma)
    head = reader.number(_FULL_HEAD_BYTES)
    id_bytes, place_bytes = (4 if head >> 24 else 2), (2 if head & 1 else 1)
    essential = 1 << (8 * place_bytes - 1)
    found = []
    for _ in range(_within_limit(reader.number(4))):
        owner = reader.number(id_bytes)
        places = [reader.number(place_bytes) & ~essential for _ in range(reader.number(1))]
        found += places if owner == item else []
    return found


def _exif_item(children: dict[bytes, bytes], data: bytes) -> bytes:
    """The TIFF in the first EXIF item; empty if there is none."""
    types = _types(children[b"iinf"])
    item = next((item for item, kind in types.items() if kind == b"Exif"), None)
    if item is None:
        return b""
    block = _bytes_of(_places(children[b"iloc"])[item], children, data)
    skipped = 4 + int.from_bytes(block[:4], "big")
    return block[skipped:].removeprefix(b"Exif\0\0")


def _bytes_of(place: _Place, children: dict[bytes, bytes], data: bytes) -> bytes:
    method, extents = place
    where = children.get(b"idat", b"") if method == _IN_META else data
    return b"".join(where[start : start + length] for start, length in extents)


def _spatial_extent(ispe: bytes) -> tuple[int, int]:
    reader = _Reader(ispe)
    reader.take(_FULL_HEAD_BYTES)
    return reader.number(4), reader.number(4)


def _aperture(clap: bytes, size: tuple[int, int]) -> tuple[int, int, int, int] | None:
    """The part that a `clap` means: its width and height, and how far its middle is moved."""
    reader = _Reader(clap)
    width, height, right, down = (
        Fraction(int.from_bytes(reader.take(4), "big", signed=True), reader.number(4))
        for _ in range(4)
    )
    left, top = right + (size[0] - width) / 2, down + (size[1] - height) / 2
    box = (
        int(left // 1),
        int(top // 1),
        int(left // 1) + round(width),
        int(top // 1) + round(height),
    )
    if not (0 <= box[0] < box[2] <= size[0] and 0 <= box[1] < box[3] <= size[1]):
        return None
    return None if box == (0, 0, *size) else box


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


def _thumbnails(children: dict[bytes, bytes]) -> set[int]:
    """The items that are marked as thumbnails of the primary picture."""
    primary = _primary(children[b"pitm"])
    return {
        item
        for kind, item, targets in _references(children[b"iref"])
        if kind == b"thmb" and primary in targets
    }


def _references(iref: bytes) -> Iterator[tuple[bytes, int, list[int]]]:
    """The kind of each reference, the item that has it, and the items that it names."""
    id_bytes = 4 if iref[:1] == b"\1" else 2
    for kind, content in contents(iref, _FULL_HEAD_BYTES):
        reader = _Reader(content)
        item, count = reader.number(id_bytes), reader.number(2)
        yield kind, item, [reader.number(id_bytes) for _ in range(_within_limit(count))]


def _places(iloc: bytes) -> dict[int, _Place]:
    """Where the bytes of each item are."""
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
        if reader.number(2):
            raise ValueError  # in another file
        base = reader.number(base_bytes)
        extents = []
        for _ in range(_within_limit(reader.number(2), _EXTENTS_LIMIT)):
            reader.take(index_bytes)
            extents.append(Extent(base + reader.number(offset_bytes), reader.number(length_bytes)))
        places[item] = method, extents
    return places


def _within_limit(count: int, limit: int = _ITEMS_LIMIT) -> int:
    if count > limit:
        raise ValueError
    return count
