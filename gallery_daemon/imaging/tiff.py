"""The first directories of a TIFF: enough to tell a RAW file, and to find EXIF's preview.

A RAW file is a TIFF with a small preview first, which a reader of first pictures would take; the
directory's tags say what the file is. An EXIF block is a TIFF, too, and its second
directory says where the preview is. Hostile files are expected: only the tags that are used are
read, with no more than `_VALUES_LIMIT` values each.

Sources: TIFF 6.0; BigTIFF; the DNG specification 1.7 (tags and compressions of RAW files); EXIF
2.32, section 4.6.3 (the preview).
"""

from __future__ import annotations

import os
import struct
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

WIDTH, HEIGHT, BITS, SAMPLES, SAMPLE_FORMAT = 256, 257, 258, 277, 339
NEW_SUBFILE_TYPE, COMPRESSION, PHOTOMETRIC, MAKE, SUB_IFDS = 254, 259, 262, 271, 330
DNG_VERSION = 50706
ORIENTATION, PREVIEW_OFFSET, PREVIEW_BYTES = 274, 513, 514
# Where the pixels are: offsets and byte counts of strips, and of tiles.
DATA_TAGS = ((273, 279), (324, 325))
# Whole blocks of metadata beside EXIF, and texts.
XMP, IPTC, PHOTOSHOP = 700, 33723, 34377
MODEL = 272
# The directory of EXIF, and what the maker of the camera writes in it.
EXIF, MAKER_NOTE = 34665, 37500
UTF8 = 129
_WANTED = {
    WIDTH, HEIGHT, BITS, SAMPLES, SAMPLE_FORMAT,
    NEW_SUBFILE_TYPE, COMPRESSION, PHOTOMETRIC, MAKE, SUB_IFDS, DNG_VERSION,
    ORIENTATION, PREVIEW_OFFSET, PREVIEW_BYTES,
}.union(*DATA_TAGS)  # fmt: skip

_ENTRIES_LIMIT = 512
_VALUES_LIMIT = 10_000
_PLACES_LIMIT = 1 << 40
# The types that are read: BYTE, ASCII, SHORT, LONG, IFD, LONG8.
_CODES = {1: "B", 2: "B", 3: "H", 4: "I", 13: "I", 16: "Q"}
# Of the types that blocks and texts have, the bytes of one value: UNDEFINED and UTF-8, too.
_UNITS = {1: 1, 2: 1, 4: 4, 7: 1, UTF8: 1}
# A block of XMP or IPTC; more of it is not read.
_BLOCK_BYTES_LIMIT = 1 << 20


class _Layout(NamedTuple):
    """How a variant of TIFF writes: byte order, count of entries, an entry's head, an offset."""

    order: str
    length: str
    entry: str
    offset: str


_FLAVOURS = {
    b"II*\0": _Layout("<", "H", "HHI", "I"),
    b"MM\0*": _Layout(">", "H", "HHI", "I"),
    b"II+\0": _Layout("<", "Q", "HHQ", "Q"),
    b"MM\0+": _Layout(">", "Q", "HHQ", "Q"),
}
SIGNATURES = frozenset(_FLAVOURS)

Directory = dict[int, tuple[int, ...]]


def first_directory(file: BinaryIO) -> Directory | None:
    """The used tags of the first directory and their values; text comes as its bytes.

    None where it is beyond the end of the file, wholly or in part. A tag whose values are of an
    unknown type, or beyond the end, has no values.

    Raises:
        OSError: the file cannot be read.
    """
    layout = _layout(file)
    return _directory(file, layout) if layout and _follow(file, layout) else None


def second_directory(file: BinaryIO) -> Directory | None:
    """The same of the second directory; None also where there is none.

    Raises:
        OSError: the file cannot be read.
    """
    layout = _layout(file)
    if layout is None or not _follow(file, layout):
        return None
    count = _numbers(file, layout, layout.length)
    if not count or count[0] > _ENTRIES_LIMIT:
        return None
    file.seek(count[0] * struct.calcsize(layout.order + layout.entry + layout.offset), os.SEEK_CUR)
    return _directory(file, layout) if _follow(file, layout) else None


def blocks(file: BinaryIO, tags: Collection[int]) -> dict[int, bytes]:
    """The bytes of those tags in the first directory, as far as they are there.

    Raises:
        OSError: the file cannot be read.
    """
    layout = _layout(file)
    return _blocks(file, layout, tags) if layout and _follow(file, layout) else {}


def blocks_below(file: BinaryIO, pointer: int, tags: Collection[int]) -> dict[int, bytes]:
    """The same of the directory whose place the tag `pointer` of the first one gives.

    Raises:
        OSError: the file cannot be read.
    """
    layout = _layout(file)
    if layout is None or not _follow(file, layout):
        return {}
    place = int.from_bytes(
        _blocks(file, layout, {pointer}).get(pointer, b""),
        "little" if layout.order == "<" else "big",
    )
    return _blocks(file, layout, tags) if place and _seek(file, place) else {}


def _blocks(file: BinaryIO, layout: _Layout, tags: Collection[int]) -> dict[int, bytes]:
    """Those of the directory that begins here."""
    count = _numbers(file, layout, layout.length)
    entries = [_entry(file, layout) for _ in range(min(count[0] if count else 0, _ENTRIES_LIMIT))]
    return {
        entry[0]: _block(file, layout, *entry[1:])
        for entry in entries
        if entry and entry[0] in tags
    }


def _block(file: BinaryIO, layout: _Layout, form: int, count: int, field: bytes) -> bytes:
    length = min(_UNITS.get(form, 0) * count, _BLOCK_BYTES_LIMIT)
    if length <= len(field):
        return field[:length]
    place = struct.unpack(layout.order + layout.offset, field)[0]
    return file.read(length) if _seek(file, place) else b""


def _layout(file: BinaryIO) -> _Layout | None:
    """How the file is written; the file is then at the place of the first directory."""
    file.seek(0)
    layout = _FLAVOURS.get(file.read(4))
    if layout:
        file.seek(4 if layout.offset == "I" else 8)
    return layout


def _follow(file: BinaryIO, layout: _Layout) -> bool:
    """Move to the directory whose place is given here; False if there is none."""
    place = _numbers(file, layout, layout.offset)
    return bool(place and place[0]) and _seek(file, place[0])


def _directory(file: BinaryIO, layout: _Layout) -> Directory | None:
    count = _numbers(file, layout, layout.length)
    if not count:
        return None
    entries = [_entry(file, layout) for _ in range(min(count[0], _ENTRIES_LIMIT))]
    if None in entries:
        return None
    wanted = {entry[0]: entry[1:] for entry in entries if entry and entry[0] in _WANTED}
    return {tag: _values(file, layout, *entry) for tag, entry in wanted.items()}


def text(directory: Mapping[int, tuple[int, ...]], tag: int) -> str:
    """A text tag, "" where it is absent."""
    return bytes(value & 0xFF for value in directory.get(tag, ())).decode("latin-1").strip("\0 ")


def _entry(file: BinaryIO, layout: _Layout) -> tuple[int, int, int, bytes] | None:
    """Tag, type, count of values, and the field that holds the values or says where they are."""
    head_bytes = struct.calcsize(layout.order + layout.entry)
    field_bytes = struct.calcsize(layout.order + layout.offset)
    raw = file.read(head_bytes + field_bytes)
    if len(raw) < head_bytes + field_bytes:
        return None
    tag, form, count = struct.unpack_from(layout.order + layout.entry, raw)
    return tag, form, count, raw[head_bytes:]


def _values(
    file: BinaryIO, layout: _Layout, form: int, count: int, field: bytes
) -> tuple[int, ...]:
    code = _CODES.get(form)
    if code is None:
        return ()
    codes = f"{min(count, _VALUES_LIMIT)}{code}"
    if struct.calcsize(layout.order + codes) <= len(field):
        return struct.unpack_from(layout.order + codes, field)
    if not _seek(file, struct.unpack(layout.order + layout.offset, field)[0]):
        return ()
    return _numbers(file, layout, codes)


def _numbers(file: BinaryIO, layout: _Layout, codes: str) -> tuple[int, ...]:
    """The next numbers; none where the file ends before."""
    raw = file.read(struct.calcsize(layout.order + codes))
    if len(raw) < struct.calcsize(layout.order + codes):
        return ()
    return struct.unpack(layout.order + codes, raw)


def _seek(file: BinaryIO, place: int) -> bool:
    """Move to `place`; False for one that file systems refuse."""
    if place > _PLACES_LIMIT:
        return False
    file.seek(place)
    return True
